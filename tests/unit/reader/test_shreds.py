"""A stored copy that breaks the lines of print at marks reads like the whole text."""

import re

import pytest

from babashi.reader import read_text
from babashi.reader.shreds import groups, width

ITEMS = [
    "石桥县支持小店发展若干措施",
    "为促进全县小店稳定经营、扩大就业，根据《石桥县促进小店发展条例》，结合本县实际，经县人民政府同意，现提出如下措施，请认真贯彻执行。",
    (
        "一、降低用水用电成本。对受灾暂时出现困难的小店，设立6个月的费用缓缴期，缓缴期间免收欠费滞纳金。各乡镇、各街道应当"
        "主动上门，告知经营者办理方式。（责任单位：县发展改革局、国网石桥县供电公司、县水务集团有限公司等按职责分工负责）"
    ),
    (
        "二、支持更新设备。对经认定的小店，按设备投资额的20%给予补贴，每家最高2万元；对列入《石桥县老字号名录》的，再给予5000元奖励。"
        "政策执行期限至2032年6月30日。（责任单位：县商务局、县人力资源和社会保障局、石桥县税务局等按职责分工负责）"
    ),
    (
        "三、扩大贷款支持。鼓励银行开发符合小店特点的信用贷款，对新发放的贷款，由县财政按照年利率2%给予贴息，贴息期限不超过一年，"
        "单户贴息不超过3000元。（责任单位：县财政局、中国人民银行石桥县支行、国家金融监督管理总局石桥监管支局等按职责分工负责）"
    ),
]


def printed(text: str, page: int) -> list[str]:
    """The lines of a paragraph on a page, its first indented."""
    lines, line, room = [], "", page - 2.0
    for char in text:
        if width(line) + width(char) > room and char not in "，。；：、）》”":
            lines.append(line)
            line, room = "", float(page)
        line += char
    return [*lines, line]


def broken(line: str) -> list[str]:
    """A line cut behind commas and stops, and around the titles of documents."""
    pieces = re.split(r"(?<=[，。；])|(?=《)|(?<=》)", line)
    return [piece for piece in pieces if piece]


@pytest.mark.parametrize("page", [28, 34, 40])
def test_a_text_in_pieces_reads_like_the_whole(page: int) -> None:
    whole = read_text("\n".join(ITEMS))
    lines = [line for item in ITEMS for line in printed(item, page)]
    pieces = read_text(
        "\n".join(p for n, line in enumerate(lines) for p in (broken(line) if n % 2 else [line]))
    )
    assert len(whole.measures) == 3

    def finds(notice: object) -> list[object]:
        return [
            (
                m.ordinal,
                re.sub(r"\s", "", m.heading.text),
                [(a.value, a.role) for a in m.amounts],
                [(r.value, r.role) for r in m.rates],
                m.validity.valid_until,
                [w.text for w in m.lead_departments],
            )
            for m in notice.measures  # type: ignore[attr-defined]
        ]

    assert finds(pieces) == finds(whole)


def test_headings_and_short_paragraphs_stay_apart() -> None:
    lines = ["对新办企业，", "给予1万元", "，", "奖励，", "每家一次。", "支持人才", "一、落户", "二、安家"]
    assert [list(g) for g in groups(lines, [False] * 6 + [True] * 2)] == [[n] for n in range(8)]


def test_an_article_behind_a_cited_title_goes_on_with_the_sentence() -> None:
    head, law = "三、依据", "《石桥县小店发展和服务保障促进条例实施办法》"
    lines = [head, law, "第十六条", "“收费”规定，"]
    page = ["小" * 36 for _ in range(3)] + ["小店，", "大店，", "老店，"]
    found = groups(lines + page, [True, False, True, False] + [False] * 6)
    assert found[0] == range(4)
    assert groups([head, "小店。", "第十六条", "“收费”规定，", *page], [True, False, True] + [False] * 7)[
        0
    ] == range(1)
