"""What a quarter left behind, read in a handful of statements however much it is; the tables of the report count it."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    Expression,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.utils import timezone

from babashi.applications.flow import EventKind, State
from babashi.applications.models import Application, ApplicationEvent, Interest
from babashi.catalogue.models import CatalogueItem
from babashi.catalogue.queries import current_items
from babashi.feedback.models import Complaint, Rating, Receipt
from babashi.matching.models import Match
from babashi.outreach.models import Message
from babashi.payments.models import Payment, PaymentState
from babashi.publicity.models import Objection
from babashi.reports.quarters import Quarter
from babashi.reviews.flow import PUBLICITY_ROLE
from babashi.reviews.models import StageTask
from babashi.workdays import clock
from babashi.workdays.calendar import workdays_of_spans

ZERO = Decimal("0.00")
SUBMITTING = (EventKind.SUBMITTED, EventKind.CONFIRMED)
APPROVING = (EventKind.APPROVED, EventKind.QUEUED)
DECIDING = (*APPROVING, EventKind.REFUSED)
ENDING = (*DECIDING, EventKind.CORRECTION_LAPSED)
_CASE = "application__full_id"
_MONEY = DecimalField(max_digits=20, decimal_places=2)


class Tally(NamedTuple):
    """One group of rows: how many, how many of these are special, and a sum (yuan; of ratings the stars)."""

    number: int = 0
    special: int = 0
    total: Decimal = ZERO


class Step(NamedTuple):
    """A decision, a return or a lapse of the quarter; ``days`` are the working days since the submission."""

    full_id: str
    application_id: int
    kind: str
    amount: Decimal | None
    payload: dict[str, Any]
    days: int


class Visit(NamedTuple):
    """A stage that ended in the quarter, after ``days`` working days; ``None``: still open and past its deadline."""

    full_id: str
    stage: str
    days: int | None
    late: bool


@dataclass(frozen=True, slots=True)
class Records:
    """Everything that is counted of one quarter."""

    quarter: Quarter
    running: bool
    items: list[CatalogueItem]
    """Items in force, in their order."""
    tallies: Mapping[str, Mapping[str, Tally]]
    """By what is counted, then by item (for ``missing``: by fact)."""
    steps: list[Step]
    visits: list[Visit]

    def tally(self, what: str) -> Mapping[str, Tally]:
        """One count by item; empty when nothing was there to count."""
        return self.tallies.get(what, {})


def read(quarter: Quarter) -> Records:
    """Read a quarter. What is waiting now belongs to the running quarter only."""
    begin, end = quarter.moments()
    running = quarter.last >= clock.today()
    groups = [*_counts(quarter, begin, end), *(_waiting_now() if running else ())]
    tallies: dict[str, dict[str, Tally]] = {}
    for what, key, *numbers in groups[0].union(*groups[1:], all=True):
        tallies.setdefault(what, {})[key] = Tally(*numbers)
    events, tasks = _events(begin, end), _tasks(begin, end, min(quarter.last, clock.today()))
    spans = [_span_of_event(*row) for row in events] + [_span_of_task(*row) for row in tasks]
    days = workdays_of_spans(spans)
    return Records(
        quarter,
        running,
        list(current_items()),
        tallies,
        [
            Step(full_id, pk, kind, amount, payload, lasted)
            for (full_id, pk, kind, _, _, amount, payload), lasted in zip(events, days, strict=False)
        ],
        list(_visits(tasks, days[len(events) :], end)),
    )


def eligible_in(begin: dt.datetime, end: dt.datetime) -> QuerySet[Match]:
    """Verdicts "eligible" that held at some time of the quarter."""
    return Match.objects.filter(verdict="eligible", computed_at__lt=end).filter(
        Q(superseded_at__isnull=True) | Q(superseded_at__gte=begin)
    )


def _group(
    what: str,
    rows: QuerySet[Any],
    key: str | Expression,
    number: Count | None = None,
    *,
    special: Expression | None = None,
    total: Expression | None = None,
) -> QuerySet[Any, tuple[Any, ...]]:
    """One row for each key, of the same shape for everything that is counted."""
    by = F(key) if isinstance(key, str) else key
    return (
        rows.order_by()
        .annotate(what=Value(what), key=by)
        .values_list("what", "key")
        .annotate(
            number=number or Count("pk"),
            special=special or Value(0),
            total=total or Value(ZERO, output_field=_MONEY),
        )
    )


def _counts(
    quarter: Quarter, begin: dt.datetime, end: dt.datetime
) -> Iterator[QuerySet[Any, tuple[Any, ...]]]:
    """What the quarter itself leaves: matches, messages, cases, money, voices."""
    inside = {"at__gte": begin, "at__lt": end}
    enterprise, case = Count("enterprise_id", distinct=True), Count("application_id", distinct=True)
    eligible = eligible_in(begin, end)
    yield _group("eligible", eligible, "full_id", enterprise)
    mine = {"enterprise": OuterRef("enterprise"), "full_id": OuterRef("full_id")}
    sent = Application.objects.filter(**mine, round=OuterRef("item__round"), submitted_at__lt=end)
    interested = Interest.objects.filter(**mine, item__round=OuterRef("item__round"), at__lt=end)
    silent = eligible.exclude(Exists(sent)).exclude(Exists(interested))
    yield _group("silent", silent, "full_id", enterprise)
    pushes = Message.objects.filter(kind="match", created_at__gte=begin, created_at__lt=end)
    yield _group("pushed", pushes, "full_id", enterprise)
    yield _group("interests", Interest.objects.filter(**inside), "full_id")
    submitted = ApplicationEvent.objects.filter(kind__in=SUBMITTING, **inside)
    yield _group("applied", submitted, _CASE, case)
    paid = Payment.objects.filter(state=PaymentState.SUCCEEDED)
    in_quarter = paid.filter(paid_on__range=(quarter.first, quarter.last))
    yield _group("paid", in_quarter, _CASE, case, total=Sum("amount"))
    known = eligible.filter(
        enterprise=OuterRef("application__enterprise"),
        full_id=OuterRef(_CASE),
        item__round=OuterRef("application__round"),
    )
    received = paid.filter(Exists(known), paid_on__lte=quarter.last)
    yield _group("received", received, _CASE, Count("application__enterprise_id", distinct=True))
    low, unanswered = Count("pk", filter=Q(score__lte=2)), Count("pk", filter=Q(answered_at=None))
    stars = Sum("score", output_field=_MONEY)
    yield _group("ratings", Rating.objects.filter(**inside), _CASE, special=low, total=stars)
    yield _group("complaints", Complaint.objects.filter(**inside), _CASE, special=unanswered)
    yield _group("disputes", Receipt.objects.filter(**inside, arrived=False), f"payment__{_CASE}")
    objections = Objection.objects.filter(received_at__gte=begin, received_at__lt=end)
    yield _group("objections", objections, f"entry__{_CASE}")


def _waiting_now() -> Iterator[QuerySet[Any, tuple[Any, ...]]]:
    """What is in the way today: facts nobody knows, money that is not there, payments that came back."""
    unknown = Match.objects.filter(superseded_at=None, closed=False, verdict="unknown")
    yield _group(
        "missing", unknown, Func(F("missing"), function="unnest"), Count("enterprise_id", distinct=True)
    )
    waiting = Application.objects.filter(state=State.QUEUED)
    yield _group("queued", waiting, "full_id", total=Sum("approved_amount"))
    yield _group("returned", Application.objects.filter(state=State.PAYMENT_RETURNED), "full_id")


def _events(begin: dt.datetime, end: dt.datetime) -> list[tuple[Any, ...]]:
    kinds = (*DECIDING, EventKind.RETURNED, EventKind.CORRECTION_LAPSED)
    found = ApplicationEvent.objects.filter(kind__in=kinds, at__gte=begin, at__lt=end).order_by("pk")
    submitted, amount = F("application__submitted_at"), F("application__approved_amount")
    return list(found.values_list(_CASE, "application_id", "kind", "at", submitted, amount, "payload"))


def _span_of_event(*row: Any) -> tuple[dt.date, dt.date]:
    _, _, _, at, submitted, _, _ = row
    return day_of(submitted), day_of(at)


def _tasks(begin: dt.datetime, end: dt.datetime, day: dt.date) -> list[tuple[Any, ...]]:
    """Stages that ended in the quarter, and those that were open and late at its end (on ``day`` while it runs)."""
    ended = Q(decided_at__gte=begin, decided_at__lt=end)
    late = Q(due_on__lt=day, opened_at__lt=end) & (Q(decided_at=None) | Q(decided_at__gte=end))
    found = StageTask.objects.filter(ended | (late & ~Q(role=PUBLICITY_ROLE))).order_by("pk")
    return list(found.values_list(_CASE, "stage", "opened_at", "decided_at", "due_on", "role"))


def _span_of_task(*row: Any) -> tuple[dt.date, dt.date]:
    _, _, opened, decided, due_on, role = row
    if decided is None:
        return day_of(opened), day_of(opened)
    # publicity is closed in the night after its last day
    last = min(day_of(decided), due_on) if role == PUBLICITY_ROLE else day_of(decided)
    return day_of(opened), last


def _visits(tasks: Iterable[tuple[Any, ...]], days: Iterable[int], end: dt.datetime) -> Iterator[Visit]:
    for (full_id, stage, _, decided, due_on, role), lasted in zip(tasks, days, strict=True):
        if decided is None or decided >= end:
            yield Visit(full_id, stage, None, True)
        else:
            late = bool(due_on and role != PUBLICITY_ROLE and day_of(decided) > due_on)
            yield Visit(full_id, stage, lasted, late)


def day_of(moment: dt.datetime) -> dt.date:
    """The day of a moment in the district."""
    return timezone.localtime(moment).date()
