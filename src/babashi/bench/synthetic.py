"""A synthetic rulebook and a synthetic register in columns, the same for every peer and for a given seed.

Rules have the shape of real ones: a district, a kind of applicant, then two to five conditions from a pool that
many policies share (the same thresholds come up again and again), joined by and/or/not.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from babashi.register_io.codes import USCC_ALPHABET, USCC_LENGTH
from babashi.rules.columnar import Batch, Column, Table
from babashi.rules.facts import FactDictionary, FactSpec
from babashi.rules.pack import All, Any, Benefit, Clause, Item, Node, Not
from babashi.rules.parser import Scope, parse
from babashi.rules.tree import Expr
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


CHILD_TESTS = tuple(
    [f'any(loans, purpose == "{purpose}" and principal >= {limit}万元)'
     for purpose in ("流动资金", "固定资产") for limit in (50, 200, 500)]
    + [f"sum(loans, principal) >= {limit}万元" for limit in (100, 1000)]
    + ["count(loans, starts_on >= 2022-01-01) >= 2个", "any(loans, ends_on >= 2022-06-30)"]
    + [f'any(certificates, kind == "{kind}")' for kind in ("专精特新", "绿色制造示范", "节能节水")]
    + ['any(certificates, kind == "专精特新" and level in ["国家级", "市级"])', 'any(certificates, level == "国家级")']
    + [f'any(projects, category == "{kind}" and equipment_investment >= {limit}万元)'
       for kind in ("绿色化改造", "节能降碳", "清洁生产") for limit in (50, 200)]
    + [f'sum(projects, equipment_investment, where=category in ["绿色化改造", "节能降碳"]) >= {limit}万元'
       for limit in (100, 500)]
)  # fmt: skip
"""Conditions over child tables: any, count and sum, with and without a test of the rows."""
CHILD_SHARE = 0.3
"""Share of the policies of a rulebook with children that have such a condition."""
CEILINGS = (
    ("20万元", 0.35), ("50万元", 0.3), ("min(rd_expense_2021 * 10%, 50万元)", 0.1),
    ("min(operating_revenue_2021 * 3‰, 30万元)", 0.1),
    ('min(sum(loans, principal * 2%, where=purpose == "流动资金"), 30万元)', 0.08),
    ("min(sum(projects, equipment_investment * 15%), 150万元)", 0.07),
)  # fmt: skip
"""Ceilings of a rulebook with children and their shares."""


@dataclass(frozen=True, slots=True)
class _Stock:
    """What the policies of one rulebook are made of, parsed once."""

    pool: list[Clause]
    districts: dict[str, Clause]
    kinds: list[Clause]
    ceiling: Expr | None
    """The one ceiling of a rulebook without children."""
    child_tests: list[Clause]
    """Empty for a rulebook without children."""
    ceilings: list[Expr | None]

    @classmethod
    def of(cls, dictionary: FactDictionary, rng: random.Random, rare: int, children: bool) -> _Stock:
        scope = Scope(dictionary)

        def clause(text: str) -> Clause:
            parsed = parse(text, scope, BOOL)
            if parsed.expr is None:
                raise ValueError(f"{text}: {parsed.errors}")
            return Clause(id="c", test=parsed.expr)

        return cls(
            pool=[clause(text) for text in tests_of_pool(rng, rare)],
            districts={district: clause(f'district == "{district}"') for district in DISTRICTS},
            kinds=[clause('kind == "企业"'), clause('kind in ["企业", "个体工商户"]')],
            ceiling=parse("20万元", scope, YUAN).expr,
            child_tests=[clause(text) for text in CHILD_TESTS] if children else [],
            ceilings=[parse(text, scope, YUAN).expr for text, _ in CEILINGS],
        )

    def draw(self, rng: random.Random) -> tuple[All, Expr | None]:
        """Conditions and ceiling of one policy."""
        parts: list[Node] = [self.districts[rng.choice(DISTRICTS)], rng.choice(self.kinds)]
        for _ in range(rng.randint(2, 5)):
            kind = rng.random()
            if kind < 0.65:
                parts.append(rng.choice(self.pool))
            elif kind < 0.9:
                parts.append(Any(tuple(rng.sample(self.pool, rng.randint(2, 4))), id="any"))
            else:
                parts.append(Not(All(tuple(rng.sample(self.pool, 2)), id="all"), id="not"))
        ceiling = self.ceiling
        if self.child_tests:
            if rng.random() < CHILD_SHARE:
                parts.append(rng.choice(self.child_tests))
            ceiling = rng.choices(self.ceilings, [share for _, share in CEILINGS])[0]
        return All(tuple(parts), id="all"), ceiling


def rulebook(
    count: int,
    template: Item,
    dictionary: FactDictionary,
    seed: int = SEED,
    *,
    rare: int = 0,
    children: bool = False,
) -> list[Item]:
    """``count`` items with random but realistic eligibility; ``rare`` as in :func:`tests_of_pool`; with ``children``
    conditions and ceilings read child tables too."""
    rng = random.Random(seed)
    stock = _Stock.of(dictionary, rng, rare, children)
    items = []
    for number in range(count):
        eligible, ceiling = stock.draw(rng)
        name = f"bench-{number}"
        benefit = Benefit(kind="reward", ceiling=ceiling)
        items.append(replace(template, id=name, full_id=f"bench/{name}", eligible=eligible, benefit=benefit))
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


ROWS_OF = {"certificates": 0.25, "loans": 0.45, "projects": 0.2}
"""Child rows an enterprise on average."""
TABLE_UNKNOWN, CELL_MISSING = 0.05, 0.03


def children(rows: int, dictionary: FactDictionary, seed: int = SEED) -> dict[str, Table]:
    """Child tables of ``rows`` enterprises: some unknown, most empty, few cells missing."""
    rng = np.random.default_rng(seed)
    tables: dict[str, Table] = {}
    for name, mean in ROWS_OF.items():
        known = rng.random(rows) >= TABLE_UNKNOWN
        counts = np.where(known, rng.poisson(mean, rows), 0)
        offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        size = int(offsets[-1])
        columns = {key: _cells(rng, spec, size) for key, spec in dictionary.tables[name].columns.items()}
        tables[name] = Table(offsets, columns, known)
    return tables


def _cells(rng: np.random.Generator, spec: FactSpec, size: int) -> Column:
    valid = None if spec.required else rng.random(size) >= CELL_MISSING
    first, last = dt.date(2021, 1, 1).toordinal(), dt.date(2023, 12, 31).toordinal()
    if spec.required:
        return Column(
            "code", np.arange(size, dtype=np.int32), None, 1, tuple(f"N{n:09d}" for n in range(size))
        )
    if spec.codes:
        places = rng.integers(0, len(spec.codes), size).astype(np.int32)
        return Column("code", places, valid, 1, tuple(spec.codes))
    if spec.type == "money":
        return Column("number", (np.exp(rng.normal(13.5, 1.2, size)) * 100).astype(np.int64), valid, 100)
    if spec.type == "ratio":
        return Column("number", rng.integers(300, 700, size), valid, 10_000)
    return Column("date", rng.integers(first, last, size).astype(np.int32), valid)


def codes(rows: int, seed: int = SEED) -> npt.NDArray[np.uint8]:
    """Codes of the right form (the check character is not computed), as ``[row, 18]`` characters."""
    letters = np.frombuffer(USCC_ALPHABET.encode(), np.uint8)
    return letters[np.random.default_rng(seed).integers(0, len(letters), (rows, USCC_LENGTH))]
