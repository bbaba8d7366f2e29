"""What an expression may name: functions, facts, parameters, terms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from babashi.rules.facts import FactDictionary
from babashi.rules.tree import Expr, LiteralValue
from babashi.rules.units import Type

FUNCTIONS: Final = {
    "any": "any(表, 条件)",
    "all": "all(表, 条件)",
    "count": "count(表, 条件)",
    "sum": "sum(表, 数, where=条件)",
    "min": "min(数, 数)",
    "max": "max(数, 数)",
    "overlaps": 'overlaps(多值代码, ["代码", "代码"])',
    "tiers": "tiers(数, (起点, 值), (起点, 值))",
    "days_within": "days_within(起始日, 到期日, 期间起, 期间止)",
    "year": "year(日期)",
    "division": "division(行业代码)",
}


@dataclass(frozen=True, slots=True)
class ParamSpec:
    """A parameter of a pack as the language sees it."""

    name: str
    label: str
    type: Type
    value: LiteralValue | None = None
    steps: tuple[tuple[dt.date, int | Fraction], ...] | None = None
    """Set for a dated table, called like a function of a day."""


@dataclass(frozen=True, slots=True)
class Term:
    """A named condition of the pack, optionally on the rows of one table."""

    name: str
    label: str
    table: str | None
    expr: Expr


@dataclass(frozen=True)
class Scope:
    """Names an expression may use."""

    dictionary: FactDictionary
    params: Mapping[str, ParamSpec] = field(default_factory=dict)
    terms: Mapping[str, Term] = field(default_factory=dict)
    table: str | None = None
