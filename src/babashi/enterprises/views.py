"""Pages of the people of an enterprise. To everybody else an enterprise does not exist here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from babashi import listing
from babashi.audit.errors import Invalid, NotFound
from babashi.enterprises import declaring, delivery, members, pages, queries, services
from babashi.enterprises.account_numbers import doubt_about
from babashi.enterprises.declaring import RowAnswers
from babashi.enterprises.errors import TooOften, WrongCode
from babashi.enterprises.forms import AccountForm, ClaimForm, CodeForm, InviteForm
from babashi.enterprises.merging import SUBJECT_TABLE
from babashi.enterprises.models import ClaimState, Enterprise
from babashi.rules.facts import TableSpec

STALE = "您打开这个页面之后，另一个窗口或同事改过这些内容。下面是您刚才填写的，请核对后再保存。"


def _refused(form: Form, error: Invalid) -> None:
    """A service's refusal beside the fields that it is about."""
    for name, texts in (error.field_errors or {"": [error.message]}).items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The enterprises one speaks for, claims on their way, invitations."""
    claims = list(queries.claims_of(request.user)[:30])
    pending = [claim for claim in claims if claim.state == ClaimState.PENDING]
    context = {
        "memberships": queries.memberships_of(request.user),
        "invitations": [claim for claim in pending if claim.invited_by_id],
        "pending": [claim for claim in pending if not claim.invited_by_id],
        "refused": [
            claim for claim in claims if claim.state == ClaimState.REFUSED and not claim.invited_by_id
        ][:5],
    }
    return render(request, "enterprises/mine.html", context)


# -- claims ---------------------------------------------------------------------------------------------------


@login_required
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Find the enterprise that one wants to claim; shows what is public of it: name and code."""
    text = listing.words(request)
    context: dict[str, Any] = {"q": text, "minimum": queries.MIN_NAME}
    if text:
        context["found"] = queries.to_claim(text)
        context["mine"] = {enterprise.pk for enterprise in queries.enterprises_of(request.user)}
    return render(request, "enterprises/find.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, uscc: str) -> HttpResponse:
    """Say in what role one speaks for it."""
    enterprise = queries.by_uscc(uscc[:18])
    form = ClaimForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        claim = services.start_claim(enterprise, request.user, data["role"], data["note"])
        return redirect("enterprises:claim", claim.pk)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "enterprises/start.html", {"enterprise": enterprise, "form": form}, status=status)


@login_required
@never_cache
@require_safe
def claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Where a claim stands and what to do next."""
    return _claim_page(request, claim_id, CodeForm())


def _claim_page(
    request: HttpRequest, claim_id: int, form: CodeForm, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    found = queries.own_claim_or_404(request.user, claim_id)
    code = queries.last_code(found)
    demo = delivery.shown_in_demo(found.enterprise) if code and found.state == ClaimState.PENDING else ""
    context = {"claim": found, "code": code, "form": form, "demo_text": demo, "problem": problem}
    context["codes_leave"] = delivery.is_possible()
    return render(request, "enterprises/claim.html", context, status=status)


@login_required
@require_POST
def send_code(request: HttpRequest, claim_id: int) -> HttpResponse:
    found = queries.own_claim_or_404(request.user, claim_id)
    try:
        services.send_code(found)
    except TooOften as error:  # not hidden: said on the page where one waits for the code
        return _claim_page(request, claim_id, CodeForm(), status=error.status, problem=error.message)
    messages.success(request, "如果登记信息里有可用的手机或邮箱，验证码已经发到那里，10 分钟内有效。")
    return redirect("enterprises:claim", claim_id)


@login_required
@require_POST
def prove(request: HttpRequest, claim_id: int) -> HttpResponse:
    found = queries.own_claim_or_404(request.user, claim_id)
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            member = services.prove_by_code(found, form.cleaned_data["code"])
        except WrongCode as error:  # not hidden: beside the field
            _refused(form, error)
        else:
            messages.success(request, f"认领成功：您现在可以为“{found.enterprise.name}”办理了。")
            return redirect("enterprises:file", member.enterprise.uscc)
    return _claim_page(request, claim_id, form, status=422)


@login_required
@require_POST
def withdraw(request: HttpRequest, claim_id: int) -> HttpResponse:
    services.withdraw_claim(queries.own_claim_or_404(request.user, claim_id), by=request.user)
    messages.success(request, "已撤回认领。")
    return redirect("enterprises:mine")


@login_required
@require_POST
def answer(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Confirm or decline an invitation."""
    found, yes = queries.own_claim_or_404(request.user, claim_id), request.POST.get("answer") == "yes"
    services.answer_invitation(found, yes, by=request.user)
    messages.success(request, f"您已成为“{found.enterprise.name}”的经办人。" if yes else "已谢绝邀请。")
    return redirect("enterprises:mine")


# -- the file -------------------------------------------------------------------------------------------------


@login_required
@never_cache
@require_safe
def file(request: HttpRequest, uscc: str) -> HttpResponse:
    """Everything known of the enterprise: value, source, day, differences."""
    enterprise = queries.member_or_404(request.user, uscc[:18])
    context = {
        "enterprise": enterprise,
        "sheet": pages.sheet_of(enterprise),
        "account": queries.bank_account_of(enterprise),
        "members": queries.members_of(enterprise),
    }
    return render(request, "enterprises/file.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def facts(request: HttpRequest, uscc: str) -> HttpResponse:
    """Declare one's own facts; empty is unknown."""
    enterprise = queries.member_or_404(request.user, uscc[:18])
    if request.method != "POST":
        return _facts_page(request, enterprise, pages.fact_form(enterprise))
    answers = declaring.read_facts(request.POST, queries.dictionary())
    form = pages.fact_form(enterprise, answers.texts, answers.errors)
    if answers.errors:
        return _facts_page(request, enterprise, form, status=422)
    if request.POST.get("seen") != form.seen:
        return _facts_page(request, enterprise, form, status=409, problem=STALE)
    if services.declare_facts(enterprise, answers.values, by=request.user):
        messages.success(request, "已保存，正在重新匹配政策。")
    else:
        messages.info(request, "没有变化。")
    return redirect("enterprises:file", enterprise.uscc)


def _facts_page(
    request: HttpRequest,
    enterprise: Enterprise,
    form: pages.FactForm,
    *,
    status: int = 200,
    problem: str = "",
) -> HttpResponse:
    context = {"enterprise": enterprise, "form": form, "problem": problem}
    return render(request, "enterprises/facts.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def table(request: HttpRequest, uscc: str, table_id: str) -> HttpResponse:
    """Declare the rows of a child table, or that there are none."""
    enterprise = queries.member_or_404(request.user, uscc[:18])
    spec = queries.dictionary().tables.get(table_id)
    if spec is None:
        raise NotFound
    told, texts, seen = pages.own_rows(enterprise, spec)
    if request.method != "POST":
        shown = RowAnswers(texts=texts, none=told and not texts)
        return _table_page(request, enterprise, spec, shown, seen, told=told)
    answers = declaring.read_rows(request.POST, spec, queries.dictionary())
    act = request.POST.get("act", "save")
    if act == "add" or act.startswith("drop-"):
        _add_or_drop(answers, act)
        return _table_page(request, enterprise, spec, answers, request.POST.get("seen", ""), told=told)
    if answers.errors:
        return _table_page(request, enterprise, spec, answers, seen, told=told, status=422)
    if request.POST.get("seen") != seen:
        return _table_page(request, enterprise, spec, answers, seen, told=told, status=409, problem=STALE)
    try:
        changed = services.declare_rows(enterprise, spec.id, answers.rows, by=request.user)
    except Invalid as error:  # not hidden: said above the rows
        return _table_page(
            request, enterprise, spec, answers, seen, told=told, status=422, problem=error.message
        )
    messages.success(request, "已保存，正在重新匹配政策。" if changed else "没有变化。")
    return redirect("enterprises:file", enterprise.uscc)


def _add_or_drop(answers: RowAnswers, act: str) -> None:
    """Show the form with one row more or less. Nothing is judged yet."""
    number = act.removeprefix("drop-")
    if act == "add":
        answers.none = False
        answers.texts.append({})
    elif number.isascii() and number.isdigit() and int(number) < len(answers.texts):
        del answers.texts[int(number)]
    answers.errors.clear()


def _table_page(
    request: HttpRequest, enterprise: Enterprise, spec: TableSpec, answers: RowAnswers, seen: str, *,
    told: bool, status: int = 200, problem: str = "",
) -> HttpResponse:  # fmt: skip
    sheet = next(one for one in pages.sheet_of(enterprise).tables if one.spec.id == spec.id)
    rows = answers.texts or ([] if answers.none else [{}])
    context = {
        "enterprise": enterprise, "spec": spec, "sheet": sheet, "told": told, "none": answers.none, "seen": seen,
        "rows": declaring.row_inputs(spec, rows, answers.errors), "none_error": answers.errors.get("none", ""),
        "errors": answers.errors, "problem": problem, "full": len(rows) >= declaring.MAX_ROWS,
        "official_rows": [row for row in sheet.rows if row[1].origin != "declared"],
    }  # fmt: skip
    return render(request, "enterprises/table.html", context, status=status)


@login_required
@require_POST
def retract(request: HttpRequest, uscc: str, table_id: str) -> HttpResponse:
    """Take back what was said of a child table."""
    enterprise = queries.member_or_404(request.user, uscc[:18])
    if table_id not in queries.dictionary().tables or table_id == SUBJECT_TABLE:
        raise NotFound
    services.retract_rows(enterprise, table_id, by=request.user)
    messages.success(request, "已撤回自报的内容。")
    return redirect("enterprises:file", enterprise.uscc)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, uscc: str) -> HttpResponse:
    """Where the enterprise is paid. The number is never shown again in full."""
    enterprise = queries.member_or_404(request.user, uscc[:18])
    form = AccountForm(request.POST or None, initial={"account_name": enterprise.name})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.set_bank_account(
                enterprise, account_name=data["account_name"], bank_name=data["bank_name"],
                number=data["number"], by=request.user,
            )  # fmt: skip
        except Invalid as error:  # not hidden: beside the fields
            _refused(form, error)
        else:
            messages.success(request, "收款账户已登记。以后的拨付都付到这个账户。")
            if doubt_about(data["number"]):
                messages.warning(request, doubt_about(data["number"]))
            return redirect("enterprises:file", enterprise.uscc)
    context = {"enterprise": enterprise, "form": form, "account": queries.bank_account_of(enterprise)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "enterprises/account.html", context, status=status)


# -- people ---------------------------------------------------------------------------------------------------


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, uscc: str) -> HttpResponse:
    """Who speaks for the enterprise; the owner invites and ends."""
    enterprise = queries.member_or_404(request.user, uscc[:18])
    owner = members.is_owner(request.user, enterprise)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.invite_clerk(enterprise, form.cleaned_data["username"], by=request.user)
        messages.success(request, "邀请已记下。如果这个账号存在，同事登录后会在“我的企业”里看到，由他确认。")
        return redirect("enterprises:people", enterprise.uscc)
    context = {
        "enterprise": enterprise,
        "members": queries.members_of(enterprise),
        "invitations": queries.open_invitations(enterprise) if owner else [],
        "owner": owner,
        "form": form,
        "me": request.user.pk,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "enterprises/people.html", context, status=status)


@login_required
@require_POST
def end(request: HttpRequest, uscc: str, member_id: int) -> HttpResponse:
    """End a membership, one's own included."""
    enterprise = queries.member_or_404(request.user, uscc[:18])
    found = queries.members_of(enterprise).filter(pk=member_id).first()
    if found is None:
        raise NotFound
    services.end_membership(found, by=request.user)
    messages.success(request, f"{found.user}不再办理这家企业的事项。")
    return redirect("enterprises:mine" if found.user_id == request.user.pk else "enterprises:people", *(
        [] if found.user_id == request.user.pk else [enterprise.uscc]
    ))  # fmt: skip


@login_required
@require_POST
def cancel(request: HttpRequest, uscc: str, claim_id: int) -> HttpResponse:
    """Take an invitation back."""
    enterprise = queries.member_or_404(request.user, uscc[:18])
    found = queries.open_invitations(enterprise).filter(pk=claim_id).first()
    if found is None:
        raise NotFound
    services.cancel_invitation(found, by=request.user)
    messages.success(request, "已收回邀请。")
    return redirect("enterprises:people", enterprise.uscc)
