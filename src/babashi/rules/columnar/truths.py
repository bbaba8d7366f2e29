"""What conditions and codes come to, a row each, and how truths of rows are put together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from babashi.rules.columnar.columns import Array, Bools, Table
from babashi.rules.units import Type


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Known true and known false, a row each; neither means unknown."""

    true: Bools
    false: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """Codes as positions in sorted words."""

    data: Array
    known: Bools | None
    words: tuple[str, ...]


def column_kind(kind: Type) -> str:
    """The kind of column that holds values of a type."""
    return {"text": "code", "division": "number"}.get(kind.kind, kind.kind)


def segments_any(rows: Bools, table: Table) -> Bools:
    """Whether some row of each subject holds; no row: no."""
    held = np.zeros(len(table.offsets) - 1, np.bool_)
    held[table.owners[rows]] = True
    return held


def every(parts: list[Bools]) -> Bools:
    """Rowwise *and*."""
    return reduce(np.logical_and, parts)


def some(parts: list[Bools]) -> Bools:
    """Rowwise *or*."""
    return reduce(np.logical_or, parts)
