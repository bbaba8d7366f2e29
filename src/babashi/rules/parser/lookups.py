"""Dates and figures looked up: days of a period, years, divisions, dated tables, tables of the register."""

from __future__ import annotations

import ast

from babashi.rules.parser.comparisons import Comparisons
from babashi.rules.parser.scope import ParamSpec
from babashi.rules.tree import DatedLookup, DaysWithin, Division, Expr, FactRef, RegisterLookup, YearOf
from babashi.rules.units import DATE, YEAR, type_of_fact


class Lookups(Comparisons):
    """Functions of dates, codes and keys."""

    def _dates(self, nodes: list[ast.expr]) -> list[Expr]:
        return [self.expect(self.build(node), DATE, node) for node in nodes]

    def _days_within(self, node: ast.Call) -> Expr:
        self._arguments(node, 4, 4)
        start, end, window_from, window_to = self._dates(node.args)
        return DaysWithin(start, end, window_from, window_to)

    def _year(self, node: ast.Call) -> Expr:
        self._arguments(node, 1, 1)
        return YearOf(self._dates(node.args)[0])

    def _division(self, node: ast.Call) -> Expr:
        self._arguments(node, 1, 1)
        operand = self.build(node.args[0])
        if not isinstance(operand, FactRef) or operand.id != "industry_code":
            return self.note(node.args[0], "division 只用于行业代码", "写成 division(industry_code)")
        return Division(operand)

    def _dated_lookup(self, node: ast.Call, param: ParamSpec) -> Expr:
        self._arguments(node, 1, 1)
        return DatedLookup(param.name, param.steps or (), self._dates(node.args)[0], param.type, param.label)

    def _register_lookup(self, node: ast.Call, name: str) -> Expr:
        table = self.scope.dictionary.parameter_tables[name]
        self._arguments(node, len(table.key), len(table.key))
        keys: list[Expr] = []
        for column, argument in zip(table.key, node.args, strict=True):
            wanted = YEAR if table.columns[column].type == "year" else type_of_fact(table.columns[column])
            key = self.build(argument)
            key = self._adapt(key, wanted, argument)
            if key.type.kind not in ("division", wanted.kind, "any"):
                key = self.note(
                    argument, f"{table.columns[column].label}要{wanted.words}，而它是{key.type.words}"
                )
            keys.append(key)
        return RegisterLookup(name, tuple(keys), type_of_fact(table.columns[table.value]))
