"""Items that no form reads, taken for what speaks for them together and for the company they keep."""

from __future__ import annotations

from collections.abc import Iterator

from babashi.reader.granting import undecided
from babashi.reader.headings import title_text
from babashi.reader.outline import CONTAINERS, HEADED, Node
from babashi.reader.weighing import Company, weigh


def with_likely(root: Node, chosen: list[Node], raw: str) -> list[Node]:
    """The chosen items and those beside them that probably grant something, in order of the text."""
    added = [node for node, company in open_items(root, chosen, raw) if _likely(node, company)]
    return sorted([*chosen, *added], key=_start) if added else chosen


def open_items(root: Node, chosen: list[Node], raw: str) -> Iterator[tuple[Node, Company]]:
    """The items of which the forms cannot tell whether they grant, each with the company it keeps."""
    taken = {id(node) for top in chosen for node in top.walk()}
    leaves = [node for node in root.walk() if not node.children and node.kind not in CONTAINERS]
    grants = [id(leaf) in taken for leaf in leaves]
    beside: dict[int, tuple[int, int]] = {}
    for leaf, granting in zip(leaves, grants, strict=True):
        given, of = beside.get(id(leaf.parent), (0, 0))
        beside[id(leaf.parent)] = (given + granting, of + 1)
    for place, leaf in enumerate(leaves):
        if grants[place] or leaf.kind == HEADED or leaf.head is None or not undecided(leaf, raw):
            continue
        given, of = beside[id(leaf.parent)]
        near = sum(grants[max(place - 1, 0) : place]) + sum(grants[place + 1 : place + 2])
        yield leaf, Company((given, of - 1), (sum(grants), len(leaves) - 1), near)


def _likely(node: Node, company: Company) -> bool:
    return weigh(bare_text(node), above(node), company) > 0


def bare_text(node: Node) -> str:
    """The words of an item without its label; a title on a line of its own ends there."""
    own = list(node.all())
    first = own[0].text[own[0].body_start :] if own else ""
    apart = first and len(own) > 1 and first[-1] not in "。；：，、！？"
    return first + ("。" if apart else "") + "".join(p.text for p in own[1:])


def above(node: Node) -> str:
    """The title under which an item stands."""
    return title_text(node.parent)[:30] if node.parent is not None else ""


def _start(node: Node) -> int:
    return min(p.start for p in node.all())
