"""A register in memory: rows as tuples by column, problems beside them, subjects made on demand."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Final, overload

from babashi.register_io.layout import USCC, RegisterLayout, TableLayout
from babashi.register_io.problems import Problem
from babashi.rules.values import Parameters, Source, Subject, Value

Values = tuple[Value | None, ...]

SYNTHETIC_MARKER: Final = "合成数据.txt"
"""A register folder with this file holds invented enterprises; every source of it says so."""


class RegisterRow(Mapping[str, Value | None]):
    """One row by column id, with its place."""

    __slots__ = ("_values", "number", "table")

    def __init__(self, table: RegisterTable, index: int) -> None:
        self.table = table
        self._values = table.values[index]
        self.number = table.numbers[index]
        """Row as in a spreadsheet (the header is 1)."""

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        return f"{self.table.file} 第 {self.number} 行"

    def facts(self) -> dict[str, Value | None]:
        """The values without the code of the enterprise: a child row as the rules take it."""
        columns = zip(self.table.layout.column_ids, self._values, strict=True)
        return {column: value for column, value in columns if column != USCC}

    def __getitem__(self, column: str) -> Value | None:
        return self._values[self.table.layout.positions[column]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.table.layout.column_ids)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<{self.place}: {dict(self)}>"


@dataclass(eq=False, slots=True)
class RegisterTable(Sequence[RegisterRow]):
    """All accepted rows of one table; a sequence of rows, and columns on demand."""

    layout: TableLayout
    file: str
    values: list[Values] = field(default_factory=list)
    numbers: array[int] = field(default_factory=lambda: array("I"))
    columns_present: frozenset[str] = frozenset()
    """Columns that the file has; the others are unknown for every row."""

    def append(self, number: int, values: Values) -> None:
        """Take a row."""
        self.values.append(values)
        self.numbers.append(number)

    def column(self, column: str) -> list[Value | None]:
        """All values of one column."""
        position = self.layout.positions[column]
        return [values[position] for values in self.values]

    def keep(self, wanted: Sequence[bool]) -> None:
        """Drop the rows that are not wanted."""
        self.values = [values for values, keep in zip(self.values, wanted, strict=True) if keep]
        self.numbers = array("I", [number for number, keep in zip(self.numbers, wanted, strict=True) if keep])

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, index: int) -> RegisterRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[RegisterRow]: ...
    def __getitem__(self, index: int | slice) -> RegisterRow | list[RegisterRow]:
        if isinstance(index, slice):
            return [RegisterRow(self, i) for i in range(*index.indices(len(self)))]
        return RegisterRow(self, range(len(self))[index])


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not taken, because of at least one error."""

    table: str
    file: str
    row: int
    uscc: str | None


@dataclass(eq=False)
class Register:
    """Everything read from a register folder or workbook.

    ``tables`` has one entry for each child table: ``None`` when no file was handed in (unknown for
    everyone), otherwise its rows; an enterprise without a row then has none. An enterprise one of
    whose rows was rejected is listed in ``incomplete``: what is left of that table says nothing
    certain about it, so its table is unknown again.
    """

    layout: RegisterLayout
    enterprises: RegisterTable
    has_enterprises: bool
    """Whether there was a file or sheet of enterprises at all."""
    tables: dict[str, RegisterTable | None]
    parameters: dict[str, RegisterTable | None]
    problems: list[Problem]
    error_count: int
    warning_count: int
    rejected_rows: list[RejectedRow]
    incomplete: dict[str, set[str]]
    unusable: frozenset[str]
    """Tables that were handed in but could not be read to their end: unknown for everyone."""
    digest: str
    """SHA-256 over all accepted values: equal for equal content, whatever the order of rows and
    columns, the encoding or the kind of file."""
    synthetic: bool = False

    @property
    def has_errors(self) -> bool:
        """Whether anything keeps the set from being imported as a whole."""
        return self.error_count > 0

    def table(self, table_id: str) -> RegisterTable | None:
        """Any table of the format, ``None`` when it was not handed in or is unusable."""
        if table_id == self.layout.enterprises.id:
            return self.enterprises if self.has_enterprises and table_id not in self.unusable else None
        return self.tables[table_id] if table_id in self.tables else self.parameters[table_id]

    @cached_property
    def _children(self) -> dict[str, dict[str, list[int]]]:
        """For each child table the row indices of each enterprise."""
        index: dict[str, dict[str, list[int]]] = {}
        for name, table in self.tables.items():
            by_uscc: dict[str, list[int]] = {}
            for position, values in enumerate(table.values if table is not None else ()):
                by_uscc.setdefault(str(values[0]), []).append(position)
            index[name] = by_uscc
        return index

    def child_rows(self, table_id: str, uscc: str) -> list[RegisterRow] | None:
        """Rows of one enterprise in a child table, ``None`` when unknown."""
        table = self.tables[table_id]
        if table is None or uscc in self.incomplete.get(table_id, ()):
            return None
        return [RegisterRow(table, index) for index in self._children[table_id].get(uscc, ())]

    def subjects(self) -> Iterator[tuple[str, Subject]]:
        """Each enterprise as the rules see it, with the source of every value."""
        ids = self.enterprises.layout.column_ids
        kind = "synthetic" if self.synthetic else "official"
        position = self.enterprises.layout.positions[USCC]
        for values, number in zip(self.enterprises.values, self.enterprises.numbers, strict=True):
            uscc = str(values[position])
            rows = {name: self.child_rows(name, uscc) for name in self.tables}
            tables = {
                name: None if found is None else [row.facts() for row in found]
                for name, found in rows.items()
            }
            sources = RowSources(kind, self.enterprises.file, number, ids, rows)
            yield uscc, Subject(dict(zip(ids, values, strict=True)), tables, sources)

    def rule_parameters(self) -> Parameters:
        """The parameter tables as the rules take them; an absent table stays unknown."""
        handed_in: dict[str, Mapping[Sequence[object], Decimal | None] | None] = {}
        for name, table in self.parameters.items():
            handed_in[name] = None if table is None else _parameter_values(table)
        return Parameters(handed_in)


def _parameter_values(table: RegisterTable) -> dict[Sequence[object], Decimal | None]:
    layout = table.layout
    key = [layout.positions[column] for column in layout.key]
    last = next(layout.positions[c.id] for c in reversed(layout.columns) if c.id not in layout.key)
    found: dict[Sequence[object], Decimal | None] = {}
    for values in table.values:
        value = values[last]
        found[tuple(values[position] for position in key)] = value if isinstance(value, Decimal) else None
    return found


class RowSources(Mapping[str, Source]):
    """Sources of a subject by fact, table or cell (``loans.0.principal``), made when asked for."""

    __slots__ = ("_facts", "_file", "_kind", "_number", "_rows")

    def __init__(
        self,
        kind: str,
        file: str,
        number: int,
        facts: tuple[str, ...],
        rows: Mapping[str, Sequence[RegisterRow] | None],
    ) -> None:
        self._kind = kind
        self._file = file
        self._number = number
        self._facts = facts
        self._rows = rows

    def __getitem__(self, key: str) -> Source:
        table, dot, rest = key.partition(".")
        if not dot and key in self._facts:
            return Source(self._kind, f"{self._file} 第 {self._number} 行")
        rows = self._rows.get(table)
        if rows is None:
            raise KeyError(key)
        if not dot:
            numbers = "、".join(str(row.number) for row in rows)
            file = rows[0].table.file if rows else table
            return Source(self._kind, f"{file} 第 {numbers} 行" if rows else f"{file} 无记录")
        position, _dot, column = rest.partition(".")
        if not position.isdecimal() or int(position) >= len(rows) or (column and column not in rows[0]):
            raise KeyError(key)
        return Source(self._kind, rows[int(position)].place)

    def __iter__(self) -> Iterator[str]:
        yield from self._facts
        for table, rows in self._rows.items():
            if rows is None:
                continue
            yield table
            for position, row in enumerate(rows):
                yield from (f"{table}.{position}.{column}" for column in row if column != USCC)

    def __len__(self) -> int:
        return sum(1 for _ in self)
