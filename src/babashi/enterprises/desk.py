"""The register desk: enterprises, imports, claims, facts that a department establishes."""

import uuid
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from babashi import listing
from babashi.accounts.models import Department, Role
from babashi.accounts.permissions import has_role, official, posts_of
from babashi.audit.errors import Invalid, NotFound
from babashi.enterprises import declaring, desk_queries, filling, pages, queries, services, staging
from babashi.enterprises.importing import RegisterRefused
from babashi.enterprises.models import StagedImport
from babashi.workdays.clock import today

READERS = (
    Role.REGISTRAR, Role.ADMINISTRATOR, Role.COORDINATOR, Role.ACCEPTOR, Role.FIRST_REVIEWER,
    Role.SECOND_REVIEWER, Role.APPROVER,
)  # fmt: skip
SORTS = {"uscc": ("uscc",), "name": ("name",), "kind": ("kind",), "changed": ("changed_at",)}
COLUMNS = [
    listing.Column("统一社会信用代码", lambda row: row.uscc, 22),
    listing.Column("名称", lambda row: row.name, 40),
    listing.Column("主体类型", lambda row: row.kind, 12),
    listing.Column("行政区划代码", lambda row: row.district, 14),
    listing.Column("合成数据", lambda row: "是" if row.is_synthetic else "否", 10),
]


def _is_registrar(request: HttpRequest) -> bool:
    return has_role(request.user, Role.REGISTRAR)


def _departments(request: HttpRequest) -> list[Department]:
    """Departments in which the person may record facts."""
    roles = set(filling.RECORDERS)
    return list({p.department_id: p.department for p in posts_of(request.user) if p.role in roles}.values())


@official(*READERS)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """All enterprises, by name or code."""
    rows = listing.ordered(request, queries.find(listing.words(request)), SORTS, "uscc")
    if request.GET.get("export"):
        return listing.export(rows, COLUMNS, request.GET["export"], "enterprises")
    context = {
        "page": listing.page_of(request, rows),
        "q": listing.words(request),
        "registrar": _is_registrar(request),
        "claims": desk_queries.open_claims().count(),
        "fillable": [spec for spec in queries.dictionary().facts.values() if filling.fillable(spec)],
        "may_record": bool(_departments(request)),
    }
    return render(request, "enterprises/desk_register.html", context)


@official(*READERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, uscc: str) -> HttpResponse:
    """One enterprise: everything known, its history, and recording what a department establishes."""
    enterprise = desk_queries.enterprise_or_404(uscc)
    context: dict[str, object] = {"problem": "", "posted": {}}
    status = 200
    if request.method == "POST":
        try:
            return _record(request, uscc)
        except Invalid as error:
            context, status = {"problem": error.message, "posted": request.POST}, 422
    context |= {
        "enterprise": enterprise,
        "sheet": pages.sheet_of(enterprise),
        "history": desk_queries.history(enterprise),
        "departments": _departments(request),
        "specs": [spec for spec in queries.dictionary().facts.values() if spec.id != "uscc"],
    }
    return render(request, "enterprises/desk_file.html", context, status=status)


def _record(request: HttpRequest, uscc: str) -> HttpResponse:
    enterprise = desk_queries.enterprise_or_404(uscc)
    fact, text = request.POST.get("fact", ""), request.POST.get("value", "")
    department = _chosen(request)
    spec = queries.dictionary().facts.get(fact)
    if spec is None:
        raise Invalid("请选择要登记的指标。", {"fact": ["请选择"]})
    value, wrong = declaring.read_value(spec, text)
    if wrong:
        raise Invalid(f"{spec.spoken}：{wrong}", {"value": [wrong]})
    services.record_official_fact(enterprise, fact, value, by=request.user, department=department)
    messages.success(request, "已登记，正在重新匹配政策。")
    return redirect("enterprises:desk_file", enterprise.uscc)


def _chosen(request: HttpRequest) -> Department:
    wanted = request.POST.get("department", "")
    mine = _departments(request)
    found = next((one for one in mine if str(one.pk) == wanted), mine[0] if len(mine) == 1 else None)
    if found is None:
        raise Invalid("请选择以哪个部门登记。", {"department": ["请选择部门"]})
    return found


@official(*filling.RECORDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def fill(request: HttpRequest, fact: str) -> HttpResponse:
    """Record 是 or 否 for every enterprise of which nobody official knows a fact, after showing how many."""
    spec = queries.dictionary().facts.get(fact)
    if spec is None or not filling.fillable(spec):
        raise NotFound("没有可以批量登记的这一项。")
    if request.method == "POST":
        expected = listing.whole_number(request.POST.get("expected", ""))
        if expected is None or request.POST.get("value") not in ("yes", "no"):
            raise Invalid("请选择是或否后再确认。")
        filled = filling.fill_official_fact(
            fact,
            request.POST["value"] == "yes",
            by=request.user,
            department=_chosen(request),
            expected=expected,
        )
        messages.success(request, f"已为 {filled} 家登记“{spec.spoken}”。")
        return redirect("enterprises:register")
    context = {
        "spec": spec,
        "count": filling.count_unknown(fact, by=request.user),
        "departments": _departments(request),
    }
    return render(request, "enterprises/desk_fill.html", context)


@official(Role.REGISTRAR)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Upload a register and look at what it would do; earlier imports."""
    context: dict[str, object] = {"problems": [], "label": request.POST.get("label", "")}
    status = 200
    if request.method == "POST":
        try:
            staged = staging.stage(
                request.FILES.getlist("files"), label=request.POST.get("label", ""),
                as_of=_day(request.POST.get("as_of", "")), department=_registrar_department(request), by=request.user,
            )  # fmt: skip
        except Invalid as error:
            context["problems"] = [text for texts in error.field_errors.values() for text in texts] or [
                error.message
            ]
            status = error.status
        else:
            return redirect("enterprises:import_preview", staged.pk)
    context |= {
        "page": listing.page_of(request, desk_queries.batches()),
        "today": today(),
        "writer": _is_registrar(request),
    }
    return render(request, "enterprises/desk_imports.html", context, status=status)


def _registrar_department(request: HttpRequest) -> Department | None:
    return next((post.department for post in posts_of(request.user) if post.role == Role.REGISTRAR), None)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid("请填写数据日期。", {"as_of": ["数据日期应写成 2022-08-31"]}) from error


@official(Role.REGISTRAR)
@require_http_methods(["GET", "HEAD", "POST"])
def import_preview(request: HttpRequest, staged_id: uuid.UUID) -> HttpResponse:
    """What the upload would do, row by row; then import it or throw it away."""
    staged = StagedImport.objects.filter(pk=staged_id).select_related("department", "batch").first()
    if staged is None:
        raise NotFound("这次上传已经放弃或过期，请重新上传。")
    if request.method == "POST":
        if request.POST.get("act") == "discard":
            staging.discard(staged, by=request.user)
            messages.info(request, "已放弃这次上传，没有导入。")
            return redirect("enterprises:imports")
        try:
            report = staging.confirm(
                staged, accept_valid=request.POST.get("accept_valid") == "yes", by=request.user
            )
        except RegisterRefused as error:
            messages.error(request, error.message)
            return redirect("enterprises:import_preview", staged.pk)
        words = (
            "内容与以前导入的相同，没有变化"
            if report.unchanged
            else f"新增 {report.added} 行，停用 {report.retired} 行"
        )
        messages.success(request, f"导入完成：{words}。")
        return redirect("enterprises:imports")
    context = {"staged": staged, "preview": staged.preview, "writer": _is_registrar(request)}
    return render(request, "enterprises/desk_preview.html", context)


@official(Role.REGISTRAR)
@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """People who say that they speak for an enterprise and could not prove it by code."""
    page = listing.page_of(request, desk_queries.open_claims())
    return render(request, "enterprises/desk_claims.html", {"page": page, "writer": _is_registrar(request)})


@official(Role.REGISTRAR)
@require_POST
def decide(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Approve or refuse a claim."""
    claim = desk_queries.claim_or_404(claim_id)
    approve = request.POST.get("act") == "approve"
    services.decide_claim(claim, approve, by=request.user, reason=request.POST.get("reason", ""))
    messages.success(request, "已通过认领。" if approve else "已拒绝认领。")
    return redirect("enterprises:claims")
