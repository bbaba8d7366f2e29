"""Parquet in, Parquet out says what the scalar evaluator says: nulls, absent columns, empty and unknown lists."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from babashi.bulk.job import Job, Task
from babashi.bulk.onefile import match_file
from babashi.rules.columnar.match import HAS_NUMBA, Engine
from babashi.rules.pack import Item
from babashi.rules.values import Parameters, Subject
from tests.property.random_rules import RuleWriter, random_parameters, random_subject
from tests.unit.bulk.helpers import (
    as_text,
    job,
    lines_of,
    scalar_lines,
    shipped,
    shipped_items,
    table_of,
    write,
)

ENGINES: list[Engine] = ["numpy", "numba"] if HAS_NUMBA else ["numpy"]


def as_registered(subject: Subject) -> Subject:
    """What a register would hold: codes in form, named rows with names of their own, no row twice."""
    facts = dict(subject.facts)
    if facts.get("industry_code") == "9":
        facts["industry_code"] = "09"
    tables = {}
    for name, rows in subject.tables.items():
        spec = shipped().dictionary.tables[name]
        kept: list[dict[str, object]] = []
        for number, row in enumerate(rows or ()):
            named = {**row, **dict.fromkeys(spec.key, f"{name}-{number}")}
            if named not in kept or not spec.distinct_rows:
                kept.append(named)
        tables[name] = None if rows is None else kept
    return Subject(facts, tables)


def check(one: Job, subjects: list[Subject], folder: Path, *, labels: bool, drop: set[str]) -> None:
    """Match a file and compare with the scalar results, in the mode of the job."""
    dictionary = shipped().dictionary
    facts, tables = set(dictionary.facts) - drop, set(dictionary.tables) - drop
    table = table_of(subjects, labels=labels, facts=facts, tables=tables)
    source, target = write(table, folder / "in.parquet", row_group_size=7), folder / "out.parquet"
    target.unlink(missing_ok=True)
    outcome = match_file(one, Task(source, target))
    assert outcome.status == "done", outcome.problems
    known = [
        Subject(
            {fact: value for fact, value in subject.facts.items() if fact in facts},
            {name: rows for name, rows in subject.tables.items() if name in tables},
        )
        for subject in subjects
    ]
    lines = scalar_lines(known, one.items, one.parameters)
    if one.mode == "summary":
        check_sums(target, lines, one.items)
        return
    if one.mode == "sparse":
        lines = [
            line for line in lines
            if line["verdict"] == "eligible" or (line["verdict"] == "unknown" and len(line["missing"]) <= one.few)
        ]  # fmt: skip
    assert lines_of(target) == as_text(lines)


def check_sums(target: Path, lines: list[dict[str, object]], items: tuple[Item, ...]) -> None:
    for item, row in zip(items, pq.read_table(target).to_pylist(), strict=True):
        own = [line for line in lines if line["item"] == item.full_id]
        for verdict in ("eligible", "ineligible", "unknown"):
            assert row[verdict] == sum(line["verdict"] == verdict for line in own), (item.full_id, verdict)
        for side in ("amount_min", "amount_max"):
            amounts = [Decimal(str(line[side])) for line in own if line[side] is not None]
            assert row[f"{side}_sum"] == sum(amounts, Decimal(0))
        eligible = [line for line in own if line["verdict"] == "eligible"]
        priced = [line for line in eligible if line["amount_max"] is not None]
        assert row["amount_unknown"] == (
            len(eligible) - len(priced) if item.benefit.ceiling is not None else 0
        )
        highest = sorted((-Decimal(str(line["amount_max"])), str(line["uscc"])) for line in priced)[:3]
        assert [(-entry["amount_max"], entry["uscc"]) for entry in row["top"]] == highest


@given(
    st.randoms(use_true_random=False),
    st.sampled_from([0.0, 0.1, 0.4]),
    st.sampled_from(["sparse", "all", "summary"]),
    st.sampled_from([0, 1, 2, 5]),
    st.sampled_from([3, 10, 1000]),
    st.sampled_from(ENGINES),
    st.booleans(),
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_packs_and_files(
    tmp_path_factory: pytest.TempPathFactory, rng: random.Random, missing: float, mode: str, few: int,
    batch_rows: int, engine: Engine, labels: bool,
) -> None:  # fmt: skip
    dictionary = shipped().dictionary
    writer = RuleWriter(rng, dictionary)
    items = tuple(writer.item(shipped().items[0], f"item-{place}") for place in range(5))
    subjects = [
        as_registered(random_subject(rng, dictionary, missing)) for _ in range(rng.choice((0, 1, 7, 40)))
    ]
    drop = {name for name in (*dictionary.facts, *dictionary.tables) if rng.random() < 0.15} - {"uscc"}
    one = job(
        items=items, mode=mode, few=few, top=3 if mode == "summary" else 0, batch_rows=batch_rows, engine=engine,
        parameters=random_parameters(rng),
    )  # fmt: skip
    check(one, subjects, tmp_path_factory.mktemp("bulk"), labels=labels, drop=drop)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("mode", ["sparse", "all", "summary"])
def test_the_shipped_pack(tmp_path: Path, engine: Engine, mode: str) -> None:
    rng = random.Random(7)
    subjects = [as_registered(random_subject(rng, shipped().dictionary, 0.12)) for _ in range(500)]
    parameters: Parameters = random_parameters(rng)
    one = job(items=shipped_items(), mode=mode, top=3 if mode == "summary" else 0, parameters=parameters,
              engine=engine, batch_rows=200)  # fmt: skip
    check(one, subjects, tmp_path, labels=True, drop={"projects"})
