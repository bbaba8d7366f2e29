"""Pages of the applicant: start, fill in, check, receipt, list. Sending itself is routed to the review."""

from __future__ import annotations

import uuid
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from babashi import listing
from babashi.applications import form as forms
from babashi.applications import pages, queries, services
from babashi.applications.assessment import Assessment, assess, failed_words
from babashi.applications.errors import Mistakes, StaleRevision
from babashi.applications.flow import EDITABLE, UNDECIDED, State
from babashi.applications.forms import InterestForm
from babashi.applications.models import Application
from babashi.audit.errors import Invalid, NotFound
from babashi.catalogue import queries as catalogue
from babashi.enterprises.models import Enterprise
from babashi.enterprises.queries import bank_account_of, enterprises_of
from babashi.files.services import open_file
from babashi.workdays.clock import now, today

INLINE_KINDS = {"pdf": "application/pdf", "png": "image/png", "jpeg": "image/jpeg", "jpg": "image/jpeg"}
SORTS = {
    "started": ("started_at",),
    "number": ("number",),
    "state": ("state",),
    "amount": ("amount_max",),
    "enterprise": ("enterprise__name",),
}


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """All applications of the enterprises one speaks for, and expressions of interest."""
    rows = queries.applications_of(request.user)
    text, state = listing.words(request), request.GET.get("state", "")
    if text:
        rows = rows.filter(
            Q(number__icontains=text) | Q(item__title__icontains=text) | Q(enterprise__name__icontains=text)
        )
    if state in State.values:
        rows = rows.filter(state=state)
    page = listing.page_of(request, listing.ordered(request, rows, SORTS, "-started"))
    return render(
        request,
        "applications/mine.html",
        {
            "page": page,
            "q": text,
            "state": state,
            "states": State.choices,
            "interests": queries.interests_of(request.user)[:20],
            "filtered": bool(text or state),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, pack: str, item: str) -> HttpResponse:
    """Choose for which enterprise, see whether an automatic grant is possible, begin the draft."""
    found = catalogue.item(f"{pack}/{item}")
    enterprises = list(enterprises_of(request.user))
    if request.method == "POST":
        enterprise = _chosen(enterprises, request.POST.get("uscc", ""))
        application = services.start_draft(enterprise, found, by=request.user)
        return redirect("applications:edit", public_id=application.public_id)
    open_cases = queries.open_for([enterprise.pk for enterprise in enterprises])
    rule = catalogue.rule_of(found)
    choices = [
        {
            "enterprise": enterprise,
            "open": open_cases.get((enterprise.pk, found.full_id)),
            "automatic": _offer_possible(found, enterprise, open_cases, len(enterprises)),
        }
        for enterprise in enterprises
    ]
    return render(
        request,
        "applications/start.html",
        {
            "item": found,
            "rule": rule,
            "pack": pack,
            "item_id": item,
            "choices": choices,
            "wanted": request.GET.get("uscc", ""),
            "closed": today() > found.until,
            "definition": queries.form_definition(found),
        },
    )


@login_required
@require_safe
def automatic(request: HttpRequest, pack: str, item: str) -> HttpResponse:
    """免申即享: everything is official already; the enterprise confirms account and consent."""
    found = catalogue.item(f"{pack}/{item}")
    enterprises = list(enterprises_of(request.user))
    enterprise = _chosen(enterprises, request.GET.get("uscc", ""))
    existing = services.open_application(enterprise, found.full_id)
    if existing is not None and existing.state != State.DRAFT:
        return redirect("applications:receipt", public_id=existing.public_id)
    offer = services.automatic_offer(enterprise, catalogue.rule_of(found))
    if offer is None:
        return redirect("applications:start", pack=pack, item=item)
    facts = pages.fact_fields(offer.definition, offer.register, {}, offer.typed, errors={})
    return render(
        request,
        "applications/automatic.html",
        {
            "item": found,
            "pack": pack,
            "item_id": item,
            "enterprise": enterprise,
            "offer": offer,
            "trace": offer.result.to_json(),
            "facts": facts,
            "account": bank_account_of(enterprise),
            "typed": {},
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The form: draft or correction. Posting saves and goes on; a stale window keeps what was typed."""
    application = queries.get_for_member(request.user, public_id)
    if application.state not in EDITABLE:
        return redirect("applications:receipt", public_id=public_id)
    if request.method == "GET":
        return _form_page(request, application, application.form, application.revision)
    fields, dropped, spare = _typed_fields(request)
    revision = _revision(request)
    try:
        saved = services.save_draft(application, fields, revision, by=request.user)
    except StaleRevision as stale:
        return _form_page(
            request, application, fields, revision, conflict=stale.message, current=stale.current, status=409
        )
    except Invalid as error:
        return _form_page(request, application, application.form, revision, problem=error.message, status=422)
    if request.POST.get("go") == "check":
        return redirect("applications:check", public_id=public_id)
    if dropped or spare:
        return _form_page(request, saved, saved.form, saved.revision, spare=spare)
    messages.success(request, "已保存。")
    return redirect("applications:edit", public_id=public_id)


@login_required
@require_POST
def autosave(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What the script posts while somebody types; refusals are problem documents."""
    application = queries.get_for_member(request.user, public_id)
    fields, _, _ = _typed_fields(request)
    saved = services.save_draft(application, fields, _revision(request), by=request.user)
    return JsonResponse({"revision": saved.revision, "saved_at": f"{now():%H:%M}"})


@login_required
@require_POST
def upload(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Add one or several files to a material."""
    application = queries.get_for_member(request.user, public_id)
    uploaded = request.FILES.getlist("file")
    material = request.POST.get("material", "")
    if not uploaded:
        raise Mistakes("请先选择要上传的文件。", {"file": "没有选择文件"})
    for file in uploaded:
        try:
            services.attach(application, material, file, by=request.user)
        except Invalid as error:
            messages.error(request, f"“{file.name}”没有上传：{error.message}")
        else:
            messages.success(request, f"已上传“{file.name}”。")
    return redirect(f"{_edit_url(application)}#m-{material}")


@login_required
@require_POST
def remove(request: HttpRequest, public_id: uuid.UUID, attachment_id: int) -> HttpResponse:
    """Take a file off the form again."""
    application = queries.get_for_member(request.user, public_id)
    services.detach(application, attachment_id, by=request.user)
    messages.success(request, "文件已移除。")
    return redirect(f"{_edit_url(application)}#materials")


@login_required
@require_safe
def download(request: HttpRequest, public_id: uuid.UUID, attachment_id: int) -> FileResponse:
    """A file of one's own application."""
    application = queries.get_for_member(request.user, public_id)
    return send_attachment(application, attachment_id)


@login_required
@require_safe
def check(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The last page before sending: verdict, ceiling, reasons, what is missing, account, consent."""
    application = queries.get_for_member(request.user, public_id)
    if application.state not in EDITABLE:
        return redirect("applications:receipt", public_id=public_id)
    return check_page(request, application)


def check_page(
    request: HttpRequest,
    application: Application,
    *,
    typed: dict[str, str] | None = None,
    problem: str = "",
    field_errors: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The check page, also shown again when sending was refused, with what was typed."""
    found, materials = look(application)
    facts = pages.fact_fields(
        found.definition, found.register, application.form, found.typed, errors=found.errors
    )
    tables = pages.table_views(
        found.definition,
        found.register,
        application.form,
        errors=found.errors,
        spare=dict.fromkeys((table.spec.id for table in found.definition.tables), 0),
    )
    correcting = application.state == State.CORRECTION
    return render(
        request,
        "applications/check.html",
        {
            "application": application,
            "item": application.item,
            "found": found,
            "trace": found.result.to_json(),
            "claimed": found.claimed,
            "claimed_reasons": failed_words(found.claimed) if found.claimed else [],
            "facts": facts,
            "tables": tables,
            "materials": materials,
            "mistakes": pages.mistakes(found.errors, facts, tables),
            "ready": not found.errors if correcting else found.ready,
            "correcting": correcting,
            "account": bank_account_of(application.enterprise),
            "typed": typed or {},
            "problem": problem,
            "field_errors": field_errors or {},
        },
        status=status,
    )


@login_required
@require_safe
def receipt(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The receipt: number, QR code of the progress page, what was sent. Made for printing."""
    application = queries.get_for_member(request.user, public_id)
    if application.submitted_at is None:
        if application.state in EDITABLE:
            return redirect("applications:edit", public_id=public_id)
        raise NotFound("这件申报没有提交过，没有回执。")
    address = f"{settings.BABASHI_BASE_URL}/progress/{application.public_id}/"
    code = segno.make(address, error="m").svg_inline(scale=4, border=2, omitsize=False)
    return render(
        request,
        "applications/receipt.html",
        {
            "application": application,
            "item": application.item,
            "address": address,
            "qr": mark_safe(code),  # nosec B308 B703: drawn by segno from our own address
            "attachments": queries.current_attachments(application),
            "may_withdraw": application.state in UNDECIDED,
            "correcting": application.state == State.CORRECTION,
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def interest(request: HttpRequest, pack: str, item: str) -> HttpResponse:
    """Tell the lead department that one wants to take part (insurance, training)."""
    found = catalogue.item(f"{pack}/{item}")
    enterprises = list(enterprises_of(request.user))
    initial = {"uscc": request.GET.get("uscc", "")}
    if len(enterprises) == 1:
        only = enterprises[0]
        initial |= {"contact_name": only.contact_name, "contact_phone": only.contact_phone, "uscc": only.uscc}
    form = InterestForm(request.POST or None, enterprises=enterprises, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = services.express_interest(
            _chosen(enterprises, data["uscc"]),
            found,
            by=request.user,
            contact_name=data["contact_name"],
            contact_phone=data["contact_phone"],
            note=data["note"],
        )
        messages.success(request, f"已告知{made.item.lead}，会与您联系。进展可在“我的申报”查看。")
        return redirect("applications:mine")
    context = {
        "item": found,
        "form": form,
        "enterprises": enterprises,
        "closed": today() > found.until,
        "wrong_channel": found.channel != "interest",
    }
    return render(request, "applications/interest.html", context, status=422 if form.errors else 200)


def look(application: Application) -> tuple[Assessment, list[pages.MaterialView]]:
    """The verdict on a form that is being typed, and its materials."""
    rule = catalogue.rule_of(application.item)
    correcting = application.state == State.CORRECTION
    as_of = forms.frozen_day(application.facts_used) if correcting else None
    found = assess(
        application.enterprise,
        rule,
        application.form,
        as_of=as_of or today(),
        overrides=application.facts_used.get("overrides") if correcting else None,
    )
    attachments = queries.current_attachments(application)
    present = {attachment.material for attachment in attachments}
    for material in found.definition.materials:
        if material.required and material.id not in present:
            found.errors[f"material.{material.id}"] = f"请上传{material.label}"
    asked = pages.asked_notes(application, queries.correction_asked(application)) if correcting else None
    return found, pages.material_views(found.definition, attachments, errors=found.errors, asked=asked)


def send_attachment(application: Application, attachment_id: int) -> FileResponse:
    """One file of a case: shown in the browser when it is a PDF or a picture, saved otherwise."""
    attachment = application.attachments.select_related("file").filter(pk=attachment_id).first()
    if attachment is None:
        raise NotFound("没有找到这个文件，可能已经移除。")
    stored = attachment.file
    kind = INLINE_KINDS.get(stored.kind.lower())
    response = FileResponse(
        open_file(stored),
        as_attachment=kind is None,
        filename=stored.name,
        content_type=kind or "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _form_page(
    request: HttpRequest,
    application: Application,
    form: Any,
    revision: int,
    *,
    spare: dict[str, int] | None = None,
    conflict: str = "",
    current: int = 0,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    shown = application
    shown.form = dict(form)
    found, materials = look(shown)
    correcting = application.state == State.CORRECTION
    correction = queries.correction_asked(application) if correcting else {}
    asked = pages.asked_notes(application, correction) if correcting else None
    facts = pages.fact_fields(
        found.definition, found.register, shown.form, found.typed, errors=found.typed.errors, asked=asked
    )
    tables = pages.table_views(
        found.definition, found.register, shown.form, errors=found.typed.errors, spare=spare, asked=asked
    )
    return render(
        request,
        "applications/edit.html",
        {
            "application": application,
            "item": application.item,
            "revision": revision,
            "facts": facts,
            "tables": tables,
            "materials": materials,
            "found": found,
            "form": shown.form,
            "errors": found.typed.errors,
            "mistakes": pages.mistakes(found.typed.errors, facts, tables) if status == 200 else [],
            "correction": correction,
            "correcting": correcting,
            "conflict": conflict,
            "current": current,
            "problem": problem,
            "materials_status": catalogue.rule_of(application.item).materials_status,
            "handed_in": queries.handed_in(application) if correcting else set(),
        },
        status=status,
    )


def _typed_fields(request: HttpRequest) -> tuple[dict[str, str], bool, dict[str, int]]:
    """The posted fields, several ticks of one name joined; rows to drop are left out, rows to add counted."""
    skip = {"csrfmiddlewaretoken", "revision", "go", "drop", "add"}
    fields = {}
    for name in request.POST:
        if name not in skip:
            fields[name] = "|".join(text for text in request.POST.getlist(name) if text.strip())
    drop, add = request.POST.get("drop", ""), request.POST.get("add", "")
    if drop:
        fields = {name: text for name, text in fields.items() if not name.startswith(f"rows.{drop}.")}
    return fields, bool(drop), {add: 2} if add else {}


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    if not text.isdecimal() or len(text) > 9:
        raise Mistakes("页面不完整，请刷新后重试；已保存的内容不会丢失。", {"revision": "缺少修订号"})
    return int(text)


def _chosen(enterprises: list[Enterprise], uscc: str) -> Enterprise:
    if not uscc and len(enterprises) == 1:
        return enterprises[0]
    for enterprise in enterprises:
        if enterprise.uscc == uscc:
            return enterprise
    raise NotFound("没有找到这家企业。请先在“我的企业”认领，核实后才能申报。")


def _offer_possible(
    item: Any, enterprise: Enterprise, open_cases: dict[tuple[int, str], Application], count: int
) -> bool:
    existing = open_cases.get((enterprise.pk, item.full_id))
    if count > 3 or not item.automatic or (existing is not None and existing.state != State.DRAFT):
        return False
    return services.automatic_offer(enterprise, catalogue.rule_of(item)) is not None


def _edit_url(application: Application) -> str:
    return f"/applications/{application.public_id}/"
