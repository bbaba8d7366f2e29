"""Quarterly figures for 区发展改革委: who could have each policy, who was told, who applied, who was paid."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from babashi import listing
from babashi.accounts.models import Role
from babashi.accounts.permissions import official
from babashi.audit.errors import Invalid
from babashi.reports import pace, queries
from babashi.reports.obstacles import Obstacle, obstacles
from babashi.reports.quarters import Quarter
from babashi.reports.records import read

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
    listing.Column("中位办理（工作日）", lambda row: row.median_days, 18),
    listing.Column("不予支持（件）", lambda row: row.refused, 14),
    listing.Column("逾期未补正（件）", lambda row: row.lapsed, 16),
    listing.Column("意向（件）", lambda row: row.interests, 12),
]
PACE_COLUMNS = [
    listing.Column("事项编号", lambda row: row[0].full_id, 32),
    listing.Column("事项", lambda row: row[0].title, 36),
    listing.Column("环节", lambda row: row[1].label, 12),
    listing.Column("期限（工作日）", lambda row: row[1].promised, 14),
    listing.Column("办结（件次）", lambda row: len(row[1].days), 14),
    listing.Column("中位（工作日）", lambda row: row[1].median, 14),
    listing.Column("超期办结（件次）", lambda row: row[1].late, 16),
    listing.Column("超期未办（件）", lambda row: row[1].waiting_late, 16),
]
VOICE_COLUMNS = [
    listing.Column("事项编号", lambda row: row.full_id, 32),
    listing.Column("事项", lambda row: row.title, 36),
    listing.Column("评价（条）", lambda row: row.voice.ratings, 12),
    listing.Column("平均（星）", lambda row: row.voice.average, 12),
    listing.Column("一星、二星（条）", lambda row: row.voice.low, 16),
    listing.Column("反映问题（件）", lambda row: row.voice.complaints, 16),
    listing.Column("待答复（件）", lambda row: row.voice.unanswered, 14),
    listing.Column("反映未收到款（件）", lambda row: row.voice.disputes, 18),
    listing.Column("公示异议（件）", lambda row: row.voice.objections, 16),
]
OBSTACLE_COLUMNS = [
    listing.Column("类别", lambda row: row.kind, 14),
    listing.Column("情况", lambda row: row.text, 80),
    listing.Column("数量", lambda row: row.number, 10),
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
    records = read(quarter)
    rows = queries.figures(records)
    line = queries.total(rows)
    if request.GET.get("export") == "csv":
        return listing.export([*rows, line], COLUMNS, "csv", f"quarter-{quarter}")
    paces = pace.paces(records)
    found = obstacles(records, rows, paces)
    if request.GET.get("export"):
        return _workbook(request.GET["export"], quarter, [*rows, line], paces, found)
    context = {
        "quarter": quarter,
        "quarters": known if quarter in known else [*known, quarter],
        "running": records.running,
        "rows": rows,
        "line": line,
        "paces": paces,
        "stages": list(dict.fromkeys(stage.label for one in paces for stage in one.stages)),
        "obstacles": found,
        "heard": [one for one in paces if one.voice != pace.Voice()],
    }
    return render(request, "reports/quarterly.html", context)


def _workbook(
    fmt: str,
    quarter: Quarter,
    rows: list[queries.Figures],
    paces: list[pace.Pace],
    found: list[Obstacle],
) -> HttpResponse:
    """Every table of the page as a sheet."""
    if fmt != "xlsx":
        raise Invalid("请选择导出为 CSV 或 XLSX。", {"format": ["只能是 csv 或 xlsx"]})
    stages = [(one, stage) for one in paces for stage in one.stages]
    body = listing.workbook_bytes(
        [
            listing.Sheet("落实情况", rows, COLUMNS),
            listing.Sheet("堵点", found, OBSTACLE_COLUMNS),
            listing.Sheet("办理效率", stages, PACE_COLUMNS),
            listing.Sheet("企业反馈", paces, VOICE_COLUMNS),
        ]
    )
    response = HttpResponse(body, content_type=listing.XLSX)
    response["Content-Disposition"] = f'attachment; filename="quarter-{quarter}.xlsx"'
    return response
