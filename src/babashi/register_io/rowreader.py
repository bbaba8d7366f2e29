"""One row of texts into one row of values, or into the reasons why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import itemgetter
from typing import Final

from babashi.register_io.cells import BLANKS, CellError, CellNote, Reader, read_uscc, reader_of
from babashi.register_io.checks import row_findings
from babashi.register_io.codes import USCC_ALPHABET
from babashi.register_io.header import Header
from babashi.register_io.layout import USCC, TableLayout
from babashi.register_io.problems import ProblemLog
from babashi.register_io.register import Values
from babashi.register_io.rows import RawRow
from babashi.rules.values import Value

_MEMO_ENTRIES: Final = 4096
_MEMO_CHARACTERS: Final = 40
_CODE: Final = re.compile(f"(?<![0-9A-Za-z])[{USCC_ALPHABET}]{{18}}(?![0-9A-Za-z])")


class _Memo(dict[str, Value | None]):
    """Values of a column by text: most cells of most columns repeat, so they are read once."""

    def __init__(self, read: Reader) -> None:
        super().__init__({"": None})
        self._read = read

    def __missing__(self, text: str) -> Value | None:
        stripped = text.strip(BLANKS)
        value = self._read(stripped) if stripped else None
        if len(self) < _MEMO_ENTRIES and len(text) <= _MEMO_CHARACTERS:
            self[text] = value
        return value


class _Ignored(dict[str, Value | None]):
    """A column that is not ours."""

    def __missing__(self, text: str) -> None:
        return None


class RowReader:
    """Reads the rows of one table by its header."""

    def __init__(self, table: TableLayout, header: Header, file: str, log: ProblemLog, *, pads: bool) -> None:
        self._table = table
        self._header = header
        self._file = file
        self._log = log
        self._pads = pads
        self._width = len(header.columns)
        self._memos: list[dict[str, Value | None]] = [
            _Ignored() if column is None else _Memo(reader_of(column)) for column in header.columns
        ]
        places = {column.id: place for place, column in enumerate(header.columns) if column is not None}
        self.columns_present = frozenset(places)
        self._uscc_place = places.get(USCC)
        # One None is put behind the cells: what the file doesn't have is taken from there.
        self._pick: Callable[[list[Value | None]], Values] = itemgetter(
            *(places.get(column, self._width) for column in table.column_ids)
        )
        self._required = [(table.positions[column.id], column) for column in table.required]

    def read(self, row: RawRow) -> Values | None:
        """Values in the order of the table; ``None`` when the row is refused (the log says why)."""
        cells = self._fitting(row)
        if cells is None:
            return None
        try:
            found = [memo[cell] for memo, cell in zip(self._memos, cells, strict=True)]
        except (CellError, CellNote):
            slowly = self._read_slowly(row.number, cells)
            if slowly is None:
                return None
            found = slowly
        found.append(None)
        values = self._pick(found)
        return values if self._complete(row.number, values) else None

    def uscc_of(self, row: RawRow) -> str | None:
        """Whose row a refused row is, as far as it can be told."""
        if self._uscc_place is not None and self._uscc_place < len(row.cells):
            text = row.cells[self._uscc_place].strip(BLANKS)
            try:
                return read_uscc(text)
            except CellNote as note:
                return str(note.value)
            except CellError:
                return None
        for fault in row.faults:
            match = _CODE.search((fault.value or "")[:400])
            if match:
                return match[0]
        return None

    def _fitting(self, row: RawRow) -> list[str] | None:
        """Exactly as many cells as the header has columns, or ``None``."""
        for fault in row.faults:
            column = self._header.name(fault.column)
            self._log.error(self._file, row.number, column, fault.value, fault.reason, fault.advice)
        if row.faults:
            return None
        cells = row.cells
        if len(cells) == self._width:
            return cells
        if len(cells) < self._width:
            if self._pads:
                return cells + [""] * (self._width - len(cells))
            self._ragged(row)
            return None
        extra = next((place for place in range(self._width, len(cells)) if cells[place].strip(BLANKS)), None)
        if extra is None:
            return cells[: self._width]
        self._ragged(row)
        return None

    def _ragged(self, row: RawRow) -> None:
        self._log.error(
            self._file,
            row.number,
            None,
            None,
            f"这一行有 {len(row.cells)} 格，表头有 {self._width} 列",
            "请检查是否多了或少了逗号；含逗号的内容要用英文双引号括起来",
        )

    def _read_slowly(self, number: int, cells: list[str]) -> list[Value | None] | None:
        """Cell by cell, so that every problem of the row is found; ``None`` when one is an error."""
        found: list[Value | None] = []
        sound = True
        for place, (memo, cell) in enumerate(zip(self._memos, cells, strict=True)):
            try:
                found.append(memo[cell])
            except CellError as error:
                name = self._header.name(place)
                self._log.error(self._file, number, name, cell, error.reason, error.advice)
                sound = False
            except CellNote as note:
                self._tell(number, place, cell, note)
                found.append(note.value)
        return found if sound else None

    def _tell(self, number: int, place: int, cell: str, note: CellNote) -> None:
        """Log a note; what is odd about a code is told once, not again in every child row."""
        if place == self._uscc_place and not self._log.is_first(USCC, str(note.value), note.reason):
            return
        tell = self._log.warning_once if note.once else self._log.warning
        tell(self._file, number, self._header.name(place), cell, note.reason, note.advice)

    def _complete(self, number: int, values: Values) -> bool:
        """Whether what names the row is there and its values fit together."""
        sound = True
        for position, column in self._required:
            if values[position] is None:
                reason = f"缺少{column.label}"
                self._log.error(self._file, number, column.label, None, reason, "这一列不能为空")
                sound = False
        for finding in row_findings(self._table, values):
            self._log.warning(
                self._file, number, finding.column, finding.value, finding.reason, finding.advice
            )
        return sound
