"""Hotline tables: one cell a line or one row a line, columns named 服务热线, 联系电话 and the like."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from babashi.reader.model import Contact
from babashi.reader.text import Span, normalise

_COLUMNS: Final = {
    "number": re.compile(r"^序号$|^编号$"),
    "policy": re.compile(
        r"政策(?:名称|措施|事项|条款)?$|^事项(?:名称)?$|^措施$|^项目名称$|^服务内容$|^政策内容$"
    ),
    "department": re.compile(r"(?:牵头|责任|服务|主管|受理|咨询|联系)?(?:单位|部门|科室)(?:名称)?$"),
    "person": re.compile(r"(?:服务人员|联系人|联络员|责任人|负责人|姓名|咨询人)(?:姓名)?$"),
    "phone": re.compile(r"(?:热线|电话|联系方式|手机)(?:号码)?$"),
    "note": re.compile(r"^备注$"),
}
_PHONE: Final = re.compile(r"\d{3,4}-?\d{7,8}|\d{7,11}|12345|12333|12366")
MAX_ROWS: Final = 2_000


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    start: int
    end: int


def find_contacts(raw: str) -> tuple[Contact, ...]:
    """Rows of every hotline table in the text."""
    lines = _lines(raw)
    result: list[Contact] = []
    index = 0
    while index < len(lines) and len(result) < MAX_ROWS:
        rows, following = _row_lines(lines, index)
        if rows is None:
            rows, following = _cell_lines(lines, index)
        if rows is None:
            index += 1
            continue
        result.extend(rows)
        index = max(following, index + 1)
    return tuple(result)


def _lines(raw: str) -> list[_Cell]:
    return [_Cell(m[0], m.start(), m.end()) for m in re.finditer(r"[^\n]+", raw) if m[0].strip()]


def _column(text: str) -> str | None:
    squeezed = re.sub(r"\s+", "", normalise(text))
    if not squeezed or len(squeezed) > 12:
        return None
    return next((name for name, pattern in _COLUMNS.items() if pattern.search(squeezed)), None)


def _split(line: _Cell) -> list[_Cell]:
    cells: list[_Cell] = []
    position = line.start
    for part in re.split(r"(\t| \| |\|)", line.text):
        if part not in {"\t", " | ", "|"}:
            stripped = part.strip()
            at = position + (len(part) - len(part.lstrip()))
            cells.append(_Cell(stripped, at, at + len(stripped)))
        position += len(part)
    return cells


def _row_lines(lines: list[_Cell], index: int) -> tuple[list[Contact] | None, int]:
    """A table with one row a line, cells separated by tabs or bars."""
    header = [_column(c.text) for c in _split(lines[index])]
    if "phone" not in header or len([h for h in header if h]) < 2:
        return None, index
    rows: list[Contact] = []
    at = index + 1
    while at < len(lines):
        cells = _split(lines[at])
        if len(cells) != len(header) or not any(_PHONE.search(c.text) for c in cells):
            break
        rows.append(_contact(dict(zip(header, cells, strict=True)), lines[at].start, lines[at].end))
        at += 1
    return (rows or None), at


def _cell_lines(lines: list[_Cell], index: int) -> tuple[list[Contact] | None, int]:
    """A table with one cell a line, as text converters write it; empty cells vanish."""
    names: list[str] = []
    at = index
    while at < len(lines) and len(names) < 10 and (name := _column(lines[at].text)):
        names.append(name)
        at += 1
    if "phone" not in names or len(names) < 3:
        return None, index
    rows: list[Contact] = []
    width = len(names)
    while at < len(lines):
        block = _block(lines, at, names)
        if block is None:
            break
        rows.append(_contact(block[0], lines[at].start, lines[block[1] - 1].end))
        at = block[1]
    return (rows or None), max(at, index + width)


def _block(lines: list[_Cell], at: int, names: list[str]) -> tuple[dict[str | None, _Cell], int] | None:
    """The cells of one row: as many lines as there are columns, the last ones may be missing."""
    upto = names.index("phone") + 1
    cells = lines[at : at + upto]
    if len(cells) < upto or not _PHONE.search(cells[-1].text):
        return None
    row: dict[str | None, _Cell] = dict(zip(names, cells, strict=False))
    return row, at + upto


def _contact(row: dict[str | None, _Cell], start: int, end: int) -> Contact:
    def text(name: str) -> str:
        cell = row.get(name)
        return " ".join(cell.text.split()) if cell else ""

    return Contact(text("policy"), text("department"), text("person"), text("phone"), Span(start, end))
