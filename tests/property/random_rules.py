"""Random rules and random subjects, nulls and boundaries included, over the whole rule language."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from decimal import Decimal
from typing import Any

from babashi.rules.facts import FactDictionary, FactSpec
from babashi.rules.pack import All, Benefit, Clause, Item, Node, Not
from babashi.rules.pack import Any as AnyOf
from babashi.rules.parser import ParamSpec, Scope, parse
from babashi.rules.tree import Expr
from babashi.rules.units import BOOL, RATIO, YUAN, Type
from babashi.rules.values import NEVER, Parameters, Subject

MONEY = ("0元", "50万元", "499999.99元", "1000万元", "2000万元", "0.01元", "300元")
DAYS = ("2020-01-01", "2021-12-20", "2022-01-01", "2022-06-30", "2023-01-01")
INDUSTRIES = ("05", "06", "13", "1310", "26", "3670", "46", "4690", "47", "9")
DISTRICTS = ("500113", "500112", "500101")


class RuleWriter:
    """Writes typed expressions of the language, as text."""

    def __init__(self, rng: random.Random, dictionary: FactDictionary) -> None:
        self.rng = rng
        self.dictionary = dictionary
        steps = ((dt.date(2020, 4, 20), Decimal("0.0385")), (dt.date(2022, 1, 20), Decimal("0.037")))
        exact = tuple((day, rate.as_integer_ratio()) for day, rate in steps)
        from fractions import Fraction

        rates = tuple((day, Fraction(*ratio)) for day, ratio in exact)
        params = {"lpr_1y": ParamSpec("lpr_1y", "LPR", RATIO, steps=rates)}
        self.scope = Scope(dictionary, params)

    def _specs(self, table: str | None, kinds: tuple[str, ...]) -> list[FactSpec]:
        pool = self.dictionary.tables[table].columns if table else self.dictionary.facts
        return [spec for spec in pool.values() if spec.type in kinds]

    def test(self, depth: int, table: str | None = None) -> str:
        choice = self.rng.random()
        if depth > 0 and choice < 0.3:
            joint = self.rng.choice((" and ", " or "))
            parts = [self.test(depth - 1, table) for _ in range(self.rng.choice((2, 3)))]
            return "(" + joint.join(parts) + ")"
        if depth > 0 and choice < 0.38:
            return f"not ({self.test(depth - 1, table)})"
        if depth > 0 and table is None and choice < 0.55:
            child = self.rng.choice(sorted(self.dictionary.tables))
            if self.rng.random() < 0.25:
                number = self.rng.choice((0, 1, 2))
                return f"count({child}, {self.test(depth - 1, child)}) >= {number}个"
            return f"{self.rng.choice(('any', 'all'))}({child}, {self.test(depth - 1, child)})"
        return self._leaf(depth, table)

    def _leaf(self, depth: int, table: str | None) -> str:
        makers = [self._money_test, self._code_test]
        if table is None:
            makers += [
                self._division_test,
                self._year_test,
                self._bool_test,
                self._people_test,
                self._codes_test,
            ]
            makers += [self._ratio_test, self._average_test]
        else:
            makers += [self._date_test]
        return self.rng.choice(makers)(depth, table)

    def _operator(self) -> str:
        return self.rng.choice(("<", "<=", ">", ">=", "==", "!="))

    def _money_test(self, depth: int, table: str | None) -> str:
        left = self.money(min(depth, 1), table)
        if left is None:
            return self._code_test(depth, table)
        right = self.rng.choice(MONEY) if self.rng.random() < 0.8 else self.money(0, table)
        return f"{left} {self._operator()} {right}"

    def _code_test(self, depth: int, table: str | None) -> str:
        spec = self.rng.choice(
            [s for s in self._specs(table, ("code",)) if s.codes] or [self.dictionary.facts["kind"]]
        )
        codes = spec.codes or ()
        if self.rng.random() < 0.4:
            return f'{spec.id} {self.rng.choice(("==", "!="))} "{self.rng.choice(codes)}"'
        chosen = self.rng.sample(codes, self.rng.randint(1, len(codes)))
        return f"{spec.id} in [" + ", ".join(f'"{code}"' for code in chosen) + "]"

    def _division_test(self, depth: int, table: str | None) -> str:
        if self.rng.random() < 0.3:
            return f"division(industry_code) in [{', '.join(self.rng.sample(('6', '13', '26', '46'), 2))}]"
        return f"division(industry_code) {self._operator()} {self.rng.choice((6, 13, 26, 46))}"

    def _year_test(self, depth: int, table: str | None) -> str:
        operator = self.rng.choice(("==", "!="))
        return (
            f"first_above_scale_year {operator} {self.rng.choice(('2021', '2020', chr(34) + '无' + chr(34)))}"
        )

    def _bool_test(self, depth: int, table: str | None) -> str:
        return self.rng.choice(self._specs(None, ("bool",))).id

    def _people_test(self, depth: int, table: str | None) -> str:
        return f"employees_2021 {self._operator()} {self.rng.choice((0, 20, 300))}人"

    def _codes_test(self, depth: int, table: str | None) -> str:
        spec = self.rng.choice(self._specs(None, ("codes",)))
        codes = spec.codes or ()
        chosen = self.rng.sample(codes, self.rng.randint(1, len(codes)))
        return f"overlaps({spec.id}, [" + ", ".join(f'"{code}"' for code in chosen) + "])"

    def _ratio_test(self, depth: int, table: str | None) -> str:
        return f"{self.money(0, None)} / {self.money(1, None)} {self._operator()} {self.rng.choice(('3%', '0.5', '1'))}"

    def _average_test(self, depth: int, table: str | None) -> str:
        ratio = "rd_expense_2021 / operating_revenue_2021"
        return f"{ratio} {self._operator()} rd_intensity_average(division(industry_code), 2021)"

    def _date_test(self, depth: int, table: str | None) -> str:
        dates = self._specs(table, ("date",))
        if not dates:
            return self._code_test(depth, table)
        spec = self.rng.choice(dates)
        if self.rng.random() < 0.3:
            return f"year({spec.id}) {self._operator()} 2022"
        return f"{spec.id} {self._operator()} {self.rng.choice(DAYS)}"

    def money(self, depth: int, table: str | None) -> str | None:
        """An amount in yuan."""
        facts = self._specs(table, ("money",))
        if not facts:
            return None
        choice = self.rng.random()
        if depth <= 0 or choice < 0.25:
            return self.rng.choice(facts).id
        a, b = self.money(depth - 1, table), self.money(depth - 1, table)
        if choice < 0.4:
            return f"{self.rng.choice(('min', 'max'))}({a}, {b}, {self.rng.choice(MONEY)})"
        if choice < 0.55:
            return f"({a} {self.rng.choice('+-')} {b})"
        if choice < 0.7:
            return (
                f"{a} * {self.rng.choice(('10%', '3‰', '0.5', '1.1'))} / {self.rng.choice(('3', '360', '7'))}"
            )
        if choice < 0.78:
            return f"({a} if {self.test(0, table)} else {b})"
        if choice < 0.85:
            return f"tiers({a}, (0元, 1元), (50万元, {b}), (1000万元, 30万元))"
        if choice < 0.87 and table is None:
            return self._each()
        if choice < 0.9 and table is None:
            return f"{a} * {self.rng.choice(('rd_expense_2021', '50万元'))} / operating_revenue_2021"
        if table is None:
            return self._sum(depth)
        return str(a)

    def _each(self) -> str:
        """Money for each person or row."""
        if self.rng.random() < 0.5:
            return f"(employees_2021 * {self.rng.choice(('1000元', '0.05万元', '3.33元'))}/人)"
        child = self.rng.choice(("loans", "projects", "certificates"))
        return f"(count({child}, {self.test(1, child)}) * {self.rng.choice(('1万元', '7元'))}/个)"

    def _sum(self, depth: int) -> str:
        child = self.rng.choice(("loans", "projects"))
        where = f", where={self.test(1, child)}" if self.rng.random() < 0.8 else ""
        if child == "loans" and self.rng.random() < 0.5:
            days = "days_within(starts_on, ends_on, 2022-01-01, 2023-01-01)"
            value = f"(principal * 50% * lpr_1y(starts_on) * {days} / 360天) if {days} > 0天 else 0元"
        else:
            value = str(self.money(depth - 1, child))
        return f"sum({child}, {value}{where})"

    def compiled(self, text: str, expect: Type) -> Expr:
        parsed = parse(text, self.scope, expect)
        assert parsed.expr is not None, (text, parsed.errors)
        return parsed.expr

    def node(self, depth: int, prefix: str = "c") -> Node:
        if depth == 0 or self.rng.random() < 0.3:
            return Clause(id=prefix, test=self.compiled(self.test(2), BOOL))
        parts = tuple(self.node(depth - 1, f"{prefix}{i}") for i in range(self.rng.choice((2, 3))))
        kind = self.rng.random()
        if kind < 0.5:
            return All(parts, id=prefix)
        return AnyOf(parts, id=prefix) if kind < 0.85 else Not(parts[0], id=prefix)

    def item(self, template: Item, name: str) -> Item:
        floor = self.compiled(self.rng.choice(MONEY), YUAN) if self.rng.random() < 0.4 else None
        ceiling = self.compiled(str(self.money(2, None)), YUAN) if self.rng.random() < 0.9 else None
        benefit = Benefit(kind="reward", floor=floor, ceiling=ceiling)
        return dataclasses.replace(
            template, id=name, full_id=f"random/{name}", eligible=self.node(2), benefit=benefit
        )


def random_value(rng: random.Random, spec: FactSpec, missing: float) -> Any:
    """A value of a fact, often on a boundary that the rules name."""
    if rng.random() < missing:
        return None
    if spec.type == "money":
        edges = ("0", "0.01", "499999.99", "500000", "9999999.99", "10000000", "19999999.99", "20000000")
        return Decimal(rng.choice(edges)) if rng.random() < 0.6 else Decimal(rng.randrange(10**10)) / 100
    if spec.type == "int":
        return rng.choice((0, 19, 20, 299, 300, rng.randrange(2000)))
    if spec.type == "ratio":
        return Decimal(rng.randrange(1000)) / 10000
    if spec.type == "bool":
        return rng.random() < 0.4
    if spec.type == "year":
        return rng.choice((NEVER, 2020, 2021, 2022))
    if spec.type == "date":
        return dt.date(2019, 6, 1) + dt.timedelta(days=rng.randrange(1600))
    if spec.type == "codes":
        return frozenset(rng.sample(spec.codes or (), rng.randint(0, 2)))
    if spec.codes:
        return rng.choice(spec.codes)
    return rng.choice({"district": DISTRICTS, "industry_code": INDUSTRIES}.get(spec.id, ("甲", "乙")))


def random_subject(rng: random.Random, dictionary: FactDictionary, missing: float) -> Subject:
    """A subject with children; each child table is unknown, empty or filled."""
    facts = {name: random_value(rng, spec, missing) for name, spec in dictionary.facts.items()}
    tables: dict[str, list[dict[str, Any]] | None] = {}
    for name, spec in dictionary.tables.items():
        rows = [
            {key: random_value(rng, cell, missing) for key, cell in spec.columns.items()}
            for _ in range(rng.randrange(4))
        ]
        tables[name] = None if rng.random() < missing / 2 else rows
    return Subject(facts, tables)


def random_parameters(rng: random.Random) -> Parameters:
    """Averages for some divisions, none at all once in a while."""
    if rng.random() < 0.2:
        return Parameters()
    rows = {
        (division, 2021): Decimal(rng.randrange(1, 1000)) / 10000 for division in rng.sample(range(6, 47), 20)
    }
    rows[(13, 2021)] = Decimal(rng.choice(("0.025", "0.5", "1")))
    return Parameters({"rd_intensity_average": rows})
