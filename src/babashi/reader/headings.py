"""The heading of a measure: the title behind its label, or the clause that opens it."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from babashi.reader import asked, grants
from babashi.reader.model import Words
from babashi.reader.outline import HEADED, Node, heading_start
from babashi.reader.paragraphs import Paragraph
from babashi.reader.text import View


def title_text(node: Node) -> str:
    """The heading without its label and brackets."""
    if node.head is None:
        return ""
    text = node.head.text[heading_start(node.head) : node.title_end]
    text = text.strip("【】〔〕《》“”：。，、 ")
    whole = text.endswith("）") and text.rfind("（") <= 0
    return text.strip("（）") if whole else text  # 第三条（扶持方式）


def subject(node: Node) -> str:
    """What the heading is about, in the words of offices: ``怎么领`` is 申请流程."""
    return asked.official(title_text(node))


def has_title(node: Node) -> bool:
    """Whether the heading is a title and not the first clause of a sentence."""
    if node.head is None:
        return False
    return node.head.text[node.title_end : node.title_end + 1] not in {"，", "；"}


def heading(node: Node, raw: str) -> Words:
    if node.virtual or node.head is None:
        return _virtual_heading(node, raw)
    head = node.head
    start = heading_start(head)
    end = max(node.title_end, start)
    if node.kind == HEADED and node.number == 1:
        start, end = _unlabelled_clause(node, head)
    while start < end and head.text[start] in "【“《 （〔":
        start += 1
    while end > start and head.text[end - 1] in "】：。，（；〕":
        end -= 1
    if start < end and head.text[start - 1 : start] == "“" and "”" in head.text[start:end]:
        start -= 1
    return _words(head.view, raw, start, end)


def _words(view: View, raw: str, start: int, end: int) -> Words:
    if end <= start:
        end = min(len(view), start + 1)
    span = view.span(start, end)
    return Words(" ".join(raw[span.start : span.end].split()), span, 0.9)


def _virtual_heading(node: Node, raw: str) -> Words:
    """The heading of an item whose title line is lost: the first clause that no earlier item has."""
    earlier: set[str] = set()
    for sibling in node.parent.children if node.parent else []:
        if sibling is node:
            break
        earlier |= {p.text[p.body_start :][:30] for p in sibling.all()}
    paragraphs = list(node.all())
    fresh = [p for p in paragraphs if p.text[p.body_start :][:30] not in earlier] or paragraphs
    paragraph = fresh[0]
    match = re.search(r"[，。；（]", paragraph.text[paragraph.body_start :])
    end = paragraph.body_start + match.start() if match else len(paragraph.text)
    return _words(paragraph.view, raw, paragraph.body_start, end)


_SIBLINGS: Final = 300  # paragraphs that are compared for a shared opening


def _unlabelled_clause(node: Node, head: Paragraph) -> tuple[int, int]:
    """The opening clause of an unnumbered paragraph, without an opening that its siblings share."""
    text = head.text
    around = (node.parent.parent or node.parent).all() if node.parent else iter(())
    siblings = [p.text for p in islice(around, _SIBLINGS)]
    reference = _lead_in_end(text)
    if reference:
        return reference, min(_clause_end(text, reference), reference + 45)
    start = _shared_opening(text, siblings)
    title = 0 if start else _leading_sentence(text)
    if title:
        return 0, title
    stop = _clause_end(text, start)
    while start and stop < len(text) and text[stop] == "，" and not _tells(text[start:stop]):
        start, stop = stop + 1, _clause_end(text, stop + 1)
    return start, min(stop, start + 45)


_OPENS_TITLE: Final = re.compile(
    r"支持|鼓励|加大|加快|推动|推进|促进|强化|培育|引导|扩大|提升|实施|落实|完善|建立|发展"
)


def _leading_sentence(text: str) -> int:
    """``支持商业街区发展，鼓励改造步行街。对…``: a short sentence that grants nothing itself is the title."""
    stop = text.find("。", 0, 42)
    if stop < 4 or stop == len(text) - 1 or re.search(r"\d", text[:stop]):
        return 0
    return stop if _OPENS_TITLE.match(text) else 0


_LEAD_IN: Final = re.compile(
    r"(?:其中|此外|另外|同时)，(?:在[^，。]{2,20}(?:方面|领域|环节)，)?"
    r"|(?:自"
    r"|从)?\d{4}年\d{1,2}月(?:\d{1,2}日)?[^，。\d]{0,6}(?:至\d{4}年\d{1,2}月(?:\d{1,2}日)?[^，。\d]{0,6})?，"
    r"|(?:根据|按照|依据)《[^》]{1,60}》[^，。；]{0,10}，"
)


def _lead_in_end(text: str) -> int:
    """``其中，在展会方面，对…``, ``2023年12月31日前，…`` and ``根据《…办法》，…`` lead to the heading, they are none."""
    match = _LEAD_IN.match(text)
    return match.end() if match and match.end() < len(text) - 8 else 0


def _tells(clause: str) -> bool:
    """Whether a clause says what is granted."""
    return grants.gives(clause) or bool(re.search(r"\d[万亿]?元", clause))


def _clause_end(text: str, start: int) -> int:
    """End of the clause: its comma, or a 、 that closes a grant of its own."""
    stop = next((i for i in range(min(start + 4, len(text)), len(text)) if text[i] in "，。：；"), len(text))
    match = re.search(r"(?:补贴|补助|奖励|返还)(?=、)", text[start:stop])
    return start + match.end() if match else stop


def _shared_opening(text: str, siblings: list[str]) -> int:
    """Length of an opening of at least 8 characters that two more paragraphs have too."""
    for length in range(min(40, len(text) - 10), 7, -1):
        opening = text[:length]
        if len(list(islice((True for other in siblings if other.startswith(opening)), 3))) == 3:
            comma = text.find("，", length, length + 20)
            return comma + 1 if comma > 0 else length
    return 0
