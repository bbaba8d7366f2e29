"""Money in running text: exact, as notices print it, the same words in messages and on pages."""

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from babashi.catalogue.models import CatalogueItem
from babashi.matching.models import Match
from babashi.outreach.wording import amount_words
from babashi.rules.chinese import ceiling_text, money_text
from babashi.site.templatetags import babashi as tags

SOURCE = Path(__file__).parents[3] / "src" / "babashi"


@pytest.mark.parametrize(
    ("yuan", "text"),
    [
        (200_000, "20万元"),
        (20_000_000, "2000万元"),
        (Decimal("1938000.00"), "193.8万元"),
        (123_456, "123,456元"),
        (Decimal("123456.78"), "123,456.78元"),
        (Decimal("4999.90"), "4,999.90元"),
        (Decimal("-4999.90"), "-4,999.90元"),
        (123_450_000, "12345万元"),
        (155_000_000, "1.55亿元"),
        (999, "999元"),
        (0, "0元"),
        (Fraction(1234567, 1000), "1,234.567元"),
        (Fraction(10000, 3), "约3,333.33333333元"),
    ],
)
def test_as_notices_print_it(yuan: int | Decimal | Fraction, text: str) -> None:
    assert money_text(yuan) == text


@given(st.integers(-(10**14), 10**14))
def test_it_can_be_read_back_to_the_fen_and_pages_say_the_same(fen: int) -> None:
    text = money_text(Decimal(fen) / 100)
    unit = 10**8 if text.endswith("亿元") else 10**4 if text.endswith("万元") else 1
    assert Decimal(text.removesuffix("元").rstrip("万亿").replace(",", "")) * unit * 100 == fen
    assert tags.wan(Decimal(fen) / 100) == text


def test_a_push_says_the_amount_in_the_same_words() -> None:
    fixed = Match(amount_min=Decimal("123456.78"), amount_max=Decimal("123456.78"))
    assert amount_words(fixed, CatalogueItem()) == "123,456.78元"
    assert amount_words(Match(amount_max=Decimal("47277.70")), CatalogueItem()) == "最高47,277.70元"


def test_a_ceiling_is_said_in_one_word_with_its_amount() -> None:
    assert ceiling_text(200_000) == "最高20万元"
    assert tags.amount_range(None, Decimal("47277.70")) == "最高47,277.70元"
    assert tags.yuan_range(None, Decimal(200_000)) == "最高200,000.00 元"
    assert tags.yuan_range(100_000, 200_000) == "100,000.00 元 至 200,000.00 元"
    assert tags.yuan_range(200_000, 200_000) == "200,000.00 元"
    assert tags.yuan_range(None, None) == "金额待定"


def test_nothing_shown_parts_a_ceiling_from_its_amount() -> None:
    """Pages and messages get the phrase from one function; whatever writes it by hand leaves no gap either."""
    gap = re.compile(r"最高(?:可得)? +[{0-9]|最高(?:可得)? +{% endif %}")
    shown = [
        path
        for ending in ("py", "html")
        for path in SOURCE.rglob(f"*.{ending}")
        if "reader" not in path.parts
    ]
    found = [
        f"{path.relative_to(SOURCE)}: {hit[0]}"
        for path in shown
        if "migrations" not in path.parts
        for hit in gap.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
