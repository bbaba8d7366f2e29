"""Who could act at a stage of a case, and why the others can't: so that nobody has to guess when a case waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from babashi.accounts.models import Role, User
from babashi.accounts.permissions import departments_of, has_role
from babashi.applications.models import Application
from babashi.applications.queries import parties_of
from babashi.publicity.models import Objection, ObjectionState
from babashi.reviews.flow import PUBLICITY_ROLE, step_of
from babashi.reviews.models import StageTask
from babashi.reviews.queries import DECIDING_OUTCOMES, process_of


@dataclass(frozen=True, slots=True)
class Hand:
    """One holder of the post. ``why_not`` is empty for who may act; ``again``: decided here before."""

    user: User
    why_not: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """Who has done what on a case: read once, asked for everybody."""

    decided: dict[int, dict[str, dt.datetime]]
    """Person → stage → when last decided there."""
    judges: frozenset[int]
    """Who judged objections."""
    upheld_at: dt.datetime | None
    """When the last objection was upheld."""

    def barred(self, user: User, application: Application, stage: str) -> str:
        """Why a person may not decide at a stage, whatever his posts are; empty when nothing is in the way."""
        if user.pk in self.judges:
            return "已处理它的公示异议"
        for where, when in self.decided.get(user.pk, {}).items():
            if where != stage:
                return f"已办理“{step_of(process_of(application.item), where).label}”"
            if self.upheld_at is not None and when < self.upheld_at:
                return "在异议成立以前办理过本环节"
        return ""


class Circle:
    """Everybody around the open stage of a case, each side read when first asked for, and once.

    ``visits``: the visits of the case to its stages, the earliest first, for who has read them already.
    """

    def __init__(self, task: StageTask, visits: Iterable[StageTask] | None = None) -> None:
        self.task = task
        self._visits = visits

    @cached_property
    def record(self) -> Record:
        """Who has done what on the case."""
        return record_of(self.task.application, self._visits)

    @cached_property
    def parties(self) -> set[int]:
        """Who has to keep out of it."""
        return parties_of(self.task.application)

    @cached_property
    def hands(self) -> list[Hand]:
        """Everybody who holds the post of the stage, with what keeps him out of this case.

        Four eyes: nobody decides at two stages of one case, nor after having judged an objection to it, nor again
        what an upheld objection overturned.
        """
        task, case = self.task, self.task.application
        if task.role == PUBLICITY_ROLE:
            return []
        holders = User.objects.filter(
            posts__role=task.role, posts__department=task.department, is_active=True
        ).order_by("pk")
        return [
            Hand(
                user,
                "是这家企业的人员" if user.pk in self.parties else self.record.barred(user, case, task.stage),
                again=task.stage in self.record.decided.get(user.pk, {}),
            )
            for user in holders.distinct()
        ]

    @property
    def taken(self) -> bool:
        """Whether somebody has taken the task who still can do it: who left the post binds nobody."""
        return any(hand.user.pk == self.task.claimed_by_id for hand in self.hands)


def record_of(application: Application, visits: Iterable[StageTask] | None = None) -> Record:
    """The record of a case. ``visits`` as for :class:`Circle`."""
    decided: dict[int, dict[str, dt.datetime]] = {}
    if visits is None:
        visits = StageTask.objects.filter(application=application).order_by("id")
    for visit in visits:
        if visit.outcome in DECIDING_OUTCOMES and visit.decided_by_id and visit.decided_at:
            decided.setdefault(visit.decided_by_id, {})[visit.stage] = visit.decided_at
    judged = list(
        Objection.objects.filter(entry__application=application, decided_by__isnull=False).values_list(
            "decided_by", "state", "decided_at"
        )
    )
    upheld = [when for _, state, when in judged if state == ObjectionState.UPHELD]
    return Record(decided, frozenset(person for person, _, _ in judged), max(upheld, default=None))


def who_could_act(found: Sequence[Hand], task: StageTask) -> str:
    """One sentence: the names of those who may, or that nobody may and what to do about it."""
    free = [str(hand.user) for hand in found if not hand.why_not]
    if free:
        return f"可以办理的有：{'、'.join(free)}。"
    post = f"{task.department}“{Role(task.role).label}”岗位"
    if not found:
        return f"目前没有人可以办理：{post}没有人员，请系统管理员任命。"
    why = "；".join(f"{hand.user}{hand.why_not}" for hand in found)
    return f"目前没有人可以办理：{post}的人员都须回避（{why}），请系统管理员增加一名人员。"


def leads(user: User, task: StageTask) -> bool:
    """Whether a person sees to it that the work goes on: approver of the department or of the lead, coordinator."""
    lead = task.application.item.lead
    if any(has_role(user, Role.APPROVER, place) for place in (task.department, lead)):
        return True
    return any(place.district == lead.district for place in departments_of(user, Role.COORDINATOR))
