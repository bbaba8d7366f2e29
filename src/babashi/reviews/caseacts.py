"""What is posted from a case's page: take it, hand it on, decide, correct facts. A refusal is shown on the page."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from babashi import listing
from babashi.accounts.models import Role, User
from babashi.accounts.permissions import official
from babashi.applications.errors import Mistakes
from babashi.applications.models import Application
from babashi.audit.errors import DomainError, NotFound
from babashi.reviews import queries, services
from babashi.reviews.casepage import case_page
from babashi.reviews.models import Outcome, StageTask
from babashi.reviews.services.facts import FACT_ROLES

CHECK = {"yes": True, "no": False}

_AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?")  # 1e3 is a slip, not a thousand


@official(*queries.CASE_ROLES)
@require_POST
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """Take the case."""
    services.claim_task(_task(request, number), by=request.user)
    messages.success(request, "已领取，由您办理。")
    return redirect("reviews:case", number=number)


@official(*queries.CASE_ROLES, Role.COORDINATOR)
@require_POST
def assign(request: HttpRequest, number: str) -> HttpResponse:
    """Hand the case to somebody else, when whoever has it is away."""
    to = User.objects.filter(pk=listing.whole_number(request.POST.get("to", ""))).first()
    if to is None:
        raise Mistakes("请选择改派给谁。", {"to": "请选择办理人"})
    services.assign_task(_task(request, number), to, by=request.user)
    messages.success(request, f"已改派给{to}。")
    return redirect("reviews:case", number=number)


@official(*queries.CASE_ROLES, Role.COORDINATOR)
@require_POST
def release(request: HttpRequest, number: str) -> HttpResponse:
    """Give the case back to the list."""
    services.release_task(_task(request, number), by=request.user)
    messages.success(request, "已退回待办。")
    return redirect("reviews:case", number=number)


@official(*queries.CASE_ROLES)
@require_POST
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Pass, return, send back or refuse. A refusal of the service is shown beside what was typed."""
    application = queries.case_or_404(request.user, number)
    post = request.POST
    try:
        done = services.decide(
            _shown_task(request, application),
            post.get("outcome", ""),
            by=request.user,
            opinion=post.get("opinion", ""),
            checklist=_checklist(request),
            amount=_amount(post.get("amount", "")),
            items=_items(request) if post.get("outcome") == Outcome.RETURNED else [],
            to=post.get("to", ""),
        )
    except DomainError as error:
        return case_page(request, application, problem=error.message, posted=post, status=error.status)
    messages.success(
        request, f"意见已记录：{number} {application.enterprise.name}，{services.outcome_words(done)}。"
    )
    following = queries.visible_cases(request.user).filter(number=post.get("next", ""))
    opened = following.select_related("enterprise").first()
    if opened is None:
        return redirect("reviews:case", number=number)
    messages.info(
        request, f"现在打开的是下一件：{opened.number} {opened.enterprise.name}，请核对后选择结果。"
    )
    return redirect("reviews:case", number=opened.number)


@official(*FACT_ROLES)
@require_POST
def facts(request: HttpRequest, number: str) -> HttpResponse:
    """Record what the reviewer found; the case is judged again."""
    application = queries.case_or_404(request.user, number)
    try:
        services.correct_fact(
            _posted_task(request, application),
            request.POST.get("ref", ""),
            request.POST.get("value", ""),
            reason=request.POST.get("reason", ""),
            by=request.user,
        )
    except DomainError as error:
        return case_page(
            request,
            application,
            problem=error.message,
            posted=request.POST,
            status=error.status,
        )
    messages.success(request, "已核定，规则已重新判断；原来的数值保留在经过里。")
    return redirect("reviews:case", number=number)


@official(*FACT_ROLES)
@require_POST
def refresh(request: HttpRequest, number: str) -> HttpResponse:
    """Judge again on what the register says now."""
    services.refresh_facts(_task(request, number), by=request.user)
    messages.success(request, "已按最新登记数据重新判断。")
    return redirect("reviews:case", number=number)


@official(*queries.CASE_ROLES)
@require_POST
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Take a request for correction back."""
    application = queries.case_or_404(request.user, number)
    reason = request.POST.get("reason", "")
    try:
        services.cancel_correction(application, by=request.user, reason=reason)
    except DomainError as error:
        return case_page(
            request, application, problem=error.message, posted=request.POST, status=error.status
        )
    messages.success(request, "补正要求已撤销，申报继续办理。")
    return redirect("reviews:case", number=number)


@official(*queries.CASE_ROLES)
@require_POST
def lapse(request: HttpRequest, number: str) -> HttpResponse:
    """Close a case whose correction never came."""
    application = queries.case_or_404(request.user, number)
    services.lapse_correction(application, by=request.user)
    messages.success(request, f"{number} 已按逾期未补正办结，已告诉企业怎样重新申报。")
    return redirect("reviews:corrections")


def _task(request: HttpRequest, number: str) -> StageTask:
    return _posted_task(request, queries.case_or_404(request.user, number))


def _posted_task(request: HttpRequest, application: Application) -> StageTask:
    """The task the page showed; without one in the form, the open one. What names none is not the open one."""
    named = request.POST.get("task", "")
    shown = listing.whole_number(named)
    tasks = StageTask.objects.filter(application=application).select_related("department", "claimed_by")
    found = (tasks.filter(pk=shown) if named else tasks.filter(decided_at=None)).first()
    if found is None:
        raise NotFound("没有找到这一环节，或这件申报现在没有待办环节。请刷新页面。")
    return found


def _shown_task(request: HttpRequest, application: Application) -> StageTask:
    """The task that the decision was typed for: never simply the one that happens to be open now."""
    if not request.POST.get("task"):
        raise Mistakes(
            "没有记录：表单里没有写明是哪一环节。请刷新页面，核对后重新提交。", {"task": "缺少环节"}
        )
    return _posted_task(request, application)


def _checklist(request: HttpRequest) -> list[dict[str, Any]]:
    rows = []
    for name in request.POST:
        if name.startswith("check."):
            clause = name.removeprefix("check.")
            text = request.POST[name]
            note = request.POST.get(f"note.{clause}", "")
            if text in CHECK or note.strip():
                rows.append({"clause": clause, "ok": CHECK.get(text), "note": note.strip()})
    return rows


def _items(request: HttpRequest) -> list[dict[str, str]]:
    """What has to be corrected. A note whose tick was forgotten is refused: dropped unseen, nobody would ask for it."""
    ticked = request.POST.getlist("asked")
    for name in request.POST:
        note = request.POST[name].strip()
        if name.startswith("asked.") and note and name.removeprefix("asked.") not in ticked:
            message = f"“{note[:30]}”写了怎样补正，但前面没有勾选：请勾选这一项，或把它清空"
            raise Mistakes(f"{message}。", {"items": message})
    return [{"ref": ref, "note": request.POST.get(f"asked.{ref}", "")} for ref in ticked]


def _amount(text: str) -> Decimal | None:
    text = unicodedata.normalize("NFKC", text).strip().replace(",", "").removesuffix("元").strip()
    if not text:
        return None
    if not _AMOUNT.fullmatch(text):
        raise Mistakes("金额格式不对，请填写数字，例如 200000.00。", {"amount": "请填写数字"})
    return Decimal(text)
