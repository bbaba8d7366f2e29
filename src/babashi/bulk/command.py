"""The two commands: from arguments to a job, from outcomes to words."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from babashi.bulk.engines import EngineMissing, engine_of
from babashi.bulk.job import Job, Mode, Outcome
from babashi.bulk.run import RunError, folder_of_own, merged, run, tasks_of
from babashi.bulk.sums import ItemSums
from babashi.rules.commands.common import (
    CommandFailed,
    day_of,
    dictionary_of,
    fail,
    open_register,
    packs_of,
    root_of,
)
from babashi.rules.facts import FactDictionary, packs_root
from babashi.rules.money import format_yuan
from babashi.rules.values import NO_PARAMETERS, Parameters


def run_match(args: argparse.Namespace) -> int:
    """``babashi match-files``; 2 when any file was not matched."""
    begun = time.perf_counter()
    try:
        job = job_of(args)
        tasks = tasks_of(args.sources, args.out)
        workers = args.workers or os.cpu_count() or 1
        with folder_of_own(args.out), _bar(len(tasks)) as heard:
            outcomes = run(job, tasks, engine_of(args.engine), workers, heard)
        if job.mode == "summary":
            sound = [t for t, o in zip(tasks, outcomes, strict=True) if o.status in ("done", "skipped")]
            print_sums(job, merged(job, sound))
    except (CommandFailed, RunError, EngineMissing) as error:
        return fail(str(error))
    print(_closing_words(outcomes, time.perf_counter() - begun), file=sys.stderr)
    return 2 if any(outcome.status in ("refused", "failed") for outcome in outcomes) else 0


def job_of(args: argparse.Namespace) -> Job:
    """The job that the arguments ask for."""
    if args.top and not args.summary:
        raise CommandFailed("--top 要和 --summary 一起用")
    root = root_of(args.packs)
    dictionary = dictionary_of(root)
    packs = packs_of(args.pack, root, dictionary)
    mode: Mode = "summary" if args.summary else "all" if args.all else "sparse"
    return Job(
        items=tuple(item for pack in packs for item in pack.items if item.applicant == "enterprise"),
        dictionary=dictionary,
        as_of=day_of(args.as_of),
        rules_digest=_rules_digest([pack.digest for pack in packs], root),
        parameters=_parameters(args.tables, dictionary),
        mode=mode,
        few=args.missing,
        top=args.top,
    )


def _rules_digest(packs: Sequence[str], root: Path) -> str:
    own = root / "facts.yaml"
    facts = own if own.is_file() else packs_root() / "facts.yaml"
    return hashlib.sha256(facts.read_bytes() + "\n".join(packs).encode()).hexdigest()


def _parameters(folder: Path | None, dictionary: FactDictionary) -> Parameters:
    """The parameter tables of a folder; without one they are unknown."""
    if folder is None:
        return NO_PARAMETERS
    from babashi.register_io import read_register

    register = read_register(folder, dictionary, only_parameters=True)
    if all(table is None for table in register.parameters.values()) and not register.unusable:
        names = "、".join(f"{name}.csv" for name in register.parameters)
        raise CommandFailed(f"文件夹 {folder} 里没有参数表（{names}）")
    errors = [problem for problem in register.problems if problem.severity == "error"]
    if errors:
        raise CommandFailed("参数表有错误：\n" + "\n".join(str(problem) for problem in errors))
    return register.rule_parameters()


@contextmanager
def _bar(total: int) -> Iterator[Callable[[Outcome], None]]:
    """Tells of every file that went wrong at once, and on a terminal shows how far the run is."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    words = TextColumn("{task.fields[rows]:,} 户")
    columns = (TextColumn("匹配"), BarColumn(), MofNCompleteColumn(), TextColumn("个文件"), words)
    with Progress(
        *columns, TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=total, rows=0)
        rows = 0

        def heard(outcome: Outcome) -> None:
            nonlocal rows
            rows += outcome.rows
            for problem in outcome.problems:
                console.print(f"错误：{outcome.source}：{problem}", markup=False)
            for note in outcome.notes:
                console.print(f"提示：{outcome.source}：{note}", markup=False)
            bar.update(task, advance=1, rows=rows)

        yield heard


def _closing_words(outcomes: Sequence[Outcome], seconds: float) -> str:
    done = [outcome for outcome in outcomes if outcome.status == "done"]
    skipped = sum(outcome.status == "skipped" for outcome in outcomes)
    wrong = sum(outcome.status in ("refused", "failed") for outcome in outcomes)
    rows, pairs = sum(outcome.rows for outcome in done), sum(outcome.pairs for outcome in done)
    text = f"完成 {len(done)} 个文件（{rows:,} 户，结果 {pairs:,} 行，{seconds:.1f} 秒）"
    if skipped:
        text += f"，跳过 {skipped} 个已经完成的文件"
    if wrong:
        text += f"，{wrong} 个文件没有完成，原因见上；改正后再次运行，只处理这些文件"
    return f"{text}。"


def print_sums(job: Job, sums: ItemSums) -> None:
    """The sums of all files as a table on standard output."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    table = Table(
        title=f"{sums.rows:,} 户，{len(job.items)} 个事项，判断日期 {job.as_of.isoformat()}",
        title_justify="left",
    )
    table.add_column("事项", overflow="fold")
    for title in ("可享", "不符合", "缺资料", "保底合计（元）", "最高可得合计（元）", "金额未知"):
        table.add_column(title, justify="right")
    for place, item in enumerate(job.items):
        eligible, ineligible = (int(number) for number in sums.counts[place])
        counts = (eligible, ineligible, sums.rows - eligible - ineligible)
        amounts = [
            _yuan(total, expr is not None)
            for total, expr in (
                (sums.floor[place], item.benefit.floor), (sums.ceiling[place], item.benefit.ceiling)
            )
        ]  # fmt: skip
        table.add_row(item.full_id, *(f"{n:,}" for n in counts), *amounts, f"{sums.unpriced[place]:,}")
    console.print(table)
    for place, item in enumerate(job.items):
        for fen, code in sums.top[place]:
            console.print(f"{item.full_id}　{code}　{_yuan(fen, True)} 元")


def _yuan(fen: int, given: bool) -> str:
    from decimal import Decimal

    return f"{Decimal(format_yuan(Decimal(fen).scaleb(-2))):,}" if given else "—"


def run_convert(args: argparse.Namespace) -> int:
    """``babashi register to-parquet``."""
    from babashi.bulk.convert import write_register
    from babashi.rules.commands.progress import counting_bar

    try:
        dictionary = dictionary_of(root_of(None))
        register = open_register(args.register, dictionary, args.accept_valid)
        with counting_bar(len(register.enterprises), "转换") as progress:
            written = write_register(
                register, dictionary, args.out, files=args.files, labels=args.labels, progress=progress
            )
    except (CommandFailed, RunError) as error:
        return fail(str(error))
    except OSError as error:
        return fail(f"不能写入 {args.out}：{error.strerror or error}")
    print(f"已把 {len(register.enterprises):,} 户写成 {len(written)} 个文件。", file=sys.stderr)
    print(args.out)
    return 0
