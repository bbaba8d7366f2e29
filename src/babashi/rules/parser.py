"""From one line of the rule language to a typed tree.

Grammar: a subset of Python's expressions (``and or not``, chained comparisons, ``in``, ``+ - * /``,
``a if c else b``) with the functions of :data:`FUNCTIONS`. Everything else is refused by name. The parser never
evaluates anything.
"""

from __future__ import annotations

import ast
import datetime as dt
import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from typing import Final

from babashi.rules.facts import FactDictionary
from babashi.rules.lexer import ExpressionError, Lexed, lex
from babashi.rules.tree import (
    And,
    Arith,
    Compare,
    Count,
    DatedLookup,
    DaysWithin,
    Division,
    Exists,
    Expr,
    FactRef,
    FieldRef,
    IfElse,
    InSet,
    Literal,
    LiteralValue,
    MinMax,
    Neg,
    Not,
    Or,
    Overlaps,
    Param,
    RegisterLookup,
    Sum,
    Tiers,
    YearOf,
)
from babashi.rules.units import ANY, BOOL, DATE, RATIO, YEAR, YUAN, Type, multiply, type_of_fact
from babashi.rules.values import NEVER

MAX_DEPTH: Final = 60
FUNCTIONS: Final = {
    "any": "any(表, 条件)",
    "all": "all(表, 条件)",
    "count": "count(表, 条件)",
    "sum": "sum(表, 数, where=条件)",
    "min": "min(数, 数)",
    "max": "max(数, 数)",
    "overlaps": 'overlaps(多值代码, ["代码", "代码"])',
    "tiers": "tiers(数, (起点, 值), (起点, 值))",
    "days_within": "days_within(起始日, 到期日, 期间起, 期间止)",
    "year": "year(日期)",
    "division": "division(行业代码)",
}
_OPERATORS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_ARITHMETIC: Final[dict[type[ast.operator], str]] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
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
    ast.Constant: "不能这样写常量",
    ast.Dict: "不能用字典",
}


@dataclass(frozen=True, slots=True)
class ParamSpec:
    """A parameter of a pack as the language sees it."""

    name: str
    label: str
    type: Type
    value: LiteralValue | None = None
    steps: tuple[tuple[dt.date, int | Fraction], ...] | None = None
    """Set for a dated table, called like a function of a day."""


@dataclass(frozen=True, slots=True)
class Term:
    """A named condition of the pack, optionally on the rows of one table."""

    name: str
    label: str
    table: str | None
    expr: Expr


@dataclass(frozen=True)
class Scope:
    """Names an expression may use."""

    dictionary: FactDictionary
    params: Mapping[str, ParamSpec] = field(default_factory=dict)
    terms: Mapping[str, Term] = field(default_factory=dict)
    table: str | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A typed tree, the lexed line and every mistake found in it."""

    expr: Expr | None
    literals: tuple[tuple[Literal, int], ...]
    errors: tuple[ExpressionError, ...]


def parse(source: str, scope: Scope, expect: Type | None = None) -> Parsed:
    """Parse one line. ``expect`` is the type the result must have (``BOOL`` for a test, ``YUAN`` for an amount)."""
    try:
        lexed = lex(source)
        tree = _python_tree(lexed)
    except ExpressionError as error:
        return Parsed(None, (), (error,))
    builder = _Builder(scope, lexed)
    try:
        expr = builder.build(tree)
        if expect is not None:
            expr = builder.expect(expr, expect, tree)
    except ExpressionError as error:
        builder.errors.append(error)
        return Parsed(None, (), tuple(builder.errors))
    return Parsed(None if builder.errors else expr, tuple(builder.used_literals), tuple(builder.errors))


def _python_tree(lexed: Lexed) -> ast.expr:
    if not lexed.text:
        raise ExpressionError("表达式是空的", 0)
    try:
        return ast.parse(lexed.text, mode="eval").body
    except SyntaxError as error:
        place = lexed.place(max((error.offset or 1) - 1, 0))
        raise ExpressionError(
            "看不懂这个表达式", place, advice="检查括号和运算符；相等写 ==，并且写 and，或者写 or"
        ) from None
    except (RecursionError, MemoryError, ValueError):
        raise ExpressionError("表达式太复杂", 0, advice="拆成几个条件") from None


class _Builder:
    """Turns Python's tree into ours; collects mistakes and goes on where it can."""

    def __init__(self, scope: Scope, lexed: Lexed) -> None:
        self.scope = scope
        self.lexed = lexed
        self.table = scope.table
        self.errors: list[ExpressionError] = []
        self.used_literals: list[tuple[Literal, int]] = []
        self._depth = 0
        self._calls: dict[str, Callable[[ast.Call], Expr]] = {
            "any": self._exists, "all": self._exists, "count": self._count, "sum": self._sum,
            "min": self._min_max, "max": self._min_max, "overlaps": self._overlaps, "tiers": self._tiers,
            "days_within": self._days_within, "year": self._year, "division": self._division,
        }  # fmt: skip

    # -- places and mistakes ---------------------------------------------------------------------------------
    def error(self, node: ast.AST, message: str, advice: str = "") -> ExpressionError:
        """A mistake at a node."""
        start = self.lexed.place(getattr(node, "col_offset", 0))
        end = self.lexed.end_place(max(getattr(node, "end_col_offset", 1) - 1, 0))
        return ExpressionError(message, start, max(end, start + 1), advice)

    def note(self, node: ast.AST, message: str, advice: str = "") -> Expr:
        """Record a mistake and go on with something that fits everywhere."""
        self.errors.append(self.error(node, message, advice))
        return Literal(0, ANY)

    # -- dispatch --------------------------------------------------------------------------------------------
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
                raise self.error(node, "列表只能放在 in 的右边或 overlaps 里")
        raise self.error(
            node, _REFUSED.get(type(node), "这里不允许这种写法"), f"可用的函数：{'、'.join(FUNCTIONS)}"
        )

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
        return self.note(node, f"这里要{wanted.words}，而它是{expr.type.words}")

    # -- names -----------------------------------------------------------------------------------------------
    def _name(self, node: ast.Name, name: str) -> Expr:
        if name in self.lexed.literals:
            literal = self.lexed.literals[name]
            self.used_literals.append((literal, self.lexed.place(node.col_offset)))
            return literal
        dictionary = self.scope.dictionary
        if self.table is not None and name in dictionary.tables[self.table].columns:
            return FieldRef(self.table, name, type_of_fact(dictionary.tables[self.table].columns[name]))
        if name in self.scope.terms:
            return self._term(node, self.scope.terms[name])
        if name in self.scope.params:
            return self._param(node, self.scope.params[name])
        if name in dictionary.facts:
            return FactRef(name, type_of_fact(dictionary.facts[name]))
        return self._unknown_name(node, name)

    def _term(self, node: ast.Name, term: Term) -> Expr:
        if term.table is not None and term.table != self.table:
            return self.note(
                node, f"{term.name} 只能用在 {term.table} 的行里", f"写成 any({term.table}, {term.name})"
            )
        return term.expr

    def _param(self, node: ast.Name, param: ParamSpec) -> Expr:
        if param.steps is not None:
            return self.note(node, f"{param.name} 是按日期取值的表", f"写成 {param.name}(日期)")
        if param.value is None:
            return self.note(
                node, f"{param.name} 是随登记表交来的参数表", f"写成 {param.name}(行业大类, 年度)"
            )
        return Param(param.name, param.value, param.type, param.label)

    def _unknown_name(self, node: ast.Name, name: str) -> Expr:
        dictionary = self.scope.dictionary
        if name in dictionary.tables:
            return self.note(
                node, f"{name} 是子表，不能直接当值用", f"写成 any({name}, 条件) 或 sum({name}, 数)"
            )
        if name in FUNCTIONS:
            return self.note(node, f"{name} 是函数", f"写成 {FUNCTIONS[name]}")
        pool = [*dictionary.facts, *self.scope.params, *self.scope.terms]
        if self.table:
            pool = [*dictionary.tables[self.table].columns, *pool]
        near = difflib.get_close_matches(name, pool, n=1, cutoff=0.6)
        owner = next((t.id for t in dictionary.tables.values() if name in t.columns), None)
        if owner and self.table is None and not near:
            return self.note(node, f"{name} 是 {owner} 的字段", f"写成 any({owner}, …{name}…)")
        return self.note(
            node, f"没有叫 {name} 的指标", f"是不是 {near[0]}？" if near else "指标见 packs/facts.yaml"
        )

    # -- comparisons -----------------------------------------------------------------------------------------
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
                _unit_advice(left, right),
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

    # -- numbers ---------------------------------------------------------------------------------------------
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
                _unit_advice(left, right),
            )
        return Arith(operator, left, right, left.type)

    def _same_unit(self, nodes: list[ast.expr], whole: ast.AST) -> tuple[tuple[Expr, ...], Type]:
        exprs = tuple(self._number(node) for node in nodes)
        types = {expr.type for expr in exprs} - {ANY}
        if len(types) > 1:
            names = "、".join(sorted(kind.words for kind in types))
            self.note(whole, f"单位不同：{names}", "把单位写成一样，如 30万元")
        return exprs, next((expr.type for expr in exprs if expr.type != ANY), ANY)

    def _if_else(self, node: ast.IfExp, test: ast.expr, body: ast.expr, orelse: ast.expr) -> Expr:
        condition = self._test(test)
        (then, otherwise), kind = self._same_unit([body, orelse], node)
        return IfElse(condition, then, otherwise, kind)

    # -- calls -----------------------------------------------------------------------------------------------
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
        if not least <= len(node.args) <= most:
            raise self.error(node, f"{name} 的参数个数不对", usage)
        return given

    def _table_of(self, node: ast.Call) -> str:
        first = node.args[0]
        tables = self.scope.dictionary.tables
        if self.table is not None:
            raise self.error(node, "行里不能再数一张表", "拆成两个条件")
        if isinstance(first, ast.Name) and first.id in tables:
            return first.id
        written = first.id if isinstance(first, ast.Name) else ""
        near = difflib.get_close_matches(written, tables, n=1, cutoff=0.5)
        advice = f"是不是 {near[0]}？" if near else f"可用的表：{'、'.join(tables)}"
        raise self.error(first, "第一个参数要是子表的名字", advice)

    def _in_row(self, table: str, build: Callable[[], Expr]) -> Expr:
        self.table = table
        try:
            return build()
        finally:
            self.table = self.scope.table

    def _exists(self, node: ast.Call) -> Expr:
        self._arguments(node, 2, 2)
        table = self._table_of(node)
        test = self._in_row(table, lambda: self._test(node.args[1]))
        return Exists(node.func.id if isinstance(node.func, ast.Name) else "any", table, test)

    def _count(self, node: ast.Call) -> Expr:
        self._arguments(node, 2, 2)
        table = self._table_of(node)
        return Count(table, self._in_row(table, lambda: self._test(node.args[1])))

    def _sum(self, node: ast.Call) -> Expr:
        keywords = self._arguments(node, 2, 2, ("where",))
        table = self._table_of(node)
        value = self._in_row(table, lambda: self._number(node.args[1]))
        where_node = keywords.get("where")
        where = self._in_row(table, lambda: self._test(where_node)) if where_node is not None else None
        return Sum(table, value, where, value.type)

    def _min_max(self, node: ast.Call) -> Expr:
        self._arguments(node, 2, 20)
        args, kind = self._same_unit(node.args, node)
        return MinMax(node.func.id if isinstance(node.func, ast.Name) else "min", args, kind)

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


def _flat(kind: type[And] | type[Or], parts: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """``a and (b and c)`` is one list of three, so that equal conditions are equal trees."""
    return tuple(leaf for part in parts for leaf in (part.args if isinstance(part, kind) else (part,)))


def _may_be_never(expr: Expr) -> bool:
    return expr.type.kind == "year" and expr.type.spec is not None and expr.type.spec.none_word is not None


def _unit_advice(left: Expr, right: Expr) -> str:
    for literal, other in ((left, right), (right, left)):
        if isinstance(literal, Literal) and literal.type == RATIO and other.type.unit:
            unit = {"元": "元 或 万元"}.get(other.type.words, other.type.words)
            return f"给 {literal.text} 写上单位：{unit}"
    return "换算成同样的单位再算"
