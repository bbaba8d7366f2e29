"""Chinese numerals, ordinary (二十万) and formal (贰拾万), to numbers."""

from decimal import Decimal
from typing import Final

_DIGITS: Final = {
    **{c: i for i, c in enumerate("零一二三四五六七八九")},
    **{c: i for i, c in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "○": 0, "两": 2, "俩": 2,
}  # fmt: skip
_UNITS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_BIG: Final = {"万": 10**4, "亿": 10**8}

CHARACTERS: Final = "".join(dict.fromkeys([*_DIGITS, *_UNITS]))


def parse(text: str) -> Decimal | None:
    """The value of a Chinese numeral, or None if ``text`` is not one. 半 stands for one half."""
    if not text:
        return None
    if text == "半":
        return Decimal("0.5")
    if all(c in _DIGITS for c in text):
        return Decimal("".join(str(_DIGITS[c]) for c in text))
    total = section = 0
    digit: int | None = None
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _UNITS:
            section += (1 if digit is None or (digit == 0 and section == 0) else digit) * _UNITS[char]
            digit = None
        elif char in _BIG:
            total = (total + section + (digit or 0)) * _BIG[char]
            section, digit = 0, None
        else:
            return None
    return Decimal(total + section + (digit or 0))


def parse_int(text: str) -> int | None:
    """The value of an Arabic or Chinese whole number, or None."""
    if text.isascii() and text.isdigit():
        return int(text)
    value = parse(text)
    return int(value) if value is not None else None
