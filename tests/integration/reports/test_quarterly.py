"""Quarterly figures, counted by hand beside what the report says."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from babashi.accounts.models import Role
from babashi.applications.models import Application, ApplicationEvent
from babashi.enterprises.models import Enterprise
from babashi.matching.models import Match, MatchRun
from babashi.outreach.models import Message
from babashi.payments.models import Payment, PaymentBatch
from babashi.reports import queries
from babashi.reports.quarters import Quarter, quarters
from babashi.reports.records import SUBMITTING, read
from babashi.workdays import clock
from tests.integration.money_world import FULL_ID, bank_account, enterprise, item, made_up, member, official

Q3 = Quarter(2022, 3)
SECOND = "test-pack/second"


def at(month: int, day: int, hour: int = 10) -> dt.datetime:
    return dt.datetime(2022, month, day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.frozen(at(11, 15)):
        yield


def match(
    of: Enterprise, since: dt.datetime, until: dt.datetime | None = None, verdict: str = "eligible"
) -> None:
    run = MatchRun.objects.create(cause="import", as_of=since.date(), started_at=since)
    Match.objects.create(
        enterprise=of, item=item(), full_id=FULL_ID, run=run, verdict=verdict, closed=False,
        as_of=since.date(), computed_at=since, superseded_at=until, trace={},
    )  # fmt: skip


def push(of: Enterprise, when: dt.datetime, kind: str = "match") -> None:
    Message.objects.create(
        enterprise=of, kind=kind, subject="新", body="新", full_id=FULL_ID,
        dedupe_key=f"{of.uscc}{when}{kind}", created_at=when,
    )  # fmt: skip


def case(of: Enterprise, *steps: tuple[str, dt.datetime], amount: str | None = None) -> Application:
    submitted = next(when for kind, when in steps if kind in SUBMITTING)
    money = Decimal(amount) if amount else None
    with made_up():
        made = Application.objects.create(
            number=f"BN-{of.uscc}", enterprise=of, item=item(), full_id=FULL_ID, started_at=submitted,
            state="approved" if amount else "in_review", submitted_at=submitted, complete_on=submitted.date(),
            verdict="eligible", amount_min=money, amount_max=money, approved_amount=money,
        )  # fmt: skip
    for number, (kind, when) in enumerate(steps, 1):
        ApplicationEvent.objects.create(
            application=made, sequence=number, kind=kind, from_state="", to_state="", by_label="系统", at=when
        )
    return made


def pay(of: Application, day: dt.date, state: str = "succeeded") -> None:
    firm = of.enterprise
    clerk = official()
    batch = PaymentBatch.objects.create(number=f"PC-{firm.uscc}", created_by=clerk, created_at=clock.now())
    with made_up():
        Payment.objects.create(
            number=f"ZF-{firm.uscc}", application=of, amount=of.approved_amount, state=state, paid_on=day,
            bank_account=bank_account(firm, member(firm)), created_at=clock.now(), batch=batch,
            bank_reference=f"B-{firm.uscc}",
        )  # fmt: skip


def row(quarter: Quarter = Q3) -> queries.Figures:
    return next(row for row in queries.figures(read(quarter)) if row.full_id == FULL_ID)


@pytest.mark.django_db
def test_who_could_have_it_is_counted_once_and_only_while_it_held() -> None:
    firm, early, late, other = (enterprise() for _ in range(4))
    match(firm, at(7, 2), at(8, 1))
    match(firm, at(8, 1))  # a new version of the same verdict
    match(early, at(5, 1), at(6, 30, 23))
    match(late, at(10, 1, 0))
    match(other, at(7, 2), verdict="ineligible")
    assert [row(Quarter(2022, number)).eligible for number in (1, 2, 3, 4)] == [0, 1, 1, 2]


@pytest.mark.django_db
def test_pushes_and_applications_of_the_quarter_in_the_time_of_the_district() -> None:
    firm, second = enterprise(), enterprise()
    push(firm, at(7, 1, 0))
    push(firm, at(9, 30, 23))
    push(firm, at(8, 1), kind="decision")
    push(second, at(10, 1, 0))
    case(firm, ("submitted", at(9, 30, 23)), ("corrected", at(10, 8)))
    case(second, ("confirmed", at(10, 1, 0)))
    assert (row().pushed, row().applied) == (1, 1)
    assert (row(Quarter(2022, 4)).pushed, row(Quarter(2022, 4)).applied) == (1, 1)


@pytest.mark.django_db
def test_decisions_money_and_working_days() -> None:
    for end, amount, kind in ((8, "200000.00", "approved"), (15, "100000.01", "queued")):
        case(
            enterprise(),
            ("submitted", at(7, 4)),
            (kind, at(7, end)),
            ("funds_reserved", at(8, 1)),
            amount=amount,
        )
    case(enterprise(), ("submitted", at(7, 4)), ("refused", at(7, 5)))
    case(enterprise(), ("submitted", at(7, 4)), ("approved", at(10, 10)), amount="5.00")
    found = row()
    assert (found.approved, found.approved_sum) == (2, Decimal("300000.01"))
    assert (found.decided, sorted(found.days)) == (3, [1, 4, 9])
    assert (found.average_days, found.median_days, found.refused) == (Decimal("4.7"), Decimal("4.0"), 1)
    assert row(Quarter(2022, 2)).average_days is None


@pytest.mark.django_db
def test_take_up_is_the_share_of_the_eligible_who_have_the_money() -> None:
    firms = [enterprise() for _ in range(3)]
    for firm in firms:
        match(firm, at(7, 2))
    stranger = enterprise()  # paid without ever having matched: money counts, take-up does not
    for firm, day in ((firms[0], at(9, 30)), (firms[1], at(10, 1)), (stranger, at(8, 1))):
        pay(case(firm, ("submitted", at(7, 4)), ("approved", at(7, 8)), amount="10.50"), day.date())
    back = case(firms[2], ("submitted", at(7, 4)), ("approved", at(7, 8)), amount="9.00")
    pay(back, at(8, 1).date(), state="returned")
    assert (row().paid, row().paid_sum, row().received) == (2, Decimal("21.00"), 1)
    assert row().take_up == Decimal("33.3")
    fourth = row(Quarter(2022, 4))
    assert (fourth.paid, fourth.received, fourth.take_up) == (1, 2, Decimal("66.7"))
    assert row(Quarter(2022, 1)).take_up is None


@pytest.mark.django_db
def test_the_export_and_its_sums() -> None:
    firm = enterprise()
    item(FULL_ID)
    item(SECOND, "第二项")
    match(firm, at(7, 2))
    pay(case(firm, ("submitted", at(7, 4)), ("approved", at(7, 8)), amount="200000.00"), at(9, 1).date())
    client = Client()
    client.force_login(official(Role.COORDINATOR))
    lines = (
        client.get("/desk/reports/", {"quarter": "2022Q3", "export": "csv"})
        .content.decode("utf-8-sig")
        .split("\r\n")
    )
    assert lines[1].endswith("区经济信息委,1,0,1,1,200000.00,1,200000.00,1,100.0,4.0,4.0,0,0,0")
    assert lines[2].endswith("区经济信息委,0,0,0,0,0.00,0,0.00,0,,,,0,0,0")
    assert lines[3].startswith(",合计,,1,0,1,1,200000.00")


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["2022", "2022Q5", "第三季度", "2022Q３", "2023Q1"])
def test_a_quarter_that_does_not_exist_is_explained(text: str) -> None:
    client = Client()
    client.force_login(official(Role.COORDINATOR))
    answer = client.get("/desk/reports/", {"quarter": text})
    assert answer.status_code == 422
    assert "请" in answer.content.decode()


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_the_cases() -> None:
    def queries_now() -> int:
        with CaptureQueriesContext(connection) as seen:
            row()
        return len(seen)

    case(enterprise(), ("submitted", at(7, 4)), ("approved", at(7, 8)), amount="5.00")
    few = queries_now()
    for _ in range(5):
        case(enterprise(), ("submitted", at(7, 4)), ("approved", at(7, 12)), amount="5.00")
    assert queries_now() == few
    assert row().approved == 6


@given(st.dates(dt.date(2000, 1, 1), dt.date(2098, 12, 31)))
def test_every_day_lies_in_exactly_its_quarter(day: dt.date) -> None:
    quarter = Quarter.of(day)
    assert quarter.first <= day <= quarter.last
    assert Quarter.read(str(quarter)) == quarter
    assert quarter.next() == Quarter.of(quarter.last + dt.timedelta(days=1))
    assert quarters(day, quarter.next().first) == [quarter.next(), quarter]
