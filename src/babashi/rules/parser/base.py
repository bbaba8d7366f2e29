"""What all parts of the builder share: places, mistakes, expected types, arguments of calls."""

from __future__ import annotations

import ast

from babashi.rules.lexer import ExpressionError, Lexed
from babashi.rules.parser.scope import FUNCTIONS, Scope
from babashi.rules.tree import Expr, Literal, walk
from babashi.rules.units import ANY, BOOL, RATIO, YUAN, Type, each_lacking


class BuilderBase:
    """Collects mistakes and goes on where it can."""

    def __init__(self, scope: Scope, lexed: Lexed) -> None:
        self.scope = scope
        self.lexed = lexed
        self.table = scope.table
        self.errors: list[ExpressionError] = []
        self.used_literals: list[tuple[Literal, int]] = []

    def build(self, node: ast.expr) -> Expr:
        """The typed node for one of Python's."""
        raise NotImplementedError

    def error(self, node: ast.AST, message: str, advice: str = "") -> ExpressionError:
        """A mistake at a node."""
        start = self.lexed.place(getattr(node, "col_offset", 0))
        end = self.lexed.end_place(max(getattr(node, "end_col_offset", 1) - 1, 0))
        return ExpressionError(message, start, max(end, start + 1), advice)

    def note(self, node: ast.AST, message: str, advice: str = "") -> Expr:
        """Record a mistake and go on with something that fits everywhere."""
        self.errors.append(self.error(node, message, advice))
        return Literal(0, ANY)

    def _test(self, node: ast.expr) -> Expr:
        return self.expect(self.build(node), BOOL, node)

    def _number(self, node: ast.expr) -> Expr:
        expr = self.build(node)
        if expr.type.kind not in ("number", "any"):
            return self.note(node, f"这里要一个数，而它是{expr.type.words}")
        return expr

    def expect(self, expr: Expr, wanted: Type, node: ast.expr) -> Expr:
        """The expression if it has the wanted type, else a recorded mistake."""
        if ANY in (expr.type, wanted) or expr.type == wanted:
            return expr
        if wanted == BOOL:
            return self.note(
                node, f"这里要一个条件，而它是{expr.type.words}", "写成比较，如 employees_2021 >= 300"
            )
        if isinstance(expr, Literal) and wanted == YUAN and expr.type == RATIO:
            return self.note(node, f"金额要写单位：{expr.text}", f"写成 {expr.text}元 或 {expr.text}万元")
        return self.note(node, f"这里要{wanted.words}，而它是{expr.type.words}", each_advice(expr))

    def _arguments(
        self, node: ast.Call, least: int, most: int, keywords: tuple[str, ...] = ()
    ) -> dict[str, ast.expr]:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        usage = f"写成 {FUNCTIONS[name]}" if name in FUNCTIONS else ""
        given: dict[str, ast.expr] = {}
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg not in keywords or keyword.arg in given:
                raise self.error(keyword.value, f"{name} 没有这个参数：{keyword.arg or '**'}", usage)
            given[keyword.arg] = keyword.value
        starred = next((arg for arg in node.args if isinstance(arg, ast.Starred)), None)
        if starred is not None:
            raise self.error(starred, "不能用星号展开", usage)
        if any(isinstance(arg, (ast.GeneratorExp, ast.ListComp)) for arg in node.args):
            raise self.error(node, "不能用推导式", usage)
        if not least <= len(node.args) <= most:
            raise self.error(node, f"{name} 的参数个数不对", usage)
        return given


def unit_advice(left: Expr, right: Expr) -> str:
    """What to write where two units don't fit."""
    for literal, other in ((left, right), (right, left)):
        if not isinstance(literal, Literal):
            continue
        if other.type.kind == "date":
            return "日期写成 2022-01-01；只比年份写 year(日期) >= 2022年"
        if literal.text.endswith(("%", "‰", "％")):
            return f"{literal.text} 是比例，先相除再比较，如 rd_expense_2021 / operating_revenue_2021 >= 3%"
        if literal.type == RATIO and other.type.unit:
            unit = {"元": "元 或 万元"}.get(other.type.words, other.type.words)
            return f"给 {literal.text} 写上单位：{unit}"
        if other.type.kind in ("number", "year"):
            return f"{literal.text} 的单位要是{other.type.words}"
    return "换算成同样的单位再算"


def each_advice(*exprs: Expr) -> str:
    """What to write where a head count or a number of rows was multiplied by plain money: 1000元/人."""
    for expr in exprs:
        lacking = each_lacking(expr.type)
        for part in walk(expr) if lacking else ():
            if isinstance(part, Literal) and part.text and dict(part.type.unit).get("yuan") == 1:
                return f"每{'每'.join(lacking.split('/')[1:])}的钱写成 {part.text.split('/')[0]}{lacking}"
    return ""
