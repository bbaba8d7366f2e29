"""Reading a whole register: files, rows, what they say together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from babashi.register_io.cells import BLANKS
from babashi.register_io.digest import register_digest
from babashi.register_io.folder import Located, locate
from babashi.register_io.header import read_header
from babashi.register_io.layout import ENTERPRISES, USCC, RegisterLayout, TableLayout
from babashi.register_io.limits import DEFAULT_LIMITS, Limits
from babashi.register_io.problems import ProblemLog
from babashi.register_io.register import Register, RegisterTable, RejectedRow, Values
from babashi.register_io.rowreader import RowReader
from babashi.register_io.rows import Progress, RawRow, RowSource, RowStream, UnreadableFile
from babashi.rules.facts import FactDictionary
from babashi.rules.values import Value

ProgressCallback = Callable[[Progress], None]

_PROGRESS_ROWS: Final = 2_000


def read_register(
    path: Path,
    dictionary: FactDictionary,
    *,
    limits: Limits = DEFAULT_LIMITS,
    need_enterprises: bool = False,
    only_parameters: bool = False,
    progress: ProgressCallback | None = None,
) -> Register:
    """Read a register folder (CSV, XLSX or both) or one workbook.

    Never raises for what is in the files: everything wrong is in ``problems``. A row with an error
    is left out whole and listed in ``rejected_rows``; whoever wants all or nothing looks at
    ``has_errors``. With ``need_enterprises`` a missing ``enterprises.csv`` is an error, otherwise a
    warning, and child rows are then kept for every code. With ``only_parameters`` nothing but the
    parameter tables is looked at. ``progress`` is called every few thousand
    rows and at the end of each file.
    """
    layout = RegisterLayout.of(dictionary)
    log = ProblemLog(limits.problems)
    located = locate(Path(path), layout, limits, log)
    reading = _Reading(layout, limits, log, located, progress)
    if only_parameters:
        located.sources = {
            name: located.sources[name] for name in layout.parameters if name in located.sources
        }
        located.handed_in &= set(layout.parameters)
        reading.read_tables()
    else:
        reading.read_all(need_enterprises)
    return reading.result()


@dataclass
class _Reading:
    layout: RegisterLayout
    limits: Limits
    log: ProblemLog
    located: Located
    callback: ProgressCallback | None
    tables: dict[str, RegisterTable] = field(default_factory=dict)
    rejected: list[RejectedRow] = field(default_factory=list)
    incomplete: dict[str, set[str]] = field(default_factory=dict)
    refused_enterprises: set[str] = field(default_factory=set)
    progress: Progress = field(default_factory=lambda: Progress(0))

    def read_all(self, need_enterprises: bool) -> None:
        if self.located.handed_in and ENTERPRISES not in self.located.handed_in:
            if need_enterprises:
                self.log.file_error("enterprises.csv", "没有企业表", "匹配需要 enterprises.csv，请补上")
            else:
                advice = "其余各表只能归到平台已有的主体名下；匹配需要 enterprises.csv"
                self.log.file_warning("enterprises.csv", "没有企业表", advice)
        self.read_tables()

    def read_tables(self) -> None:
        """Every table that was found."""
        self.progress.total = sum(source.size for source in self.located.sources.values())
        for table in self.layout:
            source = self.located.sources.get(table.id)
            if source is not None:
                self._read_table(table, source)

    def result(self) -> Register:
        layout = self.layout
        enterprises = self.tables.get(ENTERPRISES) or RegisterTable(layout.enterprises, "enterprises.csv")
        register = Register(
            layout=layout,
            enterprises=enterprises,
            has_enterprises=ENTERPRISES in self.located.handed_in,
            tables={name: self.tables.get(name) for name in layout.children},
            parameters={name: self.tables.get(name) for name in layout.parameters},
            problems=self.log.kept(),
            error_count=self.log.count("error"),
            warning_count=self.log.count("warning"),
            rejected_rows=self.rejected,
            incomplete=self.incomplete,
            unusable=frozenset(self.located.handed_in - set(self.tables)),
            digest="",
            synthetic=self.located.synthetic,
        )
        register.digest = register_digest(register)
        return register

    def _read_table(self, table: TableLayout, source: RowSource) -> None:
        """One table; it is kept only when it could be read to its end."""
        self.progress.label = source.name
        rows = _TableRows(self, table, source.name)
        try:
            with source.open() as stream:
                if not self._read_rows(table, source, stream, rows):
                    return
        except UnreadableFile as error:
            self.log.file_error(source.name, error.reason, error.advice)
            return
        finally:
            self.progress.finish_file(source.size)
            self._report()
        rows.settle()
        self.tables[table.id] = rows.table

    def _read_rows(self, table: TableLayout, source: RowSource, stream: RowStream, rows: _TableRows) -> bool:
        raw_rows = iter(stream)
        header = read_header(next(raw_rows, None), table, source.name, self.log)
        if header is None:
            return False
        reader = RowReader(table, header, source.name, self.log, pads=stream.pads)
        rows.table.columns_present = reader.columns_present
        for count, raw in enumerate(raw_rows, start=1):
            if count > self.limits.rows:
                raise UnreadableFile(f"超过 {self.limits.rows} 行", "请拆成几批导入")
            if count % _PROGRESS_ROWS == 0:
                self.progress.within_file(stream.offset())
                self._report()
            if not raw.faults and _is_blank(raw):
                continue
            values = reader.read(raw)
            if values is None:
                rows.reject(raw.number, reader.uscc_of(raw))
            else:
                rows.accept(raw.number, values)
        return True

    def _report(self) -> None:
        if self.callback is not None:
            self.callback(self.progress)

    def knows(self, uscc: str) -> bool:
        """Whether the enterprise table has it; without a (readable) enterprise table everyone is known."""
        return self._known is None or uscc in self._known

    @property
    def _known(self) -> set[Value | None] | None:
        if self._known_set is None and ENTERPRISES in self.tables:
            self._known_set = set(self.tables[ENTERPRISES].column(USCC))
        return self._known_set

    _known_set: set[Value | None] | None = None


class _TableRows:
    """The rows of one table while they are read: what repeats, and whose they are."""

    def __init__(self, reading: _Reading, table: TableLayout, file: str) -> None:
        self.table = RegisterTable(table, file)
        self._reading = reading
        self._layout = table
        self._key = [table.positions[column] for column in table.key]
        self._key_label = "、".join(table.column(column).label for column in table.key)
        self._first: dict[Values, int] = {}
        """Where a key was met first, as an index into the table."""
        self._clashing: set[Values] = set()

    def accept(self, number: int, values: Values) -> None:
        """Take a sound row, unless it repeats another or belongs to nobody."""
        if self._layout.role == "children" and not self._belongs(number, str(values[0])):
            return
        if self._key:
            key = tuple(values[position] for position in self._key)
            first = self._first.setdefault(key, len(self.table))
            if first != len(self.table):
                self._repeat(number, values, key, first)
                return
        elif self._layout.distinct_rows:
            first = self._first.setdefault(values, len(self.table))
            if first != len(self.table):
                self._same_again(number, first)
                return
        self.table.append(number, values)

    def reject(self, number: int, uscc: str | None) -> None:
        """Note a row that is not taken. Its enterprise's rows of this table are then incomplete."""
        reading = self._reading
        reading.rejected.append(RejectedRow(self._layout.id, self.table.file, number, uscc))
        if uscc is None:
            return
        if self._layout.role == "children":
            reading.incomplete.setdefault(self._layout.id, set()).add(uscc)
        elif self._layout.role == "subjects":
            reading.refused_enterprises.add(uscc)

    def settle(self) -> None:
        """After the last row: of rows that contradict each other none is kept."""
        if self._layout.role == "subjects":
            self._clash_with_refused()
        if not self._clashing:
            return
        wanted = []
        for values, number in zip(self.table.values, self.table.numbers, strict=True):
            clashes = tuple(values[position] for position in self._key) in self._clashing
            if clashes:
                self.reject(number, self._uscc(values))
            wanted.append(not clashes)
        self.table.keep(wanted)

    def _clash_with_refused(self) -> None:
        """A sound row whose code another, refused row has too: nobody knows which one is meant."""
        label = self._key_label
        for refused in self._reading.rejected:
            key = (refused.uscc,)
            if refused.table != self._layout.id or key in self._clashing or key not in self._first:
                continue
            self._clashing.add(key)
            number = self.table.numbers[self._first[key]]
            reason = f"{label}重复：有错误的第 {refused.row} 行也是它"
            advice = "同一个只保留一行，请核对哪一行是对的"
            self._reading.log.error(self.table.file, number, label, refused.uscc, reason, advice)

    def _belongs(self, number: int, uscc: str) -> bool:
        reading = self._reading
        if reading.knows(uscc):
            return True
        if uscc in reading.refused_enterprises:
            reason, advice = "这个主体在企业表里的那一行有错误，没有读入，本行随之忽略", "请先改正企业表"
        else:
            reason, advice = "企业表里没有这个主体，本行已忽略", "请核对统一社会信用代码，或在企业表里补上"
        reading.log.warning(self.table.file, number, self._layout.column(USCC).label, uscc, reason, advice)
        return False

    def _repeat(self, number: int, values: Values, key: Values, first: int) -> None:
        """A second row with the key of an earlier one."""
        if self._layout.role == "parameters" and self.table.values[first] == values:
            self._same_again(number, first)
            return
        log, file = self._reading.log, self.table.file
        shown = " ".join(str(part) for part in key)
        first_number = self.table.numbers[first]
        advice = "同一个只保留一行，请核对哪一行是对的"
        label = self._key_label
        if key not in self._clashing:
            self._clashing.add(key)
            log.error(file, first_number, label, shown, f"{label}重复：第 {number} 行也有", advice)
        log.error(file, number, label, shown, f"{label}重复：第 {first_number} 行已有", advice)
        self.reject(number, self._uscc(values))

    def _same_again(self, number: int, first: int) -> None:
        first_number = self.table.numbers[first]
        reason = f"与第 {first_number} 行完全相同，只算一次"
        self._reading.log.warning(self.table.file, number, None, None, reason, "多余的行可以删去")

    def _uscc(self, values: Values) -> str | None:
        return None if self._layout.role == "parameters" else str(values[self._layout.positions[USCC]])


def _is_blank(row: RawRow) -> bool:
    return not any(row.cells) or all(not cell.strip(BLANKS) for cell in row.cells)
