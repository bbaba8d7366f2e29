"""What the pages of an enterprise file show: facts in groups, child tables, declared forms."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from babashi.enterprises.declaring import IDENTITY, Input, declarable, group_of, texts_of
from babashi.enterprises.merging import DECLARED_MARK, SUBJECT_TABLE, Picture, Told, source_of
from babashi.enterprises.models import Enterprise, Origin, RegisterRow
from babashi.enterprises.queries import dictionary, picture_of
from babashi.enterprises.values import from_json
from babashi.enterprises.words import ORIGINS, source_words, value_words
from babashi.rules.facts import FactSpec, TableSpec
from babashi.rules.values import Row


@dataclass(slots=True)
class Said:
    """One statement: what, by whom, as of when."""

    words: str
    source: str
    origin: str
    differs: bool = False

    @property
    def origin_label(self) -> str:
        return ORIGINS[self.origin]


@dataclass(slots=True)
class Line:
    """One fact of the file: what counts first, then what others say."""

    spec: FactSpec
    said: list[Said] = field(default_factory=list)

    @property
    def first(self) -> Said | None:
        return self.said[0] if self.said else None

    @property
    def others(self) -> list[Said]:
        return [said for said in self.said[1:] if said.differs]

    @property
    def may_declare(self) -> bool:
        return self.spec.declarable and self.spec.id not in IDENTITY


@dataclass(slots=True)
class Group:
    """Facts that one department keeps."""

    title: str
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class TableSheet:
    """A child table of the file. ``known`` False: nobody knows whether there are rows."""

    spec: TableSpec
    known: bool
    official: bool
    declared: bool
    rows: list[tuple[list[tuple[str, str]], Said]] = field(default_factory=list)

    @property
    def columns(self) -> list[FactSpec]:
        return list(self.spec.columns.values())


@dataclass(slots=True)
class Sheet:
    """The whole file."""

    groups: list[Group]
    tables: list[TableSheet]
    unknown: int
    differing: int


def said(told: Told, spec: FactSpec, differs: bool) -> Said:
    return Said(value_words(told.value, spec), source_words(source_of(told.row)), told.row.origin, differs)


def sheet_of(enterprise: Enterprise) -> Sheet:
    """The file of one enterprise, with one query."""
    picture, known = picture_of(enterprise), dictionary()
    groups: dict[str, Group] = {}
    unknown = differing = 0
    for name, spec in known.facts.items():
        if name in IDENTITY:
            continue
        told = picture.facts.get(name, [])
        line = Line(spec, [said(one, spec, one.value != told[0].value) for one in told])
        unknown += not told
        differing += bool(line.others)
        title = group_of(spec)
        groups.setdefault(title, Group(title)).lines.append(line)
    tables = [_table(enterprise, picture, spec) for spec in known.tables.values()]
    return Sheet(list(groups.values()), tables, unknown + sum(not table.known for table in tables), differing)


def _table(enterprise: Enterprise, picture: Picture, spec: TableSpec) -> TableSheet:
    rows = picture.tables.get(spec.id)
    shown = [
        (
            [(one.label, value_words(values[column], one)) for column, one in spec.columns.items()],
            Said("", source_words(source_of(row)), row.origin),
        )
        for values, row in rows or ()
    ]
    official = spec.id in enterprise.known_tables
    declared = rows is not None and (
        not official or any(row.origin == Origin.DECLARED for _, row in rows or ())
    )
    return TableSheet(spec, rows is not None, official, declared, shown)


@dataclass(slots=True)
class FactForm:
    """The form of one's own facts; ``seen`` is the row that the page was made from."""

    groups: list[tuple[str, list[Input]]]
    seen: str

    @property
    def errors(self) -> list[Input]:
        return [one for _, inputs in self.groups for one in inputs if one.error]


def declared_rows(enterprise: Enterprise, table: str) -> dict[str, RegisterRow]:
    """What the enterprise says of itself in a table, by key."""
    rows = RegisterRow.objects.filter(
        enterprise=enterprise, table=table, origin=Origin.DECLARED, retired_at=None
    ).order_by("pk")
    return {row.key: row for row in rows}


def seen_mark(rows: Iterable[RegisterRow]) -> str:
    """Changes as soon as anything declared changes: a form made from something older is told so."""
    return "-".join(str(row.pk) for row in rows) or "none"


def fact_form(
    enterprise: Enterprise, texts: dict[str, list[str]] | None = None, errors: dict[str, str] | None = None
) -> FactForm:
    """The form with what was declared before, or with what was typed just now."""
    picture, errors = picture_of(enterprise), errors or {}
    groups: dict[str, list[Input]] = {}
    for fact, spec in declarable(dictionary()).items():
        told = picture.facts.get(fact, [])
        own = next((one for one in told if one.row.origin == Origin.DECLARED), None)
        official = next((one for one in told if one.row.origin != Origin.DECLARED), None)
        one = Input(f"fact.{fact}", spec, error=errors.get(f"fact.{fact}", ""))
        one.texts = texts.get(fact, []) if texts is not None else texts_of(own.value, spec) if own else []
        if official is not None:
            one.official = value_words(official.value, spec)
            one.source = source_words(source_of(official.row))
        groups.setdefault(group_of(spec), []).append(one)
    return FactForm(list(groups.items()), seen_mark(declared_rows(enterprise, SUBJECT_TABLE).values()))


def typed_rows(table: TableSpec, rows: Iterable[Row]) -> list[dict[str, str]]:
    """Rows as they stand in the fields."""
    return [
        {column: text for column, spec in table.columns.items() for text in texts_of(row.get(column), spec)}
        for row in rows
    ]


def own_rows(enterprise: Enterprise, table: TableSpec) -> tuple[bool, list[dict[str, str]], str]:
    """Whether the enterprise told this table, its rows as texts, and the mark of what the page was made from."""
    rows = declared_rows(enterprise, table.id)
    values: list[Row] = [
        {column: from_json(spec, row.values.get(column)) for column, spec in table.columns.items()}
        for key, row in rows.items()
        if key != DECLARED_MARK
    ]
    return DECLARED_MARK in rows, typed_rows(table, values), seen_mark(rows.values())
