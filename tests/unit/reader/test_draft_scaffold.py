"""What a draft prepares for whoever completes it: the text beside it, a place for everything that lacks, a last day."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from babashi.cli import main
from babashi.reader import draft, read_text
from babashi.rules import FactDictionary, load_pack
from babashi.rules.loader import load_pack_from_texts
from babashi.rules.quotations import check_quotations

NOTICE = """青石区支持夜间经济办法
青商字〔2024〕7号
第一条 灯光补助。对在老街装灯的商户，给予2万元一次性补助。
第二条 引客奖励。对每吸引一家外地商户开店的企业，给予3万元奖励。
第三条 本办法自2024年5月1日起施行，有效期2年。
"""


def built(text: str = NOTICE) -> str:
    return draft.build(read_text(text), "notice.txt")[0]


def test_the_text_of_the_notice_lies_beside_the_draft_so_that_quotations_are_checked(tmp_path: Path) -> None:
    source = tmp_path / "扫描 件.md"
    source.write_text(NOTICE, encoding="utf-8")
    folder = tmp_path / "pack"
    assert main(["notice", "draft", str(source), str(folder)]) == 0
    assert (folder / "notice.txt").read_text(encoding="utf-8").strip() == NOTICE.strip()
    text = completed((folder / "pack.yaml").read_text(encoding="utf-8"))
    (folder / "pack.yaml").write_text(text, encoding="utf-8")
    assert check_quotations(load_pack(folder, FactDictionary.load()), folder) == []


def test_a_last_day_that_follows_from_a_start_and_a_length_is_a_reading() -> None:
    data = YAML(typ="safe").load(built())
    days = {str(item["until"]["day"]) for item in data["items"]}
    assert days == {"2026-04-30"}
    (reading,) = [found for found in data["readings"] if found["id"] == data["items"][0]["until"]["reading"]]
    assert "推算" in reading["text"]
    assert "2026-04-30" in reading["text"]
    assert reading["cite"]["quote"].startswith("自2024年5月1日起施行")


def completed(pack: str) -> str:
    """As the comments say: uncomment, fill in, delete what is done."""
    pack = re.sub(r"(?m)^(\s*)# (lead|eligible|  all|    - \{id|processes|  money|    - \{id)", r"\1\2", pack)
    return pack.replace("待补：牵头单位", "区商务局").replace("test: '待补'", "test: 'kind == \"企业\"'")


def test_uncommenting_what_is_prepared_gives_a_pack_that_loads() -> None:
    loaded = load_pack_from_texts({"pack.yaml": completed(built())}, FactDictionary.load())
    assert [item.lead for item in loaded.items] == ["区商务局", "区商务局"]
    assert loaded.items[0].eligible.parts[0].cite.quote == "在老街装灯的商户"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "sentence",
    [
        "对每吸引一家外地商户开店的企业，给予3万元奖励。",
        "每新增一名看灯人，给予3万元补助。",
        "每成功推荐1家商户落户，奖励3万元。",
        "对商户和房东各给予3万元奖励。",
        "给予引进方和落户企业各3万元奖励。",
    ],
)
def test_a_sum_for_each_of_something_is_no_fixed_amount(sentence: str) -> None:
    data = YAML(typ="safe").load(
        built(NOTICE.replace("对每吸引一家外地商户开店的企业，给予3万元奖励。", sentence))
    )
    benefit = data["items"][1]["benefit"]
    assert "amount" not in benefit
    assert benefit["terms"][0]["value"] == "3万元"


@pytest.mark.parametrize(
    "sentence", ["对办夜市的企业，给予每家3万元奖励。", "对办夜市的企业，每年给予3万元奖励。"]
)
def test_a_sum_for_each_enterprise_is_a_fixed_amount(sentence: str) -> None:
    data = YAML(typ="safe").load(
        built(NOTICE.replace("对每吸引一家外地商户开店的企业，给予3万元奖励。", sentence))
    )
    assert data["items"][1]["benefit"]["amount"] == "3万元"


def test_a_condition_that_is_still_to_be_written_is_reminded_of() -> None:
    loaded = load_pack_from_texts({"pack.yaml": completed(built())}, FactDictionary.load())
    told = [problem for problem in loaded.warnings if "待写成规则" in problem.message]
    assert [problem.message[:4] for problem in told] == ["2 条口"]
    assert "todo-1-1、todo-2-1" in told[0].message
    assert "删去" in told[0].advice


@pytest.mark.parametrize(
    ("sentence", "formula"),
    [
        ("对装灯的企业，按设备投入的20%给予补助，最高不超过5万元。", "ceiling: min(待补 * 20%, 5万元)"),
        ("对装灯的企业，按照不超过设备投入的20%给予补助。", "ceiling: 待补 * 20%"),
        ("每新增一名看灯人，给予3万元补助，单个企业最高10万元。", "ceiling: min(待补 * 3万元/人, 10万元)"),
        ("对看灯人给予每人每月300元补贴。", "amount: 待补 * 300元/人/月"),
        (
            "对获评国家级、省级、市级的名灯企业，分别给予8万元、3万元、2万元奖励。",
            "amount: 8万元 if 待补 else 3万元 if 待补 else 2万元 if 待补 else 0元",
        ),
    ],
)
def test_a_formula_is_prepared_where_the_notice_shows_its_form(sentence: str, formula: str) -> None:
    pack = built(NOTICE.replace("对每吸引一家外地商户开店的企业，给予3万元奖励。", sentence))
    lines = [line.strip() for line in pack.splitlines() if line.strip().startswith(("# ceiling", "# amount"))]
    assert lines == [f"# {formula}"]


def test_no_formula_is_prepared_where_the_form_is_not_plain() -> None:
    for sentence in (
        "对装灯的企业，按设备投入的20%给予补助；对熄灯的，按10%给予补助，最高5万元。",
        "每年安排100万元用于灯光。",
    ):
        pack = built(NOTICE.replace("对每吸引一家外地商户开店的企业，给予3万元奖励。", sentence))
        assert "# ceiling" not in pack
        assert "# amount" not in pack
