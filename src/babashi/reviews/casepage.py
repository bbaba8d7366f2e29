"""One case on one page: conditions with evidence, documents, decision, history."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Q
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from babashi.accounts.models import Role, User
from babashi.accounts.permissions import has_role, official
from babashi.applications.editing import send_attachment
from babashi.applications.flow import EventKind, State
from babashi.applications.models import Application, ApplicationEvent
from babashi.applications.queries import (
    account_twins,
    correction_due,
    current_attachments,
    form_definition,
    grace_after,
    is_party,
)
from babashi.applications.snapshot import parse_text
from babashi.audit.errors import DomainError
from babashi.catalogue.queries import pack_of, rule_of
from babashi.enterprises.words import value_words
from babashi.publicity.queries import current_entry
from babashi.reviews import queries, services
from babashi.reviews.drift import drift
from babashi.reviews.flow import PUBLICITY_ROLE, StageKind, step_of, targets
from babashi.reviews.models import Outcome, StageTask
from babashi.reviews.opinions import ready_for
from babashi.reviews.people import hands, leads, who_could_act
from babashi.reviews.services.facts import FACT_ROLES
from babashi.reviews.services.tasks import require_may_decide
from babashi.rules.chinese import date_text
from babashi.rules.pack import Item
from babashi.workdays.clock import today

READERS = (*queries.CASE_ROLES, Role.COORDINATOR)


@official(*READERS)
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """The case side by side: check-list with evidence, documents and facts, decision, history."""
    application = queries.case_or_404(request.user, number)
    return case_page(request, application)


def case_page(
    request: HttpRequest,
    application: Application,
    *,
    problem: str = "",
    posted: QueryDict | None = None,
    status: int = 200,
) -> HttpResponse:
    rule = rule_of(application.item)
    process = queries.process_of(application.item)
    events = list(application.events.order_by("sequence"))
    tasks = list(
        StageTask.objects.filter(application=application)
        .select_related("department", "claimed_by", "decided_by")
        .order_by("id")
    )
    task = next((row for row in tasks if row.decided_at is None), None)
    step = step_of(process, task.stage) if task else None
    labels = {row.id: row.label for row in process}
    may, why_not = _may(request.user, task, application, labels)
    for row in tasks:
        row.label = labels.get(row.stage, row.stage)  # type: ignore[attr-defined]
    found = hands(task) if task else []
    found_none = bool(task and task.role != PUBLICITY_ROLE and all(hand.why_not for hand in found))
    amounts = [row.amount for row in tasks if row.outcome == Outcome.PASSED and row.amount is not None]
    problems = services.grant_problems(application)
    typed = _typed(posted, task)
    context = {
        "application": application,
        "item": application.item,
        "rule": rule,
        "trace": application.trace,
        "checklist": _marked(queries.checklist_of(application.trace), typed),
        "readings": _readings(application, rule),
        "facts": _facts(application, rule),
        "tables": _tables(application, rule),
        "differences": application.facts_used.get("differences", {}),
        "difference_rows": _difference_rows(application, rule),
        "attachments": current_attachments(application),
        "materials": form_definition(application.item).labels(),
        "asked_choices": [
            {
                "ref": ref,
                "label": label,
                "asked": ref in typed.getlist("asked"),
                "note": typed.get(f"asked.{ref}", ""),
            }
            for ref, label in form_definition(application.item).labels().items()
        ],
        "events": [_line(event, labels) for event in reversed(events)],
        "tasks": tasks,
        "task": task,
        "step": step,
        "is_approval": bool(step and step.kind is StageKind.APPROVAL),
        "is_publicity": bool(task and task.role == PUBLICITY_ROLE),
        "entry": current_entry(application) if application.state == State.PUBLICITY else None,
        "targets": targets(process, task.stage) if task else (),
        "to_applicant": bool(step and "applicant" in step.returns_to),
        "may": may,
        "why_not": why_not,
        "may_facts": may and task is not None and task.role in FACT_ROLES,
        **_awaited(request.user, application, tasks),
        "grant_problems": problems,
        "twins": account_twins([application.bank_account]).get(application.bank_account_id or 0, []),
        "drift": drift(application) if task else None,
        "hands": [hand for hand in found if not hand.why_not],
        "nobody": who_could_act(found, task) if task and found_none else "",
        "may_lead": task is not None
        and task.role != PUBLICITY_ROLE
        and leads(request.user, task)
        and not is_party(request.user, application),
        "proposed": amounts[-1] if amounts else application.amount_max,
        "today": today(),
        "fixed": application.amount_min is not None and application.amount_min == application.amount_max,
        "problem": problem,
        "posted": typed,
        "warnings": rule.benefit.warnings,
        "neighbours": _neighbours(request.user, task),
        "ready": ready_for(grantable=not problems),
    }
    return render(request, "reviews/case.html", context, status=status)


def _typed(posted: QueryDict | None, task: StageTask | None) -> QueryDict:
    """What a refused form brings back: nothing when it was for a stage that is no longer the open one."""
    if posted is None or (posted.get("task") and (task is None or posted["task"] != str(task.pk))):
        return QueryDict()
    return posted


def _marked(checklist: list[dict[str, Any]], typed: QueryDict) -> list[dict[str, Any]]:
    """The conditions with the marks and notes that were typed beside them."""
    return [
        {**row, "marked": typed.get(f"check.{row['id']}", ""), "note": typed.get(f"note.{row['id']}", "")}
        for row in checklist
    ]


def _awaited(user: User, application: Application, tasks: list[StageTask]) -> dict[str, Any]:
    """What may be done about a correction that has not come yet."""
    due = correction_due(application) if application.state == State.CORRECTION else None
    if due is None:
        return {}
    end = grace_after(due)
    may = bool(tasks) and has_role(user, tasks[-1].role, tasks[-1].department)
    return {
        "correction_due": due,
        "grace_ends": end,
        "may_cancel": may,
        "may_lapse": may and today() > end.day,
    }


@official(*READERS)
@require_safe
def download(request: HttpRequest, number: str, attachment_id: int) -> FileResponse:
    """A file of the case, for those who may see the case."""
    return send_attachment(queries.case_or_404(request.user, number), attachment_id)


def _may(
    user: User, task: StageTask | None, application: Application, labels: dict[str, str]
) -> tuple[bool, str]:
    """Whether the reader may decide, and the reason when not; who only reads is told whose turn it is."""
    if task is None:
        return False, ""
    if task.role != PUBLICITY_ROLE and not has_role(user, task.role, task.department):
        return False, f"等待{task.department}{labels.get(task.stage, task.stage)}办理。"
    task.application = application
    try:
        require_may_decide(task, user)
    except DomainError as error:
        return False, error.message
    return True, ""


def _facts(application: Application, rule: Item) -> list[dict[str, Any]]:
    """The frozen facts with source, the applicant's differing value, and a former value a reviewer replaced."""
    frozen = application.facts_used
    differing = frozen.get("differences", {}).get("facts", {})
    overrides = frozen.get("overrides", {}).get("facts", {})
    rows = []
    for ref, cell in frozen.get("facts", {}).items():
        spec = rule.dictionary.facts[ref]
        override = overrides.get(ref)
        before = override["before"]["value"] if override else None
        rows.append(
            {
                "ref": ref,
                "spec": spec,
                "words": value_words(parse_text(cell["value"], spec), spec),
                "known": cell["value"] is not None,
                "source": _source(cell.get("source")),
                "claimed": differing.get(ref),
                "before": value_words(parse_text(before, spec), spec) if override else "",
            }
        )
    return rows


def _tables(application: Application, rule: Item) -> list[dict[str, Any]]:
    frozen, found = application.facts_used, []
    for table_id, table in frozen.get("tables", {}).items():
        spec = rule.dictionary.tables[table_id]
        columns = [spec.columns[name] for name in (table["rows"] or [{}])[0]] or list(spec.columns.values())
        rows = [
            [
                {
                    "ref": f"{table_id}.{number}.{c.id}",
                    "label": c.label,
                    "words": value_words(parse_text(row[c.id], c), c),
                }
                for c in columns
            ]
            for number, row in enumerate(table["rows"] or ())
        ]
        override = frozen.get("overrides", {}).get("tables", {}).get(table_id)
        found.append(
            {
                "id": table_id,
                "label": spec.label,
                "columns": columns,
                "rows": rows,
                "known": table["rows"] is not None,
                "source": _source(table.get("source")),
                "changed": bool(override),
                "choices": [
                    (f"{table_id}.{number}.{c.id}", f"第 {number + 1} 行{c.label}")
                    for number in range(len(rows))
                    for c in columns
                ],
            }
        )
    return found


def _difference_rows(application: Application, rule: Item) -> list[dict[str, Any]]:
    tables = application.facts_used.get("differences", {}).get("tables", {})
    found = []
    for table_id, rows in tables.items():
        spec = rule.dictionary.tables[table_id]
        lines = ["，".join(f"{spec.columns[c].label} {v}" for c, v in row.items() if v) for row in rows]
        found.append({"id": table_id, "label": spec.label, "lines": lines})
    return found


def _source(data: dict[str, Any] | None) -> str:
    if not data:
        return ""
    parts = [data.get("label") or "", _day(data.get("as_of"))]
    return "，".join(part for part in parts if part)


def _day(text: str | None) -> str:
    """A day of a frozen record (`2022-12-31`) in words; nothing for none."""
    return date_text(date.fromisoformat(text)) if text else ""


def _readings(application: Application, rule: Item) -> list[Any]:
    readings = pack_of(application.item).readings
    wanted = application.trace.get("readings", rule.readings)
    return [readings[name] for name in wanted if name in readings]


def _line(event: ApplicationEvent, labels: dict[str, str]) -> dict[str, Any]:
    """One line of the history, with the words of its content."""
    payload = event.payload
    notes = [str(payload[key]) for key in ("opinion", "message", "reason", "answer") if payload.get(key)]
    notes += [f"{item['label']}：{item['note']}" for item in payload.get("items", ())]
    notes += [reason["text"] for reason in payload.get("reasons", ())]
    if payload.get("amount"):
        notes.append(f"金额 {Decimal(payload['amount']):,.2f} 元")
    if event.kind == EventKind.FACTS_CORRECTED and payload.get("ref"):
        notes.append(f"{payload['ref']}：{_short(payload.get('old'))} → {_short(payload.get('new'))}")
    if payload.get("due_on"):
        notes.append(f"期限 {_day(payload['due_on'])}")
    return {
        "event": event,
        "title": EventKind(event.kind).label,
        "stage": labels.get(event.stage, ""),
        "notes": notes,
    }


def _short(value: Any) -> str:
    if value is None:
        return "未知"
    return f"{len(value)} 行" if isinstance(value, list) else str(value)


def _neighbours(user: User, task: StageTask | None) -> dict[str, str]:
    """The next task of the reader's own list that no colleague has taken, so that one decision leads to the next."""
    if task is None or task.role == PUBLICITY_ROLE:
        return {}
    rest = (
        StageTask.objects.filter(queries.my_posts(user), decided_at=None, stage=task.stage)
        .filter(Q(claimed_by=None) | Q(claimed_by=user))
        .exclude(pk=task.pk)
        .order_by(F("due_on").asc(nulls_last=True), "id")
        .values_list("application__number", flat=True)
    )
    following = rest.first()
    return {"next": following} if following else {}
