"""Going through the rows of a child table: whether one or all meet a test, how many, and what they add up to."""

from __future__ import annotations

from typing import Any

from babashi.rules.compiled.env import Compile, Compiled, Env, Missing, join, kleene
from babashi.rules.tree import Count, Exists, Sum


def compile_exists(expr: Exists, compile_part: Compile) -> Compiled:
    test, table, absent, decisive = (
        compile_part(expr.test),
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


def compile_count(expr: Count, compile_part: Compile) -> Compiled:
    test, table, absent = compile_part(expr.test), expr.table, Missing((expr.table,))

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


def compile_sum(expr: Sum, compile_part: Compile) -> Compiled:
    value_of, table, absent = compile_part(expr.value), expr.table, Missing((expr.table,))
    where = compile_part(expr.where) if expr.where is not None else (lambda env: True)

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
