"""Money for each person, row, day or month: 1000元/人, 1万元/个, 300元/人/月."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from babashi.rules.compiled import Env, compile_expr
from babashi.rules.facts import FactDictionary
from babashi.rules.parser import Parsed, Scope, parse
from babashi.rules.phrases import Phrases
from babashi.rules.units import YUAN
from babashi.rules.values import Parameters, Subject

DICTIONARY = FactDictionary.from_text(
    """
version: "1"
facts:
  lamp_keepers: {label: 看灯人, type: int, unit: 人}
  lit_months: {label: 亮灯月数, type: int, unit: 月}
tables:
  lamps:
    label: 路灯
    columns:
      solar: {label: 太阳能, type: bool, says: 用太阳能}
      nights: {label: 亮灯天数, type: int, unit: 天}
"""
)
SUBJECT = Subject(
    {"lamp_keepers": 12, "lit_months": 5},
    {"lamps": [{"solar": True, "nights": 10}, {"solar": True, "nights": 300}, {"solar": False, "nights": 7}]},
)


def read(source: str) -> Parsed:
    return parse(source, Scope(DICTIONARY, {}), YUAN)


@pytest.mark.parametrize(
    ("source", "expected", "words"),
    [
        ("lamp_keepers * 1000元/人", 12_000, "看灯人×每人1,000元"),
        ("lamp_keepers × 0.1万元／人", 12_000, "看灯人×每人1,000元"),
        (
            "min(count(lamps, solar) * 1万元/个, 1.5万元)",
            15_000,
            "用太阳能的路灯的数量×每个1万元，不超过1.5万元",
        ),
        ("count(lamps, solar) * 1万元/项", 20_000, "用太阳能的路灯的数量×每个1万元"),
        ("lamp_keepers * lit_months * 300元/人/月", 18_000, "看灯人×亮灯月数×每人每月300元"),
        ("lamp_keepers * min(lit_months, 3个月) * 300元/月/人", 10_800, None),
        ("sum(lamps, nights * 2元/天, where=solar)", 620, None),
        ("1000元 / 4", 250, None),
    ],
)
def test_money_for_each_is_multiplied(source: str, expected: int, words: str | None) -> None:
    parsed = read(source)
    assert parsed.errors == (), [error.message for error in parsed.errors]
    assert parsed.expr is not None
    found = compile_expr(parsed.expr)(Env(SUBJECT, Parameters()))
    assert Decimal(str(Fraction(found))) == expected
    if words is not None:
        assert Phrases(DICTIONARY).noun(parsed.expr) == words


@pytest.mark.parametrize(
    ("source", "message", "advice"),
    [
        ("lamp_keepers * 1000元", "这里要元，而它是人·元", "1000元/人"),
        ("count(lamps, solar) * 1万元", "这里要元，而它是个·元", "1万元/个"),
        ("min(count(lamps, solar) * 1万元, 10万元)", "单位不同：个·元、元", "1万元/个"),
        ("lamp_keepers * 1000元 + 5元", "单位不同，不能相加减：人·元 与 元", "1000元/人"),
        ("lamp_keepers * 1000元/人/年", "不认识的文字“年”", "人"),
        ("lamp_keepers * 1000元/个", "这里要元，而它是人·元/个", "1000元/人"),
    ],
)
def test_what_is_missing_is_told_as_it_should_be_written(source: str, message: str, advice: str) -> None:
    errors = read(source).errors
    assert errors[0].message == message
    assert advice in errors[0].advice
