"""A policy pack: a notice made executable. Plain frozen data; loading is in :mod:`babashi.rules.loader`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from babashi.rules.compiled import Compiled, Env, compile_expr, kleene
from babashi.rules.facts import FactDictionary
from babashi.rules.parser import ParamSpec, Term
from babashi.rules.problems import Problem
from babashi.rules.tree import Expr, references
from babashi.rules.values import DatedValue

UNCONFIRMED = "待主管部门明确"


@dataclass(frozen=True, slots=True)
class Cite:
    """A place in the notice: the article and a verbatim stretch of it."""

    article: str
    quote: str

    def to_json(self) -> dict[str, str]:
        """Plain data for storage."""
        return {"article": self.article, "quote": self.quote}


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
class Clause:
    """One condition: a test with its source."""

    id: str
    test: Expr
    name: str = ""
    cite: Cite | None = None
    readings: tuple[str, ...] = ()
    hint: str = ""
    """What to tell an applicant who fails it, for instance where to turn instead."""


@dataclass(frozen=True, slots=True)
class All:
    """Every part must hold."""

    parts: tuple[Node, ...]
    id: str = ""
    name: str = ""
    cite: Cite | None = None
    readings: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part must hold."""

    parts: tuple[Node, ...]
    id: str = ""
    name: str = ""
    cite: Cite | None = None
    readings: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Not:
    """The part must not hold."""

    part: Node
    id: str = ""
    name: str = ""
    cite: Cite | None = None
    readings: tuple[str, ...] = ()
    hint: str = ""


Node = Clause | All | Any | Not


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

    def __getstate__(self) -> dict[str, object]:
        """Without what is computed on demand: closures don't travel to other processes."""
        return {name: value for name, value in self.__dict__.items() if name not in ("program", "facts")}

    @cached_property
    def program(self) -> Program:
        """The item compiled for the scalar evaluator, once."""
        return Program(self.eligible, self.benefit)

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


class Program:
    """Closures of one item: truth of each node, floor and ceiling."""

    __slots__ = ("ceiling", "floor", "truth", "verdict")

    def __init__(self, eligible: Node, benefit: Benefit) -> None:
        self.truth: dict[int, Compiled] = {}
        self.verdict = self._compile(eligible)
        self.floor = compile_expr(benefit.floor) if benefit.floor is not None else None
        self.ceiling = compile_expr(benefit.ceiling) if benefit.ceiling is not None else None

    def truth_of(self, node: Node) -> Compiled:
        """The closure of a node of this item's tree."""
        return self.truth[id(node)]

    def _compile(self, node: Node) -> Compiled:
        closure: Compiled
        match node:
            case Clause(test=test):
                closure = _remembered(compile_expr(test))
            case Not(part=part):
                closure = _negated(self._compile(part))
            case All(parts=parts):
                closure = _grouped([self._compile(part) for part in parts], decisive=False)
            case Any(parts=parts):
                closure = _grouped([self._compile(part) for part in parts], decisive=True)
        self.truth[id(node)] = closure
        return closure


def _remembered(test: Compiled) -> Compiled:
    def clause(env: Env) -> object:
        memo = env.memo
        if test in memo:
            return memo[test]
        value = memo[test] = test(env)
        return value

    return clause


def _negated(part: Compiled) -> Compiled:
    def negated(env: Env) -> object:
        value = part(env)
        return (not value) if isinstance(value, bool) else value

    return negated


def _grouped(parts: list[Compiled], *, decisive: bool) -> Compiled:
    def group(env: Env) -> object:
        values = []
        for part in parts:
            value = part(env)
            if value is decisive:
                return decisive
            values.append(value)
        return kleene(decisive, values)

    return group


def leaves(node: Node) -> Iterator[Clause]:
    """The clauses below a node."""
    match node:
        case Clause():
            yield node
        case Not(part=part):
            yield from leaves(part)
        case All(parts=parts) | Any(parts=parts):
            for part in parts:
                yield from leaves(part)


def nodes(node: Node) -> Iterator[Node]:
    """The node and every node below it."""
    yield node
    match node:
        case Not(part=part):
            yield from nodes(part)
        case All(parts=parts) | Any(parts=parts):
            for part in parts:
                yield from nodes(part)
        case Clause():
            pass


def facts_used(item: Item) -> frozenset[str]:
    """Ids of the facts, tables and cells an item looks at."""
    return item.facts
