"""The file layout: which Parquet column is which fact, and of what type it must be.

One file holds some enterprises. Facts are columns, child tables are columns of ``list<struct>`` (null: nobody
knows the rows; empty: there are none), named by id or by Chinese label as in the register. A column that is absent
is unknown for everyone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa
from pyarrow import types

from babashi.register_io.header import suggestion
from babashi.register_io.layout import USCC, RegisterLayout, TableLayout, normal_name
from babashi.rules.facts import FactDictionary, FactSpec

MONEY: Final = pa.decimal128(18, 2)
RATIO: Final = pa.decimal128(18, 15)
WORDS: Final = pa.dictionary(pa.int32(), pa.string())
WRITTEN: Final[Mapping[str, pa.DataType]] = {
    "text": pa.string(), "code": WORDS, "codes": WORDS, "bool": pa.bool_(), "int": pa.int64(), "money": MONEY,
    "ratio": RATIO, "date": pa.date32(), "year": WORDS,
}  # fmt: skip
"""The type of each kind of fact in the files we write."""
_WANTED: Final[Mapping[str, str]] = {
    "text": "string（文字）",
    "code": "string（文字，可用字典编码）",
    "codes": "string（文字，多个值用 | 隔开，可用字典编码）",
    "bool": "bool（真假值）",
    "int": "int64（整数）",
    "money": "decimal128(18, 2)（元，两位小数）或整数（元）",
    "ratio": "decimal128（小数，例如 decimal128(18, 15)）",
    "date": "date32（日期）",
    "year": "string（四位年份，从未发生写“无”）或整数（年份）",
}


class Refused(Exception):
    """A file can't be matched; ``problems`` (Chinese) say what is wrong and what to write instead."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[type[Refused], tuple[tuple[str, ...]]]:
        return type(self), (self.problems,)


@dataclass(frozen=True, slots=True)
class ChildColumn:
    """A child table in a file: its column, and the field of each of its columns."""

    name: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FileLayout:
    """Columns of one file by fact and by child table."""

    facts: Mapping[str, str]
    tables: Mapping[str, ChildColumn]
    ignored: Sequence[str] = field(default_factory=tuple)
    """What was said of columns that nobody knows."""

    def restricted(self, refs: Iterable[str], keys: Mapping[str, Iterable[str]]) -> FileLayout:
        """Only what the rules read (facts, tables, cells), ``uscc``, and the named columns of the tables read."""
        wanted = set(refs) | {USCC}
        tables = {ref.partition(".")[0] for ref in wanted}
        children = {
            table: ChildColumn(
                child.name,
                {
                    key: name
                    for key, name in child.fields.items()
                    if f"{table}.{key}" in wanted or key in keys.get(table, ())
                },
            )
            for table, child in self.tables.items()
            if table in tables
        }
        return FileLayout({k: name for k, name in self.facts.items() if k in wanted}, children)


def layout_of(schema: pa.Schema, dictionary: FactDictionary) -> FileLayout:
    """Understand the columns of a file; raises :class:`Refused` with everything that is wrong."""
    register = RegisterLayout.of(dictionary)
    reading = _Reading(register)
    for column in schema:
        name = normal_name(column.name)
        if name in reading.children:
            reading.take_table(reading.children[name], column)
        else:
            reading.take_fact(column)
    if USCC not in reading.facts and not reading.has_failed(USCC):
        label = register.enterprises.column(USCC).label
        reading.problems.append(f"缺少必需的列“{label}”（{USCC}），应为 {_WANTED['text']}")
    if reading.problems:
        raise Refused(reading.problems)
    return FileLayout(reading.facts, reading.tables, tuple(reading.ignored))


class _Reading:
    def __init__(self, register: RegisterLayout) -> None:
        self.register = register
        self.children = {
            normal_name(name): table
            for table in register.children.values()
            for name in (table.id, table.label)
        }
        self.facts: dict[str, str] = {}
        self.tables: dict[str, ChildColumn] = {}
        self.ignored: list[str] = []
        self.problems: list[str] = []
        self._seen: dict[str, str] = {}

    def has_failed(self, key: str) -> bool:
        """Whether a column for it is there, though of the wrong type."""
        return key in self._seen

    def take_fact(self, column: pa.Field) -> None:
        """A column that should be a fact."""
        spec = self.register.enterprises.by_name.get(normal_name(column.name))
        if spec is None:
            advice = suggestion(column.name, self.register.enterprises)
            self.ignored.append(f"不认识的列“{column.name}”，已忽略。{advice}")
        elif self._is_first(spec.id, column.name) and self._has_type(spec, column, column.name):
            self.facts[spec.id] = column.name

    def take_table(self, table: TableLayout, column: pa.Field) -> None:
        """A column that is a child table."""
        if not self._is_first(table.id, column.name):
            return
        kind = column.type
        if types.is_null(kind):  # nothing but null: unknown for everyone, as if it were not there
            return
        if not (types.is_list(kind) or types.is_large_list(kind)) or not types.is_struct(kind.value_type):
            names = "、".join(spec.id for spec in table.columns if spec.id != USCC)
            wanted = f"list<struct>（每户若干行，每行有 {names} 等字段；null 为未知，空列表为没有）"
            self.problems.append(f"列“{column.name}”的类型是 {kind}，应为 {wanted}")
            return
        fields: dict[str, str] = {}
        for position in range(kind.value_type.num_fields):
            inner = kind.value_type.field(position)
            spec, place = table.by_name.get(normal_name(inner.name)), f"{column.name}·{inner.name}"
            if spec is None:
                self.ignored.append(f"不认识的列“{place}”，已忽略。{suggestion(inner.name, table)}")
            elif spec.id == USCC or not self._is_first(f"{table.id}.{spec.id}", place):
                continue
            elif self._has_type(spec, inner, place):
                fields[spec.id] = inner.name
        for spec in table.required:
            if spec.id != USCC and not self.has_failed(f"{table.id}.{spec.id}"):
                wanted = _WANTED[spec.type]
                self.problems.append(
                    f"列“{column.name}”缺少必需的字段“{spec.label}”（{spec.id}），应为 {wanted}"
                )
        self.tables[table.id] = ChildColumn(column.name, fields)

    def _is_first(self, key: str, name: str) -> bool:
        if key in self._seen:
            self.problems.append(f"列“{name}”重复：与“{self._seen[key]}”是同一列，只保留一个")
            return False
        self._seen[key] = name
        return True

    def _has_type(self, spec: FactSpec, column: pa.Field, name: str) -> bool:
        if _FITS[spec.type](column.type) or types.is_null(column.type):
            return True
        self.problems.append(f"列“{name}”的类型是 {column.type}，应为 {_WANTED[spec.type]}")
        return False


def _is_words(kind: pa.DataType) -> bool:
    inner = kind.value_type if types.is_dictionary(kind) else kind
    return bool(types.is_string(inner) or types.is_large_string(inner) or types.is_string_view(inner))


def _is_decimal(kind: pa.DataType, scale: int) -> bool:
    return bool(types.is_decimal128(kind)) and 0 <= kind.scale <= scale


def _is_whole(kind: pa.DataType) -> bool:
    return bool(types.is_integer(kind)) and not types.is_uint64(kind)


_FITS: Final[Mapping[str, Callable[[pa.DataType], bool]]] = {
    "text": _is_words,
    "code": _is_words,
    "codes": _is_words,
    "bool": types.is_boolean,
    "int": _is_whole,
    "money": lambda kind: _is_decimal(kind, 2) or _is_whole(kind),
    "ratio": lambda kind: _is_decimal(kind, 15),
    "date": types.is_date32,
    "year": lambda kind: _is_words(kind) or _is_whole(kind),
}


def written_keys(dictionary: FactDictionary, facts: Iterable[str], tables: Iterable[str]) -> list[str]:
    """Ids of the columns that we write for these facts and child tables, in the order of the dictionary."""
    present, children = set(facts) | {USCC}, set(tables)
    return [key for key in dictionary.facts if key in present] + [
        key for key in dictionary.tables if key in children
    ]


def written_schema(dictionary: FactDictionary, keys: Iterable[str], *, labels: bool = False) -> pa.Schema:
    """The schema of a file with these columns (:func:`written_keys`); ``labels``: named in Chinese."""

    def named(spec: FactSpec) -> pa.Field:
        return pa.field(spec.label if labels else spec.id, WRITTEN[spec.type], nullable=spec.id != USCC)

    fields = []
    for key in keys:
        table = dictionary.tables.get(key)
        if table is None:
            fields.append(named(dictionary.facts[key]))
        else:
            row = pa.struct([named(spec) for spec in table.columns.values()])
            fields.append(pa.field(table.label if labels else key, pa.list_(row)))
    return pa.schema(fields)
