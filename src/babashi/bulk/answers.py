"""The pure function: one batch of enterprises against a rulebook, as rows of results or as sums.

The columns of the results mean what the keys of a line of ``babashi match`` mean. Amounts are yuan with two
decimals, null where unknown or where the notice gives none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute

from babashi.bulk.idsets import IdSets
from babashi.bulk.sums import ItemSums
from babashi.rules.columnar import Amounts, Batch, Matcher
from babashi.rules.columnar.columns import Bools
from babashi.rules.columnar.match import Engine
from babashi.rules.columnar.sparse import ELIGIBLE, Pairs
from babashi.rules.pack import Item
from babashi.rules.tree import Count, Sum, references, walk

VERDICTS: Final = ("eligible", "ineligible", "unknown")
_ELIGIBLE, _INELIGIBLE, _UNKNOWN = range(3)
_WORDS: Final = pa.dictionary(pa.int32(), pa.string())
_AMOUNT: Final = pa.decimal128(18, 2)
RESULTS: Final = pa.schema([
    ("uscc", _WORDS), ("item", _WORDS), ("verdict", _WORDS), ("amount_min", _AMOUNT), ("amount_max", _AMOUNT),
    ("failed", pa.list_(_WORDS)), ("missing", pa.list_(_WORDS)), ("closed", pa.bool_()),
])  # fmt: skip
"""One row a pair of enterprise and item."""
Fen = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """Floor and ceiling of some eligible rows in fen, and why they are unknown where they are."""

    floor: Fen
    floor_known: Bools
    ceiling: Fen
    ceiling_known: Bools
    missing: npt.NDArray[np.int32]
    """Position in the list of sets of ids."""


class Answerer:
    """A rulebook ready to answer batches on one day."""

    def __init__(self, items: Sequence[Item], as_of: dt.date, engine: Engine = "auto") -> None:
        self.items = tuple(items)
        self.matcher = Matcher(items, engine)
        self.names = pa.array([item.full_id for item in items], pa.string())
        self.order = items[0].dictionary.order if items else {}
        self._closed = np.array([as_of > item.until for item in items], np.bool_)
        self._benefits = [(item.benefit.floor, item.benefit.ceiling) for item in items]
        self._constant: dict[int, Amounts] = {}
        for item, exprs in enumerate(self._benefits):
            if not any(expr is not None and references(expr) for expr in exprs):
                amounts = self.matcher.amounts(Batch(1, {}), item, np.zeros(1, np.intp))
                if not any(held.any() for held in amounts.missing.values()):
                    self._constant[item] = amounts
        self._constants = {
            item: (_only(found.floor, found.floor_known), _only(found.ceiling, found.ceiling_known))
            for item, found in self._constant.items()
        }
        grouped: dict[tuple[Any, Any], list[int]] = {}
        for item, exprs in enumerate(self._benefits):
            if item not in self._constant:
                grouped.setdefault(exprs, []).append(item)
        self._groups = tuple(tuple(group) for group in grouped.values())

    @cached_property
    def references(self) -> frozenset[str]:
        """Facts, tables and cells that verdicts and amounts read."""
        found = set(self.matcher.book.references)
        for expr in (expr for exprs in self._benefits for expr in exprs):
            found |= references(expr) if expr is not None else set()
        return frozenset(found)

    @cached_property
    def counted(self) -> frozenset[str]:
        """Child tables whose rows are counted or summed somewhere."""
        exprs = [*self.matcher.book.leaves, *(e for exprs in self._benefits for e in exprs if e is not None)]
        return frozenset(n.table for expr in exprs for n in walk(expr) if isinstance(n, (Count, Sum)))

    def results(self, batch: Batch, codes: pa.Array, few: int) -> pa.RecordBatch:
        """Who is eligible, and who is unknown for want of at most ``few`` facts."""
        sets = IdSets(self.order)
        pairs = self.matcher.sparse(batch, few)
        missing = sets.of_pairs(pairs, self.matcher.plan.shared is not None)
        eligible = pairs.missing == 0
        priced = self._priced(batch, pairs, eligible, sets)
        missing = np.where(eligible, priced.missing, missing)
        verdict = np.where(eligible, np.int32(_ELIGIBLE), np.int32(_UNKNOWN))
        block = _Block(pairs.item, pairs.row, verdict, priced, missing, np.zeros(len(missing), np.int32))
        if self.matcher.numerous and few:
            block = _joined([block, *self._numerous(batch, few, sets)])
        return self._record_batch(block, codes, sets)

    def everything(self, batch: Batch, codes: pa.Array) -> pa.RecordBatch:
        """Every pair, the ineligible ones with the clauses that failed."""
        sets = IdSets(self.order)
        verdicts = self.matcher.verdicts(batch)
        blocks: list[_Block] = []
        for item in range(len(self.items)):
            eligible = np.flatnonzero(verdicts.eligible(item))
            amounts = self._constant.get(item) or self.matcher.amounts(batch, item, eligible)
            blocks.append(_block(item, eligible, _ELIGIBLE, priced=_priced_of(amounts, len(eligible), sets)))
            ineligible = np.flatnonzero(verdicts.ineligible(item))
            failed = sets.of_masks(self.matcher.failed(batch, item, ineligible), len(ineligible), sort=False)
            blocks.append(_block(item, ineligible, _INELIGIBLE, failed=failed))
            unknown = np.flatnonzero(verdicts.unknown(item))
            missing = sets.of_masks(self.matcher.missing(batch, item, unknown), len(unknown))
            blocks.append(_block(item, unknown, _UNKNOWN, missing=missing))
        return self._record_batch(_joined(blocks), codes, sets)

    def sums(self, batch: Batch, codes: pa.Array, top: int) -> ItemSums:
        """Counts and sums of each item; pairs are looked at only where an amount depends on the facts."""
        wanted = np.full(len(self.items), ELIGIBLE, np.uint8)
        if not top:
            wanted[list(self._constant)] = 0
        pairs = self.matcher.sparse(batch, 0, wanted)
        sums = ItemSums.nothing(len(self.items))
        sums.rows, sums.counts = batch.rows, pairs.counts
        priced = self._priced(batch, pairs, np.ones(len(pairs.item), np.bool_), IdSets(self.order))
        floors = _sums(priced.floor, priced.floor_known, pairs)
        ceilings = _sums(priced.ceiling, priced.ceiling_known, pairs)
        priced_rows = _per_item(priced.ceiling_known, pairs)
        for item, eligible in enumerate(pairs.counts[:, 0].tolist()):
            constant = self._constants.get(item)
            if constant is not None:
                sums.floor[item], sums.ceiling[item] = eligible * constant[0], eligible * constant[1]
            else:
                sums.floor[item], sums.ceiling[item] = floors[item], ceilings[item]
                sums.unpriced[item] = (
                    eligible - priced_rows[item] if self._benefits[item][1] is not None else 0
                )
            if top:
                span = slice(int(pairs.bounds[item]), int(pairs.bounds[item + 1]))
                sums.top[item] = _highest(priced, pairs.row, span, codes, top)
        return sums

    def _priced(self, batch: Batch, pairs: Pairs, eligible: Bools, sets: IdSets) -> Priced:
        """Amounts of the eligible pairs; constant ones without looking at the rows."""
        count = len(pairs.item)
        priced = _nothing_priced(count)
        for side, known, values in (
            ("floor", priced.floor_known, priced.floor),
            ("ceiling", priced.ceiling_known, priced.ceiling),
        ):
            table = np.zeros(len(self.items), np.int64)
            has = np.zeros(len(self.items), np.bool_)
            for item, amounts in self._constant.items():
                fen, fen_known = getattr(amounts, side), getattr(amounts, f"{side}_known")
                if fen is not None and fen_known[0]:
                    table[item], has[item] = fen[0], True
            values[:] = table[pairs.item]
            known[:] = has[pairs.item] & eligible
        for group in self._groups:
            at = np.concatenate([np.arange(pairs.bounds[item], pairs.bounds[item + 1]) for item in group])
            at = at[eligible[at]]
            if not at.size:
                continue
            found = _priced_of(self.matcher.amounts(batch, group[0], pairs.row[at]), len(at), sets)
            priced.floor[at], priced.floor_known[at] = found.floor, found.floor_known
            priced.ceiling[at], priced.ceiling_known[at] = found.ceiling, found.ceiling_known
            priced.missing[at] = found.missing
        return priced

    def _numerous(self, batch: Batch, few: int, sets: IdSets) -> Iterator[_Block]:
        """Unknown pairs of items that read too many facts for the kernel's bit sets."""
        verdicts = self.matcher.verdicts(batch)
        for item in self.matcher.numerous:
            rows = np.flatnonzero(verdicts.unknown(item))
            masks = self.matcher.missing(batch, item, rows)
            chosen = (
                sum((held.astype(np.int32) for held in masks.values()), np.zeros(len(rows), np.int32)) <= few
            )
            kept = {ref: held[chosen] for ref, held in masks.items()}
            yield _block(item, rows[chosen], _UNKNOWN, missing=sets.of_masks(kept, int(chosen.sum())))

    def _record_batch(self, block: _Block, codes: pa.Array, sets: IdSets) -> pa.RecordBatch:
        """Rows of results; each code stands once in the dictionary of the batch."""
        used = np.zeros(len(codes), np.bool_)
        used[block.row] = True
        place = (np.cumsum(used, dtype=np.int32) - np.int32(1))[block.row]
        priced = block.priced
        columns = [
            pa.DictionaryArray.from_arrays(pa.array(place), codes.filter(pa.array(used))),
            pa.DictionaryArray.from_arrays(pa.array(block.item), self.names),
            pa.DictionaryArray.from_arrays(pa.array(block.verdict), pa.array(VERDICTS)),
            decimals(priced.floor, priced.floor_known),
            decimals(priced.ceiling, priced.ceiling_known),
            sets.array(block.failed),
            sets.array(block.missing),
            pa.array(self._closed[block.item]),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=RESULTS)


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """Columns of some pairs."""

    item: npt.NDArray[np.int32]
    row: npt.NDArray[np.int32]
    verdict: npt.NDArray[np.int32]
    priced: Priced
    missing: npt.NDArray[np.int32]
    failed: npt.NDArray[np.int32]


def _block(
    item: int,
    rows: npt.NDArray[np.intp],
    verdict: int,
    *,
    priced: Priced | None = None,
    missing: npt.NDArray[np.int32] | None = None,
    failed: npt.NDArray[np.int32] | None = None,
) -> _Block:
    count = len(rows)
    priced = priced or _nothing_priced(count)
    none = np.zeros(count, np.int32)
    return _Block(
        np.full(count, item, np.int32), rows.astype(np.int32), np.full(count, verdict, np.int32), priced,
        priced.missing if missing is None else missing, none if failed is None else failed,
    )  # fmt: skip


def _joined(blocks: Sequence[_Block]) -> _Block:
    if not blocks:
        none = np.zeros(0, np.int32)
        return _Block(none, none, none, _nothing_priced(0), none, none)

    def column(name: str) -> Any:
        return np.concatenate([getattr(block, name) for block in blocks])

    def amount(name: str) -> Any:
        return np.concatenate([getattr(block.priced, name) for block in blocks])

    priced = Priced(*(amount(n) for n in ("floor", "floor_known", "ceiling", "ceiling_known", "missing")))
    return _Block(
        column("item"), column("row"), column("verdict"), priced, column("missing"), column("failed")
    )


def _nothing_priced(rows: int) -> Priced:
    return Priced(
        np.zeros(rows, np.int64), np.zeros(rows, np.bool_), np.zeros(rows, np.int64), np.zeros(rows, np.bool_),
        np.zeros(rows, np.int32),
    )  # fmt: skip


def _priced_of(amounts: Amounts, rows: int, sets: IdSets) -> Priced:
    """Amounts of some rows, or one row's for all of them (constants)."""

    def spread(values: Any, kind: Any) -> Any:
        return np.zeros(rows, kind) if values is None else np.broadcast_to(values, (rows,))

    masks = {ref: np.broadcast_to(held, (rows,)) for ref, held in amounts.missing.items()}
    return Priced(
        spread(amounts.floor, np.int64), spread(amounts.floor_known, np.bool_),
        spread(amounts.ceiling, np.int64), spread(amounts.ceiling_known, np.bool_),
        sets.of_masks(masks, rows),
    )  # fmt: skip


def _only(fen: Fen | None, known: Bools | None) -> int:
    """The one amount of a constant, 0 where there is none."""
    return int(fen[0]) if fen is not None and known is not None and known[0] else 0


def _per_item(values: Any, pairs: Pairs) -> list[int]:
    """Sums over the pairs of each item."""
    running = np.concatenate(([0], np.cumsum(values, dtype=np.int64)))
    return [int(total) for total in running[pairs.bounds[1:]] - running[pairs.bounds[:-1]]]


def _sums(fen: Fen, known: Bools, pairs: Pairs) -> list[int]:
    """Exact sums of the known amounts: the halves of the numbers fit even where their sum does not."""
    counted = np.where(known, fen, 0)
    high, low = _per_item(counted >> 31, pairs), _per_item(counted & ((1 << 31) - 1), pairs)
    return [(upper << 31) + lower for upper, lower in zip(high, low, strict=True)]


def _highest(
    priced: Priced, rows: npt.NDArray[np.int32], span: slice, codes: pa.Array, top: int
) -> list[tuple[int, str]]:
    """The highest known ceilings of one item; equal ones by code."""
    known = np.flatnonzero(priced.ceiling_known[span]) + span.start
    values = priced.ceiling[known]
    if len(known) > top:
        least = np.partition(values, len(values) - top)[len(values) - top]
        higher, equal = known[values > least], known[values == least]
        tied = codes.take(pa.array(rows[equal]))
        chosen = compute.select_k_unstable(tied, top - len(higher), [("code", "ascending")])
        known = np.concatenate([higher, equal[chosen.to_numpy()]])
    names = codes.take(pa.array(rows[known])).to_pylist()
    found = [(int(fen), name) for fen, name in zip(priced.ceiling[known], names, strict=True)]
    return sorted(found, key=lambda entry: (-entry[0], entry[1]))


def decimals(fen: Fen, known: Bools | None, kind: pa.DataType = _AMOUNT) -> pa.Array:
    """Fen as yuan with two decimals."""
    halves = np.empty((len(fen), 2), np.int64)
    halves[:, 0] = fen
    halves[:, 1] = fen >> 63
    validity = None if known is None else pa.array(known).buffers()[1]
    return pa.Array.from_buffers(kind, len(fen), [validity, pa.py_buffer(halves)])
