"""Pushing: one message for each match that is news to its enterprise, page by page, each page one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from babashi.catalogue import queries as catalogue
from babashi.catalogue.models import CatalogueItem
from babashi.matching.models import Match, MatchRun
from babashi.matching.proofs import explain_many
from babashi.outreach import wording
from babashi.outreach.models import Message
from babashi.outreach.writing import PUSH, write
from babashi.rules.results import Result
from babashi.workdays import clock

PAGE = 5_000
_NEWS = """
SELECT m.id FROM matching_match AS m JOIN catalogue_catalogueitem AS i ON i.id = m.item_id
WHERE m.superseded_at IS NULL AND NOT m.closed AND m.id > %(after)s AND m.full_id = ANY(%(in_force)s)
  AND (%(run)s::bigint IS NULL OR m.run_id = %(run)s)
  AND (m.verdict = 'eligible' OR (m.verdict = 'unknown' AND cardinality(m.missing) BETWEEN 1 AND %(few)s))
  AND NOT EXISTS (SELECT 1 FROM outreach_message AS t WHERE t.dedupe_key IN (
      'match:' || m.enterprise_id || ':' || concat_ws(':', m.full_id, nullif(i.round, ''), 'eligible'),
      'match:' || m.enterprise_id || ':' || concat_ws(':', m.full_id, nullif(i.round, ''), m.verdict)))
ORDER BY m.id LIMIT %(page)s
"""


def push_matches(run: MatchRun | None) -> int:
    """One message for each match that is news to its enterprise (of one run, or of all current ones).

    Told are: what it can have, and what at most two facts of its own would settle. An item is told once as
    possible and once as missing facts, whatever happens to the match in between; one that can be had anew in each
    round is told anew in each. Returns how many were written.
    """
    items = {item.full_id: item for item in catalogue.current_items()}
    sent = after = 0
    while ids := _news(run, after, list(items)):
        after = ids[-1]
        sent += len(write(list(_messages(_matches(ids), items))))
    return sent


def _news(run: MatchRun | None, after: int, in_force: list[str]) -> list[int]:
    arguments = {
        "run": run.pk if run else None,
        "after": after,
        "in_force": in_force,
        "few": wording.MAX_MISSING,
        "page": PAGE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEWS, arguments)
        return [number for (number,) in cursor.fetchall()]


def _matches(ids: Sequence[int]) -> QuerySet[Match]:
    found = Match.objects.filter(pk__in=ids).select_related("enterprise", "snapshot", "run")
    return found.only(
        "item_id", "full_id", "verdict", "amount_min", "amount_max", "missing", "closed", "failed", "trace", "as_of",
        "enterprise__uscc", "run__basis_id", "snapshot__enterprise_id", "snapshot__rows", "snapshot__known_tables",
    ).order_by("pk")  # fmt: skip


def _messages(page: QuerySet[Match], items: dict[str, CatalogueItem]) -> Iterator[Message]:
    versions = CatalogueItem.objects.select_related("pack_version").defer(
        "body", "search", "words", "pack_version__files", "pack_version__dictionary"
    )
    matches = list(page)
    found = versions.in_bulk({match.item_id for match in matches})
    useful: list[Match] = []
    for match in matches:
        match.item = found[match.item_id]
        if wording.useful(match, catalogue.rule_of(items[match.full_id]).dictionary):
            useful.append(match)
    now = clock.now()
    for match in useful:
        if match.verdict == "unknown":
            yield _message(match, items[match.full_id], None, now)
    for match, result in explain_many([match for match in useful if match.verdict == "eligible"]):
        yield _message(match, items[match.full_id], result, now)


def _message(match: Match, item: CatalogueItem, proof: Result | None, now: datetime) -> Message:
    rule = catalogue.rule_of(item)
    words = wording.push_words(match, item, rule, proof)
    told = ":".join(part for part in (match.full_id, match.item.round, match.verdict) if part)
    return Message(
        enterprise_id=match.enterprise_id, kind=PUSH, subject=words.subject, body=words.body, reason=words.reason,
        link=f"/match/{match.enterprise.uscc}/#{rule.id}"[:200], full_id=match.full_id, created_at=now,
        dedupe_key=f"match:{match.enterprise_id}:{told}",
    )  # fmt: skip
