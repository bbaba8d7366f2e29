"""Numbers and days as spreadsheets store them."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Final

_BUILT_IN_DATES: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Number formats that are dates or times without being declared (some in East Asian versions only)."""
_LITERALS: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_SIGNIFICANT: Final = 15
"""Digits that a spreadsheet keeps and shows of a number."""
_LONGEST: Final = Decimal(10) ** _SIGNIFICANT


def is_date_format(identifier: str, code: str | None) -> bool:
    """Whether a number format shows a day or a time."""
    if code is None:
        return identifier.isdigit() and int(identifier) in _BUILT_IN_DATES
    if code.lower() == "general":
        return False
    return re.search(r"[ymdhs年月日]", _LITERALS.sub("", code), re.IGNORECASE) is not None


def number_text(value: str) -> str:
    """A stored number as it would be typed: fifteen digits, no binary noise.

    From 10¹⁵ upward the stored digits are no longer all of what was typed, so the text has an
    exponent, which every column refuses.
    """
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite():
        return value
    if abs(number) >= _LONGEST or number.adjusted() < -_SIGNIFICANT:
        return f"{number:.14E}" if number else "0"
    places = max(0, _SIGNIFICANT - 1 - number.adjusted()) if number else 0
    text = f"{number:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def date_text(value: str, starts_1904: bool) -> str:
    """The day of a serial number as ``2022-03-01``, with its time when it has one.

    A number that is no day is given back as it is, so that the column refuses it.
    """
    try:
        serial = Decimal(value)
        seconds = int(serial * 86400 + Decimal("0.5"))
        days, seconds = divmod(seconds, 86400)
        if days < 1:
            return value
        if starts_1904:
            start = dt.date(1904, 1, 1)
        else:
            # 1900 has a 29 February in spreadsheets: serials up to 60 are a day off.
            start = dt.date(1899, 12, 31) if days < 60 else dt.date(1899, 12, 30)
        day = (start + dt.timedelta(days=days)).isoformat()
    except (InvalidOperation, OverflowError, ValueError):
        return value
    if seconds == 0:
        return day
    return f"{day} {seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
