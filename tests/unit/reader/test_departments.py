"""Who is responsible: the many ways in which notices name lead and supporting departments."""

import pytest

from babashi.reader import Measure, read_text

GRANT = "一、支持措施。对新认定的示范企业给予30万元一次性奖励。"


def names(measure: Measure) -> tuple[list[str], list[str]]:
    return [w.text for w in measure.lead_departments], [w.text for w in measure.supporting_departments]


@pytest.mark.parametrize(
    ("words", "lead", "support"),
    [
        ("（责任单位：县林业局 县水利局）", "县林业局 县水利局", ""),
        ("（责任单位：县人力资源社会 保障局）", "县人力资源社会保障局", ""),
        ("〔责任单位〕县林业局、县水利局", "县林业局 县水利局", ""),
        ("（责任单位）县林业局、县水利局", "县林业局 县水利局", ""),
        ("\n【责任单位】\n县林业局、县水利局", "县林业局 县水利局", ""),
        ("【政策兑现部门】县林业局", "县林业局", ""),
        ("（政策执行部门：县林业局）", "县林业局", ""),
        ("（执行单位：县林业局）", "县林业局", ""),
        ("（责任单位/部门：县林业局）", "县林业局", ""),
        ("（责任单位、部门：县林业局）", "县林业局", ""),
        ("（责任单位——县林业局）", "县林业局", ""),
        ("（责任单位为县林业局、县水利局）", "县林业局 县水利局", ""),
        ("（牵头：县林业局；配合：县水利局）", "县林业局", "县水利局"),
        ("（主办：县林业局，协办：县水利局）", "县林业局", "县水利局"),
        ("（第一责任单位：县林业局；其他责任单位：县水利局）", "县林业局", "县水利局"),
        ("（责任单位：县林业局（牵头单位）、县水利局）", "县林业局", "县水利局"),
        ("（责任单位：县林业局<牵头>、县水利局）", "县林业局", "县水利局"),
        ("（责任单位：★县林业局、县水利局）", "县林业局 县水利局", ""),
        ("（责任单位：县林业局、县水利局；完成时间：2031年3月）", "县林业局 县水利局", ""),
        ("（责任单位：县林业局，2031年3月底前完成）", "县林业局", ""),
        ("（责任单位：县林业局，长期坚持）", "县林业局", ""),
        ("（责任单位：县林业局（7654321）、县水利局（7654322））", "县林业局 县水利局", ""),
        ("（责任单位：县林业局，经办人：赵六，办公电话：7654321）", "县林业局", ""),
        ("（详见申报指南）", "", ""),
        ("\n责任单位：县林业局、县水利局，各乡镇人民政府", "县林业局 县水利局 各乡镇人民政府", ""),
        ("\n责任单位|县林业局、县水利局", "县林业局 县水利局", ""),
        ("\n▲牵头单位：县林业局　▲配合单位：县水利局", "县林业局", "县水利局"),
        ("\n牵头单位 县林业局 配合单位 县水利局", "县林业局", "县水利局"),
        ("\n责任单位：\n县林业局\n县水利局", "县林业局 县水利局", ""),
        ("\n责任单位：县林业局/县水利局", "县林业局 县水利局", ""),
        ("\n责任单位：县林业局 县水利局 县税务局", "县林业局 县水利局 县税务局", ""),
        ("\n负责部门及联系方式：县林业局，7654321", "县林业局", ""),
        ("（咨询单位：县林业局）", "", ""),
        (
            "（县林业局牵头，县水利局和各乡、镇人民政府配合。以下均同）",
            "县林业局",
            "县水利局 各乡、镇人民政府",
        ),
        ("（县林业局牵头，县水利局按职责分工负责）", "县林业局 县水利局", ""),
        ("（县林业局牵头）允许示范企业挂牌。", "县林业局", ""),
        ("以上政策由县林业局负责组织实施。", "县林业局", ""),
        ("本政策由县林业局负责解释。", "", ""),
        ("（县林业局牵头、县水利局配合）", "县林业局", "县水利局"),
        ("（县林业局牵头 县水利局配合）", "县林业局", "县水利局"),
        ("（县林业局主办，县水利局协办）", "县林业局", "县水利局"),
        ("（县林业局牵头，县水利局参加）", "县林业局", "县水利局"),
        ("（县林业局、县水利局按职能分别负责）", "县林业局 县水利局", ""),
        ("[县林业局、各乡镇政府（含县属林场、东山管委会，下同）负责]", "县林业局 各乡镇政府", ""),
        ("（县林业局、各乡〔镇〕人民政府负责）", "县林业局 各乡〔镇〕人民政府", ""),
        ("（县农业农村\n\n　　和林业局牵头，县水利局配合）", "县农业农村和林业局", "县水利局"),
        ("牵头单位（部门）：县林业局；配合单位（部门）：县水利局", "县林业局", "县水利局"),
        ("牵头部门县林业局，配合部门县水利局。", "县林业局", "县水利局"),
        ("责任单位：县林业局、各镇、街道", "县林业局 各镇、街道", ""),
        ("责任单位：林业局 水利局 财政局", "林业局 水利局 财政局", ""),
        ("责任分工：县林业局牵头，县水利局配合。", "县林业局", "县水利局"),
        ("由县林业局牵头，会同县水利局组织实施。", "县林业局", "县水利局"),
        ("具体工作由县林业局牵头，县水利局予以配合。", "县林业局", "县水利局"),
        ("县林业局、县水利局按职责分工负责。", "县林业局 县水利局", ""),
        ("由县林业局、县文联共同落实。", "县林业局 县文联", ""),
        ("责任单位：县林业局；政策期限：至2031年12月31日", "县林业局", ""),
        ("\n县林业局、县水利局等，各乡、镇政府\n", "县林业局 县水利局等 各乡、镇政府", ""),
    ],
)
def test_wordings(words: str, lead: str, support: str) -> None:
    measures = read_text(GRANT + words).measures
    assert [names(m) for m in measures] == [(lead.split(), support.split())]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("（县林业局）", "县林业局"),
        ("（县林业局、县水利局，各乡镇政府）", "县林业局 县水利局 各乡镇政府"),
        ("〔县林业局、县水利局等〕", "县林业局 县水利局等"),
        ("（县林业局、县水利局负责）", ""),
        ("（另行通知）", ""),
    ],
)
def test_a_bracket_of_bare_names_says_nobody_leads(words: str, named: str) -> None:
    (measure,) = read_text(GRANT + words).measures
    assert [w.text for w in measure.named_departments] == named.split()
    assert names(measure)[0] == ([] if named or "负责" not in words else ["县林业局", "县水利局"])


def test_a_name_without_a_part_gives_way_to_its_part() -> None:
    text = GRANT + "（县水利局）\n责任单位：县林业局、县水利局"
    (measure,) = read_text(text).measures
    assert names(measure) == (["县林业局", "县水利局"], [])
    assert measure.named_departments == ()


def test_every_sentence_of_an_item_may_name_its_own() -> None:
    text = (
        "一、支持措施。对示范林场给予30万元奖励。（县林业局牵头，县水利局配合）对引水工程给予补助。"
        "（县水利局、县发展改革委按职责分工负责）开展竞赛。（县总工会负责）"
    )
    (measure,) = read_text(text).measures
    assert names(measure) == (["县林业局", "县水利局", "县发展改革委", "县总工会"], ["县水利局"])


@pytest.mark.parametrize(
    "items",
    [
        "1.对甲类林场奖励3万元。\n2.对乙类林场奖励2万元。\n（责任单位：县林业局）\n",
        "1.对甲类林场奖励3万元；\n2.对乙类林场奖励2万元。（责任单位：县林业局）\n",
        "责任单位：县林业局\n1.对甲类林场奖励3万元。\n2.对乙类林场奖励2万元。\n",
    ],
)
def test_names_for_all_items_under_a_heading(items: str) -> None:
    measures = read_text("（一）支持林场\n" + items + "（二）支持苗圃\n1.对苗圃奖励1万元。\n").measures
    assert [names(m)[0] for m in measures] == [["县林业局"], ["县林业局"], []]


def test_names_of_the_last_sentence_are_its_own() -> None:
    text = "（一）支持林场\n1.对甲类林场奖励3万元。\n2.对乙类林场奖励2万元。（责任单位：县林业局）\n"
    assert [names(m)[0] for m in read_text(text).measures] == [[], ["县林业局"]]


@pytest.mark.parametrize(
    "column", ["负责部门", "政策兑现部门", "承办单位", "主责部门", "实施单位", "责任科室"]
)
def test_columns_of_a_table(column: str) -> None:
    text = (
        f"某县政策清单\n序号\t政策名称\t奖补标准\t{column}\n1\t造林补助\t每亩补助200元\t县林业局、县水利局\n"
    )
    assert [names(m) for m in read_text(text).measures] == [(["县林业局", "县水利局"], [])]


def test_names_behind_the_last_item_where_the_notice_names_them_once_for_each() -> None:
    text = (
        "1.支持苗圃。对苗圃奖励5万元。（牵头部门：县林业局）\n2.支持林道。\n"
        "（1）新建奖励。每公里奖励3万元。\n（2）养护奖励。每公里奖励1万元。（牵头部门：县交通局）\n"
    )
    assert [names(m)[0] for m in read_text(text).measures] == [["县林业局"], ["县交通局"], ["县交通局"]]


def test_names_behind_items_without_a_heading_above() -> None:
    text = "1、对苗圃奖励5万元；\n2、对林场奖励3万元。\n（责任单位：县林业局）\n奖励自2031年1月1日起执行。\n"
    assert [names(m)[0] for m in read_text(text).measures] == [["县林业局"], ["县林业局"]]


@pytest.mark.parametrize(
    ("closing", "split"),
    [
        ("责任单位排在第一位的为牵头单位，其余为配合单位。", True),
        ("各条责任单位，排名第一的为主办单位，排名后面的为协办单位。", True),
        ("列首位的单位为牵头单位，其他单位为配合单位。", True),
        ("排在首位的为牵头单位。", False),
    ],
)
def test_one_list_of_names_that_a_notice_divides(closing: str, split: bool) -> None:
    text = f"一、苗圃补助。每亩补助300元。（责任单位：林业局、财政局、水利局）\n二、附则\n{closing}\n"
    (measure,) = read_text(text).measures
    names = ["林业局", "财政局", "水利局"]
    lead, support = measure.lead_departments, measure.supporting_departments
    assert [w.text for w in lead] == (names[:1] if split else names)
    assert [w.text for w in support] == (names[1:] if split else [])


def test_several_lines_of_names_behind_the_last_of_several_items() -> None:
    text = (
        "5、苗圃补助：每亩补助300元。\n牵头单位：县林业局\n配合单位：县财政局\n"
        "6、销售奖励：\n（1）销售额达1000万元的，奖励8万元；\n（2）每件补助0.8元。\n"
        "牵头单位：县商务局\n配合单位：县邮政局、县农业局\n"
    )
    names = [[w.text for w in m.supporting_departments] for m in read_text(text).measures]
    assert names == [["县财政局"], ["县邮政局", "县农业局"], ["县邮政局", "县农业局"]]
