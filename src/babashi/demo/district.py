"""A whole synthetic district, one enterprise after the other: memory does not grow with its size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from babashi.demo.children import ChildRow, draw_children
from babashi.demo.draws import Draws
from babashi.demo.names import contact_of, name_of, uscc_of
from babashi.demo.profile import draw_profile
from babashi.demo.showcase import BASE, SHOWCASES, Showcase
from babashi.demo.trades import AVERAGE_YEARS, PARK_TRADE, TRADES, WITHOUT_AVERAGE
from babashi.rules.values import Value

MISSING_PER_THOUSAND: Final = {
    "kind": 15,
    "district": 15,
    "industry_code": 35,
    "established_on": 50,
    "employees_2021": 90,
    "operating_revenue_2021": 110,
    "first_above_scale_year": 80,
    "rd_expense_2020": 130,
    "rd_expense_2021": 110,
    "strategic_emerging": 110,
    "green_industry": 120,
    "pollution_carbon_reduction": 140,
    "interest_subsidy_other_category": 150,
    "food_activities": 60,
    "key_industry": 70,
    "contact_name": 60,
    "contact_phone": 60,
    "contact_email": 120,
}
"""How many of a thousand cells of a column are unknown. Code and name are always there."""
MISSING_CHILD_PER_THOUSAND: Final = 55
_CHILD_NAMES: Final = ("loan_id", "project_id")


@dataclass(frozen=True, slots=True)
class SyntheticEnterprise:
    """Facts and child rows of one invented enterprise; a missing value is ``None``."""

    facts: dict[str, Value | None]
    children: dict[str, list[ChildRow]]
    story: str = ""
    """Why it is there, for the hand-made ones."""

    @property
    def uscc(self) -> str:
        """Its code."""
        return str(self.facts["uscc"])


def enterprises(count: int, seed: int) -> Iterator[SyntheticEnterprise]:
    """The first ``count`` enterprises of the district that belongs to ``seed``.

    The same on every machine. Each enterprise depends on the seed and its own number only, so a
    larger district begins with the smaller one.
    """
    for index in range(count):
        yield _hand_made(SHOWCASES[index], seed, index) if index < len(SHOWCASES) else _drawn(seed, index)


def averages(seed: int) -> Iterator[dict[str, Value | None]]:
    """Synthetic averages of R&D intensity by division and year; a few divisions have none."""
    typical: dict[int, int] = {}
    for trade in TRADES:
        typical.setdefault(trade.division, trade.intensity)
    for division in range(1, 98):
        if division in WITHOUT_AVERAGE:
            continue
        for year in AVERAGE_YEARS:
            draws = Draws(f"average/{seed}/{division}/{year}")
            median = typical.get(division, 110 if 6 <= division <= 46 else 30)
            average = Decimal(median * draws.between(75, 105) // 10 + 10).scaleb(-5)
            yield {"division": f"{division:02d}", "year": year, "average": average}


def _drawn(seed: int, index: int) -> SyntheticEnterprise:
    draws = Draws(f"enterprise/{seed}/{index}")
    profile = draw_profile(draws, seed, index)
    children = draw_children(draws, profile, index)
    gaps = Draws(f"gaps/{seed}/{index}")
    for fact, per_thousand in MISSING_PER_THOUSAND.items():
        if gaps.chance(per_thousand):
            profile.facts[fact] = None
    for rows in children.values():
        for row in rows:
            for column in row:
                if column not in _CHILD_NAMES and gaps.chance(MISSING_CHILD_PER_THOUSAND):
                    row[column] = None
    return SyntheticEnterprise(profile.facts, children)


def _hand_made(showcase: Showcase, seed: int, index: int) -> SyntheticEnterprise:
    draws = Draws(f"showcase/{seed}/{index}")
    facts = {**BASE, **showcase.facts}
    by_code = {trade.code: trade for trade in TRADES}
    trade = by_code.get(str(facts["industry_code"]), PARK_TRADE)
    contact = contact_of(draws, index)
    facts |= {
        "uscc": uscc_of(seed, index),
        "name": name_of(draws, str(facts["kind"] or "企业"), trade),
        "contact_name": contact[0],
        "contact_phone": contact[1],
        "contact_email": contact[2],
    }
    children = {
        "certificates": [dict(row) for row in showcase.certificates],
        "loans": [{"loan_id": f"DK{index:07d}-{n}", **row} for n, row in enumerate(showcase.loans, 1)],
        "projects": [
            {"project_id": f"JG{index:07d}-{n}", **row} for n, row in enumerate(showcase.projects, 1)
        ],
    }
    return SyntheticEnterprise(facts, children, showcase.story)
