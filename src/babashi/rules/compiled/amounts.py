"""Amounts of money: rounded once, and unknown where they can't be money."""

from __future__ import annotations

from typing import Any

from babashi.rules.compiled.env import Compile, Compiled, Env, Missing
from babashi.rules.money import MOST_YUAN, round_fen
from babashi.rules.tree import Expr, references


def amount_of(expr: Expr, compile_part: Compile) -> Compiled:
    """An amount in yuan rounded to the fen.

    More than ``MOST_YUAN`` rests on a wrong figure: it is unknown and names all that it is computed from, as a
    divisor of zero is named.
    """
    value_of, suspects = compile_part(expr), Missing(references(expr))

    def amount(env: Env) -> Any:
        value = value_of(env)
        if type(value) is Missing:
            return value
        rounded = round_fen(value)
        return rounded if -MOST_YUAN <= rounded <= MOST_YUAN else suspects

    return amount
