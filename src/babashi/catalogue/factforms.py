"""Form fields for facts and child tables, generated from the dictionary: for the calculator and the questionnaire.

Names of fields: ``f.<fact>`` (several values for several codes), ``t.<table>.has`` (``no`` = has none) and
``t.<table>.<row>.<column>``, ``p.<parameter table>`` for a figure tried out. What is typed is read in the exchange
format; amounts may be written with 万 or 亿, shares with a percent sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.http import QueryDict

from babashi.catalogue import cells
from babashi.register_io.cells import CellError
from babashi.rules.facts import FactDictionary, FactSpec, ParameterTableSpec, TableSpec
from babashi.rules.questions import Choice, candidates_of
from babashi.rules.values import ParameterKey, Parameters, Row, Value

ELSEWHERE = "000000"
_SCALED = re.compile(r"([0-9][0-9,]*(?:\.[0-9]+)?)\s*(万|亿)\s*元?")
_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*[%％]")
_SCALES = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
MAX_LENGTH = 60


@dataclass(slots=True)
class FactField:
    """One fact as a form field."""

    name: str
    spec: FactSpec
    choices: tuple[Choice, ...]
    several: bool
    value: str = ""
    errors: list[str] = field(default_factory=list)
    hint: str = ""

    @property
    def values(self) -> list[str]:
        return [part for part in self.value.split("|") if part]

    @property
    def id(self) -> str:
        return "f-" + self.name.replace(".", "-")

    @property
    def input_type(self) -> str:
        return "date" if self.spec.type == "date" else "text"

    @property
    def input_mode(self) -> str:
        return "decimal" if self.spec.type in ("money", "ratio") else "numeric" if self._whole else "text"

    @property
    def _whole(self) -> bool:
        return self.spec.type in ("int", "year") or self.spec.id == "industry_code"

    @property
    def unit(self) -> str:
        return "元（可写 800万）" if self.spec.type == "money" else self.spec.unit


@dataclass(slots=True)
class TableField:
    """A child table as a group of rows."""

    spec: TableSpec
    rows: list[list[FactField]]
    none: bool
    errors: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"t.{self.spec.id}"

    @property
    def id(self) -> str:
        return f"t-{self.spec.id}"

    @property
    def row_word(self) -> str:
        return {"loans": "贷款", "projects": "项目", "certificates": "认定"}.get(self.spec.id, "记录")


@dataclass(slots=True)
class Answers:
    """What was typed, read: facts and tables for a subject, texts to show again, mistakes by field name."""

    texts: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Value | None] = field(default_factory=dict)
    row_texts: dict[str, list[dict[str, str]] | None] = field(default_factory=dict)
    tables: dict[str, Sequence[Row] | None] = field(default_factory=dict)
    none_tables: set[str] = field(default_factory=set)
    parameters: dict[str, Decimal] = field(default_factory=dict)
    parameter_texts: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)


def choices_of(spec: FactSpec) -> tuple[Choice, ...]:
    """Answers to choose from; a code of which only our own is named gets 其他地区 beside it."""
    found = candidates_of(spec)
    if spec.id == "district" and found:
        return (*found, Choice(ELSEWHERE, "不在这里"))
    return found


def human(text: str, spec: FactSpec) -> str:
    """Writes 800万 and 2.5% as the exchange format has them; everything else stays as it is."""
    text = text.strip()
    if spec.type == "money" and (found := _SCALED.fullmatch(text)):
        amount = Decimal(found[1].replace(",", "")) * _SCALES[found[2]]
        return f"{amount:f}"
    if spec.type == "ratio" and (found := _PERCENT.fullmatch(text)):
        return f"{Decimal(found[1]) / 100:f}"
    return text


def read(
    data: QueryDict, facts: Iterable[str], tables: Mapping[str, Sequence[str]], known: FactDictionary
) -> Answers:
    """Read the fields of these facts, tables (with the columns asked for) and all parameter figures."""
    answers = Answers()
    for fact in facts:
        spec = known.facts[fact]
        values = [value[:MAX_LENGTH] for value in data.getlist(f"f.{fact}")[:20] if value.strip()]
        text = human("|".join(values), spec)
        answers.texts[fact] = text
        errors: cells.Errors = {}
        read_value = cells.read_facts({fact: text}, known, errors)
        answers.facts.update({key: value for key, value in read_value.items() if value is not None})
        if errors:
            answers.errors[f"f.{fact}"] = errors[fact]
    for table, columns in tables.items():
        _read_table(answers, data, table, columns, known)
    for name in known.parameter_tables:
        _read_parameter(answers, data, name)
    return answers


def _read_table(
    answers: Answers, data: QueryDict, table: str, columns: Sequence[str], known: FactDictionary
) -> None:
    if data.get(f"t.{table}.has") == "no":
        answers.none_tables.add(table)
        answers.tables[table] = []
        answers.row_texts[table] = None
        return
    specs = known.tables[table].columns
    rows: list[dict[str, str]] = []
    for number in range(cells.MAX_ROWS):
        keys = [f"t.{table}.{number}.{column}" for column in columns]
        if not any(key in data for key in keys):
            break
        rows.append(
            {
                column: human(data.get(key, "")[:MAX_LENGTH], specs[column])
                for column, key in zip(columns, keys, strict=True)
            }
        )
    answers.row_texts[table] = rows
    errors: cells.Errors = {}
    filled = cells.read_rows(table, rows, known, errors)
    answers.tables[table] = filled or None
    answers.errors.update({f"t.{place}": found for place, found in errors.items()})


def _read_parameter(answers: Answers, data: QueryDict, name: str) -> None:
    text = data.get(f"p.{name}", "").strip()[:MAX_LENGTH]
    answers.parameter_texts[name] = text
    if not text:
        return
    found = _PERCENT.fullmatch(text)
    try:
        value = Decimal(found[1]) / 100 if found else Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or not 0 <= value <= 1:
        answers.errors[f"p.{name}"] = ["写成百分数，例如 2.5%，或 0 到 1 之间的小数"]
        return
    answers.parameters[name] = value


def fact_field(fact: str, known: FactDictionary, answers: Answers | None = None) -> FactField:
    """The field of one fact with what was typed."""
    spec, name = known.facts[fact], f"f.{fact}"
    return FactField(
        name=name,
        spec=spec,
        choices=choices_of(spec),
        several=spec.type == "codes",
        value=answers.texts.get(fact, "") if answers else "",
        errors=answers.errors.get(name, []) if answers else [],
        hint="" if spec.declarable else f"由{spec.holder}认定，企业不能自己填报；这里只作试算。",
    )


def table_field(
    table: str, columns: Sequence[str], known: FactDictionary, answers: Answers | None = None, extra: int = 0
) -> TableField:
    """The group of one table with the rows typed so far (at least one) and ``extra`` empty ones."""
    spec = known.tables[table]
    typed = (answers.row_texts.get(table) if answers else None) or [{}]
    rows = [*typed, *({} for _ in range(extra))][: cells.MAX_ROWS]
    fields = []
    for number, row in enumerate(rows):
        line = []
        for column in columns:
            name = f"t.{table}.{number}.{column}"
            column_spec = spec.columns[column]
            line.append(
                FactField(
                    name=name,
                    spec=column_spec,
                    choices=choices_of(column_spec),
                    several=False,
                    value=row.get(column, ""),
                    errors=answers.errors.get(name, []) if answers else [],
                )
            )
        fields.append(line)
    errors = answers.errors.get(f"t.{table}", []) if answers else []
    return TableField(spec, fields, none=bool(answers and table in answers.none_tables), errors=errors)


class TriedParameters(Parameters):
    """Official parameters in which single figures are replaced by tried ones, whatever the row."""

    __slots__ = ("_base", "_tried")

    def __init__(self, base: Parameters, tried: Mapping[str, Decimal]) -> None:
        super().__init__()
        self._base, self._tried = base, dict(tried)

    def has_table(self, name: str) -> bool:
        return name in self._tried or self._base.has_table(name)

    def lookup(self, name: str, key: ParameterKey) -> Decimal | None:
        if name in self._tried:
            return self._tried[name]
        return self._base.lookup(name, key)


def parameter_tables(refs: Iterable[str], known: FactDictionary) -> list[ParameterTableSpec]:
    """The parameter tables among these ids."""
    return [spec for name, spec in known.parameter_tables.items() if name in set(refs)]


def read_error(spec: FactSpec, text: str) -> str:
    """What is wrong with a text as a value of this fact; empty when nothing is."""
    try:
        cells.read_value(spec, human(text, spec))
    except CellError as error:
        return f"{error.reason}。{error.advice}"
    return ""
