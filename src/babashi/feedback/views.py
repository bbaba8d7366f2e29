"""The progress page of the applicant."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from babashi.applications.queries import get_for_member
from babashi.audit.errors import NotFound
from babashi.feedback import queries, services
from babashi.payments.models import Payment

SCORES = ((5, "非常满意"), (4, "满意"), (3, "一般"), (2, "不满意"), (1, "非常不满意"))


@login_required
@require_safe
def progress(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Where the case is, who has it, since when, until when, and where the money is."""
    case = get_for_member(request.user, public_id)
    return render(request, "feedback/progress.html", {"progress": queries.progress(case), "scores": SCORES})


@login_required
@require_POST
def receipt(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The money is here, or not."""
    case = get_for_member(request.user, public_id)
    payment = Payment.objects.filter(application=case, number=request.POST.get("payment", "")).first()
    if payment is None:
        raise NotFound("没有这笔支付，请刷新页面。")
    arrived = request.POST.get("arrived") == "yes"
    services.confirm_receipt(payment, arrived, request.POST.get("note", ""), by=request.user)
    messages.success(request, "已确认收款，谢谢。" if arrived else "已反映给财政部门，会尽快答复您。")
    return redirect("feedback:progress", public_id=public_id)


@login_required
@require_POST
def rate(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """好差评."""
    case = get_for_member(request.user, public_id)
    score = request.POST.get("score", "")
    number = int(score) if score.isdecimal() and len(score) == 1 else 0
    services.rate(case, number, request.POST.get("comment", ""), by=request.user)
    messages.success(request, "感谢您的评价。")
    return redirect("feedback:progress", public_id=public_id)


@login_required
@require_POST
def complain(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Something goes wrong with the case."""
    case = get_for_member(request.user, public_id)
    services.complain(case, request.POST.get("content", ""), by=request.user)
    messages.success(request, "已送到统筹协调部门，答复会出现在这里和您的消息里。")
    return redirect("feedback:progress", public_id=public_id)
