"""`babashi bench match-files`: Parquet with children in, Parquet out, on all cores."""

from __future__ import annotations

import datetime as dt
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from babashi.bench.synthetic import SEED, children, codes, register, rulebook
from babashi.bulk.engines.on_pool import executor, one
from babashi.bulk.job import Job, Mode, Outcome, Task
from babashi.bulk.layout import written_keys
from babashi.bulk.writing import arrow_of_batch, parquet_options
from babashi.rules.facts import FactDictionary, packs_root
from babashi.rules.loader import load_pack

ROW_GROUP: Final = 131_072
AS_OF: Final = dt.date(2022, 9, 1)
CASES: Final[Sequence[tuple[str, Mode, int]]] = (
    ("summary", "summary", 0), ("eligible", "sparse", 0), ("missing-1", "sparse", 1), ("missing-2", "sparse", 2),
)  # fmt: skip
"""What is put out: counts and sums; eligible pairs; and unknown pairs that lack at most one or two facts."""


def write_files(
    folder: Path, dictionary: FactDictionary, *, enterprises: int, files: int, missing: float
) -> int:
    """Synthetic enterprises in Parquet files of equal size; returns their bytes."""
    each = -(-enterprises // files)
    for number in range(files):
        batch = register(each, SEED + number, missing)
        batch.tables = children(each, dictionary, SEED + number)
        letters = np.ascontiguousarray(codes(each, SEED + number))
        offsets = pa.py_buffer(np.arange(each + 1, dtype=np.int32) * letters.shape[1])
        names = pa.Array.from_buffers(pa.string(), each, [None, offsets, pa.py_buffer(letters)])
        table = arrow_of_batch(batch, names, dictionary, written_keys(dictionary, batch.facts, batch.tables))
        path = folder / f"part-{number:03d}.parquet"
        pq.write_table(table, path, row_group_size=ROW_GROUP, **parquet_options(table.schema))
    return sum(path.stat().st_size for path in folder.glob("*.parquet"))


def bench(
    *, enterprises: int, policies: int, files: int, workers: int, runs: int, missing: float, cases: Sequence[str],
    say: Callable[[str], None],
) -> dict[str, Any]:  # fmt: skip
    """All cases in turn, several times. The workers are started and warmed up before: a run takes long enough for
    that not to matter, and a benchmark not."""
    dictionary = FactDictionary.load()
    template = load_pack(packs_root() / "banan" / "2022-63", dictionary).items[0]
    items = tuple(rulebook(policies, template, dictionary, children=True))
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        source, out = Path(name) / "in", Path(name) / "out"
        source.mkdir()
        out.mkdir()
        say(f"生成 {enterprises:,} 户（{files} 个文件）× {policies:,} 条政策…")
        size = write_files(source, dictionary, enterprises=enterprises, files=files, missing=missing)
        paths = sorted(source.glob("*.parquet"))
        for label, mode, few in CASES:
            if label not in cases:
                continue
            job = Job(items, dictionary, AS_OF, f"bench-{policies}", mode=mode, few=few)
            found[label] = _case(
                job, [Task(path, out / path.name) for path in paths], workers, runs, say, label
            )
    return {
        "enterprises": enterprises, "policies": policies, "files": files, "workers": workers, "missing": missing,
        "input_bytes_per_enterprise": size / enterprises, "results": found,
    }  # fmt: skip


def _case(
    job: Job, tasks: Sequence[Task], workers: int, runs: int, say: Callable[[str], None], label: str
) -> dict[str, Any]:
    walls: list[float] = []
    cpus: list[float] = []
    peak = 0.0
    with executor(job, workers) as pool:
        list(pool.map(measured, [tasks[0]] * workers))  # everybody compiles the rules before the clock runs
        for number in range(runs):
            for task in tasks:
                task.target.unlink(missing_ok=True)
            start = time.perf_counter()
            found = list(pool.map(measured, tasks))
            walls.append(time.perf_counter() - start)
            cpus.append(sum(cpu for _, cpu, _ in found))
            peak = max(peak, *(memory for _, _, memory in found))
            outcomes = [outcome for outcome, _, _ in found]
            wrong = [problem for outcome in outcomes for problem in outcome.problems]
            if wrong:
                raise RuntimeError(wrong[0])
            say(f"{label} 第 {number + 1}/{runs} 轮：{walls[-1]:.2f} 秒，处理器 {cpus[-1]:.2f} 秒")
    rows, pairs = sum(outcome.rows for outcome in outcomes), sum(outcome.pairs for outcome in outcomes)
    written = sum(task.target.stat().st_size for task in tasks)
    return {
        "seconds": statistics.median(walls), "runs": walls, "cpu_seconds": statistics.median(cpus),
        "enterprises_per_second": rows / statistics.median(walls),
        "fastest_enterprises_per_second": rows / min(walls),
        "cpu_microseconds_per_enterprise": min(cpus) / rows * 1e6, "pairs_written": pairs,
        "output_bytes_per_enterprise": written / rows, "peak_memory_mb_per_worker": peak,
    }  # fmt: skip


def measured(task: Task) -> tuple[Outcome, float, float]:
    """A task with its processor seconds and the peak memory of its process (MB)."""
    before = time.process_time()
    outcome = one(task)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return outcome, time.process_time() - before, peak


def print_table(report: dict[str, Any]) -> None:
    """A readable table on standard output."""
    print(f"{report['enterprises']:,} 户（{report['files']} 个文件）× {report['policies']:,} 条政策，"
          f"{report['workers']} 个进程，每户输入 {report['input_bytes_per_enterprise']:.0f} 字节")  # fmt: skip
    print(
        f"{'输出':12}{'秒':>8}{'户/秒':>14}{'最快':>14}{'处理器 µs/户':>14}{'结果行':>14}{'字节/户':>10}{'MB/进程':>10}"
    )
    for name, one_case in report["results"].items():
        print(f"{name:12}{one_case['seconds']:>9.2f}{one_case['enterprises_per_second']:>16,.0f}"
              f"{one_case['fastest_enterprises_per_second']:>16,.0f}"
              f"{one_case['cpu_microseconds_per_enterprise']:>17.3f}{one_case['pairs_written']:>17,}"
              f"{one_case['output_bytes_per_enterprise']:>12.2f}{one_case['peak_memory_mb_per_worker']:>11.0f}")  # fmt: skip


def main(arguments: Any) -> int:
    """The command."""
    cases = arguments.cases.split(",")
    known = [label for label, _, _ in CASES]
    unknown = [label for label in cases if label not in known]
    if unknown:
        print(f"没有叫 {'、'.join(unknown)} 的输出，可用：{'、'.join(known)}。", file=sys.stderr)
        return 2
    report = bench(
        enterprises=arguments.enterprises, policies=arguments.policies, files=arguments.files,
        workers=arguments.workers, runs=arguments.runs, missing=arguments.missing, cases=cases,
        say=lambda text: print(text, file=sys.stderr),
    )  # fmt: skip
    print_table(report)
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(report, ensure_ascii=False, indent=2), encoding="utf-8")
    return 0
