"""A batch of subjects against a rulebook: verdict planes first, amounts and reasons only where asked for."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from babashi.rules.columnar import kernel_numpy
from babashi.rules.columnar.columns import Batch, Bools
from babashi.rules.columnar.frame import Frame
from babashi.rules.columnar.leaves import LeafTable
from babashi.rules.columnar.missing import Masks, missing, union
from babashi.rules.columnar.numbers import to_fen
from babashi.rules.columnar.plan import Rulebook, expression
from babashi.rules.columnar.sparse import ELIGIBLE, MAX_REFS, UNKNOWN, MissingPlan, Pairs, of_planes
from babashi.rules.compiled import Env, Missing, compile_amount
from babashi.rules.pack import All, Item, Node
from babashi.rules.tree import Expr, references

Engine = Literal["auto", "numpy", "numba"]
Words = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.intp]
HAS_NUMBA: Final = importlib.util.find_spec("numba") is not None


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """Floor and ceiling of the chosen rows in fen; ``None``: the notice gives none."""

    floor: npt.NDArray[np.int64] | None
    floor_known: Bools | None
    ceiling: npt.NDArray[np.int64] | None
    ceiling_known: Bools | None
    missing: Masks


@dataclass(frozen=True, eq=False)
class Verdicts:
    """Verdicts of all items as bit planes ``[item, true/false, word]``, row 0 in the lowest bit."""

    rows: int
    planes: Words

    @cached_property
    def counts(self) -> npt.NDArray[np.int64]:
        """Number of eligible and of ineligible rows of each item."""
        counts: npt.NDArray[np.int64] = np.bitwise_count(self.planes).sum(axis=2, dtype=np.int64)
        return counts

    def eligible(self, item: int) -> Bools:
        """Rows that are known to be eligible."""
        return self._unpacked(self.planes[item, 0])

    def ineligible(self, item: int) -> Bools:
        """Rows that are known not to be."""
        return self._unpacked(self.planes[item, 1])

    def unknown(self, item: int) -> Bools:
        """Rows that lack a fact."""
        return self._unpacked(~(self.planes[item, 0] | self.planes[item, 1]))

    def eligible_pairs(self) -> Iterator[tuple[int, Rows]]:
        """Per item the positions of its eligible rows: the sparse output."""
        for item in range(len(self.planes)):
            yield item, np.flatnonzero(self.eligible(item))

    def _unpacked(self, words: Words) -> Bools:
        return np.unpackbits(words.view(np.uint8), bitorder="little", count=self.rows).astype(np.bool_)


class Matcher:
    """A rulebook ready to run. Engines: ``numba`` (extra ``fast``) and ``numpy``; ``auto`` takes the faster."""

    def __init__(self, items: Sequence[Item], engine: Engine = "auto") -> None:
        self.book = Rulebook(items)
        self.table = LeafTable(self.book.leaves)
        self.engine: Engine = ("numba" if HAS_NUMBA else "numpy") if engine == "auto" else engine

    def verdicts(self, batch: Batch, spare: Words | None = None) -> Verdicts:
        """All verdicts of a batch.

        ``spare``: planes of an earlier answer that nobody needs any more; writing into memory that is there
        already saves the time in which the system hands out new pages.
        """
        shape = (len(self.book.items), 2, (batch.rows + 63) // 64)
        planes = spare if spare is not None and spare.shape == shape else np.zeros(shape, np.uint64)
        self._run(batch, planes, None)
        return Verdicts(batch.rows, planes)

    def counts(self, batch: Batch) -> npt.NDArray[np.int64]:
        """Number of eligible and of ineligible subjects of each item, without keeping the verdicts."""
        counts = np.zeros((len(self.book.items), 2), np.int64)
        self._run(batch, None, counts)
        return counts

    def _run(self, batch: Batch, planes: Words | None, counts: npt.NDArray[np.int64] | None) -> None:
        if not batch.rows or not self.book.items:
            return
        if self.engine == "numba":
            from babashi.rules.columnar import kernel_numba

            kernel_numba.run(self.book, self.table, batch, planes, counts)
        else:
            kernel_numpy.run(self.book, self.table, batch, planes, counts)

    def sparse(self, batch: Batch, few: int, wanted: npt.NDArray[np.uint8] | None = None) -> Pairs:
        """Who is eligible, and who is unknown for want of at most ``few`` facts.

        ``wanted`` says for each item which of the two (``ELIGIBLE | UNKNOWN``); ``None``: both for all. Unknown
        pairs of an item that reads more than ``MAX_REFS`` facts are left out (``numerous`` tells them).
        """
        chosen = (
            np.full(len(self.book.items), ELIGIBLE | UNKNOWN, np.uint8) if wanted is None else wanted.copy()
        )
        for item in self.numerous:
            chosen[item] &= ELIGIBLE
        if self.engine == "numba" and batch.rows and self.book.items:
            from babashi.rules.columnar import kernel_numba

            return kernel_numba.run_sparse(self.book, self.table, self.plan, batch, few, chosen)
        return of_planes(self.book, self.table, self.plan, batch, few, chosen)

    @cached_property
    def plan(self) -> MissingPlan:
        """How missing facts are found, made when first needed."""
        return MissingPlan(self.book, self.table)

    @cached_property
    def numerous(self) -> tuple[int, ...]:
        """Items that read more facts than a bit set holds."""
        return tuple(item for item, refs in enumerate(self.plan.refs) if len(refs) > MAX_REFS)

    def amounts(self, batch: Batch, item: int, rows: Rows) -> Amounts:
        """Floor and ceiling of some (eligible) rows, and what is missing where they are unknown."""
        benefit = self.book.items[item].benefit
        exprs = [expr for expr in (benefit.floor, benefit.ceiling) if expr is not None]
        frame = Frame(batch.take(rows, {ref for expr in exprs for ref in references(expr)}))
        floor, floor_known, floor_masks = _fen(frame, benefit.floor)
        ceiling, ceiling_known, ceiling_masks = _fen(frame, benefit.ceiling)
        return Amounts(floor, floor_known, ceiling, ceiling_known, union((floor_masks, ceiling_masks)))

    def missing(self, batch: Batch, item: int, rows: Rows) -> Masks:
        """What would settle some (unknown) rows: a boolean column an id."""
        condition = self.book.conditions[item]
        return missing(Frame(batch.take(rows, references(condition))), condition)

    def failed(self, batch: Batch, item: int, rows: Rows) -> dict[str, Bools]:
        """Which clauses or groups some (ineligible) rows fail: a boolean column an id."""
        condition = self.book.conditions[item]
        frame = Frame(batch.take(rows, references(condition)))
        return {
            node.id: frame.truth(expression(node)).false
            for node in failing_units(self.book.items[item].eligible)
        }


def failing_units(node: Node) -> Iterator[Node]:
    """Parts that are reported when not met: an *all* clause by clause, an *any* or *not* as a whole."""
    if isinstance(node, All):
        for part in node.parts:
            yield from failing_units(part)
    else:
        yield node


def _fen(frame: Frame, expr: Expr | None) -> tuple[npt.NDArray[np.int64] | None, Bools | None, Masks]:
    """An amount in fen, where it is known, and what would have to be known where it isn't."""
    if expr is None:
        return None, None, {}
    num = frame.number(expr)
    fen, unsure = to_fen(num)
    known = np.ones(frame.rows, np.bool_) if num.known is None else num.known
    masks = missing(frame, expr)
    doubtful = np.flatnonzero(unsure & known)
    if doubtful.size:
        absurd = np.zeros(frame.rows, np.bool_)
        amount_of = compile_amount(expr)
        for row in doubtful:
            amount = amount_of(Env(frame.batch.subject(int(row)), frame.batch.parameters))
            if isinstance(amount, Missing):
                absurd[row] = True
            else:
                fen[row] = int(amount * 100)
        if absurd.any():
            known = known & ~absurd
            masks = union((masks, dict.fromkeys(references(expr), absurd)))
    return fen, known, masks
