"""What the tests of matching in bulk share."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from babashi.bulk.job import Job
from babashi.bulk.layout import written_keys
from babashi.bulk.writing import arrow_of_batch, parquet_options
from babashi.rules.columnar import batch_of_subjects
from babashi.rules.evaluate import evaluate_all
from babashi.rules.facts import FactDictionary
from babashi.rules.loader import load_pack
from babashi.rules.pack import Item, Pack
from babashi.rules.values import NO_PARAMETERS, Parameters, Subject

AS_OF = dt.date(2022, 9, 1)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@lru_cache(maxsize=1)
def shipped() -> Pack:
    return load_pack(Path(__file__).parents[3] / "packs/banan/2022-63", FactDictionary.load())


def shipped_items() -> tuple[Item, ...]:
    return tuple(item for item in shipped().items if item.applicant == "enterprise")


def job(**options: Any) -> Job:
    chosen = {"items": shipped_items(), "as_of": AS_OF, "rules_digest": "test", "mode": "all", **options}
    return Job(dictionary=shipped().dictionary, **chosen)


def code(number: int) -> str:
    """A code of the right form for the enterprise of a number."""
    letters = ""
    for _ in range(9):
        number, rest = divmod(number, len(ALPHABET))
        letters = ALPHABET[rest] + letters
    return f"91500113X{letters}"


def table_of(
    subjects: Sequence[Subject], *, labels: bool = False, facts: Iterable[str] | None = None,
    tables: Iterable[str] | None = None, first: int = 0,
) -> pa.Table:  # fmt: skip
    """Subjects in the file layout; without ``facts`` and ``tables`` with all columns."""
    dictionary = shipped().dictionary
    keys = written_keys(
        dictionary,
        dictionary.facts if facts is None else facts,
        dictionary.tables if tables is None else tables,
    )
    codes = pa.array([code(first + number) for number in range(len(subjects))], pa.string())
    return arrow_of_batch(batch_of_subjects(subjects, dictionary), codes, dictionary, keys, labels=labels)


def write(table: pa.Table, path: Path, row_group_size: int = 1000) -> Path:
    pq.write_table(table, path, row_group_size=row_group_size, **parquet_options(table.schema))
    return path


def lines_of(*paths: Path) -> list[str]:
    """The results of some files as lines of ``babashi match``, sorted."""
    lines = []
    for path in paths:
        for row in pq.read_table(path).to_pylist():
            for amount in ("amount_min", "amount_max"):
                row[amount] = None if row[amount] is None else f"{row[amount]:.2f}"
            lines.append(json.dumps(row, ensure_ascii=False))
    return sorted(lines)


def scalar_lines(
    subjects: Sequence[Subject], items: Sequence[Item], parameters: Parameters = NO_PARAMETERS
) -> list[dict[str, Any]]:
    """What the scalar evaluator says of the same subjects."""
    return [
        {"uscc": code(number), **result.to_line()}
        for number, subject in enumerate(subjects)
        for result in evaluate_all(items, subject, parameters, AS_OF)
    ]


def as_text(lines: Iterable[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(line, ensure_ascii=False) for line in lines)
