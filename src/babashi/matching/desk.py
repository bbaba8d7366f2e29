"""Desk page of matching: how the register stands, the last passes, a pass on demand."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from babashi.accounts.permissions import official
from babashi.matching import queries, services

PAGE = 20


@require_safe
@official("coordinator", "registrar", "administrator")
def overview(request: HttpRequest) -> HttpResponse:
    """Verdicts by item, and the passes that made them."""
    newest = queries.runs().first()
    context = {
        "counts": queries.register_counts(),
        "page": Paginator(queries.runs(), PAGE).get_page(request.GET.get("page")),
        "running": newest is not None and newest.finished_at is None,
    }
    return render(request, "matching/desk_overview.html", context)


@require_POST
@official("coordinator", "registrar", "administrator")
def rematch(request: HttpRequest) -> HttpResponse:
    """Have everybody matched again, in a job."""
    services.rematch_all_later(by=request.user)
    messages.success(request, "已安排重新匹配，完成后这里会出现新的一行；只有变化会写入。")
    return redirect("matching:overview")
