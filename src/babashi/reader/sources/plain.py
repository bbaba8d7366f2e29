"""Plain text and Markdown."""

from __future__ import annotations

import re
from typing import Final

from babashi.reader.errors import UnreadableFile
from babashi.reader.sources import Source

_HEADING: Final = re.compile(r"^(?P<mark>#{1,6})[ \t]+", re.MULTILINE)
_MARKS: Final = re.compile(
    r"\*\*|__|^[ \t]*>[ \t]?|^[ \t]*(?:-{3,}|\*{3,}|_{3,})[ \t]*$|(?<=\d)\\(?=[.)])|<br\s*/?>"
    r"|^\|?[ \t]*:?-{3,}:?[ \t|:-]*$",
    re.MULTILINE,
)
_LINK: Final = re.compile(r"!?\[([^\]\n]{0,300})\]\([^)\n]{0,500}\)")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def decode(data: bytes) -> str:
    """Text in UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as problem:
            raise UnreadableFile("文字编码（UTF-16）有错误。请用记事本另存为 UTF-8 后再试。") from problem
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _checked(text)
    text = data.decode("gb18030", errors="replace")
    if text.count("\ufffd") > max(3, len(text) // 200):
        raise UnreadableFile("认不出文字编码。请用记事本或 WPS 打开，另存为 UTF-8 编码的文本后再试。")
    return _checked(text)


def _checked(text: str) -> str:
    if len(_CONTROL.findall(text[:20000])) > max(8, len(text[:20000]) // 50):
        raise UnreadableFile("这不是文字文件。请给出 docx、pdf、html、txt 或 md 文件。")
    return text


def load(text: str, *, markdown: bool = False) -> Source:
    """The text itself; Markdown loses its marks and keeps its headings."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise UnreadableFile("文件里没有文字。请检查是否选错了文件。")
    if not markdown:
        return Source(text=text)
    text = _LINK.sub(lambda m: m[1], text)
    text = _MARKS.sub("", text)
    headings: set[int] = set()
    pieces: list[str] = []
    length = position = 0
    for match in _HEADING.finditer(text):
        pieces.append(text[position : match.start()])
        length += match.start() - position
        headings.add(length)
        position = match.end()
    pieces.append(text[position:])
    return Source(text="".join(pieces), headings=frozenset(headings))
