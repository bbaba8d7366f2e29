"""The lead department's list of expressions of interest."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from babashi import listing
from babashi.accounts.models import Role, User
from babashi.accounts.permissions import has_role, official, posts_of
from babashi.applications.errors import Mistakes
from babashi.applications.forms import AnswerForm
from babashi.applications.models import Interest, InterestState
from babashi.applications.services import answer_interest
from babashi.applications.services.interests import ANSWERING_ROLES
from babashi.audit.errors import NotFound

READING_ROLES = (*ANSWERING_ROLES, Role.COORDINATOR)
SORTS = {"at": ("at",), "enterprise": ("enterprise__name",), "state": ("state",), "item": ("full_id",)}
COLUMNS = [
    listing.Column("企业", lambda row: row.enterprise.name, 36),
    listing.Column("统一社会信用代码", lambda row: row.enterprise.uscc, 22),
    listing.Column("事项", lambda row: str(row.item), 30),
    listing.Column("联系人", lambda row: row.contact_name),
    listing.Column("电话", lambda row: row.contact_phone),
    listing.Column("说明", lambda row: row.note, 40),
    listing.Column("状态", lambda row: row.get_state_display()),
    listing.Column("提交时间", lambda row: f"{listing.local(row.at):%Y-%m-%d %H:%M}", 18),
    listing.Column("答复", lambda row: row.answer, 40),
]


def visible_interests(user: User) -> QuerySet[Interest]:
    """Interests for items that a person's departments lead; all of them for coordination and audit."""
    rows = Interest.objects.select_related("enterprise", "item__lead", "answered_by").defer(
        "item__body", "item__search"
    )
    if has_role(user, Role.COORDINATOR) or has_role(user, Role.AUDITOR):
        return rows
    departments = [post.department_id for post in posts_of(user) if post.role in ANSWERING_ROLES]
    return rows.filter(item__lead__in=departments)


@official(*READING_ROLES)
@require_safe
def interests(request: HttpRequest) -> HttpResponse:
    """Who wants to take part, the newest first."""
    back = listing.sticky(request, "interests", ("q", "state"))
    if back:
        return back
    rows = visible_interests(request.user)
    text, state = listing.words(request), request.GET.get("state", "")
    if text:
        rows = rows.filter(
            Q(enterprise__name__icontains=text)
            | Q(enterprise__uscc__icontains=text)
            | Q(item__short_title__icontains=text)
            | Q(item__round_name__icontains=text)
            | Q(item__title__icontains=text)
            | Q(contact_name__icontains=text)
        )
    if state in InterestState.values:
        rows = rows.filter(state=state)
    rows = listing.ordered(request, rows, SORTS, "-at")
    if request.GET.get("export"):
        return listing.export(rows, COLUMNS, request.GET["export"], "interests")
    context = {
        "page": listing.page_of(request, rows),
        "q": text,
        "state": state,
        "states": InterestState.choices,
        "form": AnswerForm(),
        "may_answer": {post.department_id for post in posts_of(request.user) if post.role in ANSWERING_ROLES},
    }
    return render(request, "applications/interests.html", context)


@official(*ANSWERING_ROLES)
@require_POST
def answer(request: HttpRequest, interest_id: int) -> HttpResponse:
    """Answer one of them."""
    found = visible_interests(request.user).filter(pk=interest_id).first()
    if found is None:
        raise NotFound("没有找到这条意向。")
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Mistakes("答复没有保存：请选择办理结果并填写答复（500 字以内）。", {"answer": "请填写答复"})
    answer_interest(found, by=request.user, **form.cleaned_data)
    messages.success(request, f"已答复{found.enterprise.name}。")
    return redirect("applications:interests")
