"""What cases there are, for pages of parts that lie below the applications."""

from __future__ import annotations

from typing import Any, TypeVar

from django import template
from django.db.models import Count, Sum

from babashi.applications.flow import EDITABLE, ENDED, State
from babashi.applications.models import Application
from babashi.catalogue.models import CatalogueItem
from babashi.enterprises.models import Enterprise

register = template.Library()
_Found = TypeVar("_Found")
_LEFT_OVER = "draft"  # no round is called so


@register.simple_tag
def begun_cases(enterprise: Enterprise | None) -> dict[tuple[str, str], Application]:
    """The newest case that is not over of each item and round, by full id and round; none without an enterprise.

    A draft stands under its item alone: left over from an earlier round, it goes on in the present one.
    """
    if not enterprise:
        return {}
    found = Application.objects.filter(enterprise=enterprise).exclude(state__in=ENDED)
    wanted = found.only("public_id", "full_id", "number", "state", "submitted_at", "round").order_by("pk")
    return {(c.full_id, _LEFT_OVER if c.state == State.DRAFT else c.round): c for c in wanted}


@register.filter
def of_present_round(begun: dict[tuple[str, str], Application], item: CatalogueItem) -> Application | None:
    """The case of an item in the round that it is open for."""
    return begun.get((item.full_id, item.round)) or begun.get((item.full_id, _LEFT_OVER))


@register.simple_tag
def queued_money() -> dict[str, dict[str, Any]]:
    """Of each item for which approved cases wait: how many (``count``), and how much they need (``amount``, yuan)."""
    waiting = Application.objects.filter(state=State.QUEUED).order_by().values("full_id")
    return {row["full_id"]: row for row in waiting.annotate(count=Count("pk"), amount=Sum("approved_amount"))}


@register.filter
def for_item(found: dict[str, _Found], full_id: str) -> _Found | None:
    """What was found for one item."""
    return found.get(full_id)


@register.simple_tag
def way_on(case: Application) -> tuple[str, str]:
    """Where to go on with a case, and what the link says."""
    if case.state in EDITABLE:
        return f"/applications/{case.public_id}/", "继续填写" if case.submitted_at is None else "去补正"
    return f"/progress/{case.public_id}/", "看进度"
