"""Ray: one remote call a file. On a cluster the files must lie where every machine can reach them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from babashi.bulk.engines import EngineMissing
from babashi.bulk.job import Job, Outcome, Task
from babashi.bulk.onefile import match_file


def run(job: Job, tasks: Sequence[Task], workers: int) -> Iterator[Outcome]:
    """Outcomes as they come; a cluster that ``RAY_ADDRESS`` names is used, else one on this machine."""
    try:
        import ray
    except ImportError as error:
        advice = "没有安装 Ray。请先运行：.venv/bin/pip install --require-hashes -r requirements/ray.txt"
        raise EngineMissing(advice) from error
    started = not ray.is_initialized()
    if started:
        ray.init(num_cpus=None if _has_cluster() else workers, include_dashboard=False, log_to_driver=False)
    try:
        remote, shared = ray.remote(max_retries=1)(match_file), ray.put(job)
        waiting = {remote.remote(shared, task): task for task in tasks}
        while waiting:
            ready, _ = ray.wait(list(waiting))
            for reference in ready:
                task = waiting.pop(reference)
                try:
                    yield ray.get(reference)
                except ray.exceptions.RayError as error:
                    reason = f"Ray 没有完成这个文件：{type(error).__name__}"
                    yield Outcome(str(task.source), "failed", problems=(reason,))
    finally:
        if started:
            ray.shutdown()


def _has_cluster() -> bool:
    import os

    return bool(os.environ.get("RAY_ADDRESS"))
