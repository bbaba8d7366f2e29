"""The scalar evaluator: typed trees compiled once into closures over one subject.

A closure answers with a value, or with :class:`Missing`, the ids of what would have to be known.
Logic is Kleene's strong three-valued one: what decides is not held up by what is unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from babashi.rules import tree
from babashi.rules.compiled import amounts, logic, numbers, reading, rows
from babashi.rules.compiled.env import (
    Compile,
    Compiled,
    DivisorError,
    Env,
    FactTypeError,
    Missing,
    join,
    kleene,
)
from babashi.rules.tree import Expr

__all__ = [
    "Compiled",
    "DivisorError",
    "Env",
    "FactTypeError",
    "Missing",
    "compile_amount",
    "compile_expr",
    "join",
    "kleene",
]

_COMPILERS: Final[dict[type, Callable[[Any, Compile], Compiled]]] = {
    tree.Literal: reading.compile_constant,
    tree.Param: reading.compile_constant,
    tree.FactRef: reading.compile_fact,
    tree.FieldRef: reading.compile_field,
    tree.DatedLookup: reading.compile_dated_lookup,
    tree.RegisterLookup: reading.compile_register_lookup,
    tree.Compare: logic.compile_compare,
    tree.InSet: logic.compile_in_set,
    tree.Overlaps: logic.compile_overlaps,
    tree.And: logic.compile_junction,
    tree.Or: logic.compile_junction,
    tree.Not: logic.compile_not,
    tree.IfElse: logic.compile_if_else,
    tree.Arith: numbers.compile_arith,
    tree.Neg: numbers.compile_negative,
    tree.MinMax: numbers.compile_min_max,
    tree.Tiers: numbers.compile_tiers,
    tree.DaysWithin: numbers.compile_days_within,
    tree.YearOf: numbers.compile_year_of,
    tree.Division: numbers.compile_division,
    tree.Exists: rows.compile_exists,
    tree.Count: rows.compile_count,
    tree.Sum: rows.compile_sum,
}


@lru_cache(maxsize=65536)
def compile_expr(expr: Expr) -> Compiled:
    """The closure for a tree; equal trees share one closure."""
    return _COMPILERS[type(expr)](expr, compile_expr)


@lru_cache(maxsize=65536)
def compile_amount(expr: Expr) -> Compiled:
    """The closure for an amount: a ``Decimal`` in yuan, rounded to the fen, or what has to be known for it."""
    return amounts.amount_of(expr, compile_expr)
