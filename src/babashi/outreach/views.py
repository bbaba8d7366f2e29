"""The inbox, and what an enterprise wants to be told by which channel."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from babashi.enterprises.queries import enterprises_of, member_or_404
from babashi.outreach import queries, services
from babashi.outreach.models import Message

PAGE = 20


@require_safe
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """Messages of one's enterprises, unread ones first."""
    mine = enterprises_of(request.user)
    only = request.GET.get("only", "")
    only = only if only in queries.FILTERS else ""
    text = request.GET.get("q", "").strip()[:100]
    page = Paginator(queries.inbox(mine, only, text), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "mine": mine,
        "only": only,
        "q": text,
        "kinds": services.KINDS,
        "unread": queries.unread_of(request.user),
    }
    return render(request, "outreach/inbox.html", context)


@require_safe
@login_required
def message(request: HttpRequest, message_id: int) -> HttpResponse:
    """One message; opening it marks it as read. Somebody else's does not exist."""
    mine = enterprises_of(request.user)
    found = Message.objects.filter(pk=message_id, enterprise__in=mine).select_related("enterprise").first()
    if found is None:
        raise Http404
    services.mark_read(found)
    kind = services.KINDS.get(found.kind, found.kind)
    return render(request, "outreach/message.html", {"message": found, "kind": kind})


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    """Everything is read."""
    services.mark_all_read([enterprise.pk for enterprise in enterprises_of(request.user)])
    return redirect("outreach:inbox")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def choices(request: HttpRequest) -> HttpResponse:
    """By which channels pushes are welcome, for each of one's enterprises."""
    names = services.channel_names()
    if request.method == "POST":
        enterprise = member_or_404(request.user, request.POST.get("uscc", "")[:18])
        wanted = set(request.POST.getlist("channel")[:20])
        for channel in names:
            if channel in wanted:
                services.opt_in(enterprise, channel, by=request.user)
            else:
                services.opt_out(enterprise, channel, by=request.user)
        messages.success(request, f"{enterprise.name}的接收方式已保存。")
        return redirect("outreach:choices")
    enterprises = enterprises_of(request.user)
    off = queries.opted_out(enterprises)
    mine = [
        (enterprise, [(name, label, (enterprise.pk, name) not in off) for name, label in names.items()])
        for enterprise in enterprises
    ]
    return render(request, "outreach/choices.html", {"mine": mine})


@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The signed link at the end of a message. Opening it only asks: mail scanners open links too."""
    enterprise, channel = services.read_token(token[:300])
    label = services.channel_names().get(channel, channel)
    if request.method == "POST":
        services.opt_out(enterprise, channel, by=None, via="link")
        return render(
            request, "outreach/unsubscribed.html", {"name": _masked(enterprise.name), "label": label}
        )
    return render(request, "outreach/unsubscribe.html", {"name": _masked(enterprise.name), "label": label})


def _masked(name: str) -> str:
    """Enough to recognise one's own enterprise: a forwarded link tells little."""
    return name if len(name) <= 4 else f"{name[:2]}{'＊' * min(6, len(name) - 4)}{name[-2:]}"
