"""Publicity: put cases before the public, take objections, decide them, end the period."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import IntegrityError, transaction

from babashi.accounts.models import Role, User
from babashi.accounts.permissions import has_role
from babashi.applications.errors import Mistakes, OwnEnterprise
from babashi.applications.flow import EventKind, State
from babashi.applications.models import Application
from babashi.applications.queries import is_party
from babashi.applications.services import audit, lock, next_number, one_act, record_event
from babashi.audit.errors import Conflict, NotAllowed
from babashi.catalogue.models import CatalogueItem
from babashi.publicity import queries
from babashi.publicity.models import Entry, Notice, Objection, ObjectionState
from babashi.workdays.calendar import add_workdays
from babashi.workdays.clock import now, today

NUMBER_SEQUENCE = "publicity_notice_number"
CONTENT_LIMIT = 2000
OPEN_LIMIT = 50
"""Open objections to one entry; beyond that a person has to look first."""
PHONE_DIGITS = 7
"""Digits of the shortest number of a person; a contact without an @ has at least as many."""

DECIDING_ROLES = (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.APPROVER)


@one_act
def publish(
    applications: Sequence[Application],
    *,
    working_days: int,
    by: User | None,
    stage: str = "publicity",
    amounts: Mapping[int, Decimal | None] | None = None,
) -> Notice:
    """Put cases of one item on the public notice of the day, open for this many working days.

    Cases that come on the same day stand on the same notice. ``amounts`` (yuan, by case id) is what the reviewers
    propose; without it the ceiling is shown.
    """
    item = _item_of(applications)
    if working_days < 1:
        raise Mistakes("公示至少一个工作日。", {"working_days": "至少 1"})
    ordered = sorted(applications, key=lambda application: application.pk)
    locked = [lock(application) for application in ordered]
    notice = _notice_of_the_day(item, working_days, by)
    for given, row in zip(ordered, locked, strict=True):
        amount = (amounts or {}).get(row.pk, row.amount_max)
        payload = {
            "notice": notice.number,
            "starts_on": notice.starts_on.isoformat(),
            "ends_on": notice.ends_on.isoformat(),
            "amount": None if amount is None else str(amount),
        }
        record_event(given, EventKind.PUBLISHED, by=by, stage=stage, payload=payload)
        Entry.objects.create(
            notice=notice, application=given, enterprise_name=row.enterprise.name, amount=amount
        )
    return notice


@one_act
def object_to(entry: Entry, *, name: str, contact: str, content: str) -> Objection:
    """Take an objection of anybody while the period runs. The same words twice count once."""
    name, contact, content = name.strip(), contact.strip(), content.strip()
    mistakes = {}
    if not name or len(name) > 60:
        mistakes["name"] = "请填写姓名或单位（60 字以内）"
    if not contact or len(contact) > 120:
        mistakes["contact"] = "请填写联系方式，便于核实和答复（120 字以内）"
    elif "@" not in contact and sum(sign.isdigit() for sign in contact) < PHONE_DIGITS:
        mistakes["contact"] = "请写能联系到您的电话或邮箱，例如 023-66230000；答复会按它送达"
    if len(content) < 5 or len(content) > CONTENT_LIMIT:
        mistakes["content"] = f"请写明异议的内容和理由（5 至 {CONTENT_LIMIT} 字）"
    if mistakes:
        raise Mistakes("异议还没有提交：" + "；".join(mistakes.values()) + "。", mistakes)
    application = lock(entry.application)
    entry = Entry.objects.select_related("notice").get(pk=entry.pk)
    running = queries.is_running(entry.notice, today())
    if entry.removed_at is not None or application.state != State.PUBLICITY or not running:
        raise Conflict("这一条的公示已经结束，不再受理异议。请联系牵头单位。", code="publicity_over")
    same = entry.objections.filter(
        name=name, contact=contact, content=content, state=ObjectionState.OPEN
    ).first()
    if same is not None:
        return same
    if entry.objections.filter(state=ObjectionState.OPEN).count() >= OPEN_LIMIT:
        raise Conflict("这一条已收到多件异议，正在处理，请稍后再试或联系牵头单位。", code="too_many")
    objection = Objection.objects.create(
        entry=entry, name=name, contact=contact, content=content, received_at=now()
    )
    record_event(
        application,
        EventKind.OBJECTION_RECEIVED,
        by=None,
        stage=application.stage,
        payload={"objection": objection.pk, "notice": entry.notice.number},
    )
    return objection


@one_act
def decide_objection(objection: Objection, upheld: bool, answer: str, *, by: User) -> Objection:
    """Answer an objection. An upheld one takes the entry down; what follows is for the review to decide.

    Only the lead department's reviewers and approver, or 统筹协调, and nobody of the enterprise itself.
    """
    answer = _checked_answer(answer)
    application = lock(objection.entry.application)
    objection = (
        Objection.objects.select_for_update(of=("self",))
        .select_related("entry__notice__item__lead")
        .get(pk=objection.pk)
    )
    _require_decider(by, application)
    if objection.state != ObjectionState.OPEN:
        raise Conflict("这件异议已经处理过，请刷新页面。", code="objection_decided")
    objection.state = ObjectionState.UPHELD if upheld else ObjectionState.DISMISSED
    objection.answer, objection.decided_by, objection.decided_at = answer, by, now()
    objection.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    if upheld:
        take_down(application)
    if application.state == State.PUBLICITY:
        record_event(
            application,
            EventKind.OBJECTION_UPHELD if upheld else EventKind.OBJECTION_DISMISSED,
            by=by,
            stage=application.stage,
            payload={"objection": objection.pk, "answer": answer},
        )
    audit(
        actor=by,
        action="publicity.objection_decided",
        subject=("objection", str(objection.pk)),
        uscc=application.enterprise.uscc,
        details={"upheld": upheld, "answer": answer},
    )
    return objection


def _checked_answer(answer: str) -> str:
    answer = answer.strip()
    if not answer:
        raise Mistakes("请填写处理意见，会答复异议人。", {"answer": "请填写处理意见"})
    if len(answer) > CONTENT_LIMIT:
        words = f"处理意见太长，请控制在 {CONTENT_LIMIT} 字以内。"
        raise Mistakes(words, {"answer": words})
    return answer


def take_down(application: Application) -> None:
    """Remove a case from public view; the entry itself is kept. Inside the caller's transaction."""
    Entry.objects.filter(application=application, removed_at=None).update(removed_at=now())


@one_act
def end_publicity(application: Application, day: dt.date) -> Application | None:
    """End the period of one case, if it is over and nothing is open; ``None`` when that is not so (any more)."""
    locked = lock(application)
    if not queries.due(day).filter(pk=locked.pk).exists():
        return None
    entry = queries.current_entry(locked)
    record_event(
        locked,
        EventKind.PUBLICITY_ENDED,
        by=None,
        stage=locked.stage,
        payload={"notice": entry.notice.number if entry else ""},
    )
    return locked


@one_act
def close_notices(day: dt.date) -> int:
    """Close every notice whose last day is past; the number of them."""
    return Notice.objects.filter(closed_at=None, ends_on__lt=day).update(closed_at=now())


def close_due(day: dt.date) -> list[Application]:
    """The cases whose period ended without an open objection; the review ends each in a transaction of its own."""
    close_notices(day)
    return list(queries.due(day))


def _item_of(applications: Sequence[Application]) -> CatalogueItem:
    if not applications:
        raise Mistakes("请先选择要公示的申报。", {"applications": "没有选择"})
    if len({(application.full_id, application.item.round_name) for application in applications}) > 1:
        raise Mistakes("一份公示只能包含同一个事项、同一批次的申报。", {"applications": "事项或批次不同"})
    return applications[0].item


def _notice_of_the_day(item: CatalogueItem, working_days: int, by: User | None) -> Notice:
    """The open notice of this item and day; whoever comes first makes it."""
    day = today()
    key = {"item": item, "starts_on": day, "working_days": working_days, "closed_at": None}
    found = Notice.objects.filter(**key).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Notice.objects.create(
                number=next_number("GS", NUMBER_SEQUENCE, day),
                ends_on=add_workdays(day, working_days).day,
                created_by=by,
                created_at=now(),
                **key,
            )
    except IntegrityError:
        return Notice.objects.get(**key)


def _require_decider(by: User, application: Application) -> None:
    if is_party(by, application):
        raise OwnEnterprise("您是这家企业的人员，须回避，不能处理对它的异议。")
    lead = application.item.lead
    if any(has_role(by, role, lead) for role in DECIDING_ROLES) or has_role(by, Role.COORDINATOR):
        return
    raise NotAllowed(f"异议由{lead}的审核人员或统筹协调人员处理。")
