"""One picture of an enterprise from all its rows.

Official rows and what reviewers established come first, the newest as-of day winning fact by fact; what the
enterprise declares of itself fills only what nobody official knows, and is kept beside it where they differ.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from babashi.enterprises.models import Origin, RegisterRow
from babashi.enterprises.values import from_json
from babashi.rules.facts import FactDictionary
from babashi.rules.values import Row, Source, Subject, Value

SUBJECT_TABLE = "enterprises"
DECLARED_MARK = ""
"""Key of the row by which an enterprise says that it has told its whole child table."""


@dataclass(frozen=True, slots=True)
class Told:
    """One value with the row that says it."""

    value: Value
    row: RegisterRow


@dataclass(slots=True)
class Picture:
    """Everything known of one enterprise: the value that counts first, then the others."""

    facts: dict[str, list[Told]] = field(default_factory=dict)
    tables: dict[str, list[tuple[Row, RegisterRow]]] = field(default_factory=dict)


def paint(known_tables: Collection[str], rows: Iterable[RegisterRow], dictionary: FactDictionary) -> Picture:
    """Merge the rows of one enterprise; ``known_tables``: the child tables that were handed in for it."""
    by_table: dict[str, list[RegisterRow]] = defaultdict(list)
    for row in sorted(rows, key=_rank):
        by_table[row.table].append(row)
    picture = Picture()
    for row in by_table.get(SUBJECT_TABLE, ()):
        for name, data in row.values.items():
            spec = dictionary.facts.get(name)
            value = from_json(spec, data) if spec else None
            if value is not None:
                picture.facts.setdefault(name, []).append(Told(value, row))
    for name, table in dictionary.tables.items():
        found = by_table.get(name, [])
        declared = any(row.origin == Origin.DECLARED for row in found)
        if name not in known_tables and not declared:
            continue
        chosen: dict[str, RegisterRow] = {}
        for row in found:
            if row.key != DECLARED_MARK:
                chosen.setdefault(row.key, row)
        picture.tables[name] = [
            ({key: from_json(spec, row.values.get(key)) for key, spec in table.columns.items()}, row)
            for row in chosen.values()
        ]
    return picture


def _rank(row: RegisterRow) -> tuple[bool, int, int]:
    """Official before declared, then the newest as-of day, then the newest row."""
    return (row.origin == Origin.DECLARED, -row.as_of.toordinal(), -(row.pk or 0))


def subject_of_picture(picture: Picture) -> Subject:
    """The facts that count, with their sources, as the rules take them."""
    facts = {name: told[0].value for name, told in picture.facts.items()}
    tables: dict[str, Sequence[Row] | None] = {
        name: [values for values, _ in rows] for name, rows in picture.tables.items()
    }
    return Subject(facts, tables, PictureSources(picture))


def source_of(row: RegisterRow) -> Source:
    """Where a row comes from, in words."""
    if row.origin == Origin.DECLARED:
        return Source("declared", "企业自报", row.as_of, _person(row))
    parts = [row.department.name if row.department else "", row.batch.label if row.batch else ""]
    if row.file:
        parts.append(f"{row.file} 第 {row.row_number} 行")
    label = " · ".join(dict.fromkeys(part for part in parts if part)) or "部门登记"
    if row.batch and row.batch.is_synthetic:
        label += "（合成数据）"
    return Source(str(row.origin), label, row.as_of, _person(row))


def _person(row: RegisterRow) -> str:
    return str(row.recorded_by) if row.recorded_by else ""


class PictureSources(Mapping[str, Source]):
    """Sources by fact, table or cell (``loans.0.principal``), made when asked for."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture

    def __getitem__(self, key: str) -> Source:
        table, dot, rest = key.partition(".")
        if not dot and key in self._picture.facts:
            return source_of(self._picture.facts[key][0].row)
        rows = self._picture.tables[table]
        if not dot:
            return source_of(rows[0][1]) if rows else Source("official", "无记录")
        position = rest.partition(".")[0]
        if not position.isdecimal() or int(position) >= len(rows):
            raise KeyError(key)
        return source_of(rows[int(position)][1])

    def __iter__(self) -> Any:
        yield from self._picture.facts
        yield from self._picture.tables

    def __len__(self) -> int:
        return len(self._picture.facts) + len(self._picture.tables)
