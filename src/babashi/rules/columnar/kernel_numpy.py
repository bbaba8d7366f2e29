"""Planes of all items with NumPy alone: leaves packed once a chunk, junctions as 64-bit word operations."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from babashi.rules.columnar.columns import Batch, Column
from babashi.rules.columnar.frame import Frame
from babashi.rules.columnar.leaves import BITS, HIGH, LOW, SET, Bound, LeafTable, complex_planes, packed
from babashi.rules.columnar.plan import ALL, Rulebook

CHUNK_WORDS = 2048
Words = npt.NDArray[np.uint64]


def run(
    book: Rulebook, table: LeafTable, batch: Batch, out: Words | None, counts: npt.NDArray[np.int64] | None
) -> None:
    """Fill ``out[item, true/false, word]`` and ``counts[item, eligible/ineligible]``, each where wanted."""
    columns = table.lane_columns(batch)
    bound = table.bind(columns)
    words = (batch.rows + 63) // 64
    other = complex_planes(table, Frame(batch), words)
    for start in range(0, words, CHUNK_WORDS):
        stop = min(start + CHUNK_WORDS, words)
        nodes = _leaf_planes(table, columns, bound, other[:, :, start:stop], batch.rows, start, stop)
        _junctions(book, nodes)
        for item, edge in enumerate(book.roots):
            pair = nodes[edge.node]
            true, false = (pair[1], pair[0]) if edge.negated else (pair[0], pair[1])
            if counts is not None:
                counts[item, 0] += int(np.bitwise_count(true).sum())
                counts[item, 1] += int(np.bitwise_count(false).sum())
            if out is not None:
                out[item, 0, start:stop], out[item, 1, start:stop] = true, false


def _leaf_planes(
    table: LeafTable, columns: list[Column], bound: Bound, other: Words, rows: int, start: int, stop: int
) -> list[tuple[Words, Words]]:
    low_row, high_row, width = start * 64, min(stop * 64, rows), stop - start
    data = [column.data[low_row:high_row] for column in columns]
    everyone = packed(np.ones(high_row - low_row, np.bool_), width)
    valid = [
        everyone if column.valid is None else packed(column.valid[low_row:high_row], width)
        for column in columns
    ]
    complex_at = {position: place for place, position in enumerate(table.complex)}
    nodes: list[tuple[Words, Words]] = []
    for leaf in range(len(table.tests)):
        lane = int(bound.lane[leaf])
        if lane < 0:
            place = complex_at[leaf]
            nodes.append((other[place, 0], other[place, 1]))
            continue
        bits = packed(_test(data[lane], bound, leaf), width)
        held, failed = bits & valid[lane], ~bits & valid[lane]
        nodes.append((failed, held) if bound.negated[leaf] else (held, failed))
    return nodes


def _test(values: npt.NDArray[Any], bound: Bound, leaf: int) -> npt.NDArray[np.bool_]:
    low, high = int(bound.low[leaf]), int(bound.high[leaf])
    if bound.kind[leaf] == SET:
        outcome: npt.NDArray[np.bool_] = bound.lut[low][values].astype(np.bool_)
        return outcome
    if bound.kind[leaf] == BITS:
        overlap: npt.NDArray[np.bool_] = (values & bound.low[leaf].view(np.uint64)) != 0
        return overlap
    kind = np.iinfo(values.dtype)
    if low > high or low > kind.max or high < kind.min:
        return np.zeros(len(values), np.bool_)
    if low == high:
        return np.asarray(values == values.dtype.type(low))
    above = values >= values.dtype.type(low) if low > max(LOW, kind.min) else None
    below = values <= values.dtype.type(high) if high < min(HIGH, kind.max) else None
    if above is None:
        return np.ones(len(values), np.bool_) if below is None else np.asarray(below)
    return np.asarray(above) if below is None else np.asarray(above & below)


def _junctions(book: Rulebook, nodes: list[tuple[Words, Words]]) -> None:
    for junction in book.junctions:
        first = nodes[junction.edges[0].node]
        true, false = (first[1], first[0]) if junction.edges[0].negated else first
        true, false = true.copy(), false.copy()
        for edge in junction.edges[1:]:
            pair = nodes[edge.node]
            other_true, other_false = (pair[1], pair[0]) if edge.negated else pair
            if junction.kind == ALL:
                true &= other_true
                false |= other_false
            else:
                true |= other_true
                false &= other_false
        nodes.append((true, false))
