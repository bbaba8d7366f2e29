"""Exact numbers, and the one place that rounds money."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

Number = int | Fraction
MOST_YUAN: Final = Decimal("9999999999999999.99")
"""The largest amount of money: as many digits as every column of an amount holds, a hundred times what a country
earns in a year. What comes out larger rests on a wrong figure."""


def exact(value: int | Decimal | Fraction) -> Number:
    """An exact number: an integer where it is whole, else a fraction. Floats and NaN are refused."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, Fraction)):
        raise TypeError(f"不是准确的数：{value!r}")
    if isinstance(value, int):
        return value
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError(f"不是有限的数：{value!r}")
    fraction = Fraction(value)
    return fraction.numerator if fraction.denominator == 1 else fraction


def round_fen(yuan: Number) -> Decimal:
    """Yuan rounded half-up (away from zero) to the fen, with two decimals.

    The only rounding of money in the rules: once, after summing, dividing and capping.
    """
    scaled = Fraction(yuan) * 100
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    if 2 * rest >= scaled.denominator:
        whole += 1
    return Decimal(-whole if scaled < 0 else whole).scaleb(-2)


def format_yuan(amount: Decimal) -> str:
    """Two decimals without exponent: ``200000.00``."""
    return f"{amount:.2f}"
