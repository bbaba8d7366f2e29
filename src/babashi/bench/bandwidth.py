"""How much memory the kernel must move, against how much this machine can copy."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import numpy as np

from babashi.rules.columnar import Batch, Matcher

COPY_BYTES: Final = 1 << 28
"""Size of the arrays that are copied: far beyond any cache."""
ROUNDS: Final = 7


@dataclass(frozen=True, slots=True)
class Touched:
    """Bytes that have to come from memory and go to it, each counted once."""

    read: int
    written: int


def copy_bandwidth() -> float:
    """Bytes a second of one thread copying a large array onto another that is there already. What is read and what
    is written both count, as in STREAM. The fastest of several rounds, in the thread's own time: waiting for a core that
    somebody else has does not count."""
    source, target = np.ones(COPY_BYTES // 8), np.zeros(COPY_BYTES // 8)
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.thread_time()
        np.copyto(target, source)
        best = min(best, time.thread_time() - start)
    return 2 * COPY_BYTES / best


def touched(matcher: Matcher, batch: Batch, *, verdicts: bool) -> Touched:
    """What a run over prepared columns moves: each lane, its validity and the finished planes once in, and the
    verdict planes once out. Everything between lives in blocks that stay in cache."""
    words = (batch.rows + 63) // 64
    lanes = matcher.table.lane_columns(batch)
    read = sum(_width(column.data) * batch.rows + words * 8 for column in lanes)
    read += len(matcher.table.complex) * 2 * words * 8
    written = len(matcher.book.items) * 2 * words * 8 if verdicts else 0
    return Touched(read, written)


def _width(values: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> int:
    """Bytes of one value in the kernel: integers that fit 32 bits are kept so."""
    if values.dtype.itemsize < 8 or values.dtype == np.uint64:
        return values.dtype.itemsize
    small = not values.size or (values.min() > -(1 << 31) and values.max() < (1 << 31) - 1)
    return 4 if small else 8
