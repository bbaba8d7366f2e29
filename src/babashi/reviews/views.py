"""What the applicant posts into the review: send, confirm an automatic grant, correct, withdraw."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from babashi.applications import pages, queries
from babashi.applications import services as applications
from babashi.applications.editing import check_page, revision_of
from babashi.applications.flow import State
from babashi.applications.models import Application
from babashi.applications.overlap import take_turn
from babashi.audit.errors import Conflict, Invalid
from babashi.catalogue import queries as catalogue
from babashi.catalogue.models import CatalogueItem
from babashi.enterprises.account_numbers import doubt_about, plain_number, require_twice
from babashi.enterprises.models import BankAccount, Enterprise
from babashi.enterprises.queries import bank_account_of, member_or_404
from babashi.enterprises.services import account_number, set_bank_account
from babashi.reviews import services

TYPED = ("account", "account_name", "bank_name", "number", "again", "consent")
NEW_ACCOUNT = ("bank_name", "number", "again")
"""Fields of a new account that are empty until somebody types there."""
BOTH_ACCOUNTS = "您填写了新账户，但选的还是原来的账户，请选定一个。"


@login_required
@require_POST
def submit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Send the application. A double click, a replay or a second window all end at the same receipt."""
    application = queries.get_for_member(request.user, public_id)
    if application.state == State.DRAFT:
        try:
            _send(request, application)
        except (Invalid, Conflict) as error:
            return check_page(
                request,
                queries.get_for_member(request.user, public_id),
                typed={name: request.POST.get(name, "") for name in TYPED},
                problem=error.message,
                field_errors=getattr(error, "field_errors", {}),
                status=error.status,
            )
        messages.success(request, "申报已提交。")
        _say_doubt(request)
    elif application.submitted_at is None:
        raise Conflict("这份申报已经放弃，不能提交。", code="wrong_state")
    else:
        _say_unchanged(request, application)
    return redirect("applications:receipt", public_id=public_id)


@login_required
@require_POST
def confirm(request: HttpRequest, pack: str, item: str) -> HttpResponse:
    """Confirm an automatic grant."""
    found = catalogue.item(f"{pack}/{item}")
    enterprise = member_or_404(request.user, request.POST.get("uscc", ""))
    try:
        application, before = _confirm(request, enterprise, found)
    except Invalid as error:
        return _automatic_again(request, pack, item, enterprise, error)
    if before:
        _say_unchanged(request, application)
    else:
        _say_doubt(request)
    return redirect("applications:receipt", public_id=application.public_id)


@login_required
@require_POST
def resubmit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Hand in a correction."""
    application = queries.get_for_member(request.user, public_id)
    if application.state == State.CORRECTION:
        try:
            services.resubmit_and_reopen(application, revision=revision_of(request), by=request.user)
        except (Invalid, Conflict) as error:
            again = queries.get_for_member(request.user, public_id)
            if again.state == State.CORRECTION:
                return check_page(request, again, problem=error.message, status=error.status)
            raise
        messages.success(request, "补正已提交，办理期限继续计算。")
    return redirect("applications:receipt", public_id=public_id)


@login_required
@require_POST
def withdraw(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take an application back, or give a draft up."""
    application = queries.get_for_member(request.user, public_id)
    was_draft = application.state == State.DRAFT
    services.withdraw_and_close(
        application,
        by=request.user,
        reason=request.POST.get("reason", "").strip(),
        draft_only=bool(request.POST.get("draft")),
    )
    messages.success(request, "草稿已放弃。" if was_draft else "申报已撤回。")
    return redirect("applications:mine")


@applications.one_act
def _send(request: HttpRequest, application: Application) -> None:
    """The account that was typed and the application are one act: refused, neither is left behind."""
    locked, account = applications.lock(application), None
    if locked.state == State.DRAFT:
        take_turn(locked.enterprise)
        account = _account(request, locked.enterprise)
    services.submit_and_open(
        locked,
        revision=revision_of(request),
        by=request.user,
        bank_account=account,
        consent=bool(request.POST.get("consent")),
    )


@applications.one_act
def _confirm(request: HttpRequest, enterprise: Enterprise, item: CatalogueItem) -> tuple[Application, bool]:
    """The same for an automatic grant, and whether it was confirmed before: then no account is touched."""
    begun = applications.open_application(enterprise, item)
    if begun is not None:
        begun = applications.lock(begun)
    if begun is None:
        take_turn(enterprise)  # a second click waits here for the first one
        begun = applications.open_application(enterprise, item)
    elif begun.state == State.DRAFT:
        take_turn(enterprise)
    if begun is not None and begun.state != State.DRAFT:
        return begun, True
    if request.POST.get("version", str(item.pk)) != str(
        item.pk
    ):  # another amount, another round: nobody saw it
        raise Conflict("这个事项的政策版本已经更新，请回到事项页重新打开，核对后再确认。", code="old_version")
    account = _account(request, enterprise)
    sent = services.submit_automatic_and_open(
        enterprise, item, bank_account=account, by=request.user, consent=bool(request.POST.get("consent"))
    )
    return sent, False


def _say_unchanged(request: HttpRequest, application: Application) -> None:
    """Another account was typed for a case that had been sent before: it was not taken, and that has to be said."""
    typed, used = plain_number(request.POST.get("number", "")), application.bank_account
    if request.POST.get("account") != "new" or used is None or account_number(used) == typed:
        return
    messages.warning(
        request,
        f"这件申报此前已经提交，没有更换收款账户，仍是尾号 {used.number_tail} 的账户。要更换的，请到“我的企业”更改收款账户。",
    )


def _account(request: HttpRequest, enterprise: Enterprise) -> BankAccount | None:
    """The account confirmed on the page: the one on file, or a new one that is put on file now."""
    current = bank_account_of(enterprise)
    if request.POST.get("account") == "new":
        number = request.POST.get("number", "")
        require_twice(number, request.POST.get("again", ""))
        return set_bank_account(
            enterprise,
            account_name=request.POST.get("account_name", ""),
            bank_name=request.POST.get("bank_name", ""),
            number=number,
            by=request.user,
        )
    if any(request.POST.get(name, "").strip() for name in NEW_ACCOUNT):
        raise Invalid(BOTH_ACCOUNTS, {"number": ["要用这个账户，请选“换一个账户”；不换的，请清空这几格。"]})
    shown = request.POST.get("account_id", "")
    if current is None or shown != str(current.pk):
        raise Conflict("收款账户刚刚更改过，请核对后再提交。", code="account_changed")
    return current


def _say_doubt(request: HttpRequest) -> None:
    """A warning about the account that was just typed, if its number looks wrong."""
    doubt = doubt_about(request.POST.get("number", "")) if request.POST.get("account") == "new" else ""
    if doubt:
        messages.warning(request, doubt)


def _automatic_again(
    request: HttpRequest, pack: str, item: str, enterprise: Enterprise, error: Invalid
) -> HttpResponse:
    found = catalogue.item(f"{pack}/{item}")
    offer = applications.automatic_offer(enterprise, catalogue.rule_of(found))
    if offer is None:
        raise error
    context = {
        "item": found,
        "pack": pack,
        "item_id": item,
        "enterprise": enterprise,
        "offer": offer,
        "stages": pages.stages_left(catalogue.rule_of(found).process),
        "trace": offer.result.to_json(),
        "facts": pages.fact_fields(offer.definition, offer.register, {}, offer.typed, errors={}),
        "account": bank_account_of(enterprise),
        "typed": {name: request.POST.get(name, "") for name in TYPED},
        "problem": error.message,
        "field_errors": error.field_errors,
    }
    return render(request, "applications/automatic.html", context, status=422)
