"""A policy pack: a notice made executable. Plain frozen data; :mod:`babashi.rules.loader` reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from babashi.rules.conditions import All, Any, Cite, Clause, Node, Not, leaves, nodes
from babashi.rules.facts import FactDictionary
from babashi.rules.parser import ParamSpec, Term
from babashi.rules.problems import Problem
from babashi.rules.program import Program
from babashi.rules.rounds import NO_ROUND, Round
from babashi.rules.tree import Expr, references
from babashi.rules.values import DatedValue

__all__ = [
    "UNCONFIRMED", "All", "Any", "Benefit", "BenefitTerm", "Cite", "Clause", "Contact", "Document", "Item", "Material",
    "Node", "Not", "Overlap", "OverlapPair", "Pack", "Parameter", "Reading", "Round", "SharedCeiling", "Stage",
    "facts_used", "leaves", "nodes",
]  # fmt: skip

UNCONFIRMED = "待主管部门明确"


@dataclass(frozen=True, slots=True)
class Reading:
    """An interpretation where the notice is silent or ambiguous; the lead department may change it."""

    id: str
    text: str
    status: str
    confirm_by: str
    cites: tuple[Cite, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class BenefitTerm:
    """A figure of a benefit that is told but not computed, such as a limit per accident."""

    label: str
    value: str
    cite: Cite | None = None
    readings: tuple[str, ...] = ()
    status: str = ""


@dataclass(frozen=True, slots=True)
class Benefit:
    """What an item gives. ``floor`` is guaranteed by the notice, ``ceiling`` the most it allows, in yuan."""

    kind: str
    floor: Expr | None = None
    ceiling: Expr | None = None
    once: bool = False
    text: str = ""
    """One sentence where nothing is computed (insurance, training, vouchers)."""
    terms: tuple[BenefitTerm, ...] = ()
    cites: tuple[Cite, ...] = ()
    readings: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    """What a reviewer should compare; not a condition."""

    @property
    def fixed(self) -> bool:
        """Whether the amount leaves nothing to decide (floor equals ceiling)."""
        return self.floor is not None and self.floor == self.ceiling


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the review."""

    id: str
    label: str
    role: str
    department: str
    working_days: int | None = None
    """Promised working days; ``None``: the notice promises none and nobody has set it."""
    default_working_days: int | None = None
    """What the platform assumes until the department says (shown as 平台默认)."""
    status: str = UNCONFIRMED
    four_eyes: bool = False
    """Must be decided by somebody who has not decided on this case before."""
    returns_to: tuple[str, ...] = ()
    """``applicant`` (补正) or ids of earlier stages."""
    optional: bool = False

    @property
    def days(self) -> int | None:
        """Working days to plan with."""
        return self.working_days if self.working_days is not None else self.default_working_days


@dataclass(frozen=True, slots=True)
class Material:
    """A paper the applicant hands in."""

    id: str
    label: str
    required: bool = False
    status: str = UNCONFIRMED
    description: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Who answers questions (annex 3 of the notice)."""

    name: str
    phone: str
    cite: Cite | None = None


@dataclass(frozen=True, eq=False)
class Item:
    """One benefit with one kind of beneficiary and one formula."""

    id: str
    full_id: str
    article: str
    title: str
    short_title: str
    kind: str
    applicant: str
    eligible: Node
    benefit: Benefit
    until: dt.date
    until_cite: Cite | None
    lead: str
    support: tuple[str, ...]
    lead_cite: Cite | None
    contact: Contact | None
    process: tuple[Stage, ...]
    materials: tuple[Material, ...]
    materials_status: str
    same_kind_group: str
    channel: str
    automatic: bool
    readings: tuple[str, ...]
    """Every reading a result rests on: the item's own, and those of clauses, benefit and parameters."""
    pack_id: str
    pack_version: str
    pack_digest: str
    document_number: str
    dictionary: FactDictionary = field(repr=False)
    recipient: str = ""
    """Who receives it, where no rule can say so (buyers of cars)."""
    round: Round | None = None
    """The round (申报批次) this version is open for; ``None``: it is applied for once for ever."""

    def __getstate__(self) -> dict[str, object]:
        """Without what is computed on demand: closures don't travel to other processes."""
        return {name: value for name, value in self.__dict__.items() if name not in ("program", "facts")}

    @property
    def round_key(self) -> str:
        """What an enterprise has one application for: a round, or (empty) the item for ever."""
        return self.round.key if self.round is not None else NO_ROUND

    @cached_property
    def program(self) -> Program:
        """The item compiled for the scalar evaluator, once."""
        return Program(self.eligible, self.benefit.floor, self.benefit.ceiling)

    def clauses(self) -> Iterator[Clause]:
        """All leaves of the eligibility tree, in reading order."""
        yield from leaves(self.eligible)

    @cached_property
    def facts(self) -> frozenset[str]:
        """Facts, tables and cells that verdict and amount depend on."""
        found: set[str] = set()
        for clause in self.clauses():
            found |= references(clause.test)
        for amount in (self.benefit.floor, self.benefit.ceiling):
            if amount is not None:
                found |= references(amount)
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class OverlapPair:
    """Two items that may be combined although of one kind (exception), or may not (exclusion)."""

    items: tuple[str, str]
    reason: str
    source: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class SharedCeiling:
    """Several items together give at most this much (yuan)."""

    items: tuple[str, ...]
    ceiling: Decimal
    reason: str
    all_rounds: bool = False
    """Over all rounds together (累计); else over those of one round."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """从高不重复 of one pack: the rule's source, exceptions, exclusions and shared ceilings."""

    cite: Cite | None = None
    readings: tuple[str, ...] = ()
    exceptions: tuple[OverlapPair, ...] = ()
    exclusions: tuple[OverlapPair, ...] = ()
    shared_ceilings: tuple[SharedCeiling, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """The notice itself."""

    number: str
    title: str
    short_title: str
    issuer: str
    region: str
    region_name: str
    coordinator: str
    source: str
    coordinator_cite: Cite | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure of the pack that a department may change: its value, where it comes from, who confirms it."""

    spec: ParamSpec
    label: str
    readings: tuple[str, ...] = ()
    cite: Cite | None = None
    lines: tuple[DatedValue, ...] = ()


@dataclass(frozen=True)
class Pack:
    """All of it. ``files`` are the exact texts it was read from: the same texts give the same digest."""

    id: str
    version: str
    enabled: bool
    status: str
    document: Document
    items: tuple[Item, ...]
    readings: Mapping[str, Reading]
    parameters: Mapping[str, Parameter]
    terms: Mapping[str, Term]
    overlap: Overlap
    dictionary: FactDictionary
    digest: str
    files: Mapping[str, str]
    warnings: tuple[Problem, ...] = field(default=())

    def item(self, item_id: str) -> Item:
        """The item with this id (short or full); ``KeyError`` when there is none."""
        for item in self.items:
            if item_id in (item.id, item.full_id):
                return item
        raise KeyError(item_id)

    @property
    def contacts(self) -> Mapping[str, Contact]:
        """Contact of each item that has one."""
        return {item.id: item.contact for item in self.items if item.contact is not None}


def facts_used(item: Item) -> frozenset[str]:
    """Ids of the facts, tables and cells an item looks at."""
    return item.facts
