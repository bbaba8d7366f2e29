"""What many enterprises can have, in columns: the verdicts worth keeping, each with a digest of what it says.

Pure: reads nothing, stores nothing. Few enterprises go through the scalar evaluator (no columns to build, under a
millisecond each), many through the columnar one; both say the same, to the fen and to the missing fact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from babashi.rules.columnar import Batch, ColumnError, Matcher
from babashi.rules.columnar.missing import Masks
from babashi.rules.evaluate import evaluate_all, order_missing
from babashi.rules.pack import Item
from babashi.rules.results import Result
from babashi.rules.values import Parameters, Subject

FEW = 24
"""Up to so many enterprises the scalar evaluator is faster than building columns."""
FUSED_FROM = 20_000_000
"""From so many pairs of enterprise and item on the fused kernel (extra ``fast``) saves more than loading it takes."""
NO_AMOUNT = -(1 << 63)
"""Stands for "no amount known, or none given": no amount of money is that small."""

Ints = npt.NDArray[np.int64]


class Subjects(Protocol):
    """Enterprises that can be had one by one or as columns."""

    def __len__(self) -> int: ...
    def part(self, start: int, stop: int) -> Subjects: ...
    def subject(self, place: int) -> Subject: ...
    def batch(self, refs: Iterable[str], parameters: Parameters = ...) -> Batch: ...


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """Verdicts "eligible" and "unknown", a row each; whatever is not here is "ineligible"."""

    place: Ints
    """Position of the enterprise."""
    item: Ints
    """Position of the item in ``Judge.items``."""
    eligible: npt.NDArray[np.bool_]
    low: Ints
    """Floor in fen, or ``NO_AMOUNT``."""
    high: Ints
    """Ceiling in fen, or ``NO_AMOUNT``."""
    missing: list[tuple[str, ...]]
    """Ids in the order of the dictionary; equal ones are one object."""
    says: Ints
    """Digest of all this and of the rule: equal means that nothing has to be written."""

    def __len__(self) -> int:
        return len(self.place)


class Judge:
    """The items in force on one day, ready for any number of enterprises."""

    def __init__(self, items: Sequence[Item], parameters: Parameters, as_of: date) -> None:
        self.items, self.parameters, self.as_of = tuple(items), parameters, as_of
        self.closed = [as_of > item.until for item in self.items]
        self._digests = np.array([rule_digest(item, as_of > item.until) for item in self.items], np.uint64)
        self._sets: dict[tuple[str, ...], tuple[tuple[str, ...], int]] = {}

    @cached_property
    def refs(self) -> frozenset[str]:
        """Every fact, table and cell that any item looks at."""
        return frozenset().union(*(item.facts for item in self.items))

    @cached_property
    def _plain(self) -> Matcher:
        return Matcher(self.items, "numpy")

    @cached_property
    def _fused(self) -> Matcher:
        return Matcher(self.items)

    def judge(self, many: Subjects) -> Said:
        """All verdicts that are not "ineligible". A value that fits no column sends only its neighbours, in ever
        smaller halves, to the scalar evaluator."""
        if len(many) <= FEW:
            return self._one_by_one(many)
        try:
            batch = many.batch(self.refs, self.parameters)
        except ColumnError:
            middle = len(many) // 2
            first, second = self.judge(many.part(0, middle)), self.judge(many.part(middle, len(many)))
            return _joined(first, second, middle)
        return self._in_columns(batch)

    # -- many ------------------------------------------------------------------------------------------------

    def _in_columns(self, batch: Batch) -> Said:
        matcher = self._fused if batch.rows * len(self.items) >= FUSED_FROM else self._plain
        verdicts = matcher.verdicts(batch)
        parts = []
        for number in range(len(self.items)):
            rows = np.flatnonzero(verdicts.eligible(number))
            if rows.size:
                amounts = matcher.amounts(batch, number, rows)
                low, high = (
                    _fen(amounts.floor, amounts.floor_known),
                    _fen(amounts.ceiling, amounts.ceiling_known),
                )
                parts.append(self._part(number, True, rows, low, high, amounts.missing))
            rows = np.flatnonzero(verdicts.unknown(number))
            if rows.size:
                masks = matcher.missing(batch, number, rows)
                parts.append(self._part(number, False, rows, None, None, masks))
        return _stacked(parts)

    def _part(
        self, number: int, eligible: bool, rows: Any, low: Ints | None, high: Ints | None, masks: Masks
    ) -> Said:
        count, none = len(rows), np.full(len(rows), NO_AMOUNT, np.int64)
        missing, digests = self._missing(self.items[number], masks, count)
        low, high = none if low is None else low, none if high is None else high
        says = self._says(np.full(count, number), np.full(count, eligible), low, high, digests)
        places = np.asarray(rows, np.int64)
        return Said(
            places, np.full(count, number, np.int64), np.full(count, eligible), low, high, missing, says
        )

    def _missing(self, item: Item, masks: Masks, count: int) -> tuple[list[tuple[str, ...]], Any]:
        refs = order_missing(item.dictionary, [ref for ref, held in masks.items() if held.any()])
        if not refs:
            empty, digest = self._set(())
            return [empty] * count, np.full(count, digest, np.uint64)
        bits = np.packbits(np.column_stack([masks[ref] for ref in refs]), axis=1, bitorder="little")
        distinct, which = np.unique(
            bits.view([("", bits.dtype)] * bits.shape[1]).ravel(), return_inverse=True
        )
        sets = []
        for code in distinct.tolist():
            held = np.unpackbits(np.array(code, np.uint8), bitorder="little")[: len(refs)]
            sets.append(self._set(tuple(ref for ref, here in zip(refs, held, strict=True) if here)))
        digests = np.array([digest for _, digest in sets], np.uint64)[which]
        return [sets[place][0] for place in which.tolist()], digests

    def _set(self, refs: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
        if refs not in self._sets:
            self._sets[refs] = (refs, _digest64(",".join(refs)))
        return self._sets[refs]

    def _says(self, items: Any, eligible: Any, low: Ints, high: Ints, missing: Any) -> Ints:
        mixed = self._digests[items]
        for part in (eligible.astype(np.uint64), low.view(np.uint64), high.view(np.uint64), missing):
            mixed = _mix(mixed ^ part)
        return mixed.view(np.int64)

    # -- few -------------------------------------------------------------------------------------------------

    def _one_by_one(self, many: Subjects) -> Said:
        found: list[tuple[int, int, Result]] = []
        for place in range(len(many)):
            results = evaluate_all(self.items, many.subject(place), self.parameters, self.as_of)
            found += [
                (place, n, result) for n, result in enumerate(results) if result.verdict != "ineligible"
            ]
        sets = [self._set(result.missing) for _, _, result in found]
        items = np.array([number for _, number, _ in found], np.int64)
        eligible = np.array([result.verdict == "eligible" for *_, result in found], np.bool_)
        low = np.array([_fen_of(result.amount_min) for *_, result in found], np.int64)
        high = np.array([_fen_of(result.amount_max) for *_, result in found], np.int64)
        digests = np.array([digest for _, digest in sets], np.uint64)
        return Said(
            np.array([place for place, *_ in found], np.int64), items, eligible, low, high,
            [refs for refs, _ in sets], self._says(items, eligible, low, high, digests),
        )  # fmt: skip


def rule_digest(item: Item, closed: bool) -> int:
    """What a verdict says depends on the rule with its words and citations, on its round, and on whether its last day is past.

    The version of the pack is left out: an item that a new version leaves as it was keeps its matches.
    """
    says = (item.full_id, item.eligible, item.benefit, item.until, item.readings, closed)
    return _digest64(repr(says if item.round is None else (*says, item.round)))


def _digest64(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _mix(values: Any) -> Any:
    """The finaliser of splitmix64: every bit of the answer depends on every bit of the question."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _fen(amounts: Ints | None, known: npt.NDArray[np.bool_] | None) -> Ints | None:
    if amounts is None or known is None:
        return None
    return np.where(known, amounts, NO_AMOUNT)


def _fen_of(amount: Any) -> int:
    return NO_AMOUNT if amount is None else int(amount * 100)


def _joined(first: Said, second: Said, shift: int) -> Said:
    moved = Said(
        second.place + shift,
        second.item,
        second.eligible,
        second.low,
        second.high,
        second.missing,
        second.says,
    )
    return _stacked([first, moved])


def _stacked(parts: Sequence[Said]) -> Said:
    def column(name: str, kind: Any) -> Any:
        return np.concatenate([np.zeros(0, kind), *(getattr(part, name) for part in parts)])

    return Said(
        column("place", np.int64), column("item", np.int64), column("eligible", np.bool_),
        column("low", np.int64), column("high", np.int64), [refs for part in parts for refs in part.missing],
        column("says", np.int64),
    )  # fmt: skip
