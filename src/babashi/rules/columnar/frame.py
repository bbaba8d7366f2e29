"""Expressions over a frame: the subjects of a batch, or the rows of one of its child tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Any, Final

import numpy as np

from babashi.rules.columnar import numbers
from babashi.rules.columnar.columns import NEVER_YEAR, Array, Batch, Bools, Column, Table, missing_column
from babashi.rules.columnar.numbers import Num, both, constant, exact_num, from_table
from babashi.rules.columnar.truths import Coded, Truth, column_kind, every, segments_any, some
from babashi.rules.compiled import Env, compile_expr
from babashi.rules.tree import (
    And,
    Arith,
    Compare,
    Count,
    DatedLookup,
    DaysWithin,
    Division,
    Exists,
    Expr,
    FactRef,
    FieldRef,
    IfElse,
    InSet,
    Literal,
    MinMax,
    Neg,
    Not,
    Or,
    Overlaps,
    Param,
    RegisterLookup,
    Sum,
    Tiers,
    YearOf,
)
from babashi.rules.values import NEVER

_EPOCH: Final = dt.date(1970, 1, 1).toordinal()


class Frame:
    """Evaluates expressions over all rows at once; each distinct expression once."""

    def __init__(self, batch: Batch, table: str | None = None) -> None:
        self.batch = batch
        self.table_id = table
        self.table: Table | None = batch.tables.get(table) if table else None
        self.rows = self.table.rows if self.table else batch.rows
        self._truths: dict[Expr, Truth] = {}
        self._numbers: dict[Expr, Num] = {}
        self._children: dict[str, Frame] = {}

    # -- plumbing --------------------------------------------------------------------------------------------

    def child(self, table: str) -> Frame:
        """The rows of a child table that was handed in."""
        if table not in self._children:
            self._children[table] = Frame(self.batch, table)
        return self._children[table]

    def column(self, ref: FactRef | FieldRef) -> Column:
        """The column behind a reference."""
        if isinstance(ref, FieldRef):
            found = self.table.columns.get(ref.column) if self.table else None
        else:
            found = self.batch.facts.get(ref.id)
            if found is not None and self.table is not None:
                return found.take(self.table.owners)
        return found if found is not None else missing_column(column_kind(ref.type), self.rows)

    def scalar(self, expr: Expr, row: int) -> Any:
        """What the scalar evaluator says of one row: exact, slow, asked only where floats cannot decide."""
        if self.table is None:
            return compile_expr(expr)(Env(self.batch.subject(row), self.batch.parameters))
        subject = int(np.searchsorted(self.table.offsets, row, side="right")) - 1
        env = Env(self.batch.subject(subject), self.batch.parameters)
        env.row = {name: column.value(row) for name, column in self.table.columns.items()}
        return compile_expr(expr)(env)

    def settle(self, expr: Expr, truth: Truth, unsure: Bools) -> Truth:
        """Let the scalar evaluator decide the unsure rows."""
        rows = np.flatnonzero(unsure & (truth.true | truth.false))
        if rows.size:
            true, false = truth.true.copy(), truth.false.copy()
            for row in rows:
                value = self.scalar(expr, int(row))
                true[row], false[row] = value is True, value is False
            return Truth(true, false)
        return truth

    def known_truth(self, outcome: Bools, known: Bools | None) -> Truth:
        """A truth that is unknown where ``known`` is not."""
        outcome = np.broadcast_to(outcome, (self.rows,))
        return Truth(outcome, ~outcome) if known is None else Truth(outcome & known, ~outcome & known)

    # -- truth -----------------------------------------------------------------------------------------------

    def truth(self, expr: Expr) -> Truth:
        """Kleene value of a condition in every row."""
        found = self._truths.get(expr)
        if found is None:
            found = self._truths[expr] = _TRUTHS[type(expr)](self, expr)
        return found

    def _junction(self, expr: And | Or) -> Truth:
        parts = [self.truth(arg) for arg in expr.args]
        if not parts:  # no condition holds for everybody, no alternative for nobody
            return self.known_truth(np.full(self.rows, isinstance(expr, And)), None)
        if isinstance(expr, And):
            return Truth(every([part.true for part in parts]), some([part.false for part in parts]))
        return Truth(some([part.true for part in parts]), every([part.false for part in parts]))

    def _not(self, expr: Not) -> Truth:
        operand = self.truth(expr.operand)
        return Truth(operand.false, operand.true)

    def _fact_truth(self, expr: FactRef | FieldRef) -> Truth:
        column = self.column(expr)
        return self.known_truth(column.data == 1, column.valid)

    def _constant_truth(self, expr: Literal | Param) -> Truth:
        return self.known_truth(np.full(self.rows, expr.value is True), None)

    def _compare(self, expr: Compare) -> Truth:
        kind = expr.left.type.kind
        if kind in ("code", "text"):
            return self._compare_codes(expr)
        if kind == "bool":
            left, right = self.truth(expr.left), self.truth(expr.right)
            known = (left.true | left.false) & (right.true | right.false)
            return self.known_truth((left.true == right.true) == (expr.op == "=="), known)
        left_num, right_num = self.number(expr.left), self.number(expr.right)
        outcome, unsure = numbers.compare(expr.op, left_num, right_num)
        truth = self.known_truth(outcome, both(left_num.known, right_num.known))
        return truth if unsure is None else self.settle(expr, truth, np.broadcast_to(unsure, (self.rows,)))

    def _compare_codes(self, expr: Compare) -> Truth:
        left, right = self.codes(expr.left), self.codes(expr.right)
        words = {word: at for at, word in enumerate(dict.fromkeys((*left.words, *right.words)))}
        a = np.array([words[word] for word in left.words] or [0])[left.data]
        b = np.array([words[word] for word in right.words] or [0])[right.data]
        return self.known_truth((a == b) == (expr.op == "=="), both(left.known, right.known))

    def _in_set(self, expr: InSet) -> Truth:
        if expr.operand.type.kind in ("code", "text"):
            coded, wanted = self.codes(expr.operand), {literal.value for literal in expr.values}
            chosen = np.array([word in wanted for word in coded.words] or [False])
            return self.known_truth(chosen[coded.data], coded.known)
        operand = self.number(expr.operand)
        outcome, unsure = np.zeros(self.rows, np.bool_), np.zeros(self.rows, np.bool_)
        for literal in expr.values:
            equal, doubt = numbers.compare("==", operand, self.number(literal))
            outcome |= equal
            if doubt is not None:
                unsure |= doubt
        return self.settle(expr, self.known_truth(outcome, operand.known), unsure)

    def _overlaps(self, expr: Overlaps) -> Truth:
        assert isinstance(expr.operand, (FactRef, FieldRef))
        column, wanted = self.column(expr.operand), {literal.value for literal in expr.values}
        mask = sum(1 << bit for bit, word in enumerate(column.words) if word in wanted)
        return self.known_truth((column.data & np.uint64(mask)) != 0, column.valid)

    def _exists(self, expr: Exists) -> Truth:
        table = self.batch.tables.get(expr.table)
        if table is None:
            nothing = np.zeros(self.rows, np.bool_)
            return Truth(nothing, nothing)
        rows = self.child(expr.table).truth(expr.test)
        if expr.op == "any":
            true, false = segments_any(rows.true, table), ~segments_any(~rows.false, table)
        else:
            true, false = ~segments_any(~rows.true, table), segments_any(rows.false, table)
        return Truth(true, false) if table.known is None else Truth(true & table.known, false & table.known)

    # -- codes and numbers -----------------------------------------------------------------------------------

    def codes(self, expr: Expr) -> Coded:
        """A single-valued code or a text."""
        if isinstance(expr, (FactRef, FieldRef)):
            column = self.column(expr)
            return Coded(column.data, column.valid, column.words)
        assert isinstance(expr, (Literal, Param))
        return Coded(np.broadcast_to(np.int64(0), (self.rows,)), None, (str(expr.value),))

    def number(self, expr: Expr) -> Num:
        """A number, or a date (ordinal) or year, in every row."""
        found = self._numbers.get(expr)
        if found is None:
            found = self._numbers[expr] = _NUMBERS[type(expr)](self, expr)
        return found

    def _fact_number(self, expr: FactRef | FieldRef) -> Num:
        column = self.column(expr)
        return exact_num(column.data.astype(np.int64, copy=False), column.scale, column.valid)

    def _constant_number(self, expr: Literal | Param) -> Num:
        value = expr.value
        if isinstance(value, dt.date):
            return constant(value.toordinal(), self.rows)
        if value is NEVER:
            return constant(NEVER_YEAR, self.rows)
        assert isinstance(value, (int, Fraction))
        return constant(value, self.rows)

    def _arith(self, expr: Arith) -> Num:
        right = self.number(expr.right)
        nonzero = self.nonzero(expr.right) if expr.op == "/" else None
        return numbers.arith(expr.op, self.number(expr.left), right, nonzero)

    def nonzero(self, expr: Expr) -> Bools:
        """Where a divisor is known not to be zero, exactly."""
        num = self.number(expr)
        if num.ints is not None:
            outcome: Bools = num.ints != 0
        else:
            values, err = num.floats()
            outcome = np.abs(values) > err
            for row in np.flatnonzero(~outcome if num.known is None else ~outcome & num.known):
                outcome[row] = self.scalar(expr, int(row)) != 0
        return outcome if num.known is None else outcome & num.known

    def _negative(self, expr: Neg) -> Num:
        return numbers.arith("-", constant(0, self.rows), self.number(expr.operand))

    def _min_max(self, expr: MinMax) -> Num:
        return reduce(lambda left, right: numbers.choose(expr.op, left, right), map(self.number, expr.args))

    def _if_else(self, expr: IfElse) -> Num:
        condition, then, otherwise = (
            self.truth(expr.condition),
            self.number(expr.then),
            self.number(expr.otherwise),
        )
        known = condition.true | condition.false
        if then.known is not None:
            known = known & (condition.false | then.known)
        if otherwise.known is not None:
            known = known & (condition.true | otherwise.known)
        return numbers.where(condition.true, then, otherwise, known)

    def _tiers(self, expr: Tiers) -> Num:
        operand = self.number(expr.operand)
        value = constant(0, self.rows)
        known = operand.known
        for threshold, result in expr.steps:
            reached = self.truth(Compare(">=", expr.operand, threshold)).true
            tier = self.number(result)
            if tier.known is not None or value.known is not None:
                known_tier = np.ones(self.rows, np.bool_) if tier.known is None else tier.known
                known_before = np.ones(self.rows, np.bool_) if value.known is None else value.known
                value = numbers.where(reached, tier, value, np.where(reached, known_tier, known_before))
            else:
                value = numbers.where(reached, tier, value, None)
        return Num(both(known, value.known), value.ints, value.den, value.bound, value.approx, value.err)

    def _dated_lookup(self, expr: DatedLookup) -> Num:
        day = self.number(expr.day)
        assert day.ints is not None
        steps = sorted(expr.steps)
        index = (
            np.searchsorted(np.array([start.toordinal() for start, _ in steps]), day.ints, side="right") - 1
        )
        known = both(day.known, index >= 0)
        return from_table([value for _, value in steps], np.maximum(index, 0), known)

    def _register_lookup(self, expr: RegisterLookup) -> Num:
        keys = [self._key(key) for key in expr.keys]
        combined, known = np.zeros(self.rows, np.int64), None
        for values, places, key_known in keys:
            combined = combined * max(len(values), 1) + places
            known = both(known, key_known)
        distinct, index = np.unique(combined, return_inverse=True)
        found: list[Decimal | None] = []
        for code in distinct.tolist():
            parts: list[int | str] = []
            for values, _, _ in reversed(keys):
                code, place = divmod(code, max(len(values), 1))
                parts.append(values[place])
            found.append(self.batch.parameters.lookup(expr.name, tuple(reversed(parts))))
        present = np.array([value is not None for value in found], np.bool_)
        table = [Fraction(value) if value is not None else Fraction(0) for value in found]
        return from_table(table, index, both(known, present[index]))

    def _key(self, expr: Expr) -> tuple[list[Any], Array, Bools | None]:
        if expr.type.kind in ("code", "text"):
            coded = self.codes(expr)
            return list(coded.words) or [""], coded.data, coded.known
        num = self.number(expr)
        assert num.ints is not None
        values, places = np.unique(num.ints, return_inverse=True)
        return [NEVER if value == NEVER_YEAR else value for value in values.tolist()], places, num.known

    def _days_within(self, expr: DaysWithin) -> Num:
        parts = [self.number(part) for part in (expr.start, expr.end, expr.window_from, expr.window_to)]
        start, end, window_from, window_to = (part.ints for part in parts)
        assert start is not None
        assert end is not None
        assert window_from is not None
        assert window_to is not None
        days = np.minimum(end, window_to) - np.maximum(start, window_from)
        return exact_num(np.maximum(days, 0), 1, reduce(both, (part.known for part in parts)))

    def _year_of(self, expr: YearOf) -> Num:
        day = self.number(expr.operand)
        assert day.ints is not None
        years = (day.ints - _EPOCH).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
        return exact_num(years, 1, day.known)

    def _division(self, expr: Division) -> Num:
        coded = self.codes(expr.operand)
        digits = [
            word[:2] if len(word) >= 2 and word[:2].isascii() and word[:2].isdigit() else ""
            for word in coded.words
        ]
        table = np.array([int(pair) if pair else 0 for pair in digits] or [0], np.int64)
        readable = np.array([bool(pair) for pair in digits] or [False])
        known = coded.known if readable.all() else both(coded.known, readable[coded.data])
        return exact_num(table[coded.data], 1, known)

    def _count(self, expr: Count) -> Num:
        table = self.batch.tables.get(expr.table)
        if table is None:
            return self._unknown_number()
        rows = self.child(expr.table).truth(expr.test)
        counted = numbers.segment_sums(constant(1, table.rows), rows.true, table.offsets)
        known = ~segments_any(~(rows.true | rows.false), table)
        return Num(
            both(known, table.known), counted.ints, counted.den, counted.bound, counted.approx, counted.err
        )

    def _sum(self, expr: Sum) -> Num:
        table = self.batch.tables.get(expr.table)
        if table is None:
            return self._unknown_number()
        frame = self.child(expr.table)
        value = frame.number(expr.value)
        where = frame.truth(expr.where) if expr.where is not None else None
        counted = np.ones(frame.rows, np.bool_) if where is None else where.true
        open_rows = ~counted if where is None else ~(where.true | where.false)
        if value.known is not None:
            open_rows = open_rows | (counted & ~value.known)
            counted = counted & value.known
        total = numbers.segment_sums(value, counted, table.offsets)
        known = both(~segments_any(open_rows, table), table.known)
        return Num(known, total.ints, total.den, total.bound, total.approx, total.err)

    def _unknown_number(self) -> Num:
        return Num(np.zeros(self.rows, np.bool_), ints=np.zeros(self.rows, np.int64), bound=0)


_TRUTHS: Final[Mapping[type, Callable[[Frame, Any], Truth]]] = {
    And: Frame._junction, Or: Frame._junction, Not: Frame._not, FactRef: Frame._fact_truth,
    FieldRef: Frame._fact_truth, Literal: Frame._constant_truth, Param: Frame._constant_truth,
    Compare: Frame._compare, InSet: Frame._in_set, Overlaps: Frame._overlaps, Exists: Frame._exists,
}  # fmt: skip
_NUMBERS: Final[Mapping[type, Callable[[Frame, Any], Num]]] = {
    FactRef: Frame._fact_number, FieldRef: Frame._fact_number, Literal: Frame._constant_number,
    Param: Frame._constant_number, Arith: Frame._arith, Neg: Frame._negative, MinMax: Frame._min_max,
    IfElse: Frame._if_else, Tiers: Frame._tiers, DatedLookup: Frame._dated_lookup,
    RegisterLookup: Frame._register_lookup, DaysWithin: Frame._days_within, YearOf: Frame._year_of,
    Division: Frame._division, Count: Frame._count, Sum: Frame._sum,
}  # fmt: skip
