"""The notice commands: data on standard output, mistakes in Chinese on standard error with exit status 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from babashi.cli import main
from babashi.reader import draft, read_text
from babashi.rules.facts import FactDictionary
from babashi.rules.loader import load_pack, load_pack_from_texts
from babashi.rules.problems import PackErrors

NOTICE = (
    "某区人民政府关于支持企业发展的若干措施\n某府发〔2022〕6号\n"
    "一、上规奖励\n对2021年首次由规模以下升为规模以上的工业企业给予20万元一次性奖励，执行期限至2022年12月31日。"
    "（牵头单位：区经信局，配合单位：区财政局）\n"
    "二、示范奖励\n对信用良好、连续经营满3年的企业给予10—20万元奖励。\n"
    "同类政策按照从高不重复的原则执行。\n"
)


@pytest.fixture
def notice_file(tmp_path: Path) -> Path:
    path = tmp_path / "notice.txt"
    path.write_text(NOTICE, encoding="utf-8")
    return path


def test_read_as_yaml_json_and_table(notice_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notice", "read", str(notice_file), "--format", "yaml"]) == 0
    record = YAML(typ="safe").load(capsys.readouterr().out)
    assert record["text"] == NOTICE
    assert record["measures"][0]["amounts"][0]["value"] == 200000
    assert record["measures"][0]["lead_departments"] == ["区经信局"]
    assert main(["notice", "read", str(notice_file), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["document_number"] == "某府发〔2022〕6号"
    assert main(["notice", "read", str(notice_file)]) == 0
    assert "上规奖励" in capsys.readouterr().out


def test_table_prints_a_range_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "range.txt"
    path.write_text(
        "一、示范奖励\n给予10—20万元奖励，按设备投入的5%—8%给予补助，最高50万元。\n", encoding="utf-8"
    )
    assert main(["notice", "read", str(path)]) == 0
    assert "10—20万元；最高50万元；5%—8%" in capsys.readouterr().out


def test_names_in_a_bare_bracket_are_shown_without_a_part(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bare.txt"
    path.write_text("一、示范奖励。给予10万元奖励。（县林业局、县水利局）\n", encoding="utf-8")
    assert main(["notice", "read", str(path)]) == 0
    assert "未注明（县林业局、县水利局）" in capsys.readouterr().out
    assert main(["notice", "draft", str(path), str(tmp_path / "draft")]) == 0
    report = (tmp_path / "draft" / "草稿说明.md").read_text("utf-8")
    assert "牵头单位。括号里写了 县林业局、县水利局，没有写谁牵头" in report


def test_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notice", "read", str(tmp_path / "none.docx")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "找不到文件" in captured.err


def test_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = tmp_path / "gold.yaml"
    gold.write_text(
        "text: |\n  一、奖励。给予10万元奖励。\nmeasures:\n- {ordinal: 一、, heading: 奖励, kind: reward,"
        " amounts: [{value: 100000, role: fixed}]}\n",
        encoding="utf-8",
    )
    assert main(["notice", "score", str(gold), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["fields"]["amounts"]["f1"] == 1
    gold.write_text("[", encoding="utf-8")
    assert main(["notice", "score", str(gold)]) == 2
    assert "YAML" in capsys.readouterr().err


def test_draft_is_a_disabled_pack_whose_gaps_the_check_names(notice_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "packs" / "x" / "draft"
    assert main(["notice", "draft", str(notice_file), str(folder)]) == 0
    text = (folder / "pack.yaml").read_text("utf-8")
    assert "enabled: false" in text
    data = YAML(typ="safe").load(text)
    first, second = data["items"]
    assert first["benefit"]["amount"] == "20万元"
    assert (first["lead"], first["support"]) == ("区经信局", ["区财政局"])
    assert {c["id"] for c in first["eligible"]["all"]} == {"industrial", "first-above-scale"}
    assert (second["benefit"]["floor"], second["benefit"]["ceiling"]) == ("10万元", "20万元")
    assert "lead" not in second
    assert "until" not in second
    assert any("信用良好" in r["text"] for r in data["readings"])
    with pytest.raises(PackErrors) as problems:
        load_pack(folder, FactDictionary.load(None))
    messages = {p.message for p in problems.value.problems if p.severity == "error"}
    assert messages
    assert all("缺少" in message for message in messages), messages


def test_complete_draft_is_accepted() -> None:
    notice = read_text(NOTICE.split("二、示范奖励", maxsplit=1)[0])
    pack, _ = draft.build(notice, "notice.txt")
    loaded = load_pack_from_texts({"pack.yaml": pack}, FactDictionary.load(None))
    assert not loaded.enabled
    assert [item.article for item in loaded.items] == ["一"]


def test_every_citation_of_a_draft_is_verbatim() -> None:
    notice = read_text(NOTICE)
    pack, _ = draft.build(notice, "notice.txt")
    data = YAML(typ="safe").load(pack)
    squeezed = "".join(NOTICE.split())
    cites = [c for item in data["items"] for c in item["benefit"]["cite"]]
    cites += [r["cite"]["quote"] for r in data["readings"]] + [data["overlap"]["cite"]["quote"]]
    assert len(cites) >= 4
    assert [c for c in cites if "".join(c.split()) not in squeezed] == []


def test_draft_never_overwrites(
    notice_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep", encoding="utf-8")
    assert main(["notice", "draft", str(notice_file), str(tmp_path / "out")]) == 2
    assert "已有内容" in capsys.readouterr().err
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_no_measures_no_draft(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text("一、提高认识。各单位要高度重视。", encoding="utf-8")
    assert main(["notice", "draft", str(path), str(tmp_path / "out")]) == 2
    assert "没有找到" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_draft_names_what_a_sum_is_per_and_leaves_appeals_to_banks_out() -> None:
    text = "一、支持贷款。鼓励金融机构扩大授信，发放信用贷款。对参展企业给予补助，每家企业每年最高10万元，其中展位费补助最高8万元。"
    pack, _ = draft.build(read_text(text), "notice.txt")
    data = YAML(typ="safe").load(pack)
    assert data["items"][0]["benefit"]["terms"][0]["label"] == "最高（每家企业每年）"
    assert not [r for r in data.get("readings", []) if "金融机构" in r["text"]]
