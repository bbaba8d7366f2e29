"""From Python's syntax tree to the typed tree: what is let through, and where it goes."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable
from typing import Final

from babashi.rules.lexer import Lexed
from babashi.rules.parser.arithmetic import Arithmetic
from babashi.rules.parser.lookups import Lookups
from babashi.rules.parser.names import NO_CONSTANT, Names
from babashi.rules.parser.rows import Rows
from babashi.rules.parser.scope import FUNCTIONS, Scope
from babashi.rules.tree import And, Expr, Not, Or

MAX_DEPTH: Final = 60
_REFUSED: Final[dict[type[ast.AST], str]] = {
    ast.Attribute: "不能用“.”取属性",
    ast.Lambda: "不能定义函数",
    ast.ListComp: "不能用推导式，请用 any、all、count、sum",
    ast.SetComp: "不能用推导式，请用 any、all、count、sum",
    ast.DictComp: "不能用推导式，请用 any、all、count、sum",
    ast.GeneratorExp: "不能用推导式，请用 any、all、count、sum",
    ast.Subscript: "不能用下标",
    ast.Starred: "不能用星号展开",
    ast.NamedExpr: "不能赋值",
    ast.JoinedStr: "不能用格式化文字",
    ast.Dict: "不能用字典",
}


class Builder(Names, Arithmetic, Lookups, Rows):
    """Lets through a short list of node types; everything else is refused by name."""

    def __init__(self, scope: Scope, lexed: Lexed) -> None:
        super().__init__(scope, lexed)
        self._depth = 0
        self._calls: dict[str, Callable[[ast.Call], Expr]] = {
            "any": self._exists, "all": self._exists, "count": self._count, "sum": self._sum,
            "min": self._min_max, "max": self._min_max, "overlaps": self._overlaps, "tiers": self._tiers,
            "days_within": self._days_within, "year": self._year, "division": self._division,
        }  # fmt: skip

    def build(self, node: ast.expr) -> Expr:
        """The typed node for one of Python's."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self.error(node, f"嵌套太深（超过 {MAX_DEPTH} 层）", "拆成几个条件")
        try:
            return self._build(node)
        finally:
            self._depth -= 1

    def _build(self, node: ast.expr) -> Expr:
        match node:
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.BoolOp(op=op, values=values):
                parts = tuple(self._test(value) for value in values)
                return And(_flat(And, parts)) if isinstance(op, ast.And) else Or(_flat(Or, parts))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(self._test(operand))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._negative(operand)
            case ast.Compare():
                return self._compare(node)
            case ast.BinOp():
                return self._arith(node)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self._if_else(node, test, body, orelse)
            case ast.Call():
                return self._call(node)
            case ast.List() | ast.Tuple() | ast.Set():
                advice = "数里不写千位逗号，如 1000万元"
                raise self.error(node, "列表只能放在 in 的右边或 overlaps 里", advice)
            case ast.Constant():
                raise self.error(node, "不能写 True、False、None", NO_CONSTANT)
        raise self.error(
            node, _REFUSED.get(type(node), "这里不允许这种写法"), f"可用的函数：{'、'.join(FUNCTIONS)}"
        )

    def _call(self, node: ast.Call) -> Expr:
        if not isinstance(node.func, ast.Name):
            raise self.error(node, "只能调用规则语言的函数", f"可用：{'、'.join(FUNCTIONS)}")
        name = node.func.id
        if name in self._calls:
            return self._calls[name](node)
        param = self.scope.params.get(name)
        if param is not None and param.steps is not None:
            return self._dated_lookup(node, param)
        if name in self.scope.dictionary.parameter_tables:
            return self._register_lookup(node, name)
        near = difflib.get_close_matches(name, [*FUNCTIONS, *self.scope.params], n=1, cutoff=0.6)
        raise self.error(
            node.func,
            f"没有叫 {name} 的函数",
            f"是不是 {near[0]}？" if near else f"可用：{'、'.join(FUNCTIONS)}",
        )


def _flat(kind: type[And] | type[Or], parts: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """``a and (b and c)`` is one list of three, so that equal conditions are equal trees."""
    return tuple(leaf for part in parts for leaf in (part.args if isinstance(part, kind) else (part,)))
