"""The pure function: one batch of enterprises against a rulebook, as rows of results or as sums.

The columns of the results mean what the keys of a line of ``babashi match`` mean. Amounts are yuan with two
decimals, null where unknown or where the notice gives none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute

from babashi.rules.columnar import Amounts, Batch, Matcher
from babashi.rules.columnar.columns import Bools
from babashi.rules.columnar.match import Engine
from babashi.rules.columnar.sparse import ELIGIBLE, UNKNOWN, Pairs
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


class IdSets:
    """Sets of ids, each kept once and known by its position; the empty one is 0."""

    def __init__(self, order: Mapping[str, int]) -> None:
        self._order = order
        self._at: dict[tuple[str, ...], int] = {(): 0}

    def position(self, names: Iterable[str]) -> int:
        """Position of a set; its ids stand in the order of the fact dictionary."""
        ordered = tuple(sorted(names, key=lambda ref: (self._order.get(ref, len(self._order)), ref)))
        return self.position_as_is(ordered)

    def position_as_is(self, names: tuple[str, ...]) -> int:
        """Position of a list of ids whose order is given."""
        return self._at.setdefault(names, len(self._at))

    def of_masks(self, masks: Mapping[str, Bools], rows: int, *, sort: bool = True) -> npt.NDArray[np.int32]:
        """For each row the position of the set of those ids whose mask holds there."""
        key = np.zeros(rows, np.int64)
        for number, held in enumerate(masks.values(), start=1):
            key = key * 2 + held
            if number % 32 == 0:
                key = np.unique(key, return_inverse=True)[1]
        _, first, place = np.unique(key, return_index=True, return_inverse=True)
        find = self.position if sort else self.position_as_is
        table = [find(tuple(ref for ref, held in masks.items() if held[row])) for row in first]
        return np.array(table or [0], np.int32)[place]

    def of_pairs(self, pairs: Pairs, shared: bool) -> npt.NDArray[np.int32]:
        """The same for the bit sets of pairs; ``shared``: the bits of all items mean the same."""
        if shared and pairs.refs:
            return self._of_bits(pairs.missing, pairs.refs[0])
        found = np.zeros(len(pairs.item), np.int32)
        for item, refs in enumerate(pairs.refs):
            span = slice(pairs.bounds[item], pairs.bounds[item + 1])
            found[span] = self._of_bits(pairs.missing[span], refs)
        return found

    def _of_bits(self, bits: npt.NDArray[np.uint64], refs: Sequence[str]) -> npt.NDArray[np.int32]:
        coded = pa.array(bits).dictionary_encode()
        table = [
            self.position(ref for place, ref in enumerate(refs) if int(value) >> place & 1)
            for value in coded.dictionary.to_numpy()
        ]
        return np.array(table or [0], np.int32)[coded.indices.to_numpy()]

    def array(self, positions: npt.NDArray[np.int32]) -> pa.Array:
        """A column of lists of ids."""
        sets = list(self._at)
        words = sorted({ref for names in sets for ref in names})
        at = {word: place for place, word in enumerate(words)}
        lengths = np.array([len(names) for names in sets], np.int32)
        starts = np.concatenate(([0], np.cumsum(lengths)[:-1])).astype(np.int32)
        flat = np.array([at[ref] for names in sets for ref in names] or [0], np.int32)
        counts = lengths[positions]
        offsets = np.zeros(len(positions) + 1, np.int32)
        np.cumsum(counts, out=offsets[1:])
        picked = np.repeat(starts[positions] - offsets[:-1], counts) + np.arange(offsets[-1], dtype=np.int32)
        values = pa.DictionaryArray.from_arrays(pa.array(flat[picked]), pa.array(words, pa.string()))
        return pa.ListArray.from_arrays(pa.array(offsets), values)


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
            0, np.zeros((items, 2), np.int64), [0] * items, [0] * items, [0] * items, [[] for _ in range(items)]
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
                self._constant[item] = self.matcher.amounts(Batch(1, {}), item, np.zeros(1, np.intp))
        grouped: dict[tuple[Any, Any], list[int]] = {}
        for item, exprs in enumerate(self._benefits):
            if item not in self._constant:
                grouped.setdefault(exprs, []).append(item)
        self._groups = tuple(tuple(group) for group in grouped.values())

    @property
    def references(self) -> frozenset[str]:
        """Facts, tables and cells that verdicts and amounts read."""
        found = set(self.matcher.book.references)
        for expr in (expr for exprs in self._benefits for expr in exprs):
            found |= references(expr) if expr is not None else set()
        return frozenset(found)

    @property
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
        for item in range(len(self.items)):
            constant, eligible = self._constant.get(item), int(pairs.counts[item, 0])
            if constant is not None:
                sums.floor[item] = eligible * _sum(constant.floor, constant.floor_known)
                sums.ceiling[item] = eligible * _sum(constant.ceiling, constant.ceiling_known)
            span = slice(int(pairs.bounds[item]), int(pairs.bounds[item + 1]))
            if constant is None:
                sums.floor[item] = _sum(priced.floor[span], priced.floor_known[span])
                sums.ceiling[item] = _sum(priced.ceiling[span], priced.ceiling_known[span])
                known = int(priced.ceiling_known[span].sum())
                sums.unpriced[item] = eligible - known if self._benefits[item][1] is not None else 0
            if top:
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
            chosen = sum((held.astype(np.int32) for held in masks.values()), np.zeros(len(rows), np.int32)) <= few
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


def _sum(fen: Fen | None, known: Bools | None) -> int:
    """Exact sum: the halves of the numbers fit even where their sum does not."""
    if fen is None or known is None:
        return 0
    counted = fen[known]
    return int((counted >> 31).sum()) * (1 << 31) + int((counted & ((1 << 31) - 1)).sum())


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
