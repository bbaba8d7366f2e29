"""What every kind of file is turned into before the columns are understood: rows of texts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final, Protocol


class UnreadableFile(Exception):
    """A whole file or sheet that can't be read; both parts of the message are Chinese."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(f"{reason}。{advice}")
        self.reason = reason
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row can't be used as it stands. ``column`` counts from 0, ``None``: the whole row."""

    column: int | None
    value: str | None
    reason: str
    advice: str


@dataclass(slots=True)
class RawRow:
    """One row as a spreadsheet counts it (the header is 1); an empty text is an empty cell."""

    number: int
    cells: list[str]
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class Progress:
    """How far a reading has come, in bytes of all the files."""

    total: int
    done: int = 0
    label: str = ""
    _base: int = field(default=0, repr=False)

    def finish_file(self, size: int) -> None:
        """A file has been read to its end."""
        self._base += size
        self.done = self._base

    def within_file(self, offset: int) -> None:
        """Position in the present file."""
        self.done = min(self._base + offset, self.total)


class RowStream(Protocol):
    """An open table."""

    @property
    def pads(self) -> bool:
        """Whether empty cells at the end of a row may be left out, as in a sheet."""

    def __iter__(self) -> Iterator[RawRow]: ...

    def offset(self) -> int:
        """Bytes of the file read so far."""


class RowSource(Protocol):
    """A table that can be opened: a CSV file, or a sheet of a workbook."""

    @property
    def name(self) -> str:
        """What it is called in messages."""

    @property
    def size(self) -> int:
        """Bytes, for the progress bar."""

    def open(self) -> AbstractContextManager[RowStream]:
        """Open it; raises :class:`UnreadableFile`."""


SPREADSHEET_ADVICE: Final = "请用 Excel 或 WPS 打开，另存为“CSV UTF-8（逗号分隔）”或 .xlsx 后再导入"
