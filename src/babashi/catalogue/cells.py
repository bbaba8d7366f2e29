"""Values that somebody types (calculator, questionnaire, interface) in the register's exchange format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from babashi.register_io.cells import BLANKS, CellError, CellNote, format_value, reader_of
from babashi.rules.facts import FactDictionary, FactSpec
from babashi.rules.values import Row, Value

MAX_ROWS = 50
MAX_TEXT = 500

Errors = dict[str, list[str]]


def read_value(spec: FactSpec, text: str) -> Value | None:
    """One value; empty is unknown. Raises :class:`CellError` with what is wrong and what to write."""
    text = text.strip(BLANKS)
    if not text:
        return None
    if len(text) > MAX_TEXT:
        raise CellError(f"内容太长（超过 {MAX_TEXT} 个字符）", "请写短一些")
    try:
        return reader_of(spec)(text)
    except CellNote as note:
        return note.value


def read_facts(
    texts: Mapping[str, str], dictionary: FactDictionary, errors: Errors
) -> dict[str, Value | None]:
    """Facts by id; what can't be read goes into ``errors`` under its id."""
    facts: dict[str, Value | None] = {}
    for fact, text in texts.items():
        spec = dictionary.facts.get(fact)
        if spec is None:
            errors.setdefault(fact[:60], []).append("没有这个指标，请按指标字典填写")
            continue
        _read_into(facts, fact, fact, spec, text, errors)
    return facts


def read_rows(
    table: str, rows: Sequence[Mapping[str, str]], dictionary: FactDictionary, errors: Errors
) -> list[Row]:
    """Rows of a child table; a row without any value is left out."""
    spec = dictionary.tables.get(table)
    if spec is None:
        errors.setdefault(table[:60], []).append("没有这个子表，请按指标字典填写")
        return []
    if len(rows) > MAX_ROWS:
        errors.setdefault(table, []).append(f"最多 {MAX_ROWS} 行")
        return []
    found: list[Row] = []
    for number, row in enumerate(rows):
        values: dict[str, Value | None] = {}
        for column, text in row.items():
            place = f"{table}.{number}.{column[:40]}"
            if column not in spec.columns:
                errors.setdefault(place, []).append("没有这一列，请按指标字典填写")
                continue
            _read_into(values, column, place, spec.columns[column], text, errors)
        if any(value is not None for value in values.values()):
            found.append(values)
    return found


def _read_into(
    values: dict[str, Value | None], key: str, place: str, spec: FactSpec, text: str, errors: Errors
) -> None:
    try:
        values[key] = read_value(spec, text)
    except CellError as error:
        errors.setdefault(place, []).append(f"{error.reason}。{error.advice}")


def text_of(value: Any, spec: FactSpec) -> str:
    """The exchange form of a value."""
    return format_value(value, spec)


def order(dictionary: FactDictionary, refs: Iterable[str]) -> list[str]:
    """Ids in the order of the dictionary."""
    places = dictionary.order
    return sorted(refs, key=lambda ref: (places.get(ref, len(places)), ref))
