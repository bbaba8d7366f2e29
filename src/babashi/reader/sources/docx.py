"""Word files: paragraphs with the numbering that Word shows but does not store, and tables."""

from __future__ import annotations

import io
import zipfile
from typing import Any, Final

from lxml import etree

from babashi.reader.errors import UnreadableFile
from babashi.reader.sources import Source
from babashi.reader.sources.numbering import Numbering
from babashi.reader.text import Span

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MAX_PART: Final = 64 * 1024 * 1024
MAX_RATIO: Final = 200
MAX_TEXT: Final = 4_000_000


def load(data: bytes) -> Source:
    """The body text of a .docx file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            document = _part(archive, "word/document.xml")
            numbering = _part(archive, "word/numbering.xml")
            styles = _part(archive, "word/styles.xml")
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as problem:
        if "password" in str(problem) or "encrypt" in str(problem):
            raise UnreadableFile("文件有密码。请去掉密码后再试。") from problem
        raise UnreadableFile("Word 文件已损坏，打不开。请用 Word/WPS 打开后另存为 docx。") from problem
    if document is None:
        raise UnreadableFile("Word 文件里没有正文。请用 Word/WPS 打开后另存为 docx。")
    body = _xml(document).find(f"{_W}body")
    if body is None:
        raise UnreadableFile("Word 文件里没有正文。请用 Word/WPS 打开后另存为 docx。")
    writer = _Writer(Numbering.read(_optional(numbering), _optional(styles)))
    writer.blocks(body, 0)
    text = "".join(writer.pieces)
    if not text.strip():
        raise UnreadableFile("Word 文件里没有文字，可能是插入的扫描图片。请先做文字识别（OCR）。")
    return Source(text=text, tables=tuple(writer.tables), headings=frozenset(writer.headings))


def _part(archive: zipfile.ZipFile, name: str) -> bytes | None:
    try:
        info = archive.getinfo(name)
    except KeyError:
        return None
    if info.flag_bits & 1:
        raise UnreadableFile("文件有密码。请去掉密码后再试。")
    if info.file_size > MAX_PART or info.file_size > MAX_RATIO * max(1, info.compress_size) + 2_000_000:
        raise UnreadableFile(
            "文件解压后大得不正常（可能是压缩炸弹），已拒绝。请用 Word/WPS 打开后另存为 docx。"
        )
    with archive.open(info) as stream:
        content = stream.read(MAX_PART + 1)
    if len(content) > MAX_PART:
        raise UnreadableFile(
            "文件解压后大得不正常（可能是压缩炸弹），已拒绝。请用 Word/WPS 打开后另存为 docx。"
        )
    return content


def _xml(content: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser=parser)
    except etree.XMLSyntaxError as problem:
        raise UnreadableFile("Word 文件的内容已损坏。请用 Word/WPS 打开后另存为 docx。") from problem


def _optional(content: bytes | None) -> Any:
    if content is None:
        return None
    try:
        return _xml(content)
    except UnreadableFile:
        return None


class _Writer:
    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self.pieces: list[str] = []
        self.length = 0
        self.tables: list[Span] = []
        self.headings: set[int] = set()

    def write(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)
        if self.length > MAX_TEXT:
            raise UnreadableFile("文件的文字太多，不像一份通知。请只保留正文后再试。")

    def blocks(self, parent: Any, depth: int) -> None:
        """Paragraphs and tables in order; content controls are looked into."""
        if depth > 30:
            return
        for child in parent:
            if child.tag == f"{_W}p":
                self.paragraph(child)
            elif child.tag == f"{_W}tbl":
                self.table(child, depth)
            elif child.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}smartTag", f"{_W}customXml"}:
                self.blocks(child, depth + 1)

    def paragraph(self, element: Any) -> None:
        text = text_of(element)
        label = self.numbering.label(element, bool(text.strip()))
        if text.strip() and self.numbering.is_heading(element):
            self.headings.add(self.length)
        self.write(label + text + "\n")

    def table(self, element: Any, depth: int) -> None:
        start = self.length
        for row in element.iter(f"{_W}tr"):
            cells = [
                " ".join(" ".join(text_of(p).split()) for p in cell.iter(f"{_W}p")).strip()
                for cell in row.findall(f"{_W}tc")
            ]
            if len(cells) == 1:
                for cell in row.findall(f"{_W}tc"):
                    self.blocks(cell, depth + 1)
            elif any(cells):
                self.write("\t".join(cells) + "\n")
        self.tables.append(Span(start, self.length))


def text_of(paragraph: Any) -> str:
    """The text of a paragraph: runs, tabs and breaks; deleted text and fallbacks are left out."""
    parts: list[str] = []
    _collect(paragraph, parts, 0)
    return "".join(parts)


def _collect(element: Any, parts: list[str], depth: int) -> None:
    if depth > 60:
        return
    for child in element:
        tag = child.tag
        if tag == f"{_W}t":
            parts.append(child.text or "")
        elif tag == f"{_W}tab":
            parts.append("\t")
        elif tag in {f"{_W}br", f"{_W}cr"}:
            parts.append("\n")
        elif tag == f"{_W}noBreakHyphen":
            parts.append("-")
        elif tag in {
            f"{_W}del",
            f"{_W}instrText",
            f"{_MC}Fallback",
            f"{_W}pPr",
            f"{_W}rPr",
            f"{_W}txbxContent",
        }:
            continue
        elif isinstance(tag, str):
            _collect(child, parts, depth + 1)
