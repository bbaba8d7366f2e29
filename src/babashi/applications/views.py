"""Pages of the applicant: list, start, automatic grant, receipt, interest. Filling in is in ``editing``."""

from __future__ import annotations

import uuid

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from babashi import listing
from babashi.applications import form as forms
from babashi.applications import pages, queries, services
from babashi.applications.flow import EDITABLE, UNDECIDED, State
from babashi.applications.forms import InterestForm
from babashi.applications.models import Application
from babashi.audit.errors import NotFound
from babashi.catalogue import queries as catalogue
from babashi.catalogue.models import CatalogueItem
from babashi.catalogue.rounds import why_closed
from babashi.enterprises.models import Enterprise
from babashi.enterprises.queries import bank_account_of, enterprises_of, subject_of
from babashi.workdays.clock import today

SORTS = {
    "started": ("started_at",),
    "number": ("number",),
    "state": ("state",),
    "amount": ("amount_max",),
    "enterprise": ("enterprise__name",),
}
UNPAID = (*UNDECIDED, State.QUEUED, State.APPROVED, State.PAYMENT_RETURNED)
"""Where another account that is registered now is the one that will be paid."""


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """All applications of the enterprises one speaks for, and expressions of interest."""
    rows = queries.applications_of(request.user)
    text, state = listing.words(request), request.GET.get("state", "")
    if text:
        rows = rows.filter(
            Q(number__icontains=text)
            | Q(item__short_title__icontains=text)
            | Q(item__round_name__icontains=text)
            | Q(item__title__icontains=text)
            | Q(enterprise__name__icontains=text)
        )
    if state in State.values:
        rows = rows.filter(state=state)
    page = listing.page_of(request, listing.ordered(request, rows, SORTS, "-started"))
    return render(
        request,
        "applications/mine.html",
        {
            "page": page,
            "q": text,
            "state": state,
            "states": State.choices,
            "interests": queries.interests_of(request.user)[:20],
            "filtered": bool(text or state),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, pack: str, item: str) -> HttpResponse:
    """Choose for which enterprise, see whether an automatic grant is possible, begin the draft."""
    found = catalogue.item(f"{pack}/{item}")
    enterprises = list(enterprises_of(request.user))
    if request.method == "POST":
        enterprise = _chosen(enterprises, request.POST.get("uscc", ""))
        application = services.start_draft(enterprise, found, by=request.user)
        return redirect("applications:edit", public_id=application.public_id)
    ids = [enterprise.pk for enterprise in enterprises]
    open_cases, others = queries.open_for(ids, found), queries.of_other_rounds(ids, found)
    rule = catalogue.rule_of(found)
    choices = [
        {
            "enterprise": enterprise,
            "open": open_cases.get(enterprise.pk),
            "others": others.get(enterprise.pk, []),
            "automatic": _offer_possible(found, enterprise, open_cases.get(enterprise.pk), len(enterprises)),
        }
        for enterprise in enterprises
    ]
    return render(
        request,
        "applications/start.html",
        {
            "item": found,
            "rule": rule,
            "pack": pack,
            "item_id": item,
            "choices": choices,
            "wanted": request.GET.get("uscc", ""),
            "closed": why_closed(found, today()),
            "definition": queries.form_definition(found),
            "prepare": _to_prepare(found, enterprises),
        },
    )


def _to_prepare(item: CatalogueItem, enterprises: list[Enterprise]) -> list[str] | None:
    """What to have at hand; None when that differs from one enterprise to the next."""
    if len(enterprises) != 1:
        return None
    return forms.to_prepare(queries.form_definition(item), subject_of(enterprises[0]))


@login_required
@require_safe
def automatic(request: HttpRequest, pack: str, item: str) -> HttpResponse:
    """免申即享: everything is official already; the enterprise confirms account and consent."""
    found = catalogue.item(f"{pack}/{item}")
    enterprises = list(enterprises_of(request.user))
    enterprise = _chosen(enterprises, request.GET.get("uscc", ""))
    existing = services.open_application(enterprise, found)
    if existing is not None and existing.state != State.DRAFT:
        return redirect("applications:receipt", public_id=existing.public_id)
    offer = services.automatic_offer(enterprise, catalogue.rule_of(found))
    if offer is None or why_closed(found, today()):
        return redirect("applications:start", pack=pack, item=item)
    facts = pages.fact_fields(offer.definition, offer.register, {}, offer.typed, errors={})
    return render(
        request,
        "applications/automatic.html",
        {
            "item": found,
            "pack": pack,
            "item_id": item,
            "enterprise": enterprise,
            "offer": offer,
            "stages": pages.stages_left(catalogue.rule_of(found).process),
            "trace": offer.result.to_json(),
            "facts": facts,
            "account": bank_account_of(enterprise),
            "typed": {},
        },
    )


@login_required
@require_safe
def receipt(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The receipt: number, QR code of the progress page, what was sent. Made for printing."""
    application = queries.get_for_member(request.user, public_id)
    if application.submitted_at is None:
        if application.state in EDITABLE:
            return redirect("applications:edit", public_id=public_id)
        raise NotFound("这件申报没有提交过，没有回执。")
    address = f"{settings.BABASHI_BASE_URL}/progress/{application.public_id}/"
    code = segno.make(address, error="m").svg_inline(scale=4, border=2, omitsize=False)
    return render(
        request,
        "applications/receipt.html",
        {
            "application": application,
            "item": application.item,
            "address": address,
            "qr": mark_safe(code),  # nosec B308 B703: drawn by segno from our own address
            "attachments": queries.current_attachments(application),
            "may_withdraw": application.state in UNDECIDED,
            "correcting": application.state == State.CORRECTION,
            "now_account": bank_account_of(application.enterprise) if application.state in UNPAID else None,
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def interest(request: HttpRequest, pack: str, item: str) -> HttpResponse:
    """Tell the lead department that one wants to take part (insurance, training)."""
    found = catalogue.item(f"{pack}/{item}")
    enterprises = list(enterprises_of(request.user))
    initial = {"uscc": request.GET.get("uscc", "")}
    if len(enterprises) == 1:
        only = enterprises[0]
        initial |= {"contact_name": only.contact_name, "contact_phone": only.contact_phone, "uscc": only.uscc}
    form = InterestForm(request.POST or None, enterprises=enterprises, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = services.express_interest(
            _chosen(enterprises, data["uscc"]),
            found,
            by=request.user,
            contact_name=data["contact_name"],
            contact_phone=data["contact_phone"],
            note=data["note"],
        )
        messages.success(request, f"已告知{made.item.lead}，会与您联系。进展可在“我的申报”查看。")
        return redirect("applications:mine")
    context = {
        "item": found,
        "form": form,
        "enterprises": enterprises,
        "closed": why_closed(found, today()),
        "wrong_channel": found.channel != "interest",
    }
    return render(request, "applications/interest.html", context, status=422 if form.errors else 200)


def _chosen(enterprises: list[Enterprise], uscc: str) -> Enterprise:
    if not uscc and len(enterprises) == 1:
        return enterprises[0]
    for enterprise in enterprises:
        if enterprise.uscc == uscc:
            return enterprise
    raise NotFound("没有找到这家企业。请先在“我的企业”认领，核实后才能申报。")


def _offer_possible(
    item: CatalogueItem, enterprise: Enterprise, existing: Application | None, count: int
) -> bool:
    if count > 3 or not item.automatic or (existing is not None and existing.state != State.DRAFT):
        return False
    return services.automatic_offer(enterprise, catalogue.rule_of(item)) is not None
