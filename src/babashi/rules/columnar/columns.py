"""Subjects as typed columns: what the columnar evaluator reads.

Numbers are ``int64`` of value × ``scale``; yes/no ``uint8``; dates ``int32`` ordinals;
years ``int32`` with :data:`NEVER_YEAR`; codes and texts ``int32`` positions in sorted ``words``; several-valued
codes ``uint64`` bit sets over ``words``. ``valid`` is ``None`` where nothing is missing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from babashi.rules.facts import FactDictionary, FactSpec
from babashi.rules.values import NEVER, NO_PARAMETERS, Parameters, Row, Subject, Value

Array = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
NEVER_YEAR: Final = -1
MAX_SCALE_DIGITS: Final = 12
MAX_SET_WORDS: Final = 64
_KINDS: Final = {
    "money": "number", "int": "number", "ratio": "number", "bool": "bool", "date": "date",
    "year": "year", "code": "code", "text": "code", "codes": "codes",
}  # fmt: skip
_DTYPES: Final = {
    "number": np.int64, "bool": np.uint8, "date": np.int32, "year": np.int32, "code": np.int32,
    "codes": np.uint64,
}  # fmt: skip


class ColumnError(ValueError):
    """A column cannot hold these values; the message (Chinese) names the column and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One fact of all rows."""

    kind: str
    data: Array
    valid: Bools | None = None
    scale: int = 1
    words: tuple[str, ...] = ()

    def take(self, rows: Array) -> Column:
        """The same column for some rows."""
        valid = None if self.valid is None else self.valid[rows]
        return Column(self.kind, self.data[rows], valid, self.scale, self.words)

    def value(self, row: int) -> Value | None:
        """The value of one row as the scalar evaluator knows it."""
        if self.valid is not None and not self.valid[row]:
            return None
        raw = int(self.data[row])
        if self.kind == "number":
            return raw if self.scale == 1 else Decimal(raw) / self.scale
        if self.kind == "bool":
            return bool(raw)
        if self.kind == "date":
            return dt.date.fromordinal(raw)
        if self.kind == "year":
            return NEVER if raw == NEVER_YEAR else raw
        if self.kind == "code":
            return self.words[raw]
        return frozenset(word for bit, word in enumerate(self.words) if raw >> bit & 1)


def missing_column(kind: str, rows: int) -> Column:
    """A column in which nothing is known."""
    return Column(kind, np.zeros(rows, _DTYPES[kind]), np.zeros(rows, np.bool_))


@dataclass(frozen=True, eq=False)
class Table:
    """A child table. Rows of subject ``i`` are ``offsets[i]:offsets[i + 1]``.

    ``known`` says whose table was handed in, ``None``: everybody's.
    """

    offsets: npt.NDArray[np.int64]
    columns: Mapping[str, Column]
    known: Bools | None = None

    @property
    def rows(self) -> int:
        """Number of child rows."""
        return int(self.offsets[-1])

    @cached_property
    def owners(self) -> npt.NDArray[np.intp]:
        """Whose each row is."""
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))

    def take(self, rows: Array) -> Table:
        """The table for some subjects."""
        starts, counts = self.offsets[rows], self.offsets[rows + 1] - self.offsets[rows]
        offsets = np.concatenate(([0], np.cumsum(counts)))
        picked = np.repeat(starts - offsets[:-1], counts) + np.arange(offsets[-1])
        known = None if self.known is None else self.known[rows]
        return Table(offsets, {name: column.take(picked) for name, column in self.columns.items()}, known)


@dataclass(eq=False)
class Batch:
    """Subjects in columns, never changed once made. A fact or table that is absent is unknown for everyone."""

    rows: int
    facts: Mapping[str, Column]
    tables: Mapping[str, Table] = field(default_factory=dict)
    parameters: Parameters = NO_PARAMETERS

    def take(self, rows: Array, refs: Iterable[str] | None = None) -> Batch:
        """Some rows (positions), with the facts and tables named in ``refs`` only, if given."""
        wanted = None if refs is None else {ref.partition(".")[0] for ref in refs}
        facts = {k: c.take(rows) for k, c in self.facts.items() if wanted is None or k in wanted}
        tables = {k: t.take(rows) for k, t in self.tables.items() if wanted is None or k in wanted}
        return Batch(len(rows), facts, tables, self.parameters)

    def subject(self, row: int) -> Subject:
        """One row as the scalar evaluator takes it."""
        facts = {name: column.value(row) for name, column in self.facts.items()}
        tables: dict[str, Sequence[Row] | None] = {}
        for name, table in self.tables.items():
            if table.known is not None and not table.known[row]:
                continue
            span = range(int(table.offsets[row]), int(table.offsets[row + 1]))
            tables[name] = [{key: column.value(at) for key, column in table.columns.items()} for at in span]
        return Subject(facts, tables)


def batch_of_subjects(
    subjects: Sequence[Subject], dictionary: FactDictionary, parameters: Parameters = NO_PARAMETERS
) -> Batch:
    """Columns of some subjects. Values too large or too finely divided raise :class:`ColumnError`."""
    facts = {
        name: column_of(spec, [subject.facts.get(name) for subject in subjects])
        for name, spec in dictionary.facts.items()
        if any(subject.facts.get(name) is not None for subject in subjects)
    }
    tables: dict[str, Table] = {}
    for name, spec in dictionary.tables.items():
        handed_in = [subject.rows(name) for subject in subjects]
        if all(rows is None for rows in handed_in):
            continue
        counts = [len(rows) if rows is not None else 0 for rows in handed_in]
        flat = [row for rows in handed_in if rows is not None for row in rows]
        known = np.array([rows is not None for rows in handed_in], np.bool_)
        columns = {key: column_of(cell, [row.get(key) for row in flat]) for key, cell in spec.columns.items()}
        offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        tables[name] = Table(offsets, columns, None if known.all() else known)
    return Batch(len(subjects), facts, tables, parameters)


def column_of(spec: FactSpec, values: Sequence[Any]) -> Column:
    """A column of Python values, ``None`` where missing."""
    kind = _KINDS[spec.type]
    known = np.array([value is not None for value in values], np.bool_)
    valid = None if known.all() else known
    if kind == "number":
        data, scale = _scaled(spec, values)
        return Column(kind, data, valid, scale)
    if kind == "code":
        words = tuple(sorted({str(value) for value in values if value is not None}))
        at = {word: position for position, word in enumerate(words)}
        return Column(
            kind, np.array([0 if v is None else at[str(v)] for v in values], np.int32), valid, 1, words
        )
    if kind == "codes":
        words = tuple(sorted({str(word) for value in values if value is not None for word in value}))
        if len(words) > MAX_SET_WORDS:
            raise ColumnError(f"{spec.label}：多值代码最多 {MAX_SET_WORDS} 种，这里有 {len(words)} 种")
        at = {word: 1 << position for position, word in enumerate(words)}
        bits = [0 if v is None else sum(at[str(word)] for word in v) for v in values]
        return Column(kind, np.array(bits, np.uint64), valid, 1, words)
    return Column(kind, np.array([_plain(kind, value) for value in values], _DTYPES[kind]), valid)


def _plain(kind: str, value: Any) -> int:
    if value is None:
        return 0
    if kind == "date":
        return int(value.toordinal())
    return NEVER_YEAR if value is NEVER else int(value)


def _scaled(spec: FactSpec, values: Sequence[Any]) -> tuple[npt.NDArray[np.int64], int]:
    start = 2 if spec.type == "money" else 0
    scale = 10**start
    fractions = [Fraction(0) if value is None else Fraction(value) for value in values]
    for fraction in fractions:
        while scale % fraction.denominator:
            scale *= 10
            if scale > 10**MAX_SCALE_DIGITS:
                raise ColumnError(f"{spec.label}：{fraction} 的小数超过 {MAX_SCALE_DIGITS} 位，请先四舍五入")
    numbers = [int(fraction * scale) for fraction in fractions]
    if numbers and max(map(abs, numbers)) >= 1 << 62:
        raise ColumnError(f"{spec.label}：数值过大，请核对单位（元）")
    return np.array(numbers, np.int64), scale
