"""Conditions: comparisons, sets, and Kleene's *and*, *or* and *not*."""

from __future__ import annotations

from collections.abc import Callable
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from babashi.rules.compiled.env import Compile, Compiled, Env, Missing, join
from babashi.rules.tree import And, Compare, IfElse, InSet, Literal, Not, Or, Overlaps, Param

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip


def compile_compare(expr: Compare, compile_part: Compile) -> Compiled:
    left_of, right_of, holds = compile_part(expr.left), compile_part(expr.right), _COMPARE[expr.op]
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


def compile_in_set(expr: InSet, compile_part: Compile) -> Compiled:
    operand, values = compile_part(expr.operand), frozenset(literal.value for literal in expr.values)

    def in_set(env: Env) -> Any:
        value = operand(env)
        return value if type(value) is Missing else value in values

    return in_set


def compile_overlaps(expr: Overlaps, compile_part: Compile) -> Compiled:
    operand, values = compile_part(expr.operand), frozenset(str(literal.value) for literal in expr.values)

    def overlaps(env: Env) -> Any:
        value = operand(env)
        return value if type(value) is Missing else not values.isdisjoint(value)

    return overlaps


def compile_junction(expr: And | Or, compile_part: Compile) -> Compiled:
    parts, decisive = tuple(compile_part(arg) for arg in expr.args), isinstance(expr, Or)

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


def compile_not(expr: Not, compile_part: Compile) -> Compiled:
    operand = compile_part(expr.operand)

    def negation(env: Env) -> Any:
        value = operand(env)
        return value if type(value) is Missing else not value

    return negation


def compile_if_else(expr: IfElse, compile_part: Compile) -> Compiled:
    condition, then, otherwise = (compile_part(part) for part in (expr.condition, expr.then, expr.otherwise))

    def if_else(env: Env) -> Any:
        chosen = condition(env)
        if type(chosen) is Missing:
            return chosen
        return then(env) if chosen else otherwise(env)

    return if_else
