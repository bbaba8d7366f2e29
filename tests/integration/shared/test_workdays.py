"""The clock and the calendar: real holidays, provisional deadlines, a day that moves only forward and only in the demo."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from babashi.workdays import calendar, clock
from babashi.workdays.calendar import (
    LONGEST,
    add_workdays,
    announced_through,
    is_workday,
    workdays_between,
)
from babashi.workdays.models import CalendarDay, CalendarYear, DemoDay
from babashi.workdays.services import seed_calendar

pytestmark = pytest.mark.django_db
D = dt.date


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (D(2022, 9, 1), True),
        (D(2022, 9, 3), False),  # Saturday
        (D(2022, 9, 12), False),  # Mid-autumn, a Monday
        (D(2022, 10, 3), False),  # National Day, a Monday
        (D(2022, 10, 8), True),  # Saturday worked instead
        (D(2022, 10, 9), True),  # Sunday worked instead
        (D(2020, 1, 19), True),
    ],
)
def test_the_official_calendar(day: dt.date, works: bool) -> None:
    assert is_workday(day) is works


def test_five_working_days_over_the_national_holiday() -> None:
    deadline = add_workdays(D(2022, 9, 28), 5)
    assert deadline == (D(2022, 10, 10), False)  # 29, 30, then the weekend of 8 and 9 October is worked
    assert str(deadline) == "2022年10月10日"


def test_the_day_itself_does_not_count_and_nothing_added_stays() -> None:
    assert add_workdays(D(2022, 9, 1), 1).day == D(2022, 9, 2)
    assert add_workdays(D(2022, 9, 2), 1).day == D(2022, 9, 5)
    assert add_workdays(D(2022, 9, 3), 0).day == D(2022, 9, 3)


@pytest.mark.parametrize("n", [-1, LONGEST + 1])
def test_absurd_periods_are_refused(n: int) -> None:
    with pytest.raises(ValueError, match="between 0"):
        add_workdays(D(2022, 9, 1), n)


def test_beyond_the_last_announced_year_a_deadline_is_provisional() -> None:
    last = announced_through()
    assert last is not None
    inside, beyond = add_workdays(D(last, 12, 1), 5), add_workdays(D(last, 12, 28), 10)
    assert not inside.provisional
    assert beyond.provisional
    assert beyond.day.year == last + 1
    assert str(beyond).endswith("（暂定）")


def test_when_the_announcement_comes_the_deadline_is_firm() -> None:
    last = announced_through()
    assert last is not None
    before = add_workdays(D(last, 12, 28), 10)
    new_year = {D(last + 1, 1, day): "New Year's Day" for day in (1, 2, 3, 4)}
    done = seed_calendar(holidays=new_year, workdays={})
    assert last + 1 in done.years
    after = add_workdays(D(last, 12, 28), 10)
    assert not after.provisional
    assert after.day > before.day


def test_seeding_again_adds_nothing_and_keeps_corrections() -> None:
    CalendarDay.objects.filter(day=D(2022, 10, 8)).update(is_workday=False)
    assert seed_calendar().added == 0
    assert not is_workday(D(2022, 10, 8))
    assert set(range(2020, 2023)) <= set(CalendarYear.objects.values_list("year", flat=True))


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dates(D(2020, 1, 1), D(2027, 12, 31)), st.integers(1, 80))
def test_adding_and_counting_agree(day: dt.date, n: int) -> None:
    end = add_workdays(day, n).day
    assert is_workday(end)
    assert workdays_between(day, end) == n
    assert workdays_between(end, day) == -n


def test_the_demo_starts_where_it_is_told_and_moves_forward_only(settings: Settings) -> None:
    settings.BABASHI_DEMO, settings.BABASHI_TODAY = True, D(2022, 9, 1)
    assert clock.today() == D(2022, 9, 1)
    clock.set_demo_day(D(2022, 9, 5))
    assert clock.today() == D(2022, 9, 5)
    assert clock.now().utcoffset() == dt.timedelta(hours=8)
    with pytest.raises(clock.ClockNotMovable, match="只能向前"):
        clock.set_demo_day(D(2022, 9, 4))
    assert clock.today() == D(2022, 9, 5)


def test_outside_the_demo_the_clock_is_real_and_nobody_moves_it(settings: Settings) -> None:
    clock.set_demo_day(D(2022, 9, 5))
    settings.BABASHI_DEMO = False
    assert abs(clock.now() - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=5)
    with pytest.raises(clock.ClockNotMovable, match="演示环境"):
        clock.set_demo_day(D(2030, 1, 1))
    assert DemoDay.objects.get().day == D(2022, 9, 5)


def test_within_a_frozen_block_one_moment_holds() -> None:
    moment = dt.datetime(2022, 12, 31, 16, 30, tzinfo=dt.UTC)
    with clock.frozen(moment):
        assert clock.today() == D(2023, 1, 1)  # past midnight in Shanghai
        assert clock.now() == clock.now() == moment
    assert clock.now() != moment
    with pytest.raises(ValueError, match="aware"), clock.frozen(moment.replace(tzinfo=None)):
        pass


def test_within_a_reading_block_the_day_is_asked_for_once(
    settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.BABASHI_DEMO, settings.BABASHI_TODAY = True, D(2022, 9, 1)
    with django_assert_num_queries(1), clock.asked_once():
        assert clock.today() == clock.today() == D(2022, 9, 1)
    clock.set_demo_day(D(2022, 9, 2))
    assert clock.today() == D(2022, 9, 2)


def test_within_a_reading_block_the_calendar_is_read_once_and_afterwards_anew(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1), calendar.asked_once():
        assert add_workdays(D(2022, 9, 28), 5) == (D(2022, 10, 10), False)
        assert workdays_between(D(2022, 9, 28), D(2022, 10, 10)) == 5
        assert announced_through() is not None
    CalendarDay.objects.filter(day=D(2022, 10, 8)).update(is_workday=False)
    with django_assert_num_queries(1):
        assert add_workdays(D(2022, 9, 28), 5).day == D(2022, 10, 11)
