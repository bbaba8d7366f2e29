"""From the columns of the evaluator to the files that :mod:`babashi.bulk.layout` describes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import types

from babashi.bulk.layout import MONEY, RATIO, WRITTEN, written_schema
from babashi.register_io.layout import USCC
from babashi.rules.columnar import Batch, Column
from babashi.rules.columnar.columns import NEVER_YEAR
from babashi.rules.facts import FactDictionary, FactSpec

_EPOCH: Final = dt.date(1970, 1, 1).toordinal()


def parquet_options(schema: pa.Schema) -> dict[str, Any]:
    """How files of enterprises are written: LZ4 reads almost as fast as no compression, and only words are coded by a
    dictionary, since one of amounts or of codes of enterprises costs time and saves nothing."""
    words = [field.name for field in schema if types.is_dictionary(field.type)]
    for field in schema:
        if types.is_list(field.type):
            row = field.type.value_type
            inner = [row.field(place) for place in range(row.num_fields)]
            words += [f"{field.name}.list.element.{f.name}" for f in inner if types.is_dictionary(f.type)]
    return {
        "compression": "lz4", "use_dictionary": words, "store_decimal_as_integer": True,
        "write_statistics": False,
    }  # fmt: skip


def arrow_of_batch(
    batch: Batch, codes: pa.Array, dictionary: FactDictionary, keys: Sequence[str], *, labels: bool = False
) -> pa.Table:
    """Enterprises as a table of the file layout with the columns ``keys``; what the batch has not is null."""
    schema, arrays = written_schema(dictionary, keys, labels=labels), []
    for key, column in zip(keys, schema, strict=True):
        if key == USCC:
            arrays.append(codes.cast(column.type))
        elif key in dictionary.tables:
            arrays.append(_lists(batch, key, column.type, dictionary))
        else:
            arrays.append(array_of(dictionary.facts[key], batch.facts.get(key), batch.rows))
    return pa.Table.from_arrays(arrays, schema=schema)


def _lists(batch: Batch, name: str, kind: pa.DataType, dictionary: FactDictionary) -> pa.Array:
    table = batch.tables.get(name)
    if table is None:
        return pa.nulls(batch.rows, kind)
    specs = dictionary.tables[name].columns
    rows = pa.StructArray.from_arrays(
        [array_of(spec, table.columns.get(key), table.rows) for key, spec in specs.items()],
        fields=[kind.value_type.field(place) for place in range(kind.value_type.num_fields)],
    )
    unknown = None if table.known is None else pa.array(~table.known)
    return pa.ListArray.from_arrays(pa.array(table.offsets, pa.int32()), rows, type=kind, mask=unknown)


def array_of(spec: FactSpec, column: Column | None, rows: int) -> pa.Array:
    """One fact of all rows, in the type in which it is written."""
    kind = WRITTEN[spec.type]
    if column is None:
        return pa.nulls(rows, kind)
    absent = None if column.valid is None else ~column.valid
    if column.kind == "number":
        return _number(spec, column, absent, kind)
    if column.kind == "bool":
        return pa.array(column.data.astype(np.bool_), kind, mask=absent)
    if column.kind == "date":
        return pa.array(column.data - _EPOCH, pa.int32(), mask=absent).cast(kind)
    if column.kind == "code":
        words = column.words or ("",)
        coded = pa.DictionaryArray.from_arrays(
            pa.array(column.data, pa.int32(), mask=absent), pa.array(words, pa.string())
        )
        return coded if spec.type == "code" else coded.cast(pa.string())
    values, texts = np.unique(column.data, return_inverse=True)
    spelled = pa.array([_word(spec, column, int(value)) for value in values], pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(texts, pa.int32(), mask=absent), spelled)


def _word(spec: FactSpec, column: Column, value: int) -> str:
    none = spec.none_word or "无"
    if column.kind == "year":
        return none if value == NEVER_YEAR else str(value)
    chosen = [word for bit, word in enumerate(column.words) if value >> bit & 1]
    return "|".join(chosen) or none


def _number(
    spec: FactSpec, column: Column, absent: npt.NDArray[np.bool_] | None, kind: pa.DataType
) -> pa.Array:
    if spec.type == "int":
        return pa.array(column.data // column.scale, kind, mask=absent)
    scale = 10 ** (MONEY.scale if spec.type == "money" else RATIO.scale)
    factor, rest = divmod(scale, column.scale)
    if rest:
        raise ValueError(f"{spec.label}：小数位数太多")
    halves = np.empty((len(column.data), 2), np.int64)
    halves[:, 0] = column.data * factor
    halves[:, 1] = halves[:, 0] >> 63
    validity = None if absent is None else pa.array(~absent).buffers()[1]
    return pa.Array.from_buffers(kind, len(column.data), [validity, pa.py_buffer(halves)])
