"""Building the proof of a result: every clause with its outcome, the values it used and their sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from babashi.rules.compiled import Env, Missing, compile_amount
from babashi.rules.facts import FactDictionary
from babashi.rules.pack import All, Any, Clause, Item, Node, Not
from babashi.rules.phrases import Phrases
from babashi.rules.results import AmountTrace, ClauseTrace, RowTrace, Trace, UsedValue
from babashi.rules.tree import Expr
from babashi.rules.used import UsedValues, uses_of


def build_trace(item: Item, env: Env, with_amounts: bool) -> Trace:
    """The proof of one evaluation; ``env`` holds the subject and what was computed."""
    used = UsedValues(item.dictionary, env)
    amounts = tuple(amount_traces(item, used)) if with_amounts else ()
    return Trace(_clause_trace(item, item.eligible, used), amounts)


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


def parts_of_node(node: Node) -> tuple[Node, ...]:
    """The direct parts of a group, none of a clause."""
    match node:
        case Not(part=part):
            return (part,)
        case All(parts=parts) | Any(parts=parts):
            return parts
    return ()


def order_missing(dictionary: FactDictionary, missing: Iterable[str]) -> tuple[str, ...]:
    """Missing ids in the order of the fact dictionary."""
    order = dictionary.order
    return tuple(sorted(missing, key=lambda ref: (order.get(ref, len(order)), ref)))


def _clause_trace(item: Item, node: Node, used: UsedValues) -> ClauseTrace:
    value = item.program.truth_of(node)(used.env)
    missing = order_missing(item.dictionary, value) if type(value) is Missing else ()
    values: tuple[UsedValue, ...] = ()
    rows: tuple[RowTrace, ...] = ()
    if isinstance(node, Clause):
        uses = uses_of(node.test)
        values, rows = used.values(uses), used.rows(uses)
    return ClauseTrace(
        id=node.id,
        kind=type(node).__name__.lower(),
        name=node.name,
        text=node_words(item.dictionary, node),
        truth=None if missing else bool(value),
        missing=missing,
        values=values,
        rows=rows,
        cite=node.cite,
        readings=node.readings,
        hint=node.hint,
        children=tuple(_clause_trace(item, part, used) for part in parts_of_node(node)),
    )


def amount_traces(item: Item, used: UsedValues) -> Iterator[AmountTrace]:
    """How the amounts of an eligible subject come about."""
    words = Phrases(item.dictionary)
    for kind, expr in (("floor", item.benefit.floor), ("ceiling", item.benefit.ceiling)):
        if expr is None:
            continue
        value, uses = compile_amount(expr)(used.env), uses_of(expr)
        unknown = type(value) is Missing
        yield AmountTrace(
            kind=kind,
            text=words.noun(expr),
            amount=None if unknown else value,
            missing=order_missing(item.dictionary, value) if unknown else (),
            values=used.values(uses),
            rows=used.counted_rows(uses),
        )
