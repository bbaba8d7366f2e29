"""Putting messages into the inbox and on their way, as whole sets: what was said before is not said again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from babashi.outreach.channels import registry
from babashi.outreach.models import Message
from babashi.workdays import clock

PUSH = "match"
WANTED_ONLY = (PUSH, "closing")
"""Kinds that an enterprise may do without. Everything else is about its own cases and always reaches the inbox."""
INBOX = "inbox"
_COLUMNS = (
    "enterprise_id",
    "kind",
    "subject",
    "body",
    "reason",
    "link",
    "full_id",
    "dedupe_key",
    "created_at",
)
_MESSAGES = """
INSERT INTO outreach_message
    (enterprise_id, kind, subject, body, reason, link, full_id, dedupe_key, created_at)
SELECT n.* FROM unnest(
    %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
    %s::timestamptz[]
) AS n(enterprise_id, kind, subject, body, reason, link, full_id, dedupe_key, created_at)
WHERE n.kind <> ALL (%s) OR NOT EXISTS (
    SELECT 1 FROM outreach_optout AS o WHERE o.enterprise_id = n.enterprise_id AND o.channel = 'inbox')
ON CONFLICT (dedupe_key) DO NOTHING RETURNING id
"""
_DELIVERIES = """
INSERT INTO outreach_delivery (message_id, channel, address, state, attempts, error, next_try_at)
SELECT c.id, c.channel, c.address, CASE WHEN c.off THEN 'suppressed' ELSE 'queued' END, 0, '',
       CASE WHEN c.off THEN NULL ELSE %(now)s END
FROM (SELECT m.id, %(channel)s AS channel,
             CASE %(contact)s WHEN 'email' THEN e.contact_email ELSE e.contact_phone END AS address,
             m.kind = ANY (%(wanted_only)s) AND EXISTS (SELECT 1 FROM outreach_optout AS o
                                          WHERE o.enterprise_id = e.id AND o.channel = %(channel)s) AS off
      FROM outreach_message AS m JOIN enterprises_enterprise AS e ON e.id = m.enterprise_id
      WHERE m.id = ANY(%(ids)s)) AS c
WHERE c.address <> '' ON CONFLICT DO NOTHING RETURNING state
"""


def write(messages: Sequence[Message]) -> list[int]:
    """Insert the messages whose key is new, with their deliveries; numbers of those that are.

    What may be done without doesn't reach the inbox of whoever opted out of them there; by a channel opted out of they are recorded
    as suppressed. The delivery job is asked for in the same transaction.
    """
    if not messages:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        columns = [[getattr(message, name) for message in messages] for name in _COLUMNS]
        cursor.execute(_MESSAGES, [*columns, list(WANTED_ONLY)])
        ids = [number for (number,) in cursor.fetchall()]
        queued = sum(
            [_queue(cursor, ids, name, channel.contact) for name, channel in registry.active().items()]
        )
        if queued:
            deliver_later()
    return ids


def _queue(cursor: Any, ids: list[int], channel: str, contact: str) -> int:
    wanted_only = list(WANTED_ONLY)
    arguments = {
        "ids": ids,
        "channel": channel,
        "contact": contact,
        "now": clock.now(),
        "wanted_only": wanted_only,
    }
    cursor.execute(_DELIVERIES, arguments)
    return sum(1 for (state,) in cursor.fetchall() if state == "queued")


def deliver_later() -> None:
    """Ask for the delivery job; one that is waiting already will do."""
    from procrastinate.exceptions import AlreadyEnqueued

    from babashi.outreach import tasks

    try:
        with transaction.atomic():
            tasks.deliver.defer()
    except AlreadyEnqueued:
        return
