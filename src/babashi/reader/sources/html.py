"""Web pages: the text of the article, block by block, without navigation and scripts."""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree
from lxml import html as lxml_html

from babashi.reader.errors import UnreadableFile
from babashi.reader.sources import Source
from babashi.reader.text import Span

_BLOCKS: Final = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "tr",
        "td",
        "th",
        "br",
        "hr",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "pre",
        "header",
        "footer",
        "main",
        "center",
        "title",
        "body",
        "figure",
        "form",
        "fieldset",
        "aside",
        "nav",
        "tbody",
        "thead",
        "caption",
    ]
)
_DROP: Final = frozenset(
    [
        "script",
        "style",
        "noscript",
        "nav",
        "iframe",
        "svg",
        "button",
        "select",
        "option",
        "form",
        "input",
        "textarea",
        "template",
        "head",
        "object",
    ]
)
_HEADINGS: Final = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_MAX_DEPTH: Final = 400


def looks_like(text: str, suffix: str) -> bool:
    """Whether the text is a web page."""
    if suffix in {".html", ".htm", ".xhtml", ".mht", ".shtml"}:
        return True
    return bool(
        re.match(
            r"\s*(?:<\?xml[^>]{0,100}>\s*)?(?:<!DOCTYPE\s+html|<html|<body|<div|<p[ >])", text, re.IGNORECASE
        )
    )


class _Writer:
    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self.headings: set[int] = set()
        self.tables: list[Span] = []
        self.fresh = True  # at the start of a line

    def text(self, value: str) -> None:
        value = re.sub(r"[ \t\r\n\f\xa0]+", " ", value)
        if self.fresh:
            value = value.lstrip(" ")
        if value:
            self.pieces.append(value)
            self.length += len(value)
            self.fresh = False

    def newline(self) -> None:
        if not self.fresh:
            self.pieces.append("\n")
            self.length += 1
            self.fresh = True

    def tab(self) -> None:
        self.pieces.append("\t")
        self.length += 1


def load(text: str) -> Source:
    """The visible text of a page. Raises UnreadableFile if there is none."""
    text = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text.replace("\x00", ""))
    try:
        parser = lxml_html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
        root = lxml_html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as problem:
        raise UnreadableFile(
            "网页文件里没有可读的内容。请在浏览器里打开，复制正文另存为文本后再试。"
        ) from problem
    writer = _Writer()
    _walk(root, writer, 0, in_row=False)
    result = "".join(writer.pieces)
    if not result.strip():
        raise UnreadableFile(
            "网页里没有文字，正文可能是图片或由脚本加载。请在浏览器里打开后另存为 PDF 或复制为文本。"
        )
    return Source(text=result, headings=frozenset(writer.headings), tables=tuple(writer.tables))


def _walk(element: Any, writer: _Writer, depth: int, *, in_row: bool) -> None:
    tag = element.tag if isinstance(element.tag, str) else ""
    if tag in _DROP or depth > _MAX_DEPTH or _hidden(element):
        return
    if tag == "table" and _is_data(element):
        _table(element, writer)
        return
    block = tag in _BLOCKS and not in_row
    if block:
        writer.newline()
    if tag in _HEADINGS:
        writer.headings.add(writer.length)
    if element.text:
        writer.text(element.text)
    for child in element:
        _walk(child, writer, depth + 1, in_row=in_row)
        if child.tail:
            writer.text(child.tail)
    if block:
        writer.newline()


def _hidden(element: Any) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or element.get("hidden") is not None


def _is_data(table: Any) -> bool:
    """A table of short cells in several columns; layout tables are walked like text."""
    rows = table.findall(".//tr")
    if len(rows) < 2 or table.find(".//table") is not None:
        return False
    widths = [len([c for c in row if c.tag in {"td", "th"}]) for row in rows]
    return max(widths, default=0) >= 2


def _table(table: Any, writer: _Writer) -> None:
    writer.newline()
    start = writer.length
    for row in table.findall(".//tr"):
        first = True
        for cell in row:
            if cell.tag not in {"td", "th"}:
                continue
            if not first:
                writer.tab()
            first = False
            writer.text("".join(cell.itertext()).strip())
        writer.fresh = False
        writer.newline()
    writer.tables.append(Span(start, writer.length))
