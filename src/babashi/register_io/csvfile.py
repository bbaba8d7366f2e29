"""CSV read strictly and with bounds: a broken row is reported and the next one is read."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TextIO

from babashi.register_io.limits import Limits
from babashi.register_io.rows import SPREADSHEET_ADVICE, Fault, RawRow, UnreadableFile
from babashi.register_io.textfile import detect_encoding, repaired

_QUOTES_ADVICE: Final = "含逗号、引号或换行的内容要用一对英文双引号括起来，内容里的双引号写两个"


@dataclass(frozen=True, slots=True)
class CsvSource:
    """One CSV file of a register."""

    path: Path
    limits: Limits

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def size(self) -> int:
        """Bytes of the file."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    @contextmanager
    def open(self) -> Iterator[CsvStream]:
        """Open it, its encoding decided."""
        if self.size > self.limits.file_bytes:
            mebibytes = self.limits.file_bytes // (1024 * 1024)
            raise UnreadableFile(f"文件超过 {mebibytes} MB", "请拆成几批导入")
        try:
            encoding = detect_encoding(self.path)
            stream = self.path.open("r", encoding=encoding, newline="")
        except OSError as error:
            raise UnreadableFile(f"文件打不开（{error.strerror or error}）", "请检查文件权限") from error
        with stream:
            yield CsvStream(stream, encoding, self.limits)


@dataclass(slots=True)
class CsvStream:
    """Rows of an open CSV file, numbered as a spreadsheet numbers them."""

    stream: TextIO
    encoding: str
    limits: Limits
    _pending: deque[str] = field(default_factory=deque)
    _record: list[str] = field(default_factory=list)

    @property
    def pads(self) -> bool:
        """A short row of a CSV file may lack a cell in its middle: never padded."""
        return False

    def offset(self) -> int:
        """Bytes handed to the decoder so far: a little ahead of the row."""
        return self.stream.buffer.tell()

    def __iter__(self) -> Iterator[RawRow]:
        number = broken = 0
        reader = self._reader()
        while True:
            number += 1
            self._record = []
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _BadLine) as error:
                broken += 1
                if broken > self.limits.broken_rows:
                    reason = f"结构错误的行超过 {self.limits.broken_rows} 行，第 {number} 行起不再读取"
                    raise UnreadableFile(reason, SPREADSHEET_ADVICE) from error
                yield RawRow(number, [], (self._fault(error),))
                reader = self._reader()
                continue
            yield RawRow(number, cells)

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(self._lines(), strict=True)

    def _lines(self) -> Iterator[str]:
        """Lines for one reader; what belongs to the present record is remembered."""
        while True:
            line = self._pending.popleft() if self._pending else self._read_line()
            if not line:
                return
            self._record.append(line)
            if len(self._record) > self.limits.record_lines:
                raise _BadLine("引号没有配对", _QUOTES_ADVICE)
            yield line

    def _read_line(self) -> str:
        line = self._take()
        if len(line) >= self.limits.line_characters and not line.endswith(("\n", "\r")):
            self._record = []
            skipped = len(line) + self._skip_line()
            raise _BadLine(f"一行有 {skipped} 个字符，太长了", "请检查是否误贴了大段内容，或换行丢失")
        if "\x00" in line:
            self._record = []
            raise _BadLine("含有空字符（NUL），文件可能已损坏", SPREADSHEET_ADVICE)
        return repaired(line, self.encoding)

    def _take(self) -> str:
        try:
            return self.stream.readline(self.limits.line_characters)
        except (OSError, UnicodeDecodeError) as error:
            advice = "请关闭正在编辑它的程序后再试"
            raise UnreadableFile("读到一半读不下去，文件可能正被改动", advice) from error

    def _skip_line(self) -> int:
        skipped = 0
        while part := self._take():
            skipped += len(part)
            if part.endswith(("\n", "\r")):
                break
        return skipped

    def _fault(self, error: Exception) -> Fault:
        """What is wrong with the present record; the lines after its first one are read again."""
        record, self._record = self._record, []
        self._pending.extendleft(reversed(record[1:]))
        if isinstance(error, _BadLine):
            return Fault(None, record[0] if record else None, error.reason, error.advice)
        if "field larger" in str(error):
            reason, advice = "有一格内容太长", "请检查是否误贴了大段内容，或引号没有配对"
        else:
            reason, advice = "引号没有配对或位置不对", _QUOTES_ADVICE
        return Fault(None, record[0] if record else None, reason, advice)


class _BadLine(Exception):
    """A line that never reaches the CSV reader."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice
