"""Numbers in columns: exact scaled integers while that is possible, else floats with an error bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Final

import numpy as np
import numpy.typing as npt

from babashi.rules.columnar.columns import Bools
from babashi.rules.money import MOST_YUAN

LIMIT: Final = 1 << 62
MOST_FEN: Final = int(MOST_YUAN * 100)
EPS: Final = 2.0**-52
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Num:
    """A column of numbers: ``ints / den`` exactly, or ``approx`` within ``err`` (rowwise, may be infinite).

    ``known`` is ``None`` where every row is; values of unknown rows are arbitrary.
    """

    known: Bools | None
    ints: Ints | None = None
    den: int = 1
    bound: int = 0
    approx: Floats | None = None
    err: Floats | None = None

    def floats(self) -> tuple[Floats, Floats]:
        """Values and error bounds as floats."""
        if self.ints is not None:
            values = self.ints / self.den
            return values, np.abs(values) * (2 * EPS)
        assert self.approx is not None
        assert self.err is not None
        return self.approx, self.err


def both(left: Bools | None, right: Bools | None) -> Bools | None:
    """Rows in which both are known."""
    if left is None:
        return right
    return left if right is None else left & right


def exact_num(ints: Ints, den: int, known: Bools | None) -> Num:
    """An exact column; its bound is measured."""
    bound = int(max(ints.max(), -ints.min())) if ints.size else 0
    return Num(known, ints=ints, den=den, bound=bound)


def constant(value: int | Fraction, rows: int) -> Num:
    """The same exact number in every row (an array that broadcasts)."""
    fraction = Fraction(value)
    if abs(fraction.numerator) >= LIMIT or fraction.denominator >= LIMIT:
        approx = np.full(rows, float(fraction))
        return Num(None, approx=approx, err=np.abs(approx) * (2 * EPS))
    ints = np.broadcast_to(np.int64(fraction.numerator), (rows,))
    return Num(None, ints=ints, den=fraction.denominator, bound=abs(fraction.numerator))


def from_table(values: Sequence[int | Fraction], index: npt.NDArray[np.intp], known: Bools | None) -> Num:
    """A column looked up in a short list of exact numbers."""
    fractions = [Fraction(value) for value in values]
    den = lcm(*(fraction.denominator for fraction in fractions)) if fractions else 1
    scaled = [int(fraction * den) for fraction in fractions]
    if den < LIMIT and all(abs(number) < LIMIT for number in scaled):
        ints = np.array(scaled or [0], np.int64)[index]
        return Num(known, ints=ints, den=den, bound=max(map(abs, scaled), default=0))
    approx = np.array([float(fraction) for fraction in fractions], np.float64)[index]
    return Num(known, approx=approx, err=np.abs(approx) * (2 * EPS))


def aligned(left: Num, right: Num) -> tuple[Ints, Ints, int, int] | None:
    """Both as integers over one denominator, that denominator and a bound; ``None`` where it overflows."""
    if left.ints is None or right.ints is None:
        return None
    den = lcm(left.den, right.den)
    left_factor, right_factor = den // left.den, den // right.den
    bound = left.bound * left_factor + right.bound * right_factor
    if bound >= LIMIT or den >= LIMIT:
        return None
    left_ints = left.ints if left_factor == 1 else left.ints * left_factor
    right_ints = right.ints if right_factor == 1 else right.ints * right_factor
    return left_ints, right_ints, den, bound


def arith(op: str, left: Num, right: Num, nonzero: Bools | None = None) -> Num:
    """``left op right``; for ``/`` ``nonzero`` says where the divisor is not zero (``None``: everywhere)."""
    known = both(both(left.known, right.known), nonzero)
    if op == "/":
        return _quotient(left, right, known)
    if op == "*":
        if left.ints is not None and right.ints is not None:
            bound, den = left.bound * right.bound, left.den * right.den
            if bound < LIMIT and den < LIMIT:
                return Num(known, ints=left.ints * right.ints, den=den, bound=bound)
        return _float_product(left, right, known)
    pair = aligned(left, right)
    if pair is not None:
        a, b, den, bound = pair
        return Num(known, ints=a + b if op == "+" else a - b, den=den, bound=bound)
    (a_, ea), (b_, eb) = left.floats(), right.floats()
    total = a_ + b_ if op == "+" else a_ - b_
    return Num(known, approx=total, err=(ea + eb + np.abs(total) * EPS) * 1.01)


def _float_product(left: Num, right: Num, known: Bools | None) -> Num:
    (a, ea), (b, eb) = left.floats(), right.floats()
    with np.errstate(all="ignore"):
        product = a * b
        err = (np.abs(a) * eb + np.abs(b) * ea + ea * eb + np.abs(product) * EPS) * 1.01
    return Num(known, approx=product, err=np.where(np.isnan(err), np.inf, err))


def _quotient(left: Num, right: Num, known: Bools | None) -> Num:
    divisor = right.ints
    if (
        divisor is not None
        and left.ints is not None
        and divisor.strides == (0,)
        and divisor.size
        and divisor[0] != 0
    ):
        return arith("*", left, constant(Fraction(right.den, int(divisor[0])), divisor.size))
    (a, ea), (b, eb) = left.floats(), right.floats()
    with np.errstate(all="ignore"):
        quotient = a / b
        margin = np.abs(b) - eb
        err = ((ea + np.abs(quotient) * eb) / margin + np.abs(quotient) * EPS) * 1.01
        err = np.where((margin > 0) & np.isfinite(err), err, np.inf)
    return Num(known, approx=quotient, err=err)


def choose(op: str, left: Num, right: Num) -> Num:
    """Rowwise ``min`` or ``max``."""
    known = both(left.known, right.known)
    pair = aligned(left, right)
    if pair is not None:
        a, b, den, bound = pair
        return Num(known, ints=np.minimum(a, b) if op == "min" else np.maximum(a, b), den=den, bound=bound)
    (a_, ea), (b_, eb) = left.floats(), right.floats()
    return Num(
        known, approx=np.minimum(a_, b_) if op == "min" else np.maximum(a_, b_), err=np.maximum(ea, eb)
    )


def where(condition: Bools, then: Num, otherwise: Num, known: Bools | None) -> Num:
    """``then`` where the condition holds, else ``otherwise``."""
    pair = aligned(then, otherwise)
    if pair is not None:
        a, b, den, bound = pair
        return Num(known, ints=np.where(condition, a, b), den=den, bound=bound)
    (a_, ea), (b_, eb) = then.floats(), otherwise.floats()
    return Num(known, approx=np.where(condition, a_, b_), err=np.where(condition, ea, eb))


def compare(op: str, left: Num, right: Num) -> tuple[Bools, Bools | None]:
    """Outcome of ``left op right``, and the rows in which it lies within the error bound (``None``: none)."""
    pair = aligned(left, right)
    if pair is not None:
        return _HOLDS[op](pair[0], pair[1]), None
    (a, ea), (b, eb) = left.floats(), right.floats()
    with np.errstate(all="ignore"):
        outcome = _HOLDS[op](a, b)
        unsure = ~(np.abs(a - b) > (ea + eb) * 1.01)
    return outcome, unsure


_HOLDS: Final = {
    "==": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater,
    ">=": np.greater_equal,
}  # fmt: skip


def segment_sums(num: Num, counted: Bools, offsets: Ints) -> Num:
    """Sum of the counted rows of each segment; ``known`` is left to the caller."""
    if num.ints is not None:
        longest = int((offsets[1:] - offsets[:-1]).max(initial=0))
        if num.bound * max(longest, 1) < LIMIT and num.bound * max(len(num.ints), 1) < 2 * LIMIT:
            running = np.concatenate(([0], np.cumsum(np.where(counted, num.ints, 0))))
            return Num(
                None,
                ints=running[offsets[1:]] - running[offsets[:-1]],
                den=num.den,
                bound=num.bound * longest,
            )
    values, err = num.floats()
    totals, errors = np.zeros(len(offsets) - 1), np.zeros(len(offsets) - 1)
    filled = np.flatnonzero(offsets[1:] > offsets[:-1])
    if filled.size:
        starts = offsets[:-1][filled]
        values, err = np.where(counted, values, 0.0), np.where(counted, err, 0.0)
        totals[filled] = np.add.reduceat(values, starts)
        sizes = (offsets[1:] - offsets[:-1])[filled]
        errors[filled] = (
            np.add.reduceat(err, starts) + np.add.reduceat(np.abs(values), starts) * EPS * sizes
        ) * 1.01
    return Num(None, approx=totals, err=errors)


def to_fen(num: Num) -> tuple[Ints, Bools]:
    """Yuan rounded half-up (away from zero) to fen, and the rows that only exact arithmetic can round."""
    if num.ints is not None and num.bound * 200 + num.den < LIMIT and num.bound * 100 < MOST_FEN * num.den:
        magnitude = np.abs(num.ints) * 200 + num.den
        fen = magnitude // (2 * num.den)
        return np.where(num.ints < 0, -fen, fen), np.zeros(len(fen), np.bool_)
    values, err = num.floats()
    with np.errstate(all="ignore"):
        scaled = np.abs(values) * 100
        fen_float = np.floor(scaled + 0.5)
        distance = np.abs(scaled + 0.5 - np.round(scaled + 0.5))
        unsure = ~(distance > err * 101 + scaled * (4 * EPS) + 1e-300) | ~(scaled < 2.0**52)
        fen = np.where(unsure, 0, fen_float).astype(np.int64)
    return np.where(values < 0, -fen, fen), unsure
