"""Reads of applications. Somebody else's case does not exist for a stranger (404, never 403)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from babashi.accounts.models import User
from babashi.applications import form as forms
from babashi.applications.flow import ENDED, EventKind, State
from babashi.applications.models import Application, ApplicationEvent, Attachment, Interest
from babashi.audit.errors import NotFound
from babashi.catalogue.models import CatalogueItem
from babashi.catalogue.queries import rule_of
from babashi.enterprises.models import BankAccount, Enterprise, Member
from babashi.enterprises.queries import is_member, same_number
from babashi.rules.chinese import date_text
from babashi.workdays.calendar import Deadline, add_workdays
from babashi.workdays.clock import today

CORRECTION_DAYS = 10
"""Working days in which a correction is wanted: a default of the platform, 待主管部门明确."""
NO_SUCH_CASE = "没有找到这件申报。请从“我的申报”进入。"


HEAVY = (
    "item__pack_version__files",
    "item__pack_version__dictionary",
    "item__body",
    "item__search",
)
"""Columns that no page of a case needs: the pack itself is compiled once and kept."""


def with_item(cases: QuerySet[Application]) -> QuerySet[Application]:
    """Cases with enterprise, item, pack version and lead department, without the heavy columns."""
    return cases.select_related("enterprise", "item__pack_version", "item__lead").defer(*HEAVY)


@dataclass(frozen=True, slots=True)
class Twin:
    """Another enterprise that gave the same account number, and the cases it sent. Only for officials."""

    name: str
    uscc: str
    numbers: tuple[str, ...]

    def __str__(self) -> str:
        cases = "、".join(self.numbers[:TWIN_CASES]) or "还没有申报"
        more = f" 等 {len(self.numbers)} 件" if len(self.numbers) > TWIN_CASES else ""
        return f"{self.name}（{self.uscc}；申报：{cases}{more}）"


TWIN_CASES = 5


def account_twins(accounts: Iterable[BankAccount | None]) -> dict[int, list[Twin]]:
    """Who else gave the same account number, by the id of the account; two queries, however many accounts."""
    shared = same_number(account for account in accounts if account is not None)
    owners = {other.enterprise_id for others in shared.values() for other in others}
    numbers: dict[int, list[str]] = {owner: [] for owner in owners}
    if owners:
        sent = Application.objects.filter(enterprise__in=owners, number__isnull=False)
        for owner, number in sent.order_by("-number").values_list("enterprise_id", "number"):
            numbers[owner].append(str(number))
    return {
        pk: [
            Twin(other.enterprise.name, other.enterprise.uscc, tuple(numbers[other.enterprise_id]))
            for other in others
        ]
        for pk, others in shared.items()
    }


def require_member(user: User, enterprise: Enterprise) -> None:
    """Raise :class:`NotFound` for a stranger."""
    if not is_member(user, enterprise):
        raise NotFound(NO_SUCH_CASE)


def get_for_member(user: User, public_id: uuid.UUID | str) -> Application:
    """The case with this id, if the person speaks for its enterprise; :class:`NotFound` otherwise."""
    application = (
        with_item(Application.objects.all())
        .filter(public_id=public_id, enterprise__members__user=user, enterprise__members__ended_at=None)
        .first()
    )
    if application is None:
        raise NotFound(NO_SUCH_CASE)
    return application


def applications_of(user: User) -> QuerySet[Application]:
    """All applications of the enterprises a person speaks for, the newest first."""
    return with_item(
        Application.objects.filter(enterprise__members__user=user, enterprise__members__ended_at=None)
    ).order_by("-started_at", "-id")


def interests_of(user: User) -> QuerySet[Interest]:
    """Expressions of interest of the enterprises a person speaks for, the newest first."""
    return (
        Interest.objects.filter(enterprise__members__user=user, enterprise__members__ended_at=None)
        .select_related("enterprise", "item__lead")
        .order_by("-id")
    )


def form_definition(item: CatalogueItem) -> forms.FormDefinition:
    """What the form of an item asks, generated from its pack."""
    rule = rule_of(item)
    return forms.define(rule, rule.dictionary)


def own_cases(user: User, cases: Iterable[Application]) -> list[Application]:
    """Those of the cases whose enterprise the person speaks for, or spoke for at any time since the case began.

    Leaving an enterprise the day before does not make an official impartial.
    """
    listed = list(cases)
    roles = Member.objects.filter(user=user, enterprise_id__in={case.enterprise_id for case in listed})
    ends: dict[int, list[dt.datetime | None]] = {}
    for enterprise_id, ended_at in roles.values_list("enterprise_id", "ended_at"):
        ends.setdefault(enterprise_id, []).append(ended_at)
    return [
        case
        for case in listed
        if any(end is None or end >= case.started_at for end in ends.get(case.enterprise_id, ()))
    ]


def parties_of(case: Application) -> set[int]:
    """Everybody who has to keep out of a case: see :func:`own_cases`."""
    still = Q(ended_at=None) | Q(ended_at__gte=case.started_at)
    return set(Member.objects.filter(still, enterprise=case.enterprise_id).values_list("user", flat=True))


def is_party(user: User, case: Application) -> bool:
    """Whether a person has to keep out of a case."""
    return user.pk in parties_of(case)


def current_attachments(application: Application) -> list[Attachment]:
    """Files that count, in the order of upload."""
    return list(application.attachments.filter(removed_at=None).select_related("file").order_by("id"))


def last_event(application: Application, *kinds: str) -> ApplicationEvent | None:
    """The latest event of one of these kinds."""
    return application.events.filter(kind__in=kinds).order_by("-sequence").first()


@dataclass(frozen=True, slots=True)
class Sent:
    """What went with the last submission or correction; nothing while it was never sent."""

    form: Mapping[str, str] | None = None
    files: frozenset[int] = frozenset()
    """Ids of the attachments."""

    @property
    def phones(self) -> list[str]:
        """The phone that was sent: a correction seldom lets anybody change it."""
        return [self.form.get("contact_phone", "")] if self.form is not None else []


def last_sent(application: Application) -> Sent:
    """What the applicant sent last."""
    if application.submitted_at is None:
        return Sent()
    event = last_event(application, EventKind.SUBMITTED, EventKind.CORRECTED, EventKind.CONFIRMED)
    payload = event.payload if event else {}
    return Sent(payload.get("form"), frozenset(cell["id"] for cell in payload.get("attachments", ())))


def correction_asked(application: Application) -> dict[str, Any]:
    """What the last return for correction asks: ``{"items": [{"ref", "label", "note"}], "message": …}``."""
    event = last_event(application, EventKind.RETURNED)
    return {**event.payload, "at": event.at, "by_label": event.by_label} if event else {}


def correction_due(application: Application) -> Deadline | None:
    """The working day by which the pending correction is wanted; ``None`` when none is pending.

    Nothing lapses by itself after it: neither the notice nor a department has said what would follow (ADR 22).
    """
    event = last_event(application, EventKind.RETURNED)
    if application.state != State.CORRECTION or event is None:
        return None
    return asked_due(event.at)


def asked_due(moment: dt.datetime) -> Deadline:
    """By when what was asked at a moment is wanted."""
    return correction_deadline(timezone.localtime(moment).date())


def correction_deadline(asked_on: dt.date) -> Deadline:
    """By when what was asked on a day is wanted."""
    return add_workdays(asked_on, CORRECTION_DAYS)


def correction_grace_ends(application: Application) -> Deadline | None:
    """The last day of the grace that follows the deadline; from the next day on officials may close the case."""
    due = correction_due(application)
    return grace_after(due) if due else None


def grace_after(due: Deadline) -> Deadline:
    """The last day of the grace after a deadline."""
    end = add_workdays(due.day, settings.BABASHI_CORRECTION_GRACE_DAYS)
    return Deadline(end.day, due.provisional or end.provisional)


def correction_words(application: Application) -> str:
    """By when the applicant is asked to correct, and, once that is over, what holds now; nothing when none is pending."""
    due = correction_due(application)
    return due_words(due) if due else ""


def due_words(due: Deadline) -> str:
    """The same for a pending correction whose deadline is known."""
    if today() <= due.day:
        return f"请在{date_text(due.day)}前补正{'（暂定）' if due.provisional else ''}。"
    end = grace_after(due)
    return (
        f"补正期限已过（{date_text(due.day)}）。现在补正仍然有效；{date_text(end.day)}以后还没有收到的，"
        "办理部门可以按逾期未补正办结。"
    )


def asked_refs(application: Application) -> set[str]:
    """Fact, table and material ids that the pending correction names; empty: everything may change."""
    return {item["ref"] for item in correction_asked(application).get("items", ())}


def open_for(enterprise_ids: list[int], item: CatalogueItem) -> dict[int, Application]:
    """The application for an item and its round that is not over, by enterprise.

    Else the newest draft that was left over from an earlier round: it goes on in this one.
    """
    mine = Application.objects.filter(enterprise_id__in=enterprise_ids, full_id=item.full_id)
    found = mine.exclude(state__in=ENDED).filter(Q(round=item.round) | Q(state=State.DRAFT))
    ranked = sorted(with_item(found), key=lambda one: (one.round == item.round, one.pk))
    return {application.enterprise_id: application for application in ranked}


def of_other_rounds(enterprise_ids: list[int], item: CatalogueItem) -> dict[int, list[Application]]:
    """What enterprises sent for other rounds of an item, by enterprise, the newest first."""
    found: dict[int, list[Application]] = {}
    sent = Application.objects.filter(
        enterprise_id__in=enterprise_ids, full_id=item.full_id, submitted_at__isnull=False
    )
    for application in with_item(sent.exclude(round=item.round)).order_by("-submitted_at"):
        found.setdefault(application.enterprise_id, []).append(application)
    return found
