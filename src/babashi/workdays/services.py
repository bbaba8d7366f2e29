"""Filling the calendar. The table, not the library, is what deadlines are computed from."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import chinese_calendar.constants as announced
from django.db import transaction

from babashi.workdays.models import CalendarDay, CalendarYear

FIRST_YEAR = 2020
SOURCE = "国务院办公厅关于{year}年部分节假日安排的通知（数据取自 chinese-calendar）"
_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


@dataclass(frozen=True, slots=True)
class CalendarSeed:
    """What seeding did: the years that the calendar now has, and how many days are new."""

    years: tuple[int, ...]
    added: int


def seed_calendar(
    holidays: Mapping[dt.date, str] | None = None, workdays: Mapping[dt.date, str] | None = None
) -> CalendarSeed:
    """Enter every announced year that the table doesn't have yet; years already there stay as they are.

    So a correction made by an administrator survives, and a newer library brings only new years.
    """
    off = announced.holidays if holidays is None else holidays
    on = announced.workdays if workdays is None else workdays
    with transaction.atomic():
        known = set(CalendarYear.objects.values_list("year", flat=True))
        years = sorted({day.year for day in off if day.year >= FIRST_YEAR} - known)
        rows = [
            CalendarDay(
                day=day,
                is_workday=works,
                name=_NAMES.get(name, name)[:40],
                source=SOURCE.format(year=day.year),
            )
            for days, works in ((off, False), (on, True))
            for day, name in days.items()
            if day.year in years
        ]
        CalendarDay.objects.bulk_create(rows, ignore_conflicts=True)
        CalendarYear.objects.bulk_create(
            [CalendarYear(year=year, source=SOURCE.format(year=year)) for year in years],
            ignore_conflicts=True,
        )
    return CalendarSeed(tuple(sorted(known | set(years))), len(rows))
