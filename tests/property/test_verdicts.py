"""Few or many: the scalar and the columnar way of matching say the same, digest of what is said included."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from babashi.matching import verdicts
from babashi.matching.verdicts import Judge, Said
from babashi.rules.columnar import Batch, ColumnError, batch_of_subjects
from babashi.rules.evaluate import evaluate
from babashi.rules.facts import FactDictionary
from babashi.rules.loader import load_pack
from babashi.rules.pack import Benefit, Clause, Item, Pack, Round
from babashi.rules.units import BOOL, YUAN
from babashi.rules.values import NO_PARAMETERS, Parameters, Subject
from tests.property.random_rules import RuleWriter, random_parameters, random_subject

AS_OF = dt.date(2022, 9, 1)


@lru_cache(maxsize=1)
def shipped() -> Pack:
    return load_pack(Path(__file__).parents[2] / "packs/banan/2022-63", FactDictionary.load())


@dataclass
class Listed:
    """Subjects in a list; ``broken`` fits no column."""

    subjects: list[Subject]
    broken: Subject | None = None

    def __len__(self) -> int:
        return len(self.subjects)

    def part(self, start: int, stop: int) -> Listed:
        return Listed(self.subjects[start:stop], self.broken)

    def subject(self, place: int) -> Subject:
        return self.subjects[place]

    def batch(self, refs: Iterable[str], parameters: Parameters = NO_PARAMETERS) -> Batch:
        if self.broken in self.subjects:
            raise ColumnError("too large")
        return batch_of_subjects(self.subjects, shipped().dictionary, parameters)


def told(said: Said) -> dict[tuple[int, int], tuple[object, ...]]:
    rows = zip(said.eligible, said.low, said.high, said.missing, said.says, strict=True)
    pairs = zip(said.place.tolist(), said.item.tolist(), strict=True)
    found = {pair: tuple(row) for pair, row in zip(pairs, rows, strict=True)}
    assert len(found) == len(said)
    return found


def judged(items: list[Item], many: Listed, parameters: Parameters, few: int) -> Said:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verdicts, "FEW", few)
        return Judge(items, parameters, AS_OF).judge(many)


@given(st.randoms(use_true_random=False), st.sampled_from([0.0, 0.1, 0.4]))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_few_and_many_say_the_same(rng: random.Random, missing: float) -> None:
    dictionary = shipped().dictionary
    writer = RuleWriter(rng, dictionary)
    items = [writer.item(shipped().items[0], f"item-{position}") for position in range(5)]
    many = Listed([random_subject(rng, dictionary, missing) for _ in range(40)])
    parameters = random_parameters(rng)
    in_columns = told(judged(items, many, parameters, few=0))
    assert in_columns == told(judged(items, many, parameters, few=1000))
    for place, subject in enumerate(many.subjects):
        for number, item in enumerate(items):
            result = evaluate(item, subject, parameters, AS_OF)
            if result.verdict == "ineligible":
                assert (place, number) not in in_columns
            else:
                eligible, low, high, refs, _ = in_columns[place, number]
                assert (eligible, refs) == (result.verdict == "eligible", result.missing)
                for fen, amount in ((low, result.amount_min), (high, result.amount_max)):
                    assert fen == (verdicts.NO_AMOUNT if amount is None else amount * 100)


def test_what_fits_no_column_is_judged_one_by_one_and_the_rest_is_not_held_up() -> None:
    rng = random.Random(7)
    items = [item for item in shipped().items if item.applicant != "person"]
    subjects = [random_subject(rng, shipped().dictionary, 0.1) for _ in range(300)]
    straight = judged(items, Listed(subjects), NO_PARAMETERS, few=0)
    halved = judged(items, Listed(subjects, broken=subjects[211]), NO_PARAMETERS, few=4)
    assert told(halved) == told(straight)


def test_an_amount_too_large_for_money_leaves_the_others_alone() -> None:
    dictionary = shipped().dictionary
    writer = RuleWriter(random.Random(1), dictionary)
    benefit = Benefit(
        kind="reward", ceiling=writer.compiled("rd_expense_2020 / (rd_expense_2021 / 1000000元)", YUAN)
    )
    always = Clause(id="c", test=writer.compiled("rd_expense_2020 >= 0元", BOOL))
    item = replace(shipped().items[0], eligible=always, benefit=benefit)
    subjects = [
        Subject({"rd_expense_2020": Decimal(spent), "rd_expense_2021": Decimal("0.01")})
        for spent in range(40)
    ]
    usual = told(judged([item], Listed(subjects), NO_PARAMETERS, few=0))
    wrong = Subject({**subjects[11].facts, "rd_expense_2020": Decimal("9999999999999.99")})
    for few in (0, 1000):
        found = told(judged([item], Listed([*subjects[:11], wrong, *subjects[12:]]), NO_PARAMETERS, few))
        _, _, high, missing, _ = found.pop((11, 0))
        assert (high, missing) == (verdicts.NO_AMOUNT, ("rd_expense_2020", "rd_expense_2021"))
        assert found == {pair: said for pair, said in usual.items() if pair != (11, 0)}


def test_the_digest_tells_apart_what_must_be_told_apart() -> None:
    item = shipped().item("scale-up")
    open_, closed = verdicts.rule_digest(item, False), verdicts.rule_digest(item, True)
    later = replace(item, until=dt.date(2023, 12, 31))
    rounds = [replace(item, round=Round("2022-1", name, again=False)) for name in ("第一批", "第二批")]
    again = replace(item, pack_version="9", pack_digest="x")
    others = {verdicts.rule_digest(other, False) for other in (later, *rounds)}
    assert len({open_, closed, *others}) == 5
    assert verdicts.rule_digest(again, False) == open_, "an item that a new version leaves alone is the same"


def test_the_digest_is_the_same_in_every_process() -> None:
    """Stored digests are compared years later: nothing in them may hang on the order of a set or on an address."""
    import os
    import subprocess
    import sys

    code = (
        "from tests.property.test_verdicts import shipped; from babashi.matching.verdicts import rule_digest;"
        "print([rule_digest(item, False) for item in shipped().items])"
    )
    root = Path(__file__).parents[2]
    found = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}"},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(found) == 1
