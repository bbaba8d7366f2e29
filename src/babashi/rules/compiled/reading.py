"""Values as they are handed in: facts, cells of a row, constants, dated tables, tables of the register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from babashi.rules.compiled.env import Compile, Compiled, Env, FactTypeError, Missing, join
from babashi.rules.money import exact
from babashi.rules.tree import DatedLookup, FactRef, FieldRef, Literal, Param, RegisterLookup
from babashi.rules.values import NEVER


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


def compile_fact(expr: FactRef, compile_part: Compile) -> Compiled:
    fact_id, read, missing = expr.id, _READERS[expr.type.kind], Missing((expr.id,))

    def fact(env: Env) -> Any:
        memo = env.memo
        if fact in memo:
            return memo[fact]
        value = env.facts.get(fact_id)
        answer = memo[fact] = missing if value is None else read(value)
        return answer

    return fact


def compile_field(expr: FieldRef, compile_part: Compile) -> Compiled:
    column, read, missing = expr.column, _READERS[expr.type.kind], Missing((expr.ref,))

    def field(env: Env) -> Any:
        value = env.row.get(column)
        return missing if value is None else read(value)

    return field


def compile_constant(expr: Literal | Param, compile_part: Compile) -> Compiled:
    value = expr.value
    return lambda env: value


def compile_dated_lookup(expr: DatedLookup, compile_part: Compile) -> Compiled:
    day_of, absent = compile_part(expr.day), Missing((expr.name,))
    steps = tuple(reversed(expr.steps))

    def lookup(env: Env) -> Any:
        day = day_of(env)
        if type(day) is Missing:
            return day
        return next((value for effective_from, value in steps if effective_from <= day), absent)

    return lookup


def compile_register_lookup(expr: RegisterLookup, compile_part: Compile) -> Compiled:
    keys, name, absent = [compile_part(key) for key in expr.keys], expr.name, Missing((expr.name,))

    def lookup(env: Env) -> Any:
        parts = [key(env) for key in keys]
        missing = join(parts)
        if missing is not None:
            return missing if env.parameters.has_table(name) else Missing(missing | absent)
        value = env.parameters.lookup(name, tuple(parts))
        return absent if value is None else exact(value)

    return lookup
