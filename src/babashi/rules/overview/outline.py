"""Many items laid out flat: every condition has a position, every distinct test and amount is computed once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from babashi.rules.compiled import Compiled, compile_amount, compile_expr
from babashi.rules.facts import FactDictionary
from babashi.rules.pack import All, Any, Clause, Item, Node, Not
from babashi.rules.trace import node_words, parts_of_node, test_words
from babashi.rules.tree import Expr
from babashi.rules.used import Uses, uses_of

Positions = npt.NDArray[np.intp]
Line = tuple[Node, str, int]
ALWAYS, NEVER = 0, 1
"""Leaves that no fact decides: an empty *all* and an empty *any*."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A line of an explanation: a clause or a group, as far as it is the same for every subject."""

    node: Node
    text: str
    depth: int

    @property
    def kind(self) -> str:
        """``clause``, ``all``, ``any`` or ``not``."""
        return type(self.node).__name__.lower()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A test that any number of clauses share."""

    test: Compiled
    text: str
    uses: Uses


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups of one kind and height; the parts of ``nodes[i]`` start at ``parts[starts[i]]``."""

    kind: type[All] | type[Any] | type[Not]
    nodes: Positions
    parts: Positions
    starts: Positions


class Outline:
    """Items in the order given; ``slices[i]`` are the positions of the conditions of item ``i``, the whole first.

    All items must read the same fact dictionary (``ValueError``).
    """

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = tuple(items)
        if len({id(item.dictionary) for item in self.items}) > 1:
            raise ValueError("all items of an outline must share one fact dictionary")
        self.dictionary = self.items[0].dictionary if self.items else FactDictionary.load()
        layout = _Layout(self.dictionary)
        drafts = [layout.item(item) for item in self.items]
        # Made one after the other, so that reading them in order reads memory in order: three times as fast.
        self.conditions = tuple(tuple(Condition(*line) for line in lines) for lines in drafts)
        self.leaves: tuple[Leaf, ...] = tuple(layout.leaves.values())
        lengths = [len(conditions) for conditions in self.conditions]
        starts: list[int] = np.concatenate(([0], np.cumsum(lengths, dtype=np.intp))).tolist()
        self.slices = list(map(slice, starts, starts[1:]))
        self.roots: Positions = np.array(starts[:-1], np.intp)
        self.leaf_at = np.array(layout.leaf_at, np.int32)
        self.groups = layout.groups()
        self.decisive: Positions = np.array(layout.decisive, np.intp)
        self.decisive_ids = np.array([layout.ids[place] for place in layout.decisive], dtype=object)
        self.decisive_starts: Positions = np.searchsorted(self.decisive, starts)
        self.amounts: tuple[Compiled, ...]
        self.amounts, self.floors, self.ceilings = _amounts(self.items)


def _amounts(items: Iterable[Item]) -> tuple[tuple[Compiled, ...], list[int], list[int]]:
    """Distinct amounts, and their numbers by item; -1 where the notice gives none."""
    numbers: dict[Expr, int] = {}

    def number(expr: Expr | None) -> int:
        return -1 if expr is None else numbers.setdefault(expr, len(numbers))

    pairs = [(number(item.benefit.floor), number(item.benefit.ceiling)) for item in items]
    closures = tuple(compile_amount(expr) for expr in numbers)
    return closures, [floor for floor, _ in pairs], [ceiling for _, ceiling in pairs]


class _Layout:
    """Walks the items once and numbers what it meets."""

    def __init__(self, dictionary: FactDictionary) -> None:
        self.dictionary = dictionary
        self.leaves: dict[Expr | int, Leaf] = {
            ALWAYS: Leaf(lambda env: True, "", Uses({}, ())),
            NEVER: Leaf(lambda env: False, "", Uses({}, ())),
        }
        self._numbers: dict[Expr, int] = {}
        self.leaf_at: list[int] = []
        self.ids: list[str] = []
        self.decisive: list[int] = []
        """Positions whose failing is named: below nothing but *all*, and no *all* themselves."""
        self._by_height: dict[tuple[int, type[All] | type[Any] | type[Not]], list[tuple[int, list[int]]]] = {}

    def item(self, item: Item) -> list[Line]:
        """The conditions of an item in reading order, the whole first."""
        lines: list[Line] = []
        self._place(item.eligible, 0, lines, named=True)
        return lines

    def _place(self, node: Node, depth: int, lines: list[Line], *, named: bool) -> tuple[int, int]:
        """Position and height of a node, everything below it placed behind it."""
        position = len(self.leaf_at)
        self.leaf_at.append(NEVER if isinstance(node, Any) else ALWAYS)
        self.ids.append(node.id)
        if named and not isinstance(node, All):
            self.decisive.append(position)
        if isinstance(node, Clause):
            self.leaf_at[position] = self._leaf(node.test)
            lines.append((node, self.leaves[node.test].text, depth))
            return position, 0
        lines.append((node, node_words(self.dictionary, node), depth))
        below = named and isinstance(node, All)
        placed = [self._place(part, depth + 1, lines, named=below) for part in parts_of_node(node)]
        if not placed:
            return position, 0
        height = 1 + max(height for _, height in placed)
        parts = [place for place, _ in placed]
        self._by_height.setdefault((height, type(node)), []).append((position, parts))
        return position, height

    def _leaf(self, test: Expr) -> int:
        number = self._numbers.get(test)
        if number is None:
            number = self._numbers[test] = len(self.leaves)
            self.leaves[test] = Leaf(compile_expr(test), test_words(self.dictionary, test), uses_of(test))
        return number

    def groups(self) -> tuple[Groups, ...]:
        """Groups from the lowest to the highest, so that parts come before what they are part of."""
        found = []
        for (_, kind), members in sorted(self._by_height.items(), key=lambda entry: entry[0][0]):
            counts = [len(parts) for _, parts in members]
            found.append(
                Groups(
                    kind,
                    np.array([node for node, _ in members], np.intp),
                    np.array([part for _, parts in members for part in parts], np.intp),
                    np.concatenate(([0], np.cumsum(counts[:-1], dtype=np.intp))).astype(np.intp),
                )
            )
        return tuple(found)
