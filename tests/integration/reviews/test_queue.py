"""The queue for money: strict order by (day complete, moment of acceptance), nobody overtakes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from tests.integration import case_world as world

from babashi.accounts.models import User
from babashi.applications import services as applications
from babashi.applications.flow import State
from babashi.applications.models import Application
from babashi.budget.queries import free
from babashi.enterprises.models import Enterprise
from babashi.outreach.models import Message
from babashi.reviews import services as reviews
from babashi.reviews.queries import queue

pytestmark = pytest.mark.django_db


def titled() -> Enterprise:
    return world.enterprise(tables={"certificates": [{"kind": "节能节水", "level": "国家级"}]})


def green(amount: str, complete_on: date, people: dict[str, User]) -> Application:
    """A case of 100,000 to 200,000 yuan at its approval, approved with this amount."""
    case = world.submitted(world.GREEN, of=titled())[0]
    world.walk(case, people, "approval")
    Application.objects.filter(pk=case.pk).update(complete_on=complete_on)
    reviews.approve(world.task(case), Decimal(amount), by=people["approval"], opinion="同意")
    case.refresh_from_db()
    return case


def test_what_exceeds_the_free_money_waits_and_nobody_overtakes(people: dict[str, User]) -> None:
    world.money("150000", world.GREEN)
    large = green("200000", date(2022, 9, 5), people)
    assert (large.state, large.approved_amount) == (State.QUEUED, Decimal("200000.00"))
    small = green("100000", date(2022, 9, 6), people)
    assert small.state == State.QUEUED, "100,000 would fit, but somebody waits already"
    assert free(world.GREEN) == Decimal("150000.00")
    assert "排队" in Message.objects.filter(enterprise=small.enterprise, kind="decision").get().body

    assert reviews.drain_queue(world.GREEN) == []
    world.money("50000", world.GREEN)
    assert [case.pk for case in reviews.drain_queue(world.GREEN)] == [large.pk]
    assert free(world.GREEN) == 0
    world.money("100000", world.GREEN)
    assert [case.pk for case in reviews.drain_all()] == [small.pk]
    assert reviews.drain_all() == []
    small.refresh_from_db()
    assert small.state == State.APPROVED


def test_of_one_day_who_was_accepted_first_goes_first_whoever_began_a_draft_before(
    people: dict[str, User],
) -> None:
    """The pages promise it; a draft that lies since the first day, or since the last round, is no place in the queue."""
    world.money("50000", world.GREEN)
    begun = titled()
    person = world.member(begun)
    world.account(begun, person)
    draft = applications.start_draft(begun, world.item(world.GREEN), by=person)
    first, quick = world.submitted(world.GREEN, of=titled())
    second = reviews.submit_and_open(draft, revision=draft.revision, by=person)
    for case in (second, first):
        world.walk(case, people, "approval")
        reviews.approve(world.task(case), Decimal("100000"), by=people["approval"], opinion="同意")
    assert list(queue(world.GREEN)) == [first, second]
    for case, member, place in ((first, quick, 1), (second, person, 2)):
        client = Client()
        client.force_login(member)
        assert f"现在排第 {place} 位" in client.get(f"/progress/{case.public_id}/").content.decode()
    world.money("50000", world.GREEN)
    assert list(reviews.drain_queue(world.GREEN)) == [first]


def test_who_approves_is_told_that_the_money_is_not_there(people: dict[str, User]) -> None:
    client = Client()
    client.force_login(people["approval"])
    world.money("150000", world.GREEN)
    alone, batched, blank = (
        world.walk(world.submitted(world.GREEN, of=titled())[0], people, "approval") for _ in range(3)
    )
    reviews.decide(world.task(alone), "passed", by=people["approval"], amount=Decimal("100000"))
    sent = {"outcome": "passed", "opinion": "同意", "amount": "200,000.00", "task": world.task(batched).pk}
    page = client.post(f"/desk/cases/{batched.number}/decide/", sent, follow=True).content.decode()
    assert "通过；可用预算不足，排队等待额度" in page
    [row] = reviews.decide_many(
        [world.task(blank).pk], "passed", by=people["approval"], amount=Decimal("150000")
    )
    assert (row.ok, row.message) == (True, "通过；可用预算不足，排队等待额度")
    alone.refresh_from_db()
    assert alone.state == State.APPROVED


def test_the_public_is_told_who_waits_for_the_money_that_is_left(people: dict[str, User]) -> None:
    """“Still to be had” would mislead where approved cases stand in the queue for it."""
    world.money("150000", world.GREEN)
    assert "排队等额度" not in Client().get("/budget/").content.decode()
    green("200000", date(2022, 9, 5), people)
    green("100000", date(2022, 9, 6), people)
    page = Client().get("/budget/").content.decode()
    assert "2 件已审定的申报在排队等额度，共需 30万元，新的申报排在它们后面" in page


def test_who_waits_sees_his_place(people: dict[str, User]) -> None:
    first, second = green("200000", date(2022, 9, 5), people), green("100000", date(2022, 9, 6), people)
    places = {}
    for case in (first, second):
        client = Client()
        client.force_login(case.enterprise.members.get(user=case.submitted_by).user)
        page = client.get(f"/progress/{case.public_id}/").content.decode()
        places[case.pk] = page.partition("现在排第 ")[2].partition(" 位")[0]
    assert places == {first.pk: "1", second.pk: "2"}


def test_a_batch_without_amounts_says_what_to_do(people: dict[str, User]) -> None:
    case = world.walk(world.submitted(world.GREEN, of=titled())[0], people, "approval")
    [row] = reviews.decide_many([world.task(case).pk], "passed", by=people["approval"])
    assert (row.ok, row.message) == (False, "请填写审定金额。批量办理不填金额，请打开这一件办理。")


def test_the_day_complete_decides_not_the_day_of_approval(people: dict[str, User]) -> None:
    later = green("100000", date(2022, 9, 7), people)
    earlier = green("100000", date(2022, 9, 2), people)
    same_day = green("100000", date(2022, 9, 2), people)
    world.money("300000", world.GREEN)
    assert [case.pk for case in reviews.drain_queue(world.GREEN)] == [earlier.pk, same_day.pk, later.pk]


def test_an_earlier_case_that_comes_when_money_is_there_goes_first(people: dict[str, User]) -> None:
    """Money arrived but nobody drained yet: an approval drains in the right order by itself."""
    waiting = green("200000", date(2022, 9, 7), people)
    world.money("300000", world.GREEN)
    first = green("150000", date(2022, 9, 2), people)
    waiting.refresh_from_db()
    assert first.state == State.APPROVED
    assert waiting.state == State.QUEUED
    assert free(world.GREEN) == Decimal("150000.00")
