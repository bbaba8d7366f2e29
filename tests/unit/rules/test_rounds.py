"""Rounds of application in a pack: what may be written, what it means, and that one round follows another."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.unit.rules.test_wrong_packs import PACK

from babashi.cli import main
from babashi.rules import FactDictionary, Pack
from babashi.rules.facts import packs_root
from babashi.rules.loader import load_pack_from_texts
from babashi.rules.problems import PackErrors
from babashi.rules.rounds import NO_ROUND, follows, same_time
from babashi.rules.stacking import find_conflicts
from babashi.rules.words import explain_item

DICTIONARY = FactDictionary.load()
UNTIL = "    until: {day: 2024-12-31, cite: 执行至2024年12月31日}\n"
READING = "{id: applicant, text: 申报主体是行政区划代码为 500113 的企业。, confirm_by: 区发展改革委}"
WINDOW = "  - {id: window, text: 第一批自2024年3月1日起申报。, confirm_by: 区经济信息委}\n"
KEYS = st.builds(
    lambda year, number: f"{year}-{number}" if number else str(year),
    st.integers(2021, 2024),
    st.integers(0, 3),
)
ANY_KEY = KEYS | st.just(NO_ROUND)


def text_with(round_: str) -> str:
    return PACK.replace(UNTIL, f"{UNTIL}    round: {{{round_}}}\n").replace(
        READING + "\n", f"{READING}\n{WINDOW}"
    )


def pack_with(round_: str, old: str = "", new: str = "") -> Pack:
    files = {"pack.yaml": text_with(round_).replace(old, new), "rate.csv": RATES}
    return load_pack_from_texts(files, DICTIONARY)


RATES = "effective_from,value,source,status\n2020-01-01,3.7%,公告,\n"
GOOD = "id: 2024-1, name: 2024年第一批, again: true, from: 2024-03-01, reading: window"


def test_a_round_is_read_and_told() -> None:
    pack = pack_with(GOOD)
    (item,) = pack.items
    assert item.round is not None
    assert (item.round.id, item.round.name, item.round.opens) == (
        "2024-1",
        "2024年第一批",
        dt.date(2024, 3, 1),
    )
    assert (item.round_key, item.until) == ("2024-1", dt.date(2024, 12, 31))
    assert "window" in item.readings
    assert list(explain_item(item, pack).when)[:2] == [
        "2024年第一批：自2024年3月1日至2024年12月31日，当天仍可申报",
        "分批申报，每一批都可以申报",
    ]


def test_rounds_that_give_it_once_have_no_key_of_their_own() -> None:
    pack = pack_with(GOOD.replace("again: true", "again: false"))
    assert pack.items[0].round_key == NO_ROUND
    assert "各批合计只享受一次" in "".join(explain_item(pack.items[0], pack).when)
    year = pack_with("id: 2024, name: 2024年度, again: true, reading: window")
    assert year.items[0].round_key == "2024"


def test_without_a_round_an_item_is_as_it_was() -> None:
    pack = load_pack_from_texts({"pack.yaml": PACK, "rate.csv": RATES}, DICTIONARY)
    assert (pack.items[0].round, pack.items[0].round_key) == (None, NO_ROUND)
    assert explain_item(pack.items[0], pack).when[0] == "执行期限至2024年12月31日，当天仍可申报"


@pytest.mark.parametrize(
    ("round_", "told"),
    [
        ("name: 第一批, again: true, reading: window", "申报批次缺少 id"),
        ("id: 2024-1, again: true, reading: window", "申报批次缺少 name"),
        ("id: 2024-1, name: 第一批, reading: window", "申报批次缺少 again.*各批合计只享受一次的写 false"),
        ("id: 第一批, name: 第一批, again: true, reading: window", "批次的 id 写法不对：第一批.*2023-1"),
        ("id: 2024-0, name: 第一批, again: true, reading: window", "批次的 id 写法不对：2024-0"),
        ("id: 2024-01, name: 第一批, again: true, reading: window", "批次的 id 写法不对：2024-01"),
        ("id: 2024-1, name: 第一批, again: 是, reading: window", "这里要 true"),
        ("id: 2024-1, name: 第一批, again: true", "申报批次没有出处"),
        ("id: 2024-1, name: 第一批, again: true, from: 2024-03-02, reading: window", "2024-03-02 没有出处"),
        ("id: 2024-1, name: 第一批, again: true, from: 2025-01-01, cite: 2025年1月1日起", "在最后一天 2024-12-31 以后"),
        (f"id: 2024-1, name: {'长' * 21}, again: true, reading: window", "最多 20 个字"),
        ("id: 2024-1, name: 第一批, again: true, till: 2024-03-01, reading: window", "申报批次没有“till”"),
        ("2024-1", "申报批次应当写成"),
        ("id: 2042-1, name: 2024年第一批, again: true, reading: window", "id 是 2042-1，名称是“2024年第一批”"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(round_: str, told: str) -> None:
    with pytest.raises(PackErrors) as caught:
        pack_with(round_, "round: {2024-1}", "round: 2024-1")
    assert [problem for problem in caught.value.problems if problem.severity == "error"]
    assert re.search(told, "\n".join(map(str, caught.value.problems)))


def test_once_and_again_is_called_to_mind() -> None:
    warned = pack_with(GOOD, "amount: 20万元\n", "amount: 20万元\n      once: true\n").warnings
    assert any("一次性（once）" in str(problem) for problem in warned)
    kept = pack_with(
        GOOD.replace("true", "false"), "amount: 20万元\n", "amount: 20万元\n      once: true\n"
    ).warnings
    assert not any("一次性（once）" in str(problem) for problem in kept)


def test_a_round_of_a_year_after_its_last_day_is_called_to_mind() -> None:
    def told(year: str) -> bool:
        warnings = pack_with(f"id: {year}-1, name: 第一批, again: true, reading: window").warnings
        return any("2024 年就截止" in str(problem) for problem in warnings)

    assert [told(year) for year in ("2023", "2024", "2025")] == [False, False, True]


def test_the_schema_takes_a_round_and_refuses_another_form() -> None:
    schema = json.loads((packs_root() / "pack.schema.json").read_text(encoding="utf-8"))

    def fits(round_: str) -> bool:
        data = YAML(typ="safe").load(text_with(round_))
        return jsonschema_rs.is_valid(schema, json.loads(json.dumps(data, default=str)))

    assert fits(GOOD)
    assert fits(GOOD.replace("2024-1", "2024"))
    assert not fits(GOOD.replace("2024-1", "第一批"))
    assert not fits(GOOD.replace(", again: true", ""))


@given(ANY_KEY, ANY_KEY)
def test_grants_of_a_later_round_never_stand_beside_those_of_an_earlier_one(new: str, old: str) -> None:
    assert same_time(new, old) == same_time(old, new)
    assert same_time(new, new)
    assert not (follows(new, old) and follows(old, new))
    if old != NO_ROUND and follows(new, old):
        assert not same_time(new, old)


@given(KEYS, KEYS, KEYS)
def test_rounds_follow_each_other_in_one_order(one: str, two: str, three: str) -> None:
    if follows(one, two) and follows(two, three):
        assert follows(one, three)


@pytest.mark.parametrize(
    ("new", "old", "comes_after", "beside"),
    [
        ("2023-2", "2023-1", True, False), ("2024", "2023", True, False), ("2024-1", "2023-9", True, False),
        ("2023-10", "2023-9", True, False), ("2023-1", "2023-1", False, True), ("2023-1", "2023-2", False, False),
        ("2023", "2023-1", False, True), ("2023-2", "2023", False, True), ("2023", "2024", False, False),
        ("2023", "", True, True), ("", "2023", False, True), ("", "", False, True),
    ],
)  # fmt: skip
def test_which_round_follows_and_which_stands_beside(
    new: str, old: str, comes_after: bool, beside: bool
) -> None:
    assert (follows(new, old), same_time(new, old)) == (comes_after, beside)


TWO = text_with(GOOD) + text_with(GOOD)[text_with(GOOD).index("  - id: big") :].replace(
    "id: big", "id: other"
)


@given(ANY_KEY, ANY_KEY, st.booleans(), st.booleans())
def test_of_one_kind_items_exclude_each_other_at_the_same_time_only(
    one: str, other: str, same_group: bool, excluded: bool
) -> None:
    """``""`` stands for a round that gives the item once over all rounds."""
    text, groups = TWO, ("甲", "甲" if same_group else "乙")
    for key, group in zip((one, other), groups, strict=True):
        again = "true" if key else "false"
        wanted = f"id: {key or '2024-1'}, name: 某批, again: {again}, reading: window"
        text = text.replace(f"round: {{{GOOD}}}", f"same_kind_group: {group}\n    round: {{{wanted}}}", 1)
    if excluded:
        pair = "{items: [test-2024-1/big, test-2024-1/other], reason: 不得同时享受, source: 通知}"
        text = text.replace("items:\n  - id: big", f"overlap: {{exclusions: [{pair}]}}\nitems:\n  - id: big")
    pack = load_pack_from_texts({"pack.yaml": text, "rate.csv": RATES}, DICTIONARY)
    assert [item.round_key for item in pack.items] == [one, other]
    conflicts = find_conflicts(pack.items, [pack])
    assert bool(conflicts) == (excluded or (same_group and same_time(one, other)))


def test_the_command_shows_the_round(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, round_ in (("anew", GOOD), ("once", GOOD.replace("again: true", "again: false"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pack.yaml").write_text(text_with(round_), encoding="utf-8")
        (tmp_path / name / "rate.csv").write_text(RATES, encoding="utf-8")
        assert main(["packs", "show", str(tmp_path / name)]) == 0
    shown = capsys.readouterr().out
    assert "2024年第一批，2024-1，执行至2024年12月31日" in shown
    assert "2024年第一批，各批合计一次，执行至2024年12月31日" in shown
