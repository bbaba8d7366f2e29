"""All files of a run: which are to be done, who does them, what came of it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from babashi.bulk.engines import Engine
from babashi.bulk.job import Job, Outcome, Task
from babashi.bulk.onefile import PARTIAL_MARK
from babashi.bulk.sums import ItemSums

LOCK_NAME: Final = ".match-files.lock"


class RunError(Exception):
    """The run can't begin; the message (Chinese) says why and what to do."""


def tasks_of(sources: Sequence[Path], out: Path) -> list[Task]:
    """A task for each Parquet file; a folder stands for the files in it."""
    files: list[Path] = []
    for source in sources:
        if source.is_dir():
            inside = sorted(p for p in source.glob("*.parquet") if not p.name.startswith((".", "_")))
            if not inside:
                raise RunError(f"文件夹 {source} 里没有 .parquet 文件")
            files += inside
        elif source.is_file():
            files.append(source)
        else:
            raise RunError(f"没有这个文件或文件夹：{source}")
    by_name: dict[str, Path] = {}
    for file in files:
        name = f"{file.stem}.parquet"
        other = by_name.setdefault(name, file)
        if other is not file:
            raise RunError(
                f"两个输入的结果会同名（{name}）：{other} 和 {file}；请改名，或分两次写到不同的文件夹"
            )
        if (out / name).resolve() == file.resolve():
            raise RunError(f"结果会覆盖输入 {file}；请换一个输出文件夹")
    return [Task(file, out / name) for name, file in by_name.items()]


@contextmanager
def folder_of_own(out: Path) -> Iterator[None]:
    """The output folder, for this run alone; what a killed run left half-written is removed."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = os.open(out / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise RunError(f"不能写入 {out}：{error.strerror or error}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunError(f"另一个 match-files 正在写 {out}，请等它结束") from error
        for left in out.glob(f".*{PARTIAL_MARK}*"):
            left.unlink(missing_ok=True)
        yield
    finally:
        os.close(lock)


def run(
    job: Job, tasks: Sequence[Task], engine: Engine, workers: int, heard: Callable[[Outcome], None]
) -> list[Outcome]:
    """Do all tasks; ``heard`` is told of each as it ends. The outcomes come back in the order of the tasks."""
    found: dict[str, Outcome] = {}
    for outcome in engine(job, tasks, workers):
        found[outcome.source] = outcome
        heard(outcome)
    return [found[str(task.source)] for task in tasks]


def merged(job: Job, tasks: Sequence[Task]) -> ItemSums:
    """The summaries of some files added up."""
    total = ItemSums.nothing(len(job.items))
    for task in tasks:
        found = pq.read_table(task.target).to_pydict()
        part = ItemSums.nothing(len(job.items))
        for item in range(len(job.items)):
            eligible, ineligible = found["eligible"][item], found["ineligible"][item]
            part.counts[item] = (eligible, ineligible)
            part.rows = eligible + ineligible + found["unknown"][item]
            part.floor[item] = int(found["amount_min_sum"][item] * 100)
            part.ceiling[item] = int(found["amount_max_sum"][item] * 100)
            part.unpriced[item] = found["amount_unknown"][item]
            part.top[item] = [(int(e["amount_max"] * 100), e["uscc"]) for e in found["top"][item]]
        total.add(part, job.top)
    return total
