"""Random draws that are the same on every machine and with every version of Python.

Nothing here uses floating point: sizes are drawn from a table of integers made once with exact
decimal arithmetic.
"""

from __future__ import annotations

import hashlib
import struct
from bisect import bisect_right
from collections.abc import Sequence
from decimal import Context, Decimal
from itertools import accumulate
from typing import Final, Generic, TypeVar

Choice = TypeVar("Choice")

_WORDS: Final = 96
_UNPACK: Final = struct.Struct(f"<{_WORDS}I").unpack

_STEPS: Final = 64
"""Steps per standard deviation in the table of log-normal sizes."""
_SPAN: Final = 6 * _STEPS
SCALE: Final = 1_000_000


class Draws:
    """An endless, reproducible supply of numbers for one purpose, named by ``key``."""

    __slots__ = ("_block", "_key", "_next", "_words")

    def __init__(self, key: str) -> None:
        self._key = key
        self._block = 0
        self._words: tuple[int, ...] = ()
        self._next = 0

    def below(self, bound: int) -> int:
        """A number from 0 up to but without ``bound`` (at most 2³²)."""
        if self._next == len(self._words):
            seed = f"{self._key}/{self._block}".encode()
            self._words = _UNPACK(hashlib.shake_256(seed).digest(4 * _WORDS))
            self._block += 1
            self._next = 0
        word = self._words[self._next]
        self._next += 1
        return (word * bound) >> 32

    def between(self, low: int, high: int) -> int:
        """A number from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def chance(self, per_thousand: int) -> bool:
        """True in so many of a thousand cases."""
        return self.below(1000) < per_thousand

    def one_of(self, choices: Sequence[Choice]) -> Choice:
        """One of them, each as likely."""
        return choices[self.below(len(choices))]

    def spread(self, median: int, hundredths: int) -> int:
        """A log-normal size: half of all are below ``median``; ``hundredths`` is σ of the logarithm × 100."""
        # The sum of twelve uniform numbers is near enough to a normal one, and exact.
        deviation = sum(self.below(_STEPS) for _ in range(12)) - 6 * _STEPS + 6
        index = max(-_SPAN, min(_SPAN, deviation * hundredths // 100))
        return median * _FACTORS[index + _SPAN] // SCALE


class Weighted(Generic[Choice]):
    """Choices with whole-number weights."""

    def __init__(self, choices: Sequence[tuple[Choice, int]]) -> None:
        self._choices = [choice for choice, _weight in choices]
        self._bounds = list(accumulate(weight for _choice, weight in choices))

    def draw(self, draws: Draws) -> Choice:
        """One of the choices."""
        return self._choices[bisect_right(self._bounds, draws.below(self._bounds[-1]))]


def _factors() -> tuple[int, ...]:
    context = Context(prec=30)
    step = Decimal(1) / _STEPS
    return tuple(int(context.exp(step * index) * SCALE) for index in range(-_SPAN, _SPAN + 1))


_FACTORS: Final = _factors()
