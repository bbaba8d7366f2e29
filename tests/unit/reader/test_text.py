"""Normalisation keeps every position; views lead back to the source."""

from babashi.reader.hanzi import TO_SIMPLIFIED
from babashi.reader.text import Span, View, normalise


def test_normalise_keeps_length_and_unifies() -> None:
    raw = "第三條　落戶獎勵（最高１０％）——補貼"
    normal = normalise(raw)
    assert len(normal) == len(raw)
    assert normal == "第三条　落户奖励（最高10%）--补贴"


def test_view_drops_space_and_finds_the_source_again() -> None:
    raw = "给予 100 万元\n的奖励"
    view = View.of(normalise(raw), 0, len(raw))
    assert view.text == "给予100万元的奖励"
    start = view.text.index("100万元")
    assert view.span(start, start + 5) == Span(3, 9)
    assert raw[3:9] == "100 万元"


def test_digits_wrapped_over_a_line_are_one_number() -> None:
    raw = "苗木款４\n００元"
    assert View.of(normalise(raw), 0, len(raw)).text == "苗木款400元"


def test_separate_numbers_stay_separate() -> None:
    assert View.of("1 20万元", 0, 6).text == "1 20万元"


def test_comma_of_thousands_and_comma_of_clauses() -> None:
    assert View.of("满2,000元,减3元", 0, 11).text == "满2,000元，减3元"


def test_traditional_table_is_one_to_one_and_final() -> None:
    assert len(TO_SIMPLIFIED) > 700
    assert all(len(k) == len(v) == 1 for k, v in TO_SIMPLIFIED.items())
    assert not [v for v in TO_SIMPLIFIED.values() if v in TO_SIMPLIFIED]
