"""从高不重复 among the applications of one enterprise: what excludes what, and what is left of a shared ceiling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet

from babashi.applications.flow import DECIDED_FOR, ENDED
from babashi.applications.models import Application
from babashi.catalogue.models import CatalogueItem
from babashi.catalogue.queries import current_packs, pack_of, rule_of
from babashi.enterprises.models import Enterprise
from babashi.rules import Pack
from babashi.rules.rounds import same_time
from babashi.rules.stacking import Conflict, find_conflicts

GRANT_LOCK = 0x42424152
"""First key of the advisory lock of one enterprise."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another application of the enterprise that excludes this one, and why."""

    application: Application
    reason: str


def take_turn(enterprise: Enterprise) -> None:
    """One act at a time on what an enterprise asks for or is granted; until the end of the transaction.

    Taken after the case's row and before the turn of the item (reviews.services.approval).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [GRANT_LOCK, (enterprise.pk & 0xFFFFFFFF) - (1 << 31)]
        )


def rivals(enterprise: Enterprise, item: CatalogueItem) -> list[Rival]:
    """Submitted applications of the enterprise that are not over and exclude this item.

    Of one kind they do so within the same round only, if both are given in rounds; other exclusions hold for good.
    """
    others = _sent(enterprise).exclude(full_id=item.full_id).exclude(state__in=ENDED)
    return [
        Rival(other, conflict.reason)
        for other in others
        for conflict in _conflicts(item, other.item).values()
    ]


def _conflicts(one: CatalogueItem, other: CatalogueItem) -> Mapping[frozenset[str], Conflict]:
    """Whether two items exclude each other, as their packs say; of two versions of one pack the newer one says it.

    A kind may have got another name in between: then the newer version tells what is of one kind.
    """
    packs, rules = _packs(one, other), [rule_of(one), rule_of(other)]
    newer = {item.full_id: item for pack in packs for item in pack.items}
    renamed = [replace(newer.get(rule.full_id, rule), round=rule.round) for rule in rules]
    return find_conflicts(rules, packs) or find_conflicts(renamed, packs)


def group_of(item: CatalogueItem) -> str:
    """The same-kind group under which an enterprise may have one application, as the database keeps it.

    Empty without a group, and where a pack records an exception for the item: then only :func:`rivals` knows.
    """
    rule = rule_of(item)
    pairs = [pair for pack in _packs(item) for pair in pack.overlap.exceptions]
    return "" if any(rule.full_id in pair.items for pair in pairs) else rule.same_kind_group


def left_of_shared_ceiling(application: Application) -> tuple[Decimal, str] | None:
    """What a ceiling over several items leaves for this one, with its words; ``None`` without such a ceiling.

    It is over the cases of one round, or over those of all rounds where the pack says so.
    """
    item = application.item
    granted = list(_sent(application.enterprise).exclude(pk=application.pk).filter(state__in=DECIDED_FOR))
    found: list[tuple[Decimal, str]] = []
    for pack in _packs(item):
        for shared in pack.overlap.shared_ceilings:
            if item.full_id in shared.items:
                counted = [
                    other.approved_amount or Decimal(0)
                    for other in granted
                    if other.full_id in shared.items
                    and (shared.all_rounds or same_time(other.round, application.round))
                ]
                used = sum(counted, Decimal(0))
                words = f"{shared.reason or '几个事项共用一个上限'}：合计 {shared.ceiling:,.2f} 元，已审定 {used:,.2f} 元"
                found.append((max(shared.ceiling - used, Decimal(0)), words))
    return min(found, default=None)


def _sent(enterprise: Enterprise) -> QuerySet[Application]:
    return (
        Application.objects.filter(enterprise=enterprise, submitted_at__isnull=False)
        .select_related("item__pack_version")
        .defer(
            "item__pack_version__files",
            "item__pack_version__dictionary",
            "item__body",
            "item__search",
            "trace",
        )
        .order_by("pk")
    )


def _packs(*items: CatalogueItem) -> Sequence[Pack]:
    """The packs of the items, each in the newest of their own versions, and the other packs in force."""
    mine = {pack.id: pack for pack in map(pack_of, sorted(items, key=lambda item: item.pack_version_id))}
    return [*mine.values(), *(pack for pack in current_packs() if pack.id not in mine)]
