"""Lists of ids as columns: few different ones, told millions of times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from babashi.rules.columnar.columns import Bools
from babashi.rules.columnar.sparse import Pairs


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
        found: npt.NDArray[np.int32] = np.array(table or [0], np.int32)[coded.indices.to_numpy()]
        return found

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
