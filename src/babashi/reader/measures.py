"""Everything that is found in each measure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from babashi.reader import benefits, dates, details, headings, kinds, responsible
from babashi.reader.aspects import without_aspects
from babashi.reader.choose import choose
from babashi.reader.figures import money_of, shares_of
from babashi.reader.granting import grants_something
from babashi.reader.headings import has_title, title_text
from babashi.reader.likely import with_likely
from babashi.reader.model import Amount, Kind, Measure, Rate
from babashi.reader.outline import CONTAINERS, HEADED, Node
from babashi.reader.paragraphs import Paragraph
from babashi.reader.programme import without_programmes
from babashi.reader.tables import Item
from babashi.reader.text import Span


def find_measures(root: Node, raw: str, printed: date | None = None) -> list[Measure]:
    """All measures in order of the text."""
    read = choose(root, raw)
    sure = {id(node) for node in read}
    found = without_aspects(with_likely(root, read, raw), raw)
    measures = {id(node): _measure(node, raw, printed) for node in found}
    solid = {key for key, measure in measures.items() if measure.amounts or measure.rates}
    return [
        measures[id(node)] if id(node) in sure else replace(measures[id(node)], confidence=_LIKELY)
        for node in without_programmes(found, solid, root)
    ]


_LIKELY: Final = 0.4  # the confidence of what only weak signs speak for


def of_rows(rows: Iterable[Item], raw: str) -> list[Measure]:
    """Measures of a table of benefits, one a row that grants something."""
    return [
        replace(
            measure,
            ordinal=row.number,
            lead_departments=row.lead,
            supporting_departments=row.support,
            validity=row.validity if row.validity.valid_until else measure.validity,
        )
        for row in rows
        if grants_something(row.node, raw)
        for measure in [_measure(row.node, raw)]
    ]


def _kind(node: Node, title: str, text: str, figures: bool) -> tuple[Kind, tuple[Kind, ...], float]:
    """What an item grants; without a figure the sentences that give something tell it, before all the others."""
    around = "".join(title_text(n) for n in _ancestors(node))

    def classify(words: str) -> tuple[Kind, tuple[Kind, ...], float]:
        return kinds.classify(title, words, figures, is_title=has_title(node), around=around)

    whole = classify(text)
    giving = [] if figures else benefits.giving(text)
    if not giving:
        return whole
    told = classify("。".join(giving) + "。")
    return whole if told[0] in ("other", "service") and whole[0] != "service" else told


def _measure(node: Node, raw: str, printed: date | None = None) -> Measure:
    paragraphs = list(node.all())
    heading = headings.heading(node, raw)
    body = "".join(p.text for p in paragraphs)
    money, shares = money_of(node, raw), shares_of(node, raw)
    title = heading.text if node.kind == HEADED and node.number == 1 else title_text(node) or heading.text
    rest = body.replace(title, "", 1) if node.title_end else body
    kind, also, sure = _kind(node, title, rest if len(rest) >= 12 else body, bool(money or shares))
    bodies = responsible.of_measure(node, raw)
    span = Span(paragraphs[0].start, max(p.end for p in paragraphs))
    return Measure(
        ordinal=node.ordinal(raw),
        heading=heading,
        path=_path(node, raw),
        span=span,
        kind=kind,
        kind_confidence=sure,
        confidence=_confidence(money, shares, node),
        kinds_also=also,
        beneficiaries=details.beneficiaries(paragraphs, raw),
        conditions=details.conditions(paragraphs, raw),
        amounts=tuple(_without_repeats(money, node)),
        rates=tuple(shares),
        validity=dates.measure_validity([*paragraphs, *_around(node)], raw, printed),
        deadlines=details.deadlines(paragraphs, raw),
        lead_departments=bodies.lead,
        supporting_departments=bodies.support,
        named_departments=bodies.named,
        overlap=details.overlap(paragraphs, raw),
    )


def _confidence(money: list[Amount], shares: list[Rate], node: Node) -> float:
    if any(a.confidence > 0.9 for a in money) or any(r.confidence >= 0.9 for r in shares):
        return 0.95 if node.head is not None and node.head.label else 0.85
    return 0.7 if money or shares else 0.6


def _without_repeats(money: list[Amount], node: Node) -> list[Amount]:
    """A sum that the heading announces and the body repeats counts once."""
    head = node.head
    title = title_text(node)
    if head is None or not money or not has_title(node) or len(title) > 30 or "，" in title:
        return money
    stop = head.view.span(0, max(1, node.title_end)).end
    announced = [a for a in money if a.span.end <= stop]
    rest = [a for a in money if a.span.end > stop]
    kept = [a for a in announced if not any(a.value == b.value and a.role == b.role for b in rest)]
    return kept + rest


def _around(node: Node) -> list[Paragraph]:
    """What the items that enclose a measure say before their parts: a period there holds for each of them."""
    lines: list[Paragraph] = []
    parent = node.parent
    while parent is not None and parent.head is not None and parent.kind not in CONTAINERS:
        lines += [p for p in parent.own() if not p.text.endswith("如下：")]  # the opening of a whole notice
        parent = parent.parent
    return lines


def _ancestors(node: Node) -> list[Node]:
    above: list[Node] = []
    parent = node.parent
    while parent is not None and parent.kind != "root":
        above.append(parent)
        parent = parent.parent
    return above


def _path(node: Node, raw: str) -> tuple[str, ...]:
    path: list[str] = []
    parent = node.parent
    while parent is not None and parent.kind != "root":
        if parent.head is not None:
            path.append((parent.ordinal(raw) + title_text(parent))[:40])
        parent = parent.parent
    return tuple(reversed(path))
