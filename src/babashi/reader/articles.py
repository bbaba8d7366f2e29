"""Articles that a sentence names: 第二条, 第一、三条, 第二条至第四条."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from unicodedata import numeric

from babashi.reader import numerals
from babashi.reader.days import DATE, INTO

# 第二条执行至…, 第一、三条自…起执行，至…: the period of the articles that are named
_NTH: Final = r"[一二三四五六七八九十百\d]{1,4}"
ARTICLES: Final = re.compile(
    rf"第(?P<articles>{_NTH}[条项点]?(?:(?:、|和|及|与|至|到|-)第?{_NTH}[条项点]?){{0,9}})(?<=[条项点])"
    r"(?:的|所列|规定|政策|措施|条款|内容|事项|补[贴助]|奖励){0,3}"
    rf"(?:(?:自|从)?{DATE}(?:起|开始)*{INTO}?[，、]?)?$"
)


_SIGNS: Final = re.compile(
    r"(?P<articles>[①-⑳❶-❿➀-➓](?:[、和及与]?[①-⑳❶-❿➀-➓]){0,19})(?:[条项点]|政策|措施|内容|的){0,3}$"
)


def directed(text: str, start: int, end: int) -> str | None:
    """The articles that a sentence gives a period to, if it names any right before ``end``."""
    begin = max(start, end - 60)
    named = ARTICLES.search(text, begin, end) or _SIGNS.search(text, begin, end)
    return named["articles"] if named else None


def numbers(articles: str) -> Iterable[int]:
    """``一、三条``, ``一条至第四条`` and ``❶❸`` as numbers."""
    if _SIGNS.fullmatch(articles):
        yield from (int(numeric(sign)) for sign in articles if sign not in "、和及与")
        return
    for piece in re.split("[、和及与]", articles):
        ends = [numerals.parse_int(re.sub("[第条项点]", "", end)) for end in re.split("[至到-]", piece)]
        first, last = ends[0], ends[-1]
        if first is not None and last is not None:
            yield from range(first, min(last, first + 99) + 1)
