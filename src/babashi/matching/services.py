"""Matching the register with the packs in force. Only differences are written; a verdict is never overwritten."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from procrastinate.exceptions import AlreadyEnqueued

from babashi.accounts.models import User
from babashi.audit import services as audit
from babashi.catalogue import queries as catalogue
from babashi.enterprises import columns
from babashi.enterprises import queries as enterprises
from babashi.enterprises.models import Enterprise
from babashi.matching import basis, engine, storing
from babashi.matching.basis import parameters_now
from babashi.matching.models import CAUSES, MatchBasis, MatchRun
from babashi.rules.results import Result
from babashi.workdays import clock

__all__ = [
    "evaluate_enterprise", "parameters_now", "rematch", "rematch_all_later", "rematch_later", "rematch_stale",
    "stale_ids",
]  # fmt: skip

CHUNK = 20_000
"""Enterprises a transaction: a few hundred megabytes of memory, a second or two of the lock."""
MANY = 1_000
"""After a pass over so many the database looks at its tables again."""
_LOCK = 0x6D61_7401  # advisory lock: one chunk is written at a time

Progress = Callable[[int, int], None]


def evaluate_enterprise(enterprise: Enterprise, as_of: date | None = None) -> list[Result]:
    """Every item in force for one enterprise, from its stored facts. Pure read."""
    packs = catalogue.current_packs(settings.BABASHI_DISTRICT)
    subject = enterprises.subject_of(enterprise)
    pairs = engine.evaluate_many([(None, subject)], packs, parameters_now(), as_of or clock.today())
    return next(results for _, results in pairs)


def rematch(
    enterprise_ids: Iterable[int] | None, *, cause: str, progress: Progress | None = None
) -> MatchRun:
    """Match these enterprises (None: all of them) and store what differs from the current matches.

    Runs in chunks, each one transaction under one advisory lock, so that two runs never write at the same time
    and facts are read after the lock is held. Interrupted, it keeps the chunks that are done; run again, it
    changes nothing that is up to date.
    """
    everybody = Enterprise.objects.all()
    if enterprise_ids is None:
        return _Run(everybody, cause, progress).run()
    ids = sorted(set(enterprise_ids))
    whom = everybody.filter(pk__in=ids)
    if len(ids) > CHUNK:
        return _Run(whom, cause, progress).run()
    with transaction.atomic():  # a single change waits for the disk once
        return _Run(whom, cause, progress).run()


def rematch_stale(*, cause: str = "day", progress: Progress | None = None) -> MatchRun | None:
    """Match those whose facts, packs, parameters or closing days changed since their last match; None: nobody."""
    stale = _stale(basis.ground())
    return _Run(stale, cause, progress).run() if stale.exists() else None


def stale_ids(as_of: date | None = None) -> Iterator[int]:
    """Enterprises whose current matches rest on something that has changed."""
    return _stale(basis.ground(as_of)).order_by("id").values_list("id", flat=True).iterator()


def _stale(ground: basis.Ground) -> QuerySet[Enterprise]:
    fresh = MatchBasis.objects.filter(
        enterprise_id=OuterRef("pk"), basis=ground.basis, changed_at=OuterRef("changed_at")
    )
    return Enterprise.objects.filter(~Exists(fresh))


class _Run:
    """One pass over some enterprises, on one basis and one day: those at its start.

    When packs, closing days or official tables change under it, it ends there: what it would still write is out of
    date, and whoever changed them has asked for the pass that takes the rest.
    """

    def __init__(self, whom: QuerySet[Enterprise], cause: str, progress: Progress | None) -> None:
        if cause not in CAUSES:
            raise ValueError(f"unknown cause {cause!r}")
        self.whom, self.progress = whom.order_by("id").values_list("id", flat=True), progress
        self.ground, self.dictionary = basis.ground(), enterprises.dictionary()
        self.record = MatchRun.objects.create(
            cause=cause,
            as_of=self.ground.as_of,
            started_at=clock.now(),
            basis=self.ground.basis,
            total=whom.count(),
        )

    def run(self) -> MatchRun:
        record, last = self.record, 0
        while True:
            with transaction.atomic():
                _one_at_a_time()
                ids = list(self.whom.filter(pk__gt=last)[:CHUNK])
                if not ids or basis.ground().basis.pk != self.ground.basis.pk:
                    break
                record.changed += self._match(ids)
                record.enterprises, last = record.enterprises + len(ids), ids[-1]
                record.save(update_fields=["enterprises", "changed"])
            if self.progress:
                self.progress(record.enterprises, max(record.total, record.enterprises))
            if len(ids) < CHUNK:
                break
        self._finish()
        return record

    def _match(self, ids: list[int]) -> int:
        many = columns.load(ids, self.dictionary)
        return storing.store(many, self.ground.judge.judge(many), self.ground, self.record, clock.now())

    @transaction.atomic
    def _finish(self) -> None:
        record = self.record
        if record.enterprises >= MANY:
            with connection.cursor() as cursor:  # the next query must not take full tables for empty ones
                cursor.execute("ANALYZE matching_match, matching_matchbasis, matching_factssnapshot")
        record.finished_at = clock.now()
        record.save(update_fields=["finished_at"])
        if record.enterprises > 1 or record.changed:
            details: dict[str, Any] = {
                "cause": record.cause,
                "enterprises": record.enterprises,
                "changed": record.changed,
                "as_of": record.as_of.isoformat(),
            }
            audit.record(
                actor=None,
                action="matching.matched",
                subject=("match_run", str(record.pk)),
                details=details,
                actor_label="系统",
            )


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def rematch_later(enterprise_ids: Sequence[int], cause: str) -> None:
    """Match these enterprises in a job; the job is part of the caller's transaction."""
    from babashi.matching import tasks

    ids = list(enterprise_ids)
    for start in range(0, len(ids), 5_000):
        tasks.rematch_enterprises.defer(enterprise_ids=ids[start : start + 5_000], cause=cause)


def rematch_all_later(*, by: User) -> None:
    """An official has the whole register matched again, in a job."""
    from babashi.matching import tasks

    with transaction.atomic():
        with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
            tasks.rematch_all.defer()
        audit.record(actor=by, action="matching.requested", subject=("register", settings.BABASHI_DISTRICT))
