"""The words around a number: its sentence, what stands before it there, and what follows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from babashi.reader.quantities import Group

REACH: Final = 1_200  # characters of a sentence on either side of a number that are looked at


@dataclass(frozen=True, slots=True)
class Context:
    """The words around a group: its sentence, what stands before it there, and what follows."""

    sentence_start: int
    sentence_end: int
    before: str  # from the previous group or the sentence start up to the group
    clause: str  # the last clause of the sentence before the group, across earlier groups
    after: str  # what follows, up to the sentence end
    link: str | None  # words between the previous group and this one, if in the same sentence
    guarantees: bool = False  # a guarantee is offered, not money to those who guarantee
    lends: bool = False  # the sentence offers loans of its own, not interest on loans that a bank gave


def sentence_bounds(text: str, position: int) -> tuple[int, int]:
    """The sentence around ``position``, bounded by 。；！？ and by a reach that no real sentence exceeds."""
    low, high = max(0, position - REACH), min(len(text), position + REACH)
    start = max((text.rfind(mark, low, position) for mark in "。；！？"), default=-1) + 1
    ends = [i for i in (text.find(mark, position, high) for mark in "。；！？") if i >= 0]
    return max(start, low), min(ends) if ends else high


def context_of(text: str, group: Group, previous: Group | None) -> Context:
    """The surroundings of ``group``; ``previous`` is the group before it in the same text."""
    start, end = sentence_bounds(text, group.start)
    same = previous is not None and previous.end > start
    left = previous.end if same and previous is not None else start
    clause_start = max((text.rfind(mark, start, group.start) for mark in "，："), default=-1) + 1
    return Context(
        start,
        end,
        text[max(left, group.start - REACH // 3) : group.start],
        text[max(start, clause_start, group.start - REACH // 5) : group.start],
        text[group.end : end],
        text[left : group.start] if same else None,
        _GUARANTEES.search(text, max(0, start - 160), end) is not None,
        _LENDS.search(text, max(0, start - 160), end) is not None,
    )


# 提供担保，单户担保额不超过100万元，担保费减半: what is offered, unless a grant for it follows
_GUARANTEES: Final = re.compile(r"(?:提供|作|给予)[^，。；]{0,20}担保(?![费公机余额])|担保(?:中心|基金)")
_LENDS: Final = re.compile(r"(?:创业|小额)(?:担保)?贷款|可申请[^，。；]{0,14}贷款")
