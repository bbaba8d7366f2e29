"""The quarterly figures of every item, counted from what was recorded; nothing is stored twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from babashi.applications.flow import EventKind
from babashi.applications.models import ApplicationEvent
from babashi.catalogue.models import CatalogueItem
from babashi.matching.models import Match
from babashi.reports.quarters import Quarter, quarters
from babashi.reports.records import APPROVING, ENDING, ZERO, Records, day_of
from babashi.workdays import clock

COUNTED = ("eligible", "pushed", "interests", "applied", "paid", "received")


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
    lapsed: int = 0
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
    matched = Match.objects.order_by("computed_at").values_list("computed_at")[:1]
    stepped = ApplicationEvent.objects.order_by("at").values_list("at")[:1]
    days = [day_of(start) for (start,) in matched.union(stepped, all=True)]
    return quarters(min(days, default=today), today)


def figures(records: Records) -> list[Figures]:
    """One row an item: those in force in their order, then older ones about which something happened."""
    found = {item.full_id: _row(item) for item in records.items}
    happened = {step.full_id for step in records.steps if step.kind in ENDING}
    older = happened.union(*(records.tally(what) for what in COUNTED)) - set(found)
    if older:
        versions = CatalogueItem.objects.filter(full_id__in=older).select_related("lead")
        found |= {full_id: Figures(full_id, full_id) for full_id in sorted(older)}
        found |= {item.full_id: _row(item) for item in versions.order_by("full_id", "id")}
    for what in COUNTED:
        for full_id, tally in records.tally(what).items():
            setattr(found[full_id], what, tally.number)
            if what == "paid":
                found[full_id].paid_sum = tally.total
    _count_decisions(found, records)
    return list(found.values())


def _row(item: CatalogueItem) -> Figures:
    return Figures(item.full_id, item.name, item.lead.name)


def total(rows: Iterable[Figures]) -> Figures:
    """The last line: sums over items. An enterprise counts once for each item."""
    line = Figures("", "合计")
    for row in rows:
        for name in (
            "eligible", "pushed", "applied", "approved", "approved_sum", "paid", "paid_sum",
            "received", "refused", "lapsed", "interests", "days",
        ):  # fmt: skip
            setattr(line, name, getattr(line, name) + getattr(row, name))
    return line


def _count_decisions(found: dict[str, Figures], records: Records) -> None:
    """Decisions of the quarter: how many, for how much, after how many working days. A lapse is none."""
    for step in records.steps:
        if step.kind not in ENDING:
            continue
        row = found[step.full_id]
        if step.kind == EventKind.CORRECTION_LAPSED:
            row.lapsed += 1
            continue
        row.days.append(step.days)
        if step.kind in APPROVING:
            row.approved += 1
            row.approved_sum += step.amount or ZERO
        else:
            row.refused += 1
