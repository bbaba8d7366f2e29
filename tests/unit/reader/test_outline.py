"""Numbering, headings, run-in headings, and what is a measure."""

import time

import pytest

from babashi.reader import read_text
from babashi.reader.labels import match_at
from babashi.reader.text import View, normalise


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("一、支持", "cn", 1),
        ("十二、支持", "cn", 12),
        ("（一）支持", "cn_paren", 1),
        ("(三)支持", "cn_paren", 3),
        ("㈡支持", "cn_paren", 2),
        ("1.支持", "num", 1),
        ("2、支持", "num", 2),
        ("３．支持", "num", 3),
        ("1.2023年首次上规的", "num", 1),
        ("（4）支持", "num_paren", 4),
        ("⑸支持", "num_paren", 5),
        ("6）支持", "num_half", 6),
        ("⑦支持", "circled", 7),
        ("第三条 载体建设", "article", 3),
        ("第二章 扶持标准", "chapter", 2),
        ("措施十：支持", "measure", 10),
        ("事项2：支持", "measure", 2),
        ("问：有什么补贴？", "question", 0),
        ("Q3：有什么补贴？", "question", 3),
    ],
)
def test_labels(text: str, kind: str, number: int) -> None:
    normal = normalise(text)
    label = match_at(View.of(normal, 0, len(normal)))
    assert label is not None
    assert (label.kind, label.number) == (kind, number)


@pytest.mark.parametrize(
    "text", ["5.5万元", "2022年", "一、二等奖各1名", "第三条规定的企业", "第一、二年免租"]
)
def test_not_labels(text: str) -> None:
    normal = normalise(text)
    assert match_at(View.of(normal, 0, len(normal))) is None


def measures(text: str) -> list[tuple[str, str]]:
    return [(m.ordinal, m.heading.text) for m in read_text(text).measures]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一、企业上规\n对上规企业奖励5万元。", ("一、", "企业上规")),
        ("二、做大做强。对产值首次破亿的企业奖励10万元。", ("二、", "做大做强")),
        (
            "第三条  载体建设  对新认定的国家级载体给予80万元补助，用于日常运营和设备购置。",
            ("第三条", "载体建设"),
        ),
        ("第四条【总部奖励】对总部企业奖励100万元。", ("第四条", "总部奖励")),
        ("5.对新认定的国家高新技术企业，一次性奖励20万元。", ("5.", "对新认定的国家高新技术企业")),
        ("六、企业贷款有贴息吗？\n答：按利率的30%给予贴息。", ("六、", "企业贷款有贴息吗？")),
        ("第 1 0 条 上规奖励。对上规企业奖励5万元。", ("第 1 0 条", "上规奖励")),
        ("（三）大力培育家政企业.对每家新设企业给予2万元补助.", ("（三）", "大力培育家政企业")),
        (
            "（2）现有企业，本年度营业额比上年度新增 10%以上的，奖励3万元。",
            ("（2）", "现有企业"),
        ),
        ("（五）加快平台建设，对新认定的示范基地，奖励运营机构100万元。", ("（五）", "加快平台建设")),
        ("3.对2023年新认定的基地，奖励5万元。", ("3.", "对2023年新认定的基地")),
        ("4. 商标保护  为苗圃免费提供商标注册和监测服务。", ("4.", "商标保护")),
        (
            "（一）首次从业者，经林业学校训练八十小时以上并取得结业证书，发给奖金五万元。",
            ("（一）", "首次从业者"),
        ),
    ],
)
def test_headings(text: str, expected: tuple[str, str]) -> None:
    assert measures(text) == [expected]


def test_parent_of_measures_is_no_measure() -> None:
    text = (
        "第五条 企业培育。对企业给予支持：\n（一）落户补贴。给予10万元补贴。\n（二）租金补贴。按租金50%补贴。"
    )
    assert measures(text) == [("（一）", "落户补贴"), ("（二）", "租金补贴")]


def test_procedure_definitions_and_appeals_are_no_measures() -> None:
    text = (
        "第一条 本办法所称补贴，是指财政资金。\n第二条 申报程序。企业应提交材料，补贴申请由区科技局审核。\n"
        "第三条 加强组织领导。各单位要高度重视，为企业提供支持。\n第四条 骗取补贴的，追回资金。\n"
        "第五条 落户奖。对新落户企业给予20万元奖励。\n第六条 本办法自发布之日起施行。"
    )
    assert measures(text) == [("第五条", "落户奖")]


def test_parts_of_one_policy_fold_into_it() -> None:
    text = (
        "一、吸纳就业补贴\n（一）补贴对象：小微企业。\n（二）补贴标准：每人1000元。\n（三）申请材料：劳动合同。\n"
        "二、社保补贴\n（一）补贴对象：小微企业。\n（二）补贴标准：按实际缴费全额补贴。\n（三）申请材料：缴费凭证。"
    )
    assert measures(text) == [("一、", "吸纳就业补贴"), ("二、", "社保补贴")]


def test_parts_on_lines_of_their_own_fold_into_the_policy_above_them() -> None:
    text = (
        "技能评价补贴\n政策对象\n登记失业人员、就业困难人员\n政策内容\n上述人员参加评价并取得证书的，给予评价补贴；"
        "\n企业组织职工参加评价的，给予企业一定标准的补贴。\n政策标准\n由各区确定。\n政策期限\n长期执行。"
    )
    assert measures(text) == [("", "技能评价补贴")]


def test_a_term_for_all_measures_is_not_that_of_the_last() -> None:
    notice = read_text(
        "某区若干措施\n一、上规奖励。对上规企业奖励8万元。\n二、示范奖励。对示范企业奖励9万元。\n除有明确期限规定外，上述政策措施执行期限至2022年12月31日。"
    )
    assert notice.measures[1].validity.valid_until is None
    assert notice.validity.valid_until is not None


def test_a_general_heading_is_no_policy_that_holds_its_parts() -> None:
    text = (
        "一、总体目标\n今年上云企业达到80家。\n二、实施办法\n（一）资金来源\n从专项资金中安排60万元。\n（二）支持对象\n"
        "规上工业企业。\n（三）支持标准\n基础系统上云补贴2000元，业务系统上云补贴6000元。\n（四）兑现方式\n凭发票领取。"
    )
    assert measures(text) == [("（三）", "支持标准")]


def test_a_title_of_the_same_word_many_times_is_read_at_once() -> None:
    started = time.process_time()
    assert measures("实施" * 40 + "好\n加强领导。") == []
    assert time.process_time() - started < 2


def test_a_guide_to_one_policy_has_its_standard_as_measure() -> None:
    text = "一、支持对象\n小微企业。\n二、奖励标准\n每家奖励20万元。\n三、申报材料\n营业执照。"
    assert measures(text) == [("二、", "奖励标准")]


def test_several_items_in_one_line() -> None:
    text = (
        "1、租用厂房的，第一年免租金，第二年按50%收取租金。"
        "2、企业年纳税首次超过100万元的，奖励2万元。3、子女入学由镇政府协调安排。"
    )
    assert [ordinal for ordinal, _ in measures(text)] == ["1、", "2、", "3、"]


def test_closing_provisions_do_not_belong_to_the_last_item() -> None:
    notice = read_text(
        "一、奖励\n对企业给予10万元奖励。\n二、补助\n对企业给予5万元补助。\n本办法自2023年1月1日起施行，有效期至2024年12月31日。\n责任编辑：某某"
    )
    assert notice.measures[-1].span.end < notice.text.index("本办法")
    assert notice.validity.valid_until is not None
    assert notice.validity.valid_until.isoformat() == "2024-12-31"


def test_deep_numbering_keeps_the_path() -> None:
    text = "二、支持政策\n（一）研发创新\n1.新药研发\n（1）临床前研究。给予最高300万元资助。\n（2）临床试验。给予最高500万元资助。"
    notice = read_text(text)
    assert [m.ordinal for m in notice.measures] == ["（1）", "（2）"]
    assert notice.measures[0].path == ("二、支持政策", "（一）研发创新", "1.新药研发")


@pytest.mark.parametrize(
    "text",
    [
        "一、投放种羊。对示范户每户投放种公羊1只，按需求提供牧草种子。",
        "一、租金。对承租国有房屋的商户免除2个月租金。",
        "一、安居。为来区就业的毕业生提供安家补贴、见习补贴等优惠政策。",
        "一、指标。对到位资金5000万元的项目，给予自主认定人才指标1名。",
        "一、困难纳税人。将2月份的申报纳税期限延长至月底。",
        "一、带动农户。市财政列支160万元，鼓励企业通过订单方式带动农户。",
        "一、收费。对园区企业缴纳的行政性收费，前两年由受益财政等额返还。",
        "一、公寓。由政府建造青年公寓，入园的技术工人可以优惠租住。",
        "一、扶持散养。把有条件的脱贫户列入散养重点，兑现特色产业奖补。",
        "一、全程代办。区财政统一支付图纸审查费用和区级审批费用。",
        "一、参展扶持。参加区里组织的展会的，按照展位费的一定比例给予扶持。",
        "一、安居。为来区技工提供公寓，租金按市场价六折优惠。",
        "一、纾困。设立纾困基金，为商户提供低息借款。",
        "一、人才。对高管子女入学优先安排公办学校。",
        "一、竞赛。对获奖企业授予称号并颁发奖金。",
        "一、专项。对承担国家专项的企业给予配套资金。",
        "一、良种。对农户购买良种实行差价补贴。",
        "一、门票。对外地游客实行景区门票半价优惠。",
        "一、降本。降低企业住房公积金缴存比例。",
        "一、开办。对新办企业免费刻制公章。",
    ],
)
def test_benefits_without_the_usual_words_are_measures(text: str) -> None:
    assert [ordinal for ordinal, _ in measures(text)] == ["一、"]


@pytest.mark.parametrize(
    "text",
    [
        "第三条 入驻企业可享受本细则规定的优惠政策。",
        "第五条 在已设立的产业资金中统筹安排500万元会展资金。",
        "一、50万元以上的奖励报区政府审定。",
        "一、扶持原则。突出重点，每年设立3000万元乡村旅游发展基金。",
        "一、用好政策。贯彻落实《关于暂退旅游服务质量保证金的通知》等政策措施。",
        "一、强化支持，协调金融机构，落实降低贷款利率政策。",
        "一、鼓励金融机构适当下调贷款利率，不得盲目抽贷断贷。",
        "一、加快支出。结合留抵退税做好资金调度、加强库款保障。",
        "一、保障基站空间。鼓励楼宇免费开放屋顶和机房，推动设施共建共享。",
        "一、支持基地建设。建设一批原料车间，对追溯管理达标的经营主体，按政策规定给予支持。",
        "第三条 出口资金来源与使用\n（一）资金来源。由区财政每年安排不少于80万元。\n（二）方向。支持重点企业出口。",
        "一、展会补贴申请条件：\n1、参加本区组织的展会；\n2、已获得市级扶持的企业，市级扶持不超过展位费的40%。",
        "一、承诺。企业享受政策后五年内迁出本区的，应全额退回奖励资金。",
        "一、资金安排和范围\n1.设立服务业专项资金900万元，用于补贴企业，预算管理。\n2.企业均属支持范围。",
    ],
)
def test_framework_and_appeals_are_no_measures(text: str) -> None:
    assert measures(text) == []


def test_margin_of_an_extracted_page_is_no_indent() -> None:
    lines = [
        "      （1）新落户的研发机构，在园区内自建或者买下实验用房",
        "   （地下车位除外）并且已经投入使用的，按每平方米一百二十元的",
        "   标准补助，分三个年度付清，任何一年都不多于该机构当年缴纳的",
        "   地方税收，余下部分不再结转到以后年度使用。",
        "      （2）新落户的研发机构，在园区内租下实验用房自己使用",
        "   的，一次性按合同租金的40%给予十八个月的补助，面积以每名",
        "   员工七平方米为限，转租、分租或者长期空置的房屋不在此列。",
    ]
    notice = read_text("\n\n".join(lines))
    assert [m.ordinal for m in notice.measures] == ["（1）", "（2）"]
    assert [(int(a.value), a.role) for a in notice.measures[0].amounts] == [(120, "per_unit")]
    assert [(float(r.value), r.role) for r in notice.measures[1].rates] == [(0.4, "fixed")]


def test_a_clause_that_goes_on_in_the_next_line_is_one_paragraph() -> None:
    notice = read_text("一、上规奖励。对首次纳入统计的工业企业，\n给予10万元奖励。")
    assert [(int(a.value), a.role) for m in notice.measures for a in m.amounts] == [(100000, "fixed")]


def test_fields_in_brackets_are_parts_of_their_item() -> None:
    text = (
        "1.【优惠内容】对企业实施技术改造的项目，给予一次性贴息补助，单个项目最高200万元。\n"
        "【政策依据】《某方案》（某政办字〔2021〕73号）\n【政策落实单位】市工信局、市财政局\n"
        "2.【优惠内容】对标杆项目奖励100万元。\n【政策落实单位】市工信局\n"
    )
    notice = read_text(text)
    assert [(m.ordinal, m.heading.text) for m in notice.measures] == [
        ("1.", "对企业实施技术改造的项目"),
        ("2.", "对标杆项目奖励100万元"),
    ]
    assert [w.text for w in notice.measures[0].lead_departments] == ["市工信局", "市财政局"]
    assert notice.document_number is None


def test_lines_with_one_sign_head_items_or_hold_numbered_ones() -> None:
    text = (
        "▍消费券种类\n1. 书店券\n满100元减15元。\n2. 茶馆券\n满80元减20元。\n"
        "▍关爱活动\n为环卫工人发放早餐券，每人30张，每张可抵5元。\n▍领取方式\n打开小程序领取，每人限一张。\n"
    )
    found = [(m.ordinal, m.heading.text) for m in read_text(text).measures]
    assert found == [("1.", "书店券"), ("2.", "茶馆券"), ("", "关爱活动")]


def test_steps_below_an_announcement() -> None:
    text = (
        "第九条 【苗木奖】对育成良种的单位，按下列规定给予奖励：\n（一）国家良种，90万元；\n（二）省级良种，40万元；\n"
        "（三）市级良种，7万元；\n（四）参与育成的，按前三项的30%奖励。\n第十条 【林道】每公里补助2万元。\n"
    )
    found = [(m.ordinal, [int(a.value) for a in m.amounts]) for m in read_text(text).measures]
    assert found == [
        ("（一）", [900000]),
        ("（二）", [400000]),
        ("（三）", [70000]),
        ("（四）", []),
        ("第十条", [20000]),
    ]


def test_clause_of_a_list_that_ends_with_a_semicolon_is_no_title() -> None:
    text = "第五条 按下列标准资助：\n（一）发明类良种，申请费全额资助，审查费资助一半；\n（二）普通良种，每件资助400元。\n"
    assert measures(text)[0] == ("（一）", "发明类良种")


NURSERY = "对新建苗圃每亩补助300元，最高50万元。"
ROAD = "新建林道每公里补助2万元，每村最高6万元。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            (
                f"苗圃补助\n支持对象：林业企业\n支持标准：{NURSERY}\n申报材料：申请表\n"
                f"林道补助\n支持对象：各村\n支持标准：{ROAD}\n申报材料：申请表\n"
            ),
            [("", "苗圃补助"), ("", "林道补助")],
        ),
        (f"苗圃补助\n{NURSERY}\n\n林道补助\n{ROAD}\n", [("", "苗圃补助"), ("", "林道补助")]),
        (
            f"政策名称|苗圃补助\n政策内容|{NURSERY}\n政策名称|林道补助\n政策内容|{ROAD}\n",
            [("", "苗圃补助"), ("", "林道补助")],
        ),
        (
            f"奖励事项一：苗圃补助\n{NURSERY}\n奖励事项二：林道补助\n{ROAD}\n",
            [("奖励事项一：", "苗圃补助"), ("奖励事项二：", "林道补助")],
        ),
        (
            (
                f"类别\t序号\t政策名称\t政策内容\t责任单位\n林业\t1\t苗圃补助\t{NURSERY}\t县林业局\n"
                f"2\t林道补助\t{ROAD}\t县交通局\n"
            ),
            [("1", "苗圃补助"), ("2", "林道补助")],
        ),
    ],
)
def test_cards_and_rows(text: str, expected: list[tuple[str, str]]) -> None:
    assert measures(text) == expected


@pytest.mark.parametrize("opening", "（〔[【")
def test_a_title_in_brackets(opening: str) -> None:
    closing = "）〕]】"["（〔[【".index(opening)]
    text = (
        f"关于支持商贸业的意见\n第一条 {opening}水费减收{closing} 对餐饮商户，用水按80%收费。\n"
        f"第二条 {opening}冷链运输{closing} 冷藏车每辆补贴1500元。\n"
    )
    assert [m.heading.text for m in read_text(text).measures] == ["水费减收", "冷链运输"]
