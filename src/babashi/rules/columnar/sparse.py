"""Sparse output: the pairs worth telling, without the verdicts of all the others in memory.

Worth telling is who is eligible, and who would only have to say one thing or two. The fused kernel names these
pairs while a block of rows is in cache; with NumPy alone the planes of the batch are written first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from babashi.rules.columnar import kernel_numpy
from babashi.rules.columnar.columns import Batch
from babashi.rules.columnar.frame import Frame
from babashi.rules.columnar.leaves import LeafTable, packed
from babashi.rules.columnar.missing import missing
from babashi.rules.columnar.plan import Rulebook
from babashi.rules.tree import references

ELIGIBLE: Final = 1
UNKNOWN: Final = 2
MAX_REFS: Final = 64
"""Facts of one item that fit the bit set of what is missing."""
PAIR_ROOM: Final = 1 << 18
Words = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of a batch: by item, the eligible before the unknown, then by row.

    ``missing`` is a bit set over the item's ``refs``: nothing for an eligible row, something for an unknown one.
    """

    counts: npt.NDArray[np.int64]
    """Number of eligible and of ineligible rows of each item."""
    item: Ints
    row: Ints
    missing: Words
    refs: Sequence[tuple[str, ...]]

    @cached_property
    def bounds(self) -> npt.NDArray[np.int64]:
        """Pairs of item ``i`` are ``bounds[i]:bounds[i + 1]``."""
        return np.searchsorted(self.item, np.arange(len(self.counts) + 1)).astype(np.int64)


class MissingPlan:
    """The trees of all items as flat arrays: which facts a row lacks, found from the top down.

    A step is one place in an item's tree. What is missing counts only where the step and everything above it is
    unknown. The bits of all items mean the same facts (``shared``) while these are at most :data:`MAX_REFS`.
    """

    def __init__(self, book: Rulebook, table: LeafTable) -> None:
        self.leaf_refs = tuple(tuple(sorted(references(leaf))) for leaf in book.leaves)
        self.planes = [(leaf, ref) for leaf in table.complex for ref in self.leaf_refs[leaf]]
        self._plane_at = {pair: place for place, pair in enumerate(self.planes)}
        self.room = PAIR_ROOM
        """How many pairs a batch is expected to have at most; grows with experience."""
        shared = tuple(sorted(set().union(*self.leaf_refs)))
        self.shared = shared if len(shared) <= MAX_REFS else None
        self.refs: list[tuple[str, ...]] = []
        """What the bits of each item mean."""
        steps: list[tuple[int, int]] = []
        places: list[tuple[int, int]] = []
        bits: list[int] = []
        starts, ref_starts, bit_starts = [0], [0], [0]
        for root in book.roots:
            own = list(_steps(book, root.node, 0, 0))
            slots = self._slots([node for node, _ in own if node < len(book.leaves)])
            named = self.shared or tuple(slots)
            self.refs.append(named)
            bits += [named.index(ref) if len(named) <= MAX_REFS else 0 for ref in slots]
            for node, parent in own:
                steps.append((node, parent))
                if node < len(book.leaves):
                    places += [
                        (slots[ref], self._plane_at.get((node, ref), -1)) for ref in self.leaf_refs[node]
                    ]
                ref_starts.append(len(places))
            starts.append(len(steps))
            bit_starts.append(len(bits))
        self.arrays = (
            np.array(starts, np.int32), _column(steps, 0), _column(steps, 1),
            np.array(ref_starts, np.int32), _column(places, 0), _column(places, 1),
            np.array(bit_starts, np.int32), np.array(bits, np.uint64),
        )  # fmt: skip
        """For the kernel: steps with the step above, their facts as slots of the item, the bit of each slot."""

    def _slots(self, leaves: Sequence[int]) -> dict[str, int]:
        named = dict.fromkeys(ref for leaf in leaves for ref in self.leaf_refs[leaf])
        return {ref: place for place, ref in enumerate(named)}

    def missing_planes(self, table: LeafTable, frame: Frame, words: int) -> Words:
        """Where a fact is missing for a leaf that is not simple: ``[leaf and ref, word]``."""
        planes = np.zeros((len(self.planes), words), np.uint64)
        for leaf in table.complex:
            for ref, rows in missing(frame, table.leaves[leaf]).items():
                planes[self._plane_at[leaf, ref]] = packed(rows, words)
        return planes


def _column(rows: Sequence[tuple[int, int]], place: int) -> Ints:
    return np.array([row[place] for row in rows] or [0], np.int32)


def _steps(book: Rulebook, node: int, parent: int, at: int) -> Iterator[tuple[int, int]]:
    """The tree below a node, each place with the step above it; the root is step 0."""
    yield node, parent
    if node < len(book.leaves):
        return
    used = 1
    for edge in book.junctions[node - len(book.leaves)].edges:
        below = list(_steps(book, edge.node, at, at + used))
        used += len(below)
        yield from below


def of_planes(
    book: Rulebook, table: LeafTable, plan: MissingPlan, batch: Batch, few: int, wanted: npt.NDArray[np.uint8]
) -> Pairs:
    """The same pairs with NumPy alone."""
    words = (batch.rows + 63) // 64
    planes = np.zeros((len(book.items), 2, words), np.uint64)
    counts = np.zeros((len(book.items), 2), np.int64)
    if batch.rows:
        kernel_numpy.run(book, table, batch, planes, counts)
    parts: list[tuple[Ints, Ints, Words]] = []
    for item in range(len(book.items)):
        if wanted[item] & ELIGIBLE and counts[item, 0]:
            rows = positions(planes[item, 0])
            parts.append((np.full(len(rows), item, np.int32), rows, np.zeros(len(rows), np.uint64)))
        if wanted[item] & UNKNOWN and few and counts[item].sum() < batch.rows:
            rows = positions(~(planes[item, 0] | planes[item, 1]))
            rows = rows[rows < batch.rows]
            bits = _bits(book, plan, batch, item, rows)
            chosen = np.bitwise_count(bits) <= few
            parts.append((np.full(int(chosen.sum()), item, np.int32), rows[chosen], bits[chosen]))
    if not parts:
        empty = np.zeros(0, np.int32)
        return Pairs(counts, empty, empty, np.zeros(0, np.uint64), plan.refs)
    item_column, row_column, bit_column = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Pairs(counts, item_column, row_column, bit_column, plan.refs)


def _bits(book: Rulebook, plan: MissingPlan, batch: Batch, item: int, rows: Ints) -> Words:
    condition = book.conditions[item]
    bits = np.zeros(len(rows), np.uint64)
    at = {ref: place for place, ref in enumerate(plan.refs[item])}
    for ref, held in missing(Frame(batch.take(rows, references(condition))), condition).items():
        bits |= held.astype(np.uint64) << np.uint64(at[ref])
    return bits


def positions(words: Words) -> Ints:
    """Positions of the bits that are set, in order; quick where few are."""
    at = np.flatnonzero(words)
    octets = words[at].view(np.uint8).reshape(-1, 8)
    word, bit = np.nonzero(np.unpackbits(octets, axis=1, bitorder="little"))
    found: Ints = (at[word] * 64 + bit).astype(np.int32)
    return found
