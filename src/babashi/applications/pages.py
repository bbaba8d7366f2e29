"""What the form pages show: every field with its value, its source, its question and what is wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from babashi.applications import form as forms
from babashi.applications.flow import JUDGING_ROLES
from babashi.applications.models import Attachment
from babashi.enterprises.words import value_words
from babashi.rules import Source, Subject
from babashi.rules.facts import FactSpec
from babashi.rules.pack import Material, Stage

SPARE_ROWS = 1
SOURCE_WORDS = {
    "official": "部门登记",
    "reviewer": "审核认定",
    "declared": "企业自报",
    "synthetic": "合成数据",
}


@dataclass
class FieldView:
    """One field of the page."""

    name: str
    label: str
    kind: str
    """``official``, ``pending``, ``choice``, ``several``, ``year``, ``date`` or ``text``."""
    value: str = ""
    question: str = ""
    hint: str = ""
    unit: str = ""
    choices: list[tuple[str, str]] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    error: str = ""
    note: str = ""
    official: str = ""
    source: str = ""
    locked: bool = False
    asked: str = ""
    differs: "FieldView | None" = None
    numeric: bool = False
    short: str = ""
    """Label of a cell within its row."""

    @property
    def id(self) -> str:
        """The id of the field in the page."""
        return "f-" + self.name.replace(".", "-")


@dataclass
class TableView:
    """A child table of the page."""

    id: str
    label: str
    question: str
    columns: list[FactSpec]
    rows: list[list[FieldView]]
    numbers: list[int]
    official_rows: list[list[tuple[str, str]]] | None
    """Rows that a department has recorded, each cell with its column's label."""
    source: str
    none: bool
    use: bool
    unused: bool = False
    """The applicant typed rows of his own and did not say that they take the place of the official ones."""
    error: str = ""
    locked: bool = False
    asked: str = ""

    @property
    def lines(self) -> list[tuple[int, list[FieldView]]]:
        """Each row with its number in the form."""
        return list(zip(self.numbers, self.rows, strict=True))

    @property
    def anchor(self) -> str:
        """Where links to the table lead."""
        return f"t-{self.id}"


@dataclass
class MaterialView:
    """A material with the files handed in for it."""

    material: Material
    files: list[Attachment]
    error: str = ""
    locked: bool = False
    asked: str = ""


def source_words(source: Source | None) -> str:
    """Where a value comes from, in one line."""
    if source is None:
        return ""
    day = f"，{source.as_of.year}年{source.as_of.month}月{source.as_of.day}日" if source.as_of else ""
    return f"{source.label or SOURCE_WORDS.get(source.kind, '')}{day}"


def stages_left(process: Iterable[Stage]) -> str:
    """The stages that an automatic grant still goes through: 财政核对、公示、审定."""
    return "、".join(stage.label for stage in process if stage.role not in JUDGING_ROLES)


def fact_fields(
    definition: forms.FormDefinition,
    subject: Subject,
    form: Mapping[str, str],
    typed: forms.Typed,
    *,
    errors: Mapping[str, str],
    asked: Mapping[str, str] | None = None,
) -> list[FieldView]:
    """The facts of the form. ``asked``: during a correction only these may change, each with its note."""
    views = []
    for spec in definition.facts:
        if forms.is_official(subject, spec.id):
            view = _official(spec, subject, form, typed)
        elif not spec.declarable:
            view = FieldView(
                f"fact.{spec.id}", spec.spoken, "pending", hint=f"由{spec.holder}认定，不用填写。"
            )
        else:
            view = _editable(spec, f"fact.{spec.id}", form.get(f"fact.{spec.id}", ""))
        view.error = errors.get(view.name, "")
        view.note = typed.notes.get(view.name, "")
        if asked is not None:
            view.locked, view.asked = bool(asked) and spec.id not in asked, asked.get(spec.id, "")
        views.append(view)
    return views


def table_views(
    definition: forms.FormDefinition,
    subject: Subject,
    form: Mapping[str, str],
    *,
    errors: Mapping[str, str],
    spare: Mapping[str, int] | None = None,
    asked: Mapping[str, str] | None = None,
) -> list[TableView]:
    """The child tables of the form, each with its rows and some blank ones (``spare``: how many, by table).

    ``asked``: during a correction only these may change, each with its note; none at all leaves everything open.
    """
    blank, notes = spare or {}, asked or {}
    views = []
    for table in definition.tables:
        locked = bool(notes) and table.spec.id not in notes
        rows = 0 if locked else blank.get(table.spec.id, SPARE_ROWS)
        view = _table(table, subject, form, errors, spare=rows)
        view.locked, view.asked = locked, notes.get(table.spec.id, "")
        views.append(view)
    return views


def _table(
    table: forms.TableForm,
    subject: Subject,
    form: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    spare: int,
) -> TableView:
    table_id, columns = table.spec.id, list(table.columns)
    numbers = forms.row_numbers(table, form)
    none, use = bool(form.get(f"none.{table_id}")), bool(form.get(f"use.{table_id}"))
    own = none or bool(numbers)
    start = max(numbers, default=-1) + 1
    numbers += range(start, min(start + spare, forms.ROW_LIMIT))
    official = subject.rows(table_id) if forms.is_official(subject, table_id) else None
    return TableView(
        id=table_id,
        label=table.spec.label,
        question=table.spec.question,
        columns=columns,
        rows=[[_cell(table, number, column, form, errors) for column in columns] for number in numbers],
        numbers=numbers,
        official_rows=None
        if official is None
        else [[(c.label, value_words(row.get(c.id), c)) for c in columns] for row in official],
        source=source_words(subject.sources.get(table_id)),
        none=none,
        use=use,
        unused=official is not None and own and not use,
        error=errors.get(f"none.{table_id}", ""),
    )


def material_views(
    definition: forms.FormDefinition,
    attachments: Iterable[Attachment],
    *,
    errors: Mapping[str, str],
    asked: Mapping[str, str] | None = None,
) -> list[MaterialView]:
    """The materials of the form with their files."""
    by_material: dict[str, list[Attachment]] = {}
    for attachment in attachments:
        by_material.setdefault(attachment.material, []).append(attachment)
    return [
        MaterialView(
            material,
            by_material.get(material.id, []),
            error=errors.get(f"material.{material.id}", ""),
            asked=(asked or {}).get(f"material:{material.id}", ""),
        )
        for material in definition.materials
    ]


def mistakes(
    errors: Mapping[str, str], facts: list[FieldView], tables: list[TableView]
) -> list[tuple[str, str]]:
    """Links from a summary to the fields that need a change: (anchor, words that name the field)."""
    views = [*facts, *(view.differs for view in facts if view.differs)]
    anchors = {view.name: view.id for view in views}
    labels = {view.name: view.label for view in views}
    for table in tables:
        anchors[f"none.{table.id}"] = table.anchor
        anchors |= {cell.name: cell.id for row in table.rows for cell in row}
        labels |= {cell.name: f"{table.label}{cell.label}" for row in table.rows for cell in row}
    found = []
    for name, text in errors.items():
        anchor, label = anchors.get(name), labels.get(name, "")
        if label and label not in text:
            text = f"{label}：{text}"
        if anchor is None and name.startswith("material."):
            anchor = "m-" + name.partition(".")[2]
        found.append((anchor or "f-" + name.replace(".", "-"), text))
    return found


def asked_notes(asked: Mapping[str, Any]) -> dict[str, str]:
    """What the pending correction says of each thing, by ref."""
    return {item["ref"]: item["note"] for item in asked.get("items", ())}


def _official(spec: FactSpec, subject: Subject, form: Mapping[str, str], typed: forms.Typed) -> FieldView:
    value = subject.facts.get(spec.id)
    view = FieldView(
        f"fact.{spec.id}",
        spec.spoken,
        "official",
        official=value_words(value, spec),
        source=source_words(subject.sources.get(spec.id)),
    )
    if spec.declarable:
        name = f"differs.{spec.id}"
        view.differs = _editable(spec, name, form.get(name, ""), ask=False)
        view.differs.error = typed.errors.get(name, "")
        view.differs.label = f"实际的{spec.spoken}"
    return view


def _editable(spec: FactSpec, name: str, text: str, *, ask: bool = True) -> FieldView:
    view = FieldView(name, spec.spoken, "text", text, question=spec.question, unit=spec.unit)
    ask_choice = [(forms.ASK_DEPARTMENT, "不清楚，请部门核定")] if ask else []
    if spec.type == "bool":
        view.kind, view.choices, view.chosen = (
            "choice",
            [("是", "是"), ("否", "否"), *ask_choice],
            [text.strip()],
        )
    elif spec.type == "code" and spec.codes:
        view.kind, view.chosen = "choice", [text.strip()]
        view.choices = [(code, code) for code in spec.codes] + ask_choice
    elif spec.type == "codes":
        view.kind, view.chosen = "several", [part.strip() for part in text.split("|")]
        view.choices = [(code, code) for code in spec.codes or ()]
        view.choices += [(spec.none_word, spec.none_word)] if spec.none_word else []
    elif spec.type == "year":
        view.hint = f"四位年份，例如 2021{f'；从未发生填“{spec.none_word}”' if spec.none_word else ''}"
    elif spec.type == "date":
        view.kind = "date"
    elif spec.type in ("money", "int"):
        view.numeric = True
        view.hint = "以元为单位填数字，例如 6000000 或 6000000.50" if spec.type == "money" else "填整数"
    elif spec.type == "code":
        view.hint = spec.description
    return view


def _cell(
    table: forms.TableForm,
    number: int,
    column: FactSpec,
    form: Mapping[str, str],
    errors: Mapping[str, str],
) -> FieldView:
    name = f"rows.{table.spec.id}.{number}.{column.id}"
    view = _editable(column, name, form.get(name, ""), ask=False)
    view.label, view.short = f"第 {number + 1} 行{column.label}", column.label
    view.error = errors.get(name, "")
    return view
