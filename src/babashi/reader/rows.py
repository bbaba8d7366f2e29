"""Rows of a table inside an item: cells that name the case, and bare numbers whose unit stands above them.

``单位：元/人`` over ``2000至5000 | 8 | 15``: the first cell says who, the others how much.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from babashi.reader.model import Amount, AmountRole
from babashi.reader.paragraphs import Paragraph
from babashi.reader.text import Span

_CELL: Final = re.compile(r"[^\t|\n]+")
_UNIT: Final = r"(?P<scale>[百千]?[万亿]?)元(?:/(?P<per>[一-龥·/]{1,8}))?"
_CAPTION: Final = re.compile(rf"单位[：:]\s?(?:人民币)?{_UNIT}(?=$|[，。；、）)：])")
_IN_HEADER: Final = re.compile(rf"[（(](?:单位[：:])?{_UNIT}[）)]")
_NUMBER: Final = re.compile(r"\d{1,7}(?:\.\d{1,4})?")
_MONEY: Final = re.compile(r"\d[万亿]?元")
# columns that hold no money that is given
_OTHER_COLUMN: Final = re.compile(
    r"序号|编号|[人户家张件次个]数|数量|面积|门槛|保险?费|自[缴交付筹]|年限|期限|比例|电话|投资|销售|产值|营收|价格|满"
)
_GRANT_COLUMN: Final = re.compile(r"奖|补|标准|资助|保额|保险金额|券面|面值|^(?:金额|额度)")
_SCALE: Final = {"": 1, "百": 100, "千": 1000, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8}


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    start: int
    end: int


@dataclass(slots=True)
class Row:
    """What a row of a table adds to the reading of its paragraph."""

    case_end: int = 0  # where the cell that names the case ends in the source
    sums: list[Amount] = field(default_factory=list)


def find(paragraphs: Sequence[Paragraph], raw: str) -> dict[int, Row]:
    """The rows below a header, by the start of their paragraph."""
    result: dict[int, Row] = {}
    header: list[_Cell] = []
    caption = ""
    for paragraph in paragraphs:
        cells = _cells(paragraph, raw)
        if len(cells) < 2:
            header, caption = [], paragraph.text
        elif header and len(cells) < len(header) and any(_NUMBER.fullmatch(c.text) for c in cells):
            result[paragraph.start] = _row(cells, header[-len(cells) :], caption)  # the first cell spans rows
        elif len(cells) != len(header):
            header = cells
        else:
            result[paragraph.start] = _row(cells, header, caption)
    return result


def _cells(paragraph: Paragraph, raw: str) -> list[_Cell]:
    line = raw[paragraph.start : paragraph.end]
    if "\t" not in line and "|" not in line:
        return _spaced(line, paragraph.start)
    found = [(m[0], paragraph.start + m.start()) for m in _CELL.finditer(line) if m[0].strip()]
    return [_Cell(text.strip(), at, at + len(text)) for text, at in found]


# 微耕机　　　　　　4kW以上　　　　　　800: columns that only spaces divide
_SPACED: Final = re.compile(r"(?:[^ 　\t\n]| (?![ 　]))+")
_GAP: Final = re.compile(r"(?<=\S)[ 　]{3,}(?=\S)")


def _spaced(line: str, start: int) -> list[_Cell]:
    """Cells of a line with two gaps or more."""
    if len(_GAP.findall(line)) < 2:
        return []
    return [
        _Cell(m[0].strip(), start + m.start(), start + m.end())
        for m in _SPACED.finditer(line)
        if m[0].strip()
    ]


def _row(cells: list[_Cell], header: list[_Cell], caption: str) -> Row:
    row = Row()
    rest = cells[1:]
    named = not _GRANT_COLUMN.search(header[0].text)
    if named and all(_NUMBER.fullmatch(c.text) or _MONEY.search(c.text) for c in rest):
        row.case_end = cells[0].end
    for cell, head in zip(rest, header[1:], strict=True):
        unit = _IN_HEADER.search(head.text) or _IN_HEADER.search(cells[0].text) or _CAPTION.search(caption)
        if (
            unit
            and _NUMBER.fullmatch(cell.text)
            and Decimal(cell.text)
            and not _OTHER_COLUMN.search(head.text)
        ):
            row.sums.append(_sum(cell, unit))
    return row


def _sum(cell: _Cell, unit: re.Match[str]) -> Amount:
    value = Decimal(cell.text) * _SCALE.get(unit["scale"], 1)
    per = unit["per"] or ""
    role: AmountRole = "per_unit" if per and not re.match(r"[家户年个]|企业|项目|单位", per) else "fixed"
    start = cell.start
    return Amount(value, role, per, cell.text, Span(start, start + len(cell.text)), 0.8)
