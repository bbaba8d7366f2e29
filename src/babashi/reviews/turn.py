"""Whose turn it is on a case, as one reader finds it: at the open stage, or while a correction is awaited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q

from babashi.accounts.models import User
from babashi.accounts.permissions import has_role
from babashi.applications.flow import State
from babashi.applications.models import Application
from babashi.applications.queries import correction_due, grace_after
from babashi.audit.errors import DomainError
from babashi.reviews import queries
from babashi.reviews.flow import PUBLICITY_ROLE, StageKind, Step, step_of, targets
from babashi.reviews.models import StageTask
from babashi.reviews.people import Circle, Hand, leads, who_could_act
from babashi.reviews.services.facts import FACT_ROLES
from babashi.reviews.services.tasks import require_may_decide
from babashi.workdays.calendar import Deadline
from babashi.workdays.clock import today


@dataclass(frozen=True, slots=True)
class Turn:
    """The open stage of a case: what it is, who may act there, where the case may go from there."""

    task: StageTask
    step: Step
    targets: tuple[Step, ...]
    why_not: str
    """Why the reader may not decide; empty when he may."""
    hands: tuple[Hand, ...]
    """Everybody who may act at the stage."""
    nobody: str
    """What to do about it when nobody may; empty otherwise, and during publicity, which runs by itself."""
    may_lead: bool
    """Whether the reader may hand the case to somebody else."""
    following: str
    """Number of the next case at the same stage in the reader's list that no colleague has taken."""

    @property
    def may(self) -> bool:
        """Whether the reader may decide."""
        return not self.why_not

    @property
    def may_facts(self) -> bool:
        """Whether the reader may record what he found otherwise."""
        return self.may and self.task.role in FACT_ROLES

    @property
    def is_approval(self) -> bool:
        return self.step.kind is StageKind.APPROVAL

    @property
    def is_publicity(self) -> bool:
        return self.task.role == PUBLICITY_ROLE

    @property
    def to_applicant(self) -> bool:
        """Whether the stage may ask the applicant for a correction."""
        return "applicant" in self.step.returns_to


@dataclass(frozen=True, slots=True)
class Awaited:
    """A correction that has not come yet, and what the reader may do about it."""

    due: Deadline
    grace: Deadline
    """Its last day; from the next day on the case may be closed."""
    remaining_days: int | None
    """Working days that are left of the stage's own time once the correction has come."""
    may_cancel: bool
    may_lapse: bool


def turn_of(application: Application, visits: Sequence[StageTask], reader: User) -> Turn | None:
    """The open stage among the visits of a case; ``None`` while no stage is open."""
    task = next((visit for visit in visits if visit.decided_at is None), None)
    if task is None:
        return None
    task.application = application
    process = queries.process_of(application.item)
    step, circle = step_of(process, task.stage), Circle(task, visits)
    publicity = task.role == PUBLICITY_ROLE
    free = tuple(hand for hand in circle.hands if not hand.why_not)
    return Turn(
        task=task,
        step=step,
        targets=targets(process, task.stage),
        why_not=_why_not(circle, step, reader),
        hands=free,
        nobody="" if free or publicity else who_could_act(circle.hands, task),
        may_lead=not publicity and leads(reader, task) and reader.pk not in circle.parties,
        following="" if publicity else _following(task, reader),
    )


def awaited_of(application: Application, visits: Sequence[StageTask], reader: User) -> Awaited | None:
    """What is known of the correction that a case waits for; ``None`` when it waits for none."""
    due = correction_due(application) if application.state == State.CORRECTION else None
    if due is None or not visits:
        return None
    grace, asked = grace_after(due), visits[-1]
    may = has_role(reader, asked.role, asked.department)
    return Awaited(due, grace, asked.remaining_days, may_cancel=may, may_lapse=may and today() > grace.day)


def _why_not(circle: Circle, step: Step, reader: User) -> str:
    """Why a reader may not decide; who only reads is told whose turn it is."""
    task = circle.task
    if task.role != PUBLICITY_ROLE and not has_role(reader, task.role, task.department):
        return f"等待{task.department}{step.label}办理。"
    try:
        require_may_decide(task, reader, circle)
    except DomainError as error:
        return error.message
    return ""


def _following(task: StageTask, reader: User) -> str:
    rest = (
        StageTask.objects.filter(queries.my_posts(reader), decided_at=None, stage=task.stage)
        .filter(Q(claimed_by=None) | Q(claimed_by=reader))
        .exclude(pk=task.pk)
        .order_by(F("due_on").asc(nulls_last=True), "id")
        .values_list("application__number", flat=True)
    )
    return rest.first() or ""
