"""Sums and shares in the many wordings of real notices: which are benefits, and in which role."""

import pytest

from babashi.reader import Measure, read_text


def only(text: str) -> Measure:
    measures = read_text("一、支持措施。" + text).measures
    assert len(measures) == 1, measures
    return measures[0]


def found(text: str) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
    measure = only(text)
    return (
        [(float(a.value), a.role) for a in measure.amounts],
        [(round(float(r.value), 6), r.role) for r in measure.rates],
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a yearly sum for a person is a price for each year, one for an enterprise is the enterprise's
        ("对新引进的硕士，每年给予2万元的生活补贴，补贴3年。", [(20000, "per_unit")]),
        (
            "购房补贴标准为博士4.8万元/年、硕士2.4万元/年。",
            [(48000, "per_unit"), (24000, "per_unit")],
        ),
        ("对认定的孵化器每年给予30万元运营补贴。", [(300000, "fixed")]),
        ("对引进人才的企业，连续3年每年给予5万元补贴。", [(50000, "fixed")]),
        # a list names its period once
        (
            "对引进的高层次人才，每月给予生活津贴3000元、住房补贴1500元。",
            [(3000, "per_unit"), (1500, "per_unit")],
        ),
        ("对博士每月补贴3000元和一次性安家费10万元。", [(3000, "per_unit"), (100000, "fixed")]),
        (
            "本科生每月发放生活补贴600元，硕士1000元，博士2000元。",
            [(600, "per_unit"), (1000, "per_unit"), (2000, "per_unit")],
        ),
        ("财政按人均80元标准给予补贴。", [(80, "per_unit")]),
        # each shop, mine or school is a beneficiary; each machine a unit
        ("给予每店10万元的奖励。", [(100000, "fixed")]),
        ("新建加氢站每座给予200万元补助。", [(2000000, "fixed")]),
        ("对通过验收的学校，每校补助20万元。", [(200000, "fixed")]),
        ("更换老旧锅炉的，单台补贴2万元。", [(20000, "per_unit")]),
        ("对获奖选手每人奖励5000元。", [(5000, "fixed")]),
        ("企业招用1人补贴1000元。", [(1000, "per_unit")]),
        ("企业招用毕业生，每人补贴5000元。", [(5000, "per_unit")]),
    ],
)
def test_who_a_sum_is_for(text: str, expected: list[tuple[float, str]]) -> None:
    assert found(text)[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("个人创业担保贷款额度不超过20万元，期限3年。", [(200000, "cap")]),
        ("小微企业最高可申请创业担保贷款300万元。", [(3000000, "cap")]),
        ("单笔贷款额度不超过1000万元的，给予贴息，最高20万元。", [(200000, "cap")]),
        ("给予一次性最高100万元的1:1配套奖励。", [(1000000, "cap")]),
        ("单个项目资助额度不突破200万元。", [(2000000, "cap")]),
        ("同一企业年度累计补贴不得高于60万元。", [(600000, "cap")]),
        ("给予5万元以上10万元以下的奖励。", [(50000, "range_low"), (100000, "range_high")]),
        ("奖励60万元，分三年按10万、20万、30万兑现。", [(600000, "fixed")]),
        ("奖励60万元，分两年各30万元拨付。", [(600000, "fixed")]),
        ("给予最高80万元补助，力争三年内培育20家企业。", [(800000, "cap")]),
        ("力争带动投资3亿元，对项目给予最高80万元补助。", [(800000, "cap")]),
        ("对手机（单件销售价格不超过6000元）每件补贴不超过500元。", [(500, "cap")]),
        ("每年设立2000万元额度，支持企业购买服务，给予补贴。", [(20000000, "total_budget")]),
        ("设立不少于300万元专项培训补贴。", [(3000000, "total_budget")]),
        ("用好6亿元省级技术改造专项资金，给予企业补助。", [(600000000, "total_budget")]),
        ("投入800万元举办系列促销活动，给予消费者补贴。", [(8000000, "total_budget")]),
        ("设立10亿元基金。按投资额累计给予最高500万元奖励。", [(1e9, "total_budget"), (5e6, "cap")]),
        ("市级奖励50万元以上的项目，区级再奖励10万元。", [(100000, "fixed")]),
        ("奖励资金100万元以下的一次性拨付，最高奖励300万元。", [(3000000, "cap")]),
        (
            "按规模给予奖励：年收入3000万元以下的奖励5万元，3000万元（含）至1亿元的奖励10万元。",
            [(50000, "fixed"), (100000, "fixed")],
        ),
        ("补贴上限由50万元提高到100万元。", [(1000000, "cap")]),
        ("补贴上限：10万元。", [(100000, "cap")]),
        ("奖励20万元（不超过实际投入的50%）。", [(200000, "fixed")]),
        ("对消费者发放价值100元的消费券。", [(100, "fixed")]),
        ("年销售额每突破1000万元奖励5万元。", [(50000, "per_unit")]),
        ("给予补贴最高5万元，合作银行贷款总额不低于5亿元。", [(50000, "cap")]),
        ("种粮大户每亩补贴150元，其中省级承担100元，县级承担50元。", [(150, "per_unit")]),
        ("稻谷目标价格补贴每亩不低于80元。", [(80, "floor")]),
        (
            "接待5万人次以上的，补助20万元，每增加1万人次增加2万元。",
            [(200000, "fixed"), (20000, "per_unit")],
        ),
        ("罚款金额在20万元以下的，按2000元奖励举报人。", [(2000, "fixed")]),
        ("奖励不得高于三十万元。", [(300000, "cap")]),
        ("2023年共兑现奖补资金3000万元。今年对企业给予最高20万元补助。", [(200000, "cap")]),
        ("污水处理费收费标准下调至0.8元/立方米，给予企业补助1万元。", [(10000, "fixed")]),
    ],
)
def test_sums(text: str, expected: list[tuple[float, str]]) -> None:
    assert found(text)[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("补贴标准原则上不超过其实际缴费的2/3。", [(0.666667, "cap")]),
        ("按实际支出的一半给予补助。", [(0.5, "fixed")]),
        ("按设备投资额8%奖补；其中智能化项目提高至12%。", [(0.08, "fixed"), (0.12, "fixed")]),
        ("保费由财政补贴60%、企业自担40%。", [(0.6, "fixed")]),
        ("按核定投资额的15%补助，不足10万元的不予补助。", [(0.15, "fixed")]),
        ("按贷款利率50%的标准给予财政贴息。", [(0.5, "fixed")]),
        ("前2年全额返还，后3年减半返还。", [(1, "fixed"), (0.5, "fixed")]),
        ("前三年免收租金，后两年减半。", [(0.5, "fixed")]),
        ("包车费用由政府全额负责。", [(1, "fixed")]),
        ("给予省级奖金等额配套，奖励获奖企业。", [(1, "fixed")]),
        ("按照1比0.5的比例给予配套奖励。", [(0.5, "fixed")]),
        ("给予上年度本级贡献5%和当年新增本级贡献60%的扶持。", [(0.05, "fixed"), (0.6, "fixed")]),
        ("按营业收入同比净增额的1‰给予奖励。", [(0.001, "fixed")]),
        ("按技术服务收入（不含财政拨付的资金）的8%给予奖励。", [(0.08, "fixed")]),
        ("补贴在上述标准基础上分别上浮20%和30%。", [(0.2, "fixed"), (0.3, "fixed")]),
        ("住宿费按不超过公务人员出国标准给予70%补贴。", [(0.7, "fixed")]),
        ("提供最多50%的信贷保证。", [(0.5, "cap")]),
        ("给予投资额10%（最高100万元）的补助。", [(0.1, "fixed")]),
        ("对超出部分再按2%给予奖励。", [(0.02, "fixed")]),
        ("保费由财政承担70%，农户承担30%。", [(0.7, "fixed")]),
    ],
)
def test_shares(text: str, expected: list[tuple[float, str]]) -> None:
    assert found(text)[1] == expected


@pytest.mark.parametrize(
    "text",
    [
        "给予企业补助1万元。企业搬离的，应全额退还已给予的奖励。",
        "增幅每超过平均水平1个百分点的，再奖励1万元。",
        "给予企业1万元补贴，补贴资金由中央和地方按6：4比例分担。",
        "给予企业补贴，市级承担60%、县级承担40%。",
        "每天9:00—17:30受理，给予每家企业1万元补贴。",
        "包机（上座率80%）每架次奖励3万元。",
        "换购的给予定额补贴600元，不再按销售价格的20%给予补贴。",
        "失业保险费率继续按1%执行，给予企业补助。",
        "税额标准为非工业用地税额标准的50%左右，对企业给予补助1万元。",
        "给予补贴，不低于30%的扶持资金用于中小企业。",
        "农业保险保额每亩500元，费率6%。",
        "裁员率不高于上年度全国城镇调查失业率控制目标5.5%的企业，给予补贴。",
        "土地竞买保证金按起始价的20%收取，给予企业补助1万元。",
    ],
)
def test_shares_that_nobody_receives(text: str) -> None:
    assert found(text)[1] == []


def test_the_same_whole_share_counts_once() -> None:
    text = "按其为困难人员缴纳的养老保险费、医疗保险费和失业保险费给予全额补贴。"
    assert found(text + "\n标准：" + text)[1] == [(1, "fixed")]
    both = "对检测费给予全额补贴；对新招员工的培训费给予全额补贴。"
    assert found(both)[1] == [(1, "fixed"), (1, "fixed")]


@pytest.mark.parametrize(
    "text", ["給予補助新臺幣（以下同）90,000元整，輔導車行轉型。", "给予新台币50000元补助。"]
)
def test_other_money_is_no_yuan(text: str) -> None:
    assert found(text)[0] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("由原来补贴1万元提高到2万元。", ([(20000, "fixed")], [])),
        ("为V2G设施提供不超过V2G设备成本50%的补贴。", ([], [(0.5, "cap")])),
        ("按不超过1级能效设备投资额20%、2级能效设备投资额15%的标准给予补贴。", ([], [(0.2, "cap"), (0.15, "cap")])),
        ("最高连续三年按收益的10%给予资助。", ([], [(0.1, "fixed")])),
    ],
)  # fmt: skip
def test_what_a_limit_bounds(text: str, expected: object) -> None:
    assert found(text) == expected


def test_conditions_beside_the_standard_repeat_its_limit() -> None:
    text = (
        "（一）海外认证\n1.支持对象：企业。\n2.支持标准：按费用的25%，给予每年最高250万元资助。\n"
        "3.申报条件：取得认证；单家企业每年最高250万元。\n（二）展会\n1.支持对象：企业。\n2.支持标准：奖励5万元。\n"
    )
    first = read_text(text).measures[0]
    assert [(float(a.value), a.role) for a in first.amounts] == [(2500000, "cap")]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            "按住宿天数奖励旅行社，标准见下表（单位：元/人）：\n\t团队人数\t住一晚\t住两晚\n\t30至50\t6\t11\n\t50以上\t9\t16\n",
            [(6, "per_unit"), (11, "per_unit"), (9, "per_unit"), (16, "per_unit")],
        ),
        (
            "对通过评定的企业按下表给予一次性奖励：\n类别 | 国家级 | 省级\n绿色矿山（万元） | 40 | 15\n",
            [(400_000, "fixed"), (150_000, "fixed")],
        ),
    ],
)
def test_rows_of_a_table(table: str, expected: list[tuple[float, str]]) -> None:
    assert found(table)[0] == expected


def test_first_cells_name_the_case() -> None:
    notice = read_text(
        "促进消费若干措施\n一、购车\n1．新车补贴\n购买新车的，按发票金额分档补贴：\n"
        "发票金额（含税） | 燃油车 | 新能源车\n6万元（含）至12万元 | 900元 | 1300元\n"
        "12万元（含）以上 | 1800元 | 2600元\n"
    )
    assert [float(a.value) for m in notice.measures for a in m.amounts] == [900, 1300, 1800, 2600]


@pytest.mark.parametrize(
    ("words", "shares"),
    [
        ("按设备投资额的10%给予补助，补助分三年按40%、30%、30%拨付。", ["0.1"]),
        ("每亩补助苗木款400元，分两年兑付，第一年60%，第二年40%。", []),
        ("总额最高500万元，第一笔资金按扶持总额的20%，在企业进驻后拨付。", []),
        ("奖励100万元，第一年按40%，第二年按30%，第三年按30%兑现。", []),
        ("按投资额的20%给予补助，补贴分两年各50%发放。", ["0.2"]),
        ("第一年给予租金50%、第二年30%、第三年20%的补贴。", ["0.5", "0.3", "0.2"]),
        ("按租金给予补贴，第一年补贴100%，第二年补贴50%。", ["1", "0.5"]),
        ("由县担保公司提供担保，担保费按年1.5%收取，再给予2万元补贴。", []),
        ("给予2万元补贴，资金使用费率由日0.5‰降为日0.2‰。", []),
        ("给予中小企业不低于合同金额50%的预付款，并奖励3万元。", []),
        ("研发费用占比达到5%以上的，按4%给予补助；比例在3%至5%之间的，按2%给予补助。", ["0.04", "0.02"]),
        ("节能奖励每吨300元，用能单位与服务公司各享受50%。", []),
        ("失业保险基准费率延续按1%实施，工伤保险下调单位缴费费率20%。", ["0.2"]),
    ],
)
def test_shares_that_say_when_or_what_is_paid(words: str, shares: list[str]) -> None:
    measures = read_text(f"一、甲项。给予30万元奖励。\n二、乙项。对示范企业，{words}\n").measures
    assert [f"{rate.value:f}" for m in measures[1:] for rate in m.rates] == shares
