"""A pool of processes on this machine. A worker that dies takes its own file with it and no other."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_futures
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait

from babashi.bulk.job import Job, Outcome, Task
from babashi.bulk.onefile import match_file

_job: Job | None = None


def run(job: Job, tasks: Sequence[Task], workers: int) -> Iterator[Outcome]:
    """Outcomes as they come. When a worker dies, a new pool goes on with the files that nobody had begun; those that
    were being worked on come last, one process each, so that the guilty one is known."""
    if len(tasks) == 1:
        yield match_file(job, tasks[0])
        return
    waiting, suspects = deque(tasks), list[Task]()
    while waiting:
        suspects += yield from _round(job, waiting, workers)
    for task in suspects:
        if (yield from _round(job, deque([task]), 1)):
            reason = "处理这个文件的进程意外终止（内存不够，或文件损坏），没有输出"
            yield Outcome(str(task.source), "failed", problems=(reason,))


def _round(job: Job, waiting: deque[Task], workers: int) -> Generator[Outcome, None, list[Task]]:
    """One pool, until nothing waits or it breaks; returns the files that were open when it broke."""
    opened: dict[Future[Outcome], Task] = {}
    with executor(job, min(workers, len(waiting))) as pool:
        try:
            while waiting or opened:
                while waiting and len(opened) < workers:
                    opened[pool.submit(one, waiting[0])] = waiting[0]
                    waiting.popleft()
                for future in wait_futures(opened, return_when=FIRST_COMPLETED).done:
                    outcome = future.result()
                    del opened[future]
                    yield outcome
        except BrokenProcessPool:
            return list(opened.values())
    return []


def executor(job: Job, workers: int) -> ProcessPoolExecutor:
    """Processes that know the job and wait for :func:`one`."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(job,))


def one(task: Task) -> Outcome:
    """A task, in a process of :func:`executor`."""
    assert _job is not None
    return match_file(_job, task)


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
