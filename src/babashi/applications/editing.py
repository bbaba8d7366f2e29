"""Pages of one application that is being typed: the form, its files, and the last look before it is sent."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from babashi import listing
from babashi.applications import queries, services
from babashi.applications.assessment import failed_words
from babashi.applications.errors import Mistakes, NotEditable, StaleRevision, TooLong
from babashi.applications.flow import EDITABLE
from babashi.applications.formview import FormView, to_look_through, to_type_in
from babashi.applications.models import Application
from babashi.audit.errors import Invalid, NotFound
from babashi.catalogue import queries as catalogue
from babashi.enterprises.queries import bank_account_of
from babashi.files.services import open_file
from babashi.workdays.clock import now

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
        return _form_page(request, to_type_in(application, application.form), application.revision)
    fields, dropped, spare = _typed_fields(request)
    revision = revision_of(request)
    try:
        saved = services.save_draft(application, fields, revision, by=request.user)
    except StaleRevision as stale:
        told = {"conflict": stale.message, "current": stale.current}
        return _form_page(request, to_type_in(application, fields), revision, status=409, **told)
    except TooLong as error:
        refused = {name: texts[0] for name, texts in error.field_errors.items()}
        view = to_type_in(application, fields, refused=refused)
        told = {"problem": error.message, "mistakes": view.mistakes}
        return _form_page(request, view, revision, status=422, **told)
    except Invalid as error:
        view = to_type_in(application, application.form)
        return _form_page(request, view, revision, status=422, problem=error.message)
    if request.POST.get("go") == "check":
        return redirect("applications:check", public_id=public_id)
    if dropped or spare:
        return _form_page(request, to_type_in(saved, saved.form, spare=spare), saved.revision)
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
    place = f"m-{material}"  # said beside the field: the page opens there, far below its top
    for file in uploaded:
        try:
            services.attach(application, material, file, by=request.user)
        except Invalid as error:
            beside = "" if "material" in error.field_errors else place
            messages.error(request, f"“{file.name}”没有上传：{error.message}", extra_tags=beside)
        else:
            messages.success(request, f"已上传“{file.name}”。", extra_tags=place)
    return redirect(f"{_edit_url(application)}#{place}")


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
    view = to_look_through(application)
    context = {
        "application": application,
        "item": application.item,
        "found": view.found,
        "trace": view.found.result.to_json(),
        "claimed": view.found.claimed,
        "claimed_reasons": failed_words(view.found.claimed) if view.found.claimed else [],
        "facts": view.facts,
        "tables": view.tables,
        "materials": view.materials,
        "mistakes": view.mistakes,
        "ready": view.ready,
        "correcting": view.correcting,
        "account": bank_account_of(application.enterprise),
        "typed": typed or {},
        "problem": problem,
        "field_errors": field_errors or {},
    }
    return render(request, "applications/check.html", context, status=status)


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
    request: HttpRequest, view: FormView, revision: int, *, status: int = 200, **told: object
) -> HttpResponse:
    """The form to type in; ``told`` are the words about what was not saved."""
    application = view.application
    context = {
        "application": application,
        "item": application.item,
        "revision": revision,
        "facts": view.facts,
        "tables": view.tables,
        "materials": view.materials,
        "found": view.found,
        "form": view.form,
        "errors": view.errors,
        "mistakes": view.mistakes if status == 200 else [],
        "correcting": view.correcting,
        "correction": view.correction,
        "correction_words": _words_of_correction(view),
        "materials_status": catalogue.rule_of(application.item).materials_status,
        "handed_in": view.sent.files if view.correcting else frozenset(),
        **told,
    }
    return render(request, "applications/edit.html", context, status=status)


def _words_of_correction(view: FormView) -> str:
    """By when the pending correction is wanted; nothing when none is pending."""
    return queries.due_words(queries.asked_due(view.correction["at"])) if view.correction else ""


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
