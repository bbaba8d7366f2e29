"""Where something stands in a notice: notices count 一、 as well as 第一条 and （一）, and nothing is counted twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from babashi.rules import FactDictionary, load_pack
from babashi.rules.places import article_words
from babashi.rules.problems import PackErrors
from babashi.rules.quotations import check_quotations

NOTICE = """青石区支持夜间经济办法
青商字〔2024〕7号
第一条 为了夜里更热闹，制定本办法。
第二条 灯光补助。对装灯的商户给予2万元补助，牵头单位：区商务局。执行期限至2025年12月31日。
第三条 夜市奖励。具体如下：
（一）摊主奖励。对办夜市的企业给予3万元奖励，执行期限至2025年12月31日。
（二）按下列办法发放：
一、先核对。
二、再公示。
"""
PACK = """format: 1
id: qingshi-2024-7
version: "1"
document: {number: 青商字〔2024〕7号, title: 青石区支持夜间经济办法, source: notice.txt}
items:
  - id: light
    article: ARTICLE
    title: TITLE
    kind: subsidy
    channel: catalogue
    until: {day: 2025-12-31, cite: 执行期限至2025年12月31日}
    lead: 区商务局
    eligible: {test: 'kind == "企业"', cite: QUOTE}
    benefit: {amount: MONEY, cite: QUOTE}
"""


@pytest.mark.parametrize(
    ("article", "words"),
    [
        ("四", "第四条"),
        ("二十一", "第二十一条"),
        ("4", "第4条"),
        ("第三条", "第三条"),
        ("第三条（一）", "第三条（一）"),
        ("（一）", "（一）"),
        ("末段", "末段"),
        ("", ""),
    ],
)
def test_an_article_is_named_as_the_notice_counts(article: str, words: str) -> None:
    assert article_words(article) == words


@pytest.mark.parametrize(
    ("article", "title", "quote", "money", "found"),
    [
        ("第二条", "灯光补助", "给予2万元补助", "2万元", []),
        ("二", "灯光补助", "给予2万元补助", "2万元", []),
        ("第三条（一）", "摊主奖励", "给予3万元奖励", "3万元", []),
        ("（一）", "摊主奖励", "给予3万元奖励", "3万元", []),
        ("第三条", "夜市奖励", "给予2万元补助", "2万元", ["原文第三条里没有“给予2万元补助”"] * 2),
        ("第二条", "灯光补助", "给予3万元奖励", "3万元", ["原文第二条里没有“给予3万元奖励”"] * 2),
        ("第三条（一）", "摊主奖励", "给予2万元补助", "2万元", ["原文第三条里没有“给予2万元补助”"] * 2),
    ],
)
def test_quotations_are_looked_up_in_their_article(
    tmp_path: Path, article: str, title: str, quote: str, money: str, found: list[str]
) -> None:
    (tmp_path / "notice.txt").write_text(NOTICE, encoding="utf-8")
    text = PACK.replace("ARTICLE", article).replace("TITLE", title).replace("QUOTE", quote)
    (tmp_path / "pack.yaml").write_text(text.replace("MONEY", money), encoding="utf-8")
    pack = load_pack(tmp_path, FactDictionary.load())
    assert [problem.message for problem in check_quotations(pack, tmp_path)] == found


def test_a_notice_without_a_number_says_so(tmp_path: Path) -> None:
    (tmp_path / "notice.txt").write_text(NOTICE.replace("青商字〔2024〕7号\n", ""), encoding="utf-8")
    text = (
        PACK.replace("ARTICLE", "二")
        .replace("TITLE", "灯光补助")
        .replace("QUOTE", "给予2万元补助")
        .replace("MONEY", "2万元")
    )
    for number, found in (("青商字〔2024〕7号", 1), ("无文号", 0)):
        (tmp_path / "pack.yaml").write_text(text.replace("青商字〔2024〕7号", number), encoding="utf-8")
        assert len(check_quotations(load_pack(tmp_path, FactDictionary.load()), tmp_path)) == found
    (tmp_path / "pack.yaml").write_text(text.replace("number: 青商字〔2024〕7号, ", ""), encoding="utf-8")
    with pytest.raises(PackErrors) as broken:
        load_pack(tmp_path, FactDictionary.load())
    assert "没有文号写 无文号" in str(broken.value)
