"""The desk's list of corrections that are awaited: whose time is over, and which may be closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from babashi import listing
from babashi.accounts.models import Role, User
from babashi.accounts.permissions import has_role, official
from babashi.applications.models import Application
from babashi.applications.queries import CORRECTION_DAYS, correction_deadline, grace_after
from babashi.reviews import queries
from babashi.reviews.models import StageTask
from babashi.workdays.calendar import Deadline, workdays_of_spans
from babashi.workdays.clock import today

SORTS = {
    "due": ("paused_on", "application_id"),
    "number": ("application__number",),
    "enterprise": ("application__enterprise__name",),
    "item": ("application__full_id", "application_id"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that waits for its applicant, and what the reader may do once its time is over."""

    asked: StageTask
    """The visit that asked; whoever holds its post decides whether the case is closed."""
    due: Deadline
    grace: Deadline
    """Its last day; from the next day on the case may be closed."""
    over: bool
    """Whether the grace is over."""
    may_lapse: bool
    """Whether it is over and the reader holds the post."""

    @property
    def case(self) -> Application:
        """The case."""
        return self.asked.application

    @property
    def asker(self) -> str:
        """The post that asked, in words."""
        return f"{self.asked.department}“{Role(self.asked.role).label}”"


COLUMNS = [
    listing.Column("受理编号", lambda row: row.case.number, 20),
    listing.Column("企业", lambda row: row.case.enterprise.name, 36),
    listing.Column("统一社会信用代码", lambda row: row.case.enterprise.uscc, 22),
    listing.Column("事项", lambda row: str(row.case.item), 30),
    listing.Column("退回补正", lambda row: row.asked.paused_on.isoformat(), 12),
    listing.Column("补正期限", lambda row: row.due.day.isoformat(), 12),
    listing.Column("可以办结", lambda row: f"{row.grace.day.isoformat()} 以后", 18),
]


@official(*queries.CASE_ROLES, Role.COORDINATOR)
@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """Cases that wait for their applicants, whose turn it has been for longest first."""
    back = listing.sticky(request, "corrections", ("q", "late"))
    if back:
        return back
    day, rows = today(), queries.awaited_corrections(request.user)
    text = listing.words(request)
    if text:
        rows = rows.filter(
            Q(application__number__icontains=text)
            | Q(application__enterprise__name__icontains=text)
            | Q(application__enterprise__uscc__icontains=text)
        )
    late = _late(rows, day)
    if request.GET.get("late"):
        rows = late
    rows = listing.ordered(request, rows, SORTS, "due")
    if request.GET.get("export"):
        found = _waiting(rows[: listing.EXPORT_LIMIT], request.user, day)
        return listing.export(found, COLUMNS, request.GET["export"], "corrections")
    page = listing.page_of(request, rows)
    page.object_list = _waiting(page.object_list, request.user, day)
    context = {
        "page": page, "q": text, "filters": request.GET, "today": day, "late": late.count(), "tab": "corrections",
    }  # fmt: skip
    return render(request, "reviews/corrections.html", context)


def _late(rows: QuerySet[StageTask], day: dt.date) -> QuerySet[StageTask]:
    """Those whose deadline has passed."""
    days = list(rows.order_by().values_list("paused_on", flat=True).distinct())
    gone = workdays_of_spans([(asked, day - dt.timedelta(days=1)) for asked in days])
    return rows.filter(
        paused_on__in=[asked for asked, n in zip(days, gone, strict=True) if n >= CORRECTION_DAYS]
    )


def _waiting(rows: Iterable[StageTask], reader: User, day: dt.date) -> list[Waiting]:
    """The lines of the list; the calendar is asked once for each day of asking."""

    @cache
    def days(asked_on: dt.date) -> tuple[Deadline, Deadline]:
        due = correction_deadline(asked_on)
        return due, grace_after(due)

    found = []
    for task in rows:
        assert task.paused_on is not None  # a stage that asks for a correction pauses
        due, grace = days(task.paused_on)
        over = day > grace.day
        found.append(Waiting(task, due, grace, over, over and has_role(reader, task.role, task.department)))
    return found
