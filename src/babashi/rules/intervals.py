"""Bounds of numbers and truths that need no facts: for the checker and for what an item may bring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from babashi.rules.money import Number, exact
from babashi.rules.tree import (
    And,
    Arith,
    Compare,
    Count,
    DatedLookup,
    DaysWithin,
    Division,
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
    Param,
    RegisterLookup,
    Sum,
    Tiers,
)

Bound = Number | None
"""``None``: no bound on this side."""


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from ``low`` to ``high``, both included."""

    low: Bound = None
    high: Bound = None


def bounds(expr: Expr, facts: Mapping[str, object] | None = None) -> Interval:
    """Bounds of a number; money, people and counts of the register are never negative."""
    known = facts or {}
    match expr:
        case Literal(value=value) | Param(value=value):
            return _point(value)
        case FactRef(id=fact_id, type=kind):
            given = known.get(fact_id)
            if given is not None and kind.kind == "number":
                return _point(given)
            return Interval(0, None) if kind.kind in ("number", "year") else Interval()
        case FieldRef() | Count() | RegisterLookup():
            return Interval(0, None) if expr.type.kind in ("number", "year") else Interval()
        case DatedLookup(steps=steps):
            rates = [rate for _, rate in steps]
            return Interval(min(rates), max(rates)) if rates else Interval()
        case DaysWithin(window_from=first, window_to=last):
            return Interval(0, _days(first, last))
        case Division():
            return Interval(0, 99)
    return _combined(expr, known)


def _combined(expr: Expr, known: Mapping[str, object]) -> Interval:
    match expr:
        case Arith(op=op, left=left, right=right):
            return _arith(op, bounds(left, known), bounds(right, known))
        case Neg(operand=operand):
            inner = bounds(operand, known)
            return Interval(_negative(inner.high), _negative(inner.low))
        case MinMax(op=op, args=args):
            return _min_max(op, [bounds(arg, known) for arg in args])
        case IfElse(then=then, otherwise=otherwise):
            return _union([bounds(then, known), bounds(otherwise, known)])
        case Tiers(steps=steps):
            return _union([Interval(0, 0), *(bounds(value, known) for _, value in steps)])
        case Sum(value=value):
            inner = bounds(value, known)
            low = 0 if inner.low is not None and inner.low >= 0 else None
            return Interval(low, 0 if inner.high is not None and inner.high <= 0 else None)
    return Interval()


def truth(expr: Expr) -> bool | None:
    """What a condition is whatever the facts say; ``None`` when the facts decide."""
    match expr:
        case And(args=args):
            return _contradiction(args)
        case Or(args=args):
            inner = _contradiction(tuple(_negated(arg) for arg in args))
            return None if inner is None else not inner
        case Not(operand=operand):
            inner = truth(operand)
            return None if inner is None else not inner
        case Compare(op=op, left=left, right=right):
            return _compare(op, left, right)
        case InSet(operand=Literal(value=value), values=values):
            return value in {literal.value for literal in values}
    return None


def _contradiction(args: tuple[Expr, ...]) -> bool | None:
    truths = [truth(arg) for arg in args]
    if False in truths:
        return False
    if all(value is True for value in truths):
        return True
    if any(_negated(arg) in args for arg in args):
        return False
    return False if _empty_range(args) or _disjoint_codes(args) else None


def _negated(expr: Expr) -> Expr:
    if isinstance(expr, Not):
        return expr.operand
    if isinstance(expr, Compare):
        opposite = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}[expr.op]
        return Compare(opposite, expr.left, expr.right)
    return Not(expr)


def _empty_range(args: tuple[Expr, ...]) -> bool:
    """Comparisons of one thing with constants that leave no value."""
    lows: dict[Expr, tuple[Fraction, bool]] = {}
    highs: dict[Expr, tuple[Fraction, bool]] = {}
    for arg in args:
        for subject, op, value in _constraints(arg):
            if op in (">", ">=", "=="):
                lows[subject] = max(lows.get(subject, (value, op == ">")), (value, op == ">"))
            if op in ("<", "<=", "=="):
                previous = highs.get(subject, (value, op != "<"))
                highs[subject] = min(previous, (value, op != "<"))
    for subject, (low, strict) in lows.items():
        if subject in highs:
            high, included = highs[subject]
            if low > high or (low == high and (strict or not included)):
                return True
    return False


def _constraints(expr: Expr) -> list[tuple[Expr, str, Fraction]]:
    if not isinstance(expr, Compare) or expr.op == "!=":
        return []
    flipped = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}
    left, right = _constant(expr.left), _constant(expr.right)
    if right is not None and left is None:
        return [(expr.left, expr.op, right)]
    if left is not None and right is None:
        return [(expr.right, flipped[expr.op], left)]
    return []


def _constant(expr: Expr) -> Fraction | None:
    if isinstance(expr, (Literal, Param)):
        if isinstance(expr.value, dt.date):
            return Fraction(expr.value.toordinal())
        if isinstance(expr.value, (int, Fraction)) and not isinstance(expr.value, bool):
            return Fraction(expr.value)
    return None


def _disjoint_codes(args: tuple[Expr, ...]) -> bool:
    """``kind == "企业" and kind == "园区"`` can't be."""
    allowed: dict[Expr, set[object]] = {}
    for arg in args:
        subject: Expr | None = None
        codes: set[object] = set()
        match arg:
            case InSet(operand=operand, values=values):
                subject, codes = operand, {literal.value for literal in values}
            case Compare(op="==", left=left, right=Literal(value=value)) if not isinstance(left, Literal):
                subject, codes = left, {value}
        if subject is not None:
            allowed[subject] = allowed[subject] & codes if subject in allowed else codes
    return any(not codes for codes in allowed.values())


def _compare(op: str, left: Expr, right: Expr) -> bool | None:
    if left == right:
        return op in ("==", "<=", ">=")
    one, other = bounds(left), bounds(right)
    less = _below(one.high, other.low, strict=True)
    more = _below(other.high, one.low, strict=True)
    at_most = _below(one.high, other.low, strict=False)
    at_least = _below(other.high, one.low, strict=False)
    always = {"<": less, "<=": at_most, ">": more, ">=": at_least, "==": False, "!=": less or more}[op]
    never = {"<": at_least, "<=": more, ">": at_most, ">=": less, "==": less or more, "!=": False}[op]
    return True if always else False if never else None


def _below(high: Bound, low: Bound, *, strict: bool) -> bool:
    if high is None or low is None:
        return False
    return high < low if strict else high <= low


def _point(value: object) -> Interval:
    if isinstance(value, bool) or value is None:
        return Interval()
    if isinstance(value, dt.date):
        return Interval(value.toordinal(), value.toordinal())
    try:
        number = exact(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return Interval()
    return Interval(number, number)


def _days(first: Expr, last: Expr) -> Bound:
    start, end = _constant(first), _constant(last)
    return None if start is None or end is None else max(0, int(end - start))


def _negative(bound: Bound) -> Bound:
    return None if bound is None else -bound


def _arith(op: str, left: Interval, right: Interval) -> Interval:
    if op == "+":
        return Interval(_add(left.low, right.low), _add(left.high, right.high))
    if op == "-":
        return Interval(_add(left.low, _negative(right.high)), _add(left.high, _negative(right.low)))
    if op == "/":
        if right.low is None or right.low <= 0:
            both = left.low is not None and left.low >= 0 and right.low == 0
            return Interval(0, None) if both else Interval()
        inverse_high = Fraction(1) / right.low
        inverse_low = Fraction(0) if right.high is None else Fraction(1) / right.high
        return _arith("*", left, Interval(inverse_low, inverse_high))
    if left.low is None or right.low is None or left.low < 0 or right.low < 0:
        return Interval()
    high = None if left.high is None or right.high is None else left.high * right.high
    return Interval(left.low * right.low, high)


def _add(one: Bound, other: Bound) -> Bound:
    return None if one is None or other is None else one + other


def _min_max(op: str, parts: list[Interval]) -> Interval:
    lows, highs = [part.low for part in parts], [part.high for part in parts]
    known_lows, known_highs = (
        [low for low in lows if low is not None],
        [high for high in highs if high is not None],
    )
    if op == "min":
        low = min(known_lows) if len(known_lows) == len(lows) else None
        return Interval(low, min(known_highs, default=None))
    high = max(known_highs) if len(known_highs) == len(highs) else None
    return Interval(max(known_lows, default=None), high)


def _union(parts: list[Interval]) -> Interval:
    lows, highs = [part.low for part in parts], [part.high for part in parts]
    low = None if None in lows else min(low for low in lows if low is not None)
    high = None if None in highs else max(high for high in highs if high is not None)
    return Interval(low, high)
