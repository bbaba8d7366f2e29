"""Matching beyond one register: Parquet files of enterprises in, Parquet files of results out.

One pure function answers one batch; one file is one task, done once and whole or not at all. Who runs the
tasks (a process pool, Ray, Spark) is no business of anything below :mod:`babashi.bulk.engines`.
"""

from typing import Final

ENGINES: Final = ("pool", "ray", "spark")  # their names; the engines themselves are heavy to load
