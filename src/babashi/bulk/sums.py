"""Counts and sums of each item: what is told when nobody needs the pairs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt


@dataclass(eq=False)
class ItemSums:
    """What is told of each item when nobody needs the pairs. Money in fen, exact."""

    rows: int
    counts: npt.NDArray[np.int64]
    floor: list[int]
    ceiling: list[int]
    unpriced: list[int]
    """Eligible rows whose ceiling is unknown though the notice gives one."""
    top: list[list[tuple[int, str]]] = field(default_factory=list)
    """The highest ceilings, highest first, with the codes."""

    @classmethod
    def nothing(cls, items: int) -> ItemSums:
        """Sums over no enterprise."""
        return cls(
            0,
            np.zeros((items, 2), np.int64),
            [0] * items,
            [0] * items,
            [0] * items,
            [[] for _ in range(items)],
        )

    def add(self, other: ItemSums, top: int) -> None:
        """Take in the sums of other enterprises."""
        self.rows += other.rows
        self.counts = self.counts + other.counts
        for item in range(len(self.counts)):
            self.floor[item] += other.floor[item]
            self.ceiling[item] += other.ceiling[item]
            self.unpriced[item] += other.unpriced[item]
            self.top[item] = sorted(self.top[item] + other.top[item], key=lambda e: (-e[0], e[1]))[:top]
