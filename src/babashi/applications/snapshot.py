"""The frozen facts of a case: everything a rule looked at, as plain data, and back again.

A case keeps its own copy, so that years later the same pack version and the same copy give the same answer,
whatever the register says by then. Values are texts of the exchange format; ``None`` is unknown.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from babashi.register_io.cells import format_value
from babashi.rules.facts import FactDictionary, FactSpec
from babashi.rules.values import NEVER, ParameterKey, Parameters, Source, Subject, Value

NUMERIC_KEY = "#"
"""Marks a key part of a parameter table that is a number: ``#17`` is division 17."""


class Recording(Parameters):
    """Parameter tables that remember which rows an evaluation asked for."""

    __slots__ = ("used",)

    def __init__(self, source: Parameters) -> None:
        super().__init__({name: dict(rows) for name, rows in source.tables()})
        self.used: dict[str, dict[ParameterKey, Decimal | None]] = {}

    def has_table(self, name: str) -> bool:
        """Whether the table was handed in; that it was is remembered too, for it tells rows from tables."""
        present = super().has_table(name)
        if present:
            self.used.setdefault(name, {})
        return present

    def lookup(self, name: str, key: ParameterKey) -> Decimal | None:
        """The value of one row; the question is remembered even when there is no answer."""
        value = super().lookup(name, key)
        if super().has_table(name):
            self.used.setdefault(name, {})[key] = value
        return value


@dataclass(frozen=True)
class Snapshot:
    """Facts, rows and parameters of one case, thawed."""

    subject: Subject
    parameters: Parameters
    as_of: dt.date
    overrides: Mapping[str, Any] = field(default_factory=dict)


def fact_refs(refs: Iterable[str], dictionary: FactDictionary) -> list[str]:
    """The facts of the subject among these ids, in the order of the dictionary."""
    wanted = set(refs)
    return [fact for fact in dictionary.facts if fact in wanted]


def table_refs(refs: Iterable[str], dictionary: FactDictionary) -> dict[str, list[str]]:
    """The child tables among these ids, each with its key columns and the columns that are read."""
    wanted = set(refs)
    found: dict[str, list[str]] = {}
    for table in dictionary.tables.values():
        columns = [c.id for c in table.columns.values() if c.ref in wanted or c.id in table.key]
        if table.id in wanted or any(table.columns[c].ref in wanted for c in columns):
            found[table.id] = columns
    return found


def freeze(
    subject: Subject,
    parameters: Mapping[str, Mapping[ParameterKey, Decimal | None]],
    refs: Iterable[str],
    dictionary: FactDictionary,
    as_of: dt.date,
) -> dict[str, Any]:
    """Plain data of what these ids say about the subject, with the source of each value."""
    refs = set(refs)
    facts = {
        fact: {
            "value": _text(subject.facts.get(fact), dictionary.facts[fact]),
            "source": _source(subject, fact),
        }
        for fact in fact_refs(refs, dictionary)
    }
    tables: dict[str, Any] = {}
    for table, columns in table_refs(refs, dictionary).items():
        rows = subject.rows(table)
        specs = dictionary.tables[table].columns
        tables[table] = {
            "rows": None
            if rows is None
            else [{c: _text(row.get(c), specs[c]) for c in columns} for row in rows],
            "source": _source(subject, table),
            "row_sources": []
            if rows is None
            else [_source(subject, f"{table}.{n}") for n in range(len(rows))],
        }
    return {
        "as_of": as_of.isoformat(),
        "facts": facts,
        "tables": tables,
        "parameters": {
            name: {_key_text(key): None if value is None else str(value) for key, value in rows.items()}
            for name, rows in parameters.items()
        },
    }


def thaw(data: Mapping[str, Any], dictionary: FactDictionary) -> Snapshot:
    """The inverse of :func:`freeze`."""
    sources: dict[str, Source] = {}
    facts: dict[str, Value | None] = {}
    for fact, cell in data.get("facts", {}).items():
        facts[fact] = parse_text(cell["value"], dictionary.facts[fact])
        if cell.get("source"):
            sources[fact] = Source.from_json(cell["source"])
    tables: dict[str, list[dict[str, Value | None]] | None] = {}
    for table, frozen in data.get("tables", {}).items():
        columns = dictionary.tables[table].columns
        rows = frozen["rows"]
        tables[table] = None if rows is None else [thaw_row(row, columns) for row in rows]
        if frozen.get("source"):
            sources[table] = Source.from_json(frozen["source"])
        for number, source in enumerate(frozen.get("row_sources", ())):
            if source:
                sources[f"{table}.{number}"] = Source.from_json(source)
    parameters = Parameters(
        {
            name: {_key(key): None if value is None else Decimal(value) for key, value in rows.items()}
            for name, rows in data.get("parameters", {}).items()
        }
    )
    return Snapshot(
        Subject(facts, tables, sources),
        parameters,
        dt.date.fromisoformat(data["as_of"]),
        data.get("overrides", {}),
    )


def thaw_row(row: Mapping[str, str | None], columns: Mapping[str, FactSpec]) -> dict[str, Value | None]:
    """One child row from its texts."""
    return {column: parse_text(text, columns[column]) for column, text in row.items()}


def parse_text(text: str | None, spec: FactSpec) -> Value | None:
    """A value from the exchange text that :func:`freeze` wrote; never from what somebody typed."""
    if text is None:
        return None
    match spec.type:
        case "bool":
            return text == "是"
        case "int":
            return int(text)
        case "year":
            return NEVER if text == spec.none_word else int(text)
        case "money" | "ratio":
            return Decimal(text)
        case "date":
            return dt.date.fromisoformat(text)
        case "codes":
            return frozenset() if text == spec.none_word else frozenset(text.split("|"))
    return text


def _text(value: Value | None, spec: FactSpec) -> str | None:
    return None if value is None else format_value(value, spec)


def _source(subject: Subject, key: str) -> dict[str, str | None] | None:
    source = subject.sources.get(key)
    return source.to_json() if source else None


def _key_text(key: ParameterKey) -> str:
    return "|".join(f"{NUMERIC_KEY}{part}" if isinstance(part, int) else str(part) for part in key)


def key_words(text: str) -> str:
    """The key of a frozen parameter as people read it."""
    return "、".join(str(part) for part in _key(text))


def _key(text: str) -> ParameterKey:
    return tuple(
        int(part[1:]) if part.startswith(NUMERIC_KEY) and part[1:].isdigit() else part
        for part in text.split("|")
    )
