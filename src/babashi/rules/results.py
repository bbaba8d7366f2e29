"""What an evaluation answers: the verdict with its amounts, and on demand the trace that proves it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from babashi.rules.money import format_yuan
from babashi.rules.pack import Cite
from babashi.rules.values import Source

Verdict = Literal["eligible", "ineligible", "unknown"]


@dataclass(frozen=True, slots=True)
class UsedValue:
    """A value that a clause looked at, ready to be shown."""

    ref: str
    label: str
    text: str
    known: bool
    source: Source | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain data for storage."""
        source = self.source.to_json() if self.source else None
        return {
            "ref": self.ref,
            "label": self.label,
            "text": self.text,
            "known": self.known,
            "source": source,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> UsedValue:
        """The inverse of :meth:`to_json`."""
        source = Source.from_json(data["source"]) if data.get("source") else None
        return cls(data["ref"], data["label"], data["text"], data["known"], source)


@dataclass(frozen=True, slots=True)
class RowTrace:
    """One row of a child table: whether it counts, with its values."""

    number: int
    """Position in the table, counted from 1."""
    truth: bool | None
    values: tuple[UsedValue, ...]
    amount: str | None = None
    """What the row contributes to a sum, unrounded to at most six decimals."""

    def to_json(self) -> dict[str, Any]:
        """Plain data for storage."""
        values = [value.to_json() for value in self.values]
        return {"number": self.number, "truth": self.truth, "values": values, "amount": self.amount}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RowTrace:
        """The inverse of :meth:`to_json`."""
        values = tuple(UsedValue.from_json(value) for value in data["values"])
        return cls(data["number"], data["truth"], values, data.get("amount"))


@dataclass(frozen=True, slots=True)
class ClauseTrace:
    """A node of the eligibility tree with its outcome: ``True`` met, ``False`` not met, ``None`` unknown."""

    id: str
    kind: str
    """``clause``, ``all``, ``any`` or ``not``."""
    name: str
    text: str
    truth: bool | None
    missing: tuple[str, ...] = ()
    values: tuple[UsedValue, ...] = ()
    rows: tuple[RowTrace, ...] = ()
    cite: Cite | None = None
    readings: tuple[str, ...] = ()
    hint: str = ""
    children: tuple[ClauseTrace, ...] = ()

    def walk(self) -> Iterator[ClauseTrace]:
        """The node and everything below."""
        yield self
        for child in self.children:
            yield from child.walk()

    def to_json(self) -> dict[str, Any]:
        """Plain data for storage."""
        return {
            "id": self.id,
            "kind": self.kind,
            "name": self.name,
            "text": self.text,
            "truth": self.truth,
            "missing": list(self.missing),
            "values": [value.to_json() for value in self.values],
            "rows": [row.to_json() for row in self.rows],
            "cite": self.cite.to_json() if self.cite else None,
            "readings": list(self.readings),
            "hint": self.hint,
            "children": [child.to_json() for child in self.children],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ClauseTrace:
        """The inverse of :meth:`to_json`."""
        return cls(
            id=data["id"],
            kind=data["kind"],
            name=data["name"],
            text=data["text"],
            truth=data["truth"],
            missing=tuple(data["missing"]),
            values=tuple(UsedValue.from_json(value) for value in data["values"]),
            rows=tuple(RowTrace.from_json(row) for row in data["rows"]),
            cite=Cite(**data["cite"]) if data["cite"] else None,
            readings=tuple(data["readings"]),
            hint=data["hint"],
            children=tuple(cls.from_json(child) for child in data["children"]),
        )


@dataclass(frozen=True, slots=True)
class AmountTrace:
    """How a floor or a ceiling came about."""

    kind: str
    """``floor`` or ``ceiling``."""
    text: str
    amount: Decimal | None
    missing: tuple[str, ...] = ()
    values: tuple[UsedValue, ...] = ()
    rows: tuple[RowTrace, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain data for storage."""
        return {
            "kind": self.kind,
            "text": self.text,
            "amount": _amount_out(self.amount),
            "missing": list(self.missing),
            "values": [value.to_json() for value in self.values],
            "rows": [row.to_json() for row in self.rows],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> AmountTrace:
        """The inverse of :meth:`to_json`."""
        return cls(
            kind=data["kind"],
            text=data["text"],
            amount=_amount_in(data["amount"]),
            missing=tuple(data["missing"]),
            values=tuple(UsedValue.from_json(value) for value in data["values"]),
            rows=tuple(RowTrace.from_json(row) for row in data["rows"]),
        )


@dataclass(frozen=True, slots=True)
class Trace:
    """The whole proof of one result."""

    eligible: ClauseTrace
    amounts: tuple[AmountTrace, ...] = ()


@dataclass(slots=True, eq=False)
class Result:
    """Verdict of one subject for one item on one day.

    ``amount_min`` is what the notice guarantees, ``amount_max`` the ceiling that the facts give; yuan with
    two decimals, ``None`` where unknown or where there is none. ``failed`` names the clauses (or groups) that
    are not met, ``missing`` what would have to be known. ``closed``: the item's last day is past; the verdict
    still says what the facts say.
    """

    item: str
    verdict: Verdict
    amount_min: Decimal | None
    amount_max: Decimal | None
    failed: tuple[str, ...]
    missing: tuple[str, ...]
    closed: bool
    as_of: dt.date
    pack_version: str
    pack_digest: str
    readings: tuple[str, ...] = ()
    _proof: Trace | Callable[[], Trace] | None = field(default=None, repr=False)

    @property
    def trace(self) -> ClauseTrace:
        """The eligibility tree with every outcome, built when first asked for."""
        return self.proof.eligible

    @property
    def amount_trace(self) -> tuple[AmountTrace, ...]:
        """How the amounts came about; empty unless eligible and something is computed."""
        return self.proof.amounts

    @property
    def proof(self) -> Trace:
        """Trace of eligibility and amounts."""
        if self._proof is None:
            raise ValueError("结果里没有判断过程")
        if not isinstance(self._proof, Trace):
            self._proof = self._proof()
        return self._proof

    @property
    def pack_id(self) -> str:
        """The pack the item belongs to."""
        return self.item.rpartition("/")[0]

    def to_line(self) -> dict[str, Any]:
        """The keys of one line of ``babashi match`` after ``uscc``, in their fixed order."""
        return {
            "item": self.item,
            "verdict": self.verdict,
            "amount_min": _amount_out(self.amount_min),
            "amount_max": _amount_out(self.amount_max),
            "failed": list(self.failed),
            "missing": list(self.missing),
            "closed": self.closed,
        }

    def to_json(self) -> dict[str, Any]:
        """Everything, trace included, as plain data for storage."""
        return {
            **self.to_line(),
            "as_of": self.as_of.isoformat(),
            "pack_version": self.pack_version,
            "pack_digest": self.pack_digest,
            "readings": list(self.readings),
            "trace": self.trace.to_json(),
            "amount_trace": [amount.to_json() for amount in self.amount_trace],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Result:
        """The inverse of :meth:`to_json`."""
        amounts = tuple(AmountTrace.from_json(amount) for amount in data["amount_trace"])
        return cls(
            item=data["item"],
            verdict=data["verdict"],
            amount_min=_amount_in(data["amount_min"]),
            amount_max=_amount_in(data["amount_max"]),
            failed=tuple(data["failed"]),
            missing=tuple(data["missing"]),
            closed=data["closed"],
            as_of=dt.date.fromisoformat(data["as_of"]),
            pack_version=data["pack_version"],
            pack_digest=data["pack_digest"],
            readings=tuple(data["readings"]),
            _proof=Trace(ClauseTrace.from_json(data["trace"]), amounts),
        )

    def __getstate__(self) -> dict[str, Any]:
        return self.to_json()

    def __setstate__(self, state: dict[str, Any]) -> None:
        stored = Result.from_json(state)
        for name in Result.__slots__:
            setattr(self, name, getattr(stored, name))


def _amount_out(amount: Decimal | None) -> str | None:
    return None if amount is None else format_yuan(amount)


def _amount_in(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
