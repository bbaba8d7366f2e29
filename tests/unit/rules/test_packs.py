"""Loading packs: what is wrong is told with its place; what is right comes out whole."""

from __future__ import annotations

import datetime as dt
import json
import pickle
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import jsonschema_rs
import pytest
from ruamel.yaml import YAML

from babashi.rules import (
    FactDictionary,
    PackErrors,
    Subject,
    evaluate,
    evaluate_all,
    explain_item,
    explain_result,
    find_packs,
    load_pack,
    load_pack_from_texts,
    near_misses,
    packs_root,
    questions,
)
from babashi.rules.cases import read_cases
from babashi.rules.figures import figures_in
from babashi.rules.loader import read_files
from babashi.rules.loading import eligibility_reader, fields, item_reader, pack_reader, process_reader
from babashi.rules.pack import Clause, leaves
from babashi.rules.parser import Scope, parse
from babashi.rules.phrases import Phrases
from babashi.rules.tree import Literal, walk
from babashi.rules.units import BOOL
from babashi.rules.values import Source

DICTIONARY = FactDictionary.load()
FOLDER = packs_root() / "banan" / "2022-63"
PACK = load_pack(FOLDER, DICTIONARY)
DAY = dt.date(2022, 9, 1)


def broken(*changes: tuple[str, str], file: str = "pack.yaml") -> list[str]:
    """The problems of the real pack after some changes."""
    files = read_files(FOLDER)
    for before, after in changes:
        assert files[file].count(before) >= 1, before
        files[file] = files[file].replace(before, after, 1)
    try:
        pack = load_pack_from_texts(files, DICTIONARY)
    except PackErrors as error:
        return [str(problem) for problem in error.problems]
    return [str(problem) for problem in pack.warnings]


def place_of(text: str, extra: int = 0) -> str:
    """``line:column`` of a stretch of the pack."""
    source = read_files(FOLDER)["pack.yaml"]
    offset = source.index(text) + extra
    line = source.count("\n", 0, offset) + 1
    return f"{line}:{offset - source.rfind(chr(10), 0, offset)}"


@pytest.mark.parametrize(
    ("before", "after", "at", "message"),
    [
        ("employees_2021 >= 300人 and", "employee_2021 >= 300人 and", "employees_2021 >= 300人 and", "是不是 employees_2021"),
        ("amount: 20万元", "amount: 30万元", "20万元\n      once", "30万元 没有出处"),
        ("rd_expense_2021 < 1000万元", "rd_expense_2021 < 1000万", "rd_expense_2021 < 1000万元", "写上单位"),
        ('purpose == "流动资金" and', 'purpose == "流动资本" and', '"流动资金" and', "是不是“流动资金”"),
        ("id: car-voucher", "id: food-insurance", "food-insurance\n    article", "重复"),
        ("day: 2023-12-31, cite", "day: 2023-12-32, cite", "2023-12-31, cite", "不是日期"),
        ("day: 2023-12-31, cite", "day: 2023-12-30, cite", "{day: 2023-12-31, cite", "没有出处"),
        ("reading: open-list}", "reading: open-lst}", "open-list}", "是不是 open-list"),
        ("test: strategic_emerging}", "test: strategic_emerging.x}", "}\n            - {id: green-industry", "不能用“.”取属性"),
        ("short_title: 食品", "shorttitle: 食品", "short_title: 食品", "是不是 short_title"),
        ("13 <= division(industry_code) <= 43", "43 <= division(industry_code) <= 13", "13 <= division", "永远不成立"),
        ("6 <= division(industry_code) <= 46", "46 <= division(industry_code) <= 246", None, "没有出处"),
        ("rd_expense_2021 - rd_expense_2020, 0元", "rd_expense_2021 - employees_2021, 0元", None, "单位不同"),
        ("kind: insurance", "kind: assurance", "insurance\n    until", "不认识“assurance”"),
        ("lead: 区商务委", "lead: 区商务局", None, "引用里没有 区商务局"),
        ("process: money", "process: monie", "money\n    materials", "没有流程 monie"),
        ("file: lpr_1y.csv", "file: lpr.csv", "lpr_1y.csv", "没有文件 lpr.csv"),
        ("value: 360天", "value: 365天", "360天, reading", "365天 没有出处"),
        ("role: approver", "role: finance", None, "没有审定"),
        ("automatic: true", "automatic: maybe", "true\n    same", "要 true（是）或 false（否）"),
        ("floor: 10万元\n      ceiling: 20万元", "floor: 20万元\n      ceiling: 10万元", None, "下限高于上限"),
        ("        - {id: green-industry, test: green_industry}", "        - {test: green_industry, all: []}", None, "中的一个"),
        ("exclusions: []", "exclusions: [{items: [a, a], reason: x}]", None, "两个不同的事项"),
        ("shared_ceilings: []", "shared_ceilings: [{items: [banan-2022-63/x], ceiling: 5, reason: y}]", None, "合计上限要是金额"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_line_and_column(
    before: str, after: str, at: str | None, message: str
) -> None:
    problems = broken((before, after))
    hits = [problem for problem in problems if message in problem]
    assert hits, problems
    if at is not None:
        assert any(problem.startswith(f"pack.yaml:{place_of(at)}:") for problem in hits), (
            place_of(at),
            problems,
        )


def test_all_problems_at_once() -> None:
    problems = broken(
        ("amount: 20万元", "amount: 30万元"),
        ("id: car-voucher", "id: food-insurance"),
        ("role: approver", "role: nobody"),
    )
    assert len([problem for problem in problems if "错误" in problem]) >= 3


def test_an_any_or_not_without_id_is_refused() -> None:
    assert any(
        "not 要有 id" in problem for problem in broken(("- id: small-or-micro\n          name", "- name"))
    )


def test_a_clause_without_source_is_refused() -> None:
    problems = broken(
        ("test: 'kind == \"企业\"', reading: applicant-enterprise}", "test: 'kind == \"企业\"'}")
    )
    assert any("没有出处" in problem for problem in problems)


def test_contradictions_between_clauses_are_found() -> None:
    problems = broken(("first_above_scale_year == 2021年", "rd_expense_2021 < 0元"))
    assert any("永远不成立" in problem for problem in problems), problems


def test_a_condition_that_always_holds_is_a_warning() -> None:
    problems = broken(("test: rd_expense_2021 < 1000万元", "test: rd_expense_2021 >= 0元"))
    assert any("提醒" in problem and "永远成立" in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "文件是空的"),
        ("a: [", "方括号或花括号没有写完"),
        ("- 1", "键: 值"),
        ("id: &x 1\nversion: *x", "别名"),
        ("id: a\nid: b", "重复"),
        ("\ud83d", ""),
        ("id: !!python/object:os.system x", ""),
    ],
)
def test_files_that_are_no_packs(text: str, message: str) -> None:
    with pytest.raises(PackErrors) as caught:
        load_pack_from_texts({"pack.yaml": text}, DICTIONARY)
    assert any(message in str(problem) for problem in caught.value.problems)


def test_a_dated_table_must_be_in_order_with_sources() -> None:
    problems = broken(("2022-01-20,3.70%", "2021-01-20,abc"), file="lpr_1y.csv")
    assert any("lpr_1y.csv:4" in problem and "读不懂" in problem for problem in problems)
    problems = broken(("2022-01-20,3.70%", "2021-01-20,3.70%"), file="lpr_1y.csv")
    assert any("从早到晚" in problem for problem in problems)


def test_the_same_texts_give_the_same_pack(tmp_path: Path) -> None:
    stored = json.loads(json.dumps(dict(PACK.files)))
    again = load_pack_from_texts(stored, DICTIONARY)
    assert again.digest == PACK.digest
    assert [item.eligible for item in again.items] == [item.eligible for item in PACK.items]
    changed = {**stored, "pack.yaml": stored["pack.yaml"] + "\n# 注\n"}
    assert load_pack_from_texts(changed, DICTIONARY).digest != PACK.digest
    other_cases = {**stored, "cases.yaml": ""}
    assert load_pack_from_texts(other_cases, DICTIONARY).digest == PACK.digest
    assert pickle.loads(pickle.dumps(PACK)).digest == PACK.digest


def test_the_notice_is_carried_and_changes_nothing() -> None:
    notice = PACK.document.source
    assert "区政府各部门" in PACK.files[notice]
    without = {name: text for name, text in PACK.files.items() if name != notice}
    assert load_pack_from_texts(without, DICTIONARY).digest == PACK.digest


def test_platform_exclusions_hold_for_every_item_of_enterprises() -> None:
    files = read_files(FOLDER)
    assert "exclusions: []" in files["platform.yaml"]
    exclusion = "{id: idle, name: 停业, test: employees_2021 == 0人, reason: 没有从业人员的不享受, confirm_by: 区发展改革委}"
    files["platform.yaml"] = f"exclusions: [{exclusion}]\n"
    pack = load_pack_from_texts(files, DICTIONARY)
    facts = {"kind": "企业", "district": "500113", "key_industry": frozenset({"生物医药"})}
    item = pack.item("targeted-training")
    assert evaluate(item, Subject({**facts, "employees_2021": 5}), None, DAY).verdict == "eligible"
    excluded = evaluate(item, Subject({**facts, "employees_2021": 0}), None, DAY)
    assert (excluded.verdict, excluded.failed) == ("ineligible", ("idle",))
    assert evaluate(item, Subject(facts), None, DAY).missing == ("employees_2021",)


def test_the_schema_knows_what_the_readers_know() -> None:
    schema = json.loads((packs_root() / "pack.schema.json").read_text(encoding="utf-8"))
    assert set(schema["properties"]) == set(pack_reader._PACK_KEYS)
    assert set(schema["properties"]["document"]["properties"]) == set(pack_reader._DOCUMENT_KEYS)
    assert set(schema["$defs"]["item"]["properties"]) == set(item_reader._ITEM_KEYS)
    assert set(schema["$defs"]["node"]["properties"]) == set(eligibility_reader._NODE_KEYS)
    assert fields.IDENTIFIER.pattern in schema["$defs"]["id"]["pattern"]


def test_the_schema_explains_every_key_and_knows_every_word() -> None:
    """An editor shows the descriptions; its choices are those of the readers."""
    schema = json.loads((packs_root() / "pack.schema.json").read_text(encoding="utf-8"))
    silent: list[str] = []

    def look(node: object, path: str) -> None:
        if isinstance(node, dict):
            for key, value in (node.get("properties") or {}).items():
                if "description" not in value and "$ref" not in value:
                    silent.append(f"{path}/{key}")
        for key, value in node.items() if isinstance(node, dict) else ():
            look(value, f"{path}/{key}")

    look(schema, "")
    assert silent == []
    assert schema["$defs"]["item"]["properties"]["kind"]["enum"] == list(item_reader.KINDS)
    assert schema["$defs"]["item"]["properties"]["channel"]["enum"] == list(item_reader.CHANNELS)
    assert schema["$defs"]["stage"]["properties"]["role"]["enum"] == list(process_reader.ROLES)


@pytest.mark.parametrize("folder", find_packs(packs_root()), ids=lambda folder: folder.name)
def test_every_pack_fits_the_schema_and_passes_its_cases(folder: Path) -> None:
    schema = json.loads((packs_root() / "pack.schema.json").read_text(encoding="utf-8"))
    data = YAML(typ="safe").load((folder / "pack.yaml").read_text(encoding="utf-8"))
    jsonschema_rs.validate(schema, json.loads(json.dumps(data, default=str)))
    pack = load_pack(folder, DICTIONARY)
    assert pack.warnings == ()
    cases = read_cases(pack)
    assert [difference for case in cases for difference in case.run()] == []
    for item in pack.items:
        own = [case for case in cases if case.item.id == item.id]
        if item.applicant == "enterprise":
            assert len(own) >= 10, item.id
            for clause in leaves(item.eligible):
                assert _has_missing_case(own, clause, item), (item.id, clause.id)


def _has_missing_case(cases, clause: Clause, item) -> bool:  # type: ignore[no-untyped-def]
    """A case where this clause is unknown."""
    for case in cases:
        subject = Subject(case.situation.facts, case.situation.tables)
        result = evaluate(item, subject, None, case.as_of)
        trace = next(part for part in result.trace.walk() if part.id == clause.id)
        if result.verdict == "unknown" and trace.truth is None:
            return True
    return False


def test_a_case_that_does_not_hold_is_told() -> None:
    files = read_files(FOLDER)
    files["cases.yaml"] = (
        "cases:\n  - {item: scale-up, name: 错, facts: {kind: 园区, district: '500113', industry_code: '36',"
        " first_above_scale_year: 2021}, expect: {verdict: eligible, amount_max: 20万元}}\n"
    )
    (case,) = read_cases(load_pack_from_texts(files, DICTIONARY))
    assert case.run() == ["verdict 应为 eligible，得到 ineligible", "amount_max 应为 200000.00，得到 null"]


def test_cases_with_mistakes_are_refused() -> None:
    files = read_files(FOLDER)
    files["cases.yaml"] = "cases:\n  - {item: scale-dn, name: x, expect: {verdict: eligible}}\n"
    with pytest.raises(PackErrors, match=r"cases\.yaml:2:12: 错误：没有事项 scale-dn"):
        read_cases(load_pack_from_texts(files, DICTIONARY))


# -- words ---------------------------------------------------------------------------------------------------


def words(item: str) -> str:
    return "\n".join(line for _, lines in explain_item(PACK.item(item), PACK).sections() for line in lines)


@pytest.mark.parametrize(
    ("item", "phrases"),
    [
        ("scale-up", ["在巴南区（500113）", "在2021年首次升规", "行业大类为06至46", "一次性给予20万元", "免申即享", "孟耸"]),
        ("scale-up", ["财政核对（区财政局，3个工作日）", "。时限是平台默认，待主管部门明确", "2022年12月31日，当天仍可申报"]),
        ("scale-up", ["从提交到审定合计20个工作日（补正的时间另算），拨付时间待主管部门明确"]),
        ("green-demonstration", ["是企业或园区", "有国家级或市级的绿色制造示范、节能节水、低碳零碳或清洁化绿色化认定"]),
        ("green-demonstration", ["一次性给予10万元至20万元", "由区经济信息委在上限以内核定"]),
        ("green-retrofit", ["水效提升、资源化利用、清洁生产或污染物治理类技改项目的设备投入合计的10%，不超过150万元"]),
        ("rd-investment", ["2021年申报研发费用低于1000万元", "2021年申报研发费用占营业收入的比例不低于2021年同行业"]),
        ("rd-investment", ["2020年、2021年申报研发费用中较低的一项的3%，加上2021年比2020年增加的申报研发费用（没有增加的按零计）的10%"]),
        ("interest-subsidy", ["300人以上，且2021年营业收入2000万元以上的，不算小型或微型企业", "有专精特新认定"]),
        ("interest-subsidy", ["属于重点支持的类别，至少符合其中一项：属于减污降碳企业", "本金50万元以上的流动资金贷款逐笔按“本金×50%×"]),
        ("interest-subsidy", ["落在2022年1月1日（含）至2023年1月1日（不含）期间的天数÷360天”计算，再相加，不超过30万元"]),
        ("car-voucher", ["购买乘用车的消费者", "发放总额不低于：200万元", "面额和档次：待主管部门明确", "2022年12月31日\n"]),
        ("food-insurance", ["从事食品生产、销售或餐饮服务\n", "每人每次赔偿限额：5万元", "在平台登记意向", "当天仍可登记意向"]),
        ("targeted-training", ["属于生物医药、商贸物流、高端装备制造、数智经济或生态创新产业"]),
    ],
)  # fmt: skip
def test_plain_words_say_what_the_rule_says(item: str, phrases: list[str]) -> None:
    text = words(item)
    for phrase in phrases:
        assert phrase in text, text


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ('district == "500113"', "在巴南区（500113）"),
        ('district != "500113"', "不在巴南区（500113）"),
        ('not kind == "企业"', "不是企业"),
        ('kind not in ["企业", "园区"]', "不是企业或园区"),
        ("not green_industry", "不属于绿色产业"),
        ('first_above_scale_year == "无"', "首次升规年度为无"),
        ('not overlaps(food_activities, ["生产", "餐饮"])', "不从事食品生产或餐饮"),
        ("not employees_2021 >= 300人", "2021年从业人员低于300人"),
        ('any(certificates, level == "市级")', "有市级认定"),
        ('any(certificates, kind == "专精特新" and level in ["国家级", "市级"])', "有国家级或市级的专精特新认定"),
        ('not any(loans, purpose == "流动资金" and starts_on >= 2022-01-01)', "没有起始日不早于2022年1月1日的流动资金贷款"),
        ('all(loans, purpose == "流动资金")', "每一笔都用途为流动资金"),
        ("operating_revenue_2021 / rd_expense_2020 > 2", "2021年营业收入占2020年申报研发费用的比例超过2"),
        ("rd_expense_2021 / rd_expense_2020 >= 1.1", "2021年申报研发费用与2020年申报研发费用之比不低于1.1"),
        ("max(rd_expense_2021, rd_expense_2020) > 1元", "2021年、2020年申报研发费用中较高的一项超过1元"),
        ("max(rd_expense_2021 - operating_revenue_2021, 0元) > 1元",
         "2021年申报研发费用减2021年营业收入（不足零的按零计）超过1元"),
        ("(rd_expense_2021 + rd_expense_2020) * 3% > 1元", "（2021年申报研发费用加2020年申报研发费用）×3%超过1元"),
        ("min(rd_expense_2021, rd_expense_2020, operating_revenue_2021) > 1元",
         "2021年申报研发费用、2020年申报研发费用与2021年营业收入中最低的一项超过1元"),
    ],
)  # fmt: skip
def test_conditions_read_like_sentences(expression: str, words: str) -> None:
    parsed = parse(expression, Scope(DICTIONARY), BOOL)
    assert parsed.expr is not None, parsed.errors
    assert Phrases(DICTIONARY).test(parsed.expr) == words


def test_words_follow_the_rule() -> None:
    files = read_files(FOLDER)
    files["pack.yaml"] = files["pack.yaml"].replace("principal >= 50万元", "principal > 50万元")
    pack = load_pack_from_texts(files, DICTIONARY)
    text = explain_item(pack.item("interest-subsidy"), pack).who_text
    assert "本金超过50万元" in text
    assert "本金50万元以上" not in text


def test_every_figure_of_a_rule_is_in_its_words() -> None:
    for item in PACK.items:
        stated = figures_in(words(item.id))
        trees = [clause.test for clause in leaves(item.eligible)]
        trees += [amount for amount in (item.benefit.floor, item.benefit.ceiling) if amount is not None]
        for tree in trees:
            for part in walk(tree):
                if isinstance(part, Literal) and isinstance(part.value, (int, Fraction)) and part.value != 0:
                    assert part.value in stated, (item.id, part.text)


def test_a_result_in_words_has_values_and_sources() -> None:
    facts = {
        "kind": "企业",
        "district": "500113",
        "industry_code": "5110",
        "rd_expense_2021": Decimal(12_000_000),
    }
    sources = {"rd_expense_2021": Source("official", "enterprises.csv 第 3 行")}
    result = evaluate(PACK.item("rd-investment"), Subject(facts, {}, sources), None, DAY)
    explained = explain_result(result, PACK)
    (line,) = [line for line in explained.lines if line.truth is False]
    assert explained.headline == "不符合"
    assert line.values[0].text == "1200万元"
    assert line.values[0].source == sources["rd_expense_2021"]
    assert "转市级" in line.hint
    assert {reading.id for reading in explained.readings} == set(PACK.item("rd-investment").readings)


# -- questions and near misses --------------------------------------------------------------------------------


def test_questions_ask_only_what_can_change_an_answer() -> None:
    nothing = questions(PACK.items, Subject({}), None, DAY)
    assert nothing[0].ref in ("kind", "district")
    assert {question.ref for question in nothing} >= {
        "kind",
        "district",
        "loans",
        "certificates",
        "first_above_scale_year",
    }
    outside = questions(PACK.items, Subject({"district": "500112"}), None, DAY)
    assert outside == ()
    park = {
        question.ref
        for question in questions(PACK.items, Subject({"district": "500113", "kind": "园区"}), None, DAY)
    }
    assert park == {"certificates"}


def test_what_only_officials_record_is_not_asked() -> None:
    refs = {question.ref for question in questions(PACK.items, Subject({}), None, DAY)}
    assert "interest_subsidy_other_category" not in refs
    assert "rd_intensity_average" not in refs


def test_a_question_about_a_table_names_the_columns_that_matter() -> None:
    (loans,) = [
        question for question in questions(PACK.items, Subject({}), None, DAY) if question.ref == "loans"
    ]
    assert [column.id for column in loans.columns] == ["purpose", "principal", "starts_on", "ends_on"]
    assert loans.potential == Decimal("300000.00")


def test_closed_items_ask_nothing() -> None:
    assert questions(PACK.items, Subject({}), None, dt.date(2024, 1, 1)) == ()


def test_answering_every_question_settles_everything() -> None:
    answers = {
        "kind": "企业", "district": "500113", "industry_code": "3612", "employees_2021": 10, "first_above_scale_year": 2021,
        "operating_revenue_2021": Decimal(10**8), "rd_expense_2020": Decimal(1), "rd_expense_2021": Decimal(10**7),
        "strategic_emerging": True, "green_industry": False, "pollution_carbon_reduction": False,
        "food_activities": frozenset(), "key_industry": frozenset(),
    }  # fmt: skip
    known: dict = {}
    tables: dict = {}
    asked = []
    while found := questions(PACK.items, Subject(known, tables), None, DAY):
        question = found[0]
        asked.append(question.ref)
        assert len(asked) <= len(answers) + 3
        if question.type == "table":
            tables[question.ref] = []
        else:
            known[question.ref] = answers[question.ref]
    verdicts = {result.verdict for result in evaluate_all(PACK.items, Subject(known, tables), None, DAY)}
    assert "unknown" not in verdicts
    assert "rd_expense_2020" not in asked


def test_near_misses_say_what_is_missing_and_what_it_would_bring() -> None:
    facts = {
        "kind": "企业", "district": "500113", "industry_code": "3612", "employees_2021": 310, "green_industry": True,
        "operating_revenue_2021": Decimal(30_000_000), "first_above_scale_year": 2020, "rd_expense_2021": Decimal(10**7),
        "rd_expense_2020": Decimal(0),
    }  # fmt: skip
    loan = {
        "purpose": "流动资金",
        "principal": Decimal(36_000_000),
        "starts_on": dt.date(2022, 8, 22),
        "ends_on": dt.date(2022, 8, 23),
    }
    found = near_misses(PACK.items, Subject(facts, {"loans": [loan]}), None, DAY)
    by_item = {miss.item.rpartition("/")[2]: miss for miss in found}
    assert set(by_item) == {"interest-subsidy", "rd-investment"}
    assert by_item["interest-subsidy"].potential == Decimal("1825.00")
    assert by_item["interest-subsidy"].gap == "相差10人，相差1000万元"
    assert by_item["rd-investment"].gap == "相差0元"
    assert "转市级" in by_item["rd-investment"].hint
