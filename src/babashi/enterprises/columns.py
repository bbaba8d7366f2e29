"""Many enterprises at once: their rows read in one statement, merged as :mod:`merging` says, ready as columns.

What comes out is what :func:`babashi.enterprises.queries.subject_of` says of each of them, without sources; a
property test holds the two together. Rows come in the order of their rank, so that the first to speak wins.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection

from babashi.enterprises.merging import DECLARED_MARK, SUBJECT_TABLE
from babashi.enterprises.values import from_json
from babashi.rules.columnar.columns import MAX_SCALE_DIGITS, Batch, Column, ColumnError, Table, column_of
from babashi.rules.facts import FactDictionary, FactSpec
from babashi.rules.values import NO_PARAMETERS, Parameters, Row, Subject, Value

_CHANGED = """
SELECT id, known_tables, changed_at FROM enterprises_enterprise WHERE id = ANY(%s) ORDER BY id
"""
_CURRENT = """
SELECT r.enterprise_id, r.id, r."table", r.key, r.origin = 'declared', r."values"::text
FROM enterprises_registerrow AS r WHERE r.enterprise_id = ANY(%s) AND r.retired_at IS NULL
ORDER BY r.enterprise_id, (r.origin = 'declared'), r.as_of DESC, r.id DESC
"""
_FROZEN = """
SELECT s.place, r.id, r."table", r.key, r.origin = 'declared', r."values"::text
FROM unnest(%s::int[], %s::bigint[]) AS s(place, row_id)
JOIN enterprises_registerrow AS r ON r.id = s.row_id
ORDER BY s.place, (r.origin = 'declared'), r.as_of DESC, r.id DESC
"""

Json = dict[str, Any]


@dataclass(slots=True, eq=False)
class Many:
    """Enterprises in order of their number, each merged to one picture."""

    ids: list[int]
    known_tables: list[list[str]]
    changed_at: list[datetime]
    rows: list[list[int]]
    """Numbers of all register rows in force, ascending: with ``known_tables`` they fix the whole picture."""
    dictionary: FactDictionary
    subjects: list[Json]
    children: dict[str, dict[int, list[Json]]]
    """Child rows by table and position; no entry: that enterprise's table is unknown."""

    def __len__(self) -> int:
        return len(self.ids)

    def part(self, start: int, stop: int) -> Many:
        """Some neighbours."""
        inner = range(start, min(stop, len(self)))
        children = {
            name: {place - start: rows for place, rows in held.items() if place in inner}
            for name, held in self.children.items()
        }
        cut = slice(start, stop)
        return Many(
            self.ids[cut], self.known_tables[cut], self.changed_at[cut], self.rows[cut], self.dictionary,
            self.subjects[cut], children,
        )  # fmt: skip

    def subject(self, place: int) -> Subject:
        """One of them as the rules see it, without sources."""
        specs = self.dictionary.facts
        facts: dict[str, Value | None] = {
            name: from_json(specs[name], data)
            for name, data in self.subjects[place].items()
            if name in specs and data is not None
        }
        tables: dict[str, Sequence[Row] | None] = {}
        for name, spec in self.dictionary.tables.items():
            held = self.children.get(name, {}).get(place)
            if held is not None:
                columns = spec.columns.items()
                tables[name] = [{key: from_json(cell, row.get(key)) for key, cell in columns} for row in held]
        return Subject(facts, tables)

    def batch(self, refs: Iterable[str], parameters: Parameters = NO_PARAMETERS) -> Batch:
        """Columns of the facts, tables and cells named. Raises ColumnError where a value fits no column."""
        wanted = set(refs)
        facts = {}
        for name, spec in self.dictionary.facts.items():
            if name in wanted:
                data = [subject.get(name) for subject in self.subjects]
                if any(value is not None for value in data):
                    facts[name] = column_of_json(spec, data)
        tables = {}
        for name, table in self.dictionary.tables.items():
            held = self.children.get(name)
            if held and (name in wanted or any(cell.ref in wanted for cell in table.columns.values())):
                cells = {key: cell for key, cell in table.columns.items() if cell.ref in wanted}
                tables[name] = _table(held, len(self), cells)
        return Batch(len(self), facts, tables, parameters)


def load(ids: Collection[int], dictionary: FactDictionary) -> Many:
    """The enterprises with these numbers as they are now.

    Their change marks are read before their rows: whoever changes them in between is seen as changed later on.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [sorted(ids)])
        marks = cursor.fetchall()
        found = [pk for pk, _, _ in marks]
        cursor.execute(_CURRENT, [found])
        at = {pk: place for place, pk in enumerate(found)}
        many = _Merge([known for _, known, _ in marks], dictionary)
        many.take(cursor.fetchall(), at)
    return many.result(found, [moment for _, _, moment in marks])


def load_frozen(
    frozen: Sequence[tuple[int, Sequence[str], Sequence[int]]], dictionary: FactDictionary
) -> Many:
    """Enterprises as they were: number, child tables known, numbers of their register rows at that time."""
    places = [place for place, (_, _, rows) in enumerate(frozen) for _ in rows]
    with connection.cursor() as cursor:
        cursor.execute(_FROZEN, [places, [row for _, _, rows in frozen for row in rows]])
        many = _Merge([list(known) for _, known, _ in frozen], dictionary)
        many.take(cursor.fetchall(), None)
    return many.result([pk for pk, _, _ in frozen], [])


@dataclass(slots=True)
class _Merge:
    """The rule of :func:`babashi.enterprises.merging.paint`, for many at once."""

    known_tables: list[list[str]]
    dictionary: FactDictionary
    subjects: list[Json] = field(default_factory=list)
    rows: list[list[int]] = field(default_factory=list)
    children: dict[str, dict[int, dict[str, Json]]] = field(default_factory=dict)
    declared: set[tuple[str, int]] = field(default_factory=set)

    def take(self, rows: Sequence[tuple[Any, ...]], at: Mapping[int, int] | None) -> None:
        """Rows in order of rank; ``at`` turns their first column into a position."""
        count = len(self.known_tables)
        self.subjects = [{} for _ in range(count)]
        self.rows = [[] for _ in range(count)]
        heard = bytearray(count)
        # all bodies in one text: four times fewer calls, and equal keys are one object
        bodies = json.loads(f"[{','.join([row[5] for row in rows])}]")
        for (owner, pk, table, key, declared, _), body in zip(rows, bodies, strict=True):
            place = owner if at is None else at[owner]
            self.rows[place].append(pk)
            if table == SUBJECT_TABLE:
                if not heard[place]:
                    self.subjects[place], heard[place] = body, 1
                else:
                    self.subjects[place] = _filled(self.subjects[place], body)
                continue
            if declared:
                self.declared.add((table, place))
            if key != DECLARED_MARK:
                self.children.setdefault(table, {}).setdefault(place, {}).setdefault(key, body)

    def result(self, ids: list[int], changed_at: list[datetime]) -> Many:
        """Everything merged; tables that nobody handed in stay unknown."""
        children: dict[str, dict[int, list[Json]]] = {}
        for name in self.dictionary.tables:
            told = self.children.get(name, {})
            children[name] = {
                place: list(told[place].values()) if place in told else []
                for place, known in enumerate(self.known_tables)
                if name in known or (name, place) in self.declared
            }
        rows = [sorted(held) for held in self.rows]
        return Many(ids, self.known_tables, changed_at, rows, self.dictionary, self.subjects, children)


def _filled(first: Json, later: Json) -> Json:
    """What the first one says, and where it is silent what the later one says."""
    known = {name: data for name, data in first.items() if data is not None}
    return {**{name: data for name, data in later.items() if data is not None}, **known}


def _table(held: Mapping[int, list[Json]], count: int, cells: Mapping[str, FactSpec]) -> Table:
    known = np.zeros(count, np.bool_)
    counts = np.zeros(count, np.int64)
    flat: list[Json] = []
    for place in sorted(held):
        rows = held[place]
        known[place], counts[place] = True, len(rows)
        flat += rows
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    columns = {key: column_of_json(cell, [row.get(key) for row in flat]) for key, cell in cells.items()}
    return Table(offsets, columns, None if known.all() else known)


def column_of_json(spec: FactSpec, data: Sequence[Any]) -> Column:
    """A column of stored values (see :mod:`babashi.enterprises.values`), ``None`` where missing."""
    if spec.type in ("code", "text", "bool"):
        return column_of(spec, data)  # these are stored as what they are
    if spec.type not in ("money", "ratio", "int"):
        return column_of(spec, [from_json(spec, value) for value in data])
    if spec.type == "int":
        scale, numbers = 1, [0 if value is None else int(value) for value in data]
    else:
        scale, numbers = _scaled(spec, data)
    if numbers and max(max(numbers), -min(numbers)) >= 1 << 62:
        raise ColumnError(f"{spec.label}：数值过大，请核对单位（元）")
    known = np.array([value is not None for value in data], np.bool_)
    return Column("number", np.array(numbers, np.int64), None if known.all() else known, scale)


def _scaled(spec: FactSpec, data: Sequence[Any]) -> tuple[int, list[int]]:
    """Decimal texts as integers over one common power of ten, without a detour through fractions."""
    parts = [("0", "") if text is None else _split(str(text)) for text in data]
    digits = max((len(part) for _, part in parts), default=0)
    if spec.type == "money":
        digits = max(digits, 2)
    if digits > MAX_SCALE_DIGITS:
        raise ColumnError(f"{spec.label}：小数超过 {MAX_SCALE_DIGITS} 位，请先四舍五入")
    return 10**digits, [int(whole + part.ljust(digits, "0")) for whole, part in parts]


def _split(text: str) -> tuple[str, str]:
    whole, _, part = text.partition(".")
    return whole, part.rstrip("0")
