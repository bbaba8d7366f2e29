"""Rounds as a state machine: in any order of days, versions and acts, nobody has the same twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from babashi.applications import services as applications
from babashi.applications.errors import ItemClosed
from babashi.applications.flow import ENDED, State
from babashi.applications.models import Application
from babashi.audit.errors import Conflict, DomainError
from babashi.catalogue.errors import RoundsOutOfTurn, RoundStillOpen
from babashi.catalogue.services import publish_pack
from babashi.reviews import services as reviews
from babashi.workdays.clock import set_demo_day, today
from tests.integration import case_world as world
from tests.integration.rounds_world import Batch, texts

ITEMS = (world.SCALE_UP, world.GREEN)
SAME_GROUP = ("same_kind_group: 绿色示范称号", "same_kind_group: 首次升规")
which = st.sampled_from(ITEMS)
years, numbers = st.integers(2022, 2023), st.integers(0, 2)
Place = tuple[int, int] | None
"""Year and number of a round, 0 for the year; ``None``: no round of its own."""


def follows(new: Place, old: Place) -> bool:
    """Said again: a later year, or a later number of the same one where both have one."""
    if new is None or old is None:
        return new is not None
    return new[0] > old[0] or (new[0] == old[0] and 0 not in (new[1], old[1]) and new[1] > old[1])


def beside(one: Place, other: Place) -> bool:
    """Said again: without a round, the same one, or a year and one of its rounds."""
    if one is None or other is None:
        return True
    return one[0] == other[0] and (one[1] == other[1] or 0 in (one[1], other[1]))


def place(key: str) -> Place:
    year, _, number = key.partition("-")
    return (int(year), int(number or 0)) if key else None


class Rounds(RuleBasedStateMachine):
    """One enterprise and two items of one kind, whose rounds come, overlap and go."""

    @initialize(again=st.tuples(st.booleans(), st.booleans()))
    def district(self, again: tuple[bool, bool]) -> None:
        self.guard = transaction.atomic()
        self.guard.__enter__()
        self.day = today()
        self.versions = 0
        self.rounds: dict[str, Batch] = {}
        for item, anew in zip(ITEMS, again, strict=True):
            self.rounds[item] = Batch("2022-1", self.day + timedelta(days=3), anew)
        assert self.publish(self.rounds)
        self.firm = world.enterprise(tables={"certificates": [{"kind": "节能节水", "level": "市级"}]})
        self.person = world.member(self.firm)
        self.account = world.account(self.firm, self.person)

    def teardown(self) -> None:
        if hasattr(self, "guard"):
            transaction.set_rollback(True)
            self.guard.__exit__(None, None, None)

    def publish(self, rounds: dict[str, Batch]) -> bool:
        """A new version with these rounds; whether it was taken."""
        self.versions += 1
        named = {item.partition("/")[2].replace("-", "_"): batch for item, batch in rounds.items()}
        try:
            publish_pack(texts(f"2.{self.versions}", SAME_GROUP, **named), by=None, enabled=True)
        except (RoundsOutOfTurn, RoundStillOpen):
            return False
        self.rounds = rounds
        return True

    @rule(
        item=which,
        year=years,
        number=numbers,
        again=st.booleans(),
        wait=st.integers(0, 3),
        length=st.integers(0, 6),
    )
    def a_version_brings_a_round(
        self, item: str, year: int, number: int, again: bool, wait: int, length: int
    ) -> None:
        """It is taken exactly if the round is the same one, or a later one after the last day."""
        old = self.rounds[item]
        opens = self.day + timedelta(days=wait)
        key = f"{year}-{number}" if number else str(year)
        new = Batch(key, opens + timedelta(days=length), again, opens)
        before, after = self.key(old), self.key(new)
        last = before or place(old.id)  # what was given once was given in a round too
        fits = before == after or (follows(after, last) and self.day > old.until)
        assert self.publish({**self.rounds, item: new}) == fits

    def key(self, batch: Batch) -> Place:
        return place(batch.id) if batch.again else None

    @rule(item=which, step=st.sampled_from(["number", "year", "whole year"]), wait=st.sampled_from([0, 0, 1]))
    def the_next_round_comes(self, item: str, step: str, wait: int) -> None:
        """On the last day of the present one it is refused, the day after it is taken."""
        old = self.rounds[item]
        year, _, number = old.id.partition("-")
        follow = {
            "number": f"{year}-{int(number or 0) + 1}",
            "year": f"{int(year) + 1}-1",
            "whole year": str(int(year) + 1),
        }
        key = follow[step] if number else follow["year"]
        if self.day <= old.until:
            self.move_to(old.until)
            assert not self.publish({**self.rounds, item: Batch(key, old.until + timedelta(days=9))})
        self.move_to(max(self.day, old.until + timedelta(days=1)))
        opens = self.day + timedelta(days=wait)
        assert self.publish({**self.rounds, item: Batch(key, opens + timedelta(days=5), True, opens)})
        self.move_to(opens)

    def move_to(self, day: date) -> None:
        self.day = day
        set_demo_day(day)

    @rule(days=st.integers(1, 4))
    def days_pass(self, days: int) -> None:
        self.move_to(self.day + timedelta(days=days))

    @rule(item=which)
    def begin(self, item: str) -> None:
        self.applies(item, lambda: applications.start_draft(self.firm, world.item(item), by=self.person))

    @rule(item=which)
    def send(self, item: str) -> None:
        self.applies(item, lambda: self.started_and_sent(item), sends=True)

    @rule()
    def confirm(self) -> None:
        item = world.SCALE_UP
        self.applies(
            item,
            lambda: reviews.submit_automatic_and_open(
                self.firm, world.item(item), bank_account=self.account, by=self.person
            ),
            sends=True,
        )

    def started_and_sent(self, item: str) -> Application:
        draft = applications.start_draft(self.firm, world.item(item), by=self.person)
        return reviews.submit_and_open(draft, revision=draft.revision, by=self.person)

    def applies(self, item: str, act: Callable[[], Application], *, sends: bool = False) -> None:
        """The case of this round where there is one; refused when closed or beside a rival; else a new one."""
        mine = [case for case in self.alive() if case.full_id == item]
        batch = self.rounds[item]
        here = [case for case in mine if place(case.round) == self.key(batch)]
        drafts = [case for case in mine if case.state == State.DRAFT]
        open_now = batch.opens is None or batch.opens <= self.day
        open_now = open_now and self.day <= batch.until
        sent_here = [case for case in here if case.state != State.DRAFT]
        rivals = [
            case for case in self.alive()
            if case.full_id != item and case.state != State.DRAFT and beside(place(case.round), self.key(batch))
        ]  # fmt: skip
        if sent_here:
            assert act().pk == sent_here[0].pk
        elif sends and not open_now:
            with pytest.raises(Conflict):
                act()
        elif sends and rivals:
            with pytest.raises(Conflict, match="从高不重复"):
                act()
        elif not open_now and not drafts:
            with pytest.raises(ItemClosed):
                act()
        else:
            got = self.attempt(act)
            assert got is not None or not open_now
            if got is not None and open_now:
                assert (place(got.round), got.pk in {case.pk for case in mine}) == (
                    self.key(batch),
                    bool(drafts),
                )

    def attempt(self, act: Callable[[], Any]) -> Any:
        try:
            with transaction.atomic():
                return act()
        except DomainError:
            return None

    @rule(data=st.data())
    def give_up(self, data: st.DataObject) -> None:
        if cases := self.alive():
            case = data.draw(st.sampled_from(cases))
            reviews.withdraw_and_close(case, by=self.person)

    def alive(self) -> list[Application]:
        return list(Application.objects.filter(enterprise=self.firm).exclude(state__in=ENDED).order_by("pk"))

    def pairs(self) -> Iterator[tuple[Application, Application]]:
        yield from combinations(self.alive(), 2)

    @invariant()
    def nobody_has_the_same_twice(self) -> None:
        if not hasattr(self, "firm"):
            return
        for one, other in self.pairs():
            if one.full_id == other.full_id:
                assert one.round != other.round
                assert State.DRAFT not in (one.state, other.state) or one.state != other.state
            elif State.DRAFT not in (one.state, other.state):
                assert not beside(place(one.round), place(other.round))
        for case in Application.objects.filter(enterprise=self.firm).select_related("item"):
            assert case.round == case.item.round


@pytest.mark.django_db
def test_nobody_has_the_same_twice_in_any_order_of_acts() -> None:
    assert date(2022, 1, 1) < today() < date(2022, 12, 31), "the demo stands before its second year"
    run_state_machine_as_test(
        Rounds,
        settings=settings(
            max_examples=14, stateful_step_count=22, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
