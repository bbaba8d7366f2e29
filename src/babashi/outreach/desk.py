"""Desk page of outreach: what was pushed, what was read, what did not arrive."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from babashi.accounts.permissions import official
from babashi.catalogue import queries as catalogue
from babashi.outreach import queries, services
from babashi.outreach.channels import registry
from babashi.outreach.models import DeliveryState

PAGE = 20


@require_safe
@official("coordinator", "administrator")
def overview(request: HttpRequest) -> HttpResponse:
    """Pushes by item, deliveries by channel, failures."""
    titles = {row.full_id: row.name for row in catalogue.current_items()}
    pushes = [(titles.get(entry.full_id, entry.full_id), entry) for entry in queries.push_counts()]
    labels = {name: channel.label for name, channel in registry.active().items()}
    deliveries = [
        (labels.get(str(row["channel"]), row["channel"]), DeliveryState(row["state"]).label, row["number"])
        for row in queries.delivery_counts()
    ]
    context = {
        "totals": queries.totals(),
        "pushes": pushes,
        "bars": [(title, entry.written) for title, entry in pushes],
        "deliveries": deliveries,
        "page": Paginator(queries.failed_deliveries(), PAGE).get_page(request.GET.get("page")),
        "labels": labels,
    }
    return render(request, "outreach/desk_overview.html", context)


@require_POST
@official("coordinator", "administrator")
def retry(request: HttpRequest, delivery_id: int) -> HttpResponse:
    services.retry_failed(delivery_id, by=request.user)
    messages.success(request, "已重新排队发送。")
    return redirect("outreach:overview")
