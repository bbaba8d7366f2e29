"""The same planes fused with Numba: leaves and junctions while a block of rows is in cache."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from babashi.rules.columnar.columns import Batch, Column
from babashi.rules.columnar.leaves import LeafTable, complex_planes, packed
from babashi.rules.columnar.plan import Rulebook

BLOCK_WORDS = 64
Words = npt.NDArray[np.uint64]
_GROUPS = {"u1": np.uint8, "i4": np.int32, "i8": np.int64, "u8": np.uint64}


def run(
    book: Rulebook, table: LeafTable, batch: Batch, out: Words | None, counts: npt.NDArray[np.int64] | None
) -> None:
    """Fill ``out[item, true/false, word]`` and ``counts[item, eligible/ineligible]``, each where wanted."""
    found = table.prepared.get(batch)
    if found is None:
        found = table.prepared[batch] = _prepare(table, batch)
    assert isinstance(found, _Prepared)
    columns, groups, group_of, place_of, valid, planes = found
    bound, words = table.bind(columns), (batch.rows + 63) // 64
    complex_at = np.full(len(table.leaves), -1, np.int32)
    complex_at[list(table.complex)] = np.arange(len(table.complex), dtype=np.int32)
    program = book.program
    order = np.argsort(bound.lane, kind="stable").astype(np.int32)
    _kernel(
        groups["u1"], groups["i4"], groups["i8"], groups["u8"], group_of, place_of, valid, order,
        bound.kind, bound.lane, bound.low, bound.high, bound.negated, bound.lut,
        complex_at, planes,
        program.kinds, program.starts, program.edges, program.roots,
        np.empty((0, 2, 0), np.uint64) if out is None else out,
        np.empty((0, 2), np.int64) if counts is None else counts, words, min(BLOCK_WORDS, max(words, 1)),
    )  # fmt: skip


Groups = dict[str, npt.NDArray[np.generic]]
Places = npt.NDArray[np.int32]


class _Prepared(NamedTuple):
    """A batch in the form of the kernel: built once, used by every run over the same batch."""

    columns: list[Column]
    groups: Groups
    group_of: Places
    place_of: Places
    valid: Words
    planes: Words


def _prepare(table: LeafTable, batch: Batch) -> _Prepared:
    columns, words = table.lane_columns(batch), (batch.rows + 63) // 64
    valid = [_valid(column, batch.rows, words) for column in columns] or [np.zeros(words, np.uint64)]
    grouped = _grouped(columns, batch.rows, words * 64)
    return _Prepared(columns, *grouped, np.stack(valid), complex_planes(table, batch, words))


def _grouped(columns: list[Column], rows: int, padded: int) -> tuple[Groups, Places, Places]:
    members: dict[str, list[npt.NDArray[np.generic]]] = {name: [] for name in _GROUPS}
    group_of, place_of = np.zeros(len(columns), np.int32), np.zeros(len(columns), np.int32)
    for position, column in enumerate(columns):
        name = _group(column)
        group_of[position], place_of[position] = list(_GROUPS).index(name), len(members[name])
        members[name].append(column.data)
    groups: dict[str, npt.NDArray[np.generic]] = {}
    for name, arrays in members.items():
        stacked = np.zeros((max(len(arrays), 1), padded if arrays else 0), _GROUPS[name])
        for place, data in enumerate(arrays):
            stacked[place, :rows] = data
        groups[name] = stacked
    return groups, group_of, place_of


def _group(column: Column) -> str:
    if column.data.dtype == np.uint64:
        return "u8"
    if column.data.dtype == np.uint8:
        return "u1"
    if column.data.dtype.itemsize <= 4:
        return "i4"
    if not column.data.size or (column.data.min() > -(1 << 31) and column.data.max() < (1 << 31) - 1):
        return "i4"
    return "i8"


def _valid(column: Column, rows: int, words: int) -> Words:
    return packed(np.ones(rows, np.bool_) if column.valid is None else column.valid, words)


@njit(cache=True, nogil=True, inline="always")
def _pack(buffer, bits, width):  # type: ignore[no-untyped-def]
    octets = buffer.view(np.uint64)
    magic = np.uint64(0x0102040810204080)
    for word in range(width):
        packed_word = np.uint64(0)
        for octet in range(8):
            part = (octets[word * 8 + octet] * magic) >> np.uint64(56)
            packed_word |= part << np.uint64(8 * octet)
        bits[word] = packed_word


@njit(cache=True, nogil=True)
def _range_test(values, low, high, buffer):  # type: ignore[no-untyped-def]
    for row in range(values.size):
        buffer[row] = np.uint8((values[row] >= low) & (values[row] <= high))


@njit(cache=True, nogil=True)
def _leaf(u1, i4, i8, u8, group, place, start, rows, kind, low, high, lut, buffer):  # type: ignore[no-untyped-def]
    stop = start + rows
    if kind == 1:
        mask = np.uint64(low)
        sets = u8[place, start:stop]
        for row in range(rows):
            buffer[row] = np.uint8((sets[row] & mask) != np.uint64(0))
    elif kind == 2:
        codes = u1[place, start:stop]
        chosen = lut[low]
        for row in range(rows):
            buffer[row] = chosen[codes[row]]
    elif group == 0:
        if low > high or low > 255 or high < 0:
            buffer[:rows] = 0
        else:
            _range_test(u1[place, start:stop], np.uint8(max(low, 0)), np.uint8(min(high, 255)), buffer)
    elif group == 1:
        least, most = -(1 << 31), (1 << 31) - 1
        if low > high or low > most or high < least:
            buffer[:rows] = 0
        else:
            _range_test(i4[place, start:stop], np.int32(max(low, least)), np.int32(min(high, most)), buffer)
    else:
        _range_test(i8[place, start:stop], low, high, buffer)


@njit(cache=True, nogil=True)
def _kernel(  # type: ignore[no-untyped-def]
    u1, i4, i8, u8, group_of, place_of, valid, order, kind, lane, low, high, negated, lut,
    complex_at, complex_planes, kinds, starts, edges, roots, out, counts, words, block,
):  # fmt: skip
    # plane p (0 true, 1 false) of the node at the end of edge e is row e ^ p
    leaves, junctions = lane.size, kinds.size
    nodes = np.empty(((leaves + junctions) * 2, block), np.uint64)
    buffer, bits = np.zeros(block * 64, np.uint8), np.empty(block, np.uint64)
    some, every = np.empty(block, np.uint64), np.empty(block, np.uint64)
    for begin in range(0, words, block):
        width = min(block, words - begin)
        for leaf in order:
            at, held = lane[leaf], leaf * 2 + (1 if negated[leaf] else 0)
            failed = leaf * 2 + (0 if negated[leaf] else 1)
            if at < 0:
                for word in range(width):
                    nodes[held, word] = complex_planes[complex_at[leaf], 0, begin + word]
                    nodes[failed, word] = complex_planes[complex_at[leaf], 1, begin + word]
                continue
            _leaf(u1, i4, i8, u8, group_of[at], place_of[at], begin * 64, width * 64, kind[leaf], low[leaf],
                  high[leaf], lut, buffer)  # fmt: skip
            _pack(buffer, bits, width)
            for word in range(width):
                known = valid[at, begin + word]
                nodes[held, word] = bits[word] & known
                nodes[failed, word] = ~bits[word] & known
        for junction in range(junctions):
            enough = 1 if kinds[junction] == 1 else 0  # the plane in which one part is enough
            first = edges[starts[junction]]
            one, other = first ^ enough, first ^ (1 - enough)
            for word in range(width):
                some[word] = nodes[one, word]
                every[word] = nodes[other, word]
            for at_edge in range(starts[junction] + 1, starts[junction + 1]):
                one, other = edges[at_edge] ^ enough, edges[at_edge] ^ (1 - enough)
                for word in range(width):
                    some[word] |= nodes[one, word]
                    every[word] &= nodes[other, word]
            target = (leaves + junction) * 2
            one, other = target ^ enough, target ^ (1 - enough)
            for word in range(width):
                nodes[one, word] = some[word]
                nodes[other, word] = every[word]
        for item in range(roots.size):
            for plane in range(2):
                found = roots[item] ^ plane
                if counts.size:
                    total = np.int64(0)
                    for word in range(width):
                        total += _popcount(nodes[found, word])
                    counts[item, plane] += total
                if out.size:
                    for word in range(width):
                        out[item, plane, begin + word] = nodes[found, word]


@njit(cache=True, nogil=True, inline="always")
def _popcount(value):  # type: ignore[no-untyped-def]
    value = value - ((value >> np.uint64(1)) & np.uint64(0x5555555555555555))
    value = (value & np.uint64(0x3333333333333333)) + (
        (value >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    value = (value + (value >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((value * np.uint64(0x0101010101010101)) >> np.uint64(56))
