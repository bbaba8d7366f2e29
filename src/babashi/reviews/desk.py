"""The desk: what to do by deadline, all cases, batches with a result a row, the queue for money, objections."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from babashi import listing
from babashi.accounts.models import Role
from babashi.accounts.permissions import official
from babashi.applications.errors import Mistakes
from babashi.applications.flow import State
from babashi.applications.models import Application
from babashi.applications.queries import HEAVY
from babashi.audit.errors import NotFound
from babashi.budget.queries import free
from babashi.catalogue.queries import tell_apart
from babashi.enterprises.queries import same_number
from babashi.publicity import queries as publicity
from babashi.publicity.models import Objection, ObjectionState
from babashi.reviews import queries, services
from babashi.reviews.models import StageTask
from babashi.reviews.services.publication import REFUSE, REVIEW_AGAIN
from babashi.workdays.clock import today

READERS = (*queries.CASE_ROLES, Role.COORDINATOR)
OBJECTION_ROLES = (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.APPROVER, Role.COORDINATOR)
RESULT_SLOT = "batch-result"
BATCH_LIMIT = 200
TASK_SORTS = {
    "due": ("due_on",),
    "number": ("application__number",),
    "enterprise": ("application__enterprise__name",),
    "item": ("application__full_id",),
    "complete": ("application__complete_on",),
    "amount": ("application__amount_max",),
    "stage": ("stage",),
}
CASE_SORTS = {
    "number": ("number",),
    "enterprise": ("enterprise__name",),
    "item": ("full_id",),
    "state": ("state",),
    "complete": ("complete_on",),
    "amount": ("amount_max",),
}
CASE_COLUMNS = [
    listing.Column("受理编号", lambda row: row.number, 20),
    listing.Column("企业", lambda row: row.enterprise.name, 36),
    listing.Column("统一社会信用代码", lambda row: row.enterprise.uscc, 22),
    listing.Column("事项", lambda row: str(row.item), 30),
    listing.Column("状态", lambda row: row.get_state_display(), 14),
    listing.Column("材料齐全日", lambda row: row.complete_on.isoformat(), 12),
    listing.Column("最高金额（元）", lambda row: row.amount_max, 16),
    listing.Column("审定金额（元）", lambda row: row.approved_amount, 16),
]


def task_columns(labels: Mapping[str, str]) -> list[listing.Column]:
    """The columns of an export of tasks; ``labels`` are the words of the stages."""
    return [
        listing.Column("受理编号", lambda row: row.application.number, 20),
        listing.Column("企业", lambda row: row.application.enterprise.name, 36),
        listing.Column("统一社会信用代码", lambda row: row.application.enterprise.uscc, 22),
        listing.Column("事项", lambda row: str(row.application.item), 30),
        listing.Column("环节", lambda row: labels.get(row.stage, row.stage), 12),
        listing.Column("期限", lambda row: row.due_on.isoformat() if row.due_on else "", 12),
        listing.Column("材料齐全日", lambda row: row.application.complete_on.isoformat(), 12),
        listing.Column("规则判断", lambda row: row.application.verdict, 12),
        listing.Column("最高金额（元）", lambda row: row.application.amount_max, 16),
        listing.Column("办理人", lambda row: str(row.claimed_by) if row.claimed_by else "", 14),
    ]


@dataclass(frozen=True, slots=True)
class TodoLine:
    """A task in the list of what to do."""

    task: StageTask
    label: str
    """The stage in words."""
    colour: str
    """Of the deadline's light."""
    shared_account: bool
    """Whether another enterprise gave the same account number."""


@dataclass(frozen=True, slots=True)
class QueueLine:
    """An approved case that waits for money."""

    case: Application
    position: int
    """Its place among those that wait for the same item, from 1 on."""
    free: Decimal
    """What is free for the item, in yuan."""


@official(*READERS)
@require_safe
def todo(request: HttpRequest) -> HttpResponse:
    """Tasks that one's posts may do, the earliest deadline first."""
    back = listing.sticky(request, "todo", ("q", "item", "stage", "light", "mine"))
    if back:
        return back
    day = today()
    soon = queries.soon_until(day)
    tasks = _tasks(request, day, soon)
    tasks = listing.ordered(request, tasks, TASK_SORTS, "due")
    labels = queries.stage_labels()
    if request.GET.get("export"):
        return listing.export(tasks, task_columns(labels), request.GET["export"], "todo")
    page = listing.page_of(request, tasks)
    accounts = [task.application.bank_account for task in page.object_list]
    shared = same_number(account for account in accounts if account)
    page.object_list = [
        TodoLine(
            task=task,
            label=labels.get(task.stage, task.stage),
            colour=queries.light(task, day, soon),
            shared_account=task.application.bank_account_id in shared,
        )
        for task in page.object_list
    ]
    return render(
        request,
        "reviews/todo.html",
        {
            "page": page,
            "q": listing.words(request),
            "filters": request.GET,
            "items": _item_choices(request),
            "stages": labels,
            "today": day,
            "soon": soon,
            "digest": queries.digest(day, request.user, soon),
            "tab": "todo",
        },
    )


@official(*READERS)
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Every case of one's departments, whatever its state."""
    back = listing.sticky(request, "cases", ("q", "item", "state"))
    if back:
        return back
    rows = (
        queries.visible_cases(request.user)
        .select_related("enterprise", "item__lead")
        .defer("item__body", "item__search", "facts_used", "trace", "form")
    )
    text = listing.words(request)
    if text:
        rows = rows.filter(_case_words(text, ""))
    if request.GET.get("item"):
        rows = rows.filter(full_id=request.GET["item"][:120])
    if request.GET.get("state") in State.values:
        rows = rows.filter(state=request.GET["state"])
    rows = listing.ordered(request, rows, CASE_SORTS, "-number")
    if request.GET.get("export"):
        return listing.export(rows, CASE_COLUMNS, request.GET["export"], "cases")
    return render(
        request,
        "reviews/cases.html",
        {
            "page": listing.page_of(request, rows),
            "q": text,
            "filters": request.GET,
            "items": _item_choices(request),
            "states": [(s.value, s.label) for s in State if s != State.DRAFT],
            "tab": "all",
        },
    )


@official(*queries.CASE_ROLES)
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """One decision for all ticked tasks, each by itself; the result page says row by row what happened."""
    numbers = (listing.whole_number(text) for text in request.POST.getlist("task"))
    ticked = [number for number in numbers if number is not None][:BATCH_LIMIT]
    outcome = request.POST.get("outcome", "passed")
    if not ticked:
        messages.error(request, "请先勾选要办理的申报。")
        return redirect("reviews:todo")
    results = services.decide_many(ticked, outcome, by=request.user, opinion=request.POST.get("opinion", ""))
    request.session[RESULT_SLOT] = [
        {"number": row.number, "enterprise": row.enterprise, "ok": row.ok, "message": row.message}
        for row in results
    ]
    return redirect("reviews:batch_result")


@official(*READERS)
@require_safe
def batch_result(request: HttpRequest) -> HttpResponse:
    """What became of every row of the last batch."""
    rows = request.session.get(RESULT_SLOT, [])
    done = sum(1 for row in rows if row["ok"])
    context = {"rows": rows, "done": done, "failed": len(rows) - done, "tab": "todo"}
    return render(request, "reviews/batch_result.html", context)


@official(*READERS)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Approved cases that wait for money, in their order, with what is free."""
    visible = queries.visible_cases(request.user).values("pk")
    rows = queries.queue(request.GET.get("item", "")[:120]).filter(pk__in=visible)
    rows = rows.select_related("enterprise", "item__lead").defer(
        "item__body", "item__search", "trace", "form"
    )
    page = listing.page_of(request, rows)
    lines = []
    for full_id, waiting in groupby(page.object_list, key=lambda case: case.full_id):
        cases = list(waiting)
        ahead, money = queries.queued_ahead(cases[0]), free(full_id)
        lines += [QueueLine(case, place, money) for place, case in enumerate(cases, ahead + 1)]
    page.object_list = lines
    return render(
        request,
        "reviews/queue.html",
        {"page": page, "items": _item_choices(request), "filters": request.GET, "tab": "queue"},
    )


@official(Role.FINANCE, Role.APPROVER)
@require_POST
def drain(request: HttpRequest) -> HttpResponse:
    """Give free money to those who wait, in their order."""
    funded = services.drain_all(by=request.user)
    if funded:
        messages.success(
            request, f"已为 {len(funded)} 件落实额度：" + "、".join(str(c.number) for c in funded[:20])
        )
    elif not funded.failed:
        messages.info(request, "目前的额度不够排在最前的一件，没有变化。")
    if funded.failed:
        numbers = "、".join(funded.failed[:20])
        messages.error(request, f"{numbers} 办理时出错，没有变化，已记入日志；请联系系统管理员。")
    return redirect("reviews:queue")


@official(*OBJECTION_ROLES)
@require_safe
def objections(request: HttpRequest) -> HttpResponse:
    """Objections to cases in publicity, open ones first."""
    rows = _objections(request)
    state = request.GET.get("state", ObjectionState.OPEN.value)
    if state in ObjectionState.values:
        rows = rows.filter(state=state)
    text = listing.words(request)
    if text:
        rows = rows.filter(
            Q(entry__enterprise_name__icontains=text)
            | Q(entry__application__number__icontains=text)
            | Q(entry__notice__number__icontains=text)
            | Q(content__icontains=text)
        )
    rows = rows.order_by("received_at", "pk")
    return render(
        request,
        "reviews/objections.html",
        {
            "page": listing.page_of(request, rows),
            "q": text,
            "state": state,
            "states": ObjectionState.choices,
            "tab": "objections",
        },
    )


@official(*OBJECTION_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest, objection_id: int) -> HttpResponse:
    """One objection: read it, answer it, say what follows."""
    found = _objections(request).filter(pk=objection_id).first()
    if found is None:
        raise NotFound("没有找到这件异议。")
    if request.method == "POST":
        result = request.POST.get("result", "")
        if result not in ("dismissed", REVIEW_AGAIN, REFUSE):
            raise Mistakes("请选择处理结果。", {"result": "请选择处理结果"})
        services.settle_objection(
            found,
            upheld=result != "dismissed",
            answer=request.POST.get("answer", ""),
            by=request.user,
            consequence=result if result != "dismissed" else REVIEW_AGAIN,
        )
        messages.success(request, "异议已处理。请按联系方式答复异议人。")
        return redirect("reviews:objections")
    return render(request, "reviews/objection.html", {"objection": found, "tab": "objections"})


def _objections(request: HttpRequest) -> QuerySet[Objection]:
    return publicity.objections(queries.departments_of(request.user)).defer(
        "entry__notice__item__body", "entry__notice__item__search", "entry__application__trace"
    )


def _tasks(request: HttpRequest, day: dt.date, soon: dt.date) -> QuerySet[StageTask]:
    tasks = (
        queries.todo_of(request.user)
        .select_related(
            "application__enterprise",
            "application__item__lead",
            "application__item__pack_version",
            "application__bank_account",
            "department",
            "claimed_by",
        )
        .defer(
            "application__facts_used",
            "application__trace",
            "application__form",
            *(f"application__{name}" for name in HEAVY),
        )
    )
    text = listing.words(request)
    if text:
        tasks = tasks.filter(_case_words(text, "application__"))
    if request.GET.get("item"):
        tasks = tasks.filter(application__full_id=request.GET["item"][:120])
    if request.GET.get("stage"):
        tasks = tasks.filter(stage=request.GET["stage"][:40])
    if request.GET.get("mine"):
        tasks = tasks.filter(claimed_by=request.user)
    conditions = {
        "red": Q(due_on__lt=day),
        "amber": Q(due_on__gte=day, due_on__lte=soon),
        "green": Q(due_on__gt=soon),
    }
    wanted = conditions.get(request.GET.get("light", ""))
    return tasks.filter(wanted) if wanted is not None else tasks


def _case_words(text: str, prefix: str) -> Q:
    return (
        Q(**{f"{prefix}number__icontains": text})
        | Q(**{f"{prefix}enterprise__name__icontains": text})
        | Q(**{f"{prefix}enterprise__uscc__icontains": text})
        | Q(**{f"{prefix}item__short_title__icontains": text})
        | Q(**{f"{prefix}item__round_name__icontains": text})
        | Q(**{f"{prefix}item__title__icontains": text})
    )


def _item_choices(request: HttpRequest) -> list[tuple[str, str]]:
    rows = queries.visible_cases(request.user).order_by("full_id", "item_id")
    names = rows.values_list("full_id", "item__short_title", "item__pack_version__number")
    return list(tell_apart(names.distinct()).items())
