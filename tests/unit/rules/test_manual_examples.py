"""What the manual tells a district to write can be written: its dictionary is read, its forms are valid rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from babashi.rules.facts import FactDictionary
from babashi.rules.parser import Scope, parse
from babashi.rules.units import YUAN

DOCS = Path(__file__).parents[3] / "docs"
MANUAL = (DOCS / "manual" / "own-district.md").read_text(encoding="utf-8")
FORMS = (DOCS / "dev" / "add-a-policy.md").read_text(encoding="utf-8").partition("## The usual forms")[2]
DICTIONARY = FactDictionary.from_text(
    """
facts:
  cost: {label: 投入, type: money, unit: 元}
  revenue: {label: 营收, type: money, unit: 元}
  heads: {label: 人数, type: int, unit: 人}
  established_on: {label: 成立日期, type: date}
tables:
  certificates:
    label: 认定
    columns:
      kind: {label: 类型, type: code, codes: [甲, 乙]}
      level: {label: 级别, type: code, codes: [国家级, 省级, 市级]}
  referrals: {label: 推荐, columns: {settled: {label: 落户, type: bool}}}
  trainees: {label: 实习生, columns: {months: {label: 月数, type: int, unit: 月}}}
  leases:
    label: 租赁
    columns: {year: {label: 年度, type: year}, rent_paid: {label: 实付租金, type: money, unit: 元}}
"""
)


def test_the_dictionary_of_the_manual_is_read() -> None:
    block = re.search(r"```yaml\n(.*?)```", MANUAL, re.DOTALL)
    assert block
    found = FactDictionary.from_text(block[1])
    assert found.facts["honest"].declarable is False
    assert found.tables["leases"].key == ("lease_id", "year")


@pytest.mark.parametrize(
    "amount",
    [
        "20万元",
        "min(cost * 10%, 150万元)",
        '80万元 if any(certificates, kind == "甲" and level == "国家级") else 30万元 if any(…) else 20万元',
        'sum(certificates, 80万元 if level == "国家级" else 30万元 if level == "省级" else 20万元, where=kind == "甲")',
        "min(count(referrals, 条件) * 1万元/个, 10万元)",
        "heads * 1000元/人",
        "sum(trainees, min(months, 6个月) * 300元/月)",
        "tiers(revenue, (1亿元, 20万元), (5亿元, 50万元))",
        "sum(leases, min(rent_paid * 50%, 5万元), where=2024年 <= year <= 2026年)",
    ],
)
def test_the_usual_forms_are_valid_rules(amount: str) -> None:
    assert amount in FORMS
    source = amount.replace("any(…)", 'any(certificates, kind == "甲" and level == "省级")').replace(
        "条件", "settled"
    )
    assert parse(source, Scope(DICTIONARY, {}), YUAN).errors == ()


def test_a_year_of_its_own_and_a_fixed_day_are_valid_conditions() -> None:
    for condition in ("any(leases, year == 2024年)", "established_on <= 2023-09-08"):
        assert parse(condition, Scope(DICTIONARY, {})).errors == ()
