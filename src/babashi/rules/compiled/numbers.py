"""Exact arithmetic, steps, days and years."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from operator import add, mul, sub
from typing import Any, Final

from babashi.rules.compiled.env import Compile, Compiled, DivisorError, Env, Missing, join
from babashi.rules.tree import Arith, DaysWithin, Division, MinMax, Neg, Tiers, YearOf, references

_ARITH: Final[dict[str, Callable[[Any, Any], Any]]] = {"+": add, "-": sub, "*": mul}


def compile_arith(expr: Arith, compile_part: Compile) -> Compiled:
    left_of, right_of = compile_part(expr.left), compile_part(expr.right)
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


def compile_negative(expr: Neg, compile_part: Compile) -> Compiled:
    operand = compile_part(expr.operand)

    def negative(env: Env) -> Any:
        value = operand(env)
        return value if type(value) is Missing else -value

    return negative


def compile_min_max(expr: MinMax, compile_part: Compile) -> Compiled:
    parts, choose = [compile_part(arg) for arg in expr.args], min if expr.op == "min" else max

    def min_max(env: Env) -> Any:
        values = [part(env) for part in parts]
        missing = join(values)
        return choose(values) if missing is None else missing

    return min_max


def compile_tiers(expr: Tiers, compile_part: Compile) -> Compiled:
    operand = compile_part(expr.operand)
    steps = [(compile_part(threshold), compile_part(value)) for threshold, value in reversed(expr.steps)]

    def tiers(env: Env) -> Any:
        number = operand(env)
        if type(number) is Missing:
            return number
        return next((value(env) for threshold, value in steps if threshold(env) <= number), 0)

    return tiers


def compile_days_within(expr: DaysWithin, compile_part: Compile) -> Compiled:
    parts = [compile_part(part) for part in (expr.start, expr.end, expr.window_from, expr.window_to)]

    def days_within(env: Env) -> Any:
        values = [part(env) for part in parts]
        missing = join(values)
        if missing is not None:
            return missing
        start, end, window_from, window_to = values
        return max(0, (min(end, window_to) - max(start, window_from)).days)

    return days_within


def compile_year_of(expr: YearOf, compile_part: Compile) -> Compiled:
    operand = compile_part(expr.operand)

    def year_of(env: Env) -> Any:
        value = operand(env)
        return value if type(value) is Missing else value.year

    return year_of


def compile_division(expr: Division, compile_part: Compile) -> Compiled:
    operand, absent = compile_part(expr.operand), Missing(references(expr.operand))

    def division(env: Env) -> Any:
        code = operand(env)
        if type(code) is Missing:
            return code
        return int(code[:2]) if len(code) >= 2 and code[:2].isascii() and code[:2].isdigit() else absent

    return division
