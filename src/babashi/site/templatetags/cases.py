"""What an enterprise has applied for already, on pages of parts that lie below the applications."""

from __future__ import annotations

from django import template

from babashi.applications.flow import EDITABLE, ENDED
from babashi.applications.models import Application
from babashi.enterprises.models import Enterprise

register = template.Library()


@register.simple_tag
def begun_cases(enterprise: Enterprise | None) -> dict[str, Application]:
    """The newest case of each item that is not over, by the item's full id; none without an enterprise."""
    if not enterprise:
        return {}
    found = Application.objects.filter(enterprise=enterprise).exclude(state__in=ENDED)
    wanted = found.only("public_id", "full_id", "number", "state", "submitted_at").order_by("pk")
    return {case.full_id: case for case in wanted}


@register.filter
def for_item(cases: dict[str, Application], full_id: str) -> Application | None:
    """The case of one item."""
    return cases.get(full_id)


@register.simple_tag
def way_on(case: Application) -> tuple[str, str]:
    """Where to go on with a case, and what the link says."""
    if case.state in EDITABLE:
        return f"/applications/{case.public_id}/", "继续填写" if case.submitted_at is None else "去补正"
    return f"/progress/{case.public_id}/", "看进度"
