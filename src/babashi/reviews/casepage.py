"""One case on one page: conditions with evidence, documents, decision, history."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from babashi.accounts.models import Role
from babashi.accounts.permissions import official
from babashi.applications.editing import send_attachment
from babashi.applications.flow import EventKind, State
from babashi.applications.models import Application, ApplicationEvent
from babashi.applications.queries import account_twins, current_attachments, form_definition, of_other_rounds
from babashi.catalogue.queries import rule_of
from babashi.publicity.queries import current_entry
from babashi.reviews import queries, services
from babashi.reviews.drift import drift
from babashi.reviews.frozen import correction_words, day_words, frozen_of
from babashi.reviews.models import Outcome, StageTask
from babashi.reviews.opinions import ready_for
from babashi.reviews.turn import Turn, awaited_of, turn_of
from babashi.rules.pack import Item
from babashi.workdays.clock import today

READERS = (*queries.CASE_ROLES, Role.COORDINATOR)


@official(*READERS)
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """The case side by side: check-list with evidence, documents and facts, decision, history."""
    application = queries.case_or_404(request.user, number)
    return case_page(request, application)


@official(*READERS)
@require_safe
def download(request: HttpRequest, number: str, attachment_id: int) -> FileResponse:
    """A file of the case, for those who may see the case."""
    return send_attachment(queries.case_or_404(request.user, number), attachment_id)


def case_page(
    request: HttpRequest,
    application: Application,
    *,
    problem: str = "",
    posted: QueryDict | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a case; when a form was refused, with the reason (``problem``) and what was typed."""
    rule, visits = rule_of(application.item), _visits(application)
    turn = turn_of(application, visits, request.user)
    typed, account = _typed(posted, turn), application.bank_account
    grant_problems = services.grant_problems(application)
    context = {
        "application": application,
        "item": application.item,
        "rule": rule,
        "trace": application.trace,
        "frozen": frozen_of(application, rule),
        "attachments": current_attachments(application),
        "turn": turn,
        "awaited": awaited_of(application, visits, request.user),
        "entry": current_entry(application) if application.state == State.PUBLICITY else None,
        "grant_problems": grant_problems,
        "twins": account_twins([account]).get(account.pk, []) if account else [],
        "drift": drift(application) if turn else None,
        "warnings": rule.benefit.warnings,
        "others": _other_rounds(application),
        "problem": problem,
        "posted": typed,
        "checklist": _checklist(application, typed),
        "asked_choices": _asked_choices(application, typed),
        "proposed": _proposed(application, visits),
        "fixed": application.amount_min is not None and application.amount_min == application.amount_max,
        "ready": ready_for(grantable=not grant_problems),
        "events": _history(application),
        "today": today(),
        "soon": queries.soon_until(today()) if turn else None,
    }
    return render(request, "reviews/case.html", context, status=status)


def _other_rounds(application: Application) -> list[Application]:
    """What the enterprise sent for other rounds of the item, where there are rounds."""
    if not application.item.round_name:
        return []
    return of_other_rounds([application.enterprise_id], application.item).get(application.enterprise_id, [])


def _visits(application: Application) -> list[StageTask]:
    """Every visit of the case to a stage, the earliest first."""
    found = StageTask.objects.filter(application=application).order_by("id")
    return list(found.select_related("department", "claimed_by", "decided_by"))


def _typed(posted: QueryDict | None, turn: Turn | None) -> QueryDict:
    """What a refused form brings back: nothing when it was for a stage that is no longer the open one."""
    if posted is None or (posted.get("task") and (turn is None or posted["task"] != str(turn.task.pk))):
        return QueryDict()
    return posted


def _checklist(application: Application, typed: QueryDict) -> list[dict[str, Any]]:
    """The conditions with the marks and notes that were typed beside them."""
    return [
        {**row, "marked": typed.get(f"check.{row['id']}", ""), "note": typed.get(f"note.{row['id']}", "")}
        for row in queries.checklist_of(application.trace)
    ]


def _asked_choices(application: Application, typed: QueryDict) -> list[dict[str, Any]]:
    """What the applicant can be asked to correct, with the ticks and notes that were typed."""
    asked = typed.getlist("asked")
    return [
        {"ref": ref, "label": label, "asked": ref in asked, "note": typed.get(f"asked.{ref}", "")}
        for ref, label in form_definition(application.item).labels().items()
    ]


def _proposed(application: Application, visits: list[StageTask]) -> Decimal | None:
    """The amount that was proposed last, in yuan; the ceiling while nobody has proposed one."""
    amounts = [
        visit.amount for visit in visits if visit.outcome == Outcome.PASSED and visit.amount is not None
    ]
    return amounts[-1] if amounts else application.amount_max


def _history(application: Application) -> list[dict[str, Any]]:
    """The events of a case in words, the latest first."""
    labels = {step.id: step.label for step in queries.process_of(application.item)}
    rule = rule_of(application.item)
    return [_line(event, labels, rule) for event in application.events.order_by("-sequence")]


def _line(event: ApplicationEvent, labels: dict[str, str], rule: Item) -> dict[str, Any]:
    """One line of the history, with the words of its content."""
    payload = event.payload
    notes = [str(payload[key]) for key in ("opinion", "message", "reason", "answer") if payload.get(key)]
    notes += [f"{item['label']}：{item['note']}" for item in payload.get("items", ())]
    notes += [reason["text"] for reason in payload.get("reasons", ())]
    if payload.get("amount"):
        notes.append(f"金额 {Decimal(payload['amount']):,.2f} 元")
    if event.kind == EventKind.FACTS_CORRECTED and payload.get("ref"):
        notes.append(correction_words(payload["ref"], payload.get("old"), payload.get("new"), rule))
    if payload.get("due_on"):
        notes.append(f"期限 {day_words(payload['due_on'])}")
    return {
        "event": event,
        "title": EventKind(event.kind).label,
        "stage": labels.get(event.stage, ""),
        "notes": notes,
    }
