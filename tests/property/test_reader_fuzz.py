"""No input makes the reader hang, crash or eat memory, and every find is where it says it is."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from babashi.reader import ReaderError, read_text
from babashi.reader.sources.load import load_bytes
from babashi.reader.text import View, normalise
from tests.working import at_most

_WORDS = (
    "一、 （一） 1. （1） ① 第三条 第一章 措施一： 问： 答： 给予 奖励 补助 贴息 "
    "最高 不超过 不低于 每 每年 每人 20 万元 亿元 元 50% 百分之 三 1:1 — 至 、 ， "
    "。 ； ： （ ） 【 】 “ ” 以上 的 企业 投资 达到 总额 安排 资金 牵头单位： "
    "配合单位： 责任单位： 区财政局 市委 和 及 等 执行期限至 2022年12月31日 本办法 "
    "自 起施行 有效期 3年 附件 〔2022〕 63号 全额 减半 免征 消费券 保险 培训 # ** "
    "| 1 000 按 比例 拨付 "
)
WORDS = st.sampled_from([*_WORDS.split(), "\n", "\t", "\u3000", " "])
PARSED = settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
EXAMPLE_SECONDS = 2


def everything_in_place(text: str) -> None:
    with at_most(EXAMPLE_SECONDS):
        notice = read_text(text)
    for measure in notice.measures:
        spans = [measure.span, measure.heading.span]
        for find in (*measure.amounts, *measure.rates):
            assert text[find.span.start : find.span.end] == find.quote
            spans.append(find.span)
        for words in (*measure.conditions, *measure.beneficiaries, *measure.overlap):
            assert text[words.span.start : words.span.end] == words.text
            spans.append(words.span)
        for words in (*measure.lead_departments, *measure.supporting_departments):
            assert "".join(text[words.span.start : words.span.end].split()) == words.text
        assert all(0 <= s.start <= s.end <= len(text) for s in spans)
        assert all(a.value >= 0 for a in measure.amounts)


@PARSED
@given(st.lists(WORDS, max_size=120).map("".join))
def test_text_made_of_the_words_of_notices(text: str) -> None:
    everything_in_place(text)


@PARSED
@given(st.text(max_size=400))
def test_any_text(text: str) -> None:
    everything_in_place(text)


@PARSED
@given(st.binary(max_size=2000), st.sampled_from([".txt", ".docx", ".pdf", ".html", ".md", ".doc"]))
def test_any_bytes(data: bytes, suffix: str) -> None:
    outcome = ""
    try:
        with at_most(EXAMPLE_SECONDS):
            outcome = load_bytes(data, Path("x" + suffix)).text
    except ReaderError as problem:
        outcome = str(problem) if any("\u4e00" <= c <= "\u9fff" for c in str(problem)) else ""
    assert outcome


@given(st.text(max_size=300))
def test_normalising_keeps_positions(text: str) -> None:
    normal = normalise(text)
    assert len(normal) == len(text)
    view = View.of(normal, 0, len(normal))
    assert len(view.text) == len(view.offsets)
    assert list(view.offsets) == sorted(view.offsets)


HOSTILE = {
    "digits": "1" * 200_000,
    "commas": "一、奖励。给予" + "10万元、" * 6_000,
    "brackets": "（" * 50_000 + "）" * 50_000,
    "labels": "".join(f"{i % 90 + 1}. 给予10万元奖励。\n" for i in range(2_000)),
    "one line": "一、对企业给予" + "奖励，" * 60_000 + "20万元",
    "departments": "（责任单位：" + "市财政局、" * 30_000 + "）",
    "dates": "执行期限至" + "2022年12月31日至" * 4_000,
    "chinese digits": "给予" + "一" * 100_000 + "万元",
    "each": "每" * 100_000 + "人奖励5元",
    "spaces": "一、奖励" + " " * 300_000 + "给予10万元",
    "percent": "按" + "10%" * 10_000 + "给予补助",
    "nested": "".join(label * 500 for label in ("一、", "（一）", "1.", "（1）", "①")),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_text_is_read_in_bounded_time_and_memory(name: str) -> None:
    with at_most(30):  # "digits" takes 6 to 12, the others a few; what grows with the square takes hours
        read_text(HOSTILE[name])
    tracemalloc.start()
    read_text(HOSTILE[name][:8_000])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 * 1024 * 1024
