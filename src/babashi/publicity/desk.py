"""The desk's view of public notices: what runs until when, and where objections are open."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from babashi import listing
from babashi.accounts.models import Role
from babashi.accounts.permissions import official
from babashi.publicity import queries
from babashi.publicity.models import ObjectionState
from babashi.workdays.clock import today

READERS = (
    Role.ACCEPTOR,
    Role.FIRST_REVIEWER,
    Role.SECOND_REVIEWER,
    Role.APPROVER,
    Role.FINANCE,
    Role.COORDINATOR,
)
SORTS = {"starts": ("starts_on",), "ends": ("ends_on",), "number": ("number",)}
COLUMNS = [
    listing.Column("公示编号", lambda row: row.number, 20),
    listing.Column("事项", lambda row: str(row.item), 30),
    listing.Column("起始", lambda row: row.starts_on.isoformat(), 12),
    listing.Column("截止", lambda row: row.ends_on.isoformat(), 12),
    listing.Column("工作日", lambda row: row.working_days, 8),
    listing.Column("件数", lambda row: row.shown, 8),
    listing.Column("未处理异议", lambda row: row.open_objections, 12),
]


@official(*READERS)
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Every notice with its entries and open objections."""
    back = listing.sticky(request, "publicity", ("q", "state"))
    if back:
        return back
    day = today()
    open_ones = Q(entries__objections__state=ObjectionState.OPEN)
    rows = queries.notices(day).annotate(
        open_objections=Count("entries__objections", filter=open_ones, distinct=True)
    )
    text, state = listing.words(request), request.GET.get("state", "")
    if text:
        rows = rows.filter(
            Q(number__icontains=text)
            | Q(item__short_title__icontains=text)
            | Q(item__round_name__icontains=text)
            | Q(item__title__icontains=text)
        )
    if state in ("running", "over"):
        rows = rows.filter(running=state == "running")
    elif state == "disputed":
        rows = rows.filter(open_objections__gt=0)
    rows = listing.ordered(request, rows, SORTS, "-starts")
    if request.GET.get("export"):
        return listing.export(rows, COLUMNS, request.GET["export"], "publicity")
    page = listing.page_of(request, rows)
    return render(
        request,
        "publicity/desk.html",
        {"page": page, "q": text, "state": state, "tab": "publicity", "today": day},
    )
