"""The application form, generated from the pack: what is asked, what is known already, what was typed.

Names of fields on the page and in ``Application.form``:

``fact.<id>``                    a fact the register does not know officially
``differs.<id>``                 what the applicant says where the register says otherwise
``rows.<table>.<n>.<column>``    a cell of a child row
``none.<table>``                 the enterprise has no such rows
``use.<table>``                  the official rows are wrong, the applicant's own are handed in
``contact_name`` ``contact_phone`` ``note``

Everything is kept exactly as typed, also what is no value, so that nothing typed is ever lost; only
:func:`read` decides what is a value.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from babashi.applications.errors import Mistakes, TooLong
from babashi.applications.snapshot import fact_refs, table_refs
from babashi.register_io.cells import BLANKS, CellError, CellNote, format_value, reader_of
from babashi.rules.facts import FactDictionary, FactSpec, TableSpec
from babashi.rules.pack import Item, Material
from babashi.rules.values import Row, Source, Subject, Value

ASK_DEPARTMENT: Final = "?"
"""Typed value of “不清楚，请部门核定”: still unknown, but answered."""

ROW_LIMIT: Final = 100
TEXT_LIMIT: Final = 500
NOTE_LIMIT: Final = 2000

_IDENTITY: Final = frozenset({"uscc", "name"})
_PLAIN: Final = {"contact_name": 60, "contact_phone": 30, "note": NOTE_LIMIT}
_ROW_NAME: Final = re.compile(r"rows\.([a-z_]+)\.([0-9]{1,3})\.([a-z0-9_]+)")

OTHER_MATERIAL: Final = Material(
    id="other", label="其他补充材料", required=False, status="", description="可不交"
)


@dataclass(frozen=True)
class TableForm:
    """A child table and the columns that the form asks for."""

    spec: TableSpec
    columns: tuple[FactSpec, ...]


@dataclass(frozen=True)
class FormDefinition:
    """What an item asks: facts, child tables and materials, in the order of the dictionary."""

    facts: tuple[FactSpec, ...]
    tables: tuple[TableForm, ...]
    materials: tuple[Material, ...]

    def table(self, table_id: str) -> TableForm | None:
        """The table form with this id."""
        return next((table for table in self.tables if table.spec.id == table_id), None)

    def material(self, material_id: str) -> Material | None:
        """The material with this id."""
        return next((material for material in self.materials if material.id == material_id), None)

    def labels(self) -> dict[str, str]:
        """Words for everything that a correction may ask for: facts, tables and ``material:<id>``."""
        words = {spec.id: spec.spoken for spec in self.facts}
        words |= {table.spec.id: table.spec.label for table in self.tables}
        words |= {f"material:{material.id}": material.label for material in self.materials}
        return words


def define(item: Item, dictionary: FactDictionary) -> FormDefinition:
    """The form of an item: exactly the facts and rows that its rule looks at, and its materials."""
    facts = tuple(
        dictionary.facts[fact] for fact in fact_refs(item.facts, dictionary) if fact not in _IDENTITY
    )
    tables = []
    for table_id, columns in table_refs(item.facts, dictionary).items():
        spec = dictionary.tables[table_id]
        tables.append(TableForm(spec, tuple(spec.columns[column] for column in columns)))
    materials = (
        (*item.materials, OTHER_MATERIAL)
        if OTHER_MATERIAL.id not in {m.id for m in item.materials}
        else (item.materials)
    )
    return FormDefinition(facts, tuple(tables), tuple(materials))


@dataclass
class Typed:
    """What the form says: values, rows, and what is wrong with them by field name."""

    facts: dict[str, Value | None] = field(default_factory=dict)
    differs: dict[str, Value] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


def is_official(subject: Subject, ref: str) -> bool:
    """Whether the register knows a fact or table from a department or a reviewer, not only from the enterprise."""
    known = subject.rows(ref) is not None if ref in subject.tables else subject.facts.get(ref) is not None
    source = subject.sources.get(ref)
    return known and (source is None or source.kind != "declared")


def to_prepare(definition: FormDefinition, subject: Subject) -> list[str]:
    """What the enterprise itself has to bring: facts and tables that no department knows, papers that must be there."""
    labels = [
        spec.spoken for spec in definition.facts if spec.declarable and not is_official(subject, spec.id)
    ]
    labels += [
        f"{table.spec.label}明细" for table in definition.tables if not is_official(subject, table.spec.id)
    ]
    return labels + [material.label for material in definition.materials if material.required]


def initial(definition: FormDefinition, subject: Subject, contact: tuple[str, str]) -> dict[str, Any]:
    """The form of a new draft: contact and what the enterprise declared before."""
    form: dict[str, Any] = {"contact_name": contact[0], "contact_phone": contact[1]}
    for spec in definition.facts:
        value = subject.facts.get(spec.id)
        if value is not None and not is_official(subject, spec.id) and spec.declarable:
            form[f"fact.{spec.id}"] = format_value(value, spec)
    for table in definition.tables:
        rows = subject.rows(table.spec.id)
        if rows is None or is_official(subject, table.spec.id):
            continue
        if not rows:
            form[f"none.{table.spec.id}"] = "on"
        for number, row in enumerate(rows):
            for column in table.columns:
                form[f"rows.{table.spec.id}.{number}.{column.id}"] = format_value(row.get(column.id), column)
    return form


def accept(definition: FormDefinition, subject: Subject, fields: Mapping[str, str]) -> dict[str, str]:
    """The typed fields, checked for names and lengths only; empty ones are left out.

    Raises :class:`Mistakes` for a field that this form does not have (a changed or hidden field), and only when
    there is none such :class:`TooLong` for all that is too long.
    """
    accepted: dict[str, str] = {}
    too_long: dict[str, int] = {}
    for name, text in fields.items():
        limit = _limit(definition, subject, name)
        if limit is None:
            raise Mistakes(
                "表单里有本事项没有的内容，未保存。请刷新页面后重新填写。", {name: "不是本表的填写项"}
            )
        if len(text) > limit:
            too_long[name] = limit
        elif text.strip(BLANKS):
            accepted[name] = text
    if too_long:
        raise TooLong(too_long)
    return accepted


def _limit(definition: FormDefinition, subject: Subject, name: str) -> int | None:
    """Longest text of a field, ``None`` when the form does not have it."""
    if name in _PLAIN:
        return _PLAIN[name]
    group, _, rest = name.partition(".")
    if group in ("fact", "differs"):
        spec = next((spec for spec in definition.facts if spec.id == rest), None)
        allowed = spec is not None and spec.declarable and is_official(subject, rest) == (group == "differs")
        return TEXT_LIMIT if allowed else None
    if group in ("none", "use"):
        return 2 if definition.table(rest) else None
    match = _ROW_NAME.fullmatch(name)
    if match is None or int(match[2]) >= ROW_LIMIT:
        return None
    table = definition.table(match[1])
    return TEXT_LIMIT if table and any(column.id == match[3] for column in table.columns) else None


def read(definition: FormDefinition, subject: Subject, form: Mapping[str, str]) -> Typed:
    """Values from the typed texts; what is no value is an error under its field's name."""
    typed = Typed()
    for spec in definition.facts:
        if not spec.declarable:
            continue
        if is_official(subject, spec.id):
            value = _value(spec, form.get(f"differs.{spec.id}", ""), f"differs.{spec.id}", typed)
            if value is not None and value != subject.facts.get(spec.id):
                typed.differs[spec.id] = value
            continue
        text = form.get(f"fact.{spec.id}", "")
        if text.strip(BLANKS) == ASK_DEPARTMENT:
            typed.asked.add(spec.id)
            typed.facts[spec.id] = None
        else:
            typed.facts[spec.id] = _value(spec, text, f"fact.{spec.id}", typed)
    for table in definition.tables:
        _read_table(table, subject, form, typed)
    for name in ("contact_name", "contact_phone"):
        if not form.get(name, "").strip(BLANKS):
            typed.errors[name] = "请填写联系人" if name == "contact_name" else "请填写联系电话"
    return typed


def row_numbers(table: TableForm, form: Mapping[str, str]) -> list[int]:
    """Numbers of the rows of a table that have something typed in them."""
    prefix = f"rows.{table.spec.id}."
    return sorted({int(name.split(".")[2]) for name in form if name.startswith(prefix)})


def hands_in(table: TableForm, subject: Subject, form: Mapping[str, str]) -> bool:
    """Whether the applicant's own rows count: the register knows none officially, or the applicant says it is wrong."""
    return not is_official(subject, table.spec.id) or bool(form.get(f"use.{table.spec.id}"))


def _read_table(table: TableForm, subject: Subject, form: Mapping[str, str], typed: Typed) -> None:
    table_id = table.spec.id
    if not hands_in(table, subject, form):
        return
    rows: list[Row] = []
    keys: set[tuple[object, ...]] = set()
    for number in row_numbers(table, form):
        row = {}
        for column in table.columns:
            name = f"rows.{table_id}.{number}.{column.id}"
            row[column.id] = _value(column, form.get(name, ""), name, typed)
            if row[column.id] is None and name not in typed.errors:
                typed.errors[name] = f"请填写{column.label}"
        key = tuple(row.get(column) for column in table.spec.key)
        if key and key in keys:
            typed.errors[f"rows.{table_id}.{number}.{table.spec.key[0]}"] = (
                "与前面的一行编号相同，请合并或改正"
            )
        keys.add(key)
        rows.append(row)
    if form.get(f"none.{table_id}") and rows:
        typed.errors[f"none.{table_id}"] = f"勾选了没有{table.spec.label}，又填写了明细，请保留一种"
    elif rows or form.get(f"none.{table_id}"):
        typed.rows[table_id] = rows


def _value(spec: FactSpec, text: str, name: str, typed: Typed) -> Value | None:
    text = text.strip(BLANKS)
    if not text:
        return None
    try:
        return reader_of(spec)(text)
    except CellError as error:
        typed.errors[name] = f"{error.reason}。{error.advice}"
    except CellNote as note:
        typed.notes[name] = f"{note.reason}。{note.advice}"
        return note.value
    return None


def overlay(subject: Subject, typed: Typed, source: Source, *, differences: bool = False) -> Subject:
    """The subject with what was typed where the register is silent; with ``differences`` also where it is not."""
    facts, tables, sources = dict(subject.facts), dict(subject.tables), dict(subject.sources)
    for fact, value in typed.facts.items():
        facts[fact] = value
        sources[fact] = source
    if differences:
        for fact, claimed in typed.differs.items():
            facts[fact] = claimed
            sources[fact] = source
    for table, rows in typed.rows.items():
        if differences or not is_official(subject, table):
            tables[table] = rows
            sources = {key: kept for key, kept in sources.items() if not key.startswith(f"{table}.")}
            sources[table] = source
    for table in _undeclared_tables(subject, typed):
        tables[table] = None
    return Subject(facts, tables, sources)


def _undeclared_tables(subject: Subject, typed: Typed) -> Iterable[str]:
    """Tables that only an earlier declaration knew and that this form leaves open."""
    return [
        table
        for table, rows in subject.tables.items()
        if rows is not None and table not in typed.rows and not is_official(subject, table)
    ]


def missing_materials(definition: FormDefinition, present: Collection[str]) -> dict[str, str]:
    """Errors for the materials that are required and have no file, under the names of their fields."""
    return {
        f"material.{material.id}": f"请上传{material.label}"
        for material in definition.materials
        if material.required and material.id not in present
    }


def frozen_day(facts_used: Mapping[str, Any]) -> dt.date:
    """The day on which a case was judged first; corrections are judged on the same day."""
    return dt.date.fromisoformat(facts_used["as_of"])
