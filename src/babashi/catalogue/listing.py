"""What the catalogue shows and finds of an item, all of it generated from the rule."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from babashi.catalogue import bigrams
from babashi.catalogue.queries import APPLICANT_PERSON, KINDS
from babashi.rules import words as plain_words
from babashi.rules.chinese import ceiling_text, money_text
from babashi.rules.evaluate import evaluate
from babashi.rules.pack import All, Any, Cite, Clause, Item, Node, Pack
from babashi.rules.places import article_words
from babashi.rules.trace import node_words
from babashi.rules.tree import Expr, Literal, MinMax
from babashi.rules.units import YUAN
from babashi.rules.values import NO_PARAMETERS, Subject

PERSON_WORD = "个人"
QUESTIONS = (
    ("who", "谁能享"),
    ("how_much", "享多少"),
    ("how", "怎么办"),
    ("when", "何时到"),
    ("whom", "找谁"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A clause or figure with the sentence of the notice it rests on."""

    name: str
    text: str
    article: str
    quote: str
    readings: tuple[str, ...]


def words_json(item: Item, pack: Pack) -> dict[str, typing.Any]:
    """The five answers as lists of lines, ready to be stored with the version."""
    words = plain_words.explain_item(item, pack)
    who = [
        f"{line.name}：{line.text}" if line.name and line.name != line.text else line.text
        for line in words.who
    ]
    others = {name: list(getattr(words, name)) for name, _ in QUESTIONS if name != "who"}
    return {"who": who, **others, "standard": standard(item) or others["how_much"][:1]}


def standard(item: Item) -> list[str]:
    """What the notice itself says of the benefit: short, and in words its readers know. Lists show it."""
    return list(dict.fromkeys(cite.quote for cite in item.benefit.cites if cite.quote))


def subject_kinds(item: Item, pack: Pack) -> list[str]:
    """Kinds of subject that can have it: those for which the rule, knowing only the kind, doesn't say no."""
    if item.applicant == APPLICANT_PERSON:
        return [PERSON_WORD]
    spec = pack.dictionary.facts.get("kind")
    found = []
    for kind in (spec.codes if spec else None) or ():
        subject = Subject({"kind": kind, "district": pack.document.region})
        if evaluate(item, subject, NO_PARAMETERS, item.until).verdict != "ineligible":
            found.append(kind)
    return found


def amount_words(item: Item) -> str:
    """The amount in a few words: 20万元, 10万元—20万元, 最高150万元; empty where no single figure bounds it."""
    benefit = item.benefit
    floor, cap = _constant(benefit.floor), _constant(benefit.ceiling)
    if cap is not None and floor is not None:
        return money_text(cap) if cap == floor else f"{money_text(floor)}—{money_text(cap)}"
    if cap is not None:
        return ceiling_text(cap)
    bound = _upper_bound(benefit.ceiling)
    if bound is not None:
        return ceiling_text(bound)
    return ""


def _constant(expr: Expr | None) -> Fraction | None:
    if isinstance(expr, Literal) and expr.type == YUAN and isinstance(expr.value, (int, Fraction)):
        return Fraction(expr.value)
    return None


def _upper_bound(expr: Expr | None) -> Fraction | None:
    """The least constant among the parts of a ``min``: nobody gets more."""
    if not isinstance(expr, MinMax) or expr.op != "min":
        return None
    constants = [value for part in expr.args if (value := _constant(part)) is not None]
    return min(constants) if constants else None


def places(item: Item) -> list[Place]:
    """Conditions and figures with the sentence of the notice each rests on, in reading order.

    Parts of a condition that rest on the same sentence as the whole are not listed again.
    """
    found = list(_places_of(item, item.eligible, None))
    benefit = item.benefit
    found += [
        Place("支持标准", benefit.text, article_words(cite.article), cite.quote, benefit.readings)
        for cite in benefit.cites
    ]
    of_round = item.round.cite if item.round else None
    named = (("执行期限", item.until_cite), ("申报批次", of_round), ("牵头和配合单位", item.lead_cite))
    found += [
        Place(name, "", article_words(cite.article), cite.quote, ())
        for name, cite in named
        if cite is not None
    ]
    return found


def _places_of(item: Item, node: Node, above: Cite | None) -> Iterator[Place]:
    own = node.cite if node.cite != above else None
    if own is not None or (isinstance(node, Clause) and node.readings):
        text = node_words(item.dictionary, node)
        article, quote = (article_words(node.cite.article), node.cite.quote) if node.cite else ("", "")
        yield Place(node.name, "" if text == node.name else text, article, quote, node.readings)
    if isinstance(node, All | Any):
        for part in node.parts:
            yield from _places_of(item, part, node.cite or above)


def search_parts(item: Item, pack: Pack, words: dict[str, typing.Any]) -> Iterator[tuple[str, str]]:
    """(text, weight) of everything that can be searched."""
    yield f"{item.short_title} {item.title} {KINDS.get(item.kind, '')}", "A"
    for line in (*words["who"], *words["how_much"]):
        yield line, "B"
    for place in places(item):
        for text in (place.name, place.text, place.quote):
            if text:
                yield text, "C"
    yield " ".join([item.lead, *item.support, item.recipient]), "C"
    for term in item.benefit.terms:
        yield f"{term.label} {term.value}", "C"
    if item.contact:
        yield f"{item.contact.name} {item.contact.phone}", "D"
    for reading in item.readings:
        if reading in pack.readings:
            yield pack.readings[reading].text, "D"
    document = pack.document
    yield f"{document.short_title} {document.number} {document.title} {document.issuer}", "D"


def search_fields(item: Item, pack: Pack, words: dict[str, typing.Any]) -> tuple[str, str]:
    """The text for snippets (a line a part) and the tsvector literal."""
    parts = list(search_parts(item, pack, words))
    return "\n".join(text for text, _ in parts), bigrams.vector(parts)
