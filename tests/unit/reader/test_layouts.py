"""Items in odd layouts: lost line breaks, questions, guides to one policy, bullets, closing parts."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from babashi.reader import read_text

LAYOUTS = Path(__file__).parents[2] / "data" / "notices" / "layouts.yaml"


def measures(text: str) -> list[tuple[str, str]]:
    return [(m.ordinal, m.heading.text) for m in read_text(text).measures]


def test_labels_inside_a_line() -> None:
    """A stored copy without line breaks: labels count where their number fits."""
    text = (
        "某镇二〇二一年农业奖励意见 为促进增收，制定本意见。 一、种植业 1、新栽茶园每亩奖励200元。 2、新建"
        "大棚每亩奖励800元，按第1、2款执行的不重复。 二、养殖业 3、新建标准化鸡舍的，每户奖励5000元。"
    )
    assert [m.ordinal for m in read_text(text).measures] == ["1、", "2、", "3、"]


@pytest.mark.parametrize(
    ("text", "ordinals"),
    [
        (
            "三、支持创新发展13.支持科技企业。对入库企业给予2万元奖励。14.支持小巨人企业。给予30万元奖励。",
            ["13.", "14."],
        ),
        ("答：1.对获奖项目给予50万元资助。2.对落户项目给予5万元资助。", ["1.", "2."]),
        ("五、支持上市。对符合第（一）、（二）项条件的企业，给予100万元奖励。", ["五、"]),
        ("六、办展补贴。申报条件：1.在本区注册；2.面积5000平方米以上。每场给予10万元补贴。", ["六、"]),
    ],
)
def test_a_label_in_a_line_or_a_reference(text: str, ordinals: list[str]) -> None:
    assert [m.ordinal for m in read_text(text).measures] == ordinals


def test_the_answer_grants_and_not_the_question() -> None:
    text = (
        "1.问：哪些企业可以享受扩岗补助？\n答：招用应届毕业生的企业。\n"
        "2.问：扩岗补助标准是多少？\n答：按每人1500元给予企业补助。\n"
        "3.问：补助可以和社保补贴重复享受吗？\n答：不能。\n"
    )
    assert measures(text) == [("2.", "扩岗补助标准是多少？")]


def test_a_question_on_a_line_of_its_own() -> None:
    text = "培训补贴的标准是多少？\n答：网络创业培训给予定点机构2000元/人的补贴。\n"
    assert measures(text) == [("", "培训补贴的标准是多少？")]


def test_attachments_are_no_items() -> None:
    text = "支持首店。对首店给予20万元奖励。\n附件：1.首店奖励申请表\n2.承诺书\n3.首店补贴资金汇总表\n"
    assert len(measures(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "四、申报条件\n1.符合节能补贴政策要求的企业，可以申请补贴。\n2.项目投资500万元以上。\n",
        "三、贴息流程\n（一）预拨贴息资金。按季度需求的80%拨付至经办银行。\n（二）贴息资金审核。由财政部门审核。\n",
        "一、奖励对象\n（一）2022年度没有享受过奖励的企业。\n（二）当年新增的企业。\n",
        "六、附则\n1.享受补助的企业须承诺5年不迁出，否则退还补助。\n2.本办法由财政局解释。\n",
        "一、活动目的\n通过发放消费券激活市场，把影响降到最低。\n",
    ],
)
def test_conditions_and_procedure_grant_nothing(text: str) -> None:
    assert measures(text) == []


def test_sums_below_a_heading_of_conditions_count() -> None:
    text = (
        "一、申报条件\n奖励范围及标准为：\n1.新认定的高新技术企业奖励标准为10万元。\n"
        "2.新认定的孵化器奖励标准为30万元和10万元。\n"
    )
    assert [o for o, _ in measures(text)] == ["1.", "2."]


def test_the_part_with_the_standard_is_the_measure_under_a_general_heading() -> None:
    text = (
        "一、延长期限\n申请截止2024年12月31日。\n二、补贴对象和补贴标准\n（一）补贴对象\n报废旧货车的车主。\n"
        "（二）补贴标准\n轻型货车补贴标准为1.5万元/辆。\n"
    )
    assert measures(text) == [("（二）", "补贴标准")]


def test_titles_of_policies_among_numbered_steps() -> None:
    text = (
        "海外仓建设奖励\n政策条件：\n对新建海外仓的企业给予30万元补助。\n"
        "技能竞赛奖励\n政策条件：\n对获奖者给予奖励，标准为：\n1.国家级奖励1万元。\n2.省级奖励5000元。\n"
    )
    assert measures(text) == [("", "海外仓建设奖励"), ("1.", "国家级奖励1万元"), ("2.", "省级奖励5000元")]


def test_a_sentence_that_grants_nothing_is_the_title() -> None:
    text = (
        "支持街区发展，鼓励各镇改造步行街。对省级示范街区给予80万元奖励。\n支持首店。对首店给予10万元奖励。\n"
    )
    assert measures(text) == [("", "支持街区发展，鼓励各镇改造步行街"), ("", "支持首店")]


def test_a_title_right_above_the_parts_of_a_policy() -> None:
    text = (
        "首次创业补贴\n一、政策依据\n某人社规〔2023〕1号。\n二、补贴对象\n毕业5年内的创业者。\n"
        "三、补贴标准\n每户给予5000元。\n四、责任单位\n某区人社局\n"
        "场租补贴\n一、补贴对象\n租房创业的企业。\n二、补贴标准\n按租金的50%给予补贴。\n三、申请材料\n租房合同。\n"
    )
    assert measures(text) == [("", "首次创业补贴"), ("", "场租补贴")]


def test_numbers_of_pages_are_left_out() -> None:
    text = (
        "一、上规奖励\n— 2 —\n对首次上规的企业给予10万元奖励。\n第3页 共9页\n二、首店奖励\n给予5万元奖励。\n"
    )
    assert measures(text) == [("一、", "上规奖励"), ("二、", "首店奖励")]


def test_bulleted_titles_hold_their_paragraphs() -> None:
    text = (
        "着力促进创新\n●支持科技项目。\n对承接项目的，按上级经费的20%给予配套。\n对获奖软件，每项给予20万元奖励。\n"
        "●支持平台建设。\n开放共享科研仪器。\n对平台每年给予最高100万元奖励。\n"
    )
    assert measures(text) == [("", "支持科技项目"), ("", "支持平台建设")]


def test_a_question_alone_heads_its_answer() -> None:
    text = "创新券补助额度有多少？\n2024-03-05 17:07 字号：\n不超过实际费用的50%给予补助，每家企业每年不超过20万元。\n"
    assert measures(text) == [("", "创新券补助额度有多少？")]


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("其中，在语音产业方面，对入园的研发企业，给予10万元奖励。", "对入园的研发企业"),
        ("2024年12月31日前，对首次创业的毕业生，给予5000元补贴。", "对首次创业的毕业生"),
        ("此外，对连锁门店，每新开一家给予3万元奖励。", "对连锁门店"),
    ],
)
def test_words_that_lead_to_a_heading(text: str, heading: str) -> None:
    assert measures(text) == [("", heading)]


def test_items_that_only_name_sums_among_items_that_grant() -> None:
    text = (
        "1、科学技术奖：给予国家级50万元、省级30万元奖励。\n2、示范企业：国家级50万元、省级30万元。\n"
        "3、知识产权优势企业：给予20万元奖励。\n4、申报费用：每家收取200元。\n"
    )
    assert [o for o, _ in measures(text)] == ["1、", "2、", "3、"]


@pytest.mark.parametrize(
    ("text", "ordinals"),
    [
        ("一、强化算力\n1﹒建设中心。给予30万元补助。\n2﹒降低成本。给予20万元补助。\n", ["1﹒", "2﹒"]),
        ("二、工作措施（一）降低成本1.减租。对承租企业减免3个月租金。2.稳岗。给予2万元补贴。", ["1.", "2."]),
        ("奖励标准：1、对软件企业奖励10万元；2、对登记版权的奖励5万元。", ["1、", "2、"]),
        (
            (
                "（一）加氢站\n1.支持对象 建设单位。\n2.支持标准 每座补助200万元。\n3.支持条件 通过验收。\n"
                "（二）充电桩\n1.支持对象 建设单位。\n2.支持标准 每台补助2万元。\n"
            ),
            ["（一）", "（二）"],
        ),
    ],
)
def test_labels_of_rare_forms_and_places(text: str, ordinals: list[str]) -> None:
    assert [m.ordinal for m in read_text(text).measures] == ordinals


def test_the_first_clause_ends_where_the_benefit_begins() -> None:
    text = "1、两院院士，除享受省级津贴外，由市财政每月发给1万元津贴。"
    assert measures(text) == [("1、", "两院院士")]


@pytest.mark.parametrize("case", yaml.safe_load(LAYOUTS.read_text(encoding="utf8")))
def test_the_measures_of_a_layout(case: dict[str, Any]) -> None:
    assert [m.ordinal for m in read_text(case["text"]).measures] == case["labels"]


def test_an_answer_of_titled_paragraphs_describes_several_policies() -> None:
    text = (
        "1.创业有哪些补贴？\n答：\n一次性创业补贴：对首次创业的毕业生给予5000元补贴。\n"
        "场地租金补贴：对租房创业的企业按租金的50%给予补贴。\n2.在哪里办理？\n答：各街道。\n"
    )
    assert measures(text) == [("", "一次性创业补贴"), ("", "场地租金补贴")]


def test_aspects_beside_the_standard_of_one_policy() -> None:
    text = (
        "某市智能家居补贴公告\n一、补贴品类\n对个人购买智能门锁、扫地机器人等产品给予补贴。\n"
        "二、补贴标准\n按售价的15%给予补贴，每件不超过1500元。\n三、补贴方式\n采用立减方式，享受补贴的产品须激活。\n"
    )
    assert measures(text) == [("二、", "补贴标准")]


def test_parts_of_parts_of_a_policy() -> None:
    text = (
        "一、提高报废标准\n报废旧车并购车的补贴2万元。\n二、置换补贴\n（一）补贴对象及标准\n1.补贴对象为车主。\n"
        "2.补贴标准为每辆1.5万元。\n（二）办理时限\n2024年12月31日前申请。\n"
    )
    assert measures(text) == [("一、", "提高报废标准"), ("二、", "置换补贴")]


def test_ornaments_in_front_of_labels() -> None:
    text = "二、稳定供应链\n◈1. 对首店给予5万元奖励。\n\n◈2. 对上规企业给予10万元奖励。\n☆（三）对夜市给予3万元补助。\n"
    assert [m.ordinal for m in read_text(text).measures] == ["1.", "2.", "（三）"]


def test_titles_in_brackets_head_items_of_their_own() -> None:
    text = (
        "花卉产业扶持办法\n一、适用对象\n在县内种植花卉的企业和农户。\n二、扶持措施\n"
        "【支持种苗繁育】新建组培室的，按投资额的15%补助，最高60万元。\n牵头部门：县林业局；配合部门：县财政局\n"
        "【支持花卉外销】年外销额300万元以上的，奖励4万元。\n牵头部门：县商务局\n三、附则\n本办法由县林业局解释。\n"
    )
    found = read_text(text).measures
    assert [(m.ordinal, m.heading.text) for m in found] == [("", "支持种苗繁育"), ("", "支持花卉外销")]
    assert [[w.text for w in m.lead_departments] for m in found] == [["县林业局"], ["县商务局"]]


def test_fields_in_brackets_are_the_parts_of_one_guide() -> None:
    text = (
        "花卉保险补贴办事指南\n【办理条件】在县内种植花卉二十亩以上的农户。\n【补贴标准】按保费的40%给予补贴。\n"
        "【办理材料】保单、发票和身份证复印件。\n"
    )
    assert len(read_text(text).measures) == 1


@pytest.mark.parametrize("part", ["第一部分　种植业", "第二章　种植业", "一、扶持政策"])
def test_paragraphs_of_a_part_without_items_grant_one_by_one(part: str) -> None:
    text = (
        f"花卉产业扶持办法\n{part}\n新建花卉大棚每亩补助3000元，当年验收合格后兑付。\n牵头单位：县林业局\n"
        "获得省级花卉博览会金奖的，奖励2万元。\n"
    )
    found = read_text(text).measures
    assert [m.heading.text for m in found] == ["新建花卉大棚每亩补助3000元", "获得省级花卉博览会金奖的"]
    assert [len(m.lead_departments) for m in found] == [1, 0]


def test_a_line_of_names_behind_the_last_paragraph_speaks_for_all() -> None:
    text = (
        "花卉产业扶持办法\n一、扶持政策\n新建花卉大棚每亩补助3000元，当年验收合格后兑付。\n"
        "获得省级花卉博览会金奖的，奖励2万元。\n责任单位：县林业局\n"
    )
    assert [[w.text for w in m.lead_departments] for m in read_text(text).measures] == [["县林业局"]] * 2


def test_one_paragraph_below_a_heading_is_the_item_where_other_headings_hold_several() -> None:
    several = (
        "用地政策\n投资1亿元以上的，每亩补助2万元，分两年兑付。\n租用标准厂房的，前两年租金全免，第三年减半。\n"
        "金融政策\n技改贷款按利息的30%贴息，每年最高40万元。\n担保贷款的，按担保费的50%补贴，最高5万元。\n"
    )
    one = "引荐人奖励\n对引进项目的社会引荐人，按到位资金的1‰奖励，最高30万元。\n"
    assert [m.heading.text for m in read_text(several + one).measures][-1] == "对引进项目的社会引荐人"
    assert [m.heading.text for m in read_text(several[: several.index("金融")] + one).measures][
        -1
    ] == "引荐人奖励"


def test_a_label_that_white_space_closes_begins_a_paragraph() -> None:
    """Lines without full stops are as wide as a page: what begins with such a label is no rest of the line above."""
    line = "支持标准：在县内新建花卉交易市场并正常营业满一年以上的，给予投资主体{}万元一次性奖励"
    text = "花卉产业支持政策一览\n" + "\n".join(
        f"政策{number}  {name}\n支持对象：在本县注册的花卉企业和专业合作社以及家庭农场等经营主体\n{line.format(sum_)}"
        for number, name, sum_ in (
            ("一", "市场建设奖励", 8),
            ("二", "交易中心奖励", 6),
            ("三", "仓储设施奖励", 4),
        )
    )
    assert measures(text) == [
        ("政策一", "市场建设奖励"),
        ("政策二", "交易中心奖励"),
        ("政策三", "仓储设施奖励"),
    ]
