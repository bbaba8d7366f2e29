"""Which stage comes next: a pure fold of a case's history over the stages of its pack.

A pack lists the stages (acceptance, reviews, finance check, publicity, approval) with role, department, working
days and where a stage may return a case to. Nothing here knows a database: the services ask :func:`plan` and do
what it says. A stage whose department the item does not name takes no part (the finance check of an item without
区财政局); an automatic grant (免申即享) leaves out the stages that only judge what is official anyway, until an
upheld objection or a corrected fact brings judgement back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from babashi.applications.flow import JUDGING_ROLES, EventKind


class StageKind(StrEnum):
    """What has to be done at a stage."""

    REVIEW = "review"
    PUBLICITY = "publicity"
    APPROVAL = "approval"


PUBLICITY_ROLE: Final = "publicity"
"""Role of the publicity stage: nobody's task, the days pass by themselves."""

LEAD: Final = "lead"


class PackStage(Protocol):
    """What this module reads of a stage of a pack (``rules.Stage`` fits)."""

    @property
    def id(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def department(self) -> str: ...
    @property
    def days(self) -> int | None: ...
    @property
    def four_eyes(self) -> bool: ...
    @property
    def returns_to(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of one item's review, ready to be opened."""

    id: str
    label: str
    kind: StageKind
    role: str
    department: str
    """Name of the department."""
    days: int | None
    """Working days to plan with; ``None``: no promise, so no deadline."""
    four_eyes: bool
    returns_to: tuple[str, ...]

    @property
    def judges(self) -> bool:
        """Whether an automatic grant leaves it out."""
        return self.kind is StageKind.REVIEW and self.role in JUDGING_ROLES


@dataclass(frozen=True, slots=True)
class Mark:
    """One event as the plan sees it. ``to`` is the target of a return to an earlier stage."""

    kind: str
    stage: str = ""
    to: str = ""


class PlanError(ValueError):
    """The history does not fit the stages."""


def kind_of(stage: PackStage) -> StageKind:
    """What a stage of a pack is, by its id and role."""
    if PUBLICITY_ROLE in (stage.id, stage.role):
        return StageKind.PUBLICITY
    if stage.id == "approval" or stage.role == "approver":
        return StageKind.APPROVAL
    return StageKind.REVIEW


def steps(process: Iterable[PackStage], *, lead: str, support: Sequence[str]) -> tuple[Step, ...]:
    """The stages that take part for an item with these departments.

    Raises :class:`PlanError` when nobody approves or an id stands twice.
    """
    found = []
    for stage in process:
        department = lead if stage.department in ("", LEAD) else stage.department
        if department != lead and department not in support:
            continue
        kind = kind_of(stage)
        found.append(
            Step(
                id=stage.id,
                label=stage.label,
                kind=kind,
                role=PUBLICITY_ROLE if kind is StageKind.PUBLICITY else stage.role,
                department=department,
                days=stage.days,
                four_eyes=stage.four_eyes,
                returns_to=tuple(stage.returns_to),
            )
        )
    if len({step.id for step in found}) != len(found):
        raise PlanError("a stage stands twice in the process")
    if not found or found[-1].kind is not StageKind.APPROVAL:
        raise PlanError("the process does not end with an approval")
    return tuple(found)


def step_of(process: Sequence[Step], stage: str) -> Step:
    """The step with this id; :class:`PlanError` when there is none."""
    for step in process:
        if step.id == stage:
            return step
    raise PlanError(f"no stage {stage!r} in the process")


_OVER: Final = frozenset(
    {
        EventKind.APPROVED,
        EventKind.QUEUED,
        EventKind.REFUSED,
        EventKind.WITHDRAWN,
        EventKind.CORRECTION_LAPSED,
    }
)


def plan(process: Sequence[Step], history: Sequence[Mark], *, automatic: bool = False) -> Step | None:
    """The stage that has to be open now, ``None`` while the applicant has the case, or when it is decided.

    Folds the whole history, so the same events always give the same stage.
    """
    current: Step | None = None
    paused: Step | None = None
    judging = not automatic
    for mark in history:
        kind = EventKind(mark.kind)
        if kind in (EventKind.SUBMITTED, EventKind.CONFIRMED):
            current = _first(process, judging)
        elif kind is EventKind.FACTS_CORRECTED:
            judging = True
        elif kind in (EventKind.STAGE_PASSED, EventKind.PUBLICITY_ENDED):
            current = _after(process, _expect(current, mark), judging)
        elif kind is EventKind.SENT_BACK:
            judging = True
            current = _back(process, _expect(current, mark), mark.to)
        elif kind is EventKind.RETURNED:
            paused, current = _expect(current, mark), None
        elif kind in (EventKind.CORRECTED, EventKind.CORRECTION_CANCELLED):
            current, paused = paused, None
        elif kind is EventKind.OBJECTION_UPHELD:
            judging = True
            current = reconsidered_at(process)
        elif kind in _OVER:
            current = None
    return current


def targets(process: Sequence[Step], stage: str) -> tuple[Step, ...]:
    """Earlier stages to which a stage may send a case back."""
    here = step_of(process, stage)
    before = process[: process.index(here)]
    return tuple(step for step in before if step.id in here.returns_to and step.kind is StageKind.REVIEW)


def reconsidered_at(process: Sequence[Step]) -> Step:
    """Where a case goes on after an upheld objection: the first stage that judges the facts."""
    reviews = [step for step in process if step.kind is StageKind.REVIEW]
    for step in reviews:
        if step.role == "first_reviewer":
            return step
    if not reviews:
        return process[-1]
    return reviews[0]


def judges_facts(process: Sequence[Step], stage: str) -> bool:
    """Whether passing this stage says that the conditions hold: every stage but acceptance."""
    return step_of(process, stage).role != "acceptor"


def _first(process: Sequence[Step], judging: bool) -> Step:
    return next(step for step in process if judging or not step.judges)


def _after(process: Sequence[Step], step: Step, judging: bool) -> Step | None:
    rest = process[process.index(step) + 1 :]
    return next((later for later in rest if judging or not later.judges), None)


def _back(process: Sequence[Step], step: Step, to: str) -> Step:
    if to not in {target.id for target in targets(process, step.id)}:
        raise PlanError(f"{step.id} may not send a case back to {to!r}")
    return step_of(process, to)


def _expect(current: Step | None, mark: Mark) -> Step:
    if current is None or current.id != mark.stage:
        raise PlanError(
            f"{mark.kind} at {mark.stage!r}, but the case is at {current.id if current else 'no stage'}"
        )
    return current
