"""What a case was sent with, in the words of its page: facts with their sources, tables, what the enterprise says.

Nothing here asks the register: a case is decided on what was frozen when it was sent, corrected or judged again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babashi.applications.models import Application
from babashi.applications.snapshot import parse_text
from babashi.catalogue.queries import pack_of
from babashi.enterprises.words import value_words
from babashi.register_io.cells import CellError, CellNote, reader_of
from babashi.rules.chinese import date_text
from babashi.rules.facts import FactSpec, TableSpec
from babashi.rules.pack import Item, Reading


@dataclass(frozen=True, slots=True)
class FactLine:
    """One frozen fact."""

    ref: str
    label: str
    words: str
    source: str
    claimed: str | None
    """What the enterprise gave where it differs."""
    before: str
    """What stood here before a reviewer replaced it; empty when nobody did."""


@dataclass(frozen=True, slots=True)
class TableBlock:
    """One frozen table; ``known`` is false where nobody knows its rows, which is not the same as having none."""

    id: str
    label: str
    columns: tuple[FactSpec, ...]
    rows: tuple[tuple[tuple[str, str], ...], ...]
    """Rows of cells: the column's label and the value in words."""
    known: bool
    source: str
    changed: bool
    """Whether a reviewer replaced something in it."""

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Every cell that a reviewer may replace: its ref and its name within the table."""
        return [
            (f"{self.id}.{number}.{column.id}", f"第 {number + 1} 行{column.label}")
            for number in range(len(self.rows))
            for column in self.columns
        ]


@dataclass(frozen=True, slots=True)
class OtherRows:
    """A table as the enterprise gave it where that differs from the register, a line for each row."""

    id: str
    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Frozen:
    """Everything of it that the page of a case shows."""

    facts: list[FactLine]
    tables: list[TableBlock]
    other_rows: list[OtherRows]
    differences: Mapping[str, Any]
    """With ``result``: the verdict on what the enterprise gave. Empty when nothing differs."""
    readings: list[Reading]


def frozen_of(application: Application, rule: Item) -> Frozen:
    """The frozen part of a case, in words."""
    return Frozen(
        facts=_facts(application.facts_used, rule),
        tables=_tables(application.facts_used, rule),
        other_rows=_other_rows(application.facts_used, rule),
        differences=application.facts_used.get("differences", {}),
        readings=_readings(application, rule),
    )


def correction_words(ref: str, old: Any, new: Any, rule: Item) -> str:
    """What a reviewer replaced, in words: a fact, a cell of a table (``loans.0.principal``) or a whole table."""
    table_id, _, cell = ref.partition(".")
    table = rule.dictionary.tables.get(table_id)
    if table is None:
        spec = rule.dictionary.facts[ref]
        return f"{spec.spoken}：{_words(old, spec)} → {_words(new, spec)}"
    if not cell:
        return f"{table.label}：{rows_words(old)} → {rows_words(new)}"
    number, _, column = cell.partition(".")
    spec = table.columns[column]
    return f"{table.label}第 {int(number) + 1} 行{spec.label}：{_words(old, spec)} → {_words(new, spec)}"


def rows_words(rows: Sequence[Any] | None) -> str:
    """How many rows a table has; nobody knowing is not the same as none."""
    return "未知" if rows is None else f"{len(rows)} 行"


def day_words(text: str | None) -> str:
    """A day of a frozen record (`2022-12-31`) in words; nothing for none."""
    return date_text(dt.date.fromisoformat(text)) if text else ""


def _facts(frozen: Mapping[str, Any], rule: Item) -> list[FactLine]:
    claimed = frozen.get("differences", {}).get("facts", {})
    overrides = frozen.get("overrides", {}).get("facts", {})
    lines = []
    for ref, cell in frozen.get("facts", {}).items():
        spec, override = rule.dictionary.facts[ref], overrides.get(ref)
        lines.append(
            FactLine(
                ref=ref,
                label=spec.spoken,
                words=_words(cell["value"], spec),
                source=_source(cell.get("source")),
                claimed=_given(claimed[ref], spec) if ref in claimed else None,
                before=_words(override["before"]["value"], spec) if override else "",
            )
        )
    return lines


def _tables(frozen: Mapping[str, Any], rule: Item) -> list[TableBlock]:
    overrides = frozen.get("overrides", {}).get("tables", {})
    blocks = []
    for table_id, table in frozen.get("tables", {}).items():
        spec, rows = rule.dictionary.tables[table_id], table["rows"] or []
        columns = _columns(spec, rows)
        blocks.append(
            TableBlock(
                id=table_id,
                label=spec.label,
                columns=columns,
                rows=tuple(tuple((c.label, _words(row[c.id], c)) for c in columns) for row in rows),
                known=table["rows"] is not None,
                source=_source(table.get("source")),
                changed=bool(overrides.get(table_id)),
            )
        )
    return blocks


def _columns(spec: TableSpec, rows: Sequence[Mapping[str, Any]]) -> tuple[FactSpec, ...]:
    """The columns that the rows have, in the order of the dictionary: what is stored as JSON keeps none."""
    return tuple(column for name, column in spec.columns.items() if not rows or name in rows[0])


def _other_rows(frozen: Mapping[str, Any], rule: Item) -> list[OtherRows]:
    found = []
    for table_id, rows in frozen.get("differences", {}).get("tables", {}).items():
        spec = rule.dictionary.tables[table_id]
        columns = _columns(spec, rows)
        lines = (
            "，".join(f"{c.label} {_given(row[c.id], c)}" for c in columns if row.get(c.id)) for row in rows
        )
        found.append(OtherRows(table_id, spec.label, tuple(lines)))
    return found


def _readings(application: Application, rule: Item) -> list[Reading]:
    readings = pack_of(application.item).readings
    wanted = application.trace.get("readings", rule.readings)
    return [readings[name] for name in wanted if name in readings]


def _given(text: str, spec: FactSpec) -> str:
    """What the enterprise typed, as the value it was read as."""
    try:
        return value_words(reader_of(spec)(text), spec)
    except CellNote as note:
        return value_words(note.value, spec)
    except CellError:
        return text


def _words(text: str | None, spec: FactSpec) -> str:
    return value_words(parse_text(text, spec), spec)


def _source(data: Mapping[str, Any] | None) -> str:
    if not data:
        return ""
    parts = [data.get("label") or "", day_words(data.get("as_of"))]
    return "，".join(part for part in parts if part)
