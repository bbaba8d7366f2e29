"""Numbers in every usual form."""

from decimal import Decimal

import pytest

from babashi.reader import numerals, quantities
from babashi.reader.text import View, normalise


def found(text: str) -> list[tuple[str, Decimal]]:
    normal = normalise(text)
    return [(q.kind, q.value) for q in quantities.find(View.of(normal, 0, len(normal)).text)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("给予20万元奖励", ["200000"]),
        ("１０００萬元", ["10000000"]),
        ("10—20万元", ["100000", "200000"]),
        ("10万元-20万元", ["100000", "200000"]),
        ("二十万元", ["200000"]),
        ("贰拾伍万元", ["250000"]),
        ("一百二十万元", ["1200000"]),
        ("5,000 元", ["5000"]),
        ("2 000万元", ["20000000"]),
        ("分别给予100、50、30万元", ["1000000", "500000", "300000"]),
        ("二至五万元", ["20000", "50000"]),
        ("8万、6万、5万元", ["80000", "60000", "50000"]),
        ("2千万元", ["20000000"]),
        ("1.5亿元", ["150000000"]),
        ("奖励企业50万", ["500000"]),
    ],
)
def test_money(text: str, values: list[str]) -> None:
    assert found(text) == [("money", Decimal(v)) for v in values]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("50%", ["0.5"]),
        ("５０％", ["0.5"]),
        ("3‰", ["0.003"]),
        ("百分之四十", ["0.4"]),
        ("百分之二点五", ["0.025"]),
        ("千分之五", ["0.005"]),
        ("30%～50%", ["0.3", "0.5"]),
        ("5-10%", ["0.05", "0.1"]),
        ("按1:0.5配套", ["0.5"]),
        ("按1：1配套", ["1"]),
        ("2个百分点", ["0.02"]),
    ],
)
def test_shares(text: str, values: list[str]) -> None:
    assert found(text) == [("share", Decimal(v)) for v in values]


@pytest.mark.parametrize(
    "text", ["10万吨", "3万平方米", "1万-3万（不含）平方米", "1000万美元", "2022年12月31日", "万元产值能耗"]
)
def test_not_money(text: str) -> None:
    assert found(text) == []


def test_foreign_currency_is_marked() -> None:
    normal = normalise("10万元港币")
    assert [q.foreign for q in quantities.find(normal)] == [True]


@pytest.mark.parametrize(
    ("text", "value"),
    [("十五", 15), ("一百零五", 105), ("二〇二二", 2022), ("两千", 2000), ("三万五千", 35000), ("半", "0.5")],
)
def test_numerals(text: str, value: object) -> None:
    assert numerals.parse(text) == Decimal(str(value))


def test_no_numeral() -> None:
    assert numerals.parse("企业") is None
    assert numerals.parse("") is None
