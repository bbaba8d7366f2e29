"""Values as Chinese text: money, numbers, rates, dates, lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from babashi.rules.facts import FactSpec
from babashi.rules.money import exact
from babashi.rules.units import Type, each_words
from babashi.rules.values import NEVER, Never, Value

UNKNOWN = "未知"


def decimal_text(number: int | Decimal | Fraction, places: int = 8) -> str:
    """A number without trailing zeros; what doesn't end within ``places`` decimals gets a leading 约."""
    value = Fraction(exact(number))
    scaled = value * 10**places
    whole = round(scaled)
    sign, digits = ("-" if whole < 0 else ""), f"{abs(whole):0{places + 1}d}"
    integer, decimals = digits[:-places], digits[-places:].rstrip("0")
    text = f"{sign}{integer}.{decimals}" if decimals else f"{sign}{integer}"
    return text if scaled.denominator == 1 else f"约{text}"


def money_text(yuan: int | Decimal | Fraction) -> str:
    """Money in running text, exact, as notices print it: ``20万元``, ``1.55亿元``, ``123,456元``, ``4,999.90元``.

    What is not whole in 万 or 亿 to two places is written in 元 with thousands separators, fen with both digits.
    """
    value = Fraction(exact(yuan))
    for scale, unit in ((100_000_000, "亿元"), (10_000, "万元")):
        if abs(value) >= scale and (value * 100 / scale).denominator == 1:
            return f"{decimal_text(value / scale)}{unit}"
    fen = (value * 100).denominator == 1 and value.denominator != 1
    text = f"{Decimal(int(value * 100)).scaleb(-2):.2f}" if fen else decimal_text(value)
    return f"{_grouped(text)}元"


def ceiling_text(yuan: int | Decimal | Fraction) -> str:
    """The most that may be granted, in running text: ``最高20万元``."""
    return f"最高{money_text(yuan)}"


def _grouped(text: str) -> str:
    """The digits before the point in groups of three; ``约`` and a sign stay in front."""
    digits = text.lstrip("约-")
    integer, point, decimals = digits.partition(".")
    return f"{text[: len(text) - len(digits)]}{int(integer):,}{point}{decimals}"


def quoted(text: str) -> str:
    """In quotation marks; those inside become single ones: “重点产业‘定向培训’”."""
    return f"“{text.replace('“', '‘').replace('”', '’')}”"


def date_text(day: dt.date) -> str:
    """``2022年12月31日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def list_text(parts: Sequence[str], word: str) -> str:
    """``甲、乙或丙`` with the word before the last part."""
    if len(parts) <= 1:
        return "".join(parts)
    return f"{'、'.join(parts[:-1])}{word}{parts[-1]}"


def value_text(value: Value | None, spec: FactSpec) -> str:
    """A fact's value as an enterprise reads it."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Never):
        return spec.none_word or "无"
    if isinstance(value, frozenset):
        ordered = [code for code in spec.codes or () if code in value] + sorted(value - set(spec.codes or ()))
        return "、".join(ordered) if ordered else (spec.none_word or "无")
    if isinstance(value, dt.date):
        return date_text(value)
    if isinstance(value, str):
        name = spec.code_name(value) if spec.type == "code" else value
        return value if name == value else f"{name}（{value}）"
    if spec.type == "money":
        return money_text(value)
    if spec.type == "ratio":
        return f"{decimal_text(Fraction(exact(value)) * 100)}%"
    if spec.type == "year":
        return f"{value}年"
    return f"{decimal_text(value)}{spec.unit}"


def typed_text(value: object, kind: Type) -> str:
    """A constant of the rule as text, by its type."""
    if value is NEVER:
        return "无"
    if isinstance(value, dt.date):
        return date_text(value)
    if not isinstance(value, (int, Fraction)) or isinstance(value, bool):
        return str(value) if kind.spec is None else value_text(str(value), kind.spec)
    if kind.kind == "year":
        return f"{value}年"
    if kind.kind == "division":
        return f"{value:02d}"
    if kind.unit == (("yuan", 1),):
        return money_text(value)
    if each_words(kind):
        return f"{each_words(kind)}{money_text(value)}"
    if kind.unit:
        return f"{decimal_text(value)}{kind.words}"
    if 0 < abs(Fraction(value)) < 1:
        return f"{decimal_text(value * 100)}%"
    return decimal_text(value)
