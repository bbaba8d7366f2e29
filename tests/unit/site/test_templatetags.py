"""Money, dates, deadlines, icons and figures as pages show them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from babashi.site import charts
from babashi.site.templatetags import babashi as tags


def render(source: str, path: str = "/", **context: object) -> str:
    return Template(source).render(Context({"request": RequestFactory().get(path), **context}))


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal("200000"), "200,000.00 元"),
        (Decimal("47277.775"), "47,277.78 元"),
        (0, "0.00 元"),
        ("0.1", "0.10 元"),
        (None, "金额待定"),
        ("", "金额待定"),
    ],
)
def test_yuan_shows_every_fen_and_never_turns_missing_into_zero(amount: object, text: str) -> None:
    assert tags.yuan(amount) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (200_000, "20万元"),
        (Decimal("1938000.00"), "193.8万元"),
        (Decimal("47277.78"), "47,277.78元"),
        (5000, "5,000元"),
        (10_000, "1万元"),
        (Decimal("9999.99"), "9,999.99元"),
        (120_000_000, "1.2亿元"),
        (123_450_000, "12345万元"),
        (0, "0元"),
        (None, "金额待定"),
    ],
)
def test_wan_is_short_but_never_rounded(amount: object, text: str) -> None:
    assert tags.wan(amount) == text


@given(st.integers(min_value=0, max_value=10**14))
def test_wan_can_be_read_back_to_the_fen(fen: int) -> None:
    text = tags.wan(Decimal(fen) / 100)
    unit = 10**8 if text.endswith("亿元") else 10**4 if text.endswith("万元") else 1
    number = Decimal(text.removesuffix("元").rstrip("万亿").replace(",", ""))
    assert number * unit * 100 == fen


def test_a_float_is_refused_as_money() -> None:
    with pytest.raises(TypeError, match="never float"):
        tags.yuan(0.1)


@pytest.mark.parametrize(
    ("floor", "ceiling", "text"),
    [
        (200_000, 200_000, "20万元"),
        (100_000, 200_000, "10万元—20万元"),
        (None, 380_000, "最高38万元"),
        (100_000, None, "不低于10万元"),
        (None, None, "金额待定"),
    ],
)
def test_amount_range_says_what_a_rule_gives(floor: int | None, ceiling: int | None, text: str) -> None:
    assert tags.amount_range(floor, ceiling) == text


def test_dates_are_chinese_and_in_beijing_time() -> None:
    assert tags.cn_date(date(2022, 12, 31)) == "2022年12月31日"
    assert tags.cn_datetime(datetime(2022, 12, 31, 16, 5, tzinfo=UTC)) == "2023年1月1日 00:05"
    assert tags.cn_date(None) == "—"
    assert tags.cn_date("2022-07-04") == "2022年7月4日"


@pytest.mark.parametrize(
    ("due", "colour", "words"),
    [
        (date(2022, 8, 30), "red", "已逾期 2 天"),
        (date(2022, 9, 1), "red", "今天到期"),
        (date(2022, 9, 3), "amber", "还剩 2 天"),
        (date(2022, 9, 4), "green", "还剩 3 天"),
    ],
)
def test_a_deadline_speaks_in_colour_and_words(due: date, colour: str, words: str) -> None:
    assert tags.deadline(due, date(2022, 9, 1)) == f'<span class="light light-{colour}">{words}</span>'


def test_a_provisional_deadline_says_so_and_a_missing_one_too() -> None:
    assert "（暂定）" in tags.deadline(date(2023, 2, 1), date(2022, 9, 1), provisional=True)
    assert "期限待定" in tags.deadline(None, date(2022, 9, 1))


def test_an_icon_is_silent_unless_it_has_words() -> None:
    assert 'aria-hidden="true"' in tags.icon("check")
    spoken = tags.icon("qr-code", label='二维码"')
    assert 'role="img"' in spoken
    assert 'aria-label="二维码&quot;"' in spoken


def test_sort_heads_turn_round_keep_filters_and_return_to_the_first_page() -> None:
    source = '{% sort_th "金额" "amount" "money" %}'
    fresh = render(source, "/x/?status=open&page=4")
    assert 'href="?status=open&amp;sort=amount"' in fresh
    assert "aria-sort" not in fresh
    sorted_up = render(source, "/x/?sort=amount")
    assert 'href="?sort=-amount"' in sorted_up
    assert 'aria-sort="ascending"' in sorted_up


def test_the_pager_of_a_single_page_names_no_range() -> None:
    text = render('{% pager page "件" %}', page=Paginator(range(5), 20).get_page(1))
    assert "共 5 件" in text
    assert "第" not in text


def test_the_pager_counts_and_links() -> None:
    text = render('{% pager page "件" %}', "/x/?q=巴南", page=Paginator(range(45), 20).get_page(3))
    assert "共 45 件，第 41—45 件" in text
    assert 'rel="prev"' in text
    assert 'rel="next"' not in text
    assert "?q=%E5%B7%B4%E5%8D%97&amp;page=2" in text


@pytest.mark.parametrize("kind", ["bar", "column", "line"])
def test_figures_escape_texts_and_carry_their_numbers(kind: str) -> None:
    drawn = charts.figure(kind, [("<b>甲</b>", 3), ("乙", Decimal("1234567.50"))], title="<i>", unit="元")
    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert "1,234,567.5元</td>" in drawn
    assert "style=" not in drawn


@pytest.mark.parametrize("kind", ["bar", "column", "line"])
@given(
    values=st.lists(
        st.one_of(st.integers(min_value=-5, max_value=10**12), st.decimals(-5, 10**9, places=2)), max_size=14
    )
)
def test_any_numbers_can_be_drawn(kind: str, values: list[int | Decimal]) -> None:
    drawn = charts.figure(kind, [(f"项{i}", value) for i, value in enumerate(values)], title="图")
    assert drawn.count('<tr><th scope="row">') == len(values)
    assert "nan" not in drawn
