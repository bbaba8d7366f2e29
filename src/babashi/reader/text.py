"""Text of a notice in two shapes: as printed, and normalised for comparison, position by position.

``normalise`` maps character by character (full width to half width, traditional to simplified, the many
dashes and brackets to one each), so its result has the same length as the source. A ``View`` then drops
white space and invisible characters and remembers where each remaining character came from. Patterns run on
views; quotes are always cut from the source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from babashi.reader import numerals
from babashi.reader.hanzi import TO_SIMPLIFIED

INVISIBLE: Final = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u061c\u2028\u2029")


def _table() -> dict[int, str]:
    table = {ord(k): v for k, v in TO_SIMPLIFIED.items()}
    for code in range(0xFF01, 0xFF5F):  # full-width ASCII
        table[code] = chr(code - 0xFEE0)
    groups = {
        "-": "—–－‐‑‒―─━−﹣⁃",
        "~": "～〜∼˜",
        "“": "「『〝＂",
        "”": "」』〞",
        "〔": "［[﹝〘【〖",
        "〕": "］]﹞〙】〗",
        "（": "(（﹙",
        "）": ")）﹚",
        "，": "，﹐",
        "：": ":：﹕∶",
        "；": ";；﹔",
        "！": "!！",
        "？": "?？",
        "。": "｡",
        "、": "､",
        "%": "％﹪",
        ".": "．﹒",
        "/": "／∕",
        "·": "•・‧",
    }
    for target, members in groups.items():
        for member in members:
            table[ord(member)] = target
    return table


_TABLE: Final = _table()
# 【 】 stay apart from 〔 〕 where they mark headings, so they are mapped to 〔 〕 only inside numbers.
_TABLE[ord("【")] = "【"
_TABLE[ord("】")] = "】"
_TABLE[ord("〖")] = "【"
_TABLE[ord("〗")] = "】"


def normalise(raw: str) -> str:
    """The same text, character by character in one canonical form. Never changes the length."""
    return raw.translate(_TABLE)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the source text: ``start`` inclusive, ``end`` exclusive, in characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class View:
    """Normalised text without white space; ``offsets[i]`` is the source position of character ``i``."""

    text: str
    offsets: tuple[int, ...]
    gaps: frozenset[int] = field(default_factory=frozenset)

    @classmethod
    def of(cls, normal: str, start: int, end: int) -> View:
        """The view of ``normal[start:end]``."""
        chars: list[str] = []
        offsets: list[int] = []
        gaps: set[int] = set()
        gap = wrapped = False
        for position in range(start, end):
            char = normal[position]
            if char.isspace() or char in INVISIBLE:
                gap, wrapped = True, wrapped or char == "\n"
                continue
            if char == "*" and "*" in (normal[position - 1 : position], normal[position + 1 : position + 2]):
                continue  # Markdown's bold marks
            if char == ",":  # a comma between digits groups thousands, elsewhere it separates clauses
                char = "," if _groups_thousands(normal, position) else "，"
            elif char == "." and chars and _ends_sentence(chars[-1], normal[position + 1 : position + 2]):
                char = "。"
            if gap and chars:
                if (
                    chars[-1].isdigit()
                    and char.isdigit()
                    and not (wrapped or _three_digits(normal, position) or _after_di(chars))
                ):
                    chars.append(" ")
                    offsets.append(position - 1)
                gaps.add(len(chars))
            gap = wrapped = False
            chars.append(char)
            offsets.append(position)
        return cls("".join(chars), tuple(offsets), frozenset(gaps))

    def span(self, start: int, end: int) -> Span:
        """Source positions of ``text[start:end]``; an empty stretch gives an empty span."""
        if end <= start:
            at = self.offsets[start] if start < len(self.offsets) else 0
            return Span(at, at)
        return Span(self.offsets[start], self.offsets[end - 1] + 1)

    def __len__(self) -> int:
        return len(self.text)


def _ends_sentence(before: str, after: str) -> bool:
    """A half-width period behind a Chinese word; behind 一 it belongs to a label."""
    return (
        "一" <= before <= "龥"
        and before not in numerals.CHARACTERS
        and not (after.isascii() and after.isalnum())
    )


def _groups_thousands(normal: str, position: int) -> bool:
    before = normal[max(0, position - 1) : position]
    after = normal[position + 1 : position + 5]
    return before.isdigit() and len(after) >= 3 and after[:3].isdigit() and not after[3:4].isdigit()


def _three_digits(normal: str, position: int) -> bool:
    """``2 000``: a space may group thousands too."""
    following = normal[position : position + 4]
    return following[:3].isdigit() and len(following[:3]) == 3 and not following[3:].isdigit()


def _after_di(chars: list[str]) -> bool:
    """``第 1 0 条``: white space inside an ordinal means nothing."""
    at = len(chars)
    while at > 0 and at > len(chars) - 4 and chars[at - 1].isdigit():
        at -= 1
    return at > 0 and chars[at - 1] == "第"


@lru_cache(maxsize=4096)
def squeeze(text: str) -> str:
    """Normalised text without white space, for comparing two strings."""
    return "".join(c for c in normalise(text) if not c.isspace() and c not in INVISIBLE)
