"""What an enterprise declares of itself: forms generated from the fact dictionary, and reading them back.

Names of fields: ``fact.<id>`` (several values for several codes), ``rows.<n>.<column>``, ``none``. What is typed
is read in the exchange format; an empty field is unknown: not zero, not no.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.http import QueryDict

from babashi.audit.errors import Invalid
from babashi.register_io.cells import BLANKS, TEXT_LIMIT, CellError, CellNote, format_value, reader_of
from babashi.register_io.checks import row_findings
from babashi.register_io.layout import USCC, RegisterLayout
from babashi.rules.facts import FactDictionary, FactSpec, TableSpec
from babashi.rules.values import Row, Value

IDENTITY: Final = frozenset({"uscc", "name"})
"""What names the enterprise comes from the register alone."""
MAX_ROWS: Final = 50
PERSONAL: Final = "联系方式"
_ROW: Final = re.compile(r"rows\.([0-9]{1,3})\.([a-z0-9_]+)")
_EXAMPLES: Final = {
    "date": "例如 2022-03-01",
    "money": "以元为单位，例如 200000.50",
    "ratio": "写成小数，例如 0.0435",
}


@dataclass(slots=True)
class Input:
    """One field as the page draws it."""

    name: str
    spec: FactSpec
    texts: list[str] = field(default_factory=list)
    error: str = ""
    official: str = ""
    """What the register says, in words; empty where it says nothing."""
    source: str = ""

    @property
    def id(self) -> str:
        return "f-" + self.name.replace(".", "-").replace("_", "-")

    @property
    def text(self) -> str:
        return self.texts[0] if self.texts else ""

    @property
    def kind(self) -> str:
        """``several`` (boxes), ``choice`` (a list of answers) or ``text``."""
        if self.spec.type == "codes":
            return "several"
        return "choice" if self.spec.type == "bool" or self.spec.codes else "text"

    @property
    def choices(self) -> list[str]:
        if self.spec.type == "bool":
            return ["是", "否"]
        codes = list(self.spec.codes or ())
        return [*codes, self.spec.none_word] if self.spec.none_word else codes

    @property
    def hint(self) -> str:
        if self.spec.type == "year":
            never = f"；从未发生写“{self.spec.none_word}”" if self.spec.none_word else ""
            return f"写四位年份，例如 2021{never}"
        if self.spec.names:
            return "，".join(f"{name}写 {code}" for code, name in self.spec.names.items())
        return _EXAMPLES.get(self.spec.type, "")

    @property
    def numeric(self) -> bool:
        return self.spec.type in ("int", "money", "ratio")


@dataclass(slots=True)
class Answers:
    """What was read: values by fact, what was typed, and what is wrong by field name."""

    values: dict[str, Value | None] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class RowAnswers:
    """A child table as it was typed."""

    rows: list[Row] = field(default_factory=list)
    texts: list[dict[str, str]] = field(default_factory=list)
    none: bool = False
    errors: dict[str, str] = field(default_factory=dict)


def declarable(dictionary: FactDictionary) -> dict[str, FactSpec]:
    """Facts that an enterprise may state."""
    return {name: spec for name, spec in dictionary.facts.items() if spec.declarable and name not in IDENTITY}


def group_of(spec: FactSpec) -> str:
    """Under which heading a fact stands: who keeps it."""
    return PERSONAL if spec.privacy == "personal" else spec.holder or "其他"


def read_facts(data: QueryDict, dictionary: FactDictionary) -> Answers:
    """Read the form of facts. Raises Invalid when it has facts that aren't asked for: they were put there."""
    asked = declarable(dictionary)
    strange = [name for name in data if name.startswith("fact.") and name.removeprefix("fact.") not in asked]
    if strange:
        raise Invalid("表单里有企业不能填报的内容，没有保存。请刷新页面后重新填写。")
    answers = Answers()
    for fact, spec in asked.items():
        name = f"fact.{fact}"
        if name not in data:
            continue  # not on the form that was sent: what was said before stays
        texts = [text.strip(BLANKS)[: TEXT_LIMIT + 1] for text in data.getlist(name)[:30]]
        answers.texts[fact] = [text for text in texts if text]
        value, error = read_value(spec, "|".join(answers.texts[fact]))
        answers.values[fact] = value
        if error:
            answers.errors[name] = error
    return answers


def read_rows(data: QueryDict, table: TableSpec, dictionary: FactDictionary) -> RowAnswers:
    """Read the rows of a child table; empty ones are left out."""
    found: dict[int, dict[str, str]] = {}
    for name in data:
        match = _ROW.fullmatch(name)
        if name.startswith("rows.") and (match is None or match[2] not in table.columns):
            raise Invalid("表单里有本表没有的内容，没有保存。请刷新页面后重新填写。")
        if match is not None:
            found.setdefault(int(match[1]), {})[match[2]] = data[name].strip(BLANKS)[: TEXT_LIMIT + 1]
    if len(found) > MAX_ROWS:
        raise Invalid(f"最多填写 {MAX_ROWS} 行。更多请联系工作人员导入。")
    answers = RowAnswers(none=data.get("none") == "on")
    for _, texts in sorted(found.items()):
        if any(texts.values()):
            _read_row(answers, texts, table, dictionary)
    if answers.none and answers.texts:
        answers.errors["none"] = f"勾选了“没有{table.label}”，又填写了内容。请去掉其中一个"
    if not answers.none and not answers.texts:
        answers.errors["none"] = f"请填写至少一行；确实没有，请勾选“没有{table.label}”"
    return answers


def _read_row(
    answers: RowAnswers, texts: dict[str, str], table: TableSpec, dictionary: FactDictionary
) -> None:
    number = len(answers.texts)
    answers.texts.append(texts)
    values: dict[str, Value | None] = {}
    for column, spec in table.columns.items():
        value, error = read_value(spec, texts.get(column, ""))
        if not error and value is None and spec.required:
            error = f"请填写{spec.spoken}"
        if error:
            answers.errors[f"rows.{number}.{column}"] = error
        values[column] = value
    answers.rows.append(values)
    layout = RegisterLayout.of(dictionary).children[table.id]
    ordered = tuple(None if column == USCC else values[column] for column in layout.column_ids)
    labels = {spec.label: column for column, spec in table.columns.items()}
    for finding in row_findings(layout, ordered):
        name = f"rows.{number}.{labels[finding.column]}"
        if finding.is_error:
            answers.errors.setdefault(name, f"{finding.reason}。{finding.advice}")


def read_value(spec: FactSpec, text: str) -> tuple[Value | None, str]:
    """A value and what is wrong with it; nothing typed is unknown."""
    text = text.strip(BLANKS)
    if not text:
        return None, ""
    try:
        return reader_of(spec)(text), ""
    except CellNote as told:
        if told.value is None:
            return None, f"{told.reason}。{told.advice}"
        return told.value, ""
    except CellError as error:
        return None, f"{error.reason}。{error.advice}"


def texts_of(value: Value | None, spec: FactSpec) -> list[str]:
    """What stands in the field for a value."""
    text = format_value(value, spec)
    return [part for part in text.split("|") if part] if spec.type == "codes" else [text] if text else []


def row_inputs(
    table: TableSpec, rows: Sequence[Mapping[str, str]], errors: Mapping[str, str]
) -> list[list[Input]]:
    """The fields of every row."""
    return [
        [
            Input(name, spec, [row[column]] if row.get(column) else [], errors.get(name, ""))
            for column, spec in table.columns.items()
            for name in [f"rows.{number}.{column}"]
        ]
        for number, row in enumerate(rows)
    ]
