"""What a match keeps: the facts used in the exchange format, the trace, and a fingerprint of what it says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from babashi.catalogue.cells import text_of
from babashi.rules.pack import Item, Pack
from babashi.rules.results import Result
from babashi.rules.values import Parameters, Subject


def facts_used(item: Item, subject: Subject) -> dict[str, Any]:
    """Values of the facts and rows that the item looks at, each with its source; null = unknown."""
    dictionary = item.dictionary
    columns: dict[str, list[str]] = {}
    for ref in item.facts:
        table, dot, column = ref.partition(".")
        if dot:
            columns.setdefault(table, []).append(column)
    facts = {}
    for ref in sorted(ref for ref in item.facts if ref in dictionary.facts):
        value = subject.facts.get(ref)
        source = subject.sources.get(ref)
        facts[ref] = {
            "value": None if value is None else text_of(value, dictionary.facts[ref]),
            "source": source.to_json() if source and value is not None else None,
        }
    tables: dict[str, Any] = {}
    for table in sorted(ref for ref in item.facts if ref in dictionary.tables):
        rows = subject.rows(table)
        specs = dictionary.tables[table].columns
        names = sorted({*columns.get(table, ()), *dictionary.tables[table].key})
        tables[table] = None
        if rows is not None:
            source = subject.sources.get(table)
            tables[table] = {
                "rows": [{name: text_of(row.get(name), specs[name]) for name in names} for row in rows],
                "source": source.to_json() if source else None,
            }
    return {"facts": facts, "tables": tables}


def trace_json(result: Result) -> dict[str, Any]:
    """The proof without what columns of the match already hold."""
    return {
        "eligible": result.trace.to_json(),
        "amounts": [amount.to_json() for amount in result.amount_trace],
        "readings": list(result.readings),
    }


def fingerprint(result: Result, used: Mapping[str, Any]) -> str:
    """Equal fingerprints mean: same rule version, same verdict from the same values. Sources don't count."""
    values = {ref: entry["value"] for ref, entry in used["facts"].items()}
    rows = {name: table and table["rows"] for name, table in used["tables"].items()}
    content = [result.pack_digest, result.to_line(), values, rows]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def basis(packs: Sequence[Pack], parameters: Parameters, as_of: date) -> str:
    """Digest of everything besides the enterprise's own facts that its verdicts rest on."""
    content: list[Any] = [pack.digest for pack in packs]
    content.append(sorted(item.full_id for pack in packs for item in pack.items if as_of > item.until))
    content.append([(name, sorted(map(repr, rows.items()))) for name, rows in _sorted(parameters.tables())])
    return hashlib.blake2b(json.dumps(content).encode(), digest_size=16).hexdigest()


def _sorted(tables: Iterable[Any]) -> list[Any]:
    return sorted(tables, key=lambda pair: pair[0])
