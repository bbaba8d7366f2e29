"""Reading matches: what is stored, and results arranged as an enterprise reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, QuerySet, Sum

from babashi.catalogue import explain as explaining
from babashi.catalogue import queries as catalogue
from babashi.catalogue.models import CatalogueItem
from babashi.enterprises import queries as enterprises
from babashi.enterprises.models import Enterprise
from babashi.matching import engine, services
from babashi.matching.models import Match, MatchBasis, MatchRun, RuleBasis
from babashi.matching.proofs import explain
from babashi.rules.pack import Item, Pack, Reading
from babashi.rules.questions import NearMiss, Question, near_misses, questions
from babashi.rules.results import Result
from babashi.rules.stacking import Combination, stack
from babashi.rules.values import Parameters, Subject
from babashi.rules.words import MissingFact
from babashi.workdays import clock

__all__ = [
    "Card", "ItemCounts", "Picture", "combination", "current_matches", "explain", "picture", "picture_of",
    "register_counts", "runs",
]  # fmt: skip


def current_matches(enterprise: Enterprise) -> QuerySet[Match]:
    """What the enterprise can have and what is unknown, in the order of the catalogue, without their proofs."""
    return (
        Match.objects.filter(enterprise=enterprise, superseded_at__isnull=True)
        .select_related("item", "item__lead", "item__pack_version")
        .defer("facts_used", "trace", "item__body", "item__search", "item__pack_version__files")
        .order_by("item__pack_version__pack_id", "item__position")
    )


def combination(enterprise: Enterprise) -> Combination:
    """The best combination for an enterprise today (从高不重复)."""
    packs = catalogue.current_packs(settings.BABASHI_DISTRICT)
    return stack(services.evaluate_enterprise(enterprise), packs)


# -- results as an enterprise reads them ---------------------------------------------------------------------


@dataclass(slots=True)
class Card:
    """One item of a result page."""

    item: CatalogueItem
    rule: Item
    result: Result
    conditions: list[explaining.Condition]
    missing: list[MissingFact]
    readings: list[Reading]
    amounts: list[tuple[str, str]]
    near: NearMiss | None = None
    question: Question | None = None
    failed: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return catalogue.KINDS.get(self.item.kind, self.item.kind)

    @property
    def no_money(self) -> bool:
        """Nothing is computed for it: insurance, training."""
        return self.rule.benefit.ceiling is None and self.rule.benefit.floor is None

    @property
    def judged(self) -> bool:
        """Whether the amount is set by the department below a ceiling."""
        return self.result.amount_max is not None and self.result.amount_min != self.result.amount_max


@dataclass(slots=True)
class Picture:
    """A result page: cards by verdict, the best combination, the question that unlocks most."""

    eligible: list[Card]
    near: list[Card]
    missing: list[Card]
    ineligible: list[Card]
    closed: list[Card]
    combination: Combination
    best_question: Question | None
    questions: tuple[Question, ...]

    @property
    def empty(self) -> bool:
        return not (self.eligible or self.near or self.missing or self.ineligible or self.closed)

    @property
    def decided(self) -> int:
        """Items about which nothing more has to be asked."""
        cards = [*self.eligible, *self.near, *self.ineligible, *self.closed]
        return sum(1 for card in cards if not card.result.missing)

    @property
    def total(self) -> int:
        return (
            len(self.eligible) + len(self.near) + len(self.missing) + len(self.ineligible) + len(self.closed)
        )


def picture_of(enterprise: Enterprise) -> Picture:
    """The result page of an enterprise, from its stored facts as they are now."""
    return picture(enterprises.subject_of(enterprise), services.parameters_now(), clock.today())


def picture(subject: Subject, parameters: Parameters, today: date) -> Picture:
    """The result page of any subject; stores nothing."""
    packs = catalogue.current_packs(settings.BABASHI_DISTRICT)
    rules = engine.items_for_matching(packs)
    results = next(found for _, found in engine.evaluate_many([(0, subject)], packs, parameters, today))
    # an item without money is no near miss: a workshop doesn't open a canteen to be insured
    near = {miss.item: miss for miss in near_misses(rules, subject, parameters, today) if miss.potential}
    asked = questions(rules, subject, parameters, today)
    rows = {row.full_id: row for row in catalogue.current_items()}
    by_id = {item.full_id: item for item in rules}
    in_packs = {item.full_id: pack for pack in packs for item in pack.items}
    cards = [
        _card(rows[result.item], by_id[result.item], result, in_packs[result.item], near, asked)
        for result in results
        if result.item in rows
    ]
    open_cards = [card for card in cards if not card.result.closed]
    return Picture(
        eligible=sorted((c for c in open_cards if c.result.verdict == "eligible"), key=_worth, reverse=True),
        near=[card for card in open_cards if card.near is not None],
        missing=sorted((c for c in open_cards if c.result.verdict == "unknown"), key=_promise, reverse=True),
        ineligible=[c for c in open_cards if c.result.verdict == "ineligible" and c.near is None],
        closed=[card for card in cards if card.result.closed],
        combination=stack(results, packs),
        best_question=max(
            asked, key=lambda question: (question.potential, len(question.items)), default=None
        ),
        questions=asked,
    )


def _card(
    row: CatalogueItem,
    rule: Item,
    result: Result,
    pack: Pack,
    near: dict[str, NearMiss],
    asked: Sequence[Question],
) -> Card:
    conditions = explaining.conditions(result, pack)
    return Card(
        item=row,
        rule=rule,
        result=result,
        conditions=conditions,
        missing=explaining.missing(result, pack),
        readings=[pack.readings[reading] for reading in result.readings if reading in pack.readings],
        amounts=explaining.amount_rows(result),
        near=near.get(result.item),
        question=next((question for question in asked if result.item in question.items), None),
        failed=[condition.name or condition.text for condition in conditions if condition.truth is False],
    )


def _worth(card: Card) -> tuple[Decimal, Decimal]:
    return (card.result.amount_max or Decimal(0), card.result.amount_min or Decimal(0))


def _promise(card: Card) -> Decimal:
    return card.question.potential if card.question else Decimal(0)


# -- the desk ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class ItemCounts:
    """How one item stands in the whole register."""

    item: CatalogueItem
    eligible: int = 0
    unknown: int = 0
    ineligible: int = 0
    ceiling: Decimal | None = None


def register_counts() -> list[ItemCounts]:
    """Current verdicts by item, with the sum of the ceilings of those who can have it.

    Whoever was matched and has no match for an item can't have it.
    """
    counts = {row.full_id: ItemCounts(row) for row in catalogue.current_items()}
    grouped = (
        Match.objects.filter(superseded_at__isnull=True, full_id__in=counts)
        .values("full_id", "verdict")
        .annotate(number=Count("id"), money=Sum("amount_max"))
        .order_by()
    )
    for group in grouped:
        entry = counts[group["full_id"]]
        setattr(entry, group["verdict"], group["number"])
        if group["verdict"] == "eligible":
            entry.ceiling = group["money"]
    matched = dict(
        MatchBasis.objects.values_list("basis_id").annotate(number=Count("enterprise_id")).order_by()
    )
    known = RuleBasis.objects.in_bulk(matched)
    for entry in counts.values():
        if entry.item.applicant != catalogue.APPLICANT_PERSON:
            digest = entry.item.pack_version.digest
            everybody = sum(number for pk, number in matched.items() if digest in known[pk].packs)
            entry.ineligible = max(everybody - entry.eligible - entry.unknown, 0)
    return list(counts.values())


def runs() -> QuerySet[MatchRun]:
    """Passes over the register, newest first."""
    return MatchRun.objects.order_by("-id")
