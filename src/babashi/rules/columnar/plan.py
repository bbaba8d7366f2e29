"""The rulebook: the eligibility of many items as one graph in which every distinct condition stands once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from babashi.rules import pack as packs
from babashi.rules.pack import Item
from babashi.rules.tree import And, Compare, Expr, Literal, Not, Or, Param, references
from babashi.rules.units import BOOL

LEAF, ALL, ANY = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Edge:
    """A node of the graph, possibly negated."""

    node: int
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Junction:
    """Kleene *and* (``ALL``) or *or* (``ANY``) of other nodes."""

    kind: int
    edges: tuple[Edge, ...]


def expression(node: packs.Node) -> Expr:
    """The eligibility tree of a pack as one expression."""
    match node:
        case packs.Clause(test=test):
            return canonical(test)
        case packs.Not(part=part):
            return Not(expression(part))
        case packs.All(parts=parts):
            return And(tuple(expression(part) for part in parts))
        case packs.Any(parts=parts):
            return Or(tuple(expression(part) for part in parts))


_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def canonical(expr: Expr) -> Expr:
    """The same condition with constants on the right, so that ``13 <= x`` and ``x >= 13`` are one leaf."""
    match expr:
        case And(args=args):
            return And(tuple(canonical(arg) for arg in args))
        case Or(args=args):
            return Or(tuple(canonical(arg) for arg in args))
        case Not(operand=operand):
            return Not(canonical(operand))
        case Compare(op=op, left=Literal() | Param() as constant, right=operand):
            return Compare(_MIRRORED[op], operand, constant)
    return expr


class Rulebook:
    """Items compiled together. Nodes ``0 … len(leaves)-1`` are leaves, junctions follow in an order that
    puts every node behind its parts; ``roots[i]`` is the eligibility of ``items[i]``.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = tuple(items)
        self.conditions = tuple(expression(item.eligible) for item in self.items)
        builder = _Builder()
        edges = [builder.edge(condition) for condition in self.conditions]
        self.leaves: tuple[Expr, ...] = tuple(builder.leaves)
        count = len(self.leaves)

        def placed(edge: Edge) -> Edge:
            return Edge(-1 - edge.node + count if edge.node < 0 else edge.node, edge.negated)

        self.junctions = tuple(Junction(j.kind, tuple(placed(e) for e in j.edges)) for j in builder.junctions)
        self.roots = tuple(placed(edge) for edge in edges)

    @classmethod
    def of_packs(cls, loaded: Sequence[packs.Pack]) -> Rulebook:
        """All items of some packs whose applicants are subjects of the register."""
        return cls([item for pack in loaded for item in pack.items if item.applicant != "person"])

    @cached_property
    def references(self) -> frozenset[str]:
        """Facts, tables and cells that any condition reads."""
        return frozenset().union(*(references(leaf) for leaf in self.leaves)) if self.leaves else frozenset()

    @cached_property
    def program(self) -> Program:
        """The junctions as flat arrays, for the fused kernel."""
        starts, edges = [0], []
        for junction in self.junctions:
            edges += [edge.node * 2 + edge.negated for edge in junction.edges]
            starts.append(len(edges))
        return Program(
            kinds=np.array([junction.kind for junction in self.junctions], np.int32),
            starts=np.array(starts, np.int32),
            edges=np.array(edges, np.int32),
            roots=np.array([edge.node * 2 + edge.negated for edge in self.roots], np.int32),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Flat form of the graph. An edge is ``2 × node + negated``."""

    kinds: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    edges: npt.NDArray[np.int32]
    roots: npt.NDArray[np.int32]


class _Builder:
    """Hash-consing: equal conditions become one node.

    Junctions are numbered -1, -2, … until the leaves are counted.
    """

    def __init__(self) -> None:
        self.leaves: dict[Expr, int] = {}
        self.junctions: dict[Junction, int] = {}

    def edge(self, expr: Expr) -> Edge:
        if isinstance(expr, Not):
            inner = self.edge(expr.operand)
            return Edge(inner.node, not inner.negated)
        if isinstance(expr, (And, Or)):
            kind = ALL if isinstance(expr, And) else ANY
            edges = tuple(dict.fromkeys(part for arg in expr.args for part in self._flat(arg, type(expr))))
            if len(edges) == 1:
                return edges[0]
            if not edges:  # no condition holds for everybody, no alternative for nobody
                return Edge(self.leaves.setdefault(Literal(True, BOOL), len(self.leaves)), kind == ANY)
            junction = Junction(kind, edges)
            return Edge(-1 - self.junctions.setdefault(junction, len(self.junctions)))
        return Edge(self.leaves.setdefault(expr, len(self.leaves)))

    def _flat(self, expr: Expr, kind: type[And] | type[Or]) -> tuple[Edge, ...]:
        if isinstance(expr, kind):
            return tuple(edge for arg in expr.args for edge in self._flat(arg, kind))
        return (self.edge(expr),)
