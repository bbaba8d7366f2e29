"""How long each stage takes, where it is late, and what enterprises say of it: by item, in one quarter."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from babashi.reports.queries import median_of
from babashi.reports.records import Records, Tally
from babashi.reviews.queries import process_of


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


def paces(records: Records) -> list[Pace]:
    """Every item in force that is reviewed, in its order."""
    found = {
        item.full_id: Pace(
            item.full_id,
            item.name,
            [StagePace(stage.id, stage.label, stage.days) for stage in process_of(item)],
            _voice(records, item.full_id),
        )
        for item in records.items
        if item.channel == "application"
    }
    by_stage = {(pace.full_id, stage.stage): stage for pace in found.values() for stage in pace.stages}
    for visit in records.visits:
        stage = by_stage.get((visit.full_id, visit.stage))
        if stage is None:
            continue
        if visit.days is None:
            stage.waiting_late += 1
        else:
            stage.days.append(visit.days)
            stage.late += visit.late
    return list(found.values())


def _voice(records: Records, full_id: str) -> Voice:
    def tally(what: str) -> Tally:
        return records.tally(what).get(full_id, Tally())

    ratings, complaints = tally("ratings"), tally("complaints")
    average = ratings.total / ratings.number if ratings.number else None
    return Voice(
        ratings.number,
        None if average is None else average.quantize(Decimal("0.1"), ROUND_HALF_UP),
        ratings.special,
        complaints.number,
        complaints.special,
        tally("disputes").number,
        tally("objections").number,
    )
