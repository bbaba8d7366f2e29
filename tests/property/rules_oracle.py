"""The eight items of 巴南府办发〔2022〕63号 coded by hand from the notice, without the engine.

Works on the texts of the exchange format ("" is unknown), so that it shares nothing with what it checks.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

Row = dict[str, str]

GREEN_TITLES = {"绿色制造示范", "节能节水", "低碳零碳", "清洁化绿色化"}
RETROFITS = {"绿色化改造", "节能降碳", "水效提升", "资源化利用", "清洁生产", "污染物治理"}
LPR = [
    (dt.date(2020, 4, 20), Fraction(385, 10000)),
    (dt.date(2021, 12, 20), Fraction(380, 10000)),
    (dt.date(2022, 1, 20), Fraction(370, 10000)),
    (dt.date(2022, 8, 22), Fraction(365, 10000)),
]
UNTIL = {
    "scale-up": dt.date(2022, 12, 31),
    "green-demonstration": dt.date(2022, 12, 31),
    "green-retrofit": dt.date(2022, 12, 31),
    "rd-investment": dt.date(2022, 12, 31),
    "interest-subsidy": dt.date(2022, 12, 31),
    "food-insurance": dt.date(2023, 6, 30),
    "targeted-training": dt.date(2023, 12, 31),
}


@dataclass
class Enterprise:
    """One row of ``enterprises.csv`` with its child rows; ``None`` for a file that isn't there."""

    row: Row
    certificates: list[Row] | None = None
    loans: list[Row] | None = None
    projects: list[Row] | None = None
    averages: list[Row] | None = None


@dataclass
class Answer:
    """What must come out."""

    verdict: str
    amount_min: str | None = None
    amount_max: str | None = None
    failed: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    closed: bool = False


Outcome = tuple[bool | None, set[str]]
"""Whether a condition holds (None: unknown), and what would settle it."""


def yuan(value: Fraction) -> str:
    """Half-up to the fen."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def equals(row: Row, fact: str, wanted: set[str], ref: str | None = None) -> Outcome:
    """The fact is one of the wanted values."""
    if row[fact] == "":
        return None, {ref or fact}
    return row[fact] in wanted, set()


def division_within(row: Row, low: int, high: int) -> Outcome:
    """The first two digits of the industry code lie in a range."""
    if row["industry_code"] == "":
        return None, {"industry_code"}
    return low <= int(row["industry_code"][:2]) <= high, set()


def at_least(row: Row, fact: str, least: str, ref: str | None = None) -> Outcome:
    """The number reaches a bound."""
    if row[fact] == "":
        return None, {ref or fact}
    return Decimal(row[fact]) >= Decimal(least), set()


def all_of(*parts: Outcome) -> Outcome:
    """Every one holds: one that doesn't decides."""
    if any(truth is False for truth, _ in parts):
        return False, set()
    unknown = set().union(*(missing for truth, missing in parts if truth is None))
    return (None, unknown) if unknown else (True, set())


def opposite(part: Outcome) -> Outcome:
    """The contrary."""
    return (None, part[1]) if part[0] is None else (not part[0], set())


def one_of(*parts: Outcome) -> Outcome:
    """At least one holds: one that does decides."""
    return opposite(all_of(*(opposite(part) for part in parts)))


def some_row(rows: list[Row] | None, table: str, test: object) -> Outcome:
    """A row of the table meets the test."""
    if rows is None:
        return None, {table}
    return one_of((False, set()), *(test(row) for row in rows))  # type: ignore[operator]


def judge(clauses: dict[str, Outcome], as_of: dt.date, item: str) -> Answer:
    """The verdict of the clauses taken together."""
    closed = as_of > UNTIL[item]
    failed = {name for name, (truth, _) in clauses.items() if truth is False}
    if failed:
        return Answer("ineligible", failed=failed, closed=closed)
    unknown = set().union(*(missing for truth, missing in clauses.values() if truth is None))
    if unknown:
        return Answer("unknown", missing=unknown, closed=closed)
    return Answer("eligible", closed=closed)


def in_district(row: Row) -> Outcome:
    """Banan."""
    return equals(row, "district", {"500113"})


def scale_up(e: Enterprise, as_of: dt.date) -> Answer:
    """Article 1."""
    answer = judge(
        {
            "district": in_district(e.row),
            "enterprise": equals(e.row, "kind", {"企业"}),
            "industrial": division_within(e.row, 6, 46),
            "first-above-scale-2021": equals(e.row, "first_above_scale_year", {"2021"}),
        },
        as_of,
        "scale-up",
    )
    if answer.verdict == "eligible":
        answer.amount_min = answer.amount_max = "200000.00"
    return answer


def green_demonstration(e: Enterprise, as_of: dt.date) -> Answer:
    """Article 2, first sentence."""

    def titled(row: Row) -> Outcome:
        return all_of(
            equals(row, "kind", GREEN_TITLES, "certificates.kind"),
            equals(row, "level", {"国家级", "市级"}, "certificates.level"),
        )

    answer = judge(
        {
            "district": in_district(e.row),
            "enterprise-or-park": equals(e.row, "kind", {"企业", "园区"}),
            "green-title": some_row(e.certificates, "certificates", titled),
        },
        as_of,
        "green-demonstration",
    )
    if answer.verdict == "eligible":
        answer.amount_min, answer.amount_max = "100000.00", "200000.00"
    return answer


def green_retrofit(e: Enterprise, as_of: dt.date) -> Answer:
    """Article 2, second sentence."""

    def qualifies(row: Row) -> Outcome:
        return equals(row, "category", RETROFITS, "projects.category")

    answer = judge(
        {
            "district": in_district(e.row),
            "enterprise": equals(e.row, "kind", {"企业"}),
            "qualifying-project": some_row(e.projects, "projects", qualifies),
        },
        as_of,
        "green-retrofit",
    )
    if answer.verdict != "eligible":
        return answer
    total = Fraction(0)
    for row in e.projects or []:
        truth, missing = qualifies(row)
        if truth is False:
            continue
        answer.missing |= missing
        if row["equipment_investment"] == "":
            answer.missing.add("projects.equipment_investment")
        else:
            total += Fraction(row["equipment_investment"])
    if not answer.missing:
        answer.amount_max = yuan(min(total / 10, Fraction(1500000)))
    return answer


def rd_investment(e: Enterprise, as_of: dt.date) -> Answer:
    """Article 3."""
    row, missing = e.row, set()
    spent, revenue, industry = row["rd_expense_2021"], row["operating_revenue_2021"], row["industry_code"]
    if spent == "":
        missing.add("rd_expense_2021")
    if revenue == "" or Decimal(revenue) == 0:
        missing.add("operating_revenue_2021")
    average = None
    if e.averages is None:
        missing.add("rd_intensity_average")
    if industry == "":
        missing.add("industry_code")
    elif e.averages is not None:
        for entry in e.averages:
            if (int(entry["division"]), entry["year"]) == (int(industry[:2]), "2021") and entry["average"]:
                average = Fraction(entry["average"])
        if average is None:
            missing.add("rd_intensity_average")
    intensity: Outcome = (None, missing)
    if not missing and average is not None:
        intensity = (Fraction(spent) / Fraction(revenue) >= average, set())
    answer = judge(
        {
            "district": in_district(row),
            "enterprise": equals(row, "kind", {"企业"}),
            "rd-below-10m": opposite(at_least(row, "rd_expense_2021", "10000000")),
            "rd-intensity": intensity,
        },
        as_of,
        "rd-investment",
    )
    if answer.verdict == "eligible":
        if row["rd_expense_2020"] == "":
            answer.missing.add("rd_expense_2020")
        else:
            before, now = Fraction(row["rd_expense_2020"]), Fraction(spent)
            stock, increment = min(before, now), max(Fraction(0), now - before)
            answer.amount_max = yuan(stock * 3 / 100 + increment / 10)
    return answer


def interest_subsidy(e: Enterprise, as_of: dt.date) -> Answer:
    """Article 4."""

    def qualifies(row: Row) -> Outcome:
        return all_of(
            equals(row, "purpose", {"流动资金"}, "loans.purpose"),
            at_least(row, "principal", "500000", "loans.principal"),
        )

    def specialised(row: Row) -> Outcome:
        return equals(row, "kind", {"专精特新"}, "certificates.kind")

    yes_no = [
        "pollution_carbon_reduction",
        "strategic_emerging",
        "green_industry",
        "interest_subsidy_other_category",
    ]
    answer = judge(
        {
            "district": in_district(e.row),
            "enterprise": equals(e.row, "kind", {"企业"}),
            "manufacturing": division_within(e.row, 13, 43),
            "small-or-micro": opposite(
                all_of(
                    at_least(e.row, "employees_2021", "300"),
                    at_least(e.row, "operating_revenue_2021", "20000000"),
                )
            ),
            "supported-category": one_of(
                some_row(e.certificates, "certificates", specialised),
                *(equals(e.row, fact, {"是"}) for fact in yes_no),
            ),
            "qualifying-loan": some_row(e.loans, "loans", qualifies),
        },
        as_of,
        "interest-subsidy",
    )
    if answer.verdict != "eligible":
        return answer
    total = Fraction(0)
    for row in e.loans or []:
        truth, missing = qualifies(row)
        if truth is False:
            continue
        answer.missing |= missing
        for cell in ("principal", "starts_on", "ends_on"):
            if row[cell] == "":
                answer.missing.add(f"loans.{cell}")
        if row["starts_on"] == "" or row["ends_on"] == "":
            continue
        start, end = dt.date.fromisoformat(row["starts_on"]), dt.date.fromisoformat(row["ends_on"])
        days = sum(start <= dt.date(2022, 1, 1) + dt.timedelta(days=n) < end for n in range(365))
        if days == 0:
            continue
        rates = [rate for published, rate in LPR if published <= start]
        if not rates:
            answer.missing.add("lpr_1y")
        elif row["principal"] != "":
            total += Fraction(row["principal"]) / 2 * rates[-1] * days / 360
    if not answer.missing:
        answer.amount_max = yuan(min(total, Fraction(300000)))
    return answer


def has_value(row: Row, fact: str) -> Outcome:
    """A several-valued fact names something other than 无."""
    if row[fact] == "":
        return None, {fact}
    return row[fact] != "无", set()


def food_insurance(e: Enterprise, as_of: dt.date) -> Answer:
    """Article 6."""
    return judge(
        {
            "district": in_district(e.row),
            "food-unit": equals(e.row, "kind", {"企业", "个体工商户", "其他"}),
            "food-activity": has_value(e.row, "food_activities"),
        },
        as_of,
        "food-insurance",
    )


def targeted_training(e: Enterprise, as_of: dt.date) -> Answer:
    """Article 7."""
    return judge(
        {
            "district": in_district(e.row),
            "enterprise": equals(e.row, "kind", {"企业"}),
            "key-industry": has_value(e.row, "key_industry"),
        },
        as_of,
        "targeted-training",
    )


ITEMS = {
    "scale-up": scale_up,
    "green-demonstration": green_demonstration,
    "green-retrofit": green_retrofit,
    "rd-investment": rd_investment,
    "interest-subsidy": interest_subsidy,
    "food-insurance": food_insurance,
    "targeted-training": targeted_training,
}
