"""What a draft may say about who is eligible: words that hold for everybody who gets the benefit, and no others."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from ruamel.yaml import YAML

from babashi.reader import draft, read_text
from babashi.reader.model import Notice
from babashi.reader.text import squeeze
from babashi.rules.facts import FactDictionary
from babashi.rules.loader import load_pack_from_texts

HEAD = "某区人民政府关于支持企业发展的若干措施\n某府发〔2022〕6号\n"
TAIL = "（牵头单位：区经信局）执行期限至2022年12月31日。\n"
ABOVE = "2021年首次由规模以下升为规模以上"


def _drafted(*bodies: str) -> tuple[Notice, dict[str, Any], str]:
    numbered = zip("一二三四五", bodies, strict=False)
    text = HEAD + "".join(f"{n}、扶持措施之{n}\n{body}{TAIL}" for n, body in numbered)
    notice = read_text(text)
    pack, report = draft.build(notice, "notice.txt")
    return notice, YAML(typ="safe").load(pack), report


def _leaves(node: dict[str, Any]) -> list[dict[str, Any]]:
    parts = [p for key in ("all", "any") for p in node.get(key, [])]
    return [leaf for part in parts for leaf in _leaves(part)] if parts else [node]


def _clauses(body: str) -> list[dict[str, Any]]:
    _, data, _ = _drafted(body)
    eligible = data["items"][0].get("eligible")
    return _leaves(eligible) if eligible else []


def _tests(body: str) -> set[str]:
    return {leaf["test"] for leaf in _clauses(body)}


def _readings(body: str) -> str:
    _, data, _ = _drafted(body)
    return "\n".join(r["text"] for r in data.get("readings", []))


INDUSTRIAL = "6 <= division(industry_code) <= 46"
RISEN = "first_above_scale_year == 2021年"


def test_conditions_of_one_sentence_stand_together() -> None:
    assert _tests(f"对{ABOVE}的工业企业，给予8万元一次性奖励。") == {INDUSTRIAL, RISEN}


def test_two_ways_to_get_something_are_alternatives() -> None:
    _, data, report = _drafted(
        f"对{ABOVE}的企业，给予8万元奖励。对2021年申报研发费用300万元以下的企业，按研发投入的2%给予补助。"
    )
    (ways,) = data["items"][0]["eligible"]["all"]
    first, second = ways["any"]
    assert [leaf["test"] for leaf in _leaves(first)] == [RISEN]
    assert [leaf["test"] for leaf in _leaves(second)] == ["rd_expense_2021 < 300万元"]
    assert ABOVE in first["cite"]
    assert "申报研发费用" in second["cite"]
    assert "任一" in report


def test_a_way_that_no_fact_expresses_leaves_all_ways_open() -> None:
    body = f"对{ABOVE}的工业企业，给予8万元奖励。对新评为老字号的企业，给予3万元奖励。"
    assert _clauses(body) == []
    readings = _readings(body)
    assert ABOVE in readings
    assert "老字号" in readings
    _, _, report = _drafted(body)
    assert "老字号" in report
    assert "都没有写成规则" in report


def test_who_may_share_the_rules_of_others_is_a_way_of_its_own() -> None:
    assert _clauses("对小微企业给予2万元补助。新设立的合作社参照执行。") == []


def test_one_labelled_line_says_who() -> None:
    assert len(_tests("补贴对象：小微企业。补贴标准：每户给予6万元。")) == 1


def test_the_adjective_of_a_sum_is_no_second_grant() -> None:
    assert _tests(f"对{ABOVE}的企业，给予6万元的一次性奖励。") == {RISEN}


def test_limits_are_no_way_of_their_own() -> None:
    assert _tests("对工业企业按设备投入的5%给予补助。每家企业每年最高补助40万元。") == {INDUSTRIAL}


@pytest.mark.parametrize(
    "who",
    [
        "规模以上工业企业、有资质的建筑企业、规模以上服务企业",
        "工业企业和建筑企业",
        "建筑企业以及年产值2000万元以上的工业企业",
        "家庭农场、小微企业",
        "个体工商户或小微企业",
        "小微企业及从业三年以上的手艺人",
        "新办企业、专精特新企业",
        f"{ABOVE}或营业收入增长一成的企业",
        f"{ABOVE}的工业企业和当年新办的服务企业",
        "2021年申报研发费用300万元以下或没有申报的企业",
        "工业企业，或者年用电量10万度以上的商户",
    ],
)
def test_one_of_several_alternatives_is_no_condition_for_all(who: str) -> None:
    body = f"对{who}，给予6万元奖励。"
    assert _clauses(body) == []
    assert squeeze(who) in squeeze(_readings(body))


def test_alternatives_that_are_all_known_stand_under_any() -> None:
    _, data, _ = _drafted("对专精特新企业、战略性新兴产业企业，给予6万元奖励。")
    (group,) = data["items"][0]["eligible"]["all"]
    assert [leaf["test"] for leaf in group["any"]] == [
        'any(certificates, kind == "专精特新")',
        "strategic_emerging",
    ]


def test_an_open_list_of_categories_is_written_only_where_the_dictionary_knows_the_rest() -> None:
    who = "“减污降碳”、绿色产业等小微企业"
    assert any("interest_subsidy_other_category" in t for t in _tests(f"对{who}，给予贷款贴息，最高9万元。"))
    tests = _tests(f"对{who}，给予9万元奖励。")
    assert len(tests) == 1
    assert "employees_2021" in tests.pop()
    assert "减污降碳" in _readings(f"对{who}，给予9万元奖励。")


@pytest.mark.parametrize(
    ("body", "written", "open_part"),
    [
        (
            "对2021年申报研发费用700万元以下且拥有两项发明专利的企业，给予6万元奖励。",
            "rd_expense_2021 < 700万元",
            "拥有两项发明专利",
        ),
        ("对规模以上工业企业，给予6万元奖励。", INDUSTRIAL, "规模以上"),
        ("对注册地在本区的工业企业，给予6万元奖励。", INDUSTRIAL, "注册地在本区"),
        ("对首次获评市级标杆的工业企业，给予6万元奖励。", INDUSTRIAL, "首次获评市级标杆"),
        ("对工业企业（不含烟草企业），给予6万元奖励。", INDUSTRIAL, "不含烟草企业"),
        ("对除烟草外的工业企业，给予6万元奖励。", INDUSTRIAL, "除烟草外"),
    ],
)
def test_what_of_a_clause_is_not_expressed_is_a_reading(body: str, written: str, open_part: str) -> None:
    assert _tests(body) == {written}
    readings = _readings(body)
    assert "已写成规则的部分：" in readings
    assert open_part in readings.partition("待写：")[2]


@pytest.mark.parametrize(
    "body",
    [
        "鼓励小微企业上规升级。对新入库的企业，给予6万元奖励。",
        "引导工业企业上云。对上云费用满5万元的，给予1万元补助。",
        "围绕工业企业发展，对入驻的服务商，给予6万元奖励。",
        "鼓励小微企业上规升级，对新入库的企业给予6万元奖励。",
    ],
)
def test_an_appeal_or_a_theme_is_no_condition(body: str) -> None:
    assert _clauses(body) == []


@pytest.mark.parametrize(
    "who",
    [
        "非工业企业",
        "除工业企业外的企业",
        "企业（不含工业企业）",
        "不属于战略性新兴产业的企业",
        "未获评专精特新的企业",
        "除小微企业以外的服务企业",
        "工业企业以外的企业",
    ],
)
def test_an_exclusion_never_becomes_its_opposite(who: str) -> None:
    assert _clauses(f"对{who}，给予6万元奖励。") == []
    assert squeeze(who) in squeeze(_readings(f"对{who}，给予6万元奖励。"))


@pytest.mark.parametrize(
    "body",
    [
        "对为工业企业提供诊断的服务机构，给予6万元奖励。",
        "对工业企业的服务机构，给予6万元奖励。",
        "对服务小微企业成效好的平台，给予6万元奖励。",
        "对引进工业企业的园区，给予6万元奖励。",
        "对成功引进年产值1亿元以上的工业企业，给予引荐人6万元奖励。",
        "对小微企业发放的信用贷款，按1%给予银行补助。",
        "对小微企业的贷款，给予1%贴息。",
        "对中小微企业，给予6万元补助。",
        "对小微企业园，给予6万元补助。",
        "对工业企业，给予其高管团队6万元奖励。",
        "对入选《工业企业升级名录》的企业，给予6万元奖励。",
        "对经省制造业企业发展办公室推荐的企业，给予6万元奖励。",
        "对企业（含小微企业），给予6万元奖励。",
        "对工业企业园区内的商户，给予6万元奖励。",
        "对战略性新兴产业基金，给予6万元奖励。",
        "对制造业单项冠军示范企业，给予6万元奖励。",
        "对工业企业达标的给予6万元奖励，服务企业达标的给予2万元奖励。",
        "对2021年申报研发费用100万元以下的企业给予1万元奖励，100万元以上的给予2万元奖励。",
        "对工业企业达标的，给予6万元奖励，对服务企业达标的，给予2万元奖励。",
        "对小微企业（含个体工商户），给予6万元补助。",
        "对小微企业，给予6万元补助。上述企业包括个体工商户。",
        "对在本区小微企业实现就业的毕业生，给予6万元补助。",
        "对小微企业参加展会的，给予组展单位6万元补助。",
        "对新办企业给予贷款贴息，最高9万元，其中，单笔流动资金贷款额度不低于50万元，贴息比例提高到60%。",
        "对新办企业给予贷款贴息，最高9万元，单笔流动资金贷款额度不低于50万元，或固定资产贷款额度不低于90万元。",
        "补贴对象：1.小微企业；2.合作社。补贴标准：每户给予6万元。",
        "补贴对象：小微企业。经认定的合作社也可享受。补贴标准：每户给予6万元。",
        "区财政对小微企业按6万元给予担保机构补助。",
        "支持小微企业融资，对担保机构给予6万元补助。",
        "对新投产企业给予6万元奖励，其中单笔流动资金贷款额度不低于50万元的再给予1万元。",
    ],
)
def test_in_doubt_nothing_is_written(body: str) -> None:
    assert _clauses(body) == []


def test_facts_of_another_year_or_of_an_unknown_year_are_not_used() -> None:
    body = "一、扶持\n对小微企业，给予6万元奖励。\n"
    for head in ("某府发〔2024〕6号\n", ""):
        pack, _ = draft.build(read_text("某区人民政府关于扶持企业的通知\n" + head + body), "notice.txt")
        assert "employees_2021" not in pack


def test_a_level_is_written_only_as_the_notice_names_it() -> None:
    tests = _tests("对获评市级绿色制造示范、节能节水示范单位的企业，给予6万元奖励。")
    assert tests == {
        'any(certificates, kind in ["绿色制造示范", "节能节水"] and level in ["市级"])',
    }


def test_what_is_open_behind_the_named_kinds_of_a_project_is_let_in() -> None:
    body = "支持节能降碳、清洁生产等技术改造，按设备投入的5%给予补助。"
    assert _tests(body) == {'any(projects, category in ["节能降碳", "清洁生产", "其他"])'}
    assert "“等”" in _readings(body)


WHO = (
    "工业企业", "规模以上工业企业", "小微企业", f"{ABOVE}的工业企业", "工业企业、建筑企业", "非工业企业",
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
        notice, data, report = _drafted(*some)
        for body, measure, item in zip(some, notice.measures, data["items"], strict=True):
            granting = [s for s in body.split("。") if "给予" in s]
            leaves = _leaves(item["eligible"]) if "eligible" in item else []
            assert all(any(leaf["cite"] in s for s in granting) for leaf in leaves), body
            quotes = [leaf["cite"] for leaf in leaves] + list(item["benefit"]["cite"])
            mine = set(item.get("readings", []))
            quotes += [r["cite"]["quote"] for r in data["readings"] if r["id"] in mine]
            for find in [*measure.beneficiaries, *measure.conditions]:
                told = squeeze(find.text).strip("，。对且")
                assert any(told in squeeze(q) or squeeze(q) in told for q in quotes), (body, find.text)
        assert "# 草稿说明" in report


def test_whoever_is_entitled_is_never_refused_by_a_clause_alone() -> None:
    """With several ways, a way is either a group of its own or nothing at all is written."""
    for a, b in itertools.permutations(WHO, 2):
        _, data, _ = _drafted(f"对{a}，给予6万元奖励。对{b}，给予2万元补助。")
        eligible = data["items"][0].get("eligible")
        if eligible:
            (ways,) = eligible["all"]
            assert [way["cite"] for way in ways["any"]] == [a, b]


def test_drafts_with_ways_load() -> None:
    text = f"{HEAD}一、扶持\n对{ABOVE}的工业企业，给予8万元奖励。对小微企业，给予2万元补助。{TAIL}"
    pack, _ = draft.build(read_text(text), "notice.txt")
    loaded = load_pack_from_texts({"pack.yaml": pack}, FactDictionary.load(None))
    assert len(loaded.items) == 1


def test_what_a_granting_sentence_says_first_is_not_lost() -> None:
    body = f"支持农机企业发展，对{ABOVE}的企业给予6万元奖励。"
    assert _tests(body) == {RISEN}
    assert "支持农机企业发展" in _readings(body).partition("待写：")[2]


def test_known_words_that_are_no_condition_are_named_in_the_report() -> None:
    _, _, report = _drafted("引导工业企业上云。对上云费用满5万元的，给予1万元补助。")
    assert "只提到、没有写成条件" in report


def test_what_every_measure_lacks_is_said_once() -> None:
    text = "一、扶持之一\n对老店，给予6万元奖励。\n二、扶持之二\n对新店，给予3—5万元奖励。\n"
    _, report = draft.build(read_text(text), "notice.txt")
    assert report.count("有效期") == 1
    assert report.count("3—5万元") == 1


KNOWN = ("工业企业", "制造业企业", "小微企业", "专精特新企业", "战略性新兴产业企业", "企业或园区")
UNKNOWN = ("合作社", "个体工商户", "有资质的建筑企业", "年销售额100万元以上的商户", "家庭农场", "其他单位")
SHAPES = (
    "{k}{o}{u}",
    "{u}{o}{k}",
    "年产值1亿元以上的{k}{o}{u}",
    "{u}{o}年产值1亿元以上的{k}",
    "{u}、老店{o}{k}",
    "{k}、老店{o}{u}",
    "2021年新办的{u}，{o}{k}",
    "我区{u}{o}{k}",
    "{u}{o}{k}等企业",
    "{k}（{o}{u}）",
    "购置设备的{k}{o}{u}",
)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_known_kind_beside_an_unknown_one_is_never_asked_of_all(shape: str) -> None:
    wrong = []
    for k, u, o in itertools.product(KNOWN, UNKNOWN, ("、", "或", "和", "及", "以及", "与", "或者")):
        who = shape.format(k=k, u=u, o=o)
        notice = read_text(f"{HEAD}一、扶持\n对{who}，给予6万元奖励。{TAIL}")
        pack, _ = draft.build(notice, "notice.txt")
        if "eligible:" in pack:
            wrong.append(who)
    assert wrong == []


DEALT = (
    "引进{k}的园区", "服务{k}的平台", "为{k}提供担保的机构", "向{k}出租厂房的业主", "{k}的职工", "{k}聘用的专家",
    "与{k}合作的高校", "推荐{k}落户的个人", "{k}法定代表人", "{k}所在的园区", "{k}协会", "在{k}工作的人才",
    "收购{k}股权的公司", "{k}以外的单位", "不含{k}的各类主体", "非{k}", "未成为{k}的单位", "由{k}转型的农场",
    "拟培育为{k}的农场", "原为{k}的农场", "{k}集聚区", "面向{k}的培训", "{k}转产的农场",
)  # fmt: skip


@pytest.mark.parametrize("shape", DEALT)
def test_whoever_deals_with_a_known_kind_is_not_of_that_kind(shape: str) -> None:
    for k in KNOWN[:5]:
        body = f"对{shape.format(k=k)}，给予6万元奖励。"
        assert _clauses(body) == [], body


FACTS = (ABOVE, "2021年申报研发费用80万元以下", "获评市级节能节水示范单位")
BESIDE = (
    "{f}或新办的企业", "新办或{f}的企业", "{f}、新办的企业", "{f}的企业的服务机构", "{f}的企业和合作社", "未{f}的企业",
    "引进{f}的企业的园区", "{f}的企业的职工", "非{f}的企业", "合作社以及{f}的企业", "{f}以外的企业", "除{f}外的企业",
    "{f}（或新办）的企业", "符合{f}、新办之一的企业", "{f}的企业，或者新办的企业", "辅导{f}企业的机构", "{f}企业的厂房",
    "{f}的企业、新办的企业", "其他{f}的企业", "拟于{f}的企业",
)  # fmt: skip


@pytest.mark.parametrize("shape", BESIDE)
def test_a_fact_that_is_not_asked_of_everybody_is_no_clause(shape: str) -> None:
    for fact in FACTS:
        body = f"对{shape.format(f=fact)}，给予6万元奖励。"
        assert _clauses(body) == [], body


@pytest.mark.parametrize(
    "shape", ["{f}的企业", "{f}，且依法纳税的企业", "我区{f}的企业", "依法纳税且{f}的企业"]
)
def test_a_fact_that_is_asked_of_everybody_is_a_clause(shape: str) -> None:
    for fact in FACTS:
        assert len(_clauses(f"对{shape.format(f=fact)}，给予6万元奖励。")) == 1
