"""Facts of one invented enterprise: size, trade and everything that goes with them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from babashi.demo.draws import Draws, Weighted
from babashi.demo.names import contact_of, name_of, uscc_of
from babashi.demo.trades import OTHER_TRADE, PARK_TRADE, TRADES, Trade
from babashi.rules.values import NEVER, Value

HOME: Final = "500113"
ABOVE_SCALE_FEN: Final = 20_000_000_00
"""Revenue from which an industrial enterprise is above designated size (since 2011)."""

_DISTRICTS: Final = Weighted([(HOME, 955), ("500108", 15), ("500112", 12), ("500106", 9), ("500107", 9)])
_TRADES: Final = Weighted([(trade, trade.weight) for trade in TRADES])
_ABOVE_YEARS: Final = Weighted(
    [
        (2012, 6),
        (2013, 6),
        (2014, 7),
        (2015, 8),
        (2016, 9),
        (2017, 9),
        (2018, 10),
        (2019, 11),
        (2020, 13),
        (2021, 17),
        (2022, 4),
    ]
)
_FEN_PER_TEN_THOUSAND: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Profile:
    """An enterprise with its facts complete, and what its child rows depend on."""

    facts: dict[str, Value | None]
    trade: Trade
    kind: str
    revenue_fen: int


def yuan(fen: int) -> Decimal:
    """Fen as yuan with two decimals."""
    return Decimal(fen).scaleb(-2)


def draw_profile(draws: Draws, seed: int, index: int) -> Profile:
    """All facts of the enterprise with that number."""
    kind, trade = _kind_and_trade(draws)
    small = 3 if kind == "个体工商户" else 1
    # Whole hundreds of yuan below the fen: books are not round, but not random to the fen either.
    revenue = draws.spread(trade.revenue * _FEN_PER_TEN_THOUSAND // small, 115) // 700 * 700
    per_head = draws.spread(trade.per_head * _FEN_PER_TEN_THOUSAND, 35)
    employees = max(1, revenue // max(1, per_head))
    rd_before, rd_now = _research(draws, trade, kind, revenue)
    contact = contact_of(draws, index)
    established = dt.date(1998, 1, 1) + dt.timedelta(days=draws.below(8500))
    facts: dict[str, Value | None] = {
        "uscc": uscc_of(seed, index),
        "name": name_of(draws, kind, trade),
        "kind": kind,
        "district": _DISTRICTS.draw(draws),
        "industry_code": trade.code,
        "established_on": established,
        "employees_2021": employees,
        "operating_revenue_2021": yuan(revenue),
        "first_above_scale_year": _above_scale_year(draws, trade, kind, revenue, established.year),
        "rd_expense_2020": yuan(rd_before),
        "rd_expense_2021": yuan(rd_now),
        "strategic_emerging": kind != "个体工商户" and draws.chance(trade.emerging),
        "green_industry": kind != "个体工商户" and draws.chance(trade.green),
        "pollution_carbon_reduction": trade.industrial and draws.chance(60),
        "interest_subsidy_other_category": trade.manufacturing and draws.chance(25),
        "food_activities": _food(draws, trade),
        "key_industry": frozenset({trade.key}) if trade.key and draws.chance(850) else frozenset(),
        "contact_name": contact[0],
        "contact_phone": contact[1],
        "contact_email": contact[2],
    }
    return Profile(facts, trade, kind, revenue)


def _kind_and_trade(draws: Draws) -> tuple[str, Trade]:
    lot = draws.below(1000)
    if lot < 5:
        return "园区", PARK_TRADE
    if lot < 25:
        return "其他", OTHER_TRADE
    trade = _TRADES.draw(draws)
    return ("个体工商户" if draws.chance(trade.shops) else "企业"), trade


def _research(draws: Draws, trade: Trade, kind: str, revenue: int) -> tuple[int, int]:
    """Declared R&D expense of 2020 and 2021 in fen: the second follows from the intensity of the trade."""
    if kind != "企业" or not draws.chance(trade.research):
        return 0, 0
    intensity = draws.spread(trade.intensity, 55)
    now = revenue * intensity // 10_000
    before = 0 if draws.chance(120) else now * draws.between(55, 125) // 100
    return before, now


def _above_scale_year(draws: Draws, trade: Trade, kind: str, revenue: int, established: int) -> Value:
    """The year in which it first rose above designated size; trade and services are left out."""
    if kind != "企业" or not trade.industrial:
        return NEVER
    likely = 920 if revenue >= ABOVE_SCALE_FEN else 120 if revenue >= ABOVE_SCALE_FEN * 6 // 10 else 0
    if not draws.chance(likely):
        return NEVER
    return max(_ABOVE_YEARS.draw(draws), min(established + 1, 2022))


def _food(draws: Draws, trade: Trade) -> frozenset[str]:
    if not trade.food:
        return frozenset()
    if trade.food == "生产" and draws.chance(350):
        return frozenset({"生产", "销售"})
    return frozenset({trade.food})
