"""A synthetic rulebook and a synthetic register in columns, the same for every peer and for a given seed.

Rules have the shape of real ones: a district, a kind of applicant, then two to five conditions from a pool that
many policies share (the same thresholds come up again and again), joined by and/or/not.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from babashi.rules.columnar import Batch, Column
from babashi.rules.facts import FactDictionary
from babashi.rules.pack import All, Any, Benefit, Clause, Item, Node, Not
from babashi.rules.parser import Scope, parse
from babashi.rules.units import BOOL, YUAN

DISTRICTS = tuple(f"5001{number:02d}" for number in range(1, 39))
DIVISIONS = tuple(range(1, 97))
SEED = 63
BOOLS = (
    "strategic_emerging",
    "green_industry",
    "pollution_carbon_reduction",
    "interest_subsidy_other_category",
)


def tests_of_pool(rng: random.Random, rare: int) -> list[str]:
    """Conditions that policies share: about 250 distinct ones, and ``rare`` more with thresholds of their own."""
    money = (20, 50, 100, 300, 500, 1000, 2000, 5000, 10_000, 40_000)
    pool = [
        f"{fact} {op} {limit}万元"
        for fact in ("operating_revenue_2021", "rd_expense_2020", "rd_expense_2021")
        for limit in money
        for op in ("<", ">=")
    ]
    pool += [
        f"employees_2021 {op} {limit}人" for limit in (10, 20, 50, 100, 200, 300, 1000) for op in ("<", ">=")
    ]
    for first in range(6, 90, 3):
        pool.append(f"{first} <= division(industry_code) <= {first + rng.randint(0, 12)}")
    pool += [f"division(industry_code) == {division}" for division in DIVISIONS]
    pool += [f"first_above_scale_year == {year}" for year in range(2012, 2023)]
    pool += [f"established_on {op} {year}-01-01" for year in range(2005, 2022, 2) for op in ("<", ">=")]
    pool += list(BOOLS)
    pool += [f'overlaps(food_activities, ["{word}"])' for word in ("生产", "销售", "餐饮")]
    pool += [f"operating_revenue_2021 >= {number}元" for number in rng.sample(range(1, 10**9), rare)]
    return pool


def rulebook(
    count: int, template: Item, dictionary: FactDictionary, seed: int = SEED, rare: int = 0
) -> list[Item]:
    """``count`` items with random but realistic eligibility; ``rare`` as in :func:`tests_of_pool`."""
    rng = random.Random(seed)
    scope = Scope(dictionary)

    def clause(text: str) -> Clause:
        parsed = parse(text, scope, BOOL)
        if parsed.expr is None:
            raise ValueError(f"{text}: {parsed.errors}")
        return Clause(id="c", test=parsed.expr)

    pool = [clause(text) for text in tests_of_pool(rng, rare)]
    districts = {district: clause(f'district == "{district}"') for district in DISTRICTS}
    kinds = [clause('kind == "企业"'), clause('kind in ["企业", "个体工商户"]')]
    ceiling = parse("20万元", scope, YUAN).expr
    items = []
    for number in range(count):
        parts: list[Node] = [districts[rng.choice(DISTRICTS)], rng.choice(kinds)]
        for _ in range(rng.randint(2, 5)):
            kind = rng.random()
            if kind < 0.65:
                parts.append(rng.choice(pool))
            elif kind < 0.9:
                parts.append(Any(tuple(rng.sample(pool, rng.randint(2, 4))), id="any"))
            else:
                parts.append(Not(All(tuple(rng.sample(pool, 2)), id="all"), id="not"))
        name = f"bench-{number}"
        benefit = Benefit(kind="reward", ceiling=ceiling)
        items.append(
            replace(
                template,
                id=name,
                full_id=f"bench/{name}",
                eligible=All(tuple(parts), id="all"),
                benefit=benefit,
            )
        )
    return items


def register(rows: int, seed: int = SEED, missing: float = 0.08) -> Batch:
    """Columns of ``rows`` enterprises; ``missing`` is the share of empty cells."""
    rng = np.random.default_rng(seed)

    def valid() -> npt.NDArray[np.bool_] | None:
        return rng.random(rows) >= missing if missing else None

    def money(middle: float, spread: float) -> Column:
        yuan = np.exp(rng.normal(middle, spread, rows)) * 100
        return Column("number", yuan.astype(np.int64), valid(), 100)

    def words(
        options: tuple[str, ...], weights: Callable[[int], npt.NDArray[np.float64]] | None = None
    ) -> Column:
        options = tuple(sorted(options))
        share = weights(len(options)) if weights else None
        return Column("code", rng.choice(len(options), rows, p=share).astype(np.int32), valid(), 1, options)

    def skewed(count: int) -> npt.NDArray[np.float64]:
        share = 1 / np.arange(1, count + 1)
        return np.asarray(share / share.sum())

    first, last = dt.date(1995, 1, 1).toordinal(), dt.date(2022, 1, 1).toordinal()
    facts = {
        "district": words(DISTRICTS),
        "kind": words(("企业", "个体工商户", "园区", "其他"), skewed),
        "industry_code": words(tuple(f"{d:02d}{s}0" for d in DIVISIONS for s in range(1, 4))),
        "established_on": Column("date", rng.integers(first, last, rows).astype(np.int32), valid()),
        "employees_2021": Column("number", np.exp(rng.normal(3, 1.4, rows)).astype(np.int64), valid()),
        "operating_revenue_2021": money(15.5, 1.8),
        "rd_expense_2020": money(12, 2),
        "rd_expense_2021": money(12.2, 2),
        "first_above_scale_year": Column("year", rng.integers(2008, 2023, rows).astype(np.int32), valid()),
        "food_activities": Column(
            "codes", rng.integers(0, 8, rows).astype(np.uint64), valid(), 1, ("生产", "销售", "餐饮")
        ),
    }
    for name in BOOLS:
        facts[name] = Column("bool", (rng.random(rows) < 0.2).astype(np.uint8), valid())
    return Batch(rows, facts)
