"""Building the proof of a result: every clause with its outcome, the values it used and their sources."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any as AnyValue
from typing import Final

from babashi.rules.chinese import UNKNOWN, decimal_text, typed_text, value_text
from babashi.rules.compiled import Env, Missing, compile_expr
from babashi.rules.facts import FactDictionary
from babashi.rules.money import exact, round_fen
from babashi.rules.pack import All, Any, Clause, Item, Node, Not
from babashi.rules.phrases import Phrases
from babashi.rules.results import AmountTrace, ClauseTrace, RowTrace, Trace, UsedValue
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
from babashi.rules.values import Source

MAX_ROWS: Final = 50
"""Rows of a child table that a trace shows one by one."""


def build_trace(item: Item, env: Env, with_amounts: bool) -> Trace:
    """The proof of one evaluation; ``env`` holds the subject and what was computed."""
    tracer = _Tracer(item, env)
    amounts = tuple(tracer.amounts()) if with_amounts else ()
    return Trace(tracer.node(item.eligible), amounts)


@lru_cache(maxsize=65536)
def phrase_of(dictionary_key: int, expr: Expr) -> str:
    """The phrase of a test, worded once for each distinct tree."""
    return Phrases(_DICTIONARIES[dictionary_key]).test(expr)


_DICTIONARIES: Final[dict[int, FactDictionary]] = {}


def test_words(dictionary: FactDictionary, expr: Expr) -> str:
    """Words of a condition (remembered by dictionary and tree)."""
    _DICTIONARIES.setdefault(id(dictionary), dictionary)
    return phrase_of(id(dictionary), expr)


def node_words(dictionary: FactDictionary, node: Node) -> str:
    """Words of a clause or group, generated from its tree."""
    match node:
        case Clause(test=test):
            return test_words(dictionary, test)
        case Not(part=part, name=name):
            inner = node_words(dictionary, part)
            return f"{inner}的，不算{name}" if name else f"不是“{inner}”"
        case All(parts=parts):
            return "；并且".join(node_words(dictionary, part) for part in parts)
        case Any(parts=parts):
            return "；或者".join(node_words(dictionary, part) for part in parts)


class _Tracer:
    def __init__(self, item: Item, env: Env) -> None:
        self.item = item
        self.env = env
        self.dictionary = item.dictionary

    # -- eligibility -----------------------------------------------------------------------------------------
    def node(self, node: Node) -> ClauseTrace:
        value = self.item.program.truth_of(node)(self.env)
        missing = self.ordered(value) if type(value) is Missing else ()
        kind = type(node).__name__.lower()
        parts: tuple[Node, ...] = ()
        values: tuple[UsedValue, ...] = ()
        rows: tuple[RowTrace, ...] = ()
        match node:
            case Clause(test=test):
                values, rows = self.used(test)
            case Not(part=part):
                parts = (part,)
            case All() | Any():
                parts = node.parts
        return ClauseTrace(
            id=node.id,
            kind=kind,
            name=node.name,
            text=node_words(self.dictionary, node),
            truth=None if missing else bool(value),
            missing=missing,
            values=values,
            rows=rows,
            cite=node.cite,
            readings=node.readings,
            hint=node.hint,
            children=tuple(self.node(part) for part in parts),
        )

    def ordered(self, missing: Iterable[str]) -> tuple[str, ...]:
        """Missing ids in the order of the dictionary."""
        order = self.dictionary.order
        return tuple(sorted(missing, key=lambda ref: (order.get(ref, len(order)), ref)))

    # -- amounts ---------------------------------------------------------------------------------------------
    def amounts(self) -> Iterable[AmountTrace]:
        benefit, words = self.item.benefit, Phrases(self.dictionary)
        for kind, expr in (("floor", benefit.floor), ("ceiling", benefit.ceiling)):
            if expr is None:
                continue
            value = compile_expr(expr)(self.env)
            values, rows = self.used(expr)
            unknown = type(value) is Missing
            yield AmountTrace(
                kind=kind,
                text=words.noun(expr),
                amount=None if unknown else round_fen(value),
                missing=self.ordered(value) if unknown else (),
                values=values,
                rows=rows,
            )

    # -- values ----------------------------------------------------------------------------------------------
    def used(self, expr: Expr) -> tuple[tuple[UsedValue, ...], tuple[RowTrace, ...]]:
        """Values outside tables, and the rows of the tables an expression looks at."""
        values: dict[str, UsedValue] = {}
        rows: list[RowTrace] = []
        inside: set[int] = set()
        for part in walk(expr):
            match part:
                case Exists(table=table, test=test) | Count(table=table, test=test):
                    inside.update(id(deep) for deep in walk(test))
                    values[table] = self._table(table, test)
                    rows += self._rows(table, test, None)
                case Sum(table=table, value=value, where=where):
                    inside.update(id(deep) for deep in walk(value))
                    inside.update(id(deep) for deep in walk(where)) if where is not None else None
                    values[table] = self._table(table, where)
                    rows += self._rows(table, where, value)
                case FactRef(id=fact_id):
                    values.setdefault(fact_id, self._fact(fact_id))
                case Param(name=name, value=constant, type=kind, label=label):
                    values.setdefault(name, UsedValue(name, label or name, typed_text(constant, kind), True))
                case RegisterLookup() if id(part) not in inside:
                    values.setdefault(part.name, self._register(part))
        return tuple(values.values()), tuple(rows)

    def _fact(self, fact_id: str) -> UsedValue:
        spec, value = self.dictionary.facts[fact_id], self.env.facts.get(fact_id)
        source = self.env.subject.sources.get(fact_id)
        return UsedValue(fact_id, spec.label, value_text(value, spec), value is not None, source)

    def _register(self, part: RegisterLookup) -> UsedValue:
        value = compile_expr(part)(self.env)
        label = Phrases(self.dictionary).noun(part)
        unknown = type(value) is Missing
        text = UNKNOWN if unknown else f"{decimal_text(Fraction(value) * 100)}%"
        source = None if unknown else self.env.subject.sources.get(part.name)
        return UsedValue(part.name, label, text, not unknown, source)

    def _table(self, table: str, test: Expr | None) -> UsedValue:
        label, rows = self.dictionary.tables[table].label, self.env.tables.get(table)
        source = self.env.subject.sources.get(table)
        if rows is None:
            return UsedValue(table, label, UNKNOWN, False, source)
        if not rows:
            return UsedValue(table, label, "没有", True, source)
        truths = [self._row_truth(row, test) for row in rows]
        met, unknown = truths.count(True), truths.count(None)
        text = f"共{len(rows)}项，符合{met}项" + (f"，{unknown}项缺资料" if unknown else "")
        return UsedValue(table, label, text, True, source)

    def _row_truth(self, row: AnyValue, test: Expr | None) -> bool | None:
        if test is None:
            return True
        self.env.row = row
        value = compile_expr(test)(self.env)
        return None if type(value) is Missing else bool(value)

    def _rows(self, table: str, test: Expr | None, amount: Expr | None) -> Iterable[RowTrace]:
        columns = list(dict.fromkeys(self._columns(test) + self._columns(amount)))
        key = [column for column in self.dictionary.tables[table].key if column not in columns]
        for number, row in enumerate((self.env.tables.get(table) or ())[:MAX_ROWS]):
            truth = self._row_truth(row, test)
            values = [self._cell(table, number, row, column) for column in [*key, *columns]]
            values += self._rates(row, amount) if truth is not False else []
            yield RowTrace(number + 1, truth, tuple(values), self._contribution(row, truth, amount))

    def _columns(self, expr: Expr | None) -> list[str]:
        return [part.column for part in walk(expr) if isinstance(part, FieldRef)] if expr is not None else []

    def _rates(self, row: AnyValue, amount: Expr | None) -> list[UsedValue]:
        found: dict[str, UsedValue] = {}
        for part in walk(amount) if amount is not None else ():
            if isinstance(part, DatedLookup) and part.name not in found:
                self.env.row = row
                value = compile_expr(part)(self.env)
                text = UNKNOWN if type(value) is Missing else typed_text(value, part.type)
                found[part.name] = UsedValue(
                    part.name, part.label or part.name, text, type(value) is not Missing
                )
        return list(found.values())

    def _contribution(self, row: AnyValue, truth: bool | None, amount: Expr | None) -> str | None:
        if amount is None or truth is not True:
            return None
        self.env.row = row
        value = compile_expr(amount)(self.env)
        return None if type(value) is Missing else decimal_text(value, 6)

    def _cell(self, table: str, number: int, row: AnyValue, column: str) -> UsedValue:
        spec, value = self.dictionary.tables[table].columns[column], row.get(column)
        sources = self.env.subject.sources
        source: Source | None = sources.get(f"{table}.{number}.{column}") or sources.get(f"{table}.{number}")
        return UsedValue(spec.ref, spec.label, value_text(value, spec), value is not None, source)


def average_text(value: Decimal) -> str:
    """A ratio as a percentage."""
    return f"{decimal_text(Fraction(exact(value)) * 100)}%"
