"""The values that an expression looked at, with their sources: what a proof shows beside a condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from babashi.rules.chinese import UNKNOWN, decimal_text, typed_text, value_text
from babashi.rules.compiled import Env, Missing, compile_expr
from babashi.rules.facts import FactDictionary
from babashi.rules.phrases import Phrases
from babashi.rules.results import RowTrace, UsedValue
from babashi.rules.tree import (
    Count,
    DatedLookup,
    Exists,
    Expr,
    FactRef,
    FieldRef,
    Param,
    RegisterLookup,
    Sum,
    walk,
)

MAX_ROWS: Final = 50
"""Rows of a child table that a trace shows one by one."""


@dataclass(frozen=True, slots=True)
class TableUse:
    """An expression goes through the rows of a table: those that meet ``test``, adding up ``amount``."""

    table: str
    test: Expr | None
    amount: Expr | None


@dataclass(frozen=True, slots=True)
class Uses:
    """What an expression looks at, found once for each distinct tree.

    ``shown`` is keyed by the id under which a value is shown, in reading order: a fact by its id alone.
    """

    shown: Mapping[str, str | UsedValue | RegisterLookup | TableUse]
    tables: tuple[TableUse, ...]
    facts: tuple[str, ...] | None = None
    """The ids, where nothing but facts is shown: the usual case, worded once for all such expressions."""


@lru_cache(maxsize=65536)
def uses_of(expr: Expr) -> Uses:
    """The facts, parameters, register figures and tables of an expression."""
    shown: dict[str, str | UsedValue | RegisterLookup | TableUse] = {}
    tables: list[TableUse] = []
    inside: set[int] = set()
    for part in walk(expr):
        match part:
            case Exists() | Count() | Sum():
                use = _table_use(part)
                inside.update(id(deep) for inner in (use.test, use.amount) if inner for deep in walk(inner))
                shown[use.table] = use
                tables.append(use)
            case FactRef(id=fact_id):
                shown.setdefault(fact_id, fact_id)
            case Param(name=name, value=constant, type=kind, label=label):
                shown.setdefault(name, UsedValue(name, label or name, typed_text(constant, kind), True))
            case RegisterLookup() if id(part) not in inside:
                shown.setdefault(part.name, part)
    plain = all(type(use) is str for use in shown.values())
    return Uses(shown, tuple(tables), tuple(shown) if plain else None)


def _table_use(part: Exists | Count | Sum) -> TableUse:
    if isinstance(part, Sum):
        return TableUse(part.table, part.where, part.value)
    return TableUse(part.table, part.test, None)


class UsedValues:
    """The values of one subject, each fact worded once."""

    def __init__(self, dictionary: FactDictionary, env: Env) -> None:
        self.dictionary = dictionary
        self.env = env
        self._facts: dict[str, UsedValue] = {}
        self._plain: dict[tuple[str, ...], tuple[UsedValue, ...]] = {}

    def values(self, uses: Uses) -> tuple[UsedValue, ...]:
        """What is shown of an expression besides rows."""
        if uses.facts is None:
            return tuple(self._shown(use) for use in uses.shown.values())
        found = self._plain.get(uses.facts)
        if found is None:
            found = self._plain[uses.facts] = tuple(self._fact(fact_id) for fact_id in uses.facts)
        return found

    def counted_rows(self, uses: Uses) -> tuple[RowTrace, ...]:
        """The rows of an amount. Of several sums each shows only what it counts or may count: what none of
        them says would stand there once for each."""
        several = len(uses.tables) > 1
        return tuple(row for row in self.rows(uses) if not several or row.truth is not False)

    def rows(self, uses: Uses) -> tuple[RowTrace, ...]:
        """The rows of every table that an expression goes through."""
        return tuple(row for use in uses.tables for row in self._rows(use))

    def _shown(self, use: str | UsedValue | RegisterLookup | TableUse) -> UsedValue:
        match use:
            case RegisterLookup():
                return self._register(use)
            case TableUse():
                return self._table(use)
            case UsedValue():
                return use
        return self._fact(use)

    def _fact(self, fact_id: str) -> UsedValue:
        if fact_id in self._facts:
            return self._facts[fact_id]
        spec, value = self.dictionary.facts[fact_id], self.env.facts.get(fact_id)
        source = self.env.subject.sources.get(fact_id)
        used = UsedValue(fact_id, spec.spoken, value_text(value, spec), value is not None, source)
        self._facts[fact_id] = used
        return used

    def _register(self, part: RegisterLookup) -> UsedValue:
        value = compile_expr(part)(self.env)
        label = Phrases(self.dictionary).noun(part)
        unknown = type(value) is Missing
        text = UNKNOWN if unknown else f"{decimal_text(Fraction(value) * 100)}%"
        source = None if unknown else self.env.subject.sources.get(part.name)
        return UsedValue(part.name, label, text, not unknown, source)

    # -- child tables ----------------------------------------------------------------------------------------
    def _table(self, use: TableUse) -> UsedValue:
        label, rows = self.dictionary.tables[use.table].label, self.env.tables.get(use.table)
        source = self.env.subject.sources.get(use.table)
        if rows is None:
            return UsedValue(use.table, label, UNKNOWN, False, source)
        if not rows:
            return UsedValue(use.table, label, "没有", True, source)
        truths = [self._row_truth(row, use.test) for row in rows]
        met, unknown = truths.count(True), truths.count(None)
        text = f"共{len(rows)}项，符合{met}项" + (f"，{unknown}项缺资料" if unknown else "")
        return UsedValue(use.table, label, text, True, source)

    def _row_truth(self, row: Any, test: Expr | None) -> bool | None:
        if test is None:
            return True
        value = self._in_row(row, test)
        return None if type(value) is Missing else bool(value)

    def _in_row(self, row: Any, expr: Expr) -> Any:
        self.env.row = row
        return compile_expr(expr)(self.env)

    def _rows(self, use: TableUse) -> Iterator[RowTrace]:
        columns = list(dict.fromkeys(_columns(use.test) + _columns(use.amount)))
        key = [column for column in self.dictionary.tables[use.table].key if column not in columns]
        for number, row in enumerate((self.env.tables.get(use.table) or ())[:MAX_ROWS]):
            truth = self._row_truth(row, use.test)
            values = [self._cell(use.table, number, row, column) for column in [*key, *columns]]
            values += self._rates(row, use.amount) if truth is not False else []
            yield RowTrace(number + 1, truth, tuple(values), self._contribution(row, truth, use.amount))

    def _rates(self, row: Any, amount: Expr | None) -> list[UsedValue]:
        found: dict[str, UsedValue] = {}
        for part in walk(amount) if amount is not None else ():
            if isinstance(part, DatedLookup) and part.name not in found:
                value = self._in_row(row, part)
                known = type(value) is not Missing
                text = typed_text(value, part.type) if known else UNKNOWN
                found[part.name] = UsedValue(part.name, part.label or part.name, text, known)
        return list(found.values())

    def _contribution(self, row: Any, truth: bool | None, amount: Expr | None) -> str | None:
        if amount is None or truth is not True:
            return None
        value = self._in_row(row, amount)
        return None if type(value) is Missing else decimal_text(value, 6)

    def _cell(self, table: str, number: int, row: Any, column: str) -> UsedValue:
        spec, value = self.dictionary.tables[table].columns[column], row.get(column)
        sources = self.env.subject.sources
        source = sources.get(f"{table}.{number}.{column}") or sources.get(f"{table}.{number}")
        return UsedValue(spec.ref, spec.spoken, value_text(value, spec), value is not None, source)


def _columns(expr: Expr | None) -> list[str]:
    return [part.column for part in walk(expr) if isinstance(part, FieldRef)] if expr is not None else []
