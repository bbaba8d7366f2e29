"""从高不重复 among the applications of one enterprise: what excludes what, and what is left of a shared ceiling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from babashi.rules.stacking import find_conflicts

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
    mine = rule_of(item)
    return [
        Rival(other, conflict.reason)
        for other in others
        for conflict in find_conflicts([mine, rule_of(other.item)], _packs(item, other.item)).values()
    ]


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
    """The packs in force, and those of the items in their own versions."""
    mine = {pack.id: pack for pack in map(pack_of, items)}
    return [*mine.values(), *(pack for pack in current_packs() if pack.id not in mine)]
