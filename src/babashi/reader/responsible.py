"""Who is responsible for a measure: named in it, or once for it and its neighbours."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Final

from babashi.reader import departments, grants
from babashi.reader.departments import Bodies
from babashi.reader.headings import title_text
from babashi.reader.model import Measure
from babashi.reader.outline import CONTAINERS, HEADED, Node
from babashi.reader.paragraphs import Paragraph

_MANY_BLOCKS: Final = 200
_NEAR: Final = 10  # items that show how a notice names who is responsible
_MANY: Final = 40  # items beside each other that one line of names can speak of


_RANKS: Final = re.compile(
    r"(?:第一|首|最前)(?:[位名个家]|顺位)?的?(?:单位|部门)?(?:为|是|系)(?:总?牵头|主办|主责|第一责任)[^，。；]{0,6}[，；、]"
    r"(?:其余|其他|其它|其后|余下|排(?:名|列|位)?(?:在)?后面?)[^，。；]{0,10}?(?:为|是|系)?(?:配合|协办|协同|支持|参与|协助)"
)


def with_ranks(found: tuple[Measure, ...], text: str) -> tuple[Measure, ...]:
    """``排在第一位的为牵头部门，其余为配合部门``: one list of names holds both, where a notice says so."""
    if not _RANKS.search(text):
        return found
    return tuple(
        replace(m, lead_departments=m.lead_departments[:1], supporting_departments=m.lead_departments[1:])
        if not m.supporting_departments
        else m
        for m in found
    )


def of_measure(node: Node, raw: str) -> Bodies:
    """Departments of an item: its own, those of the guide it is a part of, or those of what encloses it."""
    own = departments.find_departments(node.all(), raw)
    if any(own):
        return own
    own = _block_behind(node, raw)
    if any(own):
        return own
    if grants.FACET.match(title_text(node)):
        beside = _of_siblings(node, raw)
        if any(beside):
            return beside
    return _enclosing(node, raw)


def _block_behind(node: Node, raw: str) -> Bodies:
    """``【责任单位】`` on a line of its own reads like a heading, but is the end of the item before it."""
    children = node.parent.children if node.parent is not None else []
    for before, block in pairwise(children[:_MANY_BLOCKS]):
        if before is not node or block.kind != HEADED or block.head is None:
            continue
        if departments.heads_list(block.head) is not None:
            return departments.find_departments(block.all(), raw)
    return Bodies()


def _enclosing(node: Node, raw: str) -> Bodies:
    """Departments named in the heading of an enclosing item, or once behind its items, hold for all of them."""
    child, parent = node, node.parent
    while parent is not None:
        if parent.head is None:  # items of a notice without headings
            return _behind_the_last(child, parent.children, raw)
        lines = _speaking_for(parent, child, raw)
        found = departments.find_departments(lines, raw)
        if not any(found) and parent.kind not in CONTAINERS:
            found = _behind_the_last(child, parent.children, raw)
        if any(found):
            return found
        child, parent = parent, parent.parent
    return Bodies()


def _speaking_for(parent: Node, child: Node, raw: str) -> list[Paragraph]:
    """The paragraphs of an enclosing item that may name who is responsible for what it holds."""
    assert parent.head is not None
    if not any(
        child is c for c in parent.children
    ):  # a paragraph of its body, among others with names of their own
        named = [p for p in parent.body if departments.only_names(p, raw)]
        return [parent.head, *named] if named == parent.body[-1:] else [parent.head]
    return [parent.head] if parent.kind in CONTAINERS else [*parent.own(), *parent.tail]


def _behind_the_last(node: Node, children: list[Node], raw: str) -> Bodies:
    """Names behind the last of several items are theirs, not only its own, if nothing ties them to it.

    They stand in a paragraph of their own, the items are one sentence that ``；`` divides, or the notice names
    who is responsible once at the end of each item of the level above.
    """
    if not 2 <= len(children) <= _MANY or not any(node is c for c in children[:-1]):
        return Bodies()
    *before, last = children
    lines = list(last.all())
    named = [line for line in lines[1:] if departments.only_names(line, raw)]
    one_sentence = all("".join(p.text for p in c.all()).endswith("；") for c in before)
    found = departments.find_departments(named or lines, raw)
    if not any(found) or any(any(departments.find_departments(c.all(), raw)) for c in before):
        return Bodies()
    once = bool(named) or one_sentence or (last.parent is not None and _once_each(last.parent, raw))
    return found if once else Bodies()


def _once_each(node: Node, raw: str) -> bool:
    """Whether the items beside a node name departments once, at their very end, and not in each child."""
    beside = node.parent.children if node.parent is not None else []
    near = [item for item in beside[:_NEAR] if item is not node]
    alone = (item for item in near if not item.children)
    if not any(any(departments.find_departments(item.own(), raw)) for item in alone):
        return False
    inner = (child for item in near for child in item.children[-3:-1])
    return not any(any(departments.find_departments(child.all(), raw)) for child in inner)


def _of_siblings(node: Node, raw: str) -> Bodies:
    """``四、责任单位`` beside ``三、奖励标准`` in a guide to one policy."""
    for sibling in node.parent.children if node.parent else []:
        if sibling is not node and re.search(r"责任|牵头|主管|配合", title_text(sibling)):
            found = departments.find_departments(sibling.all(), raw)
            if any(found):
                return found
    return Bodies()
