"""Desk pages of policy officers: versions, check results, drafts, publishing, switching on and off."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from babashi.accounts.permissions import has_role, official
from babashi.audit.errors import Invalid
from babashi.catalogue import queries, services
from babashi.catalogue.errors import BrokenPack
from babashi.catalogue.forms import PackForm
from babashi.catalogue.hands import vacant
from babashi.catalogue.models import DraftState, PackDraft, PackVersion
from babashi.catalogue.rounds import why_not_yet
from babashi.workdays import clock

READERS = ("policy_author", "policy_publisher", "administrator")
WRITERS = ("policy_author", "administrator")
PUBLISHERS = ("policy_publisher", "administrator")
PAGE = 30


@require_safe
@official(*READERS)
def packs(request: HttpRequest) -> HttpResponse:
    """Versions by pack, newest first, and drafts that wait."""
    text = request.GET.get("q", "").strip()[:100]
    versions = queries.light_versions().select_related("published_by").order_by("pack_id", "-id")
    if text:
        versions = versions.filter(title__icontains=text) | versions.filter(pack_id__icontains=text)
    drafts = PackDraft.objects.defer("files").select_related("author", "decided_by")
    context = {
        "q": text,
        "page": Paginator(versions, PAGE).get_page(request.GET.get("page")),
        "waiting": drafts.filter(state=DraftState.WAITING),
        "done": drafts.exclude(state=DraftState.WAITING)[:10],
        "may_submit": any(has_role(request.user, role) for role in WRITERS),
        "may_switch": any(has_role(request.user, role) for role in PUBLISHERS),
    }
    return render(request, "catalogue/desk_packs.html", context)


@official(*WRITERS)
def submit(request: HttpRequest) -> HttpResponse:
    """Hand in a pack version; the checker's findings are shown line by line."""
    problems: list[str] = []
    form = PackForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            draft = services.submit_draft(
                form.cleaned_data["files"], by=request.user, note=form.cleaned_data["note"]
            )
        except BrokenPack as error:  # not hidden: shown line by line on the form that was sent
            problems = error.problems
        else:
            messages.success(request, "已提交，检查全部通过，等待另一位发布人员发布。")
            return redirect("catalogue:draft", draft.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "catalogue/desk_submit.html", {"form": form, "problems": problems}, status=status)


@require_safe
@official(*READERS)
def draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """A draft with its check results, its items and what differs from the current version."""
    found = get_object_or_404(PackDraft.objects.select_related("author", "decided_by"), pk=draft_id)
    pack, _ = services.check(found.files)
    current = PackVersion.objects.filter(pack_id=found.pack_id, is_current=True).first()
    context = {
        "draft": found,
        "pack": pack,
        "current": current,
        "changes": services.changes(current.files if current else {}, found.files),
        "out_of_turn": why_not_yet(pack, clock.today()) if found.state == DraftState.WAITING else "",
        "vacant": vacant(pack) if found.state == DraftState.WAITING else [],
        "own": found.author_id == request.user.pk,
        "may_publish": any(has_role(request.user, role) for role in PUBLISHERS),
    }
    return render(request, "catalogue/desk_draft.html", context)


@require_POST
@official(*PUBLISHERS)
def publish(request: HttpRequest, draft_id: int) -> HttpResponse:
    version = services.publish_draft(draft_id, by=request.user)
    state = "已启用，开始重新匹配" if version.enabled else "默认停用，确认后可以启用"
    messages.success(request, f"{version} 已发布；{state}。")
    return redirect("catalogue:version", version.pk)


@require_POST
@official(*PUBLISHERS)
def refuse(request: HttpRequest, draft_id: int) -> HttpResponse:
    services.refuse_draft(draft_id, by=request.user, reason=request.POST.get("reason", "")[:500])
    messages.success(request, "已退回编制人员。")
    return redirect("catalogue:packs")


@require_safe
@official(*READERS)
def version(request: HttpRequest, version_id: int) -> HttpResponse:
    """A published version: items, readings, parameters, check results, sources."""
    found = get_object_or_404(PackVersion.objects.select_related("published_by"), pk=version_id)
    pack = queries.compiled(found)
    context = {
        "version": found,
        "pack": pack,
        "items": [
            (row, queries.KINDS.get(row.kind, row.kind))
            for row in found.items.select_related("lead").defer("body", "search").order_by("position")
        ],
        "vacant": vacant(pack) if found.is_current else [],
        "readings": pack.readings.values(),
        "parameters": pack.parameters.values(),
        "versions": queries.light_versions().filter(pack_id=found.pack_id).order_by("-id")[:20],
        "may_switch": found.is_current and any(has_role(request.user, role) for role in PUBLISHERS),
    }
    return render(request, "catalogue/desk_version.html", context)


@require_POST
@official(*PUBLISHERS)
def switch(request: HttpRequest, version_id: int) -> HttpResponse:
    found = get_object_or_404(PackVersion, pk=version_id)
    wanted = request.POST.get("to")
    if wanted not in ("on", "off"):
        raise Invalid("没有说明是启用还是停用，什么也没有改变。请刷新页面后重试。")
    if wanted == "on":
        services.enable_pack(found, by=request.user)
        messages.success(request, f"{found} 已启用，开始重新匹配。")
    else:
        services.disable_pack(found, by=request.user, reason=request.POST.get("reason", ""))
        messages.success(request, f"{found} 已停用，不再参与匹配和展示。")
    return redirect("catalogue:version", version_id)
