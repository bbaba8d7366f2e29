"""Who runs the tasks. Each engine is a function ``(job, tasks, workers) -> outcomes as they come``, and knows
nothing but :func:`babashi.bulk.onefile.match_file`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from babashi.bulk.job import Job, Outcome, Task

Engine = Callable[[Job, Sequence[Task], int], Iterator[Outcome]]


class EngineMissing(Exception):
    """The engine can't be used here; the message (Chinese) says what to install."""


def engine_of(name: str) -> Engine:
    """The engine of a name; its library is imported only now."""
    if name == "ray":
        from babashi.bulk.engines import on_ray

        return on_ray.run
    if name == "spark":
        from babashi.bulk.engines import on_spark

        return on_spark.run
    from babashi.bulk.engines import on_pool

    return on_pool.run
