"""The same planes fused with Numba: leaves and junctions while a block of rows is in cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt
from numba import njit

from babashi.rules.columnar.columns import Batch, Column
from babashi.rules.columnar.frame import Frame
from babashi.rules.columnar.leaves import LeafTable, complex_planes, packed
from babashi.rules.columnar.plan import Rulebook
from babashi.rules.columnar.sparse import MissingPlan, Pairs

BLOCK_WORDS = 64
Words = npt.NDArray[np.uint64]
Kernel = Callable[..., Any]
_GROUPS = {"u1": np.uint8, "i4": np.int32, "i8": np.int64, "u8": np.uint64}


def run(
    book: Rulebook, table: LeafTable, batch: Batch, out: Words | None, counts: npt.NDArray[np.int64] | None
) -> None:
    """Fill ``out[item, true/false, word]`` and ``counts[item, eligible/ineligible]``, each where wanted."""
    words, kernel = (batch.rows + 63) // 64, cast("Kernel", _kernel)
    kernel(
        *_arguments(book, table, batch, Frame(batch)),
        np.empty((0, 2, 0), np.uint64) if out is None else out,
        np.empty((0, 2), np.int64) if counts is None else counts, words, min(BLOCK_WORDS, max(words, 1)),
    )  # fmt: skip


def run_sparse(
    book: Rulebook, table: LeafTable, plan: MissingPlan, batch: Batch, few: int, wanted: npt.NDArray[np.uint8]
) -> Pairs:
    """Eligible pairs, and unknown ones that lack at most ``few`` facts; ``wanted`` chooses items and kinds."""
    words, frame = (batch.rows + 63) // 64, Frame(batch)
    arguments, kernel = _arguments(book, table, batch, frame), cast("Kernel", _sparse_kernel)
    planes = (
        plan.missing_planes(table, frame, words) if few else np.zeros((len(plan.planes), words), np.uint64)
    )
    while True:
        counts = np.zeros((len(book.items), 2), np.int64)
        room = plan.room
        item, row, bits = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.uint64)
        found = kernel(
            *arguments, words, min(BLOCK_WORDS, max(words, 1)), batch.rows, few, wanted, *plan.arrays, planes,
            counts, item, row, bits,
        )  # fmt: skip
        if found <= room:
            break
        plan.room = (
            found + found // 4
        )  # once more with enough room; later batches of a kind need no second try
    key = item[:found] * 2 + (bits[:found] != 0)
    order = np.argsort(key.astype(np.uint16) if len(book.items) < 1 << 15 else key, kind="stable")
    return Pairs(counts, item[order], row[order], bits[order], plan.refs)


def _arguments(book: Rulebook, table: LeafTable, batch: Batch, frame: Frame) -> tuple[Any, ...]:
    """What both kernels read, in their order."""
    found = table.prepared.get(batch)
    if found is None:
        found = table.prepared[batch] = _prepare(table, batch, frame)
    assert isinstance(found, _Prepared)
    columns, groups, group_of, place_of, valid, planes = found
    bound = table.bind(columns)
    complex_at = np.full(len(table.leaves), -1, np.int32)
    complex_at[list(table.complex)] = np.arange(len(table.complex), dtype=np.int32)
    program = book.program
    order = np.argsort(bound.lane, kind="stable").astype(np.int32)
    return (
        groups["u1"], groups["i4"], groups["i8"], groups["u8"], group_of, place_of, valid, order,
        bound.kind, bound.lane, bound.low, bound.high, bound.negated, bound.lut,
        complex_at, planes,
        program.kinds, program.starts, program.edges, program.roots,
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


def _prepare(table: LeafTable, batch: Batch, frame: Frame) -> _Prepared:
    columns, words = table.lane_columns(batch), (batch.rows + 63) // 64
    valid = [_valid(column, batch.rows, words) for column in columns] or [np.zeros(words, np.uint64)]
    grouped = _grouped(columns, batch.rows, words * 64)
    return _Prepared(columns, *grouped, np.stack(valid), complex_planes(table, frame, words))


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
def _leaf_nodes(  # type: ignore[no-untyped-def]
    u1, i4, i8, u8, group_of, place_of, valid, order, kind, lane, low, high, negated, lut,
    complex_at, complex_planes, begin, width, buffer, bits, nodes,
):  # fmt: skip
    # plane p (0 true, 1 false) of the node at the end of edge e is row e ^ p
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


@njit(cache=True, nogil=True)
def _junction_nodes(leaves, kinds, starts, edges, width, some, every, nodes):  # type: ignore[no-untyped-def]
    for junction in range(kinds.size):
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


@njit(cache=True, nogil=True)
def _kernel(  # type: ignore[no-untyped-def]
    u1, i4, i8, u8, group_of, place_of, valid, order, kind, lane, low, high, negated, lut,
    complex_at, complex_planes, kinds, starts, edges, roots, out, counts, words, block,
):  # fmt: skip
    leaves, junctions = lane.size, kinds.size
    nodes = np.empty(((leaves + junctions) * 2, block), np.uint64)
    buffer, bits = np.zeros(block * 64, np.uint8), np.empty(block, np.uint64)
    some, every = np.empty(block, np.uint64), np.empty(block, np.uint64)
    for begin in range(0, words, block):
        width = min(block, words - begin)
        _leaf_nodes(u1, i4, i8, u8, group_of, place_of, valid, order, kind, lane, low, high, negated, lut,
                    complex_at, complex_planes, begin, width, buffer, bits, nodes)  # fmt: skip
        _junction_nodes(leaves, kinds, starts, edges, width, some, every, nodes)
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


@njit(cache=True, nogil=True)
def _sparse_kernel(  # type: ignore[no-untyped-def]
    u1, i4, i8, u8, group_of, place_of, valid, order, kind, lane, low, high, negated, lut,
    complex_at, complex_planes, kinds, starts, edges, roots, words, block, rows,
    few, wanted, step_starts, step_node, step_parent, ref_starts, ref_slot, ref_plane, bit_starts, bit_of,
    missing_planes,
    counts, out_item, out_row, out_bits,
):  # fmt: skip
    # returns the number of pairs; what no longer fits is counted and not written
    leaves, junctions = lane.size, kinds.size
    nodes = np.empty(((leaves + junctions) * 2, block), np.uint64)
    buffer, bits = np.zeros(block * 64, np.uint8), np.empty(block, np.uint64)
    some, every = np.empty(block, np.uint64), np.empty(block, np.uint64)
    masks = np.empty((_longest(step_starts), block), np.uint64)
    lacking = np.empty((_longest(bit_starts), block), np.uint64)
    reached = np.empty((few + 1, block), np.uint64)
    chosen = np.empty(block, np.uint64)
    no_bits = np.empty(0, np.uint64)
    found = 0
    for begin in range(0, words, block):
        width = min(block, words - begin)
        last = rows - (begin + width - 1) * 64
        _leaf_nodes(u1, i4, i8, u8, group_of, place_of, valid, order, kind, lane, low, high, negated, lut,
                    complex_at, complex_planes, begin, width, buffer, bits, nodes)  # fmt: skip
        _junction_nodes(leaves, kinds, starts, edges, width, some, every, nodes)
        for item in range(roots.size):
            root, total_true, total_false = roots[item], np.int64(0), np.int64(0)
            for word in range(width):
                total_true += _popcount(nodes[root, word])
                total_false += _popcount(nodes[root ^ 1, word])
            counts[item, 0] += total_true
            counts[item, 1] += total_false
            if wanted[item] & 1 and total_true:
                found = _emit(
                    nodes[root], lacking, no_bits, width, begin, item, found, out_item, out_row, out_bits
                )
            if not wanted[item] & 2 or few == 0:
                continue
            if not _open_rows(nodes, root, width, last, masks):
                continue
            slots = bit_starts[item + 1] - bit_starts[item]
            _lack(nodes, step_starts[item], step_starts[item + 1], step_node, step_parent, ref_starts, ref_slot,
                  ref_plane, missing_planes, begin, width, slots, masks, lacking)  # fmt: skip
            _few_only(lacking, slots, few, width, masks, reached, chosen)
            own = bit_of[bit_starts[item] : bit_starts[item + 1]]
            found = _emit(chosen, lacking, own, width, begin, item, found, out_item, out_row, out_bits)
    return found


@njit(cache=True, nogil=True)
def _longest(starts):  # type: ignore[no-untyped-def]
    most = 1
    for item in range(starts.size - 1):
        most = max(most, starts[item + 1] - starts[item])
    return most


@njit(cache=True, nogil=True)
def _open_rows(nodes, root, width, last, masks):  # type: ignore[no-untyped-def]
    # the rows in which an item is unknown, as the mask of its first step; whether there are any
    found = np.uint64(0)
    for word in range(width):
        masks[0, word] = ~(nodes[root, word] | nodes[root ^ 1, word])
    if last < 64:  # rows beyond the last are nobody's
        masks[0, width - 1] &= (np.uint64(1) << np.uint64(last)) - np.uint64(1)
    for word in range(width):
        found |= masks[0, word]
    return found != np.uint64(0)


@njit(cache=True, nogil=True)
def _lack(  # type: ignore[no-untyped-def]
    nodes, first, end, step_node, step_parent, ref_starts, ref_slot, ref_plane, missing_planes, begin, width,
    slots, masks, lacking,
):  # fmt: skip
    # which facts the rows lack: only where the step and everything above it is unknown
    lacking[:slots, :width] = 0
    for step in range(end - first):
        node = step_node[first + step]
        if step:
            parent = step_parent[first + step]
            for word in range(width):
                masks[step, word] = masks[parent, word] & ~(nodes[node * 2, word] | nodes[node * 2 + 1, word])
        for ref in range(ref_starts[first + step], ref_starts[first + step + 1]):
            slot, plane = ref_slot[ref], ref_plane[ref]
            if plane < 0:
                for word in range(width):
                    lacking[slot, word] |= masks[step, word]
            else:
                for word in range(width):
                    lacking[slot, word] |= masks[step, word] & missing_planes[plane, begin + word]


@njit(cache=True, nogil=True)
def _few_only(lacking, slots, few, width, masks, reached, chosen):  # type: ignore[no-untyped-def]
    # the unknown rows that lack at most so many facts: level n of ``reached`` lacks more than n
    reached[:, :width] = 0
    for slot in range(slots):
        for level in range(few, 0, -1):
            for word in range(width):
                reached[level, word] |= reached[level - 1, word] & lacking[slot, word]
        for word in range(width):
            reached[0, word] |= lacking[slot, word]
    for word in range(width):
        chosen[word] = masks[0, word] & ~reached[few, word]


@njit(cache=True, nogil=True)
def _emit(  # type: ignore[no-untyped-def]
    plane, lacking, bit_of, width, begin, item, found, out_item, out_row, out_bits
):
    for word in range(width):
        left = plane[word]
        while left != np.uint64(0):
            lowest = left & (~left + np.uint64(1))
            bit = _popcount(lowest - np.uint64(1))
            left ^= lowest
            if found < out_row.size:
                mask = np.uint64(0)
                for slot in range(bit_of.size):
                    mask |= ((lacking[slot, word] >> np.uint64(bit)) & np.uint64(1)) << bit_of[slot]
                out_item[found] = item
                out_row[found] = (begin + word) * 64 + bit
                out_bits[found] = mask
            found += 1
    return found


@njit(cache=True, nogil=True, inline="always")
def _popcount(value):  # type: ignore[no-untyped-def]
    value = value - ((value >> np.uint64(1)) & np.uint64(0x5555555555555555))
    value = (value & np.uint64(0x3333333333333333)) + (
        (value >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    value = (value + (value >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((value * np.uint64(0x0101010101010101)) >> np.uint64(56))
