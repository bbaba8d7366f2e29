"""Comparisons and membership: only like with like, codes only from their list."""

from __future__ import annotations

import ast
import difflib
from dataclasses import replace
from typing import Final

from babashi.rules.parser.base import BuilderBase, unit_advice
from babashi.rules.parser.scope import FUNCTIONS
from babashi.rules.tree import And, Compare, Expr, InSet, Literal, Not, Overlaps
from babashi.rules.units import ANY, RATIO, Type
from babashi.rules.values import NEVER

_OPERATORS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip


class Comparisons(BuilderBase):
    """``== != < <= > >=`` and ``in``."""

    def _compare(self, node: ast.Compare) -> Expr:
        parts: list[Expr] = []
        left_node = node.left
        for operator, right_node in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, (ast.In, ast.NotIn)):
                if len(node.ops) > 1:
                    raise self.error(node, "in 不能和其他比较连写", "用 and 分开")
                membership = self._membership(left_node, right_node)
                return Not(membership) if isinstance(operator, ast.NotIn) else membership
            if type(operator) not in _OPERATORS:
                raise self.error(node, "不能用 is 比较", "相等写 ==")
            parts.append(self._comparison(node, _OPERATORS[type(operator)], left_node, right_node))
            left_node = right_node
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _comparison(self, node: ast.Compare, op: str, left_node: ast.expr, right_node: ast.expr) -> Expr:
        left, right = self.build(left_node), self.build(right_node)
        left, right = self._adapt(left, right.type, left_node), self._adapt(right, left.type, right_node)
        if ANY in (left.type, right.type):
            return Literal(True, ANY)
        if "codes" in (left.type.kind, right.type.kind):
            return self.note(node, "多值代码不能直接比较", '写成 overlaps(food_activities, ["生产", "销售"])')
        if left.type.kind != right.type.kind or left.type.unit != right.type.unit:
            return self.note(
                node,
                f"单位或类型不同，不能比较：{left.type.words} 与 {right.type.words}",
                unit_advice(left, right),
            )
        kind = left.type.kind
        if kind in ("code", "text", "bool") and op not in ("==", "!="):
            return self.note(node, f"{left.type.words}只能用 == 或 != 比较")
        if kind == "bool":
            return self.note(node, "是/否指标直接当条件用", "写 green_industry 或 not green_industry")
        if op not in ("==", "!=") and any(_may_be_never(side) for side in (left, right)):
            return self.note(node, "这个年度可以是“无”，只能用 ==、!= 或 in 比较")
        return Compare(op, left, right)

    def _adapt(self, expr: Expr, other: Type, node: ast.expr) -> Expr:
        """Fit a bare literal to the other side: codes, years, divisions and head counts may be bare."""
        if not isinstance(expr, Literal) or other == ANY:
            return expr
        if expr.type.kind == "text" and other.kind in ("code", "codes"):
            return self._code(expr, other, node)
        if expr.type.kind == "text" and other.kind == "year":
            none_word = other.spec.none_word if other.spec else None
            if expr.value == none_word:
                return replace(expr, value=NEVER, type=other)
            return self.note(
                node, f"年度不能和“{expr.value}”比较", f'写年份，或 "{none_word}"' if none_word else "写年份"
            )
        bare = expr.type == RATIO and isinstance(expr.value, int) and not expr.text.endswith(("%", "‰", "％"))
        if bare and (other.kind in ("year", "division") or other.unit in ((("person", 1),), (("row", 1),))):
            return replace(expr, type=replace(other, spec=None))
        return expr

    def _code(self, literal: Literal, other: Type, node: ast.expr) -> Expr:
        spec, code = other.spec, str(literal.value)
        if spec is None or spec.allows(code):
            return replace(literal, type=Type("code", spec=spec))
        if spec.codes is None:
            return self.note(node, f"“{code}”不是{spec.label}的写法", spec.description)
        near = difflib.get_close_matches(code, spec.codes, n=1, cutoff=0.3)
        known = "、".join(spec.codes)
        return self.note(
            node, f"{spec.label}没有代码“{code}”", (f"是不是“{near[0]}”？" if near else "") + f"可用：{known}"
        )

    def _membership(self, left_node: ast.expr, right_node: ast.expr) -> Expr:
        if not isinstance(right_node, (ast.List, ast.Tuple, ast.Set)):
            return self._reverse_membership(left_node, right_node)
        operand = self.build(left_node)
        if operand.type.kind == "codes":
            return self.note(
                left_node, "多值代码不能用 in", '写成 overlaps(food_activities, ["生产", "销售"])'
            )
        return InSet(operand, self._constants(right_node.elts, operand.type, right_node))

    def _reverse_membership(self, left_node: ast.expr, right_node: ast.expr) -> Expr:
        operand = self.build(right_node)
        if operand.type == ANY:
            return Literal(True, ANY)
        if operand.type.kind != "codes":
            return self.note(right_node, "in 的右边要一个列表", '写成 kind in ["企业", "园区"]')
        return Overlaps(operand, self._constants([left_node], operand.type, left_node))

    def _constants(self, nodes: list[ast.expr], other: Type, whole: ast.expr) -> tuple[Literal, ...]:
        values: list[Literal] = []
        if not nodes:
            self.note(whole, "列表是空的", "至少写一个值")
        for node in nodes:
            value = self._adapt(self.build(node), other, node)
            if not isinstance(value, Literal):
                self.note(node, "列表里只能写常量")
            elif ANY in (value.type, other):
                continue
            elif (
                value.type.kind != ("code" if other.kind == "codes" else other.kind)
                or value.type.unit != other.unit
            ):
                self.note(node, f"这里要{other.words}，而它是{value.type.words}")
            elif value.value in [known.value for known in values]:
                self.note(node, f"{value.text} 写了两次", "删去一个")
            else:
                values.append(value)
        return tuple(values)

    def _overlaps(self, node: ast.Call) -> Expr:
        self._arguments(node, 2, 2)
        operand = self.build(node.args[0])
        if operand.type.kind not in ("codes", "any"):
            return self.note(
                node.args[0], "overlaps 的第一个参数要是多值代码", 'kind 这样的单值代码写成 kind in ["企业"]'
            )
        values = node.args[1]
        if not isinstance(values, (ast.List, ast.Tuple, ast.Set)):
            raise self.error(values, "第二个参数要是列表", f"写成 {FUNCTIONS['overlaps']}")
        return Overlaps(operand, self._constants(values.elts, operand.type, values))


def _may_be_never(expr: Expr) -> bool:
    return expr.type.kind == "year" and expr.type.spec is not None and expr.type.spec.none_word is not None
