"""The demo fills itself once: people, enterprises, money, matches and messages, ready for the walk."""

from __future__ import annotations

import pytest

from babashi.accounts.models import User
from babashi.budget.queries import balances
from babashi.enterprises.models import Enterprise, Member
from babashi.matching.models import Match
from babashi.matching.queries import register_counts
from babashi.outreach.models import Message
from babashi.site import demo, prepare


@pytest.mark.django_db
def test_the_demo_fills_itself_once() -> None:
    said: list[str] = []
    prepare.packs(said.append)
    assert demo.load(enterprises=60, say=said.append)
    assert not demo.load(enterprises=60, say=said.append)
    assert Enterprise.objects.count() == 60
    assert all(enterprise.is_synthetic for enterprise in Enterprise.objects.all())
    assert User.objects.filter(is_demo=True).count() == len(demo.people())
    assert len(balances()) >= len(demo.BUDGETS)
    first = Member.objects.get(user__username="qiye1").enterprise
    grant = Match.objects.get(enterprise=first, full_id="banan-2022-63/scale-up", superseded_at=None)
    assert grant.verdict == "eligible"
    assert Message.objects.filter(enterprise=first, kind="match").count() >= 1
    counts = next(entry for entry in register_counts() if entry.item.full_id == "banan-2022-63/rd-investment")
    assert counts.eligible
    assert counts.unknown
    assert counts.eligible + counts.unknown + counts.ineligible == 60
