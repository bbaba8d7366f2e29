"""Messages: written once, delivered by channels, wanted or not."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.http import Http404
from django.urls import reverse

from babashi.accounts.models import User
from babashi.audit import services as audit
from babashi.audit.errors import Invalid, NotFound
from babashi.enterprises.models import Enterprise
from babashi.outreach.channels import registry
from babashi.outreach.channels.base import Channel, DeliveryFailed, Letter
from babashi.outreach.models import Delivery, DeliveryState, Message, OptOut
from babashi.outreach.pushing import push_matches
from babashi.outreach.writing import INBOX, deliver_later, write
from babashi.workdays import clock

__all__ = [
    "INBOX",
    "KINDS",
    "Notice",
    "channel_names",
    "deliver_due",
    "mark_all_read",
    "mark_read",
    "opt_in",
    "opt_out",
    "push_matches",
    "read_token",
    "retry_failed",
    "send",
    "send_all",
    "unsubscribe_path",
]  # fmt: skip
log = logging.getLogger(__name__)
KINDS = {
    "match": "政策匹配",
    "claim": "企业认领",
    "application": "申报进度",
    "correction": "补正通知",
    "decision": "审核结果",
    "payment": "兑付",
    "publicity": "公示",
    "interest": "意向登记",
    "reminder": "期限提醒",
    "closing": "截止提醒",
}
MAX_ATTEMPTS = 5
WAIT_MINUTES = (1, 5, 30, 120)
CHUNK = 500
BATCH = 50
SALT = "babashi.outreach.unsubscribe"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to be said to an enterprise once; see :func:`send`."""

    enterprise: Enterprise
    kind: str
    subject: str
    body: str
    link: str
    dedupe_key: str
    reason: str = ""
    full_id: str = ""


def send_all(notices: Iterable[Notice]) -> int:
    """Many at once, some hundred in a transaction; those said before are left out. How many were written."""
    sent, waiting = 0, iter(notices)
    while page := list(islice(waiting, CHUNK)):
        sent += len(write([_message(notice) for notice in page]))
    return sent


def send(
    enterprise: Enterprise,
    *,
    kind: str,
    subject: str,
    body: str,
    link: str,
    dedupe_key: str,
    reason: str = "",
    full_id: str = "",
) -> Message | None:
    """Say something to an enterprise once: the same ``dedupe_key`` again changes nothing and returns None.

    It is in the inbox at once (pushes only if the enterprise has not opted out of them there) and leaves by the
    active channels in a job. ``link`` is a path of this site.
    """
    notice = Notice(enterprise, kind, subject, body, link, dedupe_key, reason, full_id)
    written = write([_message(notice)])
    return Message.objects.get(pk=written[0]) if written else None


def _message(notice: Notice) -> Message:
    if notice.kind not in KINDS:
        raise ValueError(f"unknown kind of message {notice.kind!r}")
    if notice.link and not notice.link.startswith("/"):
        raise ValueError("link must be a path of this site")
    return Message(
        enterprise_id=notice.enterprise.pk, kind=notice.kind, subject=notice.subject[:200], body=notice.body,
        reason=notice.reason, link=notice.link[:200], dedupe_key=notice.dedupe_key[:200], full_id=notice.full_id,
        created_at=clock.now(),
    )  # fmt: skip


# -- delivering ----------------------------------------------------------------------------------------------


def deliver_due(limit: int = 20_000) -> dict[str, int]:
    """Send what is queued and due; failures are recorded and tried again later.

    Fifty at a time are locked, sent and noted in one transaction, so several workers share the queue. A worker
    that is killed in between may send its last fifty a second time: rather twice than never.
    """
    counts = {"sent": 0, "failed": 0, "later": 0}
    while sum(counts.values()) < limit:
        now = clock.now()
        with transaction.atomic():
            batch = list(
                Delivery.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(state=DeliveryState.QUEUED, next_try_at__lte=now)
                .select_related("message__enterprise")
                .order_by("next_try_at", "id")[:BATCH]
            )
            for delivery in batch:
                counts[_deliver(delivery, now)] += 1
            _note(batch, now)
        if len(batch) < BATCH:
            break
    return counts


def _note(batch: list[Delivery], now: datetime) -> None:
    """What became of them: those that arrived in one statement, the others one by one."""
    arrived = [delivery.pk for delivery in batch if delivery.state == DeliveryState.SENT]
    Delivery.objects.filter(pk__in=arrived).update(
        state=DeliveryState.SENT, attempts=F("attempts") + 1, sent_at=now, next_try_at=None
    )
    for delivery in batch:
        if delivery.state != DeliveryState.SENT:
            delivery.save(update_fields=["state", "attempts", "error", "next_try_at"])


def _deliver(delivery: Delivery, now: datetime) -> str:
    channel = registry.get(delivery.channel)
    delivery.attempts += 1
    try:
        if channel is None:
            raise DeliveryFailed("渠道已停用", retry=False)
        _hand_over(channel, delivery)
    except DeliveryFailed as error:
        delivery.error = error.reason[:300]
        if not error.retry or delivery.attempts >= MAX_ATTEMPTS:
            delivery.state, delivery.next_try_at = DeliveryState.FAILED, None
            return "failed"
        wait = WAIT_MINUTES[min(delivery.attempts, len(WAIT_MINUTES)) - 1]
        delivery.next_try_at = now + timedelta(minutes=wait)
        return "later"
    delivery.state, delivery.sent_at, delivery.next_try_at = DeliveryState.SENT, now, None
    return "sent"


def _hand_over(channel: Channel, delivery: Delivery) -> None:
    """Send one letter. What nobody thought of fails this one: the fifty beside it would be sent again and again."""
    try:
        channel.send(_letter(delivery))
    except DeliveryFailed:
        raise
    except Exception as error:
        log.exception("%s: delivery %s", delivery.channel, delivery.pk)
        raise DeliveryFailed(f"发送程序出错（{type(error).__name__}），已记入日志") from error


def _letter(delivery: Delivery) -> Letter:
    message = delivery.message
    base = settings.BABASHI_BASE_URL
    parts = [f"{message.enterprise.name}：", message.subject]
    if message.reason:
        parts.append(f"为什么收到这条消息：{message.reason}")
    parts.append(message.body)
    if message.link:
        parts.append(f"查看：{base}{message.link}")
    return Letter(
        reference=f"M{message.pk}-{delivery.channel}",
        enterprise=message.enterprise.name,
        address=delivery.address,
        subject=message.subject,
        body="\n".join(part for part in parts if part),
        unsubscribe=base + unsubscribe_path(message.enterprise, delivery.channel),
    )


def retry_failed(delivery_id: int, *, by: User) -> Delivery:
    """An official has a failed delivery tried again; :class:`NotFound` when it has not failed (any more)."""
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update().filter(pk=delivery_id, state=DeliveryState.FAILED).first()
        )
        if delivery is None:
            raise NotFound("这条消息已经重新排队，或者没有发送失败。请刷新页面。")
        delivery.state, delivery.attempts, delivery.next_try_at = DeliveryState.QUEUED, 0, clock.now()
        delivery.save(update_fields=["state", "attempts", "next_try_at"])
        audit.record(actor=by, action="outreach.retried", subject=("delivery", str(delivery.pk)))
    deliver_later()
    return delivery


# -- reading and opting out ----------------------------------------------------------------------------------


def mark_read(message: Message) -> None:
    """The first opening counts."""
    if message.read_at is None:
        Message.objects.filter(pk=message.pk, read_at__isnull=True).update(read_at=clock.now())


def mark_all_read(enterprise_ids: list[int]) -> int:
    """Everything of these enterprises is read."""
    return Message.objects.filter(enterprise_id__in=enterprise_ids, read_at__isnull=True).update(
        read_at=clock.now()
    )


def channel_names() -> dict[str, str]:
    """What one can opt out of: pushes in the inbox, and each active channel."""
    return {INBOX: "站内消息"} | {name: channel.label for name, channel in registry.active().items()}


def opt_out(enterprise: Enterprise, channel: str, *, by: User | None, via: str = "page") -> None:
    """No more pushes by this channel. Notices about its own cases always reach the inbox."""
    _check_channel(channel)
    with transaction.atomic():
        _, created = OptOut.objects.get_or_create(
            enterprise=enterprise, channel=channel, defaults={"since": clock.now()}
        )
        if created:
            _record_choice("outreach.opted_out", enterprise, channel, by, via)


def opt_in(enterprise: Enterprise, channel: str, *, by: User) -> None:
    """Pushes by this channel are welcome again; what was left out meanwhile is not sent afterwards."""
    _check_channel(channel)
    with transaction.atomic():
        gone, _ = OptOut.objects.filter(enterprise=enterprise, channel=channel).delete()
        if gone:
            _record_choice("outreach.opted_in", enterprise, channel, by, "page")


def _check_channel(channel: str) -> None:
    if channel not in channel_names():
        raise Invalid("没有这个渠道，请刷新页面后重新选择。", {"channel": ["没有这个渠道"]})


def _record_choice(action: str, enterprise: Enterprise, channel: str, by: User | None, via: str) -> None:
    audit.record(
        actor=by,
        action=action,
        subject=("enterprise", enterprise.uscc),
        uscc=enterprise.uscc,
        details={"channel": channel, "via": via},
        actor_label="" if by else "退订链接",
    )


def unsubscribe_path(enterprise: Enterprise, channel: str) -> str:
    """A signed link that works without signing in, for this enterprise and channel only."""
    token = signing.dumps([enterprise.pk, channel], salt=SALT)
    return reverse("outreach:unsubscribe", args=[token])


def read_token(token: str) -> tuple[Enterprise, str]:
    """Enterprise and channel of a signed link; 404 when it was not made here."""
    try:
        enterprise_id, channel = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise Http404 from None
    enterprise = Enterprise.objects.filter(pk=enterprise_id).first()
    if enterprise is None:
        raise Http404
    return enterprise, str(channel)
