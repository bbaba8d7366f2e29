"""Which file or sheet holds which table."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from babashi.register_io.csvfile import CsvSource
from babashi.register_io.layout import RegisterLayout, TableLayout, normal_name
from babashi.register_io.limits import Limits
from babashi.register_io.problems import PROBLEMS_SUFFIX, ProblemLog
from babashi.register_io.register import SYNTHETIC_MARKER
from babashi.register_io.rows import RowSource, UnreadableFile
from babashi.register_io.workbook import sheets_of

WORKBOOK_SUFFIXES: Final = (".xlsx", ".xlsm")
_QUIET_NAMES: Final = ("thumbs.db", "desktop.ini")
_QUIET_STARTS: Final = (".", "~$")


@dataclass(slots=True)
class Located:
    """The tables that were found, each with what it is read from."""

    sources: dict[str, RowSource] = field(default_factory=dict)
    handed_in: set[str] = field(default_factory=set)
    """Tables that were there in some form, readable or not."""
    synthetic: bool = False
    unreadable: bool = False
    """Whether a workbook could not be opened, so that nobody knows what tables it holds."""


def locate(path: Path, layout: RegisterLayout, limits: Limits, log: ProblemLog) -> Located:
    """Find the tables of a register folder, or of one workbook. What is wrong goes to the log."""
    located = Located()
    try:
        kind = os.stat(path).st_mode
    except FileNotFoundError:
        log.file_error(path.name or str(path), "没有这个文件夹或文件", "请检查路径")
        return located
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        log.file_error(path.name or str(path), f"登记数据打不开（{reason}）", "请检查路径")
        return located
    if stat.S_ISDIR(kind):
        _locate_in_folder(path, layout, limits, log, located)
    elif stat.S_ISREG(kind) and path.suffix.lower() in WORKBOOK_SUFFIXES:
        _take_workbook(path, layout, limits, log, located)
    else:
        advice = "CSV 文件请放进一个文件夹，再给出文件夹"
        log.file_error(path.name, "应为一个文件夹或一个 .xlsx 工作簿", advice)
        return located
    if not located.handed_in and not located.unreadable:
        names = "、".join(f"{table.id}.csv" for table in layout)
        log.file_error(path.name, "没有找到任何登记表", f"文件或工作表应命名为 {names}（或中文表名）")
    return located


def _locate_in_folder(
    path: Path, layout: RegisterLayout, limits: Limits, log: ProblemLog, located: Located
) -> None:
    for entry in _entries(path, limits, log):
        name = entry.name
        file = Path(entry.path)
        suffix = file.suffix.lower()
        if entry.is_symlink():
            log.file_error(name, "是一个链接，不读取", "请放入文件本身")
        elif entry.is_dir(follow_symlinks=False):
            if suffix in (".csv", *WORKBOOK_SUFFIXES):
                log.file_error(name, "是一个文件夹，不是文件", "请放入同名的文件，或给文件夹改名")
            else:
                log.file_warning(name, "子文件夹不读取", "需要导入的文件请放在上一层")
        elif not entry.is_file(follow_symlinks=False):
            log.file_error(name, "不是普通文件，不读取", "请放入普通的文件")
        elif name == SYNTHETIC_MARKER:
            located.synthetic = True
        elif suffix == ".csv":
            _take_csv(file, layout, limits, log, located)
        elif suffix in WORKBOOK_SUFFIXES:
            _take_workbook(file, layout, limits, log, located)
        else:
            log.file_warning(name, "不认识的文件，已忽略", "登记数据只读 .csv 和 .xlsx")


def _entries(path: Path, limits: Limits, log: ProblemLog) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(path) as scan:
            entries = []
            for entry in scan:
                if entry.name.startswith(_QUIET_STARTS) or entry.name.lower() in _QUIET_NAMES:
                    continue
                if entry.name.endswith(PROBLEMS_SUFFIX):
                    continue
                entries.append(entry)
                if len(entries) > limits.folder_entries:
                    log.file_error(
                        path.name, f"文件夹里的文件超过 {limits.folder_entries} 个", "请只放登记表"
                    )
                    return
    except OSError as error:
        log.file_error(path.name, f"文件夹打不开（{error.strerror or error}）", "请检查权限")
        return
    yield from sorted(entries, key=lambda entry: entry.name)


def _take_csv(file: Path, layout: RegisterLayout, limits: Limits, log: ProblemLog, located: Located) -> None:
    table = layout.by_name.get(normal_name(file.stem))
    if table is None:
        names = "、".join(f"{known.id}.csv" for known in layout)
        log.file_warning(file.name, "不认识的文件名，已忽略", f"登记表应命名为 {names}（或中文表名）")
        return
    _take(table, CsvSource(file, limits), log, located)


def _take_workbook(
    file: Path, layout: RegisterLayout, limits: Limits, log: ProblemLog, located: Located
) -> None:
    named = layout.by_name.get(normal_name(file.stem))
    try:
        sheets = sheets_of(file, limits)
    except UnreadableFile as error:
        log.file_error(file.name, error.reason, error.advice)
        located.unreadable = True
        if named is not None:
            located.handed_in.add(named.id)
        return
    matches = [(sheet, layout.by_name.get(normal_name(sheet.sheet))) for sheet in sheets]
    if named is not None and len(sheets) == 1 and matches[0][1] is None:
        matches = [(sheets[0], named)]
    if SYNTHETIC_MARKER.removesuffix(".txt") in (sheet.sheet for sheet in sheets):
        located.synthetic = True
    for sheet, table in matches:
        if table is not None:
            _take(table, sheet, log, located)
        elif sheet.sheet != SYNTHETIC_MARKER.removesuffix(".txt"):
            names = "、".join(f"{known.id}（{known.label}）" for known in layout)
            log.file_warning(sheet.name, "不认识的工作表，已忽略", f"工作表应命名为 {names}")


def _take(table: TableLayout, source: RowSource, log: ProblemLog, located: Located) -> None:
    located.handed_in.add(table.id)
    before = located.sources.get(table.id)
    if before is not None:
        log.file_error(
            source.name, f"“{table.label}”表重复：{before.name} 里也有", "同一张表只保留一个文件或工作表"
        )
        return
    located.sources[table.id] = source
