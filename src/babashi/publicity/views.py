"""Public pages: what is on public notice, and the form to object. No sign-in needed."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from babashi import listing
from babashi.accounts.addresses import slow_down
from babashi.audit.errors import NotFound
from babashi.publicity import queries, services
from babashi.publicity.forms import ObjectionForm
from babashi.publicity.models import Notice
from babashi.workdays.clock import today

SORTS = {"starts": ("starts_on",), "ends": ("ends_on",), "number": ("number",)}


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """All public notices, the latest first."""
    rows = queries.notices(today())
    text, only = listing.words(request), request.GET.get("state", "")
    if text:
        rows = rows.filter(
            Q(number__icontains=text)
            | Q(item__short_title__icontains=text)
            | Q(item__round_name__icontains=text)
            | Q(item__title__icontains=text)
            | Q(pk__in=queries.naming(text))
        )
    if only in ("running", "over"):
        rows = rows.filter(running=only == "running")
    page = listing.page_of(request, listing.ordered(request, rows, SORTS, "-starts"))
    return render(request, "publicity/notices.html", {"page": page, "q": text, "state": only})


@require_safe
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """One notice with its entries."""
    found = _notice(number)
    entries = listing.page_of(request, queries.shown_entries(found), 50)
    context = {
        "notice": found,
        "item": found.item,
        "page": entries,
        "running": found.running,
        "objected": request.GET.get("objected") == "1",
    }
    return render(request, "publicity/notice.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, number: str, entry_id: int) -> HttpResponse:
    """Object to one entry."""
    found = _notice(number)
    entry = queries.shown_entries(found).filter(pk=entry_id).first()
    if entry is None:
        raise NotFound("没有找到这一条公示，可能已经撤下。")
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        slow_down(
            request,
            "objection",
            limit=5,
            seconds=3600,
            message="提交异议太频繁，请一小时后再试，或拨打服务热线。",
        )
        services.object_to(entry, **form.cleaned_data)
        return redirect(f"/publicity/{found.number}/?objected=1")
    context = {
        "notice": found,
        "item": found.item,
        "entry": entry,
        "form": form,
        "running": found.running,
    }
    return render(request, "publicity/object.html", context, status=422 if form.errors else 200)


def _notice(number: str) -> Notice:
    found = queries.notices(today()).filter(number=number[:30]).first()
    if found is None:
        raise NotFound("没有找到这份公示。")
    return found
