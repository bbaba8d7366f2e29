"""The expression language: what is read, what is refused, and where a message points."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from babashi.rules.compiled import Env, Missing, compile_expr
from babashi.rules.facts import FactDictionary
from babashi.rules.parser import ParamSpec, Parsed, Scope, Term, parse
from babashi.rules.tree import And, Compare, Division, FactRef, Literal, Overlaps
from babashi.rules.units import BOOL, DATE, DAY, RATIO, YUAN, Type
from babashi.rules.values import NEVER, Parameters, Subject

DICTIONARY = FactDictionary.load()
LPR = ((dt.date(2022, 1, 20), Fraction(37, 1000)), (dt.date(2022, 8, 22), Fraction(365, 10000)))
PARAMS = {
    "base": ParamSpec("base", "基数", DAY, 360),
    "first": ParamSpec("first", "起", DATE, dt.date(2022, 1, 1)),
    "last": ParamSpec("last", "止", DATE, dt.date(2023, 1, 1)),
    "lpr": ParamSpec("lpr", "利率", RATIO, steps=LPR),
}
SCOPE = Scope(DICTIONARY, PARAMS)


def read(source: str, expect: Type | None = None) -> Parsed:
    return parse(source, SCOPE, expect)


def value(source: str, facts: dict | None = None, tables: dict | None = None, parameters: dict | None = None):
    parsed = read(source)
    assert parsed.errors == (), [error.message for error in parsed.errors]
    assert parsed.expr is not None
    return compile_expr(parsed.expr)(Env(Subject(facts or {}, tables or {}), Parameters(parameters)))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("20万元", 200_000),
        ("1.5亿元", 150_000_000),
        ("２０００万元", 20_000_000),
        ("0.01元", Fraction(1, 100)),
        ("10%", Fraction(1, 10)),
        ("10％", Fraction(1, 10)),
        ("3‰", Fraction(3, 1000)),
        ("360天", 360),
        ("300人", 300),
        ("2021年", 2021),
        ("2022-01-01", dt.date(2022, 1, 1)),
        ("2022年1月1日", dt.date(2022, 1, 1)),
        ("min(20万元, 30万元)", 200_000),
        ("max(20万元， 30万元)", 300_000),
        ("（20万元＋1万元）×10%", 21_000),
        ("100万元 ÷ 3", Fraction(1_000_000, 3)),
        ("-5万元", -50_000),
    ],
)
def test_literals_as_the_notice_prints_them(source: str, expected: object) -> None:
    assert value(source) == expected


def test_signs_and_chains() -> None:
    parsed = read("13 ≤ division(industry_code) ≤ 43")
    assert parsed.expr == And(
        (
            Compare("<=", Literal(13, Type("division")), Division(FactRef("industry_code", Type("code")))),
            Compare("<=", Division(FactRef("industry_code", Type("code"))), Literal(43, Type("division"))),
        )
    )
    assert value("13 ≤ division(industry_code) ≤ 43", {"industry_code": "1310"}) is True
    assert value("13 ≤ division(industry_code) ≤ 43", {"industry_code": "0610"}) is False


def test_equal_conditions_are_equal_trees_however_they_are_written() -> None:
    one, other = read("operating_revenue_2021 >= 2000万元"), read("operating_revenue_2021  ≥ 0.2亿元")
    assert one.expr == other.expr
    assert hash(one.expr) == hash(other.expr)
    assert read('"生产" in food_activities').expr == read('overlaps(food_activities, ["生产"])').expr
    assert isinstance(one.expr, Compare)
    assert isinstance(read('"生产" in food_activities').expr, Overlaps)


@pytest.mark.parametrize(
    ("source", "message", "stretch"),
    [
        ("employee_2021 >= 300", "没有叫 employee_2021 的指标", "employee_2021"),
        ("operating_revenue_2021 >= 2000", "单位或类型不同", "operating_revenue_2021 >= 2000"),
        ("employees_2021 >= 300万元", "单位或类型不同", "employees_2021 >= 300万元"),
        (
            "employees_2021 + rd_expense_2021 > 1元",
            "单位不同，不能相加减",
            "employees_2021 + rd_expense_2021",
        ),
        ('kind == "公司"', "没有代码“公司”", '"公司"'),
        ('district == "巴南"', "不是行政区划代码的写法", '"巴南"'),
        ('kind in ["企业", "企业"]', "写了两次", '"企业"'),
        ('food_activities == "生产"', "多值代码不能直接比较", 'food_activities == "生产"'),
        ('food_activities in ["生产"]', "多值代码不能用 in", "food_activities"),
        ("first_above_scale_year >= 2021", "可以是“无”", "first_above_scale_year >= 2021"),
        ("green_industry == green_industry", "直接当条件用", "green_industry == green_industry"),
        ('kind < "企业"', "只能用 == 或 !=", 'kind < "企业"'),
        ("loans", "是子表", "loans"),
        ("any(loans, any(loans, principal > 1元))", "行里不能再数一张表", "any(loans, principal > 1元)"),
        ("any(loan, principal > 1元)", "要是子表的名字", "loan"),
        ("principal > 1元", "是 loans 的字段", "principal"),
        ("sum(loans, principal, key=1) > 1元", "没有这个参数", "1"),
        ("rd_expense_2021 / 0 > 1元", "除数是 0", "0"),
        ("tiers(rd_expense_2021, (2万元, 1元), (1万元, 2元)) > 1元", "从小到大", None),
        ("days_within(established_on, 2022-01-01, first) > 1天", "参数个数不对", None),
        ("lpr > 1", "按日期取值的表", "lpr"),
        ("division(district) == 13", "只用于行业代码", "district"),
        ("2022-02-30 < established_on", "没有这一天", "2022-02-30"),
        ("kind == '企业", "引号没有配对", None),
        ("企业 == kind", "不认识的文字“企业”", "企业"),
        ("", "表达式是空的", None),
        ("employees_2021 >=", "看不懂", None),
        ("employees_2021 = 300", "看不懂", None),
        ("kind is kind", "不能用 is 比较", None),
        ("employees_2021", "要一个条件", "employees_2021"),
    ],
)
def test_mistakes_are_told_with_their_place(source: str, message: str, stretch: str | None) -> None:
    errors = read(source, BOOL).errors
    assert errors, source
    assert message in errors[0].message
    if stretch is not None:
        assert source[errors[0].start : errors[0].end] == stretch


@pytest.mark.parametrize(
    "source",
    [
        '__import__("os")',
        "kind.__class__",
        "().__class__.__bases__",
        "(lambda: 1)()",
        "[x for x in loans]",
        "{1: 2}",
        'f"{kind}"',
        "(kind := 1)",
        "*kind",
        "any(*loans)",
        "min(**loans)",
        "kind[0]",
        "eval(kind)",
        "open(kind)",
        "getattr(kind, kind)",
        "2 ** 99999",
        "2 // 3",
        "5 % 3",
        "1 << 99",
        "~employees_2021",
        "kind if kind",
        "await kind",
        "yield kind",
        "True",
        "None",
        "kind; kind",
        "kind\n= 1",
        "print",
        "1e9999",
        "0x10",
        "_0",
        "_1 == _1",
        "kind == 'a' 'b'",
        "..." ,
    ],
)  # fmt: skip
def test_nothing_else_is_let_in(source: str) -> None:
    assert read(source).expr is None
    assert read(source).errors


@pytest.mark.parametrize(
    "source", ["(" * 41 + "1" + ")" * 41, "not " * 70 + "green_industry", "1" * 2001, "9" * 19]
)
def test_size_and_depth_are_bounded(source: str) -> None:
    assert read(source).errors


def test_several_mistakes_in_one_line() -> None:
    messages = [error.message for error in read('employee_2021 >= 300 and kind == "公司"', BOOL).errors]
    assert len(messages) == 2


def test_a_term_stands_for_its_condition_on_its_own_table_only() -> None:
    inner = parse('purpose == "流动资金"', Scope(DICTIONARY, table="loans"), BOOL).expr
    assert inner is not None
    scope = Scope(DICTIONARY, terms={"working": Term("working", "流动资金贷款", "loans", inner)})
    assert (
        parse("any(loans, working)", scope, BOOL).expr
        == parse('any(loans, purpose == "流动资金")', scope, BOOL).expr
    )
    assert "只能用在 loans" in parse("any(projects, working)", scope, BOOL).errors[0].message


# -- meaning -------------------------------------------------------------------------------------------------


def test_missing_is_not_zero_and_never_is_an_answer() -> None:
    assert value("rd_expense_2021 >= 0元") == Missing({"rd_expense_2021"})
    assert value("first_above_scale_year == 2021", {"first_above_scale_year": NEVER}) is False
    assert value("first_above_scale_year != 2021", {"first_above_scale_year": NEVER}) is True
    assert value('first_above_scale_year == "无"', {"first_above_scale_year": NEVER}) is True
    assert value("first_above_scale_year == 2021") == Missing({"first_above_scale_year"})


def test_kleene_logic_names_only_what_is_unknown() -> None:
    assert value("green_industry and strategic_emerging", {"green_industry": False}) is False
    assert value("green_industry or strategic_emerging", {"green_industry": True}) is True
    assert value("green_industry and strategic_emerging", {"green_industry": True}) == Missing(
        {"strategic_emerging"}
    )
    assert value("not (green_industry or strategic_emerging)") == Missing(
        {"green_industry", "strategic_emerging"}
    )


def test_division_by_a_zero_fact_names_the_divisor() -> None:
    facts = {"rd_expense_2021": Decimal(5), "operating_revenue_2021": Decimal(0)}
    assert value("rd_expense_2021 / operating_revenue_2021 > 1", facts) == Missing({"operating_revenue_2021"})
    facts["rd_expense_2021"] = None  # type: ignore[assignment]
    both = Missing({"rd_expense_2021", "operating_revenue_2021"})
    assert value("rd_expense_2021 / operating_revenue_2021 > 1", facts) == both


def test_numbers_are_exact() -> None:
    facts = {"rd_expense_2021": Decimal(1), "operating_revenue_2021": Decimal(3)}
    averages = {"rd_intensity_average": {("36", 2021): Decimal("0.3333333333333333333333333333")}}
    source = "rd_expense_2021 / operating_revenue_2021 > rd_intensity_average(division(industry_code), 2021)"
    assert value(source, {**facts, "industry_code": "36"}, parameters=averages) is True
    assert value("0.1 + 0.2 == 0.3") is True


def test_tables_unknown_empty_and_with_gaps() -> None:
    big = "any(loans, principal >= 50万元)"
    assert value(big) == Missing({"loans"})
    assert value(big, tables={"loans": None}) == Missing({"loans"})
    assert value(big, tables={"loans": []}) is False
    assert value("all(loans, principal >= 50万元)", tables={"loans": []}) is True
    rows = [{"principal": Decimal(1)}, {"principal": None}]
    assert value(big, tables={"loans": rows}) == Missing({"loans.principal"})
    assert value("all(loans, principal >= 50万元)", tables={"loans": rows}) is False
    assert value("count(loans, principal >= 50万元) >= 1", tables={"loans": rows}) == Missing(
        {"loans.principal"}
    )
    assert value("sum(loans, principal) > 0元", tables={"loans": []}) is False
    assert value("sum(loans, principal)") == Missing({"loans"})
    assert value("count(loans, principal >= 50万元)", tables={"loans": None}) == Missing({"loans"})


def test_a_sum_rounds_nothing() -> None:
    rows = [{"principal": Decimal("0.01")}] * 3
    assert value("sum(loans, principal / 3)", tables={"loans": rows}) == Fraction(1, 100)


def test_a_sum_asks_only_for_rows_that_may_count() -> None:
    total = 'sum(loans, principal, where=purpose == "流动资金")'
    skipped = {"purpose": "其他", "principal": None}
    counted = {"purpose": "流动资金", "principal": Decimal("10.5")}
    assert value(total, tables={"loans": [skipped, counted]}) == Fraction(21, 2)
    maybe = {"purpose": None, "principal": None}
    unknown = Missing({"loans.purpose", "loans.principal"})
    assert value(total, tables={"loans": [counted, maybe]}) == unknown
    assert value(f"min({total}, 1元)", tables={"loans": [counted, maybe]}) == unknown


def test_days_within_a_window() -> None:
    days = "days_within(established_on, 2022-09-01, first, last)"
    assert value(days, {"established_on": dt.date(2022, 3, 1)}) == 184
    assert value(days, {"established_on": dt.date(2021, 3, 1)}) == 243
    assert value(days, {"established_on": dt.date(2022, 9, 1)}) == 0
    assert value(days, {"established_on": dt.date(2023, 9, 1)}) == 0


def test_a_dated_table_before_its_first_line_is_unknown() -> None:
    assert value("lpr(established_on)", {"established_on": dt.date(2022, 1, 19)}) == Missing({"lpr"})
    assert value("lpr(established_on)", {"established_on": dt.date(2022, 1, 20)}) == Fraction(37, 1000)
    assert value("lpr(established_on)", {"established_on": dt.date(2022, 8, 21)}) == Fraction(37, 1000)
    assert value("lpr(established_on)", {"established_on": dt.date(2022, 8, 22)}) == Fraction(365, 10000)


def test_a_choice_is_lazy() -> None:
    source = "0元 if green_industry else rd_expense_2021"
    assert value(source, {"green_industry": True}) == 0
    assert value(source, {"green_industry": False}) == Missing({"rd_expense_2021"})
    assert value(source) == Missing({"green_industry"})


def test_tiers() -> None:
    source = "tiers(rd_expense_2021, (100万元, 5万元), (500万元, 20万元))"
    for spent, expected in (
        (0, 0),
        (999_999, 0),
        (1_000_000, 50_000),
        (4_999_999, 50_000),
        (5_000_000, 200_000),
    ):
        assert value(source, {"rd_expense_2021": Decimal(spent)}) == expected
    assert value(source) == Missing({"rd_expense_2021"})
    assert read(source, YUAN).errors == ()


def test_a_parameter_table_names_what_is_absent() -> None:
    source = "rd_intensity_average(division(industry_code), 2021) > 1%"
    table = {"rd_intensity_average": {("06", 2021): Decimal("0.02")}}
    assert value(source, {"industry_code": "0610"}, parameters=table) is True
    assert value(source, {"industry_code": "0710"}, parameters=table) == Missing({"rd_intensity_average"})
    assert value(source, {}, parameters=table) == Missing({"industry_code"})
    assert value(source, {"industry_code": "0610"}) == Missing({"rd_intensity_average"})
    assert value(source) == Missing({"industry_code", "rd_intensity_average"})
