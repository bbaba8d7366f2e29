"""A result as a page shows it: every condition with its mark, the values used and where they came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from babashi.rules.pack import Cite, Pack, Reading
from babashi.rules.results import ClauseTrace, Result, RowTrace, UsedValue
from babashi.rules.words import MissingFact, missing_facts, without_echo

SOURCE_WORDS = {
    "official": "",
    "declared": "企业自报",
    "reviewer": "审核认定",
    "synthetic": "合成数据",
    "typed": "您填写的",
}


@dataclass(slots=True)
class ShownValue:
    """A value with its source in words."""

    label: str
    text: str
    known: bool
    source: str


@dataclass(slots=True)
class Condition:
    """One line of the list of conditions."""

    id: str
    truth: bool | None
    name: str
    text: str
    values: list[ShownValue]
    hint: str
    cite: Cite | None
    readings: list[Reading]
    settled: bool = False
    """Something above it is decided already: what is unknown here changes nothing."""
    children: list[Condition] = field(default_factory=list)
    rows: list[tuple[bool | None, list[ShownValue]]] = field(default_factory=list)


def conditions(result: Result, pack: Pack) -> list[Condition]:
    """The conditions of a result, in the order of the rule."""
    return list(_conditions(result.trace, pack, settled=False))


def _conditions(trace: ClauseTrace, pack: Pack, *, settled: bool) -> Iterator[Condition]:
    if trace.kind == "all" and not trace.id:
        for child in trace.children:
            yield from _conditions(child, pack, settled=settled or trace.truth is False)
        return
    decided = settled or trace.truth is not None
    inner: list[Condition] = []
    if trace.kind != "not":
        for child in trace.children:
            inner += _conditions(child, pack, settled=decided)
    values = [_shown(value) for value in _values(trace)]
    name, text = without_echo(trace.name, trace.text)
    yield Condition(
        settled=settled,
        id=trace.id,
        truth=trace.truth,
        name=name,
        text=text,
        values=values,
        hint=trace.hint if trace.truth is False else "",
        cite=trace.cite,
        readings=[pack.readings[reading] for reading in trace.readings if reading in pack.readings],
        children=inner,
        rows=[_row(row) for row in trace.rows],
    )


def _values(trace: ClauseTrace) -> Iterator[UsedValue]:
    if trace.kind == "not":
        for child in trace.children:
            yield from child.values
    elif not trace.children:
        yield from trace.values


def _row(row: RowTrace) -> tuple[bool | None, list[ShownValue]]:
    return row.truth, [_shown(value) for value in row.values]


def _shown(value: UsedValue) -> ShownValue:
    source = ""
    if value.source is not None and value.known:
        parts = [SOURCE_WORDS.get(value.source.kind, ""), value.source.label]
        if value.source.as_of:
            parts.append(f"{value.source.as_of:%Y-%m-%d}")
        source = "，".join(part for part in parts if part)
    return ShownValue(value.label, value.text, value.known, source)


def missing(result: Result, pack: Pack) -> list[MissingFact]:
    """What would settle the result."""
    return list(missing_facts(result, pack))


def amount_rows(result: Result) -> list[tuple[str, str]]:
    """How the amounts came about: word and formula; a fixed amount has one."""
    texts = {amount.text for amount in result.amount_trace}
    if len(result.amount_trace) == 2 and len(texts) == 1:
        return [("金额", texts.pop())]
    words = {"floor": "保底", "ceiling": "最高可得"}
    return [(words[amount.kind], amount.text) for amount in result.amount_trace]
