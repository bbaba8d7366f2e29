"""Signs that nobody sees, taken out of everything that is typed, sent or imported before anything reads it.

They come along with copied text: marks that turn the direction of reading (so that an amount reads otherwise than it
is stored), spaces without width, control characters of old programs. Nobody means them, no search finds across them,
and in a field they look like an empty one. Line ends and tabs stay, and so do the selectors of rare forms of a sign,
which names of people are written with.
"""

from __future__ import annotations

from typing import Any, Final

RANGES: Final = (
    (0x01, 0x08), (0x0B, 0x0C), (0x0E, 0x1F), (0x7F, 0x9F),  # control characters but tab and line end
    (0xAD, 0xAD),  # soft hyphen
    (0x61C, 0x61C), (0x200B, 0x200F),  # without width, marks of direction
    (0x202A, 0x202E), (0x2060, 0x206F),  # embeddings, overrides, isolates, invisible operators
    (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB),  # byte order mark, annotations
    (0xE0001, 0xE0001), (0xE0020, 0xE007F),  # tags
)  # fmt: skip
_SEEN: Final = {code: "" for first, last in RANGES for code in range(first, last + 1)} | {
    0x2028: "\n",
    0x2029: "\n",
}


def seen(text: str) -> str:
    """The text without what nobody sees."""
    return text if text.isascii() and text.isprintable() else text.translate(_SEEN)


def seen_throughout(content: Any) -> Any:
    """The content of a JSON document with every text in it seen, at any depth; names of members stay as they are.

    Changes the content in place, and goes down without recursion: the parser reads deeper than Python calls.
    """
    whole = [content]
    pending: list[Any] = [whole]
    while pending:
        holder = pending.pop()
        for place, value in holder.items() if isinstance(holder, dict) else enumerate(holder):
            if isinstance(value, str):
                holder[place] = seen(value)
            elif isinstance(value, (dict, list)):
                pending.append(value)
    return whole[0]
