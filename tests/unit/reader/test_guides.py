"""Notices about one policy: guides, answers, leaflets, rules of procedure. What they ask for is no measure."""

from pathlib import Path

import pytest
import yaml

from babashi.reader import asked, read_text
from babashi.reader.output import as_record

GUIDES = yaml.safe_load(
    (Path(__file__).parents[2] / "data" / "notices" / "guides.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("guide", GUIDES, ids=[guide[:14].strip("§\n ") for guide in GUIDES])
def test_only_what_is_granted_is_a_measure(guide: str) -> None:
    pieces = guide.split("§")
    text = "".join(pieces)
    expected = [len("".join(pieces[: i + 1])) for i in range(len(pieces) - 1)]
    found = [m.span.start for m in read_text(text).measures]
    assert [text[at : at + 20] for at in found] == [text[at : at + 20] for at in expected]


@pytest.mark.parametrize(
    ("plain", "official"),
    [
        ("谁能领？", "补贴对象"),
        ("哪些人可以报名", "补贴对象"),
        ("补给谁", "补贴对象"),
        ("您属于哪一类？", "补贴对象"),
        ("领多少", "补贴标准"),
        ("每月能领多少？", "补贴标准"),
        ("补什么、补多少", "补贴标准"),
        ("怎么申请？", "申请流程"),
        ("到哪里办", "申请流程"),
        ("需要带什么材料", "申请流程"),
        ("什么时候到账", "发放时间"),
        ("钱从哪里来", "资金来源"),
        ("商家要做什么", "工作职责"),
        ("谁来管、怎么查", "工作职责"),
        ("要退钱的情况", "监督管理"),
        ("什么情况不能领", "除外情形"),
        ("助学贷款怎么申请", "助学贷款怎么申请"),  # names a policy
        ("支持企业上市", "支持企业上市"),
    ],
)
def test_plain_headings(plain: str, official: str) -> None:
    assert asked.official(plain) == official


def test_a_title_in_brackets_behind_an_article() -> None:
    text = "第七条 （场地支持）入驻孵化园的团队免收租金一年。\n第八条 （路演奖励）获奖团队奖励2万元。\n"
    assert [m.heading.text for m in read_text(text).measures] == ["场地支持", "路演奖励"]


def test_columns_set_apart_by_blanks() -> None:
    text = (
        "（一）农机补贴\n给予购机者定额补贴，标准如下：\n"
        "　　机具　　　　　规格　　　　　　补贴额（元/台）\n"
        "　　旋耕机　　　　60马力　　　　　　7300\n"
        "　　烘干机　　　　10吨　　　　　　 28000\n"
        "（二）大棚保险\n对参保农户给予保费补贴：\n"
        "　　棚型　　　　保费（元/亩）　　　财政补贴\n"
        "　　日光棚　　　　210　　　　　　　　70%\n"
    )
    first = read_text(text).measures[0]
    assert [(int(a.value), a.role) for a in first.amounts] == [(7300, "per_unit"), (28000, "per_unit")]


def test_shares_in_the_cells_of_a_column() -> None:
    text = (
        "（一）大棚保险。按棚型给予补贴：\n"
        "　　棚型　　　　保额（元/亩）　　　财政补贴\n"
        "　　日光棚　　　　9200　　　　　　　70%\n"
        "　　竹棚　　　　　4100　　　　　　　45%\n"
    )
    (measure,) = read_text(text).measures
    assert [int(a.value) for a in measure.amounts] == [9200, 4100]
    assert [float(r.value) for r in measure.rates] == [0.7, 0.45]


def test_a_period_of_the_items_named_by_their_signs() -> None:
    text = (
        "❶ 种子补助\n每亩补助20元。\n❷ 农膜补助\n每亩补助35元。\n❸ 机耕补助\n每亩补助40元。\n"
        "说明：❶❸项政策执行到2027年6月30日。\n"
    )
    record = as_record(read_text(text), with_text=False)
    assert [str(m.get("valid_until") or "") for m in record["measures"]] == ["2027-06-30", "", "2027-06-30"]
