"""Working days by the official calendar.

A deadline that reaches beyond the last year whose holidays have been announced is provisional (暂定): it is
computed from weekdays alone there, and has to be computed again when the announcement comes.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import BooleanField, DateField, PositiveSmallIntegerField, Value

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


@dataclass(frozen=True, slots=True)
class _Calendar:
    """All that was announced: a few hundred days."""

    special: Mapping[dt.date, bool]
    """Days that are otherwise than their weekday, and whether people work on them."""
    years: frozenset[int]

    def works(self, day: dt.date) -> bool:
        return self.special.get(day, day.weekday() < 5)


_asked: ContextVar[list[_Calendar] | None] = ContextVar("calendar, once asked for", default=None)


@contextmanager
def asked_once() -> Iterator[None]:
    """Within the block the calendar is read once, by whoever needs it first. For reading: what is announced within it
    is not seen."""
    token = _asked.set([])
    try:
        yield
    finally:
        _asked.reset(token)


def _calendar() -> _Calendar:
    asked = _asked.get()
    if asked:
        return asked[0]
    no_day, no_word = Value(None, DateField()), Value(None, BooleanField())
    years = CalendarYear.objects.order_by().values_list("year", no_day, no_word)
    days = CalendarDay.objects.order_by().values_list(
        Value(None, PositiveSmallIntegerField()), "day", "is_workday"
    )
    rows = list(years.union(days, all=True))
    found = _Calendar(
        {day: works for year, day, works in rows if year is None},
        frozenset(year for year, _, _ in rows if year is not None),
    )
    if asked is not None:
        asked.append(found)
    return found


def is_workday(day: dt.date) -> bool:
    """Whether people work on that day: what the calendar says, else Monday to Friday."""
    return _calendar().works(day)


def add_workdays(day: dt.date, n: int) -> Deadline:
    """The n-th working day after ``day``, which itself doesn't count (民法典 第二百零一条). n = 0: the day."""
    if not 0 <= n <= LONGEST:
        raise ValueError(f"working days to add must be between 0 and {LONGEST}, not {n}")
    calendar, end, left = _calendar(), day, n
    while left:
        end += dt.timedelta(days=1)
        left -= calendar.works(end)
    years = range((day + dt.timedelta(days=1)).year, end.year + 1)
    return Deadline(end, provisional=bool(n) and not calendar.years.issuperset(years))


def workdays_between(a: dt.date, b: dt.date) -> int:
    """How many working days lie after ``a`` up to and including ``b``; negative when b is before a."""
    return workdays_of_spans([(a, b)])[0]


def workdays_of_spans(spans: Sequence[tuple[dt.date, dt.date]]) -> list[int]:
    """:func:`workdays_between` for many pairs at the price of one query."""
    if not spans:
        return []
    first, last = min(min(span) for span in spans), max(max(span) for span in spans)
    calendar, upto, count = _calendar(), {first: 0}, 0
    for offset in range(1, (last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        count += calendar.works(day)
        upto[day] = count
    return [upto[b] - upto[a] for a, b in spans]


def announced_through() -> int | None:
    """The last year with announced holidays, ``None`` when the calendar is empty."""
    return max(_calendar().years, default=None)
