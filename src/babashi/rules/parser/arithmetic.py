"""Arithmetic with units, ``min`` and ``max``, steps, and one of two."""

from __future__ import annotations

import ast
from fractions import Fraction
from itertools import pairwise
from typing import Final

from babashi.rules.parser.base import BuilderBase, each_advice, unit_advice
from babashi.rules.parser.scope import FUNCTIONS
from babashi.rules.tree import Arith, Expr, IfElse, Literal, MinMax, Neg, Param, Tiers
from babashi.rules.units import ANY, Type, multiply

_ARITHMETIC: Final[dict[type[ast.operator], str]] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


class Arithmetic(BuilderBase):
    """Numbers from numbers of fitting units."""

    def _negative(self, operand: ast.expr) -> Expr:
        expr = self._number(operand)
        return expr if expr.type == ANY else Neg(expr, expr.type)

    def _arith(self, node: ast.BinOp) -> Expr:
        operator = _ARITHMETIC.get(type(node.op))
        if operator is None:
            raise self.error(node, "不允许的运算", "可用 + - * /")
        left, right = self._number(node.left), self._number(node.right)
        if ANY in (left.type, right.type):
            return Literal(0, ANY)
        if operator in "*/":
            if operator == "/" and isinstance(right, (Literal, Param)) and right.value == 0:
                return self.note(node.right, "除数是 0")
            return Arith(operator, left, right, multiply(left.type, right.type, 1 if operator == "*" else -1))
        if left.type != right.type:
            return self.note(
                node,
                f"单位不同，不能相加减：{left.type.words} 与 {right.type.words}",
                each_advice(left, right) or unit_advice(left, right),
            )
        return Arith(operator, left, right, left.type)

    def _same_unit(self, nodes: list[ast.expr], whole: ast.AST) -> tuple[tuple[Expr, ...], Type]:
        exprs = tuple(self._number(node) for node in nodes)
        types = {expr.type for expr in exprs} - {ANY}
        if len(types) > 1:
            names = "、".join(sorted(kind.words for kind in types))
            self.note(whole, f"单位不同：{names}", each_advice(*exprs) or "把单位写成一样，如 30万元")
        return exprs, next((expr.type for expr in exprs if expr.type != ANY), ANY)

    def _if_else(self, node: ast.IfExp, test: ast.expr, body: ast.expr, orelse: ast.expr) -> Expr:
        condition = self._test(test)
        (then, otherwise), kind = self._same_unit([body, orelse], node)
        return IfElse(condition, then, otherwise, kind)

    def _min_max(self, node: ast.Call) -> Expr:
        self._arguments(node, 2, 20)
        args, kind = self._same_unit(node.args, node)
        return MinMax(node.func.id if isinstance(node.func, ast.Name) else "min", args, kind)

    def _tiers(self, node: ast.Call) -> Expr:
        self._arguments(node, 2, 20)
        pairs = [
            arg for arg in node.args[1:] if isinstance(arg, (ast.Tuple, ast.List)) and len(arg.elts) == 2
        ]
        if len(pairs) != len(node.args) - 1:
            raise self.error(node, "每一档要写成 (起点, 值)", f"写成 {FUNCTIONS['tiers']}")
        (operand, *thresholds), _ = self._same_unit([node.args[0], *(pair.elts[0] for pair in pairs)], node)
        values, kind = self._same_unit([pair.elts[1] for pair in pairs], node)
        known = [step.value for step in thresholds if isinstance(step, (Literal, Param))]
        if len(known) != len(thresholds):
            return self.note(node, "每一档的起点要是常量")
        numbers = [Fraction(value) for value in known if isinstance(value, (int, Fraction))]
        if any(later <= earlier for earlier, later in pairwise(numbers)):
            return self.note(node, "各档的起点要从小到大")
        return Tiers(operand, tuple(zip(thresholds, values, strict=True)), kind)
