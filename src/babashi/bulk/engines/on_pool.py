"""A pool of processes on this machine. A worker that dies takes its own file with it and no other."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait

from babashi.bulk.job import Job, Outcome, Task
from babashi.bulk.onefile import match_file

_job: Job | None = None


def run(job: Job, tasks: Sequence[Task], workers: int) -> Iterator[Outcome]:
    """Outcomes as they come. After a worker has died the open files are tried again, one process each."""
    if len(tasks) == 1:
        yield match_file(job, tasks[0])
        return
    suspects = yield from _round(job, tasks, workers)
    for task in suspects:
        if (yield from _round(job, [task], 1)):
            reason = "处理这个文件的进程意外终止（内存不够，或文件损坏），没有输出"
            yield Outcome(str(task.source), "failed", problems=(reason,))


def executor(job: Job, workers: int) -> ProcessPoolExecutor:
    """Processes that know the job and wait for :func:`one`."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(job,))


def one(task: Task) -> Outcome:
    """A task, in a process of :func:`executor`."""
    assert _job is not None
    return match_file(_job, task)


def _round(job: Job, tasks: Sequence[Task], workers: int) -> Generator[Outcome, None, list[Task]]:
    """One pool over some tasks; returns those that were open when it broke."""
    suspects: list[Task] = []
    with executor(job, min(workers, len(tasks))) as pool:
        open_tasks: dict[Future[Outcome], Task] = {pool.submit(one, task): task for task in tasks}
        for future in as_completed(open_tasks):
            try:
                yield future.result()
            except BrokenProcessPool:
                suspects.append(open_tasks[future])
    return suspects


def _begin(job: Job) -> None:
    """In a new worker: one thread for Arrow, and nobody goes on working for a driver that is gone."""
    import pyarrow as pa

    global _job
    _job = job
    pa.set_cpu_count(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
