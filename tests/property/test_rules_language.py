"""Properties of the language: nothing escapes it, logic is Kleene's, knowing more never contradicts."""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from babashi.rules.compiled import Env, Missing, compile_expr, kleene
from babashi.rules.evaluate import evaluate
from babashi.rules.facts import FactDictionary, packs_root
from babashi.rules.loader import load_pack
from babashi.rules.money import round_fen
from babashi.rules.parser import FUNCTIONS, Parsed, Scope, parse
from babashi.rules.results import Result
from babashi.rules.tree import walk
from babashi.rules.values import NEVER, Parameters, Subject

DICTIONARY = FactDictionary.load()
SCOPE = Scope(DICTIONARY)
PACK = load_pack(packs_root() / "banan" / "2022-63", DICTIONARY)
ITEMS = [item for item in PACK.items if item.applicant == "enterprise"]

FRAGMENTS = st.sampled_from(
    [
        *DICTIONARY.facts, *DICTIONARY.tables, *FUNCTIONS, "and", "or", "not", "in", "if", "else", "is", "lambda", "for",
        "(", ")", "[", "]", "{", "}", ",", ".", ":", "=", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "**", "%",
        "@", ":=", "300", "20万元", "10%", "2022-01-01", "360天", '"企业"', "'流动资金'", "__import__", "__class__", "_0", "_1",
        "os", "system", "eval", "f\"", "\\", "\n", "#", ";", "≥", "（", "）", "，", "\x00", "\u202e", "principal", "where=",
    ]
)  # fmt: skip


class Trap(dict):  # type: ignore[type-arg]
    """Facts that notice when something but an id of the dictionary is asked for."""

    def get(self, key, default=None):  # type: ignore[no-untyped-def]
        assert key in DICTIONARY.facts
        return default


@settings(max_examples=600, deadline=None)
@given(st.lists(FRAGMENTS, max_size=25).map(" ".join) | st.text(max_size=200))
def test_whatever_is_written_is_refused_in_chinese_or_only_reads_facts(source: str) -> None:
    before = set(sys.modules)
    parsed: Parsed = parse(source, SCOPE)
    assert set(sys.modules) == before
    if parsed.expr is None:
        assert parsed.errors
        for error in parsed.errors:
            assert any("\u4e00" <= character <= "\u9fff" for character in error.message)
            assert 0 <= error.start <= max(len(source), 1)
    else:
        assert parsed.errors == ()
        outcome = compile_expr(parsed.expr)(Env(Subject(Trap())))
        assert isinstance(outcome, (Missing, bool, int, Fraction, str, dt.date)) or outcome is NEVER
        assert len(list(walk(parsed.expr))) < 400


TRUTHS = st.sampled_from([True, False, Missing({"a"}), Missing({"b"}), Missing({"a", "c"})])


@given(st.lists(TRUTHS, max_size=6))
def test_and_or_are_kleenes_and_dual(values: list) -> None:
    conjunction = kleene(False, values)
    if any(value is False for value in values):
        assert conjunction is False
    elif all(value is True for value in values):
        assert conjunction is True
    else:
        assert conjunction == frozenset().union(*(value for value in values if isinstance(value, Missing)))
    flipped = [value if isinstance(value, Missing) else not value for value in values]
    disjunction = kleene(True, flipped)
    assert disjunction == (conjunction if isinstance(conjunction, Missing) else not conjunction)


@given(st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**7))
def test_rounding_is_half_up_to_the_fen(value: Fraction) -> None:
    rounded = round_fen(value)
    assert rounded.as_tuple().exponent == -2
    difference = Fraction(rounded) - value
    assert abs(difference) <= Fraction(1, 200)
    if abs(difference) == Fraction(1, 200):
        assert abs(Fraction(rounded)) > abs(value)


# -- knowing more ----------------------------------------------------------------------------------------------

FACTS = {
    "kind": st.sampled_from(["企业", "企业", "企业", "园区", "个体工商户"]),
    "district": st.sampled_from(["500113", "500113", "500113", "500112"]),
    "industry_code": st.sampled_from(["3612", "13", "0610", "5110"]),
    "employees_2021": st.sampled_from([0, 299, 300, 5000]),
    "operating_revenue_2021": st.sampled_from(
        [Decimal(0), Decimal("19999999.99"), Decimal(20_000_000), Decimal(10**9)]
    ),
    "first_above_scale_year": st.sampled_from([2020, 2021, NEVER]),
    "rd_expense_2020": st.sampled_from([Decimal(0), Decimal(6_000_000)]),
    "rd_expense_2021": st.sampled_from([Decimal(0), Decimal(8_000_000), Decimal(10_000_000)]),
    "strategic_emerging": st.booleans(),
    "green_industry": st.booleans(),
    "pollution_carbon_reduction": st.booleans(),
    "interest_subsidy_other_category": st.booleans(),
    "food_activities": st.sampled_from([frozenset(), frozenset({"生产"})]),
    "key_industry": st.sampled_from([frozenset(), frozenset({"数智经济"})]),
}
LOANS = st.lists(
    st.fixed_dictionaries(
        {
            "purpose": st.sampled_from(["流动资金", "其他"]),
            "principal": st.sampled_from([Decimal("499999.99"), Decimal(500_000), Decimal(36_000_000)]),
            "starts_on": st.dates(dt.date(2021, 6, 1), dt.date(2022, 12, 31)),
            "ends_on": st.dates(dt.date(2022, 1, 1), dt.date(2023, 6, 1)),
        }
    ),
    max_size=3,
)
CERTIFICATES = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["绿色制造示范", "专精特新", "其他"]),
            "level": st.sampled_from(["国家级", "市级", "区级"]),
        }
    ),
    max_size=2,
)
PROJECTS = st.lists(
    st.fixed_dictionaries(
        {
            "category": st.sampled_from(["清洁生产", "其他"]),
            "equipment_investment": st.sampled_from([Decimal(100), Decimal(10**8)]),
        }
    ),
    max_size=2,
)
AVERAGES = Parameters({"rd_intensity_average": {("36", 2021): Decimal("0.01"), ("13", 2021): Decimal("0.9")}})
DAY = dt.date(2022, 9, 1)


@st.composite
def knowledge(draw):  # type: ignore[no-untyped-def]
    """A subject all of whose facts are known, and the same with some of them forgotten."""
    facts = {name: draw(strategy) for name, strategy in FACTS.items()}
    tables = {"loans": draw(LOANS), "certificates": draw(CERTIFICATES), "projects": draw(PROJECTS)}
    forgotten = draw(st.sets(st.sampled_from(list(facts)), max_size=4))
    lost = draw(st.sets(st.sampled_from(list(tables)), max_size=1))
    dim = {
        name: None if name in lost
        else [{c: None if draw(st.integers(0, 9)) == 0 else v for c, v in row.items()} for row in rows]
        for name, rows in tables.items()
    }  # fmt: skip
    less = {name: None if name in forgotten else value for name, value in facts.items()}
    return Subject(facts, tables), Subject(less, dim)


@settings(max_examples=250, deadline=None)
@given(knowledge())
def test_what_is_decided_with_less_knowledge_stays_so(pair) -> None:  # type: ignore[no-untyped-def]
    whole, less = pair
    for item in ITEMS:
        known, guessed = evaluate(item, whole, AVERAGES, DAY), evaluate(item, less, AVERAGES, DAY)
        if guessed.verdict == "unknown":
            assert guessed.missing
            assert guessed.failed == ()
            assert guessed.amount_min is guessed.amount_max is None
            continue
        assert guessed.verdict == known.verdict
        assert set(guessed.failed) <= set(known.failed)
        if guessed.verdict == "eligible" and not guessed.missing:
            assert guessed.amount_max == known.amount_max
        if guessed.verdict == "ineligible":
            assert guessed.failed
            assert guessed.missing == ()


@settings(max_examples=60, deadline=None)
@given(knowledge())
def test_the_trace_proves_the_verdict_and_survives_storage(pair) -> None:  # type: ignore[no-untyped-def]
    for item in ITEMS:
        result = evaluate(item, pair[1], AVERAGES, DAY)
        truth = {"eligible": True, "ineligible": False, "unknown": None}[result.verdict]
        assert result.trace.truth is truth
        failed = [child.id for child in result.trace.children if child.truth is False]
        assert list(result.failed) == failed
        if result.verdict == "unknown":
            unknown = {ref for child in result.trace.children if child.truth is None for ref in child.missing}
            assert set(result.missing) == unknown
        stored = Result.from_json(result.to_json())
        assert stored.to_json() == result.to_json()
