"""Scalar and columnar evaluation are one meaning: verdict, amounts, missing facts and failed clauses agree."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from babashi.rules.columnar import Matcher, batch_of_subjects
from babashi.rules.columnar.match import HAS_NUMBA, Engine
from babashi.rules.evaluate import evaluate
from babashi.rules.facts import FactDictionary
from babashi.rules.loader import load_pack
from babashi.rules.money import MOST_YUAN
from babashi.rules.pack import Benefit, Clause, Item, Pack
from babashi.rules.units import BOOL, YUAN
from babashi.rules.values import Parameters, Subject
from tests.property.random_rules import RuleWriter, random_parameters, random_subject

AS_OF = dt.date(2022, 9, 1)
ENGINES: list[Engine] = ["numpy", "numba"] if HAS_NUMBA else ["numpy"]
Outcome = tuple[str, Decimal | None, Decimal | None, frozenset[str], tuple[str, ...]]


@lru_cache(maxsize=1)
def shipped() -> Pack:
    return load_pack(Path(__file__).parents[2] / "packs/banan/2022-63", FactDictionary.load())


def fen(amounts: np.ndarray | None, known: np.ndarray | None, place: int) -> Decimal | None:
    if amounts is None or known is None or not known[place]:
        return None
    return Decimal(int(amounts[place])).scaleb(-2)


def columnar(
    items: list[Item], subjects: list[Subject], parameters: Parameters, engine: Engine
) -> list[list[Outcome]]:
    """Outcome of each item for each subject, by way of the columns."""
    batch = batch_of_subjects(subjects, shipped().dictionary, parameters)
    matcher = Matcher(items, engine)
    verdicts = matcher.verdicts(batch)
    table: list[list[Outcome]] = []
    for position in range(len(items)):
        rows: list[Outcome] = [("", None, None, frozenset(), ())] * len(subjects)
        eligible = np.flatnonzero(verdicts.eligible(position))
        amounts = matcher.amounts(batch, position, eligible)
        for place, row in enumerate(eligible):
            missing = frozenset(ref for ref, held in amounts.missing.items() if held[place])
            floor = fen(amounts.floor, amounts.floor_known, place)
            rows[row] = ("eligible", floor, fen(amounts.ceiling, amounts.ceiling_known, place), missing, ())
        unknown = np.flatnonzero(verdicts.unknown(position))
        masks = matcher.missing(batch, position, unknown)
        for place, row in enumerate(unknown):
            rows[row] = (
                "unknown",
                None,
                None,
                frozenset(ref for ref, held in masks.items() if held[place]),
                (),
            )
        ineligible = np.flatnonzero(verdicts.ineligible(position))
        failed = matcher.failed(batch, position, ineligible)
        for place, row in enumerate(ineligible):
            ids = tuple(clause for clause, held in failed.items() if held[place])
            rows[row] = ("ineligible", None, None, frozenset(), ids)
        assert verdicts.counts[position].tolist() == [len(eligible), len(ineligible)]
        table.append(rows)
    return table


def scalar(item: Item, subject: Subject, parameters: Parameters) -> Outcome:
    result = evaluate(item, subject, parameters, AS_OF)
    return (result.verdict, result.amount_min, result.amount_max, frozenset(result.missing), result.failed)


def assert_agreement(items: list[Item], subjects: list[Subject], parameters: Parameters) -> None:
    for engine in ENGINES:
        table = columnar(items, subjects, parameters, engine)
        for item, rows in zip(items, table, strict=True):
            for subject, outcome in zip(subjects, rows, strict=True):
                assert outcome == scalar(item, subject, parameters), (engine, item.eligible, item.benefit)


@given(st.randoms(use_true_random=False), st.sampled_from([0.0, 0.1, 0.4]))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_packs_and_registers(rng: random.Random, missing: float) -> None:
    dictionary = shipped().dictionary
    writer = RuleWriter(rng, dictionary)
    items = [writer.item(shipped().items[0], f"item-{position}") for position in range(6)]
    subjects = [random_subject(rng, dictionary, missing) for _ in range(rng.choice((1, 7, 65)))]
    assert_agreement(items, subjects, random_parameters(rng))


@pytest.mark.parametrize("seed", range(3))
def test_the_shipped_pack_on_a_random_register(seed: int) -> None:
    rng = random.Random(seed)
    items = [item for item in shipped().items if item.applicant != "person"]
    subjects = [random_subject(rng, shipped().dictionary, 0.12) for _ in range(400)]
    assert_agreement(items, subjects, random_parameters(rng))


def test_a_near_tie_is_decided_exactly() -> None:
    """0.1 + 0.2 in floats is not 0.3; a quotient equal to the threshold must count as reached."""
    item = next(item for item in shipped().items if item.id == "rd-investment")
    parameters = Parameters({"rd_intensity_average": {(13, 2021): Decimal("0.3")}})
    subjects = [
        Subject({
            "district": "500113", "kind": "企业", "industry_code": "1310", "rd_expense_2020": Decimal(1),
            "rd_expense_2021": Decimal("0.03") * factor + cent, "operating_revenue_2021": Decimal("0.1") * factor,
        })
        for factor in (1, 3, 7, 1001)
        for cent in (Decimal("-0.01"), Decimal(0), Decimal("0.01"))
    ]  # fmt: skip
    assert_agreement([item], subjects, parameters)
    assert [scalar(item, subject, parameters)[0] for subject in subjects[1::3]] == ["eligible"] * 4


def test_no_rows_and_no_items() -> None:
    batch = batch_of_subjects([], shipped().dictionary)
    for engine in ENGINES:
        assert Matcher(list(shipped().items), engine).counts(batch).tolist() == [[0, 0]] * len(
            shipped().items
        )
        assert Matcher([], engine).counts(batch).shape == (0, 2)


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_quotients_round_and_compare_exactly(rng: random.Random) -> None:
    """Products and quotients leave the exact integers; ties of a half fen and equalities still come out right."""
    writer = RuleWriter(rng, shipped().dictionary)
    quotient = "rd_expense_2020 * rd_expense_2021 / operating_revenue_2021"
    template = shipped().items[0]
    items = [
        replace(
            template,
            eligible=Clause(id="c", test=writer.compiled(f"{quotient} {operator} {threshold}", BOOL)),
            benefit=Benefit(kind="reward", ceiling=writer.compiled(quotient, YUAN)),
        )
        for operator, threshold in (("==", "0.07元"), ("<", "0.3元"), (">=", "0.285元"), (">", "0元"))
    ]
    subjects = []
    for _ in range(200):
        target, revenue = (
            rng.choice(("0.07", "0.3", "0.285", "0.005", "12.345", "0.015")),
            rng.randrange(1, 10**6),
        )
        expense = rng.choice((1, 3, 7, 10, 30))
        product = Decimal(target) * revenue / expense
        cents = product.quantize(Decimal("0.01"))
        facts = {
            "rd_expense_2020": cents,
            "rd_expense_2021": Decimal(expense),
            "operating_revenue_2021": Decimal(revenue),
        }
        subjects.append(Subject(facts))
    assert_agreement(items, subjects, Parameters())


QUOTIENT = "rd_expense_2020 / (rd_expense_2021 / 1000000元)"
HUGE = ("1", "0.01", "99999999.99", "100000000", "100000000.01", "9999999999999.99", "9999999999999999.99")
"""Around 10^16 yuan by way of a quotient over a millionth, and around the width of 64 bits."""


@given(
    st.lists(st.tuples(st.sampled_from(HUGE), st.sampled_from(("0.01", "0.02", "1", "3", "1000000", None)))),
    st.sampled_from((QUOTIENT, f"-({QUOTIENT})", f"{QUOTIENT} + 0.005元", f"{QUOTIENT} * 7 / 3")),
)
@settings(max_examples=150, deadline=None)
def test_what_no_amount_of_money_can_be_is_unknown_in_rows_and_columns(
    sizes: list[tuple[str, str | None]], amount: str
) -> None:
    """One wrong figure must not end the batch, and nobody else's answer may change."""
    writer = RuleWriter(random.Random(1), shipped().dictionary)
    always = Clause(id="c", test=writer.compiled("operating_revenue_2021 >= 0元", BOOL))
    benefit = Benefit(
        kind="reward", floor=writer.compiled("rd_expense_2020", YUAN), ceiling=writer.compiled(amount, YUAN)
    )
    item = replace(shipped().items[0], eligible=always, benefit=benefit)
    subjects = [
        Subject({
            "operating_revenue_2021": Decimal(1),
            "rd_expense_2020": Decimal(spent),
            "rd_expense_2021": None if base is None else Decimal(base),
        })
        for spent, base in [*sizes, ("9999999999999999.99", "0.01"), ("70", "7000000")]
    ]  # fmt: skip
    assert_agreement([item], subjects, Parameters())
    wrong, usual = (scalar(item, subject, Parameters()) for subject in subjects[-2:])
    assert wrong[2] is None
    assert wrong[3] == {"rd_expense_2020", "rd_expense_2021"}, "what has to be looked at again is named"
    assert usual[2] is not None
    assert usual[3] == frozenset()
    for subject in subjects:
        _, least, most, _, _ = scalar(item, subject, Parameters())
        assert all(found is None or abs(found) <= MOST_YUAN for found in (least, most))


def test_the_largest_amount_is_the_last_that_its_column_holds() -> None:
    writer = RuleWriter(random.Random(1), shipped().dictionary)
    always = Clause(id="c", test=writer.compiled("rd_expense_2021 >= 0元", BOOL))
    for amount, known in (
        ("* 1", True),
        ("+ 0.004元", True),
        ("+ 0.005元", False),
        ("* 2", False),
        ("* 900", False),
    ):
        benefit = Benefit(kind="reward", ceiling=writer.compiled(f"rd_expense_2021 {amount}", YUAN))
        item = replace(shipped().items[0], eligible=always, benefit=benefit)
        subjects = [Subject({"rd_expense_2021": MOST_YUAN}), Subject({"rd_expense_2021": Decimal(7)})]
        assert_agreement([item], subjects, Parameters())
        assert scalar(item, subjects[0], Parameters())[2] == (MOST_YUAN if known else None), amount
        assert scalar(item, subjects[1], Parameters())[2] is not None


def test_whole_numbers_have_the_same_end() -> None:
    """People times yuan a person stay whole in their column, where more would fit than an amount of money has."""
    writer = RuleWriter(random.Random(1), shipped().dictionary)
    always = Clause(id="c", test=writer.compiled("employees_2021 >= 0人", BOOL))
    benefit = Benefit(kind="reward", ceiling=writer.compiled("employees_2021 * 1000元/人", YUAN))
    item = replace(shipped().items[0], eligible=always, benefit=benefit)
    for people, known in ((10**13 - 1, True), (10**13, False), (2 * 10**13, False)):
        subjects = [Subject({"employees_2021": people}), Subject({"employees_2021": 3})]
        assert_agreement([item], subjects, Parameters())
        assert (scalar(item, subjects[0], Parameters())[2] is not None) is known
