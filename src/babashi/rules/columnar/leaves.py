"""Simple leaves: tests of one column against constants, as ranges over small integer lanes.

Most conditions of real policies are of this form. Everything else (child tables, quotients, comparisons
between facts) is evaluated by :class:`~babashi.rules.columnar.frame.Frame` and enters as finished planes.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from babashi.rules.columnar.columns import MAX_SET_WORDS, NEVER_YEAR, Array, Batch, Column, missing_column
from babashi.rules.columnar.frame import Frame
from babashi.rules.columnar.truths import column_kind
from babashi.rules.tree import Compare, Division, Expr, FactRef, InSet, Literal, LiteralValue, Overlaps, Param
from babashi.rules.values import Never

RANGE, BITS, SET = 0, 1, 2
LOW, HIGH = -(1 << 62), 1 << 62
MAX_LUT: Final = 255


@dataclass(frozen=True, slots=True)
class Lane:
    """One integer column that leaves read: a fact, or the division of an industry code."""

    fact: str
    kind: str
    words: tuple[str, ...] = ()
    """Codes that the rules name; anything else becomes ``len(words)``."""


@dataclass(frozen=True, slots=True)
class Test:
    """A simple leaf: ``op value`` for numbers, ``values`` for codes."""

    lane: str
    op: str
    value: Fraction | None = None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """Leaves as flat arrays, entry ``i`` for leaf ``i``; ``lane`` -1 marks a complex leaf."""

    kind: npt.NDArray[np.int32]
    lane: npt.NDArray[np.int32]
    low: npt.NDArray[np.int64]
    high: npt.NDArray[np.int64]
    negated: npt.NDArray[np.bool_]
    lut: npt.NDArray[np.uint8]


class LeafTable:
    """The leaves of a rulebook, classified once."""

    def __init__(self, leaves: Sequence[Expr]) -> None:
        self.leaves = tuple(leaves)
        self.tests = tuple(_simple(leaf) for leaf in leaves)
        self.lanes = _lanes(self.leaves, self.tests)
        self.tests = tuple(None if test and self._needs_wide_set(test) else test for test in self.tests)
        self.complex = tuple(position for position, test in enumerate(self.tests) if test is None)
        self.lane_order = {name: position for position, name in enumerate(self.lanes)}
        self.prepared: WeakKeyDictionary[Batch, object] = WeakKeyDictionary()
        self._bind = lru_cache(maxsize=16)(self._bind_uncached)

    def _needs_wide_set(self, test: Test) -> bool:
        """Scattered codes of a list that is too long for a byte go the general way."""
        words = self.lanes[test.lane].words
        if test.op == "overlaps":
            return len(words) > MAX_SET_WORDS
        return bool(test.codes) and len(words) >= MAX_LUT and not _contiguous(_places(words, test.codes))

    def lane_columns(self, batch: Batch) -> list[Column]:
        """The lanes of a batch, in the order of ``lanes``; codes in the rulebook's own words."""
        return [_lane_column(batch, name, lane) for name, lane in self.lanes.items()]

    def bind(self, columns: Sequence[Column]) -> Bound:
        """Thresholds in the units of these columns."""
        return self._bind(tuple(column.scale for column in columns))

    def _bind_uncached(self, scales: tuple[int, ...]) -> Bound:
        count = len(self.tests)
        kind, lane = np.zeros(count, np.int32), np.full(count, -1, np.int32)
        low, high = np.full(count, LOW, np.int64), np.full(count, HIGH, np.int64)
        negated, luts = np.zeros(count, np.bool_), [np.zeros(MAX_LUT + 1, np.uint8)]
        for position, test in enumerate(self.tests):
            if test is None:
                continue
            at = self.lane_order[test.lane]
            lane[position], negated[position] = at, test.op == "!="
            if test.value is not None:
                low[position], high[position] = _range(test.op, test.value * scales[at])
                continue
            words = self.lanes[test.lane].words
            if test.op == "overlaps":
                bits = sum(1 << words.index(code) for code in test.codes)
                kind[position], low[position] = BITS, np.array(bits, np.uint64).view(np.int64)
                continue
            places = _places(words, test.codes)
            if _contiguous(places):
                low[position], high[position] = places[0], places[-1]
            else:
                kind[position], low[position] = SET, len(luts)
                lut = np.zeros(MAX_LUT + 1, np.uint8)
                lut[places] = 1
                luts.append(lut)
        return Bound(kind, lane, low, high, negated, np.stack(luts))


def _places(words: tuple[str, ...], codes: tuple[str, ...]) -> list[int]:
    return sorted(bisect_left(words, code) for code in codes)


def _contiguous(places: list[int]) -> bool:
    return places[-1] - places[0] == len(places) - 1


def _range(op: str, value: Fraction) -> tuple[int, int]:
    """Integers that satisfy ``x op value``; ``!=`` gives those of ``==``, to be negated."""
    low, high = LOW, HIGH
    if op in ("<", "<="):
        high = ceil(value) - 1 if op == "<" else floor(value)
    elif op in (">", ">="):
        low = floor(value) + 1 if op == ">" else ceil(value)
    elif value.denominator == 1:
        low = high = int(value)
    else:
        low, high = 1, 0
    return max(LOW, min(low, HIGH)), max(LOW, min(high, HIGH))


def _simple(leaf: Expr) -> Test | None:
    match leaf:
        case FactRef(id=fact, type=kind) if kind.kind == "bool":
            return Test(fact, "==", Fraction(1))
        case Compare(op=op, left=FactRef() | Division() as operand, right=Literal() | Param() as constant):
            return _comparison(operand, op, constant.value)
        case InSet(operand=FactRef(id=fact, type=kind), values=values) if kind.kind in ("code", "text"):
            return Test(fact, "in", codes=tuple(sorted({str(literal.value) for literal in values})))
        case Overlaps(operand=FactRef(id=fact), values=values):
            return Test(fact, "overlaps", codes=tuple(sorted({str(literal.value) for literal in values})))
    return None


def _comparison(operand: FactRef | Division, op: str, value: LiteralValue) -> Test | None:
    if isinstance(operand, Division):
        if not isinstance(operand.operand, FactRef) or isinstance(value, (str, bool, dt.date, Never)):
            return None
        return Test(f"division({operand.operand.id})", op, Fraction(value))
    if operand.type.kind in ("code", "text"):
        return Test(operand.id, "in" if op == "==" else "!=", codes=(str(value),))
    if isinstance(value, (bool, str)):
        return None
    if isinstance(value, dt.date):
        return Test(operand.id, op, Fraction(value.toordinal()))
    return Test(operand.id, op, Fraction(NEVER_YEAR if isinstance(value, Never) else value))


def _lanes(leaves: Sequence[Expr], tests: Sequence[Test | None]) -> Mapping[str, Lane]:
    words: dict[str, set[str]] = {}
    kinds: dict[str, tuple[str, str]] = {}
    for leaf, test in zip(leaves, tests, strict=True):
        if test is None:
            continue
        words.setdefault(test.lane, set()).update(test.codes)
        operand = (
            leaf
            if isinstance(leaf, FactRef)
            else getattr(leaf, "left", None) or getattr(leaf, "operand", None)
        )
        if isinstance(operand, Division) and isinstance(operand.operand, FactRef):
            kinds[test.lane] = (operand.operand.id, "division")
        elif isinstance(operand, FactRef):
            kinds[test.lane] = (operand.id, column_kind(operand.type))
    return {name: Lane(*kinds[name], tuple(sorted(words[name]))) for name in words}


def _lane_column(batch: Batch, name: str, lane: Lane) -> Column:
    column = batch.facts.get(lane.fact)
    if lane.kind == "division":
        return _division_column(column, batch.rows)
    if column is None:
        return missing_column(lane.kind, batch.rows)
    if lane.kind == "code":
        at = {word: position for position, word in enumerate(lane.words)}
        table = np.array([at.get(word, len(lane.words)) for word in column.words] or [0], np.int32)
        small = table.astype(np.uint8) if len(lane.words) <= MAX_LUT - 1 else table
        return Column("code", small[column.data], column.valid)
    if lane.kind == "codes":
        return Column("codes", _translated_sets(column, lane.words), column.valid)
    return column


def _translated_sets(column: Column, words: tuple[str, ...]) -> Array:
    if column.words == words:
        return column.data
    bits = np.zeros(len(column.data), np.uint64)
    for position, word in enumerate(column.words):
        if word in words:
            moved = (column.data >> np.uint64(position)) & np.uint64(1)
            bits |= moved << np.uint64(words.index(word))
    return bits


def _division_column(column: Column | None, rows: int) -> Column:
    if column is None:
        return missing_column("number", rows)
    digits = [w[:2] if len(w) >= 2 and w[:2].isascii() and w[:2].isdigit() else "" for w in column.words]
    table = np.array([int(pair) if pair else 0 for pair in digits] or [0], np.uint8)
    readable = np.array([bool(pair) for pair in digits] or [False])
    valid = column.valid
    if not readable.all():
        valid = readable[column.data] if valid is None else valid & readable[column.data]
    return Column("number", table[column.data], valid)


def packed(rows: npt.NDArray[np.bool_], words: int) -> npt.NDArray[np.uint64]:
    """A boolean column as 64-bit words, row 0 in the lowest bit, padded with zeros."""
    bits = np.zeros(words * 8, np.uint8)
    raw = np.packbits(rows, bitorder="little")
    bits[: len(raw)] = raw
    return bits.view(np.uint64)


def complex_planes(table: LeafTable, frame: Frame, words: int) -> npt.NDArray[np.uint64]:
    """Planes of the leaves that are not simple: ``[leaf, true/false, word]``."""
    planes = np.zeros((len(table.complex), 2, words), np.uint64)
    for place, position in enumerate(table.complex):
        truth = frame.truth(table.leaves[position])
        planes[place, 0], planes[place, 1] = packed(truth.true, words), packed(truth.false, words)
    return planes
