"""From one line of the rule language to a typed tree.

Grammar: a subset of Python's expressions (``and or not``, chained comparisons, ``in``, ``+ - * /``,
``a if c else b``) with the functions of :data:`FUNCTIONS`. Everything else is refused by name. The parser never
evaluates anything.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from babashi.rules.lexer import ExpressionError, Lexed, lex
from babashi.rules.parser.builder import MAX_DEPTH, Builder
from babashi.rules.parser.scope import FUNCTIONS, ParamSpec, Scope, Term
from babashi.rules.parser.slips import explained, with_fact_named
from babashi.rules.tree import Expr, Literal
from babashi.rules.units import Type

__all__ = ["FUNCTIONS", "MAX_DEPTH", "ParamSpec", "Parsed", "Scope", "Term", "parse"]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A typed tree, the lexed line and every mistake found in it."""

    expr: Expr | None
    literals: tuple[tuple[Literal, int], ...]
    errors: tuple[ExpressionError, ...]


def parse(source: str, scope: Scope, expect: Type | None = None) -> Parsed:
    """Parse one line. ``expect`` is the type the result must have (``BOOL`` for a test, ``YUAN`` for an amount)."""
    try:
        lexed = lex(source)
        tree = _python_tree(lexed)
    except ExpressionError as error:
        return Parsed(None, (), (with_fact_named(error, scope.dictionary),))
    builder = Builder(scope, lexed)
    try:
        expr = builder.build(tree)
        if expect is not None:
            expr = builder.expect(expr, expect, tree)
    except ExpressionError as error:
        builder.errors.append(error)
        return Parsed(None, (), tuple(builder.errors))
    return Parsed(None if builder.errors else expr, tuple(builder.used_literals), tuple(builder.errors))


def _python_tree(lexed: Lexed) -> ast.expr:
    if not lexed.text:
        raise ExpressionError("表达式是空的", 0, advice="如 employees_2021 >= 300人")
    try:
        return ast.parse(lexed.text, mode="eval").body
    except SyntaxError as error:
        raise explained(lexed.source, lexed.place(max((error.offset or 1) - 1, 0))) from None
    except (RecursionError, MemoryError, ValueError):
        raise ExpressionError("表达式太复杂", 0, advice="拆成几个条件") from None
