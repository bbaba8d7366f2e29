"""Rounds as enterprises hear of them and as the report counts them: anew in each, reminded, silent by round."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from babashi.accounts.models import User
from babashi.applications import services as applications
from babashi.budget.queries import balances
from babashi.enterprises.models import Enterprise
from babashi.matching.models import Match
from babashi.matching.proofs import explain_many
from babashi.matching.queries import current_matches
from babashi.matching.services import rematch
from babashi.outreach import services as outreach
from babashi.outreach.models import Message
from babashi.payments import services as payments
from babashi.reports.quarters import Quarter
from babashi.reports.queries import figures
from babashi.reports.records import read
from babashi.reviews import services as reviews
from babashi.site.reminders import remind
from babashi.workdays import clock
from babashi.workdays.services import seed_calendar
from tests.integration import case_world as world
from tests.integration.rounds_world import Batch, publish

pytestmark = pytest.mark.django_db
FIRST, SECOND = Batch("2022-1", dt.date(2022, 9, 30)), Batch("2022-2", dt.date(2022, 12, 31))
SECOND_FROM = Batch("2022-2", dt.date(2022, 12, 31), opens=dt.date(2022, 11, 1))


def on(month: int, day: int) -> Any:
    """The clock held at ten o'clock of a day."""
    return clock.frozen(dt.datetime(2022, month, day, 10, tzinfo=clock.ZONE))


@pytest.fixture
def firm() -> Enterprise:
    seed_calendar()
    with on(8, 1):
        publish("2.1", scale_up=FIRST)
        return world.enterprise(known=world.ALL_TABLES)


def told() -> list[str]:
    """Subjects of what was pushed about the item, the oldest first."""
    pushed = Message.objects.filter(kind="match", full_id=world.SCALE_UP).order_by("pk")
    return [message.subject for message in pushed]


def match_and_push() -> None:
    run = rematch(None, cause="manual")
    outreach.push_matches(run)
    assert outreach.push_matches(None) == 0, "nothing is told twice"


def apply(of: Enterprise, person: User) -> Any:
    draft = applications.start_draft(of, world.item(), by=person)
    return reviews.submit_and_open(draft, revision=draft.revision, by=person)


def test_each_round_is_told_anew(firm: Enterprise) -> None:
    with on(8, 1):
        match_and_push()
        publish("2.1.1", ("short_title: 首次升规奖励", "short_title: 升规奖励"), scale_up=FIRST)
        match_and_push()
    with on(10, 8):
        match_and_push()  # the first round is closed
        publish("2.2", scale_up=SECOND_FROM)
        match_and_push()
    assert told() == [
        "贵单位可以享受“首次升规奖励（2022年第1批）”：20万元",
        "贵单位可以享受“首次升规奖励（2022年第2批）”：20万元",
    ]
    now_unknown = {"verdict": "unknown", "missing": ["first_above_scale_year"]}
    assert Match.objects.filter(full_id=world.SCALE_UP, superseded_at=None).update(**now_unknown) == 1
    assert outreach.push_matches(None) == 0, (
        "told as possible, it is not told as lacking facts in the same round"
    )
    body = Message.objects.filter(full_id=world.SCALE_UP).latest("pk").body
    assert "2022年11月1日起申报，截止：2022年12月31日" in body


def test_what_is_given_once_is_pushed_once_and_reminded_of_to_who_has_not_applied(db: None) -> None:
    seed_calendar()
    once = [Batch(batch.id, batch.until, again=False) for batch in (FIRST, SECOND)]
    with on(8, 1):
        publish("2.1", scale_up=once[0])
        applied, silent = (world.enterprise(known=world.ALL_TABLES) for _ in range(2))
        world.submitted(of=applied)
        match_and_push()
    with on(10, 8):
        publish("2.2", scale_up=once[1])
        match_and_push()
    assert len(told()) == 2, "one for each enterprise"
    with on(12, 24):
        remind(dt.date(2022, 12, 24))
    closing = Message.objects.filter(kind="closing", full_id=world.SCALE_UP)
    assert [message.enterprise for message in closing] == [silent]


def test_the_first_day_is_called_to_mind_to_who_was_told_before(firm: Enterprise) -> None:
    with on(10, 8):
        publish("2.2", scale_up=SECOND_FROM)
        match_and_push()
        remind(dt.date(2022, 10, 31))
    assert not Message.objects.filter(kind="closing").exists()
    with on(11, 2):
        late = world.enterprise(known=world.ALL_TABLES)
        match_and_push()
        for _ in range(2):
            remind(dt.date(2022, 11, 2))
    [message] = Message.objects.filter(kind="closing")
    assert message.enterprise == firm != late, "who hears of it when it is open needs no second word"
    assert message.subject == "“首次升规奖励（2022年第2批）”开始申报：20万元"
    assert message.link == f"/match/{firm.uscc}/#scale-up"


def test_of_a_short_round_nobody_hears_that_it_closes_before_it_began(firm: Enterprise) -> None:
    short = Batch("2022-2", dt.date(2022, 10, 28), opens=dt.date(2022, 10, 10))
    with on(10, 8):
        publish("2.2", scale_up=short)
        match_and_push()
    for day, kinds in ((9, 0), (10, 1), (11, 1), (21, 2), (27, 3)):
        with on(10, day):
            remind(dt.date(2022, 10, day))
        assert Message.objects.filter(kind="closing").count() == kinds, day


def test_who_applied_in_the_first_round_is_reminded_of_the_second(firm: Enterprise) -> None:
    with on(8, 2):
        _, person = world.submitted(of=firm)
        rematch(None, cause="manual")
    with on(9, 23):
        assert remind(dt.date(2022, 9, 23)) == 0
    with on(10, 8):
        publish("2.2", scale_up=SECOND)
        rematch(None, cause="manual")
    with on(12, 24):
        remind(dt.date(2022, 12, 24))
        assert Message.objects.filter(kind="closing", full_id=world.SCALE_UP).count() == 1
        apply(firm, person)
    with on(12, 30):
        remind(dt.date(2022, 12, 30))
    assert Message.objects.filter(kind="closing", full_id=world.SCALE_UP).count() == 1


def test_a_version_that_leaves_an_item_as_it_was_leaves_its_reminders(firm: Enterprise) -> None:
    """Its matches stay as they are, bound to the version before."""
    with on(8, 1):
        rematch(None, cause="manual")
        publish("2.1.1", ("short_title: 绿色示范单位奖励", "short_title: 绿色示范奖励"), scale_up=FIRST)
        rematch(None, cause="manual")
    with on(9, 23):
        remind(dt.date(2022, 9, 23))
    assert Message.objects.filter(kind="closing", full_id=world.SCALE_UP).count() == 1


def test_a_round_is_a_new_verdict_with_its_proof(firm: Enterprise) -> None:
    with on(8, 1):
        rematch(None, cause="manual")
    with on(10, 8):
        publish("2.2", scale_up=SECOND)
        rematch(None, cause="manual")
    rows = Match.objects.filter(enterprise=firm, full_id=world.SCALE_UP).order_by("pk")
    assert [(row.item.round, row.superseded_at is None) for row in rows] == [
        ("2022-1", False),
        ("2022-2", True),
    ]
    assert len(list(explain_many(list(rows)))) == 2
    [current] = [row for row in current_matches(firm) if row.full_id == world.SCALE_UP]
    assert current.item.round_name == "2022年第2批"


def test_the_report_counts_take_up_and_silence_by_round(firm: Enterprise) -> None:
    with on(8, 1):
        people = world.staff()
        world.money("900000")
        case, person = world.submitted(of=firm)
        rematch(None, cause="manual")
    with on(8, 2):
        world.walk(case, people, "approval")
        reviews.approve(world.task(case), Decimal("200000"), by=people["approval"], opinion="同意")
        first, second = (world.official("finance", world.FINANCE) for _ in range(2))
        [payment] = payments.order_ready()
        batch = payments.make_batch([payment.pk], by=first)
        payments.export_batch(batch, "csv", by=second)
        head = "批次号,支付编号,状态,金额,支付日期,银行流水号,原因"
        row = f"{batch.number},{payment.number},成功,200000.00,2022-08-02,LS-1,"
        payments.import_answers("回单.csv", f"{head}\n{row}\n".encode(), by=second)
    with on(9, 30):
        publish("2.1.1", scale_up=Batch("2022-1", dt.date(2022, 9, 29)))
        publish("2.2", scale_up=SECOND)
        rematch(None, cause="manual")
    quarters = [line(Quarter(2022, 3)), line(Quarter(2022, 4))]
    assert [(found.eligible, found.paid, found.received) for found, _ in quarters] == [(1, 1, 1), (1, 0, 0)]
    assert [silent for _, silent in quarters] == [1, 1], "nobody has applied for the second round"
    assert [found.title for found, _ in quarters] == ["首次升规奖励"] * 2, "the item, whatever the round"
    with on(10, 9):
        apply(firm, person)
    found, silent = line(Quarter(2022, 4))
    assert (found.applied, found.received, silent) == (1, 0, 0)
    [pot] = [row for row in balances() if row.full_id == world.SCALE_UP]
    assert (pot.title, pot.paid, pot.free) == ("首次升规奖励", Decimal("200000.00"), Decimal("700000.00"))


def line(quarter: Quarter) -> Any:
    """The figures of the item and how many could have it and stayed silent."""
    with on(12, 1):
        records = read(quarter)
    [found] = [row for row in figures(records) if row.full_id == world.SCALE_UP]
    silent = records.tally("silent").get(world.SCALE_UP)
    return found, silent.number if silent else 0
