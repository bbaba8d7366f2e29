"""Kleene's logic over all conditions at once: false 0, unknown 1, true 2, so *all* is min and *any* is max."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from babashi.rules import pack
from babashi.rules.compiled import Env, Missing
from babashi.rules.overview.outline import Groups, Outline, Positions
from babashi.rules.trace import order_missing

FALSE, UNKNOWN, TRUE = 0, 1, 2
_BITS: Final = 64


class Truths:
    """Outcome of every condition of an outline for one subject, and what each unknown one lacks."""

    def __init__(self, outline: Outline, env: Env) -> None:
        values = [leaf.test(env) for leaf in outline.leaves]
        self.leaf_truths = [None if type(value) is Missing else bool(value) for value in values]
        leaf_codes = np.array([_code(value) for value in values], np.int8)
        self.codes: npt.NDArray[np.int8] = leaf_codes[outline.leaf_at]
        self._refs = order_missing(outline.dictionary, frozenset().union(*_unknown(values)))
        leaf_masks = self._masks_of(values)
        self._masks = [words[outline.leaf_at] for words in leaf_masks]
        """What a condition lacks: one bit a missing id, in words of 64."""
        for group in outline.groups:
            self._join(group)
        self._names = _Names(self._refs)

    def missing_at(self, positions: Positions) -> list[tuple[str, ...]]:
        """Ids that the conditions at some positions lack, in the order of the dictionary."""
        keys = zip(*(words[positions].tolist() for words in self._masks), strict=True)
        return list(map(self._names.__getitem__, keys))

    def _masks_of(self, values: list[Any]) -> list[npt.NDArray[np.uint64]]:
        bit = {ref: 1 << number for number, ref in enumerate(self._refs)}
        masks = [sum(bit[ref] for ref in value) if type(value) is Missing else 0 for value in values]
        count = max(1, -(-len(self._refs) // _BITS))
        low = (1 << _BITS) - 1
        return [np.array([mask >> _BITS * word & low for mask in masks], np.uint64) for word in range(count)]

    def _join(self, group: Groups) -> None:
        parts = self.codes[group.parts]
        if group.kind is pack.Not:
            codes = TRUE - parts
        elif group.kind is pack.All:
            codes = np.minimum.reduceat(parts, group.starts)
        else:
            codes = np.maximum.reduceat(parts, group.starts)
        self.codes[group.nodes] = codes
        if not self._refs:
            return
        unknown = codes == UNKNOWN
        for words in self._masks:
            lacking = words[group.parts]
            if group.kind is not pack.Not:
                lacking = np.bitwise_or.reduceat(lacking, group.starts)
            words[group.nodes] = np.where(unknown, lacking, np.uint64(0))


class _Names(dict[tuple[int, ...], tuple[str, ...]]):
    """Ids by the bits of a mask; equal masks share one tuple."""

    def __init__(self, refs: tuple[str, ...]) -> None:
        super().__init__()
        self._refs = refs

    def __missing__(self, key: tuple[int, ...]) -> tuple[str, ...]:
        found = tuple(
            ref for number, ref in enumerate(self._refs) if key[number // _BITS] >> (number % _BITS) & 1
        )
        self[key] = found
        return found


def _code(value: Any) -> int:
    if type(value) is Missing:
        return UNKNOWN
    return TRUE if value else FALSE


def _unknown(values: list[Any]) -> list[Missing]:
    return [value for value in values if type(value) is Missing]
