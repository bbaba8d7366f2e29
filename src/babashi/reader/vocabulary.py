"""Words of notices that the fact dictionary knows, and the test that each stands for in a draft pack.

Every entry is a proposal: it is used only where its words stand in the notice, is cited there, and carries a
reading wherever the notice itself does not define the word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Phrase:
    """``words`` in a notice propose ``test``; ``reading`` says how the word is understood, if it needs it."""

    id: str
    name: str
    words: re.Pattern[str]
    test: str
    reading: str = ""
    facts: tuple[str, ...] = ()
    group: str = ""
    confidence: float = 0.7


_SCALE_READING: Final = (
    "小微企业按统计上大中小微型企业划分办法（2017）的工业标准："
    "从业人员 300人 以上并且营业收入 2000万元 以上的不是小微。"
)
PHRASES: Final = (
    Phrase(
        "industrial",
        "工业企业",
        re.compile(r"工业企业"),
        "6 <= division(industry_code) <= 46",
        "工业指国民经济行业分类（GB/T 4754-2017）大类 06 至 46。",
        ("industry_code",),
    ),
    Phrase(
        "manufacturing",
        "制造业",
        re.compile(r"制造业(?=[^，。；]{0,8}企业)"),
        "13 <= division(industry_code) <= 43",
        "制造业指国民经济行业分类（GB/T 4754-2017）大类 13 至 43。",
        ("industry_code",),
    ),
    Phrase(
        "small-or-micro",
        "小型或微型企业",
        re.compile(r"小微企业|小型微型企业|小型和微型企业"),
        "not (employees_2021 >= 300人 and operating_revenue_2021 >= 2000万元)",
        _SCALE_READING,
        ("employees_2021", "operating_revenue_2021"),
    ),
    Phrase(
        "first-above-scale",
        "首次升规年度",
        re.compile(r"(?P<year>20\d\d)年首次由规模以下升为规模以上"),
        "first_above_scale_year == {year}年",
        "首次升规年度指企业首次进入联网直报的年度。",
        ("first_above_scale_year",),
        "",
        0.85,
    ),
    Phrase(
        "rd-expense-below",
        "申报研发费用",
        re.compile(r"2021年申报研发费用(?P<money>\d+(?:\.\d+)?[万亿]?元)以下"),
        "rd_expense_2021 < {money}",
        "“以下”按不含本数理解。",
        ("rd_expense_2021",),
        "",
        0.85,
    ),
    Phrase(
        "specialised",
        "专精特新",
        re.compile(r"专精特新"),
        'any(certificates, kind == "专精特新")',
        "“专精特新”不分级别。",
        ("certificates",),
        "category",
    ),
    Phrase(
        "strategic-emerging",
        "战略性新兴产业",
        re.compile(r"战略性新兴产业"),
        "strategic_emerging",
        "",
        ("strategic_emerging",),
        "category",
    ),
    Phrase(
        "green-industry",
        "绿色产业",
        re.compile(r"绿色产业"),
        "green_industry",
        "",
        ("green_industry",),
        "category",
    ),
    Phrase(
        "pollution-carbon-reduction",
        "减污降碳",
        re.compile(r"减污降碳"),
        "pollution_carbon_reduction",
        "",
        ("pollution_carbon_reduction",),
        "category",
    ),
    Phrase(
        "green-title",
        "绿色示范称号",
        re.compile(r"绿色制造示范[^，。；]{0,60}示范单位"),
        'any(certificates, kind in ["绿色制造示范", "节能节水", "低碳零碳", "清洁化绿色化"] and level in ["国家级", "市级"])',
        "",
        ("certificates",),
    ),
    Phrase(
        "working-capital-loan",
        "单笔流动资金贷款",
        re.compile(r"单笔流动资金贷款额度不低于(?P<money>\d+(?:\.\d+)?[万亿]?元)"),
        'any(loans, purpose == "流动资金" and principal >= {money})',
        "",
        ("loans",),
        "",
        0.85,
    ),
    Phrase(
        "retrofit-project",
        "技术改造项目",
        re.compile(r"绿色化改造[^。；]{0,60}技术改造"),
        'any(projects, category in ["绿色化改造", "节能降碳", "水效提升", "资源化利用", "清洁生产", "污染物治理"])',
        "",
        ("projects",),
    ),
    Phrase(
        "food",
        "食品生产、销售、餐饮",
        re.compile(r"食品生产、销售、餐饮"),
        'overlaps(food_activities, ["生产", "销售", "餐饮"])',
        "",
        ("food_activities",),
        "",
        0.85,
    ),
    Phrase(
        "key-industry",
        "重点产业",
        re.compile(r"生物医药、商贸物流、高端装备制造"),
        'overlaps(key_industry, ["生物医药", "商贸物流", "高端装备制造", "数智经济", "生态创新"])',
        "",
        ("key_industry",),
    ),
    Phrase(
        "enterprise-or-park",
        "企业或园区",
        re.compile(r"企业或园区|企业和园区|企业、园区"),
        'kind in ["企业", "园区"]',
        "",
        ("kind",),
    ),
)
# Facts of one year: used only for a notice of the next year.
DATED: Final = re.compile(r"_(20\d\d)\b")
