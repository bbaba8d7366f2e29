"""The subject under evaluation, and what is unknown about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from babashi.rules.tree import Expr
from babashi.rules.values import NO_PARAMETERS, Parameters, Row, Subject


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
"""Answers with a value or with :class:`Missing`."""
Compile = Callable[[Expr], Compiled]
"""How an expression compiles its parts."""


def join(parts: Sequence[Any]) -> Missing | None:
    """Everything that is missing in some values, ``None`` if nothing is."""
    found = [part for part in parts if type(part) is Missing]
    if not found:
        return None
    return found[0] if len(found) == 1 else Missing(frozenset().union(*found))


def kleene(decisive: bool, values: Sequence[Any]) -> Any:
    """Kleene's *and* (``decisive`` False) or *or* (True) of values that are known or :class:`Missing`."""
    unknown: list[Missing] = []
    for value in values:
        if value is decisive:
            return decisive
        if type(value) is Missing:
            unknown.append(value)
    return join(unknown) if unknown else not decisive
