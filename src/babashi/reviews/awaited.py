"""The desk's list of corrections that are awaited: whose time is over, and which may be closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

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
from babashi.reviews.models import Outcome, StageTask
from babashi.workdays.calendar import workdays_of_spans
from babashi.workdays.clock import today

SORTS = {
    "due": ("asked_on",),
    "number": ("number",),
    "enterprise": ("enterprise__name",),
    "item": ("full_id",),
}
COLUMNS = [
    listing.Column("受理编号", lambda row: row.number, 20),
    listing.Column("企业", lambda row: row.enterprise.name, 36),
    listing.Column("统一社会信用代码", lambda row: row.enterprise.uscc, 22),
    listing.Column("事项", lambda row: str(row.item), 30),
    listing.Column("退回补正", lambda row: row.asked_on.isoformat(), 12),
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
            Q(number__icontains=text)
            | Q(enterprise__name__icontains=text)
            | Q(enterprise__uscc__icontains=text)
        )
    late = _late(rows, day)
    if request.GET.get("late"):
        rows = late
    rows = listing.ordered(request, rows, SORTS, "due")
    if request.GET.get("export"):
        return listing.export(
            _dated(rows[: listing.EXPORT_LIMIT]), COLUMNS, request.GET["export"], "corrections"
        )
    page = listing.page_of(request, rows)
    page.object_list = _closable(_dated(page.object_list), request.user, day)
    context = {
        "page": page, "q": text, "filters": request.GET, "today": day, "late": late.count(), "tab": "corrections",
    }  # fmt: skip
    return render(request, "reviews/corrections.html", context)


def _late(rows: QuerySet[Application], day: dt.date) -> QuerySet[Application]:
    """Those whose deadline has passed."""
    days = list(rows.order_by().values_list("asked_on", flat=True).distinct())
    gone = workdays_of_spans([(asked, day - dt.timedelta(days=1)) for asked in days])
    return rows.filter(
        asked_on__in=[asked for asked, n in zip(days, gone, strict=True) if n >= CORRECTION_DAYS]
    )


def _dated(rows: Iterable[Application]) -> list[Application]:
    """Deadline and end of the grace on each case."""
    found, known = list(rows), {}
    for case in found:
        asked = case.asked_on  # type: ignore[attr-defined]
        if asked not in known:
            due = correction_deadline(asked)
            known[asked] = (due, grace_after(due))
        case.due, case.grace = known[asked]  # type: ignore[attr-defined]
    return found


def _closable(cases: list[Application], user: User, day: dt.date) -> list[Application]:
    """On each case whether its grace is over, and whether the person holds the post that asked; which one that is."""
    asked = StageTask.objects.filter(application__in=cases, outcome=Outcome.RETURNED).select_related(
        "department"
    )
    last = {task.application_id: task for task in asked.order_by("id")}
    for case in cases:
        task = last[case.pk]
        case.over = day > case.grace.day  # type: ignore[attr-defined]
        case.may_lapse = case.over and has_role(user, task.role, task.department)  # type: ignore[attr-defined]
        case.asker = f"{task.department or ''}“{Role(task.role).label}”"  # type: ignore[attr-defined]
    return cases
