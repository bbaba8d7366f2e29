"""Bounds that keep a hostile or broken file from eating the machine."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Every bound of reading a register. Sizes are bytes unless another unit is named."""

    file_bytes: int = 1024 * MEBIBYTE
    """Size of one CSV file."""
    rows: int = 3_000_000
    """Rows of one table."""
    columns: int = 200
    """Columns of one table."""
    cell_characters: int = 4_000
    """Characters of one cell; the longest text anybody needs is far below."""
    line_characters: int = 200_000
    """Characters of one line of a CSV file."""
    record_lines: int = 50
    """Lines that one quoted record may span."""
    broken_rows: int = 1_000
    """Rows of one file that may be broken in structure before reading it stops."""
    folder_entries: int = 200
    """Files of a register folder."""
    workbook_bytes: int = 200 * MEBIBYTE
    """Size of an XLSX file."""
    workbook_unpacked_bytes: int = 2048 * MEBIBYTE
    """Size of all its parts, unpacked."""
    workbook_strings_bytes: int = 256 * MEBIBYTE
    """Size of its shared strings, unpacked: they are held in memory."""
    workbook_ratio: int = 200
    """Unpacked size over packed size of a part; checked above one mebibyte."""
    workbook_entries: int = 2_000
    """Parts of an XLSX file."""
    workbook_row_bytes: int = 4 * MEBIBYTE
    """XML of one row."""
    problems: int = 100_000
    """Problems that are kept; further ones are only counted."""


DEFAULT_LIMITS: Final = Limits()

MONEY_LIMIT: Final = Decimal(10) ** 13
"""Money must stay below ten trillion yuan: in fen it still fits exactly into a float64."""
COUNT_LIMIT: Final = 100_000_000
"""Counts of people must stay below this."""
FIRST_YEAR: Final = 1800
LAST_YEAR: Final = 2100
