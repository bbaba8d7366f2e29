"""Writing what a pass found: only differences, as whole sets, nothing overwritten.

A chunk is compared in memory as arrays of numbers; what is new is copied in, what no longer holds gets its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection

from babashi.catalogue.models import CatalogueItem
from babashi.enterprises.columns import Many
from babashi.matching.basis import Ground
from babashi.matching.models import FactsSnapshot, Match, MatchRun
from babashi.matching.verdicts import NO_AMOUNT, Said

_STANDING = """
SELECT b.enterprise_id, b.basis_id, b.changed_at, b.snapshot_id, s.rows, s.known_tables
FROM matching_matchbasis AS b JOIN matching_factssnapshot AS s ON s.id = b.snapshot_id
WHERE b.enterprise_id = ANY(%s)
"""
_CURRENT = """
SELECT enterprise_id, item_id, id, says FROM matching_match
WHERE enterprise_id = ANY(%s) AND superseded_at IS NULL
"""
_REMEMBER = """
INSERT INTO matching_matchbasis (enterprise_id, basis_id, snapshot_id, changed_at)
SELECT u.enterprise, %(basis)s, u.snapshot, u.changed
FROM unnest(%(enterprises)s::bigint[], %(snapshots)s::bigint[], %(changed)s::timestamptz[])
    AS u(enterprise, snapshot, changed)
ON CONFLICT (enterprise_id) DO UPDATE
    SET basis_id = excluded.basis_id, snapshot_id = excluded.snapshot_id, changed_at = excluded.changed_at
"""
_SNAPSHOT_IDS = """
SELECT nextval(pg_get_serial_sequence('matching_factssnapshot', 'id')) FROM generate_series(1, %s)
"""
_MATCH_COLUMNS = (
    "enterprise_id", "item_id", "full_id", "run_id", "snapshot_id", "verdict", "amount_min", "amount_max", "missing",
    "closed", "says", "as_of", "computed_at",
)  # fmt: skip


@dataclass(slots=True)
class Standing:
    """Where an enterprise stood after its latest match."""

    basis_id: int
    changed_at: datetime
    snapshot_id: int
    rows: list[int]
    known_tables: list[str]


def store(many: Many, said: Said, ground: Ground, run: MatchRun, at: datetime) -> int:
    """Write the differences of one chunk in the caller's transaction; number of verdicts that changed."""
    standing = _standing(many.ids)
    snapshots = _snapshots(many, standing, at)
    fresh, ended, changed = _differences(many, said, ground)
    if ended:
        Match.objects.filter(pk__in=ended).update(superseded_at=at)
    _copy_matches(many, said, ground, run, at, fresh, snapshots)
    _remember(many, standing, ground, snapshots)
    return changed


def _standing(ids: Sequence[int]) -> dict[int, Standing]:
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [list(ids)])
        return {row[0]: Standing(*row[1:]) for row in cursor.fetchall()}


def _snapshots(many: Many, standing: dict[int, Standing], at: datetime) -> list[int]:
    """The snapshot of each enterprise: the one it has while its rows are the same, else a new one."""
    chosen: list[int] = []
    new: list[int] = []
    for place, enterprise in enumerate(many.ids):
        stood = standing.get(enterprise)
        same = stood is not None and (
            stood.changed_at == many.changed_at[place]
            or (stood.rows == many.rows[place] and set(stood.known_tables) == set(many.known_tables[place]))
        )
        chosen.append(stood.snapshot_id if stood is not None and same else 0)
        if not same:
            new.append(place)
    if not new:
        return chosen
    with connection.cursor() as cursor:
        cursor.execute(_SNAPSHOT_IDS, [len(new)])
        for place, (number,) in zip(new, cursor.fetchall(), strict=True):
            chosen[place] = number
    moment = at.isoformat()
    lines = (
        f"{chosen[place]}\t{many.ids[place]}\t{{{','.join(map(str, many.rows[place]))}}}"
        f"\t{{{','.join(many.known_tables[place])}}}\t{moment}\n"
        for place in new
    )
    _copy(FactsSnapshot._meta.db_table, ("id", "enterprise_id", "rows", "known_tables", "taken_at"), lines)
    return chosen


def _differences(many: Many, said: Said, ground: Ground) -> tuple[list[int], list[int], int]:
    """Positions in ``said`` that are new, numbers of matches that no longer hold, how many pairs that concerns."""
    ids, width = np.array(many.ids, np.int64), len(ground.judge.items)
    pairs = ids[said.place] * width + said.item
    enterprise, item, number, says = _current(many.ids)
    slots = _slots(item, ground)
    stored = np.where(slots >= 0, enterprise * width + slots, -1)
    _, ours, theirs = np.intersect1d(pairs, stored, assume_unique=False, return_indices=True)
    same = said.says[ours] == says[theirs]
    fresh, kept = np.ones(len(pairs), np.bool_), np.zeros(len(stored), np.bool_)
    fresh[ours[same]], kept[theirs[same]] = False, True
    replaced = int((~same).sum())
    ended = number[~kept]
    return np.flatnonzero(fresh).tolist(), ended.tolist(), int(fresh.sum()) + len(ended) - replaced


def _current(ids: Sequence[int]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(_CURRENT, [list(ids)])
        rows = np.array(cursor.fetchall(), np.int64).reshape(-1, 4)
    return rows.T


def _slots(item_ids: Any, ground: Ground) -> Any:
    """The position of each stored match's item among those in force, whatever its version; -1: out of force."""
    distinct, which = np.unique(item_ids, return_inverse=True)
    names = dict(CatalogueItem.objects.filter(pk__in=distinct.tolist()).values_list("id", "full_id"))
    places = {item.full_id: place for place, item in enumerate(ground.judge.items)}
    return np.array([places.get(names[pk], -1) for pk in distinct.tolist()], np.int64)[which]


def _copy_matches(
    many: Many,
    said: Said,
    ground: Ground,
    run: MatchRun,
    at: datetime,
    fresh: list[int],
    snapshots: list[int],
) -> None:
    heads = [
        f"{pk}\t{item.full_id}\t{run.pk}"
        for pk, item in zip(ground.item_ids, ground.judge.items, strict=True)
    ]
    closed = ["t" if past else "f" for past in ground.judge.closed]
    end = f"{ground.as_of.isoformat()}\t{at.isoformat()}\n"
    place, item, eligible = said.place.tolist(), said.item.tolist(), said.eligible.tolist()
    low, high, says = said.low.tolist(), said.high.tolist(), said.says.tolist()
    lines = (
        f"{many.ids[place[n]]}\t{heads[item[n]]}\t{snapshots[place[n]]}\t{'eligible' if eligible[n] else 'unknown'}"
        f"\t{_yuan(low[n])}\t{_yuan(high[n])}\t{{{','.join(said.missing[n])}}}\t{closed[item[n]]}\t{says[n]}\t{end}"
        for n in fresh
    )
    _copy(Match._meta.db_table, _MATCH_COLUMNS, lines)


def _remember(many: Many, standing: dict[int, Standing], ground: Ground, snapshots: list[int]) -> None:
    moved = [
        place
        for place, enterprise in enumerate(many.ids)
        if (stood := standing.get(enterprise)) is None
        or stood.basis_id != ground.basis.pk
        or stood.changed_at != many.changed_at[place]
    ]
    if not moved:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _REMEMBER,
            {
                "basis": ground.basis.pk,
                "enterprises": [many.ids[place] for place in moved],
                "snapshots": [snapshots[place] for place in moved],
                "changed": [many.changed_at[place] for place in moved],
            },
        )


def _yuan(fen: int) -> str:
    if fen == NO_AMOUNT:
        return "\\N"
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _copy(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """COPY of ready lines; ids, digests and names of the dictionary hold nothing that would have to be escaped."""
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor, cursor.cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        block: list[str] = []
        for line in lines:
            block.append(line)
            if len(block) == 2_000:
                copy.write("".join(block))
                block.clear()
        copy.write("".join(block))
