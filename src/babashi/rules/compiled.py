"""The scalar evaluator: typed trees compiled once into closures over one subject.

A closure answers with a value, or with :class:`Missing`, the ids of what would have to be known.
Logic is Kleene's strong three-valued one: what decides is not held up by what is unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from operator import add, eq, ge, gt, le, lt, mul, ne, sub
from typing import Any, Final

from babashi.rules.money import exact
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
    references,
)
from babashi.rules.values import NEVER, NO_PARAMETERS, Parameters, Row, Subject


class Missing(frozenset[str]):
    """Unknown, because of these ids: facts, tables, cells (``loans.principal``) or parameter tables."""

    __slots__ = ()


class FactTypeError(TypeError):
    """A subject holds a value of the wrong Python type; the importer should never let this happen."""


class DivisorError(ArithmeticError):
    """A constant divisor is zero: the checker refuses such packs."""


class Env:
    """One subject under evaluation, with everything computed so far (each distinct leaf once)."""

    __slots__ = ("facts", "memo", "parameters", "row", "subject", "tables")

    def __init__(self, subject: Subject, parameters: Parameters = NO_PARAMETERS) -> None:
        self.subject = subject
        self.facts: Mapping[str, Any] = subject.facts
        self.tables: Mapping[str, Sequence[Row] | None] = subject.tables
        self.parameters = parameters
        self.row: Mapping[str, Any] = {}
        self.memo: dict[Callable[[Env], Any], Any] = {}


Compiled = Callable[[Env], Any]
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip
_ARITH: Final[dict[str, Callable[[Any, Any], Any]]] = {"+": add, "-": sub, "*": mul}


@lru_cache(maxsize=65536)
def compile_expr(expr: Expr) -> Compiled:
    """The closure for a tree; equal trees share one closure."""
    return _COMPILERS[type(expr)](expr)


def run(expr: Expr, env: Env) -> Any:
    """Value of an expression that stands outside any row, computed once for each subject."""
    closure = compile_expr(expr)
    memo = env.memo
    if closure in memo:
        return memo[closure]
    value = memo[closure] = closure(env)
    return value


def join(parts: Sequence[Any]) -> Missing | None:
    """Everything that is missing in some values, ``None`` if nothing is."""
    found = [part for part in parts if type(part) is Missing]
    if not found:
        return None
    return found[0] if len(found) == 1 else Missing(frozenset().union(*found))


# -- facts ---------------------------------------------------------------------------------------------------


def _number(value: Any) -> Any:
    if type(value) is int:
        return value
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, Fraction)):
        raise FactTypeError(f"要一个准确的数，而不是 {value!r}")
    return exact(value)


def _of_type(*kinds: type) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if type(value) not in kinds:
            raise FactTypeError(f"类型不对：{value!r}")
        return value

    return check


def _codes(value: Any) -> Any:
    if isinstance(value, str) or not isinstance(value, (frozenset, set, tuple, list)):
        raise FactTypeError(f"要一组代码，而不是 {value!r}")
    return frozenset(value)


def _year(value: Any) -> Any:
    if value is not NEVER and type(value) is not int:
        raise FactTypeError(f"要一个年度，而不是 {value!r}")
    return value


_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "number": _number, "bool": _of_type(bool), "date": _of_type(dt.date), "year": _year,
    "code": _of_type(str), "text": _of_type(str), "codes": _codes,
}  # fmt: skip


def _fact(expr: FactRef) -> Compiled:
    fact_id, read, missing = expr.id, _READERS[expr.type.kind], Missing((expr.id,))

    def fact(env: Env) -> Any:
        memo = env.memo
        if fact in memo:
            return memo[fact]
        value = env.facts.get(fact_id)
        answer = memo[fact] = missing if value is None else read(value)
        return answer

    return fact


def _field(expr: FieldRef) -> Compiled:
    column, read, missing = expr.column, _READERS[expr.type.kind], Missing((expr.ref,))

    def field(env: Env) -> Any:
        value = env.row.get(column)
        return missing if value is None else read(value)

    return field


def _constant(expr: Literal | Param) -> Compiled:
    value = expr.value
    return lambda env: value


def _dated_lookup(expr: DatedLookup) -> Compiled:
    day_of, absent = compile_expr(expr.day), Missing((expr.name,))
    steps = tuple(reversed(expr.steps))

    def lookup(env: Env) -> Any:
        day = day_of(env)
        if type(day) is Missing:
            return day
        return next((value for effective_from, value in steps if effective_from <= day), absent)

    return lookup


def _register_lookup(expr: RegisterLookup) -> Compiled:
    keys, name, absent = [compile_expr(key) for key in expr.keys], expr.name, Missing((expr.name,))

    def lookup(env: Env) -> Any:
        parts = [key(env) for key in keys]
        missing = join(parts)
        if missing is not None:
            return missing if env.parameters.has_table(name) else Missing(missing | absent)
        value = env.parameters.lookup(name, tuple(parts))
        return absent if value is None else exact(value)

    return lookup


# -- tests ---------------------------------------------------------------------------------------------------


def _compare(expr: Compare) -> Compiled:
    left_of, right_of, holds = compile_expr(expr.left), compile_expr(expr.right), _COMPARE[expr.op]
    if isinstance(expr.right, (Literal, Param)):
        constant = expr.right.value

        def compare_constant(env: Env) -> Any:
            left = left_of(env)
            return left if type(left) is Missing else holds(left, constant)

        return compare_constant

    def compare(env: Env) -> Any:
        left, right = left_of(env), right_of(env)
        missing = join((left, right))
        return holds(left, right) if missing is None else missing

    return compare


def _in_set(expr: InSet) -> Compiled:
    operand, values = compile_expr(expr.operand), frozenset(literal.value for literal in expr.values)

    def in_set(env: Env) -> Any:
        value = operand(env)
        return value if type(value) is Missing else value in values

    return in_set


def _overlaps(expr: Overlaps) -> Compiled:
    operand, values = compile_expr(expr.operand), frozenset(str(literal.value) for literal in expr.values)

    def overlaps(env: Env) -> Any:
        value = operand(env)
        return value if type(value) is Missing else not values.isdisjoint(value)

    return overlaps


def kleene(decisive: bool, values: Sequence[Any]) -> Any:
    """Kleene's *and* (``decisive`` False) or *or* (True) of values that are known or :class:`Missing`."""
    unknown: list[Missing] = []
    for value in values:
        if value is decisive:
            return decisive
        if type(value) is Missing:
            unknown.append(value)
    return join(unknown) if unknown else not decisive


def _junction(expr: And | Or) -> Compiled:
    parts, decisive = tuple(compile_expr(arg) for arg in expr.args), isinstance(expr, Or)

    def junction(env: Env) -> Any:
        unknown: Missing | None = None
        for part in parts:
            value = part(env)
            if value is decisive:
                return decisive
            if type(value) is Missing:
                unknown = value if unknown is None else Missing(unknown | value)
        return (not decisive) if unknown is None else unknown

    return junction


def _not(expr: Not) -> Compiled:
    operand = compile_expr(expr.operand)

    def negation(env: Env) -> Any:
        value = operand(env)
        return value if type(value) is Missing else not value

    return negation


# -- numbers and dates ---------------------------------------------------------------------------------------


def _arith(expr: Arith) -> Compiled:
    left_of, right_of = compile_expr(expr.left), compile_expr(expr.right)
    if expr.op == "/":
        return _quotient(left_of, right_of, Missing(references(expr.right)))
    operate = _ARITH[expr.op]

    def arith(env: Env) -> Any:
        left, right = left_of(env), right_of(env)
        missing = join((left, right))
        return operate(left, right) if missing is None else missing

    return arith


def _quotient(left_of: Compiled, right_of: Compiled, divisor_refs: Missing) -> Compiled:
    def quotient(env: Env) -> Any:
        left, right = left_of(env), right_of(env)
        if type(right) is not Missing and right == 0:
            if not divisor_refs:
                raise DivisorError("除数是常数 0")
            right = divisor_refs
        missing = join((left, right))
        return Fraction(left) / right if missing is None else missing

    return quotient


def _negative(expr: Neg) -> Compiled:
    operand = compile_expr(expr.operand)

    def negative(env: Env) -> Any:
        value = operand(env)
        return value if type(value) is Missing else -value

    return negative


def _min_max(expr: MinMax) -> Compiled:
    parts, choose = [compile_expr(arg) for arg in expr.args], min if expr.op == "min" else max

    def min_max(env: Env) -> Any:
        values = [part(env) for part in parts]
        missing = join(values)
        return choose(values) if missing is None else missing

    return min_max


def _tiers(expr: Tiers) -> Compiled:
    operand = compile_expr(expr.operand)
    steps = [(compile_expr(threshold), compile_expr(value)) for threshold, value in reversed(expr.steps)]

    def tiers(env: Env) -> Any:
        number = operand(env)
        if type(number) is Missing:
            return number
        return next((value(env) for threshold, value in steps if threshold(env) <= number), 0)

    return tiers


def _if_else(expr: IfElse) -> Compiled:
    condition, then, otherwise = (compile_expr(part) for part in (expr.condition, expr.then, expr.otherwise))

    def if_else(env: Env) -> Any:
        chosen = condition(env)
        if type(chosen) is Missing:
            return chosen
        return then(env) if chosen else otherwise(env)

    return if_else


def _days_within(expr: DaysWithin) -> Compiled:
    parts = [compile_expr(part) for part in (expr.start, expr.end, expr.window_from, expr.window_to)]

    def days_within(env: Env) -> Any:
        values = [part(env) for part in parts]
        missing = join(values)
        if missing is not None:
            return missing
        start, end, window_from, window_to = values
        return max(0, (min(end, window_to) - max(start, window_from)).days)

    return days_within


def _year_of(expr: YearOf) -> Compiled:
    operand = compile_expr(expr.operand)

    def year_of(env: Env) -> Any:
        value = operand(env)
        return value if type(value) is Missing else value.year

    return year_of


def _division(expr: Division) -> Compiled:
    operand, absent = compile_expr(expr.operand), Missing(references(expr.operand))

    def division(env: Env) -> Any:
        code = operand(env)
        if type(code) is Missing:
            return code
        return int(code[:2]) if len(code) >= 2 and code[:2].isascii() and code[:2].isdigit() else absent

    return division


# -- child tables --------------------------------------------------------------------------------------------


def _exists(expr: Exists) -> Compiled:
    test, table, absent, decisive = (
        compile_expr(expr.test),
        expr.table,
        Missing((expr.table,)),
        expr.op == "any",
    )

    def exists(env: Env) -> Any:
        rows = env.tables.get(table)
        if rows is None:
            return absent
        values = []
        for row in rows:
            env.row = row
            value = test(env)
            if value is decisive:
                return decisive
            values.append(value)
        return kleene(decisive, values)

    return exists


def _count(expr: Count) -> Compiled:
    test, table, absent = compile_expr(expr.test), expr.table, Missing((expr.table,))

    def count(env: Env) -> Any:
        rows = env.tables.get(table)
        if rows is None:
            return absent
        values = []
        for row in rows:
            env.row = row
            values.append(test(env))
        missing = join(values)
        return sum(value is True for value in values) if missing is None else missing

    return count


def _sum(expr: Sum) -> Compiled:
    value_of, table, absent = compile_expr(expr.value), expr.table, Missing((expr.table,))
    where = compile_expr(expr.where) if expr.where is not None else (lambda env: True)

    def total(env: Env) -> Any:
        rows = env.tables.get(table)
        if rows is None:
            return absent
        known: Any = 0
        unknown: list[Any] = []
        for row in rows:
            env.row = row
            counts = where(env)
            if counts is False:
                continue
            value = value_of(env)
            if type(counts) is Missing or type(value) is Missing:
                unknown += (counts, value)
            else:
                known += value
        missing = join(unknown)
        return known if missing is None else missing

    return total


_COMPILERS: Final[dict[type, Callable[[Any], Compiled]]] = {
    Literal: _constant, Param: _constant, FactRef: _fact, FieldRef: _field, DatedLookup: _dated_lookup,
    RegisterLookup: _register_lookup, Compare: _compare, InSet: _in_set, Overlaps: _overlaps, Arith: _arith,
    Neg: _negative, MinMax: _min_max, Tiers: _tiers, IfElse: _if_else, And: _junction, Or: _junction, Not: _not,
    Exists: _exists, Count: _count, Sum: _sum, DaysWithin: _days_within, YearOf: _year_of, Division: _division,
}  # fmt: skip
