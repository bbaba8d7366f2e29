"""From Arrow to the columns of the evaluator, mostly without copying, and never past a value that is wrong."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import types

from babashi.bulk.keys import Rows, distinct_rows, repeated_key
from babashi.bulk.layout import ChildColumn, FileLayout, Refused
from babashi.register_io.layout import USCC
from babashi.register_io.limits import COUNT_LIMIT, FIRST_YEAR, LAST_YEAR, MONEY_LIMIT
from babashi.rules.columnar import Batch, Column, Table
from babashi.rules.columnar.columns import NEVER_YEAR, missing_column
from babashi.rules.facts import FactDictionary, FactSpec, TableSpec
from babashi.rules.values import NO_PARAMETERS, Parameters

Array = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
_FIRST_DAY, _LAST_DAY = dt.date(FIRST_YEAR, 1, 1).toordinal(), dt.date(LAST_YEAR, 12, 31).toordinal()
_YEAR: Final = re.compile(r"[0-9]{4}", re.ASCII)
_FIRST_PLAUSIBLE_YEAR: Final = 1900


@dataclass(frozen=True, slots=True)
class Where:
    """A column in words, and which rows of the file its values are."""

    name: str
    rows: Callable[[int], int]
    """Row of the file (counted from 1) of a position."""

    def refuse(self, position: int, reason: str) -> Refused:
        """What to raise for one value."""
        return Refused([f"列“{self.name}”第 {self.rows(position)} 行：{reason}"])


class BatchReader:
    """Turns record batches of one layout into batches. ``references`` are the facts and cells that the rules read,
    ``counted`` the tables whose rows they count or sum: only there identical rows matter."""

    def __init__(
        self,
        layout: FileLayout,
        dictionary: FactDictionary,
        references: frozenset[str],
        counted: frozenset[str],
        parameters: Parameters = NO_PARAMETERS,
    ) -> None:
        self._layout = layout
        self._dictionary = dictionary
        self._references = references
        self._counted = counted
        self._parameters = parameters

    def batch(self, rows: pa.RecordBatch, first_row: int = 0) -> Batch:
        """The columns; raises :class:`Refused` for the first value that can't be right."""
        facts = {
            fact: column_of(
                self._dictionary.facts[fact],
                rows.column(name),
                Where(name, lambda position: first_row + position + 1),
            )
            for fact, name in self._layout.facts.items()
            if fact != USCC
        }
        tables = {
            table: self._table(self._dictionary.tables[table], child, rows.column(child.name), first_row)
            for table, child in self._layout.tables.items()
        }
        return Batch(rows.num_rows, facts, tables, self._parameters)

    def _table(self, spec: TableSpec, child: ChildColumn, lists: pa.Array, first_row: int) -> Table:
        kind = np.int64 if types.is_large_list(lists.type) else np.int32
        offsets = raw(lists, kind, extra=1)
        start, stop = int(offsets[0]), int(offsets[-1])
        offsets = offsets.astype(np.int64) - start
        inner = lists.values.slice(start, stop - start)

        def row_of(position: int) -> int:
            return first_row + int(np.searchsorted(offsets, position, side="right"))

        if inner.null_count:
            place = int(np.flatnonzero(~valid_of(inner))[0])
            raise Where(child.name, row_of).refuse(place, "表里有一行整行为 null，没有的行请不要写")
        whole_rows = spec.distinct_rows and spec.id in self._counted
        columns: dict[str, Column] = {}
        for key, name in child.fields.items():
            where, array = Where(f"{child.name}·{name}", row_of), inner.field(name)
            if spec.columns[key].required and array.null_count:
                place = int(np.flatnonzero(~valid_of(array))[0])
                raise where.refuse(place, f"“{spec.columns[key].label}”不能为空")
            if whole_rows or f"{spec.id}.{key}" in self._references:
                columns[key] = column_of(spec.columns[key], array, where)
        if spec.key:
            self._check_key(spec, child, inner, offsets, row_of)
        rows = distinct_rows(Rows(offsets, columns)) if whole_rows else Rows(offsets, columns)
        return Table(rows.offsets, rows.columns, valid_of(lists) if lists.null_count else None)

    def _check_key(
        self,
        spec: TableSpec,
        child: ChildColumn,
        inner: pa.Array,
        offsets: Array,
        row_of: Callable[[int], int],
    ) -> None:
        """No enterprise has two rows of one name: the second would be counted twice."""
        place = repeated_key(offsets, [inner.field(child.fields[key]) for key in spec.key])
        if place is not None:
            labels = "、".join(spec.columns[key].label for key in spec.key)
            raise Where(child.name, row_of).refuse(place, f"同一户的{labels}重复，同一个只保留一行")


def raw(array: pa.Array, kind: Any, extra: int = 0) -> Array:
    """The values of a primitive array where they lie; those of null slots are arbitrary."""
    buffer = array.buffers()[1]
    if buffer is None:
        return np.zeros(len(array) + extra, kind)
    return np.frombuffer(buffer, kind)[array.offset : array.offset + len(array) + extra]


def valid_of(array: pa.Array) -> Bools:
    """Which slots hold a value."""
    buffer = array.buffers()[0]
    if buffer is None:
        return np.ones(len(array), np.bool_)
    return _bits(buffer, array.offset, len(array)).view(np.bool_)


def _bits(buffer: pa.Buffer, offset: int, count: int) -> npt.NDArray[np.uint8]:
    octets = np.frombuffer(buffer, np.uint8)[offset // 8 : (offset + count + 7) // 8]
    return np.unpackbits(octets, bitorder="little")[offset % 8 : offset % 8 + count]


def column_of(spec: FactSpec, array: pa.Array, where: Where) -> Column:
    """One column. The type has been checked with the layout."""
    kind = _KINDS[spec.type]
    if types.is_null(array.type):
        return missing_column(kind, len(array))
    valid = valid_of(array) if array.null_count else None
    if kind == "number":
        return _number(spec, array, valid, where)
    if kind == "bool":
        return Column(kind, _bits(array.buffers()[1], array.offset, len(array)), valid)
    if kind == "date":
        days = raw(array, np.int32) + np.int32(_EPOCH)
        _within(days, valid, _FIRST_DAY, _LAST_DAY, where, f"日期不在 {FIRST_YEAR} 至 {LAST_YEAR} 年之间")
        return Column(kind, days, valid)
    if kind == "year" and types.is_integer(array.type):
        years = _whole(array).astype(np.int32)
        _within(years, valid, _FIRST_PLAUSIBLE_YEAR, LAST_YEAR, where, _year_advice(spec))
        return Column(kind, years, valid)
    places, words = _words(array, valid)
    if kind == "code":
        _check_words(spec, places, valid, words, where)
        return Column(kind, places, valid, 1, words)
    if kind == "codes":
        return _sets(spec, places, valid, words, where)
    return Column(kind, _years(spec, places, valid, words, where), valid)


def _number(spec: FactSpec, array: pa.Array, valid: Bools | None, where: Where) -> Column:
    if types.is_decimal(array.type):
        halves = np.frombuffer(array.buffers()[1], np.int64)[
            array.offset * 2 : (array.offset + len(array)) * 2
        ]
        data, scale = np.ascontiguousarray(halves[0::2]), 10**array.type.scale
        if array.type.precision > 18:
            wide = halves[1::2] != data >> 63
            if valid is not None:
                wide &= valid
            if wide.any():
                raise where.refuse(int(np.flatnonzero(wide)[0]), "数字大得不合理，请核对单位和位数")
    else:
        data, scale = _whole(array), 1
    limit, reason = _LIMITS[spec.type]
    _within(data, valid, 0, int(limit * scale), where, reason, scale)
    return Column("number", data, valid, scale)


_LIMITS: Final[Mapping[str, tuple[Decimal | int, str]]] = {
    "money": (MONEY_LIMIT - Decimal("0.01"), "金额应在 0 元和 10 万亿元之间，请核对单位（应为元）和位数"),
    "int": (COUNT_LIMIT - 1, f"应在 0 和 {COUNT_LIMIT} 之间，请核对单位和位数"),
    "ratio": (1, "应为 0 到 1 之间的小数，2.5% 写成 0.025"),
}


def _whole(array: pa.Array) -> Array:
    kind = array.type.to_pandas_dtype()
    return np.asarray(raw(array, kind).astype(np.int64, copy=False))


def _within(
    data: Array, valid: Bools | None, low: int, high: int, where: Where, reason: str, scale: int = 1
) -> None:
    if not data.size or (data.min() >= low and data.max() <= high):
        return
    wrong = (data < low) | (data > high)
    if valid is not None:
        wrong &= valid
    if wrong.any():
        position = int(np.flatnonzero(wrong)[0])
        value = int(data[position])
        if low == _FIRST_DAY:
            shown = (
                dt.date.fromordinal(value).isoformat() if 0 < value <= dt.date.max.toordinal() else str(value)
            )
        else:
            shown = str(value if scale == 1 else Decimal(value) / scale)
        raise where.refuse(position, f"{shown} 不对，{reason}")


def _words(array: pa.Array, valid: Bools | None) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
    coded = array if types.is_dictionary(array.type) else array.dictionary_encode()
    indices = coded.indices
    places = raw(indices, indices.type.to_pandas_dtype()).astype(np.int32, copy=False)
    words = coded.dictionary
    if words.null_count:  # legal, if odd; nobody we know writes it
        return _words(coded.cast(pa.string()), valid)
    if valid is not None:
        places = np.where(valid, places, np.int32(0))
    return places, tuple(words.to_pylist())


def _first_use(places: Array, valid: Bools | None, wanted: int) -> int | None:
    used = places == wanted
    if valid is not None:
        used = used & valid
    return int(np.flatnonzero(used)[0]) if used.any() else None


def _check_words(
    spec: FactSpec, places: Array, valid: Bools | None, words: tuple[str, ...], where: Where
) -> None:
    if spec.type == "text":
        return
    for position, word in enumerate(words):
        if spec.allows(word):
            continue
        row = _first_use(places, valid, position)
        if row is not None:
            raise where.refuse(row, _word_reason(spec, word))


def _word_reason(spec: FactSpec, word: str) -> str:
    if not word:
        return "是空文字；未知请写 null"
    wanted = f"只能写：{'、'.join(spec.codes)}" if spec.codes is not None else f"应符合 {spec.pattern}"
    return f"“{word[:20]}”不能作{spec.label}，{wanted}"


def _sets(spec: FactSpec, places: Array, valid: Bools | None, words: tuple[str, ...], where: Where) -> Column:
    codes = spec.codes or ()
    at = {code: 1 << position for position, code in enumerate(codes)}
    table = np.zeros(max(len(words), 1), np.uint64)
    for position, word in enumerate(words):
        if word == spec.none_word:
            continue
        parts = word.split("|")
        wrong = next((part for part in parts if part not in at), None)
        if wrong is None:
            table[position] = sum(at[part] for part in set(parts))
            continue
        row = _first_use(places, valid, position)
        if row is not None:
            none = f"，都没有写“{spec.none_word}”" if spec.none_word else ""
            raise where.refuse(row, f"{_word_reason(spec, wrong)}，多个用 | 隔开{none}")
    return Column("codes", table[places], valid, 1, tuple(codes))


def _year_advice(spec: FactSpec) -> str:
    none = f"，从未发生写“{spec.none_word}”" if spec.none_word else ""
    return f"应为 {_FIRST_PLAUSIBLE_YEAR} 至 {LAST_YEAR} 的四位年份{none}"


def _years(spec: FactSpec, places: Array, valid: Bools | None, words: tuple[str, ...], where: Where) -> Array:
    table = np.zeros(max(len(words), 1), np.int32)
    for position, word in enumerate(words):
        if spec.none_word is not None and word == spec.none_word:
            table[position] = NEVER_YEAR
        elif _YEAR.fullmatch(word) and _FIRST_PLAUSIBLE_YEAR <= int(word) <= LAST_YEAR:
            table[position] = int(word)
        else:
            row = _first_use(places, valid, position)
            if row is not None:
                raise where.refuse(row, f"“{word[:20]}”不对，{_year_advice(spec)}")
    return table[places]


_KINDS: Final = {
    "money": "number", "int": "number", "ratio": "number", "bool": "bool", "date": "date", "year": "year",
    "code": "code", "text": "code", "codes": "codes",
}  # fmt: skip
