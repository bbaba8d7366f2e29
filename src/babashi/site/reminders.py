"""Reminders: what would otherwise be missed, said once each, with the reason and the way to it.

Days that the clock jumped over are not lost: a reminder is due from its day on, not on its day only. Those about
an enterprise's own cases always reach its inbox; that a policy closes is told only to who has not opted out.
"""

import datetime as dt
from collections.abc import Iterator
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from babashi.applications.flow import EventKind, State
from babashi.applications.models import Application, Interest
from babashi.applications.queries import correction_due, grace_after, last_event, with_item
from babashi.catalogue.models import CatalogueItem
from babashi.catalogue.queries import current_items, rule_of
from babashi.enterprises.models import BankAccount
from babashi.matching.models import Match
from babashi.outreach import wording
from babashi.outreach.services import Notice, send_all
from babashi.payments.models import Payment, PaymentState
from babashi.rules.chinese import date_text
from babashi.workdays.calendar import workdays_between
from babashi.workdays.clock import now

BEFORE_CORRECTION = (3, 1)
"""Working days left."""
BEFORE_LAPSING = (2,)
"""Working days left of the grace after a missed correction."""
BEFORE_CLOSING = (30, 7, 1)
"""Calendar days left, the last day not counted."""
DRAFT_DAYS = 7
ACCOUNT_WORKDAYS = 3
"""Working days after which an account that the bank refused and nobody corrected is called to mind."""


def remind(day: dt.date) -> int:
    """Say what is due on a day and has not been said; how many messages were written."""
    return send_all(_all(day))


def _all(day: dt.date) -> Iterator[Notice]:
    yield from _corrections(day)
    yield from _drafts(day)
    yield from _accounts(day)
    yield from _opening(day)
    yield from _closing(day)


def reached(left: int, steps: tuple[int, ...]) -> int | None:
    """The tightest step that is reached with so much time left; ``None`` before the first one and after the end."""
    return min((step for step in steps if 0 <= left <= step), default=None)


def _corrections(day: dt.date) -> Iterator[Notice]:
    """A correction is wanted in three working days, or tomorrow."""
    for case in with_item(Application.objects.filter(state=State.CORRECTION)):
        due = correction_due(case)
        if due is not None and day > due.day:
            yield from _lapsing(case, day, grace_after(due).day)
        step = reached(workdays_between(day, due.day), BEFORE_CORRECTION) if due else None
        if due is None or step is None:
            continue
        yield Notice(
            case.enterprise,
            kind="reminder",
            subject=f"请在{date_text(due.day)}前补正：{case.item}（{case.number}）",
            body="补正期间办理期限暂停，补正后接着办理。补正时限是平台默认，待主管部门明确；逾期不会自动作废，但长期不补正的，办理部门可以办结。",
            link=f"/applications/{case.public_id}/",
            dedupe_key=f"reminder:correction:{case.public_id}:{due.day}:{step}",
            reason="审核人员退回了这件申报，还没有收到补正。",
            full_id=case.full_id,
        )


def _lapsing(case: Application, day: dt.date, end: dt.date) -> Iterator[Notice]:
    """The time is over and the grace nearly: the last word before officials may close the case."""
    if reached(workdays_between(day, end), BEFORE_LAPSING) is None or day > end:
        return
    yield Notice(
        case.enterprise,
        kind="reminder",
        subject=f"补正已逾期，最迟请在{date_text(end)}前补正：{case.item}（{case.number}）",
        body=(
            f"现在补正仍然有效。{date_text(end)}以后还没有收到的，办理部门可以按逾期未补正办结，需要的话只能重新申报。"
            "这个时限是平台默认，待主管部门明确。"
        ),
        link=f"/applications/{case.public_id}/",
        dedupe_key=f"reminder:lapsing:{case.public_id}:{end}",
        reason="审核人员退回了这件申报，补正期限已过，还没有收到补正。",
        full_id=case.full_id,
    )


def _drafts(day: dt.date) -> Iterator[Notice]:
    """A draft lies untouched for a week while one can still apply."""
    before = now() - dt.timedelta(days=DRAFT_DAYS)
    drafts = with_item(Application.objects.filter(state=State.DRAFT, item__until__gte=day))
    for case in drafts.annotate(touched=Coalesce("saved_at", "started_at")).filter(touched__lte=before):
        touched = timezone.localtime(case.touched).date()
        yield Notice(
            case.enterprise,
            kind="reminder",
            subject=f"草稿还没有提交：{case.item}",
            body=f"已填的内容都在，可以接着填。截止：{date_text(case.item.until)}（当天仍可申报）。",
            link=f"/applications/{case.public_id}/",
            dedupe_key=f"reminder:draft:{case.public_id}:{touched}",
            reason=f"这份草稿从{date_text(touched)}起没有改动。",
            full_id=case.full_id,
        )


def _accounts(day: dt.date) -> Iterator[Notice]:
    """The bank sent a payment back and the account is still the one that it refused."""
    current = BankAccount.objects.filter(pk=OuterRef("bank_account_id"), retired_at=None)
    returned = Payment.objects.filter(Exists(current), state=PaymentState.RETURNED).select_related(
        "application__enterprise", "application__item", "bank_account"
    )
    for payment in returned:
        case = payment.application
        event = last_event(case, EventKind.PAYMENT_RETURNED, EventKind.PAYMENT_REVERSED)
        if event is None or workdays_between(timezone.localtime(event.at).date(), day) < ACCOUNT_WORKDAYS:
            continue
        yield Notice(
            case.enterprise,
            kind="reminder",
            subject=f"收款账户还没有更正：{case.item}（{case.number}）",
            body=(
                f"支付 {payment.number}（{payment.amount:,.2f} 元）被银行退回。"
                f"请更正尾号 {payment.bank_account.number_tail} 的收款账户，财政部门随后重新拨付。"
            ),
            link=f"/enterprise/{case.enterprise.uscc}/",
            dedupe_key=f"reminder:account:{payment.number}",
            reason=f"银行退回的原因：{payment.reason or '银行未说明'}。",
            full_id=case.full_id,
        )


def _opening(day: dt.date) -> Iterator[Notice]:
    """A round begins of which an enterprise was told before it could apply."""
    for item in current_items().exclude(opens=None).filter(opens__lte=day, until__gte=day):
        yield from _opening_item(item)


def _opening_item(item: CatalogueItem) -> Iterator[Notice]:
    rule = rule_of(item)
    for match in _not_applied(item).filter(computed_at__date__lt=item.opens).iterator(chunk_size=500):
        if wording.useful(match, rule.dictionary):
            words = wording.opening_words(match, item, rule)
            yield _about(match, item, words, f"opening:{match.enterprise_id}:{item.full_id}:{item.opens}")


def _closing(day: dt.date) -> Iterator[Notice]:
    """What an enterprise can have, or nearly, closes soon and it has not applied."""
    for item in current_items():
        step = reached((item.until - day).days, BEFORE_CLOSING)
        if step is None or (item.opens is not None and item.until - dt.timedelta(days=step) <= item.opens):
            continue  # none of a step that lies before the first day: that day has its own message
        if item.channel in ("application", "interest"):
            yield from _closing_item(item, day, step)


def _closing_item(item: CatalogueItem, day: dt.date, step: int) -> Iterator[Notice]:
    rule = rule_of(item)
    drafts = dict(
        Application.objects.filter(full_id=item.full_id, round=item.round, state=State.DRAFT).values_list(
            "enterprise_id", "public_id"
        )
    )
    for match in _not_applied(item).iterator(chunk_size=500):
        if not wording.useful(match, rule.dictionary):
            continue
        words = wording.closing_words(match, item, rule, days_left=(item.until - day).days)
        key = f"closing:{match.enterprise_id}:{item.full_id}:{item.until}:{step}"
        yield _about(match, item, words, key, drafts.get(match.enterprise_id))


def _about(
    match: Match, item: CatalogueItem, words: wording.Words, key: str, draft: UUID | None = None
) -> Notice:
    """A message about an item that an enterprise can have, with the way to its draft if it has begun one."""
    place = item.full_id.rpartition("/")[2]
    return Notice(
        match.enterprise,
        kind="closing",
        subject=words.subject,
        body=words.body,
        link=f"/applications/{draft}/" if draft else f"/match/{match.enterprise.uscc}/#{place}",
        dedupe_key=key,
        reason=words.reason,
        full_id=item.full_id,
    )


def _not_applied(item: CatalogueItem) -> QuerySet[Match]:
    """Current verdicts of those who have in this round neither applied nor said that they are interested."""
    mine = {"enterprise": OuterRef("enterprise"), "full_id": item.full_id}
    sent = Application.objects.filter(**mine, round=item.round, submitted_at__isnull=False).exclude(
        state__in=(State.WITHDRAWN, State.LAPSED)
    )
    interested = Interest.objects.filter(**mine, item__round=item.round)
    return (
        Match.objects.filter(
            full_id=item.full_id, superseded_at=None, closed=False, verdict__in=("eligible", "unknown")
        )
        .exclude(Exists(sent))
        .exclude(Exists(interested))
        .select_related("enterprise")
        .defer("facts_used", "trace")
        .order_by("pk")
    )
