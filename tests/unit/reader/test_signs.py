"""Weak signs: each is seen in its example; together and in company they tell gifts from appeals."""

import re

import pytest

from babashi.reader import read_text
from babashi.reader.signs import AGAINST, SIGNS, TITLES
from babashi.reader.weighing import Company, weigh

ROWS = [*SIGNS, *AGAINST, *TITLES]
AMONG_GIFTS = Company((4, 4), (9, 10), 2)
ALONE = Company((0, 5), (1, 12), 0)

GIFTS = [
    "外地专家的子女申请入学的，由县教育局优先安排到就近的公办学校就读。",
    "农户的冷库、烘房可作抵押办理贷款，到期可申请展期，不再另行评估。",
    "便利用水。企业报装由水务公司上门办理，不再收取勘察费用。",
    "对返乡创业人员，由乡镇派专人帮办证照，当天办结，不收费用。",
]
APPEALS = [
    "加强组织领导。各镇要落实责任，健全工作机制，形成合力。",
    "持续优化营商环境，推动民营经济高质量发展。",
    "引导金融机构扩大信贷投放，力争全年新增贷款20亿元。",
    "对投资大的项目，实行“一事一议”。",
    "企业应当按时报送报表，不得虚报。",
    "严禁向商户摊派，商户有权拒付。",
]


@pytest.mark.parametrize(("pattern", "example"), [(p, e) for _, _, p, e in ROWS], ids=[r[0] for r in ROWS])
def test_each_sign_is_seen_in_its_example(pattern: str, example: str) -> None:
    assert re.search(pattern, example)


@pytest.mark.parametrize("text", GIFTS)
def test_gifts_among_gifts(text: str) -> None:
    assert weigh(text, "", AMONG_GIFTS) > 0


@pytest.mark.parametrize("text", APPEALS)
def test_appeals_even_among_gifts(text: str) -> None:
    assert weigh(text, "", AMONG_GIFTS) <= 0


def test_company_counts() -> None:
    assert all(weigh(text, "", AMONG_GIFTS) > weigh(text, "", ALONE) for text in [*GIFTS, *APPEALS])


def test_no_sentence_left_is_no_gift() -> None:
    assert weigh("", "", AMONG_GIFTS) <= 0


NOTICE = """关于支持返乡创业的若干措施
1.首次开店的，给予一次性补贴5000元。
2.租用门面的，每年补贴租金3000元。
3.返乡人员子女申请入学的，由镇中心校优先安排到就近的公办学校就读。
4.加强组织领导。各镇要落实责任，健全工作机制，形成合力。
5.吸纳脱贫户就业的，每人奖励1000元。
"""


def test_an_item_without_figure_between_items_that_grant() -> None:
    assert [m.ordinal for m in read_text(NOTICE).measures] == ["1.", "2.", "3.", "5."]


def test_what_only_signs_speak_for_is_less_sure() -> None:
    notice = read_text(
        "关于促进村级商业发展的若干措施\n"
        "一、新店奖励。对新开店铺的农户，一次性奖励5000元。\n"
        "二、贷款贴息。按贷款额的2%给予贴息。\n"
        "三、租金减免。免收集体铺面一年租金。\n"
        "四、装修补助。按装修费的30%补助，最高1万元。\n"
        "五、线上对接。为村级店铺搭建线上供销平台，由镇里派人教会使用。\n"
    )
    assert [measure.confidence for measure in notice.measures] == [0.95, 0.95, 0.6, 0.95, 0.4]
