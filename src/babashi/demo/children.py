"""Certificates, loans and projects of one invented enterprise."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from babashi.demo.draws import Draws, Weighted
from babashi.demo.profile import ABOVE_SCALE_FEN, Profile, yuan
from babashi.rules.values import Value

ChildRow = dict[str, Value | None]

_TITLES: Final = Weighted(
    [
        ("专精特新", 45),
        ("绿色制造示范", 18),
        ("节能节水", 8),
        ("低碳零碳", 5),
        ("清洁化绿色化", 8),
        ("其他", 16),
    ]
)
_LEVELS: Final = Weighted([("国家级", 12), ("市级", 58), ("区级", 30)])
_PURPOSES: Final = Weighted([("流动资金", 72), ("固定资产", 21), ("其他", 7)])
# Many loans lie at the round amounts around the threshold of 500,000 yuan, on both sides.
_PRINCIPALS: Final = Weighted(
    [
        (200000, 10),
        (300000, 12),
        (450000, 5),
        (490000, 3),
        (499999, 2),
        (500000, 14),
        (500001, 1),
        (800000, 8),
        (1000000, 14),
        (2000000, 11),
        (3000000, 9),
        (5000000, 7),
        (10000000, 3),
    ]
)
_MONTHS: Final = Weighted([(3, 8), (6, 22), (12, 45), (24, 14), (36, 11)])
_RETROFITS: Final = Weighted(
    [
        ("绿色化改造", 20),
        ("节能降碳", 24),
        ("水效提升", 9),
        ("资源化利用", 12),
        ("清洁生产", 13),
        ("污染物治理", 12),
        ("其他", 10),
    ]
)


def draw_children(draws: Draws, profile: Profile, index: int) -> dict[str, list[ChildRow]]:
    """All child rows of the enterprise with that number, complete."""
    return {
        "certificates": _certificates(draws, profile),
        "loans": _loans(draws, profile, index),
        "projects": _projects(draws, profile, index),
    }


def _certificates(draws: Draws, profile: Profile) -> list[ChildRow]:
    if profile.kind == "个体工商户":
        return []
    if profile.kind == "园区":
        likely = 450
    elif profile.trade.manufacturing:
        likely = 260 if profile.revenue_fen >= ABOVE_SCALE_FEN else 90
    else:
        likely = 60 if profile.trade.industrial else 15
    rows: list[ChildRow] = []
    titles: set[str] = set()
    while len(rows) < 3 and draws.chance(likely):
        title = "绿色制造示范" if profile.kind == "园区" else _TITLES.draw(draws)
        issued = dt.date(2019, 1, 1) + dt.timedelta(days=draws.below(1300))
        until = issued.replace(year=issued.year + 3, day=min(issued.day, 28))
        if title not in titles:
            rows.append(
                {"kind": title, "level": _LEVELS.draw(draws), "issued_on": issued, "valid_until": until}
            )
        titles.add(title)
        likely = likely * 2 // 5
    return rows


def _loans(draws: Draws, profile: Profile, index: int) -> list[ChildRow]:
    likely = {"企业": 380, "个体工商户": 90}.get(profile.kind, 20)
    if not draws.chance(likely):
        return []
    rows: list[ChildRow] = []
    for number in range(1, draws.between(1, 4) + 1):
        start = dt.date(2021, draws.between(1, 12), draws.between(1, 28))
        if draws.chance(550):
            start = start.replace(year=2022)
        end = _months_later(start, _MONTHS.draw(draws))
        rows.append(
            {
                "loan_id": f"DK{index:07d}-{number}",
                "purpose": _PURPOSES.draw(draws),
                "principal": yuan(_PRINCIPALS.draw(draws) * 100),
                "starts_on": start,
                "ends_on": end,
                "annual_rate": Decimal(draws.between(370, 680)).scaleb(-4).normalize(),
            }
        )
    return rows


def _projects(draws: Draws, profile: Profile, index: int) -> list[ChildRow]:
    likely = 190 if profile.trade.manufacturing else 60 if profile.trade.industrial else 6
    if profile.kind == "个体工商户" or not draws.chance(likely):
        return []
    rows: list[ChildRow] = []
    for number in range(1, draws.between(1, 3) + 1):
        # About a hundredth of a year's revenue at least, 800,000 yuan in the middle.
        median = max(80_000_000, profile.revenue_fen // 40)
        rows.append(
            {
                "project_id": f"JG{index:07d}-{number}",
                "category": _RETROFITS.draw(draws),
                "equipment_investment": yuan(draws.spread(median, 95) // 10_000 * 10_000),
                "completed_on": dt.date(2021, 1, 1) + dt.timedelta(days=draws.below(700)),
            }
        )
    return rows


def _months_later(day: dt.date, months: int) -> dt.date:
    years, month = divmod(day.month - 1 + months, 12)
    return dt.date(day.year + years, month + 1, day.day)
