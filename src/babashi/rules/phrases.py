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

_FLIPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
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
                return f"属于{self._spec(expr).label}"
            case Compare():
                return self._compare(expr)
            case InSet(operand=operand, values=values):
                return f"{self.noun(operand)}为{list_text([self.noun(value) for value in values], '或')}"
            case Overlaps(operand=operand, values=values):
                return f"{self.noun(operand)}包括{list_text([self.noun(value) for value in values], '或')}"
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
                return f"不属于{self._spec(operand).label}"
            case InSet(operand=inner, values=values):
                return f"{self.noun(inner)}不是{list_text([self.noun(value) for value in values], '或')}"
            case Exists(op="any", table=table, test=test):
                return f"没有{self.rows(table, test)}"
            case Not(operand=inner):
                return self.test(inner)
        return f"不是“{self.test(operand)}”"

    def _compare(self, expr: Compare) -> str:
        op, left, right = expr.op, expr.left, expr.right
        if isinstance(left, Literal) and not isinstance(right, Literal):
            op, left, right = _FLIPPED[op], right, left
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
                return self._spec(expr).spoken.replace(" ", "")
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
                return f"{self.test(condition)}的为{self.noun(then)}，否则为{self.noun(otherwise)}"
            case Count(table=table, test=test):
                return f"{self.rows(table, test)}的数量"
            case Sum():
                return self._sum(expr)
        return self.test(expr)

    def _arith(self, expr: Arith) -> str:
        by_rate = expr.op == "*" and isinstance(expr.right, Literal) and _is_rate(expr.right)
        if by_rate and not isinstance(expr.left, Arith):
            return f"{self.noun(expr.left)}的{self.noun(expr.right)}"
        return f"{self._part(expr.left, expr.op)}{_SIGN[expr.op]}{self._part(expr.right, expr.op)}"

    def _part(self, expr: Expr, op: str = "") -> str:
        text = self.noun(expr)
        if isinstance(expr, Arith) and expr.op in "+-" and op not in ("+", ""):
            return f"（{text}）"
        if isinstance(expr, MinMax) and op != "+":
            return f"（{text}）"
        return text

    def _min_max(self, op: str, args: tuple[Expr, ...]) -> str:
        fixed = [arg for arg in args if isinstance(arg, (Literal, Param))]
        others = [arg for arg in args if not isinstance(arg, (Literal, Param))]
        if len(fixed) == 1 and len(others) == 1:
            inner, bound = self.noun(others[0]), self.noun(fixed[0])
            if op == "min":
                return f"{inner}，最高{bound}"
            if fixed[0].value == 0:
                return f"{inner}（不足零的按零计）"
            return f"{inner}，最低{bound}"
        word = "较小" if op == "min" else "较大"
        return f"{list_text([self.noun(arg) for arg in args], '与')}中{word}的一个"

    def _sum(self, expr: Sum) -> str:
        rows = (
            self.rows(expr.table, expr.where)
            if expr.where is not None
            else self.dictionary.tables[expr.table].label
        )
        if isinstance(expr.value, FieldRef):
            return f"{rows}的{self.noun(expr.value)}合计"
        return f"{rows}逐{self._row_word(expr.table)}按“{self.noun(expr.value)}”计算后合计"

    def _days(self, expr: DaysWithin) -> str:
        start, end = self.noun(expr.start), self.noun(expr.end)
        return f"{start}至{end}在{self.noun(expr.window_from)}至{self.noun(expr.window_to)}（不含）期间的天数"

    def rows(self, table: str, test: Expr) -> str:
        """Rows of a table that meet a condition: ``用途为流动资金，且本金50万元以上的贷款``."""
        return f"{self.test(test)}的{self.dictionary.tables[table].label}"

    def _row_word(self, table: str) -> str:
        return {"loans": "笔", "projects": "个"}.get(table, "项")

    def _spec(self, expr: FactRef | FieldRef) -> FactSpec:
        spec = self.dictionary.spec(expr.ref if isinstance(expr, FieldRef) else expr.id)
        if spec is None:
            raise KeyError(expr)
        return spec


def _zero_anyway(condition: Expr, product: Expr) -> bool:
    """``0 if x == 0 else … x …`` needs no words for its zero: the product is zero then."""
    match condition:
        case Compare(op="==", left=factor, right=Literal(value=0)):
            return factor in walk(product)
    return False


def _is_rate(expr: Literal) -> bool:
    return not expr.type.unit and isinstance(expr.value, (int, Fraction)) and 0 < expr.value <= 1
