"""Figures in Chinese text: which numbers, rates, dates and years a sentence states."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from typing import Final

from babashi.rules.money import Number, exact

_SCALE: Final[dict[str, int | Fraction]] = {
    "亿": 100_000_000,
    "万": 10_000,
    "千": 1_000,
    "%": Fraction(1, 100),
    "％": Fraction(1, 100),
    "‰": Fraction(1, 1000),
}
_NUMBER: Final = r"(?<!\d)(?:\d{1,3}(?:,\d{3}){1,5}|\d{1,18})(?!\d)(?:\.\d{1,12})?"
"""Bounded: a line of a hundred thousand digits is no figure, and must not cost the square of its length."""
_RANGE: Final = re.compile(
    rf"({_NUMBER})\s{{0,9}}[—–~～至-]{{1,9}}\s{{0,9}}({_NUMBER})\s{{0,9}}([亿万千%％‰])"
)
_SINGLE: Final = re.compile(rf"({_NUMBER})\s{{0,9}}([亿万千%％‰])?")
_DATE: Final = re.compile(r"(\d{4})\s{0,9}(?:年|-)\s{0,9}(\d{1,2})\s{0,9}(?:月|-)\s{0,9}(\d{1,2})\s{0,9}日?")


def figures_in(text: str) -> set[Number | dt.date]:
    """Every number a text states, exactly: ``10—20万元`` gives 100000 and 200000, ``3%`` gives 3/100.

    Percentages are fractions of one; a date gives the day, and its year as a number.
    """
    found: set[Number | dt.date] = set()
    for year, month, day in _DATE.findall(text):
        try:
            found.add(dt.date(int(year), int(month), int(day)))
        except ValueError:
            continue
    for low, high, scale in _RANGE.findall(text):
        found.update(_scaled(number, scale) for number in (low, high))
    found.update(_scaled(number, scale) for number, scale in _SINGLE.findall(text))
    return found


def _scaled(number: str, scale: str) -> Number:
    return exact(Fraction(number.replace(",", "")) * _SCALE.get(scale, 1))


def compact(text: str) -> str:
    """The text without blanks and line breaks, for comparing quotations."""
    return re.sub(r"\s+", "", text)
