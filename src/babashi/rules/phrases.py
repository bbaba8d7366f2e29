"""Chinese phrases for the typed tree: what is executed is what is read."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from babashi.rules.chinese import list_text, typed_text
from babashi.rules.facts import FactDictionary, FactSpec
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
    walk,
)
from babashi.rules.values import NEVER

_FLIPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_OPPOSITE: Final = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}
_SIGN: Final = {"+": "加", "-": "减", "*": "×", "/": "÷"}


class Phrases:
    """Words for expressions, with the labels of one dictionary."""

    def __init__(self, dictionary: FactDictionary) -> None:
        self.dictionary = dictionary

    # -- conditions ------------------------------------------------------------------------------------------
    def test(self, expr: Expr) -> str:
        """A condition as a phrase without subject: ``2021年从业人员300人以上``."""
        match expr:
            case FactRef() | FieldRef():
                return self._spec(expr).says or f"属于{self._spec(expr).label}"
            case Compare():
                return self._compare(expr)
            case InSet(operand=operand, values=values):
                return self._said(operand, values) or f"{self.noun(operand)}为{self._one_of(values)}"
            case Overlaps(operand=operand, values=values):
                return self._said(operand, values) or f"{self.noun(operand)}包括{self._one_of(values)}"
            case And(args=args):
                return self._and(args)
            case Or(args=args):
                return "，或者".join(self._grouped(arg) for arg in args)
            case Not(operand=operand):
                return self._not(operand)
            case Exists(op=op, table=table, test=test):
                return (
                    f"有{self.rows(table, test)}"
                    if op == "any"
                    else f"每一{self._row_word(table)}都{self.test(test)}"
                )
        return self.noun(expr)

    def _one_of(self, values: tuple[Expr, ...]) -> str:
        return list_text([self.noun(value) for value in values], "或")

    def _said(self, operand: Expr, values: tuple[Expr, ...]) -> str:
        """The phrase of the dictionary with the values in it, nothing where it has none."""
        if not isinstance(operand, FactRef) or "{}" not in self._spec(operand).says:
            return ""
        if not all(isinstance(value, Literal) and value.value is not NEVER for value in values):
            return ""
        return self._spec(operand).says.replace("{}", self._one_of(values))

    def _grouped(self, expr: Expr) -> str:
        return f"（{self.test(expr)}）" if isinstance(expr, And) else self.test(expr)

    def _and(self, args: tuple[Expr, ...]) -> str:
        parts: list[str] = []
        rest = list(args)
        while rest:
            between = self._between(rest[0], rest[1]) if len(rest) > 1 else ""
            parts.append(
                between or (f"（{self.test(rest[0])}）" if isinstance(rest[0], Or) else self.test(rest[0]))
            )
            rest = rest[2:] if between else rest[1:]
        return "，且".join(parts)

    def _between(self, low: Expr, high: Expr) -> str:
        """``13 <= x <= 43`` reads ``x为13至43``."""
        match low, high:
            case (
                Compare(op="<=", left=Literal() as least, right=middle),
                Compare(op="<=", left=again, right=Literal() as most),
            ) if middle == again:
                return f"{self.noun(middle)}为{self.noun(least)}至{self.noun(most)}"
        return ""

    def _not(self, operand: Expr) -> str:
        match operand:
            case FactRef() | FieldRef():
                return f"不{self.test(operand)}"
            case InSet(operand=inner, values=values):
                said = self._said(inner, values)
                return f"不{said}" if said else f"{self.noun(inner)}不是{self._one_of(values)}"
            case Compare(op=op, left=left, right=right):
                return self._compare(Compare(_OPPOSITE[op], left, right))
            case Overlaps(operand=inner, values=values) if self._said(inner, values):
                return f"不{self._said(inner, values)}"
            case Exists(op="any", table=table, test=test):
                return f"没有{self.rows(table, test)}"
            case Not(operand=inner):
                return self.test(inner)
        return f"不是“{self.test(operand)}”"

    def _compare(self, expr: Compare) -> str:
        op, left, right = expr.op, expr.left, expr.right
        if isinstance(left, Literal) and not isinstance(right, Literal):
            op, left, right = _FLIPPED[op], right, left
        said = self._said(left, (right,)) if op in ("==", "!=") else ""
        if said:
            return said if op == "==" else f"不{said}"
        subject, other = self.noun(left), self.noun(right)
        if op in ("==", "!="):
            return f"{subject}{'为' if op == '==' else '不是'}{other}"
        if left.type.kind == "date":
            word = {">=": "不早于", ">": "晚于", "<": "早于", "<=": "不晚于"}[op]
            return f"{subject}{word}{other}"
        if op == ">=" and isinstance(right, Literal) and right.type.unit:
            return f"{subject}{other}以上"
        word = {">=": "不低于", ">": "超过", "<": "低于", "<=": "不超过"}[op]
        return f"{subject}{word}{other}"

    # -- nouns -----------------------------------------------------------------------------------------------
    def noun(self, expr: Expr) -> str:
        """A value as a noun: ``2021年营业收入``."""
        match expr:
            case FactRef():
                return self._spec(expr).spoken
            case FieldRef():
                return self._spec(expr).label
            case Literal(value=value, type=kind):
                return typed_text(value, kind)
            case Param(value=value, type=kind):
                return typed_text(value, kind)
            case DatedLookup(day=day, label=label, name=name):
                return f"{self.noun(day)}适用的{label or name}"
            case RegisterLookup(name=name, keys=keys):
                years = "".join(self.noun(key) for key in keys if key.type.kind == "year")
                return f"{years}{self.dictionary.parameter_tables[name].label}"
            case DaysWithin():
                return self._days(expr)
            case YearOf(operand=operand):
                return f"{self.noun(operand)}所在的年份"
            case Division():
                return "行业大类"
        return self._number(expr)

    def _number(self, expr: Expr) -> str:
        match expr:
            case Arith():
                return self._arith(expr)
            case Neg(operand=operand):
                return f"负的{self._part(operand)}"
            case MinMax(op=op, args=args):
                return self._min_max(op, args)
            case Tiers(operand=operand, steps=steps):
                tiers = "；".join(f"{self.noun(start)}以上为{self.noun(value)}" for start, value in steps)
                return f"按{self.noun(operand)}分档（{tiers}）"
            case IfElse(condition=condition, then=then, otherwise=otherwise):
                if isinstance(then, Literal) and then.value == 0 and _zero_anyway(condition, otherwise):
                    return self.noun(otherwise)
                if isinstance(then, Literal) and then.value == 0:
                    return f"{self.noun(otherwise)}（{self.test(condition)}的按0计）"
                return self._choices(expr)
            case Count(table=table, test=test):
                return f"{self.rows(table, test)}的数量"
            case Sum():
                return self._sum(expr)
        return self.test(expr)

    def _choices(self, expr: IfElse) -> str:
        """One after the other, as a notice lists them: ``国家级的8万元，市级的3万元，其余2万元``."""
        parts: list[str] = []
        rest: Expr = expr
        while isinstance(rest, IfElse):
            parts.append(f"{self.test(rest.condition)}的{self._given(rest.then)}")
            rest = rest.otherwise
        nothing = isinstance(rest, Literal) and rest.value == 0
        return "，".join([*parts, "其余不计" if nothing else f"其余{self._given(rest)}"])

    def _given(self, expr: Expr) -> str:
        """``8万元``, but ``按租金的85%``."""
        return self.noun(expr) if isinstance(expr, (Literal, Param)) else f"按{self.noun(expr)}"

    def _added(self, expr: Arith) -> str:
        """A sum of several benefits, each by itself; empty for an ordinary sum."""
        parts = _addends(expr)
        if not any(isinstance(part, (IfElse, Sum)) for part in parts):
            return ""
        return f"以下各项相加：{'；'.join(self.noun(part) for part in parts)}"

    def _arith(self, expr: Arith) -> str:
        added = self._added(expr)
        if added:
            return added
        if expr.op == "/" and not expr.type.unit:
            ratio = self._ratio(expr.left, expr.right)
            if ratio:
                return ratio
        by_rate = expr.op == "*" and isinstance(expr.right, Literal) and _is_rate(expr.right)
        if by_rate and not isinstance(expr.left, Arith):
            return f"{self.noun(expr.left)}的{self.noun(expr.right)}"
        left, right = self._part(expr.left, expr.op), self._part(expr.right, expr.op)
        if expr.op in "+-" and any(isinstance(part, Arith) for part in (expr.left, expr.right)):
            return f"{left}，{'加上' if expr.op == '+' else '减去'}{right}"
        return f"{left}{_SIGN[expr.op]}{right}"

    def _ratio(self, above: Expr, below: Expr) -> str:
        """``2021年申报研发费用占营业收入的比例``; of one fact in two years ``…之比``."""
        if not isinstance(above, FactRef) or not isinstance(below, FactRef):
            return ""
        one, other = self._spec(above), self._spec(below)
        if one.stem == other.stem:
            return f"{self.noun(above)}与{self.noun(below)}之比"
        return f"{self.noun(above)}占{other.stem if one.period == other.period else self.noun(below)}的比例"

    def _part(self, expr: Expr, op: str = "") -> str:
        """A part of a sum or product; within a product a rate is a factor like any other."""
        if isinstance(expr, Arith) and expr.op == op == "*":
            return f"{self._part(expr.left, op)}×{self._part(expr.right, op)}"
        text = self.noun(expr)
        if isinstance(expr, Arith) and expr.op in "+-" and op not in ("+", ""):
            return f"（{text}）"
        if isinstance(expr, (MinMax, IfElse)) and op != "+":
            return f"（{text}）"
        return text

    def _min_max(self, op: str, args: tuple[Expr, ...]) -> str:
        fixed = [arg for arg in args if isinstance(arg, (Literal, Param))]
        others = [arg for arg in args if not isinstance(arg, (Literal, Param))]
        if len(fixed) == 1 and len(others) == 1:
            bound = self.noun(fixed[0])
            if op == "max" and fixed[0].value == 0:
                return self._increase(others[0]) or f"{self.noun(others[0])}（不足零的按零计）"
            other = self.noun(others[0])
            if isinstance(others[0], Arith) and self._added(others[0]):
                other = f"“{other}”"
            return f"{other}，{'不超过' if op == 'min' else '不低于'}{bound}"
        degree = "较" if len(args) == 2 else "最"
        return f"{self._listed(args)}中{degree}{'低' if op == 'min' else '高'}的一项"

    def _increase(self, expr: Expr) -> str:
        """``2021年比2020年增加的申报研发费用``, where one fact of two years is subtracted."""
        match expr:
            case Arith(op="-", left=FactRef() as later, right=FactRef() as earlier):
                one, other = self._spec(later), self._spec(earlier)
                if one.stem == other.stem and one.period and other.period:
                    return f"{one.period}年比{other.period}年增加的{one.stem}（没有增加的按零计）"
        return ""

    def _listed(self, args: tuple[Expr, ...]) -> str:
        specs = [self._spec(arg) for arg in args if isinstance(arg, FactRef)]
        years = [f"{spec.period}年" for spec in specs if spec.period]
        if len(years) == len(args) and len({spec.stem for spec in specs}) == 1:
            return f"{'、'.join(years)}{specs[0].stem}"
        return list_text([self.noun(arg) for arg in args], "与")

    def _sum(self, expr: Sum) -> str:
        rows = (
            self.rows(expr.table, expr.where)
            if expr.where is not None
            else self.dictionary.tables[expr.table].label
        )
        if isinstance(expr.value, FieldRef):
            return f"{rows}的{self.noun(expr.value)}合计"
        if isinstance(expr.value, (Literal, Param)):
            return f"{rows}每{self._row_word(expr.table)}{self.noun(expr.value)}"
        return f"{rows}逐{self._row_word(expr.table)}按“{self.noun(expr.value)}”计算，再相加"

    def _days(self, expr: DaysWithin) -> str:
        start, end = self.noun(expr.start), self.noun(expr.end)
        window = f"{self.noun(expr.window_from)}（含）至{self.noun(expr.window_to)}（不含）"
        return f"{start}至{end}落在{window}期间的天数"

    def rows(self, table: str, test: Expr) -> str:
        """Rows of a table that meet a condition: ``本金50万元以上的流动资金贷款``."""
        parts = test.args if isinstance(test, And) else (test,)
        rest = tuple(part for part in parts if not self._adjective(part))
        words = [word for part in reversed(parts) if (word := self._adjective(part))]
        before = f"{self.test(rest[0] if len(rest) == 1 else And(rest))}的" if rest else ""
        return f"{before}{'的'.join(words)}{self.dictionary.tables[table].label}"

    def _adjective(self, test: Expr) -> str:
        match test:
            case InSet(operand=FieldRef() as column, values=values):
                return self._spec(column).adjective.replace("{}", self._one_of(values))
            case Compare(op="==", left=FieldRef() as column, right=Literal() as value):
                return self._spec(column).adjective.replace("{}", self.noun(value))
        return ""

    def _row_word(self, table: str) -> str:
        return {"loans": "笔", "projects": "个"}.get(table, "项")

    def _spec(self, expr: FactRef | FieldRef) -> FactSpec:
        spec = self.dictionary.spec(expr.ref if isinstance(expr, FieldRef) else expr.id)
        if spec is None:
            raise KeyError(expr)
        return spec


def _addends(expr: Expr) -> list[Expr]:
    """What is added up, in reading order; nothing of a difference."""
    if isinstance(expr, Arith) and expr.op == "+":
        return [*_addends(expr.left), *_addends(expr.right)]
    return [expr]


def _zero_anyway(condition: Expr, product: Expr) -> bool:
    """``0 if x == 0 else … x …`` needs no words for its zero: the product is zero then."""
    match condition:
        case Compare(op="==", left=factor, right=Literal(value=0)):
            return factor in walk(product)
    return False


def _is_rate(expr: Literal) -> bool:
    return not expr.type.unit and isinstance(expr.value, (int, Fraction)) and 0 < expr.value <= 1
