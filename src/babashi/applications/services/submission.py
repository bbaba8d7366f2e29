"""Sending: an application, an automatic grant, a correction; and taking it back. Facts and trace freeze here."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction

from babashi.accounts.models import User
from babashi.applications import assessment as assessments
from babashi.applications import form as forms
from babashi.applications.errors import Mistakes, NotSubmittable, StaleRevision, WrongState
from babashi.applications.flow import DECIDED_FOR, EventKind, State
from babashi.applications.models import Application
from babashi.applications.overlap import group_of, rivals, take_turn
from babashi.applications.queries import (
    asked_refs,
    current_attachments,
    last_event,
    last_sent,
    require_member,
)
from babashi.applications.services.drafts import on_this_version, open_application, require_open_item
from babashi.applications.services.events import lock, one_act, record_event
from babashi.audit.errors import Conflict, NotFound
from babashi.catalogue.models import CatalogueItem
from babashi.catalogue.queries import rule_of
from babashi.enterprises.models import BankAccount, Enterprise
from babashi.enterprises.queries import bank_account_of
from babashi.enterprises.services import declare_facts, declare_rows
from babashi.rules import Item
from babashi.workdays.clock import now, today

NUMBER_SEQUENCE = "applications_number"


def next_number(prefix: str, sequence: str, day: dt.date) -> str:
    """A new number such as ``SB20220901-000123``; a number is never given twice, gaps are possible."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [sequence])
        (value,) = cursor.fetchone()
    return f"{prefix}{day:%Y%m%d}-{value:06d}"


@one_act
def submit(
    application: Application,
    *,
    revision: int,
    by: User,
    bank_account: BankAccount | None = None,
    consent: bool = True,
) -> Application:
    """Send a draft: number, frozen facts, frozen trace. Sending it again gives the same case back.

    Raises :class:`NotSubmittable` with every reason at once, :class:`StaleRevision` when another window saved
    something that this one has not seen.
    """
    locked = lock(application)
    require_member(by, locked.enterprise)
    if locked.state != State.DRAFT:
        if locked.submitted_at is None:
            raise WrongState(locked.state, EventKind.SUBMITTED)
        return locked
    if locked.revision != revision:
        raise StaleRevision(locked.revision)
    require_open_item(locked.item, "application")
    _require_alone(locked.enterprise, locked.item)
    rule = rule_of(locked.item)
    account = _account(locked.enterprise, bank_account, consent)
    found = assessments.assess(locked.enterprise, rule, locked.form, as_of=today(), recorded_by=str(by))
    _require_complete(locked, found, found.reasons)
    _send(locked, EventKind.SUBMITTED, found, account, by=by)
    _declare(locked, found, by)
    return locked


@one_act
def submit_automatic(
    enterprise: Enterprise,
    item: CatalogueItem,
    *,
    bank_account: BankAccount | None,
    by: User,
    consent: bool = True,
) -> Application:
    """免申即享: the enterprise confirms account and consent, everything else is official already.

    Possible only where the item allows it, every fact is official, the verdict is *eligible* and the amount
    leaves nothing to decide. A draft that was begun becomes this case.
    """
    require_member(by, enterprise)
    existing = open_application(enterprise, item)
    if existing is not None and existing.state != State.DRAFT:
        return existing
    require_open_item(item, "application")
    found = automatic_offer(enterprise, rule_of(item))
    if found is None:
        raise Conflict("这个事项现在不能免申即享，请按普通申报办理。", code="not_automatic")
    account = _account(enterprise, bank_account, consent)
    application = existing or _automatic_draft(enterprise, item, by)
    locked = lock(on_this_version(application, item, by))
    if locked.state != State.DRAFT:
        return locked
    _require_alone(locked.enterprise, locked.item)
    _send(locked, EventKind.CONFIRMED, found, account, by=by, automatic=True)
    return locked


def automatic_offer(enterprise: Enterprise, rule: Item) -> assessments.Assessment | None:
    """The verdict to confirm, or ``None`` where the item or the facts do not allow an automatic grant."""
    if not rule.automatic or rule.channel != "application":
        return None
    form = {"contact_name": enterprise.contact_name or "-", "contact_phone": enterprise.contact_phone or "-"}
    found = assessments.assess(enterprise, rule, form, as_of=today(), known_phones=[form["contact_phone"]])
    refs = [spec.id for spec in found.definition.facts] + [t.spec.id for t in found.definition.tables]
    official = all(forms.is_official(found.register, ref) for ref in refs)
    if official and found.result.verdict == "eligible" and assessments.is_fixed(found.result) and found.ready:
        return found
    return None


@one_act
def resubmit(application: Application, *, revision: int, by: User) -> Application:
    """Hand in a correction. What was frozen before stays in the events; the case gets the new facts and trace.

    A second click gives the case back as it is. The place in the queue follows the day the case became complete.
    """
    locked = lock(application)
    require_member(by, locked.enterprise)
    if locked.state != State.CORRECTION:
        if last_event(locked, EventKind.CORRECTED) is None:
            raise WrongState(locked.state, EventKind.CORRECTED)
        return locked
    if locked.revision != revision:
        raise StaleRevision(locked.revision)
    rule = rule_of(locked.item)
    overrides = _kept_overrides(locked)
    assert locked.submitted_at is not None
    found = assessments.assess(
        locked.enterprise,
        rule,
        locked.form,
        as_of=forms.frozen_day(locked.facts_used),
        recorded_by=str(by),
        overrides=overrides,
        known_phones=last_sent(locked).phones,
    )
    _require_complete(locked, found, [])  # the rule's verdict on a correction is for the reviewer
    _require_change(locked)
    record_event(
        locked,
        EventKind.CORRECTED,
        by=by,
        payload=_payload(locked, found),
        complete_on=today(),
        **_frozen(found),
    )
    _declare(locked, found, by)
    return locked


@one_act
def withdraw(
    application: Application, *, by: User, reason: str = "", draft_only: bool = False
) -> Application:
    """Take an application back before it is decided; a second click changes nothing.

    ``draft_only``: where a draft was shown, so that what another window has sent meanwhile is not given up.
    """
    locked = lock(application)
    require_member(by, locked.enterprise)
    if locked.state == State.WITHDRAWN:
        return locked
    if draft_only and locked.state != State.DRAFT:
        raise Conflict(
            "这份草稿已经在别的窗口提交，没有放弃。要撤回申报，请从“我的申报”打开这一件。",
            code="already_sent",
        )
    record_event(
        locked,
        EventKind.WITHDRAWN,
        by=by,
        stage=locked.stage,
        payload={"reason": reason[:500]},
        ended_at=now(),
    )
    return locked


def _automatic_draft(enterprise: Enterprise, item: CatalogueItem, by: User) -> Application:
    try:
        with transaction.atomic():
            application = Application.objects.create(
                enterprise=enterprise,
                item=item,
                full_id=item.full_id,
                round=item.round,
                automatic=True,
                started_by=by,
                started_at=now(),
                form={"contact_name": enterprise.contact_name, "contact_phone": enterprise.contact_phone},
            )
    except IntegrityError:
        existing = open_application(enterprise, item)
        if existing is None:
            raise
        return existing
    record_event(
        application, EventKind.DRAFT_STARTED, by=by, payload={"item": item.full_id, "automatic": True}
    )
    return application


def _account(enterprise: Enterprise, account: BankAccount | None, consent: bool) -> BankAccount:
    if not consent:
        raise Mistakes("请阅读并勾选承诺后再提交。", {"consent": "请勾选承诺"})
    current = bank_account_of(enterprise)
    if account is None:
        account = current
    if account is None:
        raise Mistakes("还没有登记收款账户，请先填写。", {"bank_account": "请填写收款账户"})
    if account.enterprise_id != enterprise.pk:
        raise NotFound("没有找到这个收款账户，请刷新页面后重新选择。")
    if current is None or account.pk != current.pk:
        raise Conflict("收款账户刚刚更改过，请核对后再提交。", code="account_changed")
    return account


def _require_alone(enterprise: Enterprise, item: CatalogueItem) -> None:
    """从高不重复: of one kind an enterprise has one application at a time, and none beside a granted one."""
    take_turn(enterprise)
    for rival in rivals(enterprise, item):
        other = rival.application
        advice = (
            "那一件已经审定，这一项不能再报。"
            if other.state in DECIDED_FOR
            else "只能办理其中一件：要改报这一项，请先撤回那一件。"
        )
        raise Conflict(
            f"与您已提交的“{other.item}”（{other.number}）{rival.reason}。{advice}", code="same_kind"
        )


def _require_complete(
    application: Application, found: assessments.Assessment, reasons: Sequence[str]
) -> None:
    """Refuse with everything at once: ``reasons`` against sending at all, what is missing or wrong, files."""
    present = {file.material for file in current_attachments(application)}
    found.errors |= forms.missing_materials(found.definition, present)
    wrong = [*reasons, *found.errors.values()]
    if wrong:
        raise NotSubmittable("还不能提交：" + "；".join(wrong), found.errors)


def _send(
    application: Application,
    kind: EventKind,
    found: assessments.Assessment,
    account: BankAccount,
    *,
    by: User,
    automatic: bool = False,
) -> None:
    """The event of the first sending: the case gets its number, its account, its place by day, and frozen facts."""
    record_event(
        application,
        kind,
        by=by,
        payload=_payload(application, found),
        number=next_number("SB", NUMBER_SEQUENCE, today()),
        automatic=automatic,
        submitted_by=by,
        submitted_at=now(),
        complete_on=today(),
        consent_at=now(),
        bank_account=account,
        same_kind=group_of(application.item),
        **_frozen(found),
    )


def _require_change(application: Application) -> None:
    """A correction without any change would only come back again."""
    before = last_sent(application)
    files = {attachment.pk for attachment in current_attachments(application)}
    if before.form == application.form and files == before.files:
        raise Mistakes(
            "还没有任何修改。请按补正要求修改或补交材料；如果认为不需要修改，请在“说明”里写明原因。",
            {"note": "请修改或写明原因"},
        )


def _kept_overrides(application: Application) -> dict[str, Any]:
    """Reviewers' findings stay unless the correction asks the applicant for the same thing."""
    asked = asked_refs(application)
    overrides = application.facts_used.get("overrides", {})
    return {
        group: {ref: cell for ref, cell in cells.items() if ref not in asked}
        for group, cells in overrides.items()
    }


def _payload(application: Application, found: assessments.Assessment) -> dict[str, Any]:
    files = current_attachments(application)
    return {
        "form": application.form,
        "revision": application.revision,
        "facts_used": found.facts_used,
        "result": found.result.to_json(),
        "pack_version": application.item.pack_version.version,
        "pack_digest": application.item.pack_version.digest,
        "attachments": [
            {"id": f.pk, "material": f.material, "name": f.file.name, "sha256": f.file.sha256} for f in files
        ],
    }


def _frozen(found: assessments.Assessment) -> dict[str, Any]:
    return {
        "facts_used": found.facts_used,
        "trace": found.result.to_json(),
        "verdict": found.result.verdict,
        "amount_min": found.result.amount_min,
        "amount_max": found.result.amount_max,
        "differs": found.claimed is not None,
    }


def _declare(application: Application, found: assessments.Assessment, by: User) -> None:
    """The enterprise's file learns what was declared; official values there stay as they are.

    Rows that are to take the place of an official table stay with the case, for its reviewer: in the file they
    would stand beside the official ones and be counted with them.
    """
    values = {fact: value for fact, value in found.typed.facts.items() if value is not None}
    values |= found.typed.differs
    if values:
        declare_facts(application.enterprise, values, by=by)
    for table, rows in found.typed.rows.items():
        if forms.is_official(found.register, table):
            continue
        declare_rows(application.enterprise, table, rows, by=by)
