"""All explanations of one subject at once say what the scalar evaluator says, trace included."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from babashi.rules.evaluate import evaluate, evaluate_all
from babashi.rules.facts import FactDictionary
from babashi.rules.loader import load_pack
from babashi.rules.overview import Outline, Overview
from babashi.rules.pack import All, Any, Benefit, Clause, Item, Node, Not, Pack
from babashi.rules.parser import Scope, parse
from babashi.rules.units import BOOL, YUAN
from babashi.rules.values import Parameters, Source, Subject
from tests.property.random_rules import RuleWriter, random_parameters, random_subject

AS_OF = dt.date(2022, 9, 1)

GENERATE = (Phase.explicit, Phase.reuse, Phase.generate)
"""A seed has no simpler form: shrinking one takes minutes and explains nothing."""


@lru_cache(maxsize=1)
def shipped() -> Pack:
    return load_pack(Path(__file__).parents[2] / "packs/banan/2022-63", FactDictionary.load())


def with_sources(subject: Subject, rng: random.Random) -> Subject:
    names = [*subject.facts, *subject.tables, "rd_intensity_average", "loans.0", "loans.1.principal"]
    return replace(
        subject, sources={name: Source("official", f"来源 {name}") for name in names if rng.random() < 0.7}
    )


def assert_same(items: list[Item], subject: Subject, parameters: Parameters, as_of: dt.date = AS_OF) -> None:
    overview = Overview(Outline(items), subject, parameters, as_of)
    assert len(overview) == len(items)
    for item, explanation, row in zip(items, overview, overview.rows(), strict=True):
        expected = evaluate(item, subject, parameters, as_of)
        assert row[:4] == (
            expected.verdict, (expected.amount_min, expected.amount_max), expected.failed, expected.missing,
        )  # fmt: skip
        assert (explanation.verdict, explanation.amounts, explanation.failed, explanation.missing) == row[:4]
        assert explanation.item is item
        traced = list(expected.trace.walk())
        assert [finding.truth for finding in explanation.findings] == [node.truth for node in traced]
        assert [finding.values for finding in row[4]] == [node.values for node in traced]
        for (condition, _), node in zip(explanation.lines, traced, strict=True):
            assert (condition.node.id, condition.kind, condition.text) == (node.id, node.kind, node.text)
        assert explanation.result().to_json() == expected.to_json()


@given(st.randoms(use_true_random=False), st.sampled_from([0.0, 0.1, 0.4, 1.0]))
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), phases=GENERATE)
def test_random_packs_and_registers(rng: random.Random, missing: float) -> None:
    dictionary = shipped().dictionary
    writer = RuleWriter(rng, dictionary)
    items = [writer.item(shipped().items[0], f"item-{position}") for position in range(6)]
    items += [replace(items[0], id="again", full_id="random/again", benefit=items[1].benefit)]
    subject = with_sources(random_subject(rng, dictionary, missing), rng)
    assert_same(items, subject, random_parameters(rng))


@pytest.mark.parametrize("seed", range(40))
def test_the_shipped_pack(seed: int) -> None:
    rng = random.Random(seed)
    subject = with_sources(random_subject(rng, shipped().dictionary, 0.15), rng)
    assert_same(
        list(shipped().items), subject, random_parameters(rng), dt.date(2022, 12, 31) + dt.timedelta(seed % 2)
    )


def test_more_than_sixty_four_missing_facts() -> None:
    """Missing facts are bits in words of 64; the second and third word must not be lost."""
    lines = [f"  flag_{number}: {{type: bool, label: 标志{number}}}" for number in range(150)]
    dictionary = FactDictionary.from_text("facts:\n" + "\n".join(lines))
    clauses = [
        Clause(id=f"c{number}", test=expr)
        for number, fact in enumerate(dictionary.facts)
        if (expr := parse(fact, Scope(dictionary), BOOL).expr) is not None
    ]
    trees: list[Node] = [
        All(tuple(clauses), id="all"),
        Any(tuple(reversed(clauses)), id="any"),
        Not(All(tuple(clauses[60:70]), id="middle"), id="not"),
        clauses[-1],
    ]
    items = [
        replace(shipped().items[0], id=f"i{n}", eligible=tree, dictionary=dictionary)
        for n, tree in enumerate(trees)
    ]
    assert_same(items, Subject({}), Parameters())
    assert_same(items, Subject({"flag_3": False, "flag_63": True, "flag_64": True}), Parameters())
    missing = [explanation.missing for explanation in Overview(Outline(items), Subject({}), None, AS_OF)]
    assert [len(refs) for refs in missing] == [150, 150, 10, 1]


def test_groups_without_parts_and_no_items() -> None:
    template = shipped().items[0]
    trees: list[Node] = [
        All(()), Any((), id="none"), Not(All((), id="a"), id="b"), All((Any((), id="x"), All((), id="y")), id="z"),
    ]  # fmt: skip
    items = [replace(template, id=f"i{n}", eligible=tree) for n, tree in enumerate(trees)]
    assert_same(items, Subject({}), Parameters())
    assert list(Overview(Outline([]), Subject({}), None, AS_OF)) == []


def test_items_of_two_dictionaries_are_refused() -> None:
    other = replace(shipped().items[0], dictionary=replace(shipped().dictionary))
    with pytest.raises(ValueError, match="one fact dictionary"):
        Outline([shipped().items[0], other])


def test_an_overview_does_not_change_when_read() -> None:
    """Findings are shared between policies, so they can't be written to."""
    items = list(shipped().items)
    subject = random_subject(random.Random(3), shipped().dictionary, 0.2)
    overview = Overview(Outline(items), subject, None, AS_OF)
    with pytest.raises(AttributeError):
        overview[0].findings[0].truth = True  # type: ignore[misc]
    before = [result.to_json() for result in evaluate_all(items, subject, None, AS_OF)]
    assert [entry.result().to_json() for entry in overview] == before
    assert [entry.result().to_json() for entry in overview] == before


@pytest.mark.parametrize("spent", ["7", "9999999999999.99"])
def test_an_amount_too_large_for_money_is_unknown_here_too(spent: str) -> None:
    writer = RuleWriter(random.Random(1), shipped().dictionary)
    amount = writer.compiled("rd_expense_2020 / (rd_expense_2021 / 1000000元)", YUAN)
    always = Clause(id="c", test=writer.compiled("rd_expense_2020 >= 0元", BOOL))
    item = replace(shipped().items[0], eligible=always, benefit=Benefit(kind="reward", ceiling=amount))
    subject = Subject({"rd_expense_2020": Decimal(spent), "rd_expense_2021": Decimal("0.01")})
    assert_same([item], subject, Parameters())
    (trace,) = evaluate(item, subject, Parameters(), AS_OF).amount_trace
    assert (trace.amount is None) == (spent != "7")
    assert bool(trace.missing) == (spent != "7")
