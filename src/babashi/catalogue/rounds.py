"""Rounds of application (申报批次, ADR 25): when an item takes applications, and that one round follows another."""

from __future__ import annotations

import datetime as dt

from babashi.catalogue.errors import RoundsOutOfTurn, RoundStillOpen
from babashi.catalogue.models import CatalogueItem
from babashi.catalogue.queries import rule_of
from babashi.rules.chinese import date_text
from babashi.rules.pack import Item, Pack
from babashi.rules.rounds import NO_ROUND, follows


def why_closed(item: CatalogueItem, day: dt.date) -> str:
    """Why nobody can apply for the item on a day, and what comes next; empty while one can."""
    if item.opens is not None and day < item.opens:
        return f"{item.round_name}还没有开始，{date_text(item.opens)}起申报，{date_text(item.until)}截止。"
    if day <= item.until:
        return ""
    if not item.round_name:
        return "申报期限已过，不再受理新的申报；期限前已提交的继续办理。"
    return (
        f"{item.round_name}已于{date_text(item.until)}截止，已提交的继续办理。"
        "下一批还没有公布；公布后平台会重新匹配，告诉符合条件的企业。"
    )


def require_in_turn(pack: Pack, day: dt.date) -> None:
    """Refuse a version that would let enterprises have an item twice, or cut a running round short.

    What an enterprise has one application for (the round key) may change only to a later round, and only after
    the last day of what was applied for so far: a typo in a round's id would else open the item a second time.
    """
    for item in pack.items:
        before = CatalogueItem.objects.filter(full_id=item.full_id).order_by("-id").first()
        if before is not None and before.round != item.round_key:
            _require_follows(item, before, day)


def why_not_yet(pack: Pack, day: dt.date) -> str:
    """Why a version that waits can't be published on a day; empty when nothing about its rounds is against it."""
    try:
        require_in_turn(pack, day)
    except (RoundStillOpen, RoundsOutOfTurn) as refused:
        return refused.message
    return ""


def _require_follows(item: Item, before: CatalogueItem, day: dt.date) -> None:
    last = before.round or _last_given_once(item.full_id)
    if not follows(item.round_key, last):
        raise RoundsOutOfTurn(item.short_title, last, item.round_key)
    if day <= before.until:
        raise RoundStillOpen(str(before), before.until)


def _last_given_once(full_id: str) -> str:
    """The id of the last round of an item whose rounds together give it once; empty where it never had any.

    Its cases have no round key, but who had it in that round would have it again in the same.
    """
    named = (
        CatalogueItem.objects.filter(full_id=full_id).exclude(round_name="").select_related("pack_version")
    )
    last = named.order_by("-id").first()
    found = rule_of(last).round if last is not None else None
    return found.id if found is not None else NO_ROUND
