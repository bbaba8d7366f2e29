"""Where the notice is silent the pack says how it is read, who confirms it, and shows it with every result."""

from __future__ import annotations

import pytest

from babashi.cli import main
from babashi.rules import FactDictionary, load_pack, packs_root

PACK = load_pack(packs_root() / "banan" / "2022-63", FactDictionary.load())

READINGS = [
    (1, "ceiling-is-no-entitlement", ["上限", "不是必得金额"], ["green-retrofit", "rd-investment", "interest-subsidy"]),
    (1, "green-title-split", ["10—20万元", "没有公布"], ["green-demonstration"]),
    (2, "below-10m-strict", ["不含1000万元", "转市级"], ["rd-investment"]),
    (3, "stock-and-increment", ["存量取", "较小", "不足零的按零计", "3%", "10%"], ["rd-investment"]),
    (4, "rd-intensity", ["除以2021年营业收入", "为零时不作判断", "没有这个行业的数据"], ["rd-investment"]),
    (5, "small-or-micro", ["300人", "并且", "2000万元", "一项达不到"], ["interest-subsidy"]),
    (6, "industrial-divisions", ["06至46"], ["scale-up"]),
    (6, "manufacturing-divisions", ["13至43"], ["interest-subsidy"]),
    (7, "first-above-scale", ["首次进入联网直报的年度", "新建投产"], ["scale-up"]),
    (8, "retrofit-ceiling", ["设备投入之和的10%", "每户最高150万元"], ["green-retrofit"]),
    (9, "interest-formula", ["÷360天", "每户最高30万元", "起始日", "没有一天在期间内", "以后才开始"], ["interest-subsidy"]),
    (9, "lpr-table", ["早于第一行", "两次公布之间不变"], ["interest-subsidy"]),
    (10, "open-list", ["没有记录是未知", "只有记录为“否”才算不符合"], ["interest-subsidy"]),
    (11, "validity", ["当天仍可申报", "次日起不再受理", "没有写起始日"], [item.id for item in PACK.items]),
    (12, "highest-not-cumulative", ["同类", "只享受最高的一项", "允许同时享受"], [item.id for item in PACK.items]),
    (13, "headings-do-not-narrow", ["不判断行业"], ["green-demonstration", "green-retrofit"]),
    (14, "no-exclusions", ["失信", "不是本通知的条件", "默认为空"], [item.id for item in PACK.items]),
]  # fmt: skip


@pytest.mark.parametrize(("number", "reading_id", "phrases", "items"), READINGS)
def test_each_reading_says_what_it_must_and_is_attached(
    number: int, reading_id: str, phrases: list[str], items: list[str]
) -> None:
    reading = PACK.readings[reading_id]
    assert [phrase for phrase in phrases if phrase not in reading.text] == []
    assert reading.status == "待牵头单位确认"
    assert [item for item in items if reading_id not in PACK.item(item).readings] == []


def test_all_fourteen_are_there_and_no_reading_is_confirmed_by_nobody() -> None:
    assert {number for number, *_rest in READINGS} == set(range(1, 15))
    departments = {item.lead for item in PACK.items} | {PACK.document.coordinator}
    assert {reading.confirm_by for reading in PACK.readings.values()} <= departments


def test_paid_interest_is_a_hint_for_reviewers_and_no_condition() -> None:
    (warning,) = PACK.item("interest-subsidy").benefit.warnings
    assert "实际支付的利息" in warning
    assert "annual_rate" not in " ".join(PACK.item("interest-subsidy").facts)


def test_show_prints_readings_parameters_and_their_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packs", "show", "banan-2022-63"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for reading in PACK.readings.values():
        shown = f"{reading.text}（待牵头单位确认，{reading.confirm_by}）　[{reading.id}]"
        assert any(line.endswith(shown) for line in lines), reading.id
    for day in ("2020年4月20日起 3.85%", "2021年12月20日起 3.80%"):
        assert any(day in line and line.endswith("（来源待核）") for line in lines)
    assert any("计息天数基数：360天" in line for line in lines)
    assert any("审核提示：实际支付的利息" in line for line in lines)
