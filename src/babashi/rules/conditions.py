"""The eligibility of an item: clauses joined by *all*, *any* and *not*, each with its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from babashi.rules.tree import Expr


@dataclass(frozen=True, slots=True)
class Cite:
    """A place in the notice: the article and a verbatim stretch of it."""

    article: str
    quote: str

    def to_json(self) -> dict[str, str]:
        """Plain data for storage."""
        return {"article": self.article, "quote": self.quote}


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
