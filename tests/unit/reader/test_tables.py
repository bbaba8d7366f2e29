"""Tables of benefits, of responsibilities and of hotlines, in every format and in traditional characters."""

from decimal import Decimal
from pathlib import Path

import notice_files as files
import pytest

from babashi.reader import Notice, grids, read_file, read_text

Row = tuple[str, str, list[tuple[int, str]], list[str], list[str]]


BENEFITS = [
    ["序号", "奖补事项", "奖补标准", "牵头单位", "配合单位"],
    ["1", "首次上规", "一次性奖励10万元", "区经信局", "区财政局、区统计局"],
    ["2", "贷款贴息", "按利率的30%贴息，每户最高50万元", "区财政局", "区金融办"],
    ["3", "优化服务", "专人对接", "区政务办", "各街道"],
]
HOTLINES = [
    ["政策名稱", "責任單位", "聯繫人", "聯繫電話"],
    ["上規獎勵", "區經信局", "某科", "12345678"],
    ["貸款貼息", "區財政局", "某股", "023-12345679"],
]


def seen(notice: Notice) -> list[Row]:
    return [
        (
            m.ordinal,
            m.heading.text,
            [(int(a.value), a.role) for a in m.amounts],
            [w.text for w in m.lead_departments],
            [w.text for w in m.supporting_departments],
        )
        for m in notice.measures
    ]


EXPECTED: list[Row] = [
    ("1", "首次上规", [(100000, "fixed")], ["区经信局"], ["区财政局", "区统计局"]),
    ("2", "贷款贴息", [(500000, "cap")], ["区财政局"], ["区金融办"]),
]


def _html(rows: list[list[str]]) -> bytes:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<html><body><p>政策兑现清单</p><table>{body}</table></body></html>".encode()


@pytest.mark.parametrize("separator", ["\t", " | "])
def test_benefits_row_by_row_in_text(separator: str) -> None:
    text = "政策兑现清单\n" + "\n".join(separator.join(row) for row in BENEFITS)
    assert seen(read_text(text)) == EXPECTED


def test_benefits_cell_by_cell_in_text() -> None:
    text = "政策兑现清单\n" + "\n".join(cell for row in BENEFITS for cell in row)
    assert seen(read_text(text)) == EXPECTED


@pytest.mark.parametrize("suffix", ["docx", "html"])
def test_benefits_in_files(tmp_path: Path, suffix: str) -> None:
    data = (
        files.docx(files.paragraph("政策兑现清单") + files.table(BENEFITS))
        if suffix == "docx"
        else _html(BENEFITS)
    )
    path = tmp_path / f"list.{suffix}"
    path.write_bytes(data)
    notice = read_file(path)
    assert seen(notice) == EXPECTED
    for measure in notice.measures:
        for amount in measure.amounts:
            assert notice.text[amount.span.start : amount.span.end] == amount.quote


def test_bare_numbers_take_the_unit_of_their_column() -> None:
    text = "政策兑现清单\n序号\t奖补事项\t奖补标准（万元）\n1\t首次上规\t10\n2\t设备更新\t5.5\n"
    notice = read_text(text)
    found = [(m.heading.text, int(a.value), a.quote) for m in notice.measures for a in m.amounts]
    assert found == [("首次上规", 100000, "10"), ("设备更新", 55000, "5.5")]
    for measure in notice.measures:
        for amount in measure.amounts:
            assert notice.text[amount.span.start : amount.span.end] == amount.quote


def test_a_scale_belongs_to_the_item_that_holds_it() -> None:
    text = (
        "1.质量提升\n鼓励争创政府质量奖，对获奖企业给予奖励。\n"
        "序号 | 奖项名称 | 奖励金额（万元） |\n1 | 国家质量奖 | 100 |\n2 | 省质量奖 | 20 |\n"
        "2.标准创新\n主导制定国家标准的，奖励30万元。"
    )
    assert [(o, [v for v, _ in sums]) for o, _, sums, _, _ in seen(read_text(text))] == [
        ("1.", [1000000, 200000]),
        ("2.", [300000]),
    ]


def test_a_table_of_responsibilities_names_the_departments_of_its_measure() -> None:
    text = (
        "一、上规奖励\n对首次上规的企业给予10万元奖励。\n二、研发补助\n给予5万元补助。（责任单位：区科技局）\n"
        "附件：任务分工表\n政策措施\t牵头单位\t配合单位\n上规奖励\t区经信局\t区财政局\n研发补助\t区发改委\t区财政局\n"
    )
    named = {heading: (lead, support) for _, heading, _, lead, support in seen(read_text(text))}
    assert named["上规奖励"] == (["区经信局"], ["区财政局"])
    assert named["研发补助"] == (["区科技局"], [])  # what the measure says itself stands


@pytest.mark.parametrize("suffix", ["docx", "html"])
def test_hotlines_in_traditional_characters(tmp_path: Path, suffix: str) -> None:
    item = "一、上規獎勵。給予10萬元獎勵。"
    data = (
        files.docx(files.paragraph(item) + files.table(HOTLINES))
        if suffix == "docx"
        else _html(HOTLINES).replace("政策兑现清单".encode(), item.encode())
    )
    path = tmp_path / f"list.{suffix}"
    path.write_bytes(data)
    notice = read_file(path)
    assert [(c.policy, c.department, c.phone) for c in notice.contacts] == [
        ("上規獎勵", "區經信局", "12345678"),
        ("貸款貼息", "區財政局", "023-12345679"),
    ]
    assert [m.heading.text for m in notice.measures] == ["上規獎勵"]


def test_prose_with_bars_is_no_table() -> None:
    assert grids.find("首页 | 政策 | 服务\n一、奖励。给予10万元奖励。") == []


@pytest.mark.parametrize(
    "header",
    [
        "序号 政策事项 享受条件及标准 责任部门",
        "序号 事项名称 支持对象和标准 责任单位",
        "序号 政策名称 适用对象 政策内容及标准 兑现方式 责任单位",
        "编号 扶持政策 优惠内容 实施部门",
    ],
)
@pytest.mark.parametrize("cells", [True, False])
def test_columns_of_what_is_granted_in_other_words(header: str, cells: bool) -> None:
    columns = header.split()
    known = {0: lambda i: str(i), 1: lambda i: f"苗圃补助{i}", len(columns) - 1: lambda i: "林业局、农业局"}

    def row(number: int) -> list[str]:
        row = [known[i](number) if i in known else "规上企业" for i in range(len(columns))]
        at = next(i for i, c in enumerate(columns) if "标准" in c or "内容" in c)
        row[at] = f"新建苗圃每亩补助{number}00元"
        return row

    rows = [columns, row(1), row(2), row(3)]
    text = "\n\n".join("\n".join(f"\t{c}" for c in r) if cells else "\t".join(r) for r in rows)
    notice = read_text(f"惠企政策一览\n{text}\n咨询电话：12345\n")
    assert [(m.ordinal, m.heading.text) for m in notice.measures] == [
        (str(i), f"苗圃补助{i}") for i in (1, 2, 3)
    ]
    assert {w.text for m in notice.measures for w in m.lead_departments} == {"林业局", "农业局"}


def test_cell_of_several_lines() -> None:
    text = (
        "序号\n政策事项\n奖补标准\n责任部门\n"
        "1\n苗圃补助\n每亩补助300元。\n老区另补20元。\n林业局\n2\n林道补助\n每公里补助2万元\n交通局"
    )
    first, second = read_text(text).measures
    assert [int(a.value) for a in first.amounts] == [300, 20]
    assert [w.text for m in (first, second) for w in m.lead_departments] == ["林业局", "交通局"]


@pytest.mark.parametrize(
    ("rows", "sums"),
    [
        (
            "购车价\t燃油车\t新能源车\n8万元以下\t900元\t1400元\n8万元以上\t1100元\t1600元",
            [900, 1400, 1100, 1600],
        ),
        ("学历|生活补贴（元/月）|购房补贴（万元）\n博士|900|14\n硕士|700|9", [900, 140000, 700, 90000]),
        ("\t面额\t门槛\t数量\n\t90元\t满140元\t6万张\n\t110元\t满300元\t2万张", [90, 110]),
    ],
)
def test_steps_of_a_benefit_in_a_table(rows: str, sums: list[int]) -> None:
    text = f"一、甲类补贴\n每件补贴200元。\n二、乙类券\n面向居民。\n{rows}\n三、丙类补贴\n每人补贴50元。\n"
    measures = read_text(text).measures
    assert [m.ordinal for m in measures] == ["一、", "二、", "三、"]
    assert [int(a.value) for a in measures[1].amounts] == sums


def test_columns_that_only_spaces_divide() -> None:
    text = (
        "一、购置补贴\n对购置农机的给予定额补贴，标准如下：\n"
        "机具　　　　　　档次　　　　　　　补贴额（元/台）\n"
        "微耕机　　　　　3kW以上　　　　　　　　　700\n"
        "割草机　　　　　割幅1米以上　　　　　　　450\n"
    )
    sums = [(int(a.value), a.role) for m in read_text(text).measures for a in m.amounts]
    assert sums == [(700, "per_unit"), (450, "per_unit")]


@pytest.mark.parametrize(
    "period",
    [
        "执行期限",
        "有效期",
        "政策有效期",
        "实施时间",
        "执行时限",
        "起止时间",
        "政策期限",
        "享受期限",
        "截止日期",
    ],
)
@pytest.mark.parametrize("cells", ["lines", "tabs", "bars"])
def test_a_column_of_periods_gives_each_row_its_own(period: str, cells: str) -> None:
    rows = [
        ["序号", "政策名称", "政策内容", period, "责任单位"],
        [
            "1",
            "用电补贴",
            "对用电增长的工厂，每千瓦时补贴0.03元。",
            "2031年5月1日至2032年4月30日",
            "县工信局",
        ],
        ["2", "印花税减征", "对小微企业，按50%减征印花税。", "", "县税务局"],
        ["3", "上规奖励", "对首次入规的工厂奖励8万元。", "至2031年12月31日", "县工信局、县统计局"],
        ["4", "以旧换新", "购买节能灶具的，按售价10%补贴。", "2031年6月1日至9月30日", "县商务局"],
        ["5", "窗口服务", "对开办企业的，免费刻制公章。", "长期", "县政务局"],
    ]
    join = {"lines": "\n\t", "tabs": "\t", "bars": " | "}[cells]
    body = "\n".join(join.join(c for c in row if c or cells != "lines") for row in rows)
    measures = read_text(f"石桥县惠企政策清单\n\n{body}\n").measures
    assert [(m.ordinal, str(m.validity.valid_until or "")) for m in measures] == [
        ("1", "2032-04-30"),
        ("2", ""),
        ("3", "2031-12-31"),
        ("4", "2031-09-30"),
        ("5", ""),
    ]
    assert [w.text for m in measures for w in m.lead_departments] == [
        *("县工信局", "县税务局", "县工信局", "县统计局", "县商务局", "县政务局")
    ]


def test_a_cell_that_spans_rows_leaves_the_sums_of_all_rows() -> None:
    """The second row has a cell less, and 36	P>130kW	C>180kWh is no trail of a web page."""
    text = (
        "某市机械更新补贴办法\n第四条（补贴标准）\n补贴金额依据机械类型确定，具体补贴标准见表1。\n"
        "表1 更新补贴标准\n（单位：万元）\n机械类型\t分级\t补贴金额\t参考功率\t电池容量\n"
        "叉车\t小型\t1.7\tP<37kW\tC>10kWh\n中型\t2.4\t37kW≤P<75kW\tC>15kWh\n特大型\t36\tP>130kW\tC>180kWh\n"
    )
    sums = [a.value for m in read_text(text).measures for a in m.amounts]
    assert sums == [Decimal("17000"), Decimal("24000"), Decimal("360000")]


def test_a_sum_of_nothing_is_no_benefit() -> None:
    """Whoever gets D gets nothing."""
    text = (
        "某区物业奖励办法\n第三条 奖励标准\n达标小区奖励标准（单位：元/平方米）\n"
        "等级\tA等\tB等\tD等\n奖励标准\t0.4\t0.3\t0\n"
    )
    sums = [a.value for m in read_text(text).measures for a in m.amounts]
    assert sums == [Decimal("0.4"), Decimal("0.3")]
