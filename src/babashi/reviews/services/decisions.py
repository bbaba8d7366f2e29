"""Deciding at a stage: pass, return for correction, send back, refuse; and many at once, each by itself."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from babashi.accounts.models import Role, User
from babashi.applications.assessment import failed_words
from babashi.applications.errors import Mistakes
from babashi.applications.flow import EventKind, State
from babashi.applications.models import Application
from babashi.applications.queries import correction_words, form_definition
from babashi.applications.services import one_act, record_event
from babashi.audit.errors import Conflict, DomainError
from babashi.catalogue.queries import rule_of
from babashi.publicity.queries import current_entry
from babashi.publicity.services import take_down
from babashi.reviews.drift import drift
from babashi.reviews.errors import NotGrantable
from babashi.reviews.flow import StageKind, Step, judges_facts
from babashi.reviews.models import Outcome, StageTask
from babashi.reviews.queries import process_of, proposed_amount
from babashi.reviews.services.approval import grant
from babashi.reviews.services.notices import PAUSED, REMEDY, tell
from babashi.reviews.services.saying import Checklist, Decision, checked
from babashi.reviews.services.tasks import (
    close,
    lock_task,
    open_next,
    require_may_decide,
    require_undecided,
    yuan,
)
from babashi.rules import Result
from babashi.rules.places import article_words
from babashi.workdays.calendar import workdays_between
from babashi.workdays.clock import now, today

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RowResult:
    """What became of one row of a batch."""

    task_id: int
    number: str
    enterprise: str
    ok: bool
    message: str


@one_act
def decide(
    task: StageTask,
    outcome: str,
    *,
    by: User,
    opinion: str = "",
    checklist: Checklist = (),
    amount: Decimal | None = None,
    items: Sequence[Mapping[str, str]] = (),
    to: str = "",
) -> StageTask:
    """Decide one stage of one case and open what follows.

    ``outcome`` is one of passed, returned (``items``: what has to be corrected, each with ``ref`` and ``note``),
    sent_back (``to``: an earlier stage) and refused. ``amount`` in yuan is proposed at a review and decided at the
    approval. The same person clicking twice gets the same answer; anybody else who is late gets
    :class:`AlreadyDecided`.
    """
    locked = lock_task(task)
    if _said_again(locked, outcome, amount, by):
        return locked
    require_undecided(locked)
    step = require_may_decide(locked, by)
    decision = checked(locked, step, outcome, opinion, checklist, amount, items, to)
    handler = {
        Outcome.PASSED: _pass,
        Outcome.RETURNED: _return,
        Outcome.SENT_BACK: _send_back,
        Outcome.REFUSED: _refuse,
    }[Outcome(outcome)]
    handler(locked, step, decision, by)
    return locked


def _said_again(task: StageTask, outcome: str, amount: Decimal | None, by: User) -> bool:
    """Whether it is a double click: the same person, the same outcome, no other amount than the one recorded."""
    same = task.decided_at is not None and task.decided_by_id == by.pk and task.outcome == outcome
    return same and (outcome != Outcome.PASSED or amount in (None, task.amount))


def approve(
    task: StageTask, amount: Decimal | None, *, by: User, opinion: str = "", checklist: Checklist = ()
) -> StageTask:
    """Approve an amount between floor and ceiling; without free money the case waits in the queue."""
    return decide(task, Outcome.PASSED, by=by, opinion=opinion, checklist=checklist, amount=amount)


def decide_many(
    task_ids: Iterable[int], outcome: str, *, by: User, opinion: str = "", amount: Decimal | None = None
) -> list[RowResult]:
    """The same decision on many tasks, each in a transaction of its own: one that fails stops no other."""
    wanted = [task_id for task_id in dict.fromkeys(task_ids) if 0 < task_id < 1 << 63]
    if not wanted:
        raise Mistakes("请先勾选要办理的申报。", {"tasks": "没有勾选"})
    related = "application__enterprise", "application__item__pack_version", "application__item__lead"
    tasks = StageTask.objects.select_related(*related).in_bulk(wanted)
    results = []
    for task_id in wanted:
        task = tasks.get(task_id)
        if task is None:
            results.append(RowResult(task_id, "", "", False, "没有找到这项待办，可能已经办理。"))
            continue
        number, name = task.application.number or "", task.application.enterprise.name
        try:
            _require_unmoved(task, outcome)
            done = decide(task, outcome, by=by, opinion=opinion, amount=amount)
        except DomainError as error:
            alone = (
                "批量办理不填金额，请打开这一件办理。"
                if "amount" in getattr(error, "field_errors", ())
                else ""
            )
            results.append(RowResult(task_id, number, name, False, f"{error.message}{alone}"))
        except Exception:  # one broken case must not keep the others waiting, nor hide what became of them
            log.exception("batch decision on task %s", task_id)
            results.append(
                RowResult(task_id, number, name, False, "办理时出错，这一件没有变化。请单独打开办理。")
            )
        else:
            results.append(RowResult(task_id, number, name, True, outcome_words(done)))
    return results


def outcome_words(done: StageTask) -> str:
    """What was decided, and whether the approved case waits for money: it is not paid as long as it does."""
    words = done.get_outcome_display()
    if done.outcome != Outcome.PASSED or done.role != Role.APPROVER:
        return words
    queued = Application.objects.filter(pk=done.application_id, state=State.QUEUED).exists()
    return f"{words}；可用预算不足，排队等待额度" if queued else words


def _require_unmoved(task: StageTask, outcome: str) -> None:
    """In a batch nobody looks at the warning that the register has moved, so such a case is opened by itself."""
    if outcome == Outcome.PASSED and judges_facts(process_of(task.application.item), task.stage):
        moved = drift(task.application)
        if moved is not None and moved.matters:
            raise Conflict(
                f"提交以后登记数据有变化（{moved.names}），请打开这一件核对后再办理。", "facts_moved"
            )


def grant_problems(application: Application) -> list[str]:
    """Why the rule does not let anybody pass or approve this case now; empty when it does."""
    trace = application.trace
    dictionary = rule_of(application.item).dictionary
    if application.verdict == "ineligible":
        return [f"不符合：{words}" for words in failed_words(Result.from_json(trace))]
    if application.verdict != "eligible" or application.amount_max is None:
        missing = "、".join(dictionary.missing_label(ref) for ref in trace.get("missing", ()))
        what = "是否符合还不能判断" if application.verdict != "eligible" else "最高金额还算不出"
        return [f"{what}，缺少：{missing or '资料'}"]
    return []


def _pass(task: StageTask, step: Step, decision: Decision, by: User) -> None:
    application = task.application
    if judges_facts(process_of(application.item), step.id):
        problems = grant_problems(application)
        if problems:
            raise NotGrantable(problems)
    amount = _amount(application, step, decision.amount)
    close(
        task,
        Outcome.PASSED,
        by=by,
        opinion=decision.opinion,
        checklist=decision.checklist,
        amount=amount,
    )
    if step.kind is StageKind.APPROVAL:
        assert amount is not None  # judged above: an approval always has a known ceiling
        grant(application, amount, by=by, stage=step.id, opinion=decision.opinion)
        return
    record_event(
        application,
        EventKind.STAGE_PASSED,
        by=by,
        stage=step.id,
        payload={"opinion": decision.opinion, "amount": yuan(amount), "label": step.label},
    )
    open_next(application, by=by)


def _return(task: StageTask, step: Step, decision: Decision, by: User) -> None:
    """Back to the applicant; the clock stops with the working days that are left."""
    application = task.application
    left = max(workdays_between(today(), task.due_on), 0) if task.due_on else None
    close(
        task,
        Outcome.RETURNED,
        by=by,
        opinion=decision.opinion,
        checklist=decision.checklist,
        paused_on=today(),
        remaining_days=left,
    )
    event = record_event(
        application,
        EventKind.RETURNED,
        by=by,
        stage=step.id,
        payload={"items": decision.items, "message": decision.opinion, "label": step.label, "task": task.pk},
        revision=application.revision + 1,
    )
    asked = "；".join(f"{item['label']}：{item['note']}" for item in decision.items)
    tell(
        application,
        event,
        "correction",
        f"请补正：{application.item}（{application.number}）",
        "\n".join(filter(None, (decision.opinion, asked, correction_words(application), PAUSED))),
        link=f"/applications/{application.public_id}/",
    )


def _send_back(task: StageTask, step: Step, decision: Decision, by: User) -> None:
    application = task.application
    close(task, Outcome.SENT_BACK, by=by, opinion=decision.opinion, checklist=decision.checklist)
    record_event(
        application,
        EventKind.SENT_BACK,
        by=by,
        stage=step.id,
        payload={"to": decision.to, "opinion": decision.opinion, "label": step.label},
    )
    take_down(application)
    open_next(application, by=by)


def _refuse(task: StageTask, step: Step, decision: Decision, by: User) -> None:
    application = task.application
    reasons = refusal_reasons(application, decision.checklist)
    close(task, Outcome.REFUSED, by=by, opinion=decision.opinion, checklist=decision.checklist)
    refuse_case(application, by=by, stage=step.id, reasons=reasons, opinion=decision.opinion)


def refuse_case(
    application: Application, *, by: User, stage: str, reasons: list[dict[str, str]], opinion: str
) -> None:
    """End a case with a refusal that names every reason. Inside the caller's transaction."""
    event = record_event(
        application,
        EventKind.REFUSED,
        by=by,
        stage=stage,
        payload={"reasons": reasons, "opinion": opinion, "remedy": REMEDY},
        ended_at=now(),
    )
    take_down(application)
    lines = [f"{number}. {reason['text']}" for number, reason in enumerate(reasons, 1)]
    body = "\n".join(["经审核，决定不予支持。全部理由如下：", *lines, f"审核意见：{opinion}", REMEDY])
    tell(
        application,
        event,
        "decision",
        f"决定不予支持：{application.item}（{application.number}）",
        body,
    )


def refusal_reasons(application: Application, checklist: Checklist) -> list[dict[str, str]]:
    """Every clause that the rule or the reviewer says is not met, in the order of the rule; with the words."""
    result = Result.from_json(application.trace)
    marked = {row["clause"]: str(row.get("note", "")) for row in checklist if row.get("ok") is False}
    failed = set(result.failed)
    reasons = []
    for clause in result.trace.walk():
        if clause.id not in failed and clause.id not in marked:
            continue
        values = "，".join(f"{value.label}：{value.text}" for value in clause.values)
        note = marked.pop(clause.id, "")
        name = clause.name or clause.text
        text = name + (f"（{values}）" if values else "")
        cite = f"，依据：{article_words(clause.cite.article)}“{clause.cite.quote}”" if clause.cite else ""
        said = f"不符合“{text}”{cite}" + (f"。{note}" if note else "")
        reasons.append({"clause": clause.id, "name": name, "text": said})
    labels = form_definition(application.item).labels()
    reasons += [
        {
            "clause": ref,
            "name": f"材料要求：{labels.get(ref, ref)}",
            "text": f"材料不符合要求：{labels.get(ref, ref)}" + (f"。{note}" if note else ""),
        }
        for ref, note in marked.items()
    ]
    if not reasons:
        raise Mistakes(
            "不予支持必须写明不符合哪一条：请在“条件核对”里把不符合的条件标为“✗”并写明理由。",
            {"checklist": "请标出不符合的条件"},
        )
    return reasons


def _amount(application: Application, step: Step, amount: Decimal | None) -> Decimal | None:
    """The amount proposed or decided: between floor and ceiling, to the fen."""
    low, high = application.amount_min, application.amount_max
    if amount is None:
        if high is not None and low == high:
            return high
        if step.kind is not StageKind.APPROVAL:
            return None
        amount = proposed_amount(application)
        if amount is None:
            raise Mistakes("请填写审定金额。", {"amount": "请填写审定金额"})
    try:
        exact = amount.quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise Mistakes("金额格式不对，请填写数字，例如 200000.00。", {"amount": "请填写数字"}) from error
    if exact != amount or exact <= 0:
        raise Mistakes("金额应大于零，最多两位小数。", {"amount": "应大于零，最多两位小数"})
    if high is None:
        raise NotGrantable(grant_problems(application) or ["最高金额还算不出"])
    if exact > high:
        raise Mistakes(f"金额不能超过最高可得的 {high:,.2f} 元。", {"amount": f"最高{high:,.2f} 元"})
    if low is not None and exact < low:
        raise Mistakes(f"金额不能低于政策规定的 {low:,.2f} 元。", {"amount": f"最低{low:,.2f} 元"})
    if step.kind is StageKind.APPROVAL:
        _require_published(application, exact)
    return exact


def _require_published(application: Application, amount: Decimal) -> None:
    """What the public was shown is the most that may be approved; more has to be shown first."""
    entry = current_entry(application)
    if entry is not None and entry.amount is not None and amount > entry.amount:
        raise Mistakes(
            f"公示的拟支持金额是 {entry.amount:,.2f} 元，审定不能高于它。需要提高的，请退回复审重新提出并公示。",
            {"amount": f"公示金额 {entry.amount:,.2f} 元"},
        )
