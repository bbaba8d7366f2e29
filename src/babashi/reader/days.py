"""Dates as notices print them: western years in digits or characters, years of the Republic, ends of a month or year."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Final

from babashi.reader import numerals

INTO: Final = r"(?:施行|实施|实行|执行|生效|试行|试点)"
# 112 年 is the year of the Republic: 2023
_Y: Final = (
    r"(?:(?:19|20)\d{2}|二[〇○零O0][一二三四五六七八九〇○零]{2}|(?<!\d)1[01]\d(?=年\d)"
    r"|(?<=民国)(?:[一二三四五六七八九十百〇○零]{2,5}|\d{2,3})(?=年))"
)
MONTH: Final = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九])"
DAY: Final = r"(?:\d{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
DATE: Final = (
    rf"(?:(?:中华)?民国)?{_Y}(?:年{MONTH}月(?:{DAY}[日号]|{DAY}(?=起)|底|末)?|年(?:底|末|年底)"
    r"|[-./]\d{1,2}[-./]\d{1,2})"
)
_PARTS: Final = re.compile(
    rf"(?:中华)?(?P<republic>民国)?(?P<y>{_Y})(?:年(?P<m>{MONTH})月(?:(?P<d>{DAY})(?:[日号]|(?=起)))?|年(?P<end>底|末|年底)"
    rf"|[-./](?P<nm>\d{{1,2}})[-./](?P<nd>\d{{1,2}}))"
)


def parse_date(text: str, default_year: int | None = None) -> date | None:
    """A date as printed; a missing day is the last of the month, 年底 the last of the year."""
    match = _PARTS.match(text)
    if not match:
        short = re.match(rf"(?:当年|同年)?(?P<m>{MONTH})月(?P<d>{DAY})[日号]", text)
        if not short or default_year is None:
            return None
        return _date(default_year, numerals.parse_int(short["m"]), numerals.parse_int(short["d"]))
    year = _republic(match["y"]) if match["republic"] else _year(match["y"])
    if match["end"]:
        return _date(year, 12, 31)
    if match["nm"]:
        return _date(year, int(match["nm"]), int(match["nd"]))
    month = numerals.parse_int(match["m"])
    day = numerals.parse_int(match["d"]) if match["d"] else None
    return _date(year, month, day)


def _year(text: str) -> int:
    if text.isdigit():
        return int(text) + (1911 if len(text) == 3 else 0)
    return int("".join(str(numerals.parse_int(c) or 0) for c in text))


def _republic(text: str) -> int:
    """``一一五`` and ``一百一十五`` are 2026."""
    spelt = not text.isdigit() and not re.search("[十百]", text)
    year = "".join(str(numerals.parse_int(c) or 0) for c in text) if spelt else text
    return (numerals.parse_int(year) or 0) + 1911


def _date(year: int, month: int | None, day: int | None) -> date | None:
    if month is None or not 1 <= month <= 12:
        return None
    if day is None:
        day = calendar.monthrange(year, month)[1]
    try:
        return date(year, month, day)
    except ValueError:
        return None


def add_months(day: date, months: int) -> date | None:
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    if year > 9999:
        return None
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
