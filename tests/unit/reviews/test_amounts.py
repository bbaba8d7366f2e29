"""What a reviewer types as an amount."""

from decimal import Decimal

import pytest

from babashi.applications.errors import Mistakes
from babashi.reviews.caseacts import _amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("200,000.00 元", "200000.00"),
        ("９９．５", "99.5"),
        (" 0 ", "0"),
        ("9999999999999.99", "9999999999999.99"),
    ],
)
def test_amounts_as_people_write_them(text: str, amount: str) -> None:
    assert _amount(text) == Decimal(amount)


def test_nothing_typed_is_no_amount() -> None:
    assert _amount("  ") is None


@pytest.mark.parametrize(
    "text", ["1e3", "NaN", "Infinity", "-1", "+1", "1.234", "1e400000", "二十万", "1" * 14, "1_000"]
)
def test_slips_are_told(text: str) -> None:
    with pytest.raises(Mistakes, match="金额格式不对"):
        _amount(text)
