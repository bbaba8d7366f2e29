"""What must not repeat: the code of an enterprise in a file, the name of a row in its table, a row itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute, types

from babashi.bulk.layout import Refused
from babashi.register_io.codes import USCC_ALPHABET, USCC_LENGTH
from babashi.rules.columnar import Column

_NOT_IN_ALPHABET: Final = bytes(0 if chr(octet) in USCC_ALPHABET else 1 for octet in range(256))
_MIX: Final = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))


class Codes:
    """The codes of one file, batch by batch: each has the right form, none comes twice."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._hashes: list[npt.NDArray[np.uint64]] = []
        self._rows = 0

    def take(self, codes: pa.Array) -> pa.Array:
        """Look at the codes of the next batch; they come back as plain strings of 18 characters."""
        if types.is_dictionary(codes.type) or not types.is_string(codes.type):
            codes = codes.cast(pa.string())
        if codes.null_count:
            row = codes.is_null().index(True).as_py()
            raise self._refuse(row, "为空；每户必须有统一社会信用代码")
        letters = _letters(codes)
        if letters is None or 1 in letters.tobytes().translate(_NOT_IN_ALPHABET):
            self._explain(codes)
        assert letters is not None
        self._hashes.append(_hashes(letters))
        self._rows += len(codes)
        return codes

    def suspects(self) -> bool:
        """Whether two codes may be equal; equal hashes say so, and only the codes themselves prove it."""
        if not self._hashes:
            return False
        hashes = np.sort(np.concatenate(self._hashes))
        return bool((hashes[1:] == hashes[:-1]).any())

    def _refuse(self, row: int, reason: str) -> Refused:
        return Refused([f"列“{self._name}”第 {self._rows + row + 1} 行：{reason}"])

    def _explain(self, codes: pa.Array) -> None:
        for row, code in enumerate(codes.to_pylist()):
            if len(code) != USCC_LENGTH:
                raise self._refuse(row, f"“{code[:24]}”有 {len(code)} 个字符，统一社会信用代码应为 18 位")
            if not set(code) <= set(USCC_ALPHABET):
                raise self._refuse(row, f"“{code}”含有不允许的字符，只用数字和大写字母，不用 I、O、S、V、Z")


def refuse_repeated(codes: pa.ChunkedArray, name: str) -> None:
    """Raise :class:`Refused` with the codes that really come twice."""
    counted = compute.value_counts(codes.combine_chunks() if codes.num_chunks > 1 else codes)
    twice = [
        entry["values"] for entry in counted.filter(compute.greater(counted.field("counts"), 1)).to_pylist()
    ]
    if twice:
        shown = "、".join(twice[:5]) + (f" 等 {len(twice)} 个" if len(twice) > 5 else "")
        raise Refused([f"列“{name}”有重复的代码：{shown}；同一户在一个文件里只能有一行"])


def _letters(codes: pa.Array) -> npt.NDArray[np.uint8] | None:
    """The characters as ``[row, 18]``, ``None`` where some code has another length."""
    offsets = np.frombuffer(codes.buffers()[1], np.int32)[codes.offset : codes.offset + len(codes) + 1]
    if (np.diff(offsets) != USCC_LENGTH).any():
        return None
    data = codes.buffers()[2]
    flat = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return flat[offsets[0] : offsets[-1]].reshape(len(codes), USCC_LENGTH)


def _hashes(letters: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    first = np.ascontiguousarray(letters[:, :8]).view(np.uint64).ravel()
    second = np.ascontiguousarray(letters[:, 8:16]).view(np.uint64).ravel()
    third = np.ascontiguousarray(letters[:, 10:18]).view(np.uint64).ravel()
    mixed = first * _MIX[0]
    mixed ^= mixed >> np.uint64(29)
    mixed = (mixed + second) * _MIX[1]
    mixed ^= mixed >> np.uint64(32)
    mixed = (mixed + third) * _MIX[2]
    return np.asarray(mixed ^ (mixed >> np.uint64(29)))


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Child rows by enterprise, as in :class:`~babashi.rules.columnar.Table`."""

    offsets: npt.NDArray[np.int64]
    columns: Mapping[str, Column]


def _candidates(
    offsets: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.int64]]:
    """Rows of enterprises that have several, and whose they are: only these can repeat."""
    counts = np.diff(offsets)
    several = counts > 1
    owners = np.repeat(np.flatnonzero(several), counts[several])
    return np.flatnonzero(np.repeat(several, counts)), owners


def _repetitions(owners: npt.NDArray[np.int64], columns: Sequence[npt.NDArray[Any]]) -> npt.NDArray[np.intp]:
    """Positions whose owner and values all equal those of an earlier position."""
    order = np.lexsort([*columns, owners])
    same = np.ones(max(len(owners) - 1, 0), np.bool_)
    for column in (owners, *columns):
        in_order = column[order]
        same &= in_order[1:] == in_order[:-1]
    return order[1:][same]


def repeated_key(offsets: npt.NDArray[np.int64], key: Sequence[pa.Array]) -> int | None:
    """A row whose key its enterprise has twice, ``None`` when there is none."""
    at, owners = _candidates(offsets)
    if not len(at):
        return None
    picked = pa.array(at)
    columns = [column.take(picked).dictionary_encode().indices.to_numpy() for column in key]
    again = _repetitions(owners, columns)
    return int(at[again[0]]) if len(again) else None


def distinct_rows(rows: Rows) -> Rows:
    """The same without repeated rows: identical rows count once."""
    at, owners = _candidates(rows.offsets)
    columns: list[npt.NDArray[Any]] = []
    for column in rows.columns.values():
        values = column.data[at]
        if column.valid is not None:
            valid = column.valid[at]
            values = np.where(valid, values, values.dtype.type(0))
            columns.append(valid)
        columns.append(values)
    again = _repetitions(owners, columns)
    if not len(again):
        return rows
    keep = np.ones(int(rows.offsets[-1]), np.bool_)
    keep[at[again]] = False
    before = np.concatenate(([0], np.cumsum(keep)))
    kept = np.flatnonzero(keep)
    return Rows(before[rows.offsets], {name: column.take(kept) for name, column in rows.columns.items()})
