"""The header row: which column of the file is which column of the table."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from babashi.register_io.cells import BLANKS
from babashi.register_io.layout import TableLayout, normal_name
from babashi.register_io.problems import ProblemLog
from babashi.register_io.rows import RawRow
from babashi.rules.facts import FactSpec

_OTHER_SEPARATORS = {"\t": "制表符", ";": "分号", "，": "全角逗号", "；": "分号", "|": "竖线"}


@dataclass(frozen=True, slots=True)
class Header:
    """For each column of the file the column of the table it is, ``None`` when it is ignored."""

    columns: tuple[FactSpec | None, ...]
    names: tuple[str, ...]
    """As written in the file."""

    def name(self, position: int | None) -> str | None:
        """Column of the file in words."""
        if position is None:
            return None
        if position < len(self.names) and self.names[position]:
            return self.names[position]
        return f"第 {position + 1} 列"


def read_header(row: RawRow | None, table: TableLayout, file: str, log: ProblemLog) -> Header | None:
    """Understand the header; ``None`` (with errors in the log) when the table can't be read by it."""
    expected = "、".join(column.label for column in table.columns)
    if row is None or not (row.faults or any(cell.strip(BLANKS) for cell in row.cells)):
        log.error(file, 1, None, None, "没有表头", f"第 1 行应写列名：{expected}")
        return None
    if row.faults:
        for fault in row.faults:
            log.error(file, row.number, None, fault.value, f"表头读不了：{fault.reason}", fault.advice)
        return None
    if row.number != 1:
        log.error(file, row.number, None, None, "表头不在第 1 行", "请删去表头上面的空行和标题")
        return None
    names = [cell.strip(BLANKS) for cell in row.cells]
    while names and not names[-1]:
        names.pop()
    columns = [table.by_name.get(normal_name(name)) if name else None for name in names]
    if not any(columns):
        log.error(file, 1, None, names[0], "没有一个认得的列名", _no_column_advice(names, expected))
        return None
    sound = _no_duplicates(columns, names, file, log)
    sound = _required_present(columns, table, file, log) and sound
    if not sound:
        return None
    for name, column in zip(names, columns, strict=True):
        if column is None and name:
            log.warning(file, 1, name, None, "不认识的列，已忽略", suggestion(name, table))
    return Header(tuple(columns), tuple(names))


def _no_duplicates(columns: list[FactSpec | None], names: list[str], file: str, log: ProblemLog) -> bool:
    seen: dict[str, str] = {}
    sound = True
    for column, name in zip(columns, names, strict=True):
        if column is None:
            continue
        if column.id in seen:
            log.error(file, 1, name, None, f"列重复：与“{seen[column.id]}”是同一列", "同一列只保留一个")
            sound = False
        seen.setdefault(column.id, name)
    return sound


def _required_present(columns: list[FactSpec | None], table: TableLayout, file: str, log: ProblemLog) -> bool:
    present = {column.id for column in columns if column is not None}
    absent = [column for column in table.required if column.id not in present]
    for column in absent:
        log.error(file, 1, column.label, None, "缺少必需的列", f"请加上列“{column.label}”（{column.id}）")
    return not absent


def _no_column_advice(names: list[str], expected: str) -> str:
    for separator, word in _OTHER_SEPARATORS.items():
        if len(names) == 1 and separator in names[0]:
            return f"列之间像是用{word}隔开的，应为英文逗号；第 1 行应写列名：{expected}"
    return f"第 1 行应写列名：{expected}"


def suggestion(name: str, table: TableLayout) -> str:
    """The nearest column, and a word about units: a column in 万元 must not pass for one in yuan."""
    bare = re.sub(r"[(（\[【].*?[)）\]】]", "", name)
    wanted = table.by_name.get(normal_name(bare))
    if wanted is not None:
        unit = "，金额以元为单位" if wanted.type == "money" else ""
        return f"如果是“{wanted.label}”，请把列名改成它{unit}"
    near = difflib.get_close_matches(normal_name(name)[:60], list(table.by_name), n=1, cutoff=0.6)
    if near:
        return f"是不是“{table.by_name[near[0]].label}”？列名要完全一致"
    return "不需要可以删去"
