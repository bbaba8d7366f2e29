"""Heads, closing lines and lines of responsibility of sixty invented notices, and single wordings of validity."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from babashi.reader import Measure, Notice, read_text
from babashi.reader.model import Words

NOTICES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "data" / "notices" / "heads.yaml").read_text("utf-8")
)


def printed(words: Words | None) -> str:
    return "".join(words.text.split()) if words else ""


def joined(words: Iterable[Words]) -> set[str]:
    return {printed(w) for w in words}


def of_label(notice: Notice, ordinal: str, taken: set[int]) -> Measure:
    """The next measure with an ordinal, or with the words behind ~ in its heading."""
    for index, measure in enumerate(notice.measures):
        named = (
            ordinal[1:] in measure.heading.text
            if ordinal.startswith("~")
            else measure.ordinal.strip("、.．：: ") == ordinal.strip("、.．：: ")
        )
        if named and index not in taken:
            taken.add(index)
            return measure
    pytest.fail(f"no measure {ordinal}")


@pytest.mark.parametrize("case", NOTICES, ids=lambda case: case["text"][:18].replace("\n", " "))
def test_heads(case: dict[str, Any]) -> None:
    notice = read_text(case["text"])
    validity, until = notice.validity, case.get("until", "")
    assert printed(notice.document_number) == "".join(case.get("number", "").split())
    for field, found in (
        ("title", printed(notice.title)),
        ("issuer", printed(notice.issuer)),
        ("date", str(notice.date)),
        ("from", str(validity.valid_from)),
    ):
        assert found == "".join(case.get(field, found).split()), field
    assert str(validity.valid_until or "") == until
    if "alternatives" in case:
        assert {str(day) for day in validity.alternatives} & set(case["alternatives"])
    taken: set[int] = set()
    for expected in case.get("measures", []):
        measure = of_label(notice, expected["ordinal"], taken)
        assert joined(measure.lead_departments) == set(expected.get("lead", "").split())
        assert joined(measure.supporting_departments) == set(expected.get("support", "").split())
        assert joined(measure.named_departments) == set(expected.get("named", "").split())
        ends = measure.validity.valid_until or validity.valid_until
        assert str(ends or "") == expected.get("until", until)


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("对购置日期在2031年1月1日至2031年12月31日期间的农机，免征购置附加费3万元。", date(2031, 12, 31)),
        ("对2031年3月1日至2031年9月30日期间，农户报废旧机的，每台补贴2000元。", date(2031, 9, 30)),
        ("2031年底前合作社可免缴水费，每亩另补贴20元。", date(2031, 12, 31)),
        ("2031年10月31日前，继续实施仓储补贴政策，每吨补贴30元。", date(2031, 10, 31)),
        ("2031年10月31日前完成改造的林场，给予5万元奖励。", None),
        ("对2031年1月1日至2031年12月31日期间新认定的林场，奖励5万元。", None),
        ("按20%补贴，补贴期为2031年1月1日至2031年6月30日。", date(2031, 6, 30)),
        ("林区公路通行费一律免收到2031年6月30日。", date(2031, 6, 30)),
        ("对苗圃减半征收水费，每亩补20元，至2031年12月31日。", date(2031, 12, 31)),
        ("每户每月补贴200元，补贴发放至2031年11月。", date(2031, 11, 30)),
        ("2031年3月5日至3月12日，购苗满500元减60元。", date(2031, 3, 12)),
        ("2031年3月5日至3月12日新注册的苗圃，补助2万元。", None),
        ("支持对象：2030年7月1日至2031年6月30日期间，林产品经省林业局认定的林场。奖励5万元。", None),
    ],
)
def test_days_until_which_a_measure_grants(words: str, until: date | None) -> None:
    (measure,) = read_text("一、支持林场。" + words).measures
    assert measure.validity.valid_until == until


def test_periods_that_differ_belong_to_their_items() -> None:
    text = (
        "一、苗圃补助。每亩补助300元。\n执行期限：2031年1月1日至2031年6月30日。\n"
        "二、林道补助。每公里补助2万元。\n执行期限：2031年1月1日至2031年12月31日。\n"
    )
    assert read_text(text).validity.valid_until is None


@pytest.mark.parametrize(
    ("closing", "until"),
    [
        ("三、本办法自2030年5月1日起施行，试点期至2032年12月31日。", date(2032, 12, 31)),
        ("施行时间\n以上举措从颁布之日起执行，到2032年12月31日为止。", date(2032, 12, 31)),
        ("说明：1．本表由各局解释；2．表内政策执行至2032年6月30日。", date(2032, 6, 30)),
        ("三、本要點自函頒日起實施，至中華民國一二一年十二月三十一日止。", date(2032, 12, 31)),
        ("三、本計畫自即日起實施至民國121年6月30日止。", date(2032, 6, 30)),
        ("▍使用期限\n自领取之时起至2031年3月8日24:00，逾期自动失效。", date(2031, 3, 8)),
        ("三、本轮政策实施周期为2030年1月1日至2032年12月31日。", date(2032, 12, 31)),
        ("三、本通告自公布之日起实行，至2031年12月31日自然失效。", date(2031, 12, 31)),
        ("三、本措施自2030年5月1日起施行，2032年12月31日截止。", date(2032, 12, 31)),
        ("三、活动期限：即日起至2032年12月31日", date(2032, 12, 31)),
        ("三、申请截止日期为2030年3月31日，逾期不予受理。", None),
    ],
)
def test_days_until_which_a_notice_holds(closing: str, until: date | None) -> None:
    text = f"一、苗圃补助。每亩补助300元。\n二、林道补助。每公里补助2万元。\n{closing}\n"
    assert read_text(text).validity.valid_until == until


@pytest.mark.parametrize(
    ("closing", "own", "whole"),
    [
        ("本通知自印发之日起执行，第二条执行至2031年12月31日。", {"二、"}, None),
        ("本通知有效期至2032年12月31日，其中第二条有效期至2031年12月31日。", {"二、"}, date(2032, 12, 31)),
        ("第一条至第二条政策自2030年1月1日起执行，至2031年12月31日止。", {"一、", "二、"}, None),
    ],
)
def test_period_of_single_articles(closing: str, own: set[str], whole: date | None) -> None:
    text = f"一、苗圃补助。每亩补助300元。\n二、林道补助。每公里补助2万元。\n三、监督检查。严格管理。\n{closing}\n"
    notice = read_text(text)
    ends = {m.ordinal: m.validity.valid_until for m in notice.measures if m.validity.valid_until}
    assert ends == dict.fromkeys(own, date(2031, 12, 31))
    assert notice.validity.valid_until == whole


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("中華民國一二一年五月二日府林字第1210091457號函訂定", "府林字第1210091457號"),
        ("發文字號：府林字第1210091457號", "府林字第1210091457號"),
        ("主旨：依據府林字第1210091457號函辦理。", None),
    ],
)
def test_number_of_a_letter(line: str, number: str | None) -> None:
    found = read_text(f"雲嶺縣苗圃補助作業要點\n{line}\n一、新植苗圃每公頃補助三萬元。\n").document_number
    assert (found.text if found else None) == number


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("[岭府发〔2030〕12号]", "岭府发〔2030〕12号"),
        ("岭府发〔二〇三〇〕12号", "岭府发〔二〇三〇〕12号"),
        ("岭政办发【2030】12号文件", "岭政办发【2030】12号"),
        ("岭政发〔98〕12号", "岭政发〔98〕12号"),
        ("(98)岭政字第12号", "(98)岭政字第12号"),
        ("云岭县人民政府公告第12号", "云岭县人民政府公告第12号"),
    ],
)
def test_number_below_the_title(line: str, number: str) -> None:
    text = f"云岭县苗圃补助办法\n{line}\n根据省政发〔2029〕5号文件，制定本办法。\n一、每亩补助300元。\n"
    found = read_text(text).document_number
    assert found is not None
    assert found.text == number


@pytest.mark.parametrize(
    "head",
    [
        "石桥县商贸奖励办法\n（石桥县商务局 2031年3月2日印发 石商规〔2031〕3号）",
        "石桥县商贸奖励办法\n（石桥县商务局，2031年3月2日，石商规〔2031〕3号）",
        "石桥县商贸奖励办法\n（2031年3月2日石桥县商务局石商规〔2031〕3号公布）",
        "石桥县商贸奖励办法\n（2031年3月2日以石商规〔2031〕3号文印发）",
        "石桥县商贸奖励办法\n（石商规〔2031〕3号，2031年3月2日起施行）",
        "石桥县商务局关于印发《石桥县商贸奖励办法》的通知（2031年3月2日） 石商规〔2031〕3号",
        "石桥县商务局关于印发石桥县商贸奖励办法的通知（2031年3月2日） 石商规〔2031〕3号",
        "索引号 SQ0001 发布机构 石桥县商务局 文号 石商规〔2031〕3号",
    ],
)
def test_number_beside_the_day_and_the_office(head: str) -> None:
    notice = read_text(f"{head}\n第一条 对新办企业，给予2万元补贴。\n第二条 对首次入规的，奖励5万元。\n")
    assert printed(notice.document_number) == "石商规〔2031〕3号"
