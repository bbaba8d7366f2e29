"""Amounts, rates, dates, departments: roles, and what must not be found."""

from datetime import date

import pytest

from babashi.reader import Measure, read_text


def only(text: str) -> Measure:
    measures = read_text("一、支持措施。" + text).measures
    assert len(measures) == 1, measures
    return measures[0]


def amounts(text: str) -> list[tuple[int, str]]:
    return [(int(a.value), a.role) for a in only(text).amounts]


def rates(text: str) -> list[tuple[float, str]]:
    return [(round(float(r.value), 6), r.role) for r in only(text).rates]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("对企业给予20万元一次性奖励。", [(200000, "fixed")]),
        ("最高不超过150万元补助。", [(1500000, "cap")]),
        ("对首次上规的企业，给予不低于10万元的奖励。", [(100000, "floor")]),
        ("给予10—20万元的奖励。", [(100000, "range_low"), (200000, "range_high")]),
        ("国家级、省级的，分别给予80万元、30万元补助。", [(800000, "fixed"), (300000, "fixed")]),
        ("分别给予最高100万元、50万元奖励。", [(1000000, "cap"), (500000, "cap")]),
        ("每年安排最高100万元经费支持服务中心建设。", [(1000000, "total_budget")]),
        ("发放消费券（总额不低于200万元）。", [(2000000, "total_budget")]),
        ("招用员工补贴总额最高不超过3万元。", [(30000, "cap")]),
        ("基地实习的学生，给予每人每月3000元补贴。", [(3000, "per_unit")]),
        ("新植茶园每亩补助1200元。", [(1200, "per_unit")]),
        ("按照30元/平方米给予补助。", [(30, "per_unit")]),
        ("对载体给予每家30万元支持。", [(300000, "fixed")]),
        ("每成功推荐1个企业落户的，给予1万元奖励。", [(10000, "per_unit")]),
        ("每增加1000万元奖励2万元，最高20万元。", [(20000, "per_unit"), (200000, "cap")]),
        (
            "年营业收入首次突破1亿元、5亿元的，分别奖励10万元、50万元。",
            [(100000, "fixed"), (500000, "fixed")],
        ),
        ("固定资产投资5000万元以上的项目，奖励50万元。", [(500000, "fixed")]),
        ("单笔贷款额度不低于50万元，每户补助不超过30万元。", [(300000, "cap")]),
        ("奖励标准由10万元提高至20万元。", [(200000, "fixed")]),
        ("给予20万元奖励，分两年拨付，即2024年5万元、2025年15万元。", [(200000, "fixed")]),
        ("出口额100万美元以上的，奖励5万元。", [(50000, "fixed")]),
        ("满2000元减200元发放购物券。", [(200, "fixed")]),
        ("赔偿限额5万元（含医疗费用2万元），保险免费参加。", [(50000, "cap"), (20000, "cap")]),
        ("个人创业担保贷款额度最高30万元。", [(300000, "cap")]),
        ("每成功介绍一名技工稳定就业半年的，就业补助资金给予800元。", [(800, "per_unit")]),
        ("每列满400人的，奖励3万元；满600人的，奖励5万元。", [(30000, "per_unit"), (50000, "per_unit")]),
        ("每个品种取得注册证书的，给予一次性100万元奖励。", [(1000000, "fixed")]),
        ("新建的养猪场，每场一次性补助25万元。", [(250000, "fixed")]),
        ("对开行班列的企业，按3000元/标准箱给予奖补。", [(3000, "per_unit")]),
        ("市财政列支300万元对新建基地予以奖补。", [(3000000, "total_budget")]),
        ("优先推荐申请创业券支持（分别为20万元、10万元）。", [(200000, "fixed"), (100000, "fixed")]),
        ("在外地办展的，资助费用不超过10万元。", [(100000, "cap")]),
        ("规划经专家评审并报县政府批准后，给予一次性补助，最高补助金额不超过10万元。", [(100000, "cap")]),
        ("年营业收入1亿元（含）至5亿元的企业，奖励8万元。", [(80000, "fixed")]),
        ("首次在本区创办企业的人才，每年发放12万元人才津贴。", [(120000, "per_unit")]),
    ],
)
def test_amounts(text: str, expected: list[tuple[int, str]]) -> None:
    assert amounts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("按照实际投入的30%给予补助。", [(0.3, "fixed")]),
        ("按照不超过设备投入的10%给予补助。", [(0.1, "cap")]),
        ("按照研发投入存量不高于3%、增量不高于10%的比例给予后补助。", [(0.03, "cap"), (0.1, "cap")]),
        ("前三年按地方留成部分的100%奖励，后两年按50%奖励。", [(1.0, "fixed"), (0.5, "fixed")]),
        ("企业上缴税收区级留成部分予以全额产业奖励。", [(1.0, "fixed")]),
        ("按技术合同额的1.5‰给予奖励。", [(0.0015, "fixed")]),
        ("按个人所得税地方留成部分的百分之四十给予奖励。", [(0.4, "fixed")]),
        ("按1:1比例给予配套资助。", [(1.0, "fixed")]),
        ("给予30%～50%的补助。", [(0.3, "range_low"), (0.5, "range_high")]),
        ("减半征收资源税。", [(0.5, "fixed")]),
        ("给予2个百分点的贴息。", [(0.02, "fixed")]),
        ("返还比例由30%提至50%。", [(0.5, "fixed")]),
        ("营业收入同比增长20%以上的，奖励增量部分的1%。", [(0.01, "fixed")]),
        ("给予10万元奖励，第一年拨付60%，第二年拨付40%。", []),
        ("贷款利率不超过LPR+50BP，按贷款实际利率的50%给予贴息。", [(0.5, "fixed")]),
        ("研发费用占比不低于5%的企业，奖励10万元。", []),
        ("按10%给予补助，补助资金市县按1:1比例承担。", [(0.1, "fixed")]),
        ("保费由财政补贴80%，农户自缴20%。", [(0.8, "fixed")]),
        ("按不超过设备投资1/5的比例给予补助，购置费另给1/6的补贴。", [(0.2, "cap"), (0.166667, "fixed")]),
        ("营业收入增幅高于10%（含10%）的，按增量的2%奖励。", [(0.02, "fixed")]),
        ("按年度设备投资的10%以内给予三年不超过300万元奖励。", [(0.1, "cap")]),
        ("按造价的10%给予补助，开工后支付20%，封顶后支付50%。", [(0.1, "fixed")]),
        ("将在50%的税额幅度内减征印花税。", [(0.5, "cap")]),
        ("增值税增量留抵税额全额退税。", [(1.0, "fixed")]),
        ("每增加1人补贴1000元，农村电商的补贴标准可上浮20%。", []),
        ("暂退旅行社80%旅游服务质量保证金。", [(0.8, "fixed")]),
        ("按上年基数新增10%（含）至30%的部分，按增量的60%给予奖励。", [(0.6, "fixed")]),
    ],
)
def test_rates(text: str, expected: list[tuple[float, str]]) -> None:
    assert rates(text) == expected


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("执行期限至2022年12月31日", date(2022, 12, 31)),
        ("政策执行至2023年底", date(2023, 12, 31)),
        ("活动时间：2023年5月1日至2023年6月30日", date(2023, 6, 30)),
        ("有效期至二〇二四年九月三十日", date(2024, 9, 30)),
        ("实施期限至2025年6月", date(2025, 6, 30)),
        ("继续实施降低费率的政策至2023年4月30日", date(2023, 4, 30)),
        ("申报截止时间为2026年7月31日", None),
        ("对2022年1月1日至12月31日新认定的企业", None),
    ],
)
def test_validity_of_a_measure(words: str, until: date | None) -> None:
    assert only(f"给予10万元奖励，{words}。").validity.valid_until == until


@pytest.mark.parametrize(
    ("words", "until", "alternatives"),
    [
        ("本办法自2022年6月1日起施行，有效期至2025年5月31日。", date(2025, 5, 31), 0),
        ("本措施自2023年9月8日起施行，有效期3年。", None, 2),
        ("本通知自2019年1月1日起执行，至2021年12月31日止。", date(2021, 12, 31), 0),
        ("以上政策自发布之日起施行，有效期至2023年12月31日。", date(2023, 12, 31), 0),
        ("本政策由区经信局负责解释。", None, 0),
        ("本办法自发布之日起施行，2025年12月31日废止。", date(2025, 12, 31), 0),
        ("文件失效时间：2028-12-31", date(2028, 12, 31), 0),
        ("本政策暂定三年有效期，自2022年6月1日起施行。", None, 2),
        ("本政策有效期为2021年至2023年。", None, 1),
    ],
)
def test_validity_of_the_document(words: str, until: date | None, alternatives: int) -> None:
    validity = read_text(f"第一条 奖励。给予10万元奖励。\n第二条 {words}").validity
    assert validity.valid_until == until
    assert len(validity.alternatives) == alternatives


@pytest.mark.parametrize(
    ("words", "lead", "support"),
    [
        ("（牵头单位：区经济信息委，配合单位：区财政局）", ["区经济信息委"], ["区财政局"]),
        ("（责任单位：市经信局、市财政局）", ["市经信局", "市财政局"], []),
        ("（牵头单位：市商务局；责任单位：市财政局、各区政府）", ["市商务局"], ["市财政局", "各区政府"]),
        ("（市科技局牵头，市财政局、市税务局配合）", ["市科技局"], ["市财政局", "市税务局"]),
        ("（市发展和改革委、市工商局按职责分工负责）", ["市发展和改革委", "市工商局"], []),
        ("（责任单位：县农业农村局（牵头）、县供销社）", ["县农业农村局"], ["县供销社"]),
        ("牵头部门：县农机中心 配合部门：县财政局、县审计局", ["县农机中心"], ["县财政局", "县审计局"]),
        ("责任单位：县金融办、县邮储银行等", ["县金融办", "县邮储银行等"], []),
        ("（责任单位：市财政局和市税务局）", ["市财政局", "市税务局"], []),
        ("\n责任单位：区商务局；咨询电话：00001234。", ["区商务局"], []),
        ("（最高不超过10万元）", [], []),
        ("〔责任单位：区商务局〕", ["区商务局"], []),
        ("[责任单位:区商务局、区文旅局]", ["区商务局", "区文旅局"], []),
        ("由区科技局牵头，区财政局配合。", ["区科技局"], ["区财政局"]),
        (
            "（责任单位：区财政局、区税务局，各项任务均须各街道落实，不再一一列出）",
            ["区财政局", "区税务局"],
            [],
        ),
        ("[本条政策由经济发展局负责组织实施]", ["经济发展局"], []),
    ],
)
def test_departments(words: str, lead: list[str], support: list[str]) -> None:
    measure = only(f"对企业给予10万元奖励。{words}")
    assert [w.text for w in measure.lead_departments] == lead
    assert [w.text for w in measure.supporting_departments] == support


@pytest.mark.parametrize(
    ("head", "number"),
    [
        ("关于印发若干措施的通知\n巴南府办发〔2022〕63号", "巴南府办发〔2022〕63号"),
        ("某区人民政府文件\n某政发[2023]6号", "某政发[2023]6号"),
        ("关于印发若干措施的通知（某府办〔2021〕5号）", "某府办〔2021〕5号"),
        ("某区促进商业若干措施 某府规〔2023〕14号", "某府规〔2023〕14号"),
        ("关于税费政策的公告\n财政部 税务总局公告2023年第98号", "财政部 税务总局公告2023年第98号"),
        ("某区若干措施\n根据《某市办法》（某政发〔2019〕1号），制定本措施。", None),
        ("[ 索引号 ] 1150/2021-00073 [ 发文字号 ] 某委农组〔2021〕10号", "某委农组〔2021〕10号"),
        ("编号：某政规〔2020〕3号\n某区若干措施", "某政规〔2020〕3号"),
        ("关于印发《某区若干措施》的通知某府办发〔2022〕8号", "某府办发〔2022〕8号"),
        ("（某政办发〔2009〕12号）\n根据《某市意见》（某委发〔2008〕47号）制定。", "某政办发〔2009〕12号"),
        ("某区人民政府令\n第15号\n某区奖励办法", "某区人民政府令 第15号"),
    ],
)
def test_document_number(head: str, number: str | None) -> None:
    found = read_text(head + "\n一、奖励。给予企业10万元奖励。").document_number
    assert (found.text if found else None) == number


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("一、贷款贴息。按利率的50%给予贴息。", "interest_subsidy"),
        ("一、发放消费券。发放总额500万元消费券。", "voucher"),
        ("一、减免税费。免征行政事业性收费。", "tax_fee_relief"),
        ("一、租金补贴。按租金的50%给予补贴。", "rent_relief"),
        ("一、职业培训。按每人600元给予培训补贴。", "training"),
        ("一、研发补助。给予10万元补助。", "subsidy"),
        ("一、上规奖励。给予10万元奖励。", "reward"),
        ("一、融资担保。提供担保的融资额度最高500万元。", "loan_guarantee"),
        ("一、农业保险。保费由财政补贴80%。", "insurance"),
        ("一、延续加计抵减。可抵扣进项税额按10%加计抵减应纳税额。", "tax_fee_relief"),
        ("一、困难减免。对缴纳房产税确有困难的纳税人给予减免。", "tax_fee_relief"),
        ("一、稳企援助。给予受灾商户援助资金2万元。", "subsidy"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert [m.kind for m in read_text(text).measures] == [kind]


def test_every_find_keeps_its_place() -> None:
    notice = read_text("标题\n一、奖励。对上规企业给予 20 万元奖励，按投入的30%补助。（责任单位：区经信局）")
    measure = notice.measures[0]
    for find in (*measure.amounts, *measure.rates):
        assert notice.text[find.span.start : find.span.end] == find.quote
    words = measure.lead_departments[0]
    assert notice.text[words.span.start : words.span.end] == "区经信局"
    assert notice.place(words.span).startswith("第2行")


def test_overlap_rules_are_found() -> None:
    notice = read_text("第一条 奖励。给予10万元奖励。\n第二条 同一事项按从高不重复原则执行。")
    assert any(
        "从高不重复" in w.text for w in (*notice.overlap, *(o for m in notice.measures for o in m.overlap))
    )
