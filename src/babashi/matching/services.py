"""Matching the register with the packs in force. Only differences are written; a verdict is never overwritten."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from procrastinate.exceptions import AlreadyEnqueued

from babashi.accounts.models import User
from babashi.audit import services as audit
from babashi.catalogue import queries as catalogue
from babashi.catalogue.models import CatalogueItem
from babashi.enterprises import queries as enterprises
from babashi.enterprises.models import Enterprise
from babashi.matching import engine, snapshots
from babashi.matching.models import CAUSES, Match, MatchBasis, MatchRun
from babashi.rules.pack import Pack
from babashi.rules.results import Result
from babashi.rules.values import Parameters
from babashi.workdays import clock

CHUNK = 500
_LOCK = 0x6D61_7401  # advisory lock: one chunk is written at a time

Progress = Callable[[int, int], None]


def parameters_now() -> Parameters:
    """The official parameter tables of the register."""
    return Parameters(enterprises.register_parameters())


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
    if enterprise_ids is None:
        ids = list(Enterprise.objects.order_by("id").values_list("id", flat=True))
    else:
        ids = sorted(set(enterprise_ids))
    return _run(ids, cause, progress)


def rematch_stale(*, cause: str = "day", progress: Progress | None = None) -> MatchRun | None:
    """Match those whose facts, packs, parameters or closing days changed since their last match; None: nobody."""
    ids = list(stale_ids())
    return _run(ids, cause, progress) if ids else None


def stale_ids(as_of: date | None = None) -> Iterator[int]:
    """Enterprises whose current matches rest on something that has changed."""
    packs = catalogue.current_packs(settings.BABASHI_DISTRICT)
    basis = snapshots.basis(packs, parameters_now(), as_of or clock.today())
    fresh = Q(match_basis__basis=basis, match_basis__changed_at=F("changed_at"))
    query = Enterprise.objects.exclude(pk__in=Enterprise.objects.filter(fresh).values("pk"))
    return iter(query.order_by("id").values_list("id", flat=True))


def _run(ids: Sequence[int], cause: str, progress: Progress | None) -> MatchRun:
    if cause not in CAUSES:
        raise ValueError(f"unknown cause {cause!r}")
    as_of = clock.today()
    run = MatchRun.objects.create(cause=cause, as_of=as_of, started_at=clock.now())
    done = changed = 0
    for chunk in _chunks(ids, CHUNK):
        with transaction.atomic():
            changed += _Chunk(run, as_of).match(chunk)
        done += len(chunk)
        MatchRun.objects.filter(pk=run.pk).update(enterprises=done, changed=changed)
        if progress:
            progress(done, len(ids))
    with transaction.atomic():
        run.enterprises, run.changed, run.finished_at = done, changed, clock.now()
        run.save(update_fields=["enterprises", "changed", "finished_at"])
        if len(ids) > 1 or changed:
            audit.record(
                actor=None,
                action="matching.matched",
                subject=("match_run", str(run.pk)),
                details={"cause": cause, "enterprises": done, "changed": changed, "as_of": as_of.isoformat()},
                actor_label="系统",
            )
    return run


def _chunks(ids: Sequence[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])


class _Chunk:
    """Some hundred enterprises matched in one transaction."""

    def __init__(self, run: MatchRun, as_of: date) -> None:
        self.run, self.as_of, self.now = run, as_of, clock.now()

    def match(self, ids: list[int]) -> int:
        """Number of verdicts written or ended."""
        _one_at_a_time()
        packs = catalogue.current_packs(settings.BABASHI_DISTRICT)
        parameters = parameters_now()
        rules = {item.full_id: item for item in engine.items_for_matching(packs)}
        rows = _item_rows(packs)
        current = self._current(ids)
        loaded = list(enterprises.subjects_of(ids))
        subjects = {enterprise.pk: subject for enterprise, subject in loaded}
        fresh: list[tuple[Any, ...]] = []
        kept: set[int] = set()
        pairs = ((enterprise.pk, subject) for enterprise, subject in loaded)
        for enterprise_id, results in engine.evaluate_many(pairs, packs, parameters, self.as_of):
            for result in results:
                used = snapshots.facts_used(rules[result.item], subjects[enterprise_id])
                print_ = snapshots.fingerprint(result, used)
                stored = current.get((enterprise_id, result.item))
                if stored is not None and stored[1] == print_:
                    kept.add(stored[0])
                    continue
                fresh.append(self._row(enterprise_id, rows[result.item], result, used, print_))
        ended = [pk for pk, _ in current.values() if pk not in kept]
        if ended:
            Match.objects.filter(pk__in=ended).update(superseded_at=self.now)
        _copy_matches(fresh)
        self._remember(
            [enterprise for enterprise, _ in loaded], snapshots.basis(packs, parameters, self.as_of)
        )
        return max(len(fresh), len(ended))

    def _current(self, ids: list[int]) -> dict[tuple[int, str], tuple[int, str]]:
        rows = Match.objects.filter(enterprise_id__in=ids, superseded_at__isnull=True)
        found = rows.values_list("enterprise_id", "full_id", "id", "fingerprint")
        return {(enterprise, full_id): (pk, print_) for enterprise, full_id, pk, print_ in found}

    def _row(
        self, enterprise_id: int, item_id: int, result: Result, used: dict[str, Any], print_: str
    ) -> tuple[Any, ...]:
        return (
            enterprise_id, item_id, result.item, self.run.pk, result.verdict, result.amount_min, result.amount_max,
            list(result.failed), list(result.missing), result.closed, _json(used),
            _json(snapshots.trace_json(result)), print_, self.as_of, self.now,
        )  # fmt: skip

    def _remember(self, loaded: list[Enterprise], basis: str) -> None:
        MatchBasis.objects.bulk_create(
            [MatchBasis(enterprise=entry, basis=basis, changed_at=entry.changed_at) for entry in loaded],
            update_conflicts=True,
            unique_fields=["enterprise"],
            update_fields=["basis", "changed_at"],
        )


_COLUMNS = (
    "enterprise_id", "item_id", "full_id", "run_id", "verdict", "amount_min", "amount_max", "failed", "missing",
    "closed", "facts_used", "trace", "fingerprint", "as_of", "computed_at",
)  # fmt: skip


def _copy_matches(rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    columns = ", ".join(f'"{name}"' for name in _COLUMNS)
    with connection.cursor() as cursor:
        statement = f'COPY "{Match._meta.db_table}" ({columns}) FROM STDIN'
        with cursor.cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _item_rows(packs: Sequence[Pack]) -> dict[str, int]:
    digests = [pack.digest for pack in packs]
    rows = CatalogueItem.objects.filter(pack_version__digest__in=digests)
    return dict(rows.values_list("full_id", "id"))


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def rematch_later(enterprise_ids: Sequence[int], cause: str) -> None:
    """Match these enterprises in a job; the job is part of the caller's transaction."""
    from babashi.matching import tasks

    for chunk in _chunks(list(enterprise_ids), 5_000):
        tasks.rematch_enterprises.defer(enterprise_ids=chunk, cause=cause)


def rematch_all_later(*, by: User) -> None:
    """An official has the whole register matched again, in a job."""
    from babashi.matching import tasks

    with transaction.atomic():
        with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
            tasks.rematch_all.defer()
        audit.record(actor=by, action="matching.requested", subject=("register", settings.BABASHI_DISTRICT))
