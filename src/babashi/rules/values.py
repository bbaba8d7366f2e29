"""Values of facts, and the subject they describe.

A missing value is ``None`` everywhere and never zero, ``False`` or an empty text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any, Final


class Never(Enum):
    """The known answer "never happened" of a year (printed 无); unlike ``None`` it is an answer."""

    NEVER = "无"

    def __repr__(self) -> str:
        return "NEVER"


NEVER: Final = Never.NEVER

Value = str | bool | int | Decimal | dt.date | frozenset[str] | Never
Row = Mapping[str, Value | None]
ParameterKey = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: shown beside every fact that decided something."""

    kind: str = "official"
    """``official``, ``declared`` (by the enterprise), ``reviewer`` or ``synthetic``."""
    label: str = ""
    """Readable place, such as ``enterprises.csv 第 12 行`` or ``区统计局``."""
    as_of: dt.date | None = None
    recorded_by: str = ""

    def to_json(self) -> dict[str, str | None]:
        """Plain data for storage."""
        return {
            "kind": self.kind,
            "label": self.label,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "recorded_by": self.recorded_by,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Source:
        """The inverse of :meth:`to_json`."""
        as_of = data.get("as_of")
        return cls(
            kind=str(data.get("kind", "official")),
            label=str(data.get("label", "")),
            as_of=dt.date.fromisoformat(as_of) if as_of else None,
            recorded_by=str(data.get("recorded_by", "")),
        )


_NO_SOURCES: Final[Mapping[str, Source]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is known of one enterprise.

    A fact that is absent or ``None`` is unknown. A table that is absent or ``None`` is unknown;
    an empty sequence says that the subject has no such row.
    ``sources`` is keyed by fact id (``employees_2021``), by table (``loans``) or by cell
    (``loans.0.principal``, the row counted from 0).
    """

    facts: Mapping[str, Value | None]
    tables: Mapping[str, Sequence[Row] | None] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=lambda: _NO_SOURCES)

    def rows(self, table: str) -> Sequence[Row] | None:
        """Rows of a child table, ``None`` when nobody knows them."""
        return self.tables.get(table)


@dataclass(frozen=True, slots=True)
class DatedValue:
    """One line of a dated table: the value holds from this day until the next line."""

    effective_from: dt.date
    value: Decimal
    source: str = ""
    status: str = ""


def normal_key(parts: Sequence[object]) -> ParameterKey:
    """Key of a parameter table in one form: digits become integers, so ``"06"``, ``"6"`` and ``6`` meet."""
    normal: list[int | str] = []
    for part in parts:
        if isinstance(part, bool):
            raise TypeError("a yes/no value is no key of a parameter table")
        if isinstance(part, int):
            normal.append(part)
        else:
            text = str(part).strip()
            normal.append(int(text) if text.isascii() and text.isdigit() else text)
    return tuple(normal)


class Parameters:
    """Parameter tables handed in with a register, such as ``rd_intensity_average``.

    Each table maps a key (in the order of the dictionary's key columns) to one exact value.
    A table that was not handed in, a row that is absent and a row without value are all unknown.
    """

    __slots__ = ("_tables",)

    def __init__(
        self, tables: Mapping[str, Mapping[Sequence[object], Decimal | None] | None] | None = None
    ) -> None:
        self._tables: dict[str, dict[ParameterKey, Decimal]] = {}
        for name, rows in (tables or {}).items():
            if rows is not None:
                self._tables[name] = {normal_key(k): v for k, v in rows.items() if v is not None}

    def has_table(self, name: str) -> bool:
        """Whether the table was handed in at all."""
        return name in self._tables

    def lookup(self, name: str, key: ParameterKey) -> Decimal | None:
        """The value of one row, ``None`` when the table or the row is absent."""
        rows = self._tables.get(name)
        return None if rows is None else rows.get(key)

    def tables(self) -> Iterator[tuple[str, Mapping[ParameterKey, Decimal]]]:
        """All tables with their rows."""
        yield from self._tables.items()


NO_PARAMETERS: Final = Parameters()
