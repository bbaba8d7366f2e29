"""Words of notices that the fact dictionary knows, and the test that each stands for in a draft pack.

Every entry is a proposal: it is used only where its words hold for everybody who gets the benefit (``clauses.py``),
is cited there, and carries a reading wherever the notice itself does not define the word.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final, Literal

Part = Literal["head", "title", "fact"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """``words`` in a notice propose ``test``; ``reading`` says how the word is understood, if it needs it.

    ``part``: a ``head`` says what kind of applicant it is and closes the words about who, a ``title`` is a
    category that stands before 企业, a ``fact`` is something said about the applicant.
    """

    id: str
    name: str
    words: re.Pattern[str]
    test: str
    part: Part
    reading: str = ""
    facts: tuple[str, ...] = ()
    confidence: float = 0.7
    codes: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()  # group: (word, code) in order

    def proposed(self, match: re.Match[str]) -> str:
        """The test with what the notice names: figures, and the codes of the listed kinds."""
        known = dict(self.codes)
        said = {
            group: _codes(text, known[group]) if group in known else text
            for group, text in match.groupdict().items()
        }
        return self.test.format(**said)


def _codes(text: str, known: tuple[tuple[str, str], ...]) -> str:
    return json.dumps([code for word, code in known if re.search(word, text)], ensure_ascii=False)


_OR: Final = r"(?:以及|、|或者?|和|及|与)"
_SIZES: Final = r"(?:规模以上|规上|大型|中型|小型|中小型?|民营|骨干|龙头|重点)"
_LEVELS: Final = (("国家", "国家级"), ("市级", "市级"), ("区级", "区级"))
_GREEN: Final = (
    ("绿色制造示范", "绿色制造示范"),
    ("节能节水", "节能节水"),
    ("低碳", "低碳零碳"),
    ("清洁化绿色化", "清洁化绿色化"),
)
_LEVEL: Final = r"(?:国家级?|市级|区级)"
_TITLE: Final = r"(?:绿色制造示范(?:体系)?|节能节水|低碳[、或和及]?零碳|清洁化绿色化)"
_RETROFITS: Final = ("绿色化改造", "节能降碳", "水效提升", "资源化利用", "清洁生产", "污染物治理")
_RETROFIT: Final = rf"(?:{'|'.join(_RETROFITS)})"
_INDUSTRIES: Final = (
    ("生物医药", "生物医药"),
    ("商贸物流", "商贸物流"),
    ("高端装备制造", "高端装备制造"),
    ("数智”?经济", "数智经济"),
    ("生态创新", "生态创新"),
)
_INDUSTRY: Final = r"“?(?:生物医药|商贸物流|高端装备制造|“?数智”?经济|生态创新)”?"
_FOODS: Final = (("生产", "生产"), ("销售", "销售"), ("餐饮", "餐饮"))
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
        "head",
        "工业指国民经济行业分类（GB/T 4754-2017）大类 06 至 46。",
        ("industry_code",),
    ),
    Phrase(
        "manufacturing",
        "制造业",
        re.compile(rf"制造业(?:{_SIZES}{{0,3}}企业|(?=小微企业|小型微型企业))"),
        "13 <= division(industry_code) <= 43",
        "head",
        "制造业指国民经济行业分类（GB/T 4754-2017）大类 13 至 43。",
        ("industry_code",),
    ),
    Phrase(
        "small-or-micro",
        "小型或微型企业",
        re.compile(r"(?<![中大])小微企业|(?<![中大])小型微型企业|(?<![中大型、])小型和微型企业"),
        "not (employees_2021 >= 300人 and operating_revenue_2021 >= 2000万元)",
        "head",
        _SCALE_READING,
        ("employees_2021", "operating_revenue_2021"),
    ),
    Phrase(
        "enterprise-or-park",
        "企业或园区",
        re.compile(r"企业(?:或|和|、)园区"),
        'kind in ["企业", "园区"]',
        "head",
        "",
        ("kind",),
    ),
    Phrase(
        "food",
        "食品生产、销售、餐饮",
        re.compile(
            rf"食品(?P<steps>(?:生产|销售|餐饮)(?:{_OR}(?:生产|销售|餐饮))*)(?:服务)?(?:单位|企业|经营者)"
        ),
        "overlaps(food_activities, {steps})",
        "head",
        "",
        ("food_activities",),
        0.85,
        (("steps", _FOODS),),
    ),
    Phrase(
        "pollution-carbon-reduction",
        "减污降碳",
        re.compile(r"减污降碳"),
        "pollution_carbon_reduction",
        "title",
        "",
        ("pollution_carbon_reduction",),
    ),
    Phrase(
        "specialised",
        "专精特新",
        re.compile(r"专精特新"),
        'any(certificates, kind == "专精特新")',
        "title",
        "“专精特新”不分级别。",
        ("certificates",),
    ),
    Phrase(
        "strategic-emerging",
        "战略性新兴产业",
        re.compile(r"战略性新兴产业"),
        "strategic_emerging",
        "title",
        "",
        ("strategic_emerging",),
    ),
    Phrase(
        "green-industry",
        "绿色产业",
        re.compile(r"绿色产业"),
        "green_industry",
        "title",
        "",
        ("green_industry",),
    ),
    Phrase(
        "first-above-scale",
        "首次升规年度",
        re.compile(r"(?P<year>20\d\d)年首次由规模以下升为规模以上"),
        "first_above_scale_year == {year}年",
        "fact",
        "首次升规年度指企业首次进入联网直报的年度。",
        ("first_above_scale_year",),
        0.85,
    ),
    Phrase(
        "rd-expense-below",
        "申报研发费用",
        re.compile(r"2021年申报研发费用(?P<money>\d+(?:\.\d+)?[万亿]?元)以下"),
        "rd_expense_2021 < {money}",
        "fact",
        "“以下”按不含本数理解。",
        ("rd_expense_2021",),
        0.85,
    ),
    Phrase(
        "green-title",
        "绿色示范称号",
        re.compile(
            rf"(?P<levels>{_LEVEL}(?:{_OR}{_LEVEL})*)(?P<kinds>{_TITLE}(?:{_OR}{_TITLE})*)(?:示范)?(?:单位"
            rf"|称号)"
        ),
        "any(certificates, kind in {kinds} and level in {levels})",
        "fact",
        "",
        ("certificates",),
        0.7,
        (("levels", _LEVELS), ("kinds", _GREEN)),
    ),
    Phrase(
        "working-capital-loan",
        "单笔流动资金贷款",
        re.compile(r"单笔流动资金贷款额度不低于(?P<money>\d+(?:\.\d+)?[万亿]?元)"),
        'any(loans, purpose == "流动资金" and principal >= {money})',
        "fact",
        "",
        ("loans",),
        0.85,
    ),
    Phrase(
        "retrofit-project",
        "技术改造项目",
        re.compile(rf"(?P<kinds>{_RETROFIT}(?:{_OR}{_RETROFIT})*等)(?:技术改造|技改)(?:项目)?"),
        "any(projects, category in {kinds})",
        "fact",
        "“等”以外的改造类型在登记表里是“其他”，暂算在内；是否只限列举的类型待定。",
        ("projects",),
        0.6,
        (("kinds", (*((word, word) for word in _RETROFITS), ("等", "其他"))),),
    ),
    Phrase(
        "key-industry",
        "重点产业",
        re.compile(
            rf"(?P<kinds>{_INDUSTRY}(?:{_OR}{_INDUSTRY})+)”?[一二三四五六七八九十\d]{{0,2}}大?(?:重点)?产业"
        ),
        "overlaps(key_industry, {kinds})",
        "fact",
        "",
        ("key_industry",),
        0.7,
        (("kinds", _INDUSTRIES),),
    ),
)
# 等 behind the categories of an interest subsidy: the dictionary has a fact for what the department adds.
OTHER_CATEGORY: Final = Phrase(
    "other-category",
    "牵头单位认定的其他类别",
    re.compile(r"等"),
    "interest_subsidy_other_category",
    "title",
    "“等”以外的类别，由牵头单位认定并记录的才算。",
    ("interest_subsidy_other_category",),
    0.6,
)
# Facts of one year: used only for a notice of the next year.
DATED: Final = re.compile(r"_(20\d\d)\b")
