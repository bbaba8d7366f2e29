"""Pages of one application that is being typed: the form, its files, and the last look before it is sent."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from babashi import listing
from babashi.applications import form as forms
from babashi.applications import pages, queries, services
from babashi.applications.assessment import Assessment, assess, failed_words
from babashi.applications.errors import Mistakes, NotEditable, StaleRevision
from babashi.applications.flow import EDITABLE, State
from babashi.applications.models import Application
from babashi.audit.errors import Invalid, NotFound
from babashi.catalogue import queries as catalogue
from babashi.enterprises.queries import bank_account_of
from babashi.files.services import open_file
from babashi.workdays.clock import now, today

INLINE_KINDS = {"pdf": "application/pdf", "png": "image/png", "jpeg": "image/jpeg", "jpg": "image/jpeg"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The form: draft or correction. Posting saves and goes on; a stale window keeps what was typed."""
    application = queries.get_for_member(request.user, public_id)
    if application.state not in EDITABLE:
        if request.method == "POST":
            messages.error(request, NotEditable(application.state).message)
        return redirect("applications:receipt", public_id=public_id)
    if request.method != "POST":
        return _form_page(request, application, application.form, application.revision)
    fields, dropped, spare = _typed_fields(request)
    revision = revision_of(request)
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
    saved = services.save_draft(application, fields, revision_of(request), by=request.user)
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
        known_phones=queries.sent_phones(application),
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
            "correction_words": queries.correction_words(application),
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


def revision_of(request: HttpRequest) -> int:
    """The revision that the page showed: an older one means that another window was faster."""
    revision = listing.whole_number(request.POST.get("revision", ""))
    if revision is None:
        raise Mistakes("页面不完整，请刷新后重试；已保存的内容不会丢失。", {"revision": "缺少修订号"})
    return revision


def _edit_url(application: Application) -> str:
    return f"/applications/{application.public_id}/"
