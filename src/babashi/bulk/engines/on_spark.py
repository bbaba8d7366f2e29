"""Spark: the tasks are a small table of paths, and ``mapInArrow`` does one a partition.

On a cluster the files must lie where every machine can reach them, and Babashi must be installed on each.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from babashi.bulk.engines import EngineMissing
from babashi.bulk.job import Job, Outcome, Task
from babashi.bulk.onefile import match_file

_OUTCOME = "source string, status string, rows long, pairs long, seconds double, problems array<string>, notes array<string>"


def run(job: Job, tasks: Sequence[Task], workers: int) -> Iterator[Outcome]:
    """Outcomes as they come; a session that is there is used, else one on this machine is started."""
    session, started = _session(workers)
    try:
        paths = [(str(task.source), str(task.target)) for task in tasks]
        rows = session.sparkContext.parallelize(paths, len(paths))
        frame = session.createDataFrame(rows, "source string, target string")
        for row in frame.mapInArrow(_Work(job), _OUTCOME).toLocalIterator(prefetchPartitions=True):
            yield Outcome(**row.asDict())
    finally:
        if started:
            session.stop()


class _Work:
    """What runs in each partition: batches of paths in, batches of outcomes out."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        pa.set_cpu_count(1)
        for batch in batches:
            for path in batch.to_pylist():
                outcome = match_file(self.job, Task(Path(path["source"]), Path(path["target"])))
                yield pa.RecordBatch.from_pylist([_plain(outcome)], schema=_SCHEMA)


_SCHEMA = pa.schema([
    ("source", pa.string()), ("status", pa.string()), ("rows", pa.int64()), ("pairs", pa.int64()),
    ("seconds", pa.float64()), ("problems", pa.list_(pa.string())), ("notes", pa.list_(pa.string())),
])  # fmt: skip


def _plain(outcome: Outcome) -> dict[str, Any]:
    return {
        "source": outcome.source, "status": outcome.status, "rows": outcome.rows, "pairs": outcome.pairs,
        "seconds": outcome.seconds, "problems": list(outcome.problems), "notes": list(outcome.notes),
    }  # fmt: skip


def _session(workers: int) -> tuple[Any, bool]:
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        advice = "没有安装 Spark。请先运行：.venv/bin/pip install --require-hashes -r requirements/spark.txt"
        raise EngineMissing(advice) from error
    running = SparkSession.getActiveSession()
    if running is not None:
        return running, False
    try:
        builder = SparkSession.builder.appName("babashi").config("spark.ui.enabled", "false")
        if "spark.master" not in _submitted():
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else it takes whatever python3 it finds
            builder = builder.master(f"local[{workers}]").config("spark.driver.host", "127.0.0.1")
        return builder.getOrCreate(), True
    except (PySparkException, OSError, RuntimeError) as error:
        advice = "Spark 启动不了。需要 Java 17 或更新的版本（Debian：apt-get install default-jre-headless）"
        raise EngineMissing(f"{advice}。{error}") from error


def _submitted() -> dict[str, str]:
    """Settings that ``spark-submit`` brings."""
    from pyspark import SparkConf

    return dict(SparkConf().getAll())
