"""Writing a register in the exchange format, row by row, so that any number of rows fits."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, Literal

from xlsxwriter import Workbook

from babashi.register_io.cells import format_value
from babashi.register_io.layout import RegisterLayout, TableLayout
from babashi.register_io.register import SYNTHETIC_MARKER
from babashi.rules.values import Value

Format = Literal["csv", "xlsx"]

WORKBOOK_NAME: Final = "register.xlsx"
_SHEET_ROWS: Final = 1_048_576
_SYNTHETIC_TEXT: Final = (
    "本文件夹里的企业、认定、贷款、项目和行业平均值全部是程序生成的合成数据，\n"
    "不对应任何真实的单位和个人，只用于演示和测试，不得作为发放资金的依据。\n"
)


class RegisterWriteError(Exception):
    """The register can't be written as asked; the message (Chinese) says why and what to do."""


class RegisterWriter:
    """Takes rows of any table in any order. Values are in the order of the table's columns."""

    def __init__(self, append: Mapping[str, Callable[[Sequence[str]], None]], layout: RegisterLayout) -> None:
        self._append = append
        self._columns = {table.id: table.columns for table in layout}

    def write(self, table: str, values: Sequence[Value | None]) -> None:
        """Add one row."""
        columns = self._columns[table]
        self._append[table](
            [format_value(value, column) for value, column in zip(values, columns, strict=True)]
        )


@contextmanager
def open_register_writer(
    folder: Path,
    layout: RegisterLayout,
    *,
    tables: Sequence[str] | None = None,
    form: Format = "csv",
    labels: bool = False,
    synthetic: bool = False,
) -> Iterator[RegisterWriter]:
    """Write a register into a new folder, which appears complete or not at all.

    ``tables`` names the tables to write (all by default; a table that isn't written is unknown for
    everyone). ``labels`` writes Chinese headers and a BOM, so that Excel shows them right; otherwise
    the header has ids. ``synthetic`` adds the marker that says so.
    Raises :class:`RegisterWriteError` when the folder exists and isn't empty, or can't be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RegisterWriteError(f"{folder} 已经存在，而且不是空文件夹；请换一个位置，或先清空它")
    wanted = [table for table in layout if tables is None or table.id in tables]
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise RegisterWriteError(f"不能写入 {folder.parent}：{error.strerror or error}") from error
    try:
        with ExitStack() as stack:
            open_all = _open_csv if form == "csv" else _open_xlsx
            yield RegisterWriter(open_all(stack, building, wanted, labels, synthetic), layout)
        if synthetic and form == "csv":
            (building / SYNTHETIC_MARKER).write_text(_SYNTHETIC_TEXT, encoding="utf-8")
        building.chmod(0o755)
        building.replace(folder)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def _header(table: TableLayout, labels: bool) -> list[str]:
    return [column.label if labels else column.id for column in table.columns]


def _open_csv(
    stack: ExitStack, folder: Path, tables: Sequence[TableLayout], labels: bool, _synthetic: bool
) -> dict[str, Callable[[Sequence[str]], None]]:
    encoding = "utf-8-sig" if labels else "utf-8"
    append: dict[str, Callable[[Sequence[str]], None]] = {}
    for table in tables:
        stream = stack.enter_context((folder / f"{table.id}.csv").open("w", encoding=encoding, newline=""))
        writer = csv.writer(stream)
        writer.writerow(_header(table, labels))
        append[table.id] = writer.writerow
    return append


def _open_xlsx(
    stack: ExitStack, folder: Path, tables: Sequence[TableLayout], labels: bool, synthetic: bool
) -> dict[str, Callable[[Sequence[str]], None]]:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = Workbook(str(folder / WORKBOOK_NAME), {**options, "tmpdir": str(folder)})
    stack.callback(book.close)
    append: dict[str, Callable[[Sequence[str]], None]] = {}
    for table in tables:
        append[table.id] = _sheet_appender(book, table, labels)
    if synthetic:
        sheet = book.add_worksheet(SYNTHETIC_MARKER.removesuffix(".txt"))
        for number, line in enumerate(_SYNTHETIC_TEXT.splitlines()):
            sheet.write_string(number, 0, line)
    return append


def _sheet_appender(book: Workbook, table: TableLayout, labels: bool) -> Callable[[Sequence[str]], None]:
    sheet = book.add_worksheet(table.label if labels else table.id)
    sheet.freeze_panes(1, 0)
    numeric = [column.type in ("money", "int", "ratio", "year") for column in table.columns]
    next_row = 0

    def append(texts: Sequence[str]) -> None:
        nonlocal next_row
        if next_row >= _SHEET_ROWS:
            raise RegisterWriteError(f"{table.label}超过 {_SHEET_ROWS} 行，.xlsx 放不下；请写成 CSV")
        for column, text in enumerate(texts):
            if not text:
                continue
            # Fifteen digits are exact in a sheet; codes stay texts so that no zero is lost.
            if numeric[column] and text.replace(".", "", 1).isdigit() and len(text) <= 16:
                sheet.write_number(next_row, column, float(text))
            else:
                sheet.write_string(next_row, column, text)
        next_row += 1

    append(_header(table, labels))
    return append
