"""Values of facts as JSON: what a register row keeps.

Money and ratios are decimal strings, dates ISO, several codes a sorted list, a year that never came the word 无.
A missing value is left out: never null, never zero.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babashi.rules.facts import FactSpec
from babashi.rules.values import NEVER, Value


def to_json(value: Value) -> Any:
    """One known value as plain JSON."""
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    return NEVER.value


def from_json(spec: FactSpec, data: Any) -> Value | None:
    """The value again; ``None`` where nothing is kept."""
    if data is None:
        return None
    if spec.type in ("money", "ratio"):
        return Decimal(data)
    if spec.type == "date":
        return dt.date.fromisoformat(data)
    if spec.type == "codes":
        return frozenset(data)
    if spec.type == "year":
        return NEVER if data == NEVER.value else int(data)
    if spec.type == "int":
        return int(data)
    return bool(data) if spec.type == "bool" else str(data)


def row_to_json(values: Mapping[str, Value | None]) -> dict[str, Any]:
    """A row without what is missing."""
    return {name: to_json(value) for name, value in values.items() if value is not None}
