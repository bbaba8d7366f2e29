"""The quarterly figures of every item, counted from what was recorded; nothing is stored twice."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from babashi.applications.flow import EventKind
from babashi.applications.models import ApplicationEvent, Interest
from babashi.catalogue.models import CatalogueItem
from babashi.catalogue.queries import current_items
from babashi.matching.models import Match
from babashi.outreach.models import Message
from babashi.payments.models import Payment, PaymentState
from babashi.reports.quarters import Quarter, quarters
from babashi.workdays import clock
from babashi.workdays.calendar import workdays_of_spans

ZERO = Decimal("0.00")
SUBMITTING = (EventKind.SUBMITTED, EventKind.CONFIRMED)
APPROVING = (EventKind.APPROVED, EventKind.QUEUED)
DECIDING = (*APPROVING, EventKind.REFUSED)
Counted = dict[str, dict[str, Any]]
"""Figures by item id, under the names of :class:`Figures`."""


@dataclass
class Figures:
    """One item in one quarter. Money in yuan; ``days`` are the working days of every decided case."""

    full_id: str
    title: str
    lead: str = ""
    eligible: int = 0
    pushed: int = 0
    applied: int = 0
    approved: int = 0
    approved_sum: Decimal = ZERO
    paid: int = 0
    paid_sum: Decimal = ZERO
    received: int = 0
    refused: int = 0
    interests: int = 0
    days: list[int] = field(default_factory=list)

    @property
    def decided(self) -> int:
        """Cases on which a decision was taken, for or against."""
        return len(self.days)

    @property
    def take_up(self) -> Decimal | None:
        """Received ÷ eligible in percent, one decimal; None when nobody is eligible."""
        return _rounded(100 * self.received, self.eligible)

    @property
    def average_days(self) -> Decimal | None:
        """Working days from submission to decision, one decimal; None when nothing was decided."""
        return _rounded(sum(self.days), self.decided)

    @property
    def median_days(self) -> Decimal | None:
        """What half of the decided cases stayed below; None when nothing was decided."""
        return median_of(self.days)


def _rounded(part: int, whole: int) -> Decimal | None:
    if not whole:
        return None
    return (Decimal(part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def median_of(days: Sequence[int]) -> Decimal | None:
    """The median with one decimal, None of nothing."""
    return Decimal(median(days)).quantize(Decimal("0.1"), ROUND_HALF_UP) if days else None


def known_quarters() -> list[Quarter]:
    """From the first verdict or the first step of a case to today, the newest first."""
    today = clock.today()
    starts = (
        Match.objects.aggregate(at=Min("computed_at"))["at"],
        ApplicationEvent.objects.aggregate(at=Min("at"))["at"],
    )
    days = [timezone.localtime(start).date() for start in starts if start]
    return quarters(min(days, default=today), today)


def figures(quarter: Quarter) -> list[Figures]:
    """One row an item: those in force in their order, then older ones about which something happened."""
    found: dict[str, Figures] = {}
    counted = _counted(quarter)
    for item in current_items():
        found[item.full_id] = Figures(item.full_id, str(item), item.lead.name)
    older = CatalogueItem.objects.filter(full_id__in=set(counted) - set(found)).select_related("lead")
    for item in older.order_by("full_id", "id"):
        found[item.full_id] = Figures(item.full_id, str(item), item.lead.name)
    for full_id, values in counted.items():
        row = found.setdefault(full_id, Figures(full_id, full_id))
        for name, value in values.items():
            setattr(row, name, value)
    return list(found.values())


def total(rows: Iterable[Figures]) -> Figures:
    """The last line: sums over items. An enterprise counts once for each item."""
    line = Figures("", "合计")
    for row in rows:
        for name in (
            "eligible", "pushed", "applied", "approved", "approved_sum", "paid", "paid_sum",
            "received", "refused", "interests", "days",
        ):  # fmt: skip
            setattr(line, name, getattr(line, name) + getattr(row, name))
    return line


def _counted(quarter: Quarter) -> Counted:
    found: Counted = defaultdict(dict)
    begin, end = quarter.moments()
    eligible = eligible_in(begin, end)
    pushes = Message.objects.filter(kind="match", created_at__gte=begin, created_at__lt=end)
    interested = Interest.objects.filter(at__gte=begin, at__lt=end)
    paid = Payment.objects.filter(state=PaymentState.SUCCEEDED)
    in_quarter = paid.filter(paid_on__range=(quarter.first, quarter.last))
    known = eligible.filter(
        enterprise_id=OuterRef("application__enterprise_id"), full_id=OuterRef("application__full_id")
    )
    received = paid.filter(Exists(known), paid_on__lte=quarter.last)
    case = Count("application_id", distinct=True)
    enterprise = Count("enterprise_id", distinct=True)
    groups: list[tuple[str, QuerySet[dict[str, int | Decimal]]]] = [
        ("full_id", eligible.values("full_id").annotate(eligible=enterprise)),
        ("full_id", pushes.values("full_id").annotate(pushed=enterprise)),
        ("full_id", interested.values("full_id").annotate(interests=Count("pk"))),
        (_CASE, _events(SUBMITTING, begin, end).values(_CASE).annotate(applied=case)),
        (_CASE, in_quarter.values(_CASE).annotate(paid=case, paid_sum=Sum("amount"))),
        (_CASE, received.values(_CASE).annotate(received=Count("application__enterprise_id", distinct=True))),
    ]
    for key, rows in groups:
        for row in rows.order_by():
            found[str(row.pop(key))].update(row)
    _count_decisions(found, begin, end)
    return found


_CASE = "application__full_id"


def eligible_in(begin: dt.datetime, end: dt.datetime) -> QuerySet[Match]:
    """Verdicts "eligible" that held at some time of the quarter."""
    return Match.objects.filter(verdict="eligible", computed_at__lt=end).filter(
        Q(superseded_at__isnull=True) | Q(superseded_at__gte=begin)
    )


def _events(kinds: Iterable[str], begin: dt.datetime, end: dt.datetime) -> QuerySet[ApplicationEvent]:
    return ApplicationEvent.objects.filter(kind__in=kinds, at__gte=begin, at__lt=end)


def _count_decisions(found: Counted, begin: dt.datetime, end: dt.datetime) -> None:
    """Decisions of the quarter: how many, for how much, after how many working days."""
    decisions = list(
        _events(DECIDING, begin, end).values_list(
            _CASE, "kind", "at", F("application__submitted_at"), F("application__approved_amount")
        )
    )
    spans = [(day_of(submitted), day_of(at)) for _, _, at, submitted, _ in decisions]
    for (full_id, kind, *_, amount), days in zip(decisions, workdays_of_spans(spans), strict=True):
        row = found[full_id]
        row.setdefault("days", []).append(days)
        if kind in APPROVING:
            row["approved"] = row.get("approved", 0) + 1
            row["approved_sum"] = row.get("approved_sum", ZERO) + amount
        else:
            row["refused"] = row.get("refused", 0) + 1


def day_of(moment: dt.datetime) -> dt.date:
    """The day of a moment in the district."""
    return timezone.localtime(moment).date()
