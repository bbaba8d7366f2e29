"""Messages: written once, delivered by channels, wanted or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import Http404
from django.urls import reverse

from babashi.accounts.models import User
from babashi.audit import services as audit
from babashi.audit.errors import Invalid
from babashi.catalogue import queries as catalogue
from babashi.catalogue.models import CatalogueItem
from babashi.enterprises.models import Enterprise
from babashi.matching.models import Match, MatchRun
from babashi.outreach import wording
from babashi.outreach.channels import registry
from babashi.outreach.channels.base import Channel, DeliveryFailed, Letter
from babashi.outreach.models import Delivery, DeliveryState, Message, OptOut
from babashi.workdays import clock

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
PUSH = "match"
WANTED_ONLY = frozenset({PUSH, "closing"})
"""Kinds that an enterprise may do without. Everything else is about its own cases and always reaches the inbox."""
INBOX = "inbox"
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
    sent, now, waiting = 0, clock.now(), iter(notices)
    while page := list(islice(waiting, CHUNK)):
        pairs = [
            (
                _message(
                    n.enterprise.pk, kind=n.kind, subject=n.subject, body=n.body, link=n.link, key=n.dedupe_key,
                    reason=n.reason, full_id=n.full_id, at=now,
                ),
                n.enterprise,
            )
            for n in page
        ]  # fmt: skip
        with transaction.atomic():
            sent += len(_store(pairs))
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
    message = _message(
        enterprise.pk, kind=kind, subject=subject, body=body, link=link, key=dedupe_key, reason=reason,
        full_id=full_id, at=clock.now(),
    )  # fmt: skip
    with transaction.atomic():
        return next(iter(_store([(message, enterprise)])), None)


def _message(
    enterprise_id: int, *, kind: str, subject: str, body: str, link: str, key: str, reason: str, full_id: str,
    at: datetime,
) -> Message:  # fmt: skip
    if kind not in KINDS:
        raise ValueError(f"unknown kind of message {kind!r}")
    if link and not link.startswith("/"):
        raise ValueError("link must be a path of this site")
    return Message(
        enterprise_id=enterprise_id, kind=kind, subject=subject[:200], body=body, reason=reason, link=link[:200],
        dedupe_key=key[:200], full_id=full_id, created_at=at,
    )  # fmt: skip


def _store(pairs: list[tuple[Message, Enterprise]]) -> list[Message]:
    """Insert the messages whose key is new, with their deliveries."""
    opted_out = _opted_out({enterprise.pk for _, enterprise in pairs})
    wanted = {
        message.dedupe_key: (message, enterprise)
        for message, enterprise in pairs
        if message.kind not in WANTED_ONLY or (enterprise.pk, INBOX) not in opted_out
    }
    known = set(Message.objects.filter(dedupe_key__in=wanted).values_list("dedupe_key", flat=True))
    fresh = [pair for key, pair in wanted.items() if key not in known]
    Message.objects.bulk_create([message for message, _ in fresh], ignore_conflicts=True)
    keys = [message.dedupe_key for message, _ in fresh]
    now = clock.now()
    ids = dict(Message.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", "pk"))
    deliveries = []
    for message, enterprise in fresh:
        message.pk = ids[message.dedupe_key]
        for channel in registry.active().values():
            address = _address(enterprise, channel)
            if not address:
                continue
            off = message.kind in WANTED_ONLY and (enterprise.pk, channel.name) in opted_out
            deliveries.append(
                Delivery(
                    message=message,
                    channel=channel.name,
                    address=address,
                    next_try_at=None if off else now,
                    state=DeliveryState.SUPPRESSED if off else DeliveryState.QUEUED,
                )
            )
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    if any(delivery.state == DeliveryState.QUEUED for delivery in deliveries):
        _deliver_later()
    return [message for message, _ in fresh]


def _address(enterprise: Enterprise, channel: Channel) -> str:
    return enterprise.contact_email if channel.contact == "email" else enterprise.contact_phone


def _opted_out(enterprise_ids: Iterable[int]) -> set[tuple[int, str]]:
    rows = OptOut.objects.filter(enterprise_id__in=list(enterprise_ids))
    return set(rows.values_list("enterprise_id", "channel"))


def _deliver_later() -> None:
    from procrastinate.exceptions import AlreadyEnqueued

    from babashi.outreach import tasks

    try:
        with transaction.atomic():
            tasks.deliver.defer()
    except AlreadyEnqueued:
        return


# -- pushing matches -----------------------------------------------------------------------------------------


def push_matches(run: MatchRun | None) -> int:
    """One message for each match that is news to its enterprise (of one run, or of all current ones).

    Told are: what it can have, and what at most two facts of its own would settle. An item is told once as
    possible and once as missing facts, whatever happens to the match in between. Returns how many were written.
    """
    matches = Match.objects.filter(
        superseded_at__isnull=True, closed=False, verdict__in=["eligible", "unknown"]
    )
    matches = matches.filter(item__pack_version__is_current=True, item__pack_version__enabled=True)
    if run is not None:
        matches = matches.filter(run=run)
    sent = last = 0
    while True:
        page = list(
            matches.filter(pk__gt=last).order_by("pk").select_related("enterprise")
            .defer("facts_used", "enterprise__known_tables")[:CHUNK]
        )  # fmt: skip
        if not page:
            return sent
        last = page[-1].pk
        with transaction.atomic():
            sent += len(_store(list(_news(page))))


def _news(page: list[Match]) -> Iterator[tuple[Message, Enterprise]]:
    items, now = _items({match.item_id for match in page}), clock.now()
    told = set(
        Message.objects.filter(dedupe_key__in=[_key(m, "eligible") for m in page]).values_list(
            "dedupe_key", flat=True
        )
    )
    for match in page:
        item = items[match.item_id]
        rule = catalogue.rule_of(item)
        if not wording.useful(match, rule.dictionary):
            continue
        if match.verdict == "unknown" and _key(match, "eligible") in told:
            continue
        words = wording.push_words(match, item, rule)
        message = _message(
            match.enterprise_id, kind=PUSH, subject=words.subject, body=words.body, reason=words.reason,
            link=f"/match/{match.enterprise.uscc}/#{rule.id}", key=_key(match, match.verdict), full_id=match.full_id, at=now,
        )  # fmt: skip
        yield message, match.enterprise


def _key(match: Match, verdict: str) -> str:
    return f"match:{match.enterprise_id}:{match.full_id}:{verdict}"


def _items(ids: set[int]) -> dict[int, CatalogueItem]:
    rows = CatalogueItem.objects.filter(pk__in=ids).select_related("lead", "pack_version")
    return {
        row.pk: row for row in rows.defer("pack_version__files", "pack_version__dictionary", "body", "search")
    }


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
            fields = ["state", "attempts", "error", "sent_at", "next_try_at"]
            Delivery.objects.bulk_update(batch, fields)
        if len(batch) < BATCH:
            break
    return counts


def _deliver(delivery: Delivery, now: datetime) -> str:
    channel = registry.get(delivery.channel)
    delivery.attempts += 1
    try:
        if channel is None:
            raise DeliveryFailed("渠道已停用", retry=False)
        channel.send(_letter(delivery))
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
    """An official has a failed delivery tried again."""
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update().filter(pk=delivery_id, state=DeliveryState.FAILED).first()
        )
        if delivery is None:
            raise Http404
        delivery.state, delivery.attempts, delivery.next_try_at = DeliveryState.QUEUED, 0, clock.now()
        delivery.save(update_fields=["state", "attempts", "next_try_at"])
        audit.record(actor=by, action="outreach.retried", subject=("delivery", str(delivery.pk)))
    _deliver_later()
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


def counts_for(enterprise_ids: Iterable[int]) -> dict[str, Any]:
    """Messages and unread ones."""
    rows = Message.objects.filter(enterprise_id__in=list(enterprise_ids))
    return {"total": rows.count(), "unread": rows.filter(read_at__isnull=True).count()}
