"""How long each stage takes, where it is late, and what enterprises say of it: by item, in one quarter."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Avg, Count, Q

from babashi.catalogue.queries import current_items
from babashi.feedback.models import Complaint, Rating, Receipt
from babashi.publicity.models import Objection
from babashi.reports.quarters import Quarter
from babashi.reports.queries import day_of, median_of
from babashi.reviews.flow import PUBLICITY_ROLE
from babashi.reviews.models import StageTask
from babashi.reviews.queries import process_of
from babashi.workdays import clock
from babashi.workdays.calendar import workdays_of_spans

_ITEM = "application__full_id"


@dataclass(slots=True)
class StagePace:
    """One stage of one item: ``days`` of every visit that ended in the quarter, and the late ones."""

    stage: str
    label: str
    promised: int | None
    days: list[int] = field(default_factory=list)
    late: int = 0
    """Ended after their deadline."""
    waiting_late: int = 0
    """Still open at the end of the quarter (today, while it runs) and past their deadline."""

    @property
    def median(self) -> Decimal | None:
        """Working days that half of the visits stayed below."""
        return median_of(self.days)


@dataclass(slots=True)
class Voice:
    """What enterprises said about one item."""

    ratings: int = 0
    average: Decimal | None = None
    low: int = 0
    complaints: int = 0
    unanswered: int = 0
    disputes: int = 0
    objections: int = 0


@dataclass(slots=True)
class Pace:
    """One item: its stages in their order, and its voice."""

    full_id: str
    title: str
    stages: list[StagePace]
    voice: Voice = field(default_factory=Voice)

    @property
    def late(self) -> int:
        return sum(stage.late for stage in self.stages)

    @property
    def waiting_late(self) -> int:
        return sum(stage.waiting_late for stage in self.stages)


def reference_day(quarter: Quarter) -> dt.date:
    """The last day of the quarter, today while it runs."""
    return min(quarter.last, clock.today())


def paces(quarter: Quarter) -> list[Pace]:
    """Every item in force that is reviewed, in its order."""
    found = {
        item.full_id: Pace(
            item.full_id,
            str(item),
            [StagePace(stage.id, stage.label, stage.days) for stage in process_of(item)],
        )
        for item in current_items()
        if item.channel == "application"
    }
    by_stage = {(pace.full_id, stage.stage): stage for pace in found.values() for stage in pace.stages}
    _count_ended(by_stage, quarter)
    _count_waiting(by_stage, quarter)
    for full_id, voice in _voices(quarter).items():
        if full_id in found:
            found[full_id].voice = voice
    return list(found.values())


def _count_ended(by_stage: dict[tuple[str, str], StagePace], quarter: Quarter) -> None:
    begin, end = quarter.moments()
    rows = list(
        StageTask.objects.filter(decided_at__gte=begin, decided_at__lt=end).values_list(
            _ITEM, "stage", "opened_at", "decided_at", "due_on", "role"
        )
    )
    # publicity is closed in the night after its last day
    spans = [
        (day_of(opened), min(day_of(decided), due_on) if role == PUBLICITY_ROLE else day_of(decided))
        for _, _, opened, decided, due_on, role in rows
    ]
    for (full_id, stage, _, decided, due_on, role), days in zip(rows, workdays_of_spans(spans), strict=True):
        pace = by_stage.get((full_id, stage))
        if pace is None:
            continue
        pace.days.append(days)
        pace.late += bool(due_on and role != PUBLICITY_ROLE and day_of(decided) > due_on)


def _count_waiting(by_stage: dict[tuple[str, str], StagePace], quarter: Quarter) -> None:
    day = reference_day(quarter)
    after = quarter.moments()[1]
    late = StageTask.objects.filter(Q(decided_at=None) | Q(decided_at__gte=after), due_on__lt=day)
    late = late.filter(opened_at__lt=after).exclude(role=PUBLICITY_ROLE)
    for row in late.values(_ITEM, "stage").annotate(number=Count("pk")).order_by():
        pace = by_stage.get((row[_ITEM], row["stage"]))
        if pace is not None:
            pace.waiting_late = row["number"]


def _voices(quarter: Quarter) -> dict[str, Voice]:
    begin, end = quarter.moments()
    inside = {"at__gte": begin, "at__lt": end}
    found: dict[str, Voice] = defaultdict(Voice)
    ratings = Rating.objects.filter(**inside).values(_ITEM)
    for row in ratings.annotate(n=Count("pk"), mean=Avg("score"), low=Count("pk", filter=Q(score__lte=2))):
        voice = found[row[_ITEM]]
        voice.ratings, voice.low = row["n"], row["low"]
        voice.average = Decimal(str(row["mean"])).quantize(Decimal("0.1"), ROUND_HALF_UP)
    open_ones = Count("pk", filter=Q(answered_at=None))
    complaints = Complaint.objects.filter(**inside).values(_ITEM)
    for row in complaints.annotate(n=Count("pk"), waiting=open_ones).order_by():
        found[row[_ITEM]].complaints, found[row[_ITEM]].unanswered = row["n"], row["waiting"]
    case = f"payment__{_ITEM}"
    for row in Receipt.objects.filter(**inside, arrived=False).values(case).annotate(n=Count("pk")):
        found[row[case]].disputes = row["n"]
    case = f"entry__{_ITEM}"
    objections = Objection.objects.filter(received_at__gte=begin, received_at__lt=end).values(case)
    for row in objections.annotate(n=Count("pk")).order_by():
        found[row[case]].objections = row["n"]
    return found
