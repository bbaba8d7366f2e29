"""The tables of the exchange format as the fact dictionary declares them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from babashi.rules.facts import FactDictionary, FactSpec, ParameterTableSpec, TableSpec

ENTERPRISES: Final = "enterprises"
ENTERPRISES_LABEL: Final = "企业"
USCC: Final = "uscc"

Role = Literal["subjects", "children", "parameters"]

_INVISIBLE: Final = re.compile("[\\s\u200b-\u200f\u2060\ufeff]+")


def normal_name(text: str) -> str:
    """A header or sheet name in one form: no blanks, half-width, lower case."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()


@dataclass(frozen=True)
class TableLayout:
    """One table: its columns in the order of the dictionary, ``uscc`` first."""

    id: str
    label: str
    role: Role
    columns: tuple[FactSpec, ...]
    key: tuple[str, ...]
    """Columns that together name a row; empty: rows have no name."""
    distinct_rows: bool

    @cached_property
    def column_ids(self) -> tuple[str, ...]:
        """Ids of the columns."""
        return tuple(column.id for column in self.columns)

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Position of each column."""
        return {column.id: position for position, column in enumerate(self.columns)}

    @cached_property
    def by_name(self) -> Mapping[str, FactSpec]:
        """Columns by id and by label, blanks ignored."""
        names = {normal_name(column.label): column for column in self.columns}
        return names | {normal_name(column.id): column for column in self.columns}

    @cached_property
    def required(self) -> tuple[FactSpec, ...]:
        """Columns without which a row is none."""
        return tuple(column for column in self.columns if column.required)

    def column(self, column_id: str) -> FactSpec:
        """The column of that id."""
        return self.columns[self.positions[column_id]]


@dataclass(frozen=True)
class RegisterLayout:
    """All tables of the exchange format."""

    enterprises: TableLayout
    children: Mapping[str, TableLayout]
    parameters: Mapping[str, TableLayout]

    @classmethod
    def of(cls, dictionary: FactDictionary) -> RegisterLayout:
        """The format that a dictionary describes."""
        uscc = dictionary.facts[USCC]
        enterprises = TableLayout(
            ENTERPRISES, ENTERPRISES_LABEL, "subjects", tuple(dictionary.facts.values()), (USCC,), False
        )
        return cls(
            enterprises,
            {table.id: _child(table, uscc) for table in dictionary.tables.values()},
            {table.id: _parameter(table) for table in dictionary.parameter_tables.values()},
        )

    def __iter__(self) -> Iterator[TableLayout]:
        yield self.enterprises
        yield from self.children.values()
        yield from self.parameters.values()

    @cached_property
    def by_name(self) -> Mapping[str, TableLayout]:
        """Tables by id and by label: what files and sheets may be called."""
        names = {normal_name(table.label): table for table in self}
        return names | {normal_name(table.id): table for table in self}


def _child(table: TableSpec, uscc: FactSpec) -> TableLayout:
    key = (USCC, *table.key) if table.key else ()
    columns = (uscc, *table.columns.values())
    return TableLayout(table.id, table.label, "children", columns, key, table.distinct_rows)


def _parameter(table: ParameterTableSpec) -> TableLayout:
    return TableLayout(table.id, table.label, "parameters", tuple(table.columns.values()), table.key, False)
