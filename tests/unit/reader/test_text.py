"""Normalisation keeps every position; views lead back to the source."""

import pytest

from babashi.reader.furniture import is_furniture
from babashi.reader.hanzi import TO_SIMPLIFIED
from babashi.reader.text import Span, View, normalise
from babashi.reader.wording import canonical


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


@pytest.mark.parametrize(
    ("printed", "worded"),
    [
        ("予以人民币贰拾万元奖励", "给予20万元奖励"),
        ("给与三十万元、二十万元补助", "给予30万元、20万元补助"),
        ("人民币（大写）五万元", "人民币（大写）5万元"),
        ("奖励50万元人民币。", "奖励50万元。"),
        ("按百分之十二点五计", "按12.5%计"),
        ("千分之三的保费", "3‰的保费"),
        ("十至二十万元", "10至20万元"),
        ("人民币贷款", "人民币贷款"),
        ("一次性给予2千元", "一次性给予2千元"),
        ("第二十条规定", "第二十条规定"),
        ("三分之一", "三分之一"),
    ],
)
def test_one_wording(printed: str, worded: str) -> None:
    assert canonical(View.of(normalise(printed), 0, len(printed))).text == worded


def test_reworded_text_knows_its_place() -> None:
    raw = "对企业 予以 人民币 贰拾万元 奖励"
    view = canonical(View.of(normalise(raw), 0, len(raw)))
    assert view.text == "对企业给予20万元奖励"
    at = view.text.index("20万元")
    span = view.span(at, at + 4)
    assert raw[span.start : span.end] == "贰拾万元"
    assert {raw[view.offsets[g]] for g in view.gaps} == {"予", "贰", "奖"}


@pytest.mark.parametrize(
    ("line", "page"),
    [
        ("您当前的位置：首页>政务公开", True),
        ("字号：【大中小】打印本页", True),
        ("发布时间：2023-05-06来源：区政府办公室浏览次数：1024", True),
        ("【打印】【关闭】", True),
        ("来源：对新引进的企业给予10万元奖励。本措施自发布之日起施行。", False),
        ("打印企业补助：对印刷设备给予10%补助。", False),
        ("首页面设计大赛获奖者奖励1万元", False),
    ],
)
def test_furniture_of_a_page(line: str, page: bool) -> None:
    assert is_furniture(line) is page
