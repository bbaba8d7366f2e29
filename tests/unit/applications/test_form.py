"""The form generated from the pack: what is asked, what is refused, what counts as a value; and frozen facts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from babashi.applications import form as forms
from babashi.applications.snapshot import Recording, freeze, thaw
from babashi.audit.errors import Invalid
from babashi.rules import FactDictionary, Item, Parameters, Source, Subject, evaluate, load_pack
from babashi.rules.values import NEVER

DICTIONARY = FactDictionary.load()
PACK = load_pack(Path(__file__).parents[3] / "packs" / "banan" / "2022-63", DICTIONARY)
OFFICIAL = Source("official", "区统计局", dt.date(2022, 6, 30))
DECLARED = Source("declared", "企业自报", dt.date(2022, 8, 1))
DAY = dt.date(2022, 9, 1)
NOBODY = Subject({}, {}, {})


def item(name: str) -> Item:
    return PACK.item(name)


def definition(name: str) -> forms.FormDefinition:
    return forms.define(item(name), DICTIONARY)


@pytest.mark.parametrize(
    ("name", "facts", "tables"),
    [
        ("scale-up", {"kind", "district", "industry_code", "first_above_scale_year"}, {}),
        ("green-retrofit", {"kind", "district"}, {"projects": {"project_id", "category", "equipment_investment"}}),
        (
            "interest-subsidy",
            {
                "kind", "district", "industry_code", "employees_2021", "operating_revenue_2021",
                "strategic_emerging", "green_industry", "pollution_carbon_reduction",
                "interest_subsidy_other_category",
            },
            {"certificates": {"kind"}, "loans": {"loan_id", "purpose", "principal", "starts_on", "ends_on"}},
        ),
    ],
)  # fmt: skip
def test_form_asks_exactly_what_the_rule_reads(
    name: str, facts: set[str], tables: dict[str, set[str]]
) -> None:
    found = definition(name)
    assert {spec.id for spec in found.facts} == facts
    assert {table.spec.id: {column.id for column in table.columns} for table in found.tables} == tables


def test_only_what_no_department_knows_has_to_be_prepared() -> None:
    found = definition("green-retrofit")
    assert forms.to_prepare(found, NOBODY) == ["主体类型", "行政区划代码", "技改项目明细"]
    known = {"kind": "企业", "district": "500113"}
    subject = Subject(known, {"projects": ()}, {"kind": OFFICIAL, "district": DECLARED, "projects": OFFICIAL})
    assert forms.to_prepare(found, subject) == ["行政区划代码"]


def test_official_values_are_read_only_and_differences_are_kept() -> None:
    subject = Subject({"first_above_scale_year": 2020}, {}, {"first_above_scale_year": OFFICIAL})
    scale_up = definition("scale-up")
    with pytest.raises(Invalid):
        forms.accept(scale_up, subject, {"fact.first_above_scale_year": "2021"})
    form = forms.accept(scale_up, subject, {"differs.first_above_scale_year": "2021"})
    typed = forms.read(scale_up, subject, form)
    assert typed.differs == {"first_above_scale_year": 2021}
    assert forms.overlay(subject, typed, DECLARED).facts["first_above_scale_year"] == 2020
    assert forms.overlay(subject, typed, DECLARED, differences=True).facts["first_above_scale_year"] == 2021


def test_declared_values_stay_editable() -> None:
    subject = Subject({"industry_code": "3670"}, {}, {"industry_code": DECLARED})
    assert forms.initial(definition("scale-up"), subject, ("李", "023"))["fact.industry_code"] == "3670"
    with pytest.raises(Invalid):
        forms.accept(definition("scale-up"), subject, {"differs.industry_code": "5211"})


@pytest.mark.parametrize(
    "name",
    [
        "state", "fact.", "fact.nonsense", "fact.uscc", "fact.employees_2021", "rows.loans.0.principal",
        "rows.projects.100.category", "rows.projects.-1.category", "rows.projects.0.completed_on",
        "none.loans", "use.nonsense", "differs.kind", "__class__", "",
    ],
)  # fmt: skip
def test_foreign_fields_are_refused(name: str) -> None:
    with pytest.raises(Invalid):
        forms.accept(definition("green-retrofit"), NOBODY, {name: "1"})


def test_only_an_official_records_the_other_category() -> None:
    with pytest.raises(Invalid):
        forms.accept(definition("interest-subsidy"), NOBODY, {"fact.interest_subsidy_other_category": "是"})


def test_too_long_is_refused_and_wrong_is_kept() -> None:
    with pytest.raises(Invalid):
        forms.accept(definition("scale-up"), NOBODY, {"fact.industry_code": "1" * 501})
    kept = forms.accept(definition("scale-up"), NOBODY, {"fact.industry_code": " 三千六 "})
    assert kept == {"fact.industry_code": " 三千六 "}
    typed = forms.read(definition("scale-up"), NOBODY, kept)
    assert "行业代码" in typed.errors["fact.industry_code"]
    assert typed.facts["industry_code"] is None


def test_missing_is_not_zero_and_unclear_is_not_no() -> None:
    typed = forms.read(definition("rd-investment"), NOBODY, {"fact.rd_expense_2020": "0"})
    assert typed.facts["rd_expense_2020"] == Decimal(0)
    assert typed.facts["rd_expense_2021"] is None
    unclear = forms.read(definition("interest-subsidy"), NOBODY, {"fact.green_industry": "?"})
    assert unclear.facts["green_industry"] is None
    assert unclear.asked == {"green_industry"}


def test_rows_none_and_unknown_are_three_things() -> None:
    retrofit = definition("green-retrofit")
    nothing = forms.overlay(NOBODY, forms.read(retrofit, NOBODY, {}), DECLARED)
    assert nothing.rows("projects") is None
    none = forms.overlay(NOBODY, forms.read(retrofit, NOBODY, {"none.projects": "on"}), DECLARED)
    assert none.rows("projects") == []
    row = {
        "rows.projects.3.project_id": "P1", "rows.projects.3.category": "节能降碳",
        "rows.projects.3.equipment_investment": "1000000",
    }  # fmt: skip
    some = forms.read(retrofit, NOBODY, row)
    assert some.rows["projects"] == [
        {"project_id": "P1", "category": "节能降碳", "equipment_investment": Decimal("1000000.00")}
    ]
    both = forms.read(retrofit, NOBODY, {**row, "none.projects": "on"})
    assert "none.projects" in both.errors


def test_two_rows_with_one_number_and_gaps_in_a_row_are_errors() -> None:
    form = {
        "rows.projects.0.project_id": "P1", "rows.projects.0.category": "清洁生产",
        "rows.projects.0.equipment_investment": "1", "rows.projects.1.project_id": "P1",
    }  # fmt: skip
    errors = forms.read(definition("green-retrofit"), NOBODY, form).errors
    assert "编号相同" in errors["rows.projects.1.project_id"]
    assert "请填写设备投入" in errors["rows.projects.1.equipment_investment"]


def test_official_rows_count_until_the_applicant_says_they_are_wrong() -> None:
    official = Subject({}, {"projects": []}, {"projects": OFFICIAL})
    row = {
        "rows.projects.0.project_id": "P1", "rows.projects.0.category": "节能降碳",
        "rows.projects.0.equipment_investment": "1000000",
    }  # fmt: skip
    retrofit = definition("green-retrofit")
    assert forms.read(retrofit, official, row).rows == {}
    typed = forms.read(retrofit, official, {**row, "use.projects": "on"})
    assert forms.overlay(official, typed, DECLARED).rows("projects") == []
    assert len(forms.overlay(official, typed, DECLARED, differences=True).rows("projects") or ()) == 1


MONEY = st.none() | st.decimals(0, 20_000_000, places=2)
LOAN = st.fixed_dictionaries(
    {
        "loan_id": st.text("ABC123", min_size=1, max_size=5),
        "purpose": st.none() | st.sampled_from(["流动资金", "固定资产"]),
        "principal": MONEY,
        "starts_on": st.none() | st.dates(dt.date(2021, 6, 1), dt.date(2023, 1, 1)),
        "ends_on": st.none() | st.dates(dt.date(2022, 1, 1), dt.date(2023, 6, 1)),
    }
)
SUBJECT = st.builds(
    Subject,
    st.fixed_dictionaries(
        {
            "district": st.none() | st.just("500113"),
            "kind": st.none() | st.sampled_from(["企业", "园区"]),
            "industry_code": st.none() | st.sampled_from(["3670", "36", "5211"]),
            "employees_2021": st.none() | st.integers(0, 1000),
            "operating_revenue_2021": MONEY,
            "rd_expense_2020": MONEY,
            "rd_expense_2021": MONEY,
            "first_above_scale_year": st.none() | st.just(NEVER) | st.integers(2019, 2022),
            "green_industry": st.none() | st.booleans(),
            "strategic_emerging": st.none() | st.booleans(),
            "pollution_carbon_reduction": st.none() | st.booleans(),
            "interest_subsidy_other_category": st.none() | st.booleans(),
            "food_activities": st.none() | st.frozensets(st.sampled_from(["生产", "餐饮"])),
        }
    ),
    st.fixed_dictionaries({"loans": st.none() | st.lists(LOAN, max_size=3), "certificates": st.just([])}),
    st.just({"industry_code": OFFICIAL, "loans": DECLARED}),
)
AVERAGES = st.dictionaries(
    st.tuples(st.sampled_from(["36", "37"]), st.just(2021)),
    st.none() | st.decimals(0, "0.1", places=4),
    max_size=2,
)


@settings(max_examples=150, deadline=None)
@given(SUBJECT, AVERAGES, st.sampled_from([found.id for found in PACK.items if found.applicant != "person"]))
def test_frozen_facts_give_the_same_answer_again(
    subject: Subject, averages: dict[tuple[str, int], Decimal | None], name: str
) -> None:
    rule = item(name)
    recording = Recording(Parameters({"rd_intensity_average": averages}))
    before = evaluate(rule, subject, recording, DAY).to_json()
    data = freeze(subject, recording.used, rule.facts, DICTIONARY, DAY)
    snapshot = thaw(data, DICTIONARY)
    assert evaluate(rule, snapshot.subject, snapshot.parameters, snapshot.as_of).to_json() == before
