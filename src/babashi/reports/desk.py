"""Quarterly figures for 区发展改革委: who could have each policy, who was told, who applied, who was paid."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from babashi import listing
from babashi.accounts.models import Role
from babashi.accounts.permissions import official
from babashi.audit.errors import Invalid
from babashi.reports import queries
from babashi.reports.quarters import Quarter
from babashi.workdays import clock

COLUMNS = [
    listing.Column("事项编号", lambda row: row.full_id, 32),
    listing.Column("事项", lambda row: row.title, 36),
    listing.Column("牵头单位", lambda row: row.lead, 18),
    listing.Column("应享企业（家）", lambda row: row.eligible, 14),
    listing.Column("已推送（家）", lambda row: row.pushed, 14),
    listing.Column("申报（件）", lambda row: row.applied, 12),
    listing.Column("审定（件）", lambda row: row.approved, 12),
    listing.Column("审定金额（元）", lambda row: row.approved_sum, 18),
    listing.Column("到账（件）", lambda row: row.paid, 12),
    listing.Column("到账金额（元）", lambda row: row.paid_sum, 18),
    listing.Column("应享中已到账（家）", lambda row: row.received, 18),
    listing.Column("享受率（%）", lambda row: row.take_up, 12),
    listing.Column("平均办理（工作日）", lambda row: row.average_days, 18),
]


def _chosen(request: HttpRequest, known: list[Quarter]) -> Quarter:
    """The quarter of the address, the present one without any. Raises Invalid."""
    text = request.GET.get("quarter", "")
    if not text:
        return known[0]
    try:
        quarter = Quarter.read(text)
    except ValueError:
        raise Invalid("季度应写成 2022Q3 这样：年份、Q、1 至 4。请重新选择。") from None
    if quarter > known[0]:
        raise Invalid(f"{quarter.label}还没有开始，请选择{known[0].label}或更早的季度。")
    return quarter


@official(Role.COORDINATOR)
@require_safe
def quarterly(request: HttpRequest) -> HttpResponse:
    """One table, to be read, printed and exported."""
    known = queries.known_quarters()
    quarter = _chosen(request, known)
    rows = queries.figures(quarter)
    line = queries.total(rows)
    if request.GET.get("export"):
        return listing.export([*rows, line], COLUMNS, request.GET["export"], f"quarter-{quarter}")
    context = {
        "quarter": quarter,
        "quarters": known if quarter in known else [*known, quarter],
        "running": quarter.last >= clock.today(),
        "rows": rows,
        "line": line,
    }
    return render(request, "reports/quarterly.html", context)
