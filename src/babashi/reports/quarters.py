"""Calendar quarters, written 2022Q3."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Self

from django.utils import timezone

_WRITTEN = re.compile(r"(20\d\d)[Qq]([1-4])", re.ASCII)


@dataclass(frozen=True, order=True)
class Quarter:
    """One quarter of a calendar year."""

    year: int
    number: int

    @classmethod
    def of(cls, day: dt.date) -> Self:
        """The quarter that a day lies in."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def read(cls, text: str) -> Self:
        """From ``2022Q3``. Raises ValueError."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"not a quarter: {text!r}")
        return cls(int(found[1]), int(found[2]))

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> dt.date:
        return self.next().first - dt.timedelta(days=1)

    @property
    def label(self) -> str:
        return f"{self.year}年第{'一二三四'[self.number - 1]}季度"

    def next(self) -> "Quarter":
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    def moments(self) -> tuple[dt.datetime, dt.datetime]:
        """Where it begins and where the next one begins, in the time of the district."""
        begin, end = (dt.datetime.combine(day, dt.time.min) for day in (self.first, self.next().first))
        return timezone.make_aware(begin), timezone.make_aware(end)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"


def quarters(first: dt.date, last: dt.date) -> list[Quarter]:
    """All quarters from the one of ``first`` to the one of ``last``, the newest first."""
    found, end = [Quarter.of(min(first, last))], Quarter.of(last)
    while found[-1] < end:
        found.append(found[-1].next())
    return found[::-1]
