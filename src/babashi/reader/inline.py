"""Labels inside a paragraph: ``…。（二）…``, and texts whose line breaks are lost.

A label inside a line may be a reference or part of a number, so it counts only where its number fits: it
goes on from the label of its kind before it, or opens a series whose next number follows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

from babashi.reader import labels
from babashi.reader.grants import FACET, POSITIVE_FACET
from babashi.reader.labels import Label
from babashi.reader.text import View

_CN: Final = "一二三四五六七八九十"
_CANDIDATE: Final = re.compile(
    rf"(?=（[{_CN}]{{1,3}}）|第[{_CN}]{{1,4}}[条章]|[{_CN}]{{1,3}}、|\d{{1,2}}[.、]|（\d{{1,2}}）)"
)
_KINDS: Final = {"chapter", "article", "cn", "cn_paren", "num", "num_paren"}
_ENCLOSED: Final = {"chapter", "article", "cn_paren"}  # so marked that they may follow a title without a gap
_SHORTEST: Final = 24
_REFERS_BEFORE: Final = re.compile(
    r"[第按照据款条项即和与及或、（]$|(?:上述|符合|满足|执行|规定|根据|参照|享受|见|除)$"
)
_REFERS_AFTER: Final = re.compile(r"[款项条类档种）和与及或至]|（|规定|中的|所")


def _candidates(view: View) -> list[tuple[int, Label, bool, bool]]:
    """(position, label, whether a full stop or a gap stands before it, whether a title does) of what may be a label."""
    if len(view) < _SHORTEST:
        return []
    text = view.text
    first = labels.match_at(view)
    points: set[str] = set()  # kinds of label that count the points of a part of a policy
    found: list[tuple[int, Label, bool, bool]] = []
    for match in _CANDIDATE.finditer(text, first.end if first else 1):
        at = match.start()
        label = labels.match_at(view, at)
        if label is None or label.kind not in _KINDS or label.end >= len(text):
            continue
        # （1）（2） inside one numbered item are its points
        if label.kind == "num_paren" and first is not None and first.kind != "num_paren":
            if first.kind != "cn" or not _bare_title(text, first.end, at, points):
                continue
            points.add("free")
        if text[at - 1] == "：" and _names_a_part(text[max(0, at - 16) : at - 1]):
            points.add(label.kind)
        if label.kind in points:
            continue
        titled = _ends_title(text[:at])
        clear = titled or text[at - 1] in "。！？；：" or at in view.gaps
        if not clear and text[at - 1] != "）" and label.kind not in _ENCLOSED:
            continue
        if text[label.end].isdigit() or _REFERS_AFTER.match(text, label.end):
            continue
        if not clear and _REFERS_BEFORE.search(text[max(0, at - 3) : at]):
            continue
        found.append((at, label, clear, titled))
    return found


# 六、补贴。（1）…（2）…
_BARE: Final = re.compile(r"[一-龥、]{2,12}。")


def _bare_title(text: str, start: int, at: int, points: set[str]) -> bool:
    """Whether （1）（2） stand right behind a bare title: then they are items like on lines of their own."""
    return "free" in points or _BARE.fullmatch(text, start, at) is not None


def _names_a_part(before: str) -> bool:
    """``申报条件：1.…；2.…``: the numbers count what is asked for. Below 奖励标准： they count what is granted."""
    part = re.split("[。；]", before)[-1]
    return FACET.match(part) is not None and POSITIVE_FACET.search(part) is None


# 三、提升商贸服务业9.鼓励…: a heading whose line break is lost
_TITLE: Final = re.compile(
    rf"(?:^|[^第按照据款条项、（])(?:[{_CN}]{{1,3}}、|（[{_CN}]{{1,3}}）"
    rf"|第[{_CN}]{{1,3}}条)[一-龥“”、]{{4,30}}$"
)


def _ends_title(before: str) -> bool:
    return _TITLE.search(before[-44:]) is not None


def cuts(views: list[View]) -> list[list[int]]:
    """Where each paragraph is to be cut, for all paragraphs of a text in order."""
    found = [_candidates(view) for view in views]
    starts = [labels.match_at(view) for view in views]
    ahead: dict[tuple[str, int], int] = defaultdict(int)  # labels that are still to come
    for start, inside in zip(starts, found, strict=True):
        for label in [start, *(label for _, label, _, _ in inside)]:
            if label is not None:
                ahead[label.kind, label.number] += 1
    last: dict[str, int] = {}
    fresh: set[str] = set()  # kinds that have a label since the last label of a higher rank
    result: list[list[int]] = []
    for start, inside in zip(starts, found, strict=True):
        accepted: list[int] = []
        if start is not None:
            ahead[start.kind, start.number] -= 1
            _take(start, last, fresh)
        for at, label, clear, titled in inside:
            kind, number = label.kind, label.number
            ahead[kind, number] -= 1
            follows = ahead[kind, number + 1] > 0
            goes_on = number > 1 and number == last.get(kind, -1) + 1
            opens = (follows and (number == 1 or (clear and kind not in fresh))) or (number == 1 and titled)
            if goes_on or opens:
                accepted.append(at)
                _take(label, last, fresh)
        result.append(accepted)
    return result


def _take(label: Label, last: dict[str, int], fresh: set[str]) -> None:
    last[label.kind] = label.number
    fresh -= {kind for kind in fresh if labels.RANK[kind] > labels.RANK[label.kind]}
    fresh.add(label.kind)
