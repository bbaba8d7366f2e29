"""The usual forms of a benefit read like a notice: several titles, steps by level, money for each row."""

from __future__ import annotations

import pytest

from babashi.rules.facts import FactDictionary
from babashi.rules.parser import Scope, parse
from babashi.rules.phrases import Phrases
from babashi.rules.units import YUAN

DICTIONARY = FactDictionary.from_text(
    """
version: "1"
facts:
  lamp_keepers: {label: 看灯人, type: int, unit: 人}
  lit_months: {label: 亮灯月数, type: int, unit: 个月}
  oil_cost: {label: 灯油支出, type: money, unit: 元}
tables:
  titles:
    label: 称号
    columns:
      kind: {label: 类型, type: code, codes: [好灯, 名灯, 其他], adjective: "{}"}
      level: {label: 级别, type: code, codes: [国家级, 市级, 区级], adjective: "{}"}
      rent: {label: 租金, type: money, unit: 元}
"""
)
LEVELS = '(8万元 if level == "国家级" else 3万元 if level == "市级" else 2万元)'


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('sum(titles, 3万元, where=kind == "好灯")', "好灯称号每项3万元"),
        ("min(sum(titles, 1万元), 10万元)", "称号每项1万元，不超过10万元"),
        (
            f'sum(titles, {LEVELS}, where=kind == "好灯")',
            "好灯称号逐项按“级别为国家级的8万元，级别为市级的3万元，其余2万元”计算，再相加",
        ),
        (
            '5万元 if any(titles, kind == "名灯") else 0元',
            "有名灯称号的5万元，其余不计",
        ),
        (
            ('sum(titles, 3万元, where=kind == "好灯") + (5万元 if any(titles, kind == "名灯") else 0元)'
            " + lamp_keepers * 1000元/人"),
            "以下各项相加：好灯称号每项3万元；有名灯称号的5万元，其余不计；看灯人×每人1,000元",
        ),
        (
            'sum(titles, rent if level == "国家级" else rent * 85%)',
            "称号逐项按“级别为国家级的按租金，其余按租金的85%”计算，再相加",
        ),
        ("lit_months * 500元/月", "亮灯月数×每月500元"),
        ("min(lit_months, 60个月) * 500元/月", "（亮灯月数，不超过60个月）×每月500元"),
        ("sum(titles, min(rent * 50%, 5万元))", "称号逐项按“租金的50%，不超过5万元”计算，再相加"),
        ("oil_cost * 10% + 2万元", "灯油支出的10%，加上2万元"),
        ("min(oil_cost * 10% + (2万元 if lamp_keepers > 5人 else 0元), 9万元)",
         "“以下各项相加：灯油支出的10%；看灯人超过5人的2万元，其余不计”，不超过9万元"),
    ],
)  # fmt: skip
def test_the_words_of_an_amount(source: str, words: str) -> None:
    parsed = parse(source, Scope(DICTIONARY, {}), YUAN)
    assert parsed.errors == (), [error.message for error in parsed.errors]
    assert parsed.expr is not None
    assert Phrases(DICTIONARY).noun(parsed.expr) == words
