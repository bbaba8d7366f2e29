"""Where something stands in a notice: 第四条, （一）, 末段, however the notice counts and the pack writes it."""

from __future__ import annotations

import re
from typing import Final

NO_NUMBER: Final = "无文号"
"""What stands for the number of a notice that has none."""
_COUNT: Final = "一二三四五六七八九十百零〇"
_NUMBER: Final = re.compile(rf"[{_COUNT}]{{1,5}}|\d{{1,3}}")
_HEAD: Final = re.compile(rf"第([{_COUNT}]{{1,5}}|\d{{1,3}})条")
_BARE: Final = re.compile(rf"([{_COUNT}]{{1,5}})、")


def article_words(article: str) -> str:
    """第四条 for 四, 第4条 for 4; what has a word of its own (第三条（一）, （一）, 末段) as it is."""
    return f"第{article}条" if _NUMBER.fullmatch(article) else article


def article_number(article: str) -> str:
    """The number under which :func:`articles_of` holds an article: 四 for 四, 第四条 and 第四条（二）."""
    head = _HEAD.match(article)
    return head[1] if head is not None else article


def articles_of(text: str) -> dict[str, list[str]]:
    """The articles of a notice by number, 第四条 and 四、 alike; a number that comes again (a list within an
    article, an annex) has several texts."""
    found: dict[str, list[str]] = {}
    for mark in (_HEAD, _BARE):
        starts = list(re.finditer(rf"(?m)^\s*({mark.pattern})", text))
        ends = [start.start() for start in starts[1:]]
        for start, end in zip(starts, [*ends, len(text)], strict=False):  # without a start there is no end
            found.setdefault(start[2], []).append(text[start.start(1) : end])
    return found
