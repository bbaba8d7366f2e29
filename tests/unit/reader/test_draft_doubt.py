"""Words that hold for some of those who get the benefit, or for others, never become a condition for all."""

from __future__ import annotations

import itertools

import drafting as made
import pytest

from babashi.reader import draft, read_text
from babashi.reader.text import squeeze


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
        f"{made.ABOVE}或营业收入增长一成的企业",
        f"{made.ABOVE}的工业企业和当年新办的服务企业",
        "2021年申报研发费用300万元以下或没有申报的企业",
        "工业企业，或者年用电量10万度以上的商户",
    ],
)
def test_one_of_several_alternatives_is_no_condition_for_all(who: str) -> None:
    body = f"对{who}，给予6万元奖励。"
    assert made.clauses(body) == []
    assert squeeze(who) in squeeze(made.readings(body))


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
    assert made.clauses(body) == []


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
    assert made.clauses(f"对{who}，给予6万元奖励。") == []
    assert squeeze(who) in squeeze(made.readings(f"对{who}，给予6万元奖励。"))


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
        "对本区其他新入统的工业企业，给予6万元奖励。",
        "对成功引进年产值1亿元以上的工业企业，给予6万元奖励。",
        "对挂靠工业企业，给予6万元奖励。",
        "对控股股东2021年首次由规模以下升为规模以上的企业，给予6万元奖励。",
        "对母体2021年首次由规模以下升为规模以上的企业，给予6万元奖励。",
        "对年纳税100万元以上的工业企业，奖励法定代表人6万元。",
        "对年纳税100万元以上的工业企业，对其法定代表人奖励6万元。",
        "对2021年申报研发费用80万元以下部分，给予5%补助。",
        "对战略性新兴产业园的企业，给予6万元奖励。",
        "对新办企业给予贷款贴息，最高9万元，去年单笔流动资金贷款额度不低于50万元。",
        "对新办企业给予贷款贴息，最高9万元，单笔流动资金贷款额度不低于50万元，贴息比例提高到60%。",
        "对新办企业给予贷款贴息，最高9万元，其中，单笔流动资金贷款额度不低于50万元，期限不少于一年。",
        "对工业企业给予6万元奖励。每年对老店给予2万元奖励。",
        "对工业企业给予6万元奖励。老店可申领开办补贴。",
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
    assert made.clauses(body) == []


def test_facts_of_another_year_or_of_an_unknown_year_are_not_used() -> None:
    body = "一、扶持\n对小微企业，给予6万元奖励。\n"
    for head in ("某府发〔2024〕6号\n", ""):
        pack, _ = draft.build(read_text("某区人民政府关于扶持企业的通知\n" + head + body), "notice.txt")
        assert "employees_2021" not in pack


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
        notice = read_text(f"{made.HEAD}一、扶持\n对{who}，给予6万元奖励。{made.TAIL}")
        pack, _ = draft.build(notice, "notice.txt")
        if "\n    eligible:" in pack:
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
        assert made.clauses(body) == [], body


FACTS = (made.ABOVE, "2021年申报研发费用80万元以下", "获评市级节能节水示范单位")


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
        assert made.clauses(body) == [], body


@pytest.mark.parametrize(
    "shape", ["{f}的企业", "{f}，且依法纳税的企业", "我区{f}的企业", "依法纳税且{f}的企业"]
)
def test_a_fact_that_is_asked_of_everybody_is_a_clause(shape: str) -> None:
    for fact in FACTS:
        assert len(made.clauses(f"对{shape.format(f=fact)}，给予6万元奖励。")) == 1
