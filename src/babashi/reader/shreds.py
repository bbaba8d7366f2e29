"""Lines of print that a stored copy broke into pieces, put together again.

Text taken out of a page may break a line wherever a mark stands: behind ， and 。, before （ and 《. Such pieces are
no paragraphs and no headings; what shows it is that together they are as wide as the lines of the page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

_MARK_BEFORE: Final = "，、。；：！？”’》）〕】,;:)"
_MARK_BEHIND: Final = "“‘《（〔【，、。；：！？”）("
_NARROWEST, _WIDEST = 24, 60
_SHORT, _OVER = 3.5, 1.0
_FEWEST: Final = 3
_MOST_PIECES: Final = 20
_OPENED: Final = re.compile(r"(?:“[^”]*|《[^》]*|（[^）]*)$")


def groups(lines: Sequence[str], labelled: Sequence[bool]) -> list[range]:
    """The lines of a text by the printed lines that they are pieces of; most are one by themselves."""
    widths = [width(line) for line in lines]
    page = _page(lines, widths)
    result: list[range] = []
    start = 0
    while start < len(lines):
        end = _end(lines, widths, labelled, start, page) if page else start + 1
        result.append(range(start, end))
        start = end
    return result


def width(line: str) -> float:
    """How much of a printed line it takes, in Chinese characters; the space beside figures hardly any."""
    return sum(0 if char.isspace() else 0.5 if char.isascii() else 1 for char in line)


def _page(lines: Sequence[str], widths: Sequence[float]) -> float:
    """The width of the page, 0 where no lines are in pieces."""
    wide = Counter(w for w in widths if _NARROWEST <= w <= _WIDEST)
    if sum(wide.values()) < _FEWEST:
        return 0
    page = max(wide, key=lambda w: (sum(n for other, n in wide.items() if w - 2 <= other <= w), w))
    pieces = sum(line[-1] in "，、" and w < 0.6 * page for line, w in zip(lines, widths, strict=True))
    return page if pieces >= _FEWEST else 0


def _cites(before: str, line: str) -> bool:
    """``第十六条`` behind a title is the article that is cited, no label."""
    return before.endswith("》") and re.match(r"第[一二三四五六七八九十百零〇]{1,6}条", line) is not None


def _end(
    lines: Sequence[str], widths: Sequence[float], labelled: Sequence[bool], start: int, page: float
) -> int:
    """Behind the last piece of the printed line that begins at ``start``: as many as fit into it, if they fill it."""
    total, end = widths[start], start + 1
    for at in range(start + 1, min(len(lines), start + _MOST_PIECES)):
        if labelled[at] and not _OPENED.search(lines[at - 1]) and not _cites(lines[at - 1], lines[at]):
            break
        if lines[at - 1][-1] not in _MARK_BEFORE and lines[at][0] not in _MARK_BEHIND:
            break
        total += widths[at]
        if total > page + _OVER:
            break
        if total >= page - _SHORT:
            end = at + 1
    return end
