"""What the tables of a notice tell: hotlines, who is responsible for which measure, benefits row by row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from babashi.reader import departments, grids, labels, periods
from babashi.reader.grids import Cell, Grid
from babashi.reader.model import Contact, Measure, Validity, Words
from babashi.reader.outline import HEADED, Node
from babashi.reader.paragraphs import Paragraph
from babashi.reader.text import Span, View, squeeze
from babashi.reader.wording import canonical

_PHONE: Final = re.compile(r"\d{3,4}-?\d{7,8}|\d{7,11}|12345|12333|12366")
Names = tuple[Words, ...]


def contacts(tabular: Sequence[Grid]) -> tuple[Contact, ...]:
    """Rows of every hotline table."""
    return tuple(
        _contact(row)
        for grid in tabular
        if "phone" in grid.header
        for row in grid.rows
        if "phone" in row and _PHONE.search(row["phone"].text)
    )


def _contact(row: dict[str, Cell]) -> Contact:
    def text(*names: str) -> str:
        return next((" ".join(row[name].text.split()) for name in names if name in row), "")

    start = min(cell.start for cell in row.values())
    end = max(cell.end for cell in row.values())
    who = text("lead", "duty", "department", "support")
    return Contact(text("policy"), who, text("person"), text("phone"), Span(start, end))


def is_benefits(grid: Grid) -> bool:
    """A table that names a policy and what it grants in each row."""
    return "policy" in grid.header and "standard" in grid.header


def with_units(parts: Sequence[Paragraph], tabular: Sequence[Grid], normal: str) -> list[Paragraph]:
    """The rows of a scale (奖项, 奖励金额（万元）) as sums of the item that holds the table."""
    scales = [g for g in tabular if "tier" in g.header and _columns_of_sums(g)]
    result: list[Paragraph] = []
    index, written = 0, -1
    for part in parts:
        while index < len(scales) and scales[index].span.end <= part.start:
            index += 1
        if index == len(scales) or part.start < scales[index].span.start:
            result.append(part)
        elif written != index:
            grid, written = scales[index], index
            columns = _columns_of_sums(grid)
            result.extend(
                _standard(grid, row, normal, name) for row in grid.rows for name in columns if name in row
            )
    return result


def _columns_of_sums(grid: Grid) -> list[str]:
    """The columns that hold what is granted, if they say in which unit."""
    columns = [name for name in grid.header if name.startswith("standard")]
    return [
        name for name in columns if _unit(grid, name) or _prints_unit(grid, name) or _of_shares(grid, name)
    ]


def _of_shares(grid: Grid, column: str) -> bool:
    return all(grids.is_share(row[column]) for row in grid.rows if column in row)


def _prints_unit(grid: Grid, column: str) -> bool:
    cells = [row[column].text for row in grid.rows if column in row]
    return any("元" in cell for cell in cells) and all("元" in c or not re.search(r"\d", c) for c in cells)


def _unit(grid: Grid, column: str = "standard") -> str:
    """万元 or 元/月 in the heading of a column of sums."""
    return grids.unit(grid.header[column].text) if column in grid.header else ""


def _standard(grid: Grid, row: dict[str, Cell], normal: str, column: str = "standard") -> Paragraph:
    """The sum of a row; a bare number takes the unit of its column and keeps its place."""
    paragraph = _paragraph(row[column], normal)
    unit, view = _unit(grid, column), paragraph.view
    if not unit and grids.is_share(row[column]):  # its heading says of what it is a share
        heading = _paragraph(grid.header[column], normal).view
        named = View(heading.text + view.text, heading.offsets + view.offsets)
        return Paragraph(paragraph.start, paragraph.end, named, None)
    if not unit or not re.fullmatch(r"\d+(?:\.\d+)?", view.text):
        return paragraph
    last = view.offsets[-1]
    return Paragraph(
        paragraph.start, paragraph.end, View(view.text + unit, view.offsets + (last,) * len(unit)), None
    )


class Item(NamedTuple):
    """A row of a table of benefits: its number as printed, what it grants, who sees to it and until when."""

    number: str
    node: Node
    lead: Names
    support: Names
    validity: Validity


def rows_as_items(grid: Grid, raw: str, normal: str) -> list[Item]:
    """The rows of a table of benefits."""
    items: list[Item] = []
    heads = _paragraph(grid.header["standard"], normal)
    for row in grid.rows:
        if "policy" not in row or "standard" not in row:
            continue
        node = Node(HEADED, 2, _paragraph(row["policy"], normal))
        node.title_end = len(node.head.text) if node.head else 0
        node.body = [heads, _standard(grid, row, normal)]
        number = row["number"].text if "number" in row else ""
        items.append(Item(number, node, *_responsible(row, raw, normal), _period(row, raw, normal)))
    return items


def with_responsible(
    found: Sequence[Measure], tabular: Sequence[Grid], raw: str, normal: str
) -> tuple[Measure, ...]:
    """Measures that name no department or no period get those of the row with their heading."""
    named = {
        squeeze(row["policy"].text): row
        for grid in tabular
        if "policy" in grid.header and {"lead", "duty", "period"} & set(grid.header)
        for row in grid.rows
        if "policy" in row
    }
    return tuple(_with(measure, named, raw, normal) for measure in found)


def _with(measure: Measure, named: dict[str, dict[str, Cell]], raw: str, normal: str) -> Measure:
    row = named.get(squeeze(measure.heading.text))
    if row is not None and not measure.validity.valid_until:
        period = _period(row, raw, normal)
        measure = replace(measure, validity=period) if period.valid_until else measure
    if row is None or measure.lead_departments or measure.supporting_departments:
        return measure
    lead, support = _responsible(row, raw, normal)
    return replace(measure, lead_departments=lead, supporting_departments=support)


def _responsible(row: dict[str, Cell], raw: str, normal: str) -> tuple[Names, Names]:
    def names(column: str) -> Names:
        return departments.listed(_paragraph(row[column], normal), raw) if column in row else ()

    lead, duty, support = names("lead"), names("duty"), names("support")
    return (lead, support or duty) if lead else (duty, support)


def _period(row: dict[str, Cell], raw: str, normal: str) -> Validity:
    """What the column 执行期限 says of a row."""
    if "period" not in row:
        return Validity()
    paragraph = _paragraph(row["period"], normal)
    return periods.of_cell(paragraph, raw)


def _paragraph(cell: Cell, normal: str) -> Paragraph:
    view = canonical(View.of(normal, cell.start, cell.end))
    return Paragraph(cell.start, cell.end, view, labels.match_at(view))
