"""Working days by the official calendar.

A deadline that reaches beyond the last year whose holidays have been announced is provisional (暂定): it is
computed from weekdays alone there, and has to be computed again when the announcement comes.
"""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from babashi.workdays.models import CalendarDay, CalendarYear

LONGEST = 1000
"""Working days that may be added at once: no period in public administration comes near."""


class Deadline(NamedTuple):
    """The last day of a period, and whether it may still shift with the next announcement of holidays."""

    day: dt.date
    provisional: bool

    def __str__(self) -> str:
        words = f"{self.day.year}年{self.day.month}月{self.day.day}日"
        return f"{words}（暂定）" if self.provisional else words


def is_workday(day: dt.date) -> bool:
    """Whether people work on that day: what the calendar says, else Monday to Friday."""
    special = CalendarDay.objects.filter(day=day).values_list("is_workday", flat=True).first()
    return day.weekday() < 5 if special is None else special


def add_workdays(day: dt.date, n: int) -> Deadline:
    """The n-th working day after ``day``, which itself doesn't count (民法典 第二百零一条). n = 0: the day."""
    if not 0 <= n <= LONGEST:
        raise ValueError(f"working days to add must be between 0 and {LONGEST}, not {n}")
    last = day + dt.timedelta(days=n * 2 + 60)
    special = _special_days(day, last)
    end, left = day, n
    while left:
        end += dt.timedelta(days=1)
        if end > last:  # a run of holidays longer than any real one
            last = end + dt.timedelta(days=366)
            special |= _special_days(end, last)
        left -= special.get(end, end.weekday() < 5)
    return Deadline(end, _is_provisional(day, end) if n else False)


def workdays_between(a: dt.date, b: dt.date) -> int:
    """How many working days lie after ``a`` up to and including ``b``; negative when b is before a."""
    return workdays_of_spans([(a, b)])[0]


def workdays_of_spans(spans: Sequence[tuple[dt.date, dt.date]]) -> list[int]:
    """:func:`workdays_between` for many pairs at the price of one query."""
    if not spans:
        return []
    first, last = min(min(span) for span in spans), max(max(span) for span in spans)
    special = _special_days(first, last)
    upto, count = {first: 0}, 0
    for offset in range(1, (last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        count += special.get(day, day.weekday() < 5)
        upto[day] = count
    return [upto[b] - upto[a] for a, b in spans]


def announced_through() -> int | None:
    """The last year with announced holidays, ``None`` when the calendar is empty."""
    return CalendarYear.objects.order_by("-year").values_list("year", flat=True).first()


def _special_days(a: dt.date, b: dt.date) -> dict[dt.date, bool]:
    return dict(CalendarDay.objects.filter(day__range=(a, b)).values_list("day", "is_workday"))


def _is_provisional(a: dt.date, b: dt.date) -> bool:
    years = set(range((a + dt.timedelta(days=1)).year, b.year + 1))
    return CalendarYear.objects.filter(year__in=years).count() < len(years)
