"""Reminders: on their day, once each, with reason and link, and not for those who don't want them or don't need them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from babashi.applications import services as applications
from babashi.applications.models import Application
from babashi.enterprises.models import Enterprise
from babashi.enterprises.services import set_bank_account
from babashi.matching.services import rematch
from babashi.outreach import services as outreach
from babashi.outreach.models import Message
from babashi.payments import services as payments
from babashi.reviews import queries as review_queries
from babashi.reviews import services as reviews
from babashi.site.reminders import BEFORE_CLOSING, BEFORE_CORRECTION, reached, remind
from babashi.workdays import clock
from babashi.workdays.calendar import add_workdays
from babashi.workdays.services import seed_calendar
from tests.integration import case_world as world

START = dt.date(2022, 9, 1)
UNTIL = dt.date(2022, 12, 31)


@pytest.fixture
def _policies() -> Iterator[None]:
    seed_calendar()
    world.publish()
    with on(START):
        yield


def on(day: dt.date) -> Any:
    """The clock held at ten o'clock of a day."""
    return clock.frozen(dt.datetime.combine(day, dt.time(10), clock.ZONE))


def said_on(day: dt.date) -> list[Message]:
    """What the reminders of a day say that has not been said before."""
    before = set(Message.objects.values_list("pk", flat=True))
    with on(day):
        number = remind(day)
    fresh = list(Message.objects.exclude(pk__in=before))
    assert len(fresh) == number
    return fresh


@given(st.integers(-400, 400), st.sampled_from([BEFORE_CLOSING, BEFORE_CORRECTION]))
def test_the_tightest_step_counts_and_none_outside(left: int, steps: tuple[int, ...]) -> None:
    step = reached(left, steps)
    if left < 0 or left > max(steps):
        assert step is None
    else:
        assert step is not None
        assert left <= step
        assert not any(left <= other < step for other in steps)


@pytest.mark.django_db
@pytest.mark.usefixtures("_policies")
def test_a_pending_correction_is_called_to_mind_twice() -> None:
    people = world.staff()
    case, _ = world.submitted()
    asked = [{"ref": "material:other", "note": "请补交证明"}]
    reviews.decide(world.task(case), "returned", by=people["acceptance"], opinion="请补正", items=asked)
    due = add_workdays(START, 10).day
    assert due == dt.date(2022, 9, 16)  # Mid-Autumn Day, 12 September, is no working day
    for day in (9, 12):
        assert said_on(dt.date(2022, 9, day)) == []
    [first] = said_on(dt.date(2022, 9, 13))
    assert first.kind == "reminder"
    assert "2022年9月16日" in first.subject
    assert first.reason
    assert first.link == f"/applications/{case.public_id}/"
    assert said_on(dt.date(2022, 9, 14)) == []
    [second] = said_on(dt.date(2022, 9, 15))
    assert second.subject == first.subject
    assert said_on(due) == []
    assert said_on(dt.date(2022, 9, 20)) == []
    [last] = said_on(dt.date(2022, 9, 21))
    assert "2022年9月23日" in last.subject
    assert "逾期未补正" in last.body
    for day in (22, 23, 26):
        assert said_on(dt.date(2022, 9, day)) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("_policies")
def test_a_correction_that_came_is_not_asked_for_again() -> None:
    people = world.staff()
    case, person = world.submitted()
    asked = [{"ref": "material:other", "note": "请补交证明"}]
    reviews.decide(world.task(case), "returned", by=people["acceptance"], opinion="请补正", items=asked)
    case.refresh_from_db()
    saved = applications.save_draft(case, {**case.form, "note": "已说明"}, case.revision, by=person)
    reviews.resubmit_and_reopen(case, revision=saved.revision, by=person)
    assert said_on(dt.date(2022, 9, 13)) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("_policies")
def test_a_draft_that_lies_untouched_for_a_week() -> None:
    owner = world.enterprise()
    person = world.member(owner)
    draft = applications.start_draft(owner, world.item(world.RETROFIT), by=person)
    assert said_on(START + dt.timedelta(days=6)) == []
    [told] = said_on(START + dt.timedelta(days=7))
    assert "2022年9月1日" in told.reason
    assert told.link == f"/applications/{draft.public_id}/"
    assert said_on(START + dt.timedelta(days=8)) == []
    with on(START + dt.timedelta(days=9)):
        applications.save_draft(draft, {**draft.form, "note": "再看看"}, draft.revision, by=person)
    assert said_on(START + dt.timedelta(days=15)) == []
    [again] = said_on(START + dt.timedelta(days=16))
    assert "2022年9月10日" in again.reason
    with on(START + dt.timedelta(days=16)):
        applications.withdraw(draft, by=person)
    assert said_on(START + dt.timedelta(days=40)) == []


def firm_with(facts: dict[str, Any] | None = None) -> Enterprise:
    """An enterprise that can have the scale-up reward unless its facts say otherwise, and nothing else."""
    return world.enterprise(facts, known=world.ALL_TABLES)


def left(days: int) -> dt.date:
    return UNTIL - dt.timedelta(days=days)


@pytest.mark.django_db
@pytest.mark.usefixtures("_policies")
def test_an_item_that_closes_is_announced_at_30_7_and_1_days_once_each() -> None:
    firm = firm_with()
    rematch(None, cause="import")
    outreach.push_matches(None)
    said: dict[int, list[str]] = {}
    for days in range(32, -3, -1):
        for message in said_on(left(days)):
            said.setdefault(days, []).append(message.subject)
            assert (message.kind, message.enterprise) == ("closing", firm)
            assert message.link == f"/match/{firm.uscc}/#scale-up"
            assert message.reason == "贵单位符合全部条件，还没有申报。"
    assert {days: len(subjects) for days, subjects in said.items()} == {30: 1, 7: 1, 1: 1}
    assert "还有 7 天截止：20万元" in said[7][0]


@pytest.mark.django_db
@pytest.mark.usefixtures("_policies")
def test_days_that_were_jumped_over_bring_one_reminder_not_two() -> None:
    firm_with()
    rematch(None, cause="import")
    [told] = said_on(left(5))
    assert "还有 5 天截止" in told.subject
    [last] = said_on(left(0))
    assert "今天截止" in last.subject


@pytest.mark.django_db
@pytest.mark.usefixtures("_policies")
def test_nobody_is_told_who_has_applied_opted_out_or_cannot_have_it() -> None:
    applied, _ = world.submitted(of=firm_with())
    quiet = firm_with()
    firm_with({**world.SCALE_UP_FACTS, "first_above_scale_year": 2020})
    rematch(None, cause="import")
    outreach.opt_out(quiet, "inbox", by=world.member(quiet))
    assert said_on(left(30)) == []
    owner = applied.enterprise
    person = owner.members.get().user
    reviews.withdraw_and_close(applied, by=person, reason="下次再来")
    assert [message.enterprise for message in said_on(left(29))] == [owner]


@pytest.mark.django_db
@pytest.mark.usefixtures("_policies")
def test_a_draft_is_where_the_closing_reminder_leads() -> None:
    firm = firm_with()
    draft = applications.start_draft(firm, world.item(), by=world.member(firm))
    rematch(None, cause="import")
    found = {message.kind: message for message in said_on(left(7))}
    assert found["closing"].link == f"/applications/{draft.public_id}/"


def returned_payment() -> tuple[Application, Any]:
    people = world.staff()
    world.money("1000000")
    case, person = world.submitted()
    world.walk(case, people, "approval")
    reviews.decide(world.task(case), "passed", by=people["approval"], opinion="同意", amount=Decimal(200000))
    first, second = (world.official("finance", world.FINANCE) for _ in range(2))
    [payment] = payments.order_ready()
    batch = payments.make_batch([payment.pk], by=first)
    payments.export_batch(batch, "csv", by=second)
    head = "批次号,支付编号,状态,金额,支付日期,银行流水号,原因"
    row = f"{batch.number},{payment.number},退回,200000.00,,,账号与户名不符"
    payments.import_answers("回单.csv", f"{head}\n{row}\n".encode(), by=second)
    return case, person


@pytest.mark.django_db
@pytest.mark.usefixtures("_policies")
def test_an_account_that_the_bank_refused_and_nobody_corrected() -> None:
    case, _ = returned_payment()
    assert said_on(dt.date(2022, 9, 5)) == []
    [told] = said_on(dt.date(2022, 9, 6))  # three working days after Thursday
    assert "账号与户名不符" in told.reason
    assert told.link == f"/enterprise/{case.enterprise.uscc}/"
    assert said_on(dt.date(2022, 9, 7)) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("_policies")
def test_a_corrected_account_is_not_called_to_mind() -> None:
    case, person = returned_payment()
    set_bank_account(
        case.enterprise, account_name=case.enterprise.name, bank_name="农业银行重庆巴南支行",
        number="9558800011112222", by=person,
    )  # fmt: skip
    assert said_on(dt.date(2022, 9, 6)) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("_policies")
def test_the_digest_counts_what_is_late_and_what_two_working_days_bring() -> None:
    people = world.staff()
    case, _ = world.submitted()
    stranger = world.official("acceptor", "区商务委")
    [due] = [task.due_on for task in case.tasks.all()]
    assert due == dt.date(2022, 9, 5)  # two working days after Thursday
    official = people["acceptance"]
    seen = {day: review_queries.digest(dt.date(2022, 9, day), official) for day in (1, 5, 6)}
    assert (seen[1].late, seen[1].soon) == (0, 1)
    assert (seen[5].late, seen[5].soon) == (0, 1)
    assert (seen[6].late, seen[6].soon, seen[6].oldest) == (1, 0, due)
    assert review_queries.digest(dt.date(2022, 9, 6), stranger).late == 0
    assert review_queries.digest(dt.date(2022, 8, 30), official).soon == 0
