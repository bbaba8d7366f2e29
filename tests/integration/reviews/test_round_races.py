"""Real connections at the same time, in a round that follows another: still one case a round, and one of a kind."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from tests.integration import case_world as world
from tests.integration.rounds_world import Batch, publish
from tests.integration.threads import refusals, together

from babashi.accounts.models import User
from babashi.applications import services as applications
from babashi.applications.flow import ENDED, State
from babashi.applications.models import Application
from babashi.audit.services import verify
from babashi.catalogue.models import CatalogueItem
from babashi.enterprises.models import BankAccount, Enterprise
from babashi.reviews import services as reviews
from babashi.reviews.models import StageTask
from babashi.rules.rounds import same_time
from babashi.workdays.clock import set_demo_day

pytestmark = pytest.mark.django_db(transaction=True)
FIRST, SECOND, YEAR = (
    Batch("2022-1", date(2022, 9, 30)), Batch("2022-2", date(2022, 12, 31)), Batch("2022", date(2022, 12, 31)),
)  # fmt: skip
SAME_GROUP = ("same_kind_group: 绿色示范称号", "same_kind_group: 首次升规")


class Office:
    """One enterprise with a case or a draft of the first round, and the second round open."""

    def __init__(self, *, draft: bool) -> None:
        publish("2.1", SAME_GROUP, scale_up=FIRST, green_demonstration=Batch("2021", FIRST.until))
        world.staff()
        self.firm: Enterprise = world.enterprise(
            tables={"certificates": [{"kind": "节能节水", "level": "市级"}]}
        )
        self.person: User = world.member(self.firm)
        self.account: BankAccount = world.account(self.firm, self.person)
        self.old = self.begin(world.SCALE_UP) if draft else self.send(world.SCALE_UP)
        set_demo_day(date(2022, 10, 8))
        publish("2.2", SAME_GROUP, scale_up=SECOND, green_demonstration=YEAR)
        self.items: dict[str, CatalogueItem] = {
            name: world.item(name) for name in (world.SCALE_UP, world.GREEN)
        }

    def begin(self, full_id: str) -> Application:
        return applications.start_draft(self.firm, world.item(full_id), by=self.person)

    def send(self, full_id: str) -> Application:
        draft = self.begin(full_id)
        return reviews.submit_and_open(draft, revision=draft.revision, by=self.person)

    def confirm(self) -> Application:
        return reviews.submit_automatic_and_open(
            self.firm, world.item(), bank_account=self.account, by=self.person
        )

    def acts(self) -> list[Callable[[], Any]]:
        return [
            lambda: self.begin(world.SCALE_UP), lambda: self.send(world.SCALE_UP), self.confirm, self.confirm,
            lambda: self.send(world.GREEN), lambda: self.begin(world.GREEN),
        ]  # fmt: skip

    def promises(self) -> None:
        alive = list(Application.objects.exclude(state__in=ENDED))
        for one, other in combinations(alive, 2):
            if one.full_id == other.full_id:
                assert one.round != other.round
            elif State.DRAFT not in (one.state, other.state):
                assert not same_time(one.round, other.round)
        for case in alive:
            assert StageTask.objects.filter(application=case).count() == (case.state != State.DRAFT)
            assert case.item.round == case.round
        assert verify().problem == ""


@pytest.mark.parametrize("draft", [True, False])
def test_many_windows_make_one_case_of_the_new_round(draft: bool) -> None:
    office = Office(draft=draft)
    answers = together([lambda: office.begin(world.SCALE_UP)] * 3 + [office.confirm] * 2)
    assert refusals(answers) == []
    assert len({answer.pk for answer in answers}) == 1
    assert (answers[0].pk == office.old.pk) == draft, "a draft goes on, a case of the first round stays"
    office.promises()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_at_once_nobody_has_the_same_twice(seed: int) -> None:
    """Items of one kind, of which one has a round within the other's year: one of the two is sent."""
    draw = random.Random(seed)
    office = Office(draft=draw.random() < 0.5)
    acts = draw.choices(office.acts(), k=4)
    answers = together(acts)
    office.promises()
    sent = Application.objects.filter(round__in=("2022-2", "2022"), submitted_at__isnull=False)
    assert sent.count() <= 1
    assert len(refusals(answers)) < len(acts), "somebody always gets through"
