"""Reads of the desk: what a person has to do, one case with everything about it, the queue for money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from babashi.accounts.models import Department, Role, User
from babashi.accounts.permissions import posts_of
from babashi.applications.flow import State
from babashi.applications.models import Application, ApplicationEvent
from babashi.applications.queries import HEAVY, with_item
from babashi.audit.errors import NotFound
from babashi.catalogue.models import CatalogueItem
from babashi.catalogue.queries import current_packs, rule_of
from babashi.reviews.flow import PUBLICITY_ROLE, Mark, Step, plan, steps
from babashi.reviews.models import Outcome, StageTask
from babashi.rules.words import without_echo
from babashi.workdays.calendar import add_workdays

DECIDING_OUTCOMES = (Outcome.PASSED, Outcome.REFUSED, Outcome.SENT_BACK)
"""Outcomes that count for the four-eyes rule; asking for a correction decides nothing."""

SEES_ALL = (Role.AUDITOR, Role.COORDINATOR)
CASE_ROLES = (Role.ACCEPTOR, Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.APPROVER, Role.FINANCE)
SOON_DAYS = 2
"""Working days ahead that count as near."""


def process_of(item: CatalogueItem) -> tuple[Step, ...]:
    """The stages of an item's review, from the pack version the item belongs to."""
    rule = rule_of(item)
    return steps(rule.process, lead=rule.lead, support=rule.support)


def marks(events: Iterable[ApplicationEvent]) -> list[Mark]:
    """A history as the plan reads it."""
    return [Mark(event.kind, event.stage, event.payload.get("to", "")) for event in events]


def next_step(application: Application) -> Step | None:
    """The stage that has to be open now."""
    history = marks(
        application.events.only("application", "kind", "stage", "payload", "sequence").order_by("sequence")
    )
    return plan(process_of(application.item), history, automatic=application.automatic)


def departments_of(user: User) -> list[Department] | None:
    """Departments whose cases a person may see; ``None``: all of them."""
    posts = list(posts_of(user))
    if any(post.role in SEES_ALL for post in posts):
        return None
    return list({post.department_id: post.department for post in posts if post.role in CASE_ROLES}.values())


def visible_cases(user: User) -> QuerySet[Application]:
    """Submitted cases of items that the person's departments lead or support."""
    cases = Application.objects.filter(submitted_at__isnull=False)
    departments = departments_of(user)
    if departments is None:
        return cases
    return cases.filter(
        Q(item__lead__in=departments)
        | Q(item__in=CatalogueItem.objects.filter(support__in=departments).values("pk"))
    )


def case_or_404(user: User, number: str) -> Application:
    """One case by its number; :class:`NotFound` for somebody whose department has nothing to do with it."""
    mine = visible_cases(user).filter(number=number)
    found = with_item(mine).select_related("bank_account", "submitted_by").first()
    if found is None:
        raise NotFound("没有找到这件申报，或它不归您的部门办理。")
    return found


def my_posts(user: User) -> Q:
    """Tasks that one of a person's posts may do."""
    wanted = Q(pk__in=[])
    for post in posts_of(user):
        if post.role in CASE_ROLES:
            wanted |= Q(department_id=post.department_id, role=post.role)
    return wanted


def todo_of(user: User) -> QuerySet[StageTask]:
    """Open tasks that one of a person's posts may do."""
    return StageTask.objects.filter(my_posts(user), decided_at=None)


def decided_case_ids(user: User) -> QuerySet[StageTask]:
    """Cases on which a person has decided at some stage."""
    return StageTask.objects.filter(decided_by=user, outcome__in=DECIDING_OUTCOMES)


def open_task(application: Application) -> StageTask | None:
    """The task a case is at, if an official has it."""
    return (
        StageTask.objects.filter(application=application, decided_at=None)
        .select_related("department", "claimed_by")
        .first()
    )


def returned_task(application: Application) -> StageTask | None:
    """The last visit to a stage that ended with a request for correction."""
    return (
        StageTask.objects.select_related("department", "claimed_by")
        .filter(application=application, outcome=Outcome.RETURNED)
        .order_by("-id")
        .first()
    )


def awaited_corrections(user: User) -> QuerySet[StageTask]:
    """The visits that asked for a correction which has not come yet, in the cases of one's departments.

    One for each case that waits: the last that asked, on its ``paused_on``.
    """
    waiting = visible_cases(user).filter(state=State.CORRECTION)
    asked = StageTask.objects.filter(application__in=waiting.values("pk"), outcome=Outcome.RETURNED)
    latest = asked.order_by("application_id", "-id").distinct("application_id")
    heavy = (f"application__{name}" for name in HEAVY)
    return (
        StageTask.objects.filter(pk__in=latest.values("pk"))
        .select_related("department", "application__enterprise", "application__item__lead")
        .defer(*heavy)
    )


def proposed_amount(application: Application) -> Decimal | None:
    """The amount the reviewers proposed last, in yuan."""
    task = (
        StageTask.objects.filter(application=application, outcome=Outcome.PASSED, amount__isnull=False)
        .order_by("-id")
        .first()
    )
    return task.amount if task else None


def queue(full_id: str = "") -> QuerySet[Application]:
    """Approved cases that wait for money, in the order in which they will get it.

    Of one day, whoever was accepted first; when the draft was begun is no merit.
    """
    waiting = Application.objects.filter(state=State.QUEUED)
    if full_id:
        waiting = waiting.filter(full_id=full_id)
    return waiting.order_by("full_id", "complete_on", "submitted_at", "id")


def queued_ahead(case: Application) -> int:
    """How many wait before this one for the same item."""
    same_day, same_time = Q(complete_on=case.complete_on), Q(submitted_at=case.submitted_at)
    of_the_day = Q(submitted_at__lt=case.submitted_at) | same_time & Q(pk__lt=case.pk)
    earlier = Q(complete_on__lt=case.complete_on) | same_day & of_the_day
    return queue(case.full_id).filter(earlier).count()


@dataclass(frozen=True, slots=True)
class Digest:
    """What is late and what becomes due soon, of all tasks or of those that a person's posts may do."""

    late: int
    soon: int
    oldest: dt.date | None
    """The deadline that has been missed for longest."""


def soon_until(day: dt.date) -> dt.date:
    """The last day that counts as near."""
    return add_workdays(day, SOON_DAYS).day


def digest(day: dt.date, user: User | None = None, soon: dt.date | None = None) -> Digest:
    """Open tasks past their deadline, and due within two working days; publicity runs by itself.

    ``soon`` is :func:`soon_until` for who has asked already.
    """
    near = soon or soon_until(day)
    tasks = StageTask.objects.filter(decided_at=None, due_on__isnull=False).exclude(role=PUBLICITY_ROLE)
    if user is not None:
        tasks = tasks.filter(my_posts(user))
    past, ahead = Q(due_on__lt=day), Q(due_on__gte=day, due_on__lte=near)
    found = tasks.aggregate(
        late=Count("pk", filter=past), soon=Count("pk", filter=ahead), oldest=Min("due_on", filter=past)
    )
    return Digest(**found)


def light(task: StageTask, today: dt.date, soon: dt.date) -> str:
    """Colour of a deadline's traffic light. ``soon`` is the last day that still counts as near."""
    if task.due_on is None:
        return "none"
    if task.due_on < today:
        return "red"
    return "amber" if task.due_on <= soon else "green"


def checklist_of(trace: dict[str, Any]) -> list[dict[str, Any]]:
    """The conditions of a stored trace one by one, groups with their parts indented, for the reviewer to check."""
    rows: list[dict[str, Any]] = []

    def walk(node: dict[str, Any], depth: int) -> None:
        top = depth == 0 and node["kind"] == "all" and node["children"]
        if not top:
            name, text = without_echo(node["name"], node["text"])
            failed = node["id"] in trace.get("failed", ())
            rows.append({**node, "name": name, "text": text, "depth": max(depth - 1, 0), "failed": failed})
        for child in node["children"]:
            walk(child, depth + 1)

    if trace.get("trace"):
        walk(trace["trace"], 0)
    return rows


def stage_labels() -> dict[str, str]:
    """Words of every stage of the packs in force."""
    return {
        stage.id: stage.label for pack in current_packs() for item in pack.items for stage in item.process
    }
