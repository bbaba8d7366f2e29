"""What enterprises said: what goes wrong, payments that did not arrive, and ratings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from babashi import listing
from babashi.accounts.permissions import has_role, official
from babashi.feedback import queries, services
from babashi.reviews.queries import visible_cases


@official(*services.ANSWERERS)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Complaints, disputes and ratings."""
    complaints = queries.complaints()
    listed, disputes = list(complaints[:50]), list(queries.disputes()[:50])
    page = listing.page_of(request, queries.ratings())
    shown = [one.application for one in (*listed, *page.object_list)]
    shown += [receipt.payment.application for receipt in disputes]
    numbers = visible_cases(request.user).filter(pk__in={case.pk for case in shown}).values_list("number")
    context = {
        "complaints": listed,
        "open_to": {number for (number,) in numbers},
        "waiting": complaints.filter(answered_at=None).count(),
        "may_answer": any(has_role(request.user, role) for role in services.COMPLAINT_ANSWERERS),
        "disputes": disputes,
        "unpaid_waiting": queries.disputes().filter(answered_at=None).count(),
        "page": page,
        "summary": queries.rating_summary(),
    }
    return render(request, "feedback/overview.html", context)


@official(*services.COMPLAINT_ANSWERERS)
@require_POST
def answer_complaint(request: HttpRequest, complaint_id: int) -> HttpResponse:
    """Answer a complaint."""
    services.answer_complaint(
        queries.complaint_or_404(complaint_id), request.POST.get("answer", ""), by=request.user
    )
    messages.success(request, "已答复企业。")
    return redirect("feedback:overview")


@official(*services.ANSWERERS)
@require_POST
def answer_receipt(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """Answer a dispute."""
    services.answer_receipt(
        queries.receipt_or_404(receipt_id), request.POST.get("answer", ""), by=request.user
    )
    messages.success(request, "已答复企业。")
    return redirect("feedback:overview")


@official(*services.ANSWERERS)
@require_POST
def answer_rating(request: HttpRequest, rating_id: int) -> HttpResponse:
    """Answer a rating."""
    services.answer_rating(queries.rating_or_404(rating_id), request.POST.get("answer", ""), by=request.user)
    messages.success(request, "已答复企业。")
    return redirect("feedback:overview")
