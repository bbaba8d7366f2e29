"""The first enterprises of every district: hand-made, so that each verdict of each item occurs.

They come before the drawn ones and are the same for every seed but for code, name and contact. The
walk through the demo uses them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from babashi.rules.values import NEVER, Value

Facts = dict[str, Value | None]
Rows = list[Facts]


@dataclass(frozen=True, slots=True)
class Showcase:
    """One hand-made enterprise: what differs from :data:`BASE`, and why it is there."""

    story: str
    facts: Facts = field(default_factory=dict)
    certificates: Rows = field(default_factory=list)
    loans: Rows = field(default_factory=list)
    projects: Rows = field(default_factory=list)


BASE: Final[Facts] = {
    "kind": "企业",
    "district": "500113",
    "industry_code": "3670",
    "established_on": dt.date(2012, 5, 18),
    "employees_2021": 86,
    "operating_revenue_2021": Decimal("36000000.00"),
    "first_above_scale_year": 2018,
    "rd_expense_2020": Decimal("0.00"),
    "rd_expense_2021": Decimal("0.00"),
    "strategic_emerging": False,
    "green_industry": False,
    "pollution_carbon_reduction": False,
    "interest_subsidy_other_category": False,
    "food_activities": frozenset(),
    "key_industry": frozenset(),
}


def _money(yuan: str) -> Decimal:
    return Decimal(yuan).quantize(Decimal("0.01"))


def _title(kind: str | None, level: str | None) -> Facts:
    return {
        "kind": kind,
        "level": level,
        "issued_on": dt.date(2021, 6, 18),
        "valid_until": dt.date(2024, 6, 17),
    }


def _loan(
    principal: str | None,
    purpose: str | None = "流动资金",
    start: dt.date | None = dt.date(2022, 3, 1),
    end: dt.date | None = dt.date(2022, 9, 1),
) -> Facts:
    amount = None if principal is None else _money(principal)
    rate = Decimal("0.0435")
    return {"purpose": purpose, "principal": amount, "starts_on": start, "ends_on": end, "annual_rate": rate}


def _project(investment: str | None, category: str | None = "节能降碳") -> Facts:
    amount = None if investment is None else _money(investment)
    return {"category": category, "equipment_investment": amount, "completed_on": dt.date(2022, 5, 30)}


def _research(before: str | None, now: str | None, revenue: str | None = "60000000") -> Facts:
    return {
        "rd_expense_2020": None if before is None else _money(before),
        "rd_expense_2021": None if now is None else _money(now),
        "operating_revenue_2021": None if revenue is None else _money(revenue),
    }


SHOWCASES: Final = (
    Showcase("升规奖励：2021年首次升规的工业企业", {"first_above_scale_year": 2021}),
    Showcase("绿色示范：国家级绿色制造示范企业", certificates=[_title("绿色制造示范", "国家级")]),
    Showcase(
        "绿色技改：两个项目，按 10% 计算", projects=[_project("3200000"), _project("1800000", "清洁生产")]
    ),
    Showcase("研发后补助：600万元增至800万元，最高38万元", _research("6000000", "8000000")),
    Showcase(
        "贴息：战略性新兴产业小微企业，500万元半年期贷款",
        {"strategic_emerging": True},
        loans=[_loan("5000000")],
    ),
    Showcase(
        "食品安全责任险：食品生产企业",
        {"industry_code": "1411", "food_activities": frozenset({"生产", "销售"})},
    ),
    Showcase("定向培训：生物医药企业", {"industry_code": "2761", "key_industry": frozenset({"生物医药"})}),
    Showcase(
        "多项同享：升规、示范、技改、研发、贴息",
        {**_research("4000000", "5200000"), "first_above_scale_year": 2021, "green_industry": True},
        certificates=[_title("节能节水", "市级"), _title("专精特新", "市级")],
        loans=[_loan("2000000"), _loan("800000")],
        projects=[_project("6000000", "水效提升")],
    ),
    Showcase("差一点：2020年已升规", {"first_above_scale_year": 2020}),
    Showcase("差一点：2021年升规，但不是工业", {"industry_code": "5164", "first_above_scale_year": 2021}),
    Showcase("差一点：2021年升规，但登记在外区", {"district": "500112", "first_above_scale_year": 2021}),
    Showcase("缺指标：首次升规年度未知", {"first_above_scale_year": None}),
    Showcase("从未升规", {"first_above_scale_year": NEVER, "operating_revenue_2021": _money("19999999.99")}),
    Showcase(
        "园区获评市级低碳示范",
        {"kind": "园区", "industry_code": "7221"},
        certificates=[_title("低碳零碳", "市级")],
    ),
    Showcase("差一点：只有区级绿色示范", certificates=[_title("绿色制造示范", "区级")]),
    Showcase("缺指标：绿色示范的级别未知", certificates=[_title("清洁化绿色化", None)]),
    Showcase("技改封顶：设备投入2000万元，最高150万元", projects=[_project("20000000", "资源化利用")]),
    Showcase("差一点：改造类型是其他", projects=[_project("900000", "其他")]),
    Showcase("缺指标：设备投入未知", projects=[_project(None, "污染物治理")]),
    Showcase("缺指标：改造类型未知", projects=[_project("900000", None)]),
    Showcase("研发费用999.99万元以内", _research("9000000", "9999999.99", "80000000")),
    Showcase("差一点：研发费用达到1000万元", _research("9000000", "10000000", "80000000")),
    Showcase("差一点：研发强度不到同行业平均", _research("200000", "300000", "200000000")),
    Showcase("缺指标：营业收入为零，强度算不出", _research("600000", "800000", "0")),
    Showcase("缺指标：2020年研发费用未知", _research(None, "8000000")),
    Showcase(
        "缺参数：所属行业没有平均值", {**_research("600000", "800000", "9000000"), "industry_code": "2110"}
    ),
    Showcase("差一点：贷款49.9999万元", {"green_industry": True}, loans=[_loan("499999")]),
    Showcase(
        "贴息封顶30万元",
        {"pollution_carbon_reduction": True},
        loans=[_loan("30000000", start=dt.date(2022, 1, 1), end=dt.date(2023, 1, 1))],
    ),
    Showcase("缺指标：贷款用途未知", {"strategic_emerging": True}, loans=[_loan("800000", purpose=None)]),
    Showcase("缺指标：贷款本金未知", {"strategic_emerging": True}, loans=[_loan(None)]),
    Showcase("差一点：不属于贴息的任何类别", loans=[_loan("1000000")]),
    Showcase(
        "差一点：不是小微企业",
        {"employees_2021": 320, "operating_revenue_2021": _money("98000000"), "strategic_emerging": True},
        loans=[_loan("5000000")],
    ),
    Showcase("缺指标：食品经营环节未知", {"industry_code": "6210", "food_activities": None}),
    Showcase("缺指标：重点产业未知", {"key_industry": None}),
    Showcase(
        "个体工商户餐饮店",
        {
            "kind": "个体工商户",
            "industry_code": "6291",
            "food_activities": frozenset({"餐饮"}),
            "employees_2021": 3,
        },
    ),
    Showcase("缺指标：主体类型未知", {"kind": None, "first_above_scale_year": 2021}),
)
