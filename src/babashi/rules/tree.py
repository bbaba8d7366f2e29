"""The typed tree of the rule language: frozen, hashable, free of any evaluator.

Equal leaves are equal objects in the sense of ``==``: positions and spellings don't count, parameter
values do. So an evaluator may compute each distinct leaf once, whichever policy it comes from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from babashi.rules.units import BOOL, DAY, DIVISION, ROWS, YEAR, Type
from babashi.rules.values import Never

LiteralValue = int | Fraction | str | bool | dt.date | Never


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant of the rule. Numbers are exact; ``text`` is how the author wrote it."""

    value: LiteralValue
    type: Type
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class FactRef:
    """A fact of the subject."""

    id: str
    type: Type


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A column of the row that an aggregate looks at."""

    table: str
    column: str
    type: Type

    @property
    def ref(self) -> str:
        """How it is reported missing: ``loans.principal``."""
        return f"{self.table}.{self.column}"


@dataclass(frozen=True, slots=True)
class Param:
    """A named constant of the pack, such as the day-count base; its value is part of the tree."""

    name: str
    value: LiteralValue
    type: Type
    label: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class DatedLookup:
    """The value of a dated table last effective on or before ``day``; before the first line: unknown."""

    name: str
    steps: tuple[tuple[dt.date, int | Fraction], ...]
    day: Expr
    type: Type
    label: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class RegisterLookup:
    """A row of a parameter table handed in with the register; an absent row is unknown."""

    name: str
    keys: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Compare:
    """``left op right`` with op one of ``== != < <= > >=``."""

    op: str
    left: Expr
    right: Expr
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class InSet:
    """A single value is one of the constants."""

    operand: Expr
    values: tuple[Literal, ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Overlaps:
    """A several-valued code has at least one of the constants."""

    operand: Expr
    values: tuple[Literal, ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Arith:
    """``left op right`` with op one of ``+ - * /``; division by zero is unknown."""

    op: str
    left: Expr
    right: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Neg:
    """The negative of a number."""

    operand: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class MinMax:
    """The least (``min``) or greatest (``max``) of several; unknown as soon as one of them is."""

    op: str
    args: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Tiers:
    """The value of the highest threshold that the operand reaches; 0 below the first one."""

    operand: Expr
    steps: tuple[tuple[Expr, Expr], ...]
    type: Type


@dataclass(frozen=True, slots=True)
class IfElse:
    """Lazy choice: only the chosen branch is evaluated; an unknown condition leaves it unknown."""

    condition: Expr
    then: Expr
    otherwise: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class And:
    """All of them (Kleene)."""

    args: tuple[Expr, ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of them (Kleene)."""

    args: tuple[Expr, ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Not:
    """Negation; unknown stays unknown."""

    operand: Expr
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Exists:
    """``any`` / ``all`` over the rows of a child table (Kleene over rows)."""

    op: str
    table: str
    test: Expr
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Count:
    """Number of rows of a child table that meet a condition; unknown while one row is."""

    table: str
    test: Expr
    type: Type = ROWS


@dataclass(frozen=True, slots=True)
class Sum:
    """Sum of a number over the rows that meet ``where``; unknown while an input of a row that does or may is."""

    table: str
    value: Expr
    where: Expr | None
    type: Type


@dataclass(frozen=True, slots=True)
class DaysWithin:
    """Days of [start, end) that lie in [window_from, window_to), never negative."""

    start: Expr
    end: Expr
    window_from: Expr
    window_to: Expr
    type: Type = DAY


@dataclass(frozen=True, slots=True)
class YearOf:
    """The calendar year of a date."""

    operand: Expr
    type: Type = YEAR


@dataclass(frozen=True, slots=True)
class Division:
    """Division of an industry code (its first two digits) as an integer."""

    operand: Expr
    type: Type = DIVISION


Expr = (
    Literal | FactRef | FieldRef | Param | DatedLookup | RegisterLookup | Compare | InSet | Overlaps | Arith | Neg
    | MinMax | Tiers | IfElse | And | Or | Not | Exists | Count | Sum | DaysWithin | YearOf | Division
)  # fmt: skip


def children(expr: Expr) -> tuple[Expr, ...]:
    """Direct parts of a node, in reading order."""
    match expr:
        case Compare(left=left, right=right) | Arith(left=left, right=right):
            return (left, right)
        case InSet(operand=operand, values=values) | Overlaps(operand=operand, values=values):
            return (operand, *values)
        case (
            Neg(operand=operand) | Not(operand=operand) | YearOf(operand=operand) | Division(operand=operand)
        ):
            return (operand,)
        case MinMax(args=args) | And(args=args) | Or(args=args):
            return args
        case Tiers(operand=operand, steps=steps):
            return (operand, *(part for step in steps for part in step))
        case IfElse(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Exists(test=test) | Count(test=test):
            return (test,)
        case Sum(value=value, where=where):
            return (value,) if where is None else (value, where)
        case DaysWithin(start=start, end=end, window_from=window_from, window_to=window_to):
            return (start, end, window_from, window_to)
        case DatedLookup(day=day):
            return (day,)
        case RegisterLookup(keys=keys):
            return keys
    return ()


def walk(expr: Expr) -> Iterator[Expr]:
    """The node and everything below it, depth first."""
    yield expr
    for child in children(expr):
        yield from walk(child)


def references(expr: Expr) -> set[str]:
    """Ids of the facts, tables, cells and parameter tables that the expression reads."""
    found: set[str] = set()
    for node in walk(expr):
        match node:
            case FactRef(id=fact_id):
                found.add(fact_id)
            case FieldRef():
                found.add(node.ref)
            case Exists(table=table) | Count(table=table) | Sum(table=table):
                found.add(table)
            case DatedLookup(name=name) | RegisterLookup(name=name):
                found.add(name)
    return found
