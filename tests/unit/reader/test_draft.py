"""What a draft says about who is eligible: clauses by way, readings for the rest, a short report."""

from __future__ import annotations

import itertools

import drafting as made
import pytest
from ruamel.yaml import YAML
from tests.working import at_most

from babashi.reader import draft, read_text
from babashi.reader.text import squeeze
from babashi.rules.facts import FactDictionary
from babashi.rules.loader import load_pack_from_texts


def test_conditions_of_one_sentence_stand_together() -> None:
    assert made.asked(f"对{made.ABOVE}的工业企业，给予8万元一次性奖励。") == {made.INDUSTRIAL, made.RISEN}


def test_two_ways_to_get_something_are_alternatives() -> None:
    _, data, report = made.drafted(
        f"对{made.ABOVE}的企业，给予8万元奖励。对2021年申报研发费用300万元以下的企业，按研发投入的2%给予补助。"
    )
    (ways,) = data["items"][0]["eligible"]["all"]
    first, second = ways["any"]
    assert [leaf["test"] for leaf in made.leaves(first)] == [made.RISEN]
    assert [leaf["test"] for leaf in made.leaves(second)] == ["rd_expense_2021 < 300万元"]
    assert made.ABOVE in first["cite"]
    assert "申报研发费用" in second["cite"]
    assert "任一" in report


def test_a_way_that_no_fact_expresses_leaves_all_ways_open() -> None:
    body = f"对{made.ABOVE}的工业企业，给予8万元奖励。对新评为老字号的企业，给予3万元奖励。"
    assert made.clauses(body) == []
    told = made.readings(body)
    assert made.ABOVE in told
    assert "老字号" in told
    _, _, report = made.drafted(body)
    assert "老字号" in report
    assert "都没有写成规则" in report


def test_who_may_share_the_rules_of_others_is_a_way_of_its_own() -> None:
    assert made.clauses("对小微企业给予2万元补助。新设立的合作社参照执行。") == []


def test_one_labelled_line_says_who() -> None:
    assert len(made.asked("补贴对象：小微企业。补贴标准：每户给予6万元。")) == 1


def test_the_adjective_of_a_sum_is_no_second_grant() -> None:
    assert made.asked(f"对{made.ABOVE}的企业，给予6万元的一次性奖励。") == {made.RISEN}


def test_limits_are_no_way_of_their_own() -> None:
    assert made.asked("对工业企业按设备投入的5%给予补助。每家企业每年最高补助40万元。") == {made.INDUSTRIAL}


def test_alternatives_that_are_all_known_stand_under_any() -> None:
    _, data, _ = made.drafted("对专精特新企业、战略性新兴产业企业，给予6万元奖励。")
    (group,) = data["items"][0]["eligible"]["all"]
    assert [leaf["test"] for leaf in group["any"]] == [
        'any(certificates, kind == "专精特新")',
        "strategic_emerging",
    ]


def test_an_open_list_of_categories_is_written_only_where_the_dictionary_knows_the_rest() -> None:
    who = "“减污降碳”、绿色产业等小微企业"
    assert any(
        "interest_subsidy_other_category" in t for t in made.asked(f"对{who}，给予贷款贴息，最高9万元。")
    )
    found = made.asked(f"对{who}，给予9万元奖励。")
    assert len(found) == 1
    assert "employees_2021" in found.pop()
    assert "减污降碳" in made.readings(f"对{who}，给予9万元奖励。")


@pytest.mark.parametrize(
    ("body", "written", "open_part"),
    [
        (
            "对2021年申报研发费用700万元以下且拥有两项发明专利的企业，给予6万元奖励。",
            "rd_expense_2021 < 700万元",
            "拥有两项发明专利",
        ),
        ("对规模以上工业企业，给予6万元奖励。", made.INDUSTRIAL, "规模以上"),
        ("对注册地在本区的工业企业，给予6万元奖励。", made.INDUSTRIAL, "注册地在本区"),
        ("对首次获评市级标杆的工业企业，给予6万元奖励。", made.INDUSTRIAL, "首次获评市级标杆"),
        ("对工业企业（不含烟草企业），给予6万元奖励。", made.INDUSTRIAL, "不含烟草企业"),
        ("对除烟草外的工业企业，给予6万元奖励。", made.INDUSTRIAL, "除烟草外"),
    ],
)
def test_what_of_a_clause_is_not_expressed_is_a_reading(body: str, written: str, open_part: str) -> None:
    assert made.asked(body) == {written}
    told = made.readings(body)
    assert "已写成规则的部分：" in told
    assert open_part in told.partition("待写：")[2]


def test_a_level_is_written_only_as_the_notice_names_it() -> None:
    found = made.asked("对获评市级绿色制造示范、节能节水示范单位的企业，给予6万元奖励。")
    assert found == {
        'any(certificates, kind in ["绿色制造示范", "节能节水"] and level in ["市级"])',
    }


def test_what_is_open_behind_the_named_kinds_of_a_project_is_let_in() -> None:
    body = "支持节能降碳、清洁生产等技术改造，按设备投入的5%给予补助。"
    assert made.asked(body) == {'any(projects, category in ["节能降碳", "清洁生产", "其他"])'}
    assert "“等”" in made.readings(body)


WHO = (
    "工业企业", "规模以上工业企业", "小微企业", f"{made.ABOVE}的工业企业", "工业企业、建筑企业", "非工业企业",
    "专精特新企业", "服务小微企业的机构", "2021年申报研发费用80万元以下且信用良好的企业",
    "连续经营满3年的制造业企业", "企业（不含小微企业）",
)  # fmt: skip


GRANTS = ("给予6万元奖励", "按设备投入的5%给予补助，最高40万元")


AROUND = ("", "鼓励小微企业做大做强。", "申报企业须依法纳税，且连续经营满2年。")


def _bodies() -> list[str]:
    one = [f"{a}对{w}，{g}。" for w, g, a in itertools.product(WHO, GRANTS, AROUND)]
    two = [f"对{a}，给予6万元奖励。对{b}，给予2万元补助。" for a, b in itertools.permutations(WHO, 2)]
    return one + two


def test_every_clause_quotes_who_is_granted_and_every_condition_is_covered() -> None:
    """No quotation outside a granting sentence, and nothing that the reader found is lost."""
    bodies = _bodies()
    for start in range(0, len(bodies), 5):
        some = bodies[start : start + 5]
        notice, data, report = made.drafted(*some)
        for body, measure, item in zip(some, notice.measures, data["items"], strict=True):
            granting = [s for s in body.split("。") if "给予" in s]
            parts = made.leaves(item["eligible"]) if "eligible" in item else []
            assert all(any(leaf["cite"] in s for s in granting) for leaf in parts), body
            quotes = [leaf["cite"] for leaf in parts] + list(item["benefit"]["cite"])
            mine = set(item.get("readings", []))
            quotes += [r["cite"]["quote"] for r in data["readings"] if r["id"] in mine]
            for find in [*measure.beneficiaries, *measure.conditions]:
                told = squeeze(find.text).strip("，。对且")
                assert any(told in squeeze(q) or squeeze(q) in told for q in quotes), (body, find.text)
        assert "# 草稿说明" in report


def test_whoever_is_entitled_is_never_refused_by_a_clause_alone() -> None:
    """With several ways, a way is either a group of its own or nothing at all is written."""
    for a, b in itertools.permutations(WHO, 2):
        _, data, _ = made.drafted(f"对{a}，给予6万元奖励。对{b}，给予2万元补助。")
        eligible = data["items"][0].get("eligible")
        if eligible:
            (ways,) = eligible["all"]
            assert [way["cite"] for way in ways["any"]] == [a, b]


def test_drafts_with_ways_load() -> None:
    text = f"{made.HEAD}一、扶持\n对{made.ABOVE}的工业企业，给予8万元奖励。对小微企业，给予2万元补助。{made.TAIL}"
    pack, _ = draft.build(read_text(text), "notice.txt")
    loaded = load_pack_from_texts({"pack.yaml": pack}, FactDictionary.load(None))
    assert len(loaded.items) == 1


def test_what_a_granting_sentence_says_first_is_not_lost() -> None:
    body = f"支持农机企业发展，对{made.ABOVE}的企业给予6万元奖励。"
    assert made.asked(body) == {made.RISEN}
    assert "支持农机企业发展" in made.readings(body).partition("待写：")[2]


def test_known_words_that_are_no_condition_are_named_in_the_report() -> None:
    _, _, report = made.drafted("引导工业企业上云。对上云费用满5万元的，给予1万元补助。")
    assert "只提到、没有写成条件" in report


def test_what_every_measure_lacks_is_said_once() -> None:
    text = "一、扶持之一\n对老店，给予6万元奖励。\n二、扶持之二\n对新店，给予3—5万元奖励。\n"
    _, report = draft.build(read_text(text), "notice.txt")
    assert report.count("有效期") == 1
    assert report.count("3—5万元") == 1


def test_figures_in_words_carry_a_reading_so_that_the_check_finds_their_source() -> None:
    text = (
        f"{made.HEAD}一、扶持\n对{made.ABOVE}的企业，给予五千元奖励，执行至2023年底。（牵头单位：区经信局）\n"
    )
    pack, _ = draft.build(read_text(text), "notice.txt")
    data = YAML(typ="safe").load(pack)
    assert data["items"][0]["benefit"]["amount"] == "5000元"
    load_pack_from_texts({"pack.yaml": pack}, FactDictionary.load(None))


@pytest.mark.parametrize(
    "filler", ["由", "的", "对", "、", "（", "和企业", "分别", "小微企业", "除", "，给予", "“”且"]
)
def test_no_sentence_makes_a_draft_slow(filler: str) -> None:
    text = (
        f"{made.HEAD}一、扶持\n对{filler * 6_000}企业，给予6万元奖励。对{filler * 150}企业，给予6万元奖励。\n"
    )
    notice = read_text(text)
    with at_most(3):
        if notice.measures:
            draft.build(notice, "notice.txt")


def test_an_exclusion_beside_a_known_kind_leaves_the_kind() -> None:
    assert made.asked("对除烟草、酒类外的工业企业，给予6万元奖励。") == {made.INDUSTRIAL}
    body = "对工业企业给予6万元奖励。已获市级奖励的不再参照执行上述标准。"
    assert made.asked(body) == {made.INDUSTRIAL}


def test_whom_a_sentence_names_without_dui_is_a_reading_and_sums_alone_are_none() -> None:
    assert "连续经营满3年的老店" in made.readings(
        "连续经营满3年的老店，可申领补贴。每户按规定给予6万元奖励。"
    )
    assert "每户" not in made.readings("连续经营满3年的老店，可申领补贴。每户按规定给予6万元奖励。")
    assert "手艺人开店的" in made.readings("手艺人开店的，可申领开办补贴。每户给予6万元奖励。")
    assert "可申领" not in made.readings("手艺人开店的，可申领开办补贴。每户给予6万元奖励。")
    assert "实际投入" not in made.readings("按实际投入的一定比例，给予最高6万元奖励。")
    told = made.readings("具体标准为：手艺人6万元；学徒2万元。对新店给予1万元奖励。")
    assert "手艺人" not in told
    assert "新店" in told


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("对在老店就业的学徒每人500元补贴。", "在老店就业的学徒"),
        ("对扩产的企业，给予6万元奖励。合作社同样享受上述政策。", "合作社同样享受"),
        ("对扩产的企业，给予6万元奖励，合作社参照执行。", "合作社参照执行"),
        ("对符合下列条件之一的企业，给予6万元奖励：（一）新建仓库的；（二）引进师傅的。", "引进师傅的"),
        ("对不属于淘汰类的工业企业，给予6万元奖励。", "待写：不属于淘汰类"),
    ],
)
def test_nothing_about_who_is_lost(body: str, kept: str) -> None:
    assert kept in made.readings(body)


def test_a_grade_of_a_title_stays_open_beside_the_title() -> None:
    body = "对首次认定为国家级专精特新“小巨人”企业的，给予6万元奖励。"
    assert made.asked(body) == {'any(certificates, kind == "专精特新")'}
    assert "小巨人" in made.readings(body).partition("待写：")[2]


def test_whom_the_whole_notice_is_for_stands_in_every_item() -> None:
    text = (
        f"{made.HEAD}本措施适用于在本镇登记的老店。\n一、扶持之一\n对扩店的，给予6万元奖励。\n"
        "二、扶持之二\n对收徒的，给予3万元奖励。\n"
    )
    pack, report = draft.build(read_text(text), "notice.txt")
    data = YAML(typ="safe").load(pack)
    (scope,) = [r for r in data["readings"] if r["id"].startswith("scope")]
    assert scope["cite"]["quote"] == "本措施适用于在本镇登记的老店"
    assert all(scope["id"] in item["readings"] for item in data["items"])
    assert report.count("在本镇登记的老店") == 1
