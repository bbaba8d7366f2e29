"""The public page: how far the money of each item has come."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from babashi.budget import queries


def share(part: Decimal, whole: Decimal) -> int:
    """Whole per cent, never rounded up to a full hundred."""
    return int(part * 100 // whole) if whole else 0


@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """Totals only; nobody's single payment."""
    rows = [row for row in queries.balances() if row.appropriated]
    shown = [
        {"row": row, "paid": share(row.paid, row.total), "used": share(row.paid + row.reserved, row.total)}
        for row in rows
    ]
    return render(request, "budget/progress.html", {"rows": shown, "sum": queries.totals(rows)})
