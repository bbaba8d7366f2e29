"""``babashi register import``: take a register into the enterprise files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from babashi.accounts.models import Department
    from babashi.enterprises.importing import ImportReport
    from babashi.register_io.register import Register

SHOWN = 200
"""Findings printed one by one; all of them are in the CSV."""


def add_commands(subparsers: Any) -> None:
    """Add ``register import`` beside ``register check``."""
    from babashi.cli import group

    text = "把登记数据导入企业档案：默认全部正确才导入；同样的文件再导入一次什么也不变"
    parser = group(subparsers, "register", "登记数据").add_parser("import", help=text, description=text)
    parser.add_argument("register", type=Path, metavar="目录", help="登记数据的文件夹，或一个 .xlsx 工作簿")
    parser.add_argument("--label", required=True, metavar="来源", help="数据来源，例如：区统计局 2021 年年报")
    parser.add_argument("--as-of", metavar="日期", help="数据截至哪一天，例如 2022-06-30；不写就是今天")
    parser.add_argument("--department", metavar="部门", help="提供数据的部门，例如 区统计局")
    parser.add_argument("--dry-run", action="store_true", help="只试一遍，什么也不写")
    parser.add_argument(
        "--accept-valid", action="store_true", help="只导入正确的行，错误清单写在数据旁边的 CSV 里"
    )
    parser.set_defaults(run=run_import, needs="database")


def run_import(arguments: argparse.Namespace) -> int:
    """Read, import, say what changed. 2 when something is wrong; then nothing was written."""
    from django.conf import settings

    from babashi.enterprises.importing import import_register
    from babashi.register_io.reading import read_register
    from babashi.register_io.terminal import reading_bar
    from babashi.rules.commands.common import CommandFailed, day_of, fail
    from babashi.rules.facts import DictionaryError, FactDictionary
    from babashi.workdays.clock import today

    path: Path = arguments.register
    try:
        as_of = day_of(arguments.as_of) if arguments.as_of else today()
        department = _department(arguments.department)
        dictionary = FactDictionary.load()
    except (CommandFailed, DictionaryError) as error:
        return fail(str(error))
    try:
        with reading_bar() as progress:
            register = read_register(path, dictionary, progress=progress)
        _tell_problems(register)
        if register.has_errors and arguments.accept_valid:
            _write_problems(register, path)
    except OSError as error:
        return fail(f"读写不了 {error.filename or path}：{error.strerror or error}。请检查路径和权限")
    with _importing_bar() as show:
        report = import_register(
            register, label=arguments.label, as_of=as_of, by=None, department=department,
            accept_valid=arguments.accept_valid, dry_run=arguments.dry_run, progress=show,
        )  # fmt: skip
    print(summary(report, register))
    if settings.BABASHI_DEMO and not register.synthetic:
        print("注意：这是演示环境，口令是公开的，不要导入真实数据。", file=sys.stderr)
    return 0


def summary(report: ImportReport, register: Register) -> str:
    """What happened, or would have, in one paragraph."""
    if report.unchanged:
        batch = report.batch
        when = f"（第 {batch.pk} 批，{batch.label}）" if batch else ""
        return f"这些数据以前已经导入过{when}，没有变化。"
    verb = (
        "试导入，没有写入"
        if report.dry_run
        else f"已导入（第 {report.batch.pk} 批）"
        if report.batch
        else "已导入"
    )
    mark = "（合成数据）" if register.synthetic else ""
    parts = [
        f"读入 {report.rows} 行、企业 {report.enterprises} 家",
        f"新增 {report.added} 行",
        f"停用旧行 {report.retired} 行",
        f"资料有变化的企业 {len(report.changed_ids)} 家",
    ]
    if register.rejected_rows:
        parts.append(f"有错未导入 {len(register.rejected_rows)} 行")
    if report.parameters_changed:
        parts.append("参数表有更新")
    end = (
        "。"
        if report.dry_run or not (report.changed_ids or report.parameters_changed)
        else "，已安排重新匹配。"
    )
    return f"{verb}{mark}：{'，'.join(parts)}{end}"


def _department(name: str | None) -> Department | None:
    from django.conf import settings

    from babashi.accounts.models import Department
    from babashi.rules.commands.common import CommandFailed

    if not name:
        return None
    known = Department.objects.filter(district=settings.BABASHI_DISTRICT)
    found = known.filter(name=name.strip()).first()
    if found is None:
        names = "、".join(known.values_list("name", flat=True)) or "（还没有登记部门）"
        raise CommandFailed(f"没有叫“{name}”的部门。现有：{names}")
    return found


def _tell_problems(register: Register) -> None:
    words = {"error": "错误", "warning": "提示"}
    for problem in sorted(register.problems, key=lambda problem: problem.severity != "error")[:SHOWN]:
        print(f"{words[problem.severity]}  {problem}", file=sys.stderr)
    left = len(register.problems) - SHOWN
    if left > 0:
        print(f"另有 {left} 个没有列出，运行 babashi register check 可看全部。", file=sys.stderr)


def _write_problems(register: Register, path: Path) -> None:
    from babashi.register_io.problems import problems_path, write_problems_csv

    target = problems_path(path)
    write_problems_csv(register.problems, target)
    print(f"错误清单已写到 {target}，改正后可单独再导入。", file=sys.stderr)


@contextmanager
def _importing_bar() -> Iterator[Callable[[str, int, int], None] | None]:
    """A bar on a terminal, nothing elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("正在导入 {task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(step: str, done: int, total: int) -> None:
            bar.update(task, description=step, completed=done, total=total)

        yield show
