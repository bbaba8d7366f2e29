"""What cases there are, for pages of parts that lie below the applications."""

from __future__ import annotations

from typing import Any, TypeVar

from django import template
from django.db.models import Count, Sum

from babashi.applications.flow import EDITABLE, ENDED, State
from babashi.applications.models import Application
from babashi.enterprises.models import Enterprise

register = template.Library()
_Found = TypeVar("_Found")


@register.simple_tag
def begun_cases(enterprise: Enterprise | None) -> dict[str, Application]:
    """The newest case of each item that is not over, by the item's full id; none without an enterprise."""
    if not enterprise:
        return {}
    found = Application.objects.filter(enterprise=enterprise).exclude(state__in=ENDED)
    wanted = found.only("public_id", "full_id", "number", "state", "submitted_at").order_by("pk")
    return {case.full_id: case for case in wanted}


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
