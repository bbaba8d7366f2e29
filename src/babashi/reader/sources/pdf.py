"""PDF files with text: lines of a page joined to paragraphs, headers and footers left out, tables row by row."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfparser import PDFSyntaxError

from babashi.reader import labels
from babashi.reader.errors import ReaderError, ScannedDocument, UnreadableFile
from babashi.reader.sources import Source
from babashi.reader.text import Span, View, normalise

MAX_PAGES: Final = 120
MAX_CHARS_PAGE: Final = 20_000
_PAGE_NUMBER: Final = re.compile(
    r"^[-—–－\s·第]*\d{1,4}[-—–－\s·页]*(?:/\s*\d{1,4}|共\s*\d{1,4}\s*页)?[-—–－\s]*$"
)
_BARE_NUMBER: Final = re.compile(r"^\s*\d{1,4}\s*$")
_SCAN_ADVICE: Final = (
    "这份 PDF 是扫描件（只有图片，没有文字），读不出内容。请向发文单位索要 Word 版，"
    "或先用 OCR 软件识别成文字（识别后请核对数字），再另存为 docx 或 txt。"
)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    is_row: bool = False


def load(data: bytes) -> Source:
    """The text of a PDF file."""
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > MAX_PAGES:
                raise UnreadableFile(
                    f"PDF 有 {len(document.pages)} 页，超过上限 {MAX_PAGES} 页。请只保留通知正文。"
                )
            pages = [_page(page) for page in document.pages]
            images = sum(1 for count in pages if count[1])
    except ReaderError:
        raise
    except PDFPasswordIncorrect as problem:
        raise UnreadableFile("PDF 有密码。请去掉密码（打印或另存为新的 PDF）后再试。") from problem
    except PDFSyntaxError as problem:
        raise UnreadableFile("PDF 已损坏，打不开。请重新下载后再试。") from problem
    except RecursionError as problem:
        raise UnreadableFile("PDF 的结构不正常，无法读取。请打印成新的 PDF 后再试。") from problem
    except Exception as problem:  # the parser raises whatever a broken file makes it stumble over
        message = (
            "PDF 有密码。请去掉密码后再试。"
            if "assword" in repr(problem)
            else "PDF 已损坏，打不开。请重新下载，或打印成新的 PDF 后再试。"
        )
        raise UnreadableFile(message) from problem
    lines = [page_lines for page_lines, _ in pages]
    characters = sum(len(line.text) for page in lines for line in page)
    if characters < 20 * max(1, len(lines)) and (images or not characters):
        raise ScannedDocument(_SCAN_ADVICE)
    return _assemble(_without_furniture(lines))


def _page(page: Any) -> tuple[list[_Line], bool]:
    """Lines of a page from top to bottom, and whether it holds a large picture."""
    if len(page.chars) > MAX_CHARS_PAGE:
        raise UnreadableFile("PDF 一页里的文字多得不正常，无法读取。请打印成新的 PDF 后再试。")
    area = float(page.width) * float(page.height) or 1.0
    large = any(float(i["width"]) * float(i["height"]) > 0.4 * area for i in page.images)
    tables = page.find_tables() if 4 <= len(page.lines) + len(page.rects) <= 3000 else []
    tables = [t for t in tables if len(t.rows) >= 2 and max(len(r.cells) for r in t.rows) >= 2]
    lines: list[_Line] = []
    outside = page
    for table in tables:
        x0, _, x1, _ = table.bbox
        for row, cells in zip(table.rows, table.extract(), strict=False):
            text = "\t".join(re.sub(r"\s+", "", cell or "") for cell in cells)
            lines.append(_Line(text, x0, x1, row.bbox[1], row.bbox[3], 0.0, True))
        outside = outside.filter(lambda o, b=table.bbox: not _inside(o, b))
    for found in outside.extract_text_lines(return_chars=True):
        size = max((float(c["size"]) for c in found["chars"]), default=0.0)
        lines.append(_Line(found["text"], found["x0"], found["x1"], found["top"], found["bottom"], size))
    page.close()
    return sorted(lines, key=lambda line: line.top), large


def _inside(item: Any, box: tuple[float, float, float, float]) -> bool:
    middle_x = (item["x0"] + item["x1"]) / 2
    middle_y = (item["top"] + item["bottom"]) / 2
    return bool(box[0] <= middle_x <= box[2] and box[1] <= middle_y <= box[3])


def _without_furniture(pages: list[list[_Line]]) -> list[list[_Line]]:
    """Page numbers, and first or last lines that come back on most pages, are not text of the notice."""
    edges: Counter[str] = Counter()
    bare: Counter[bool] = Counter()
    for page in pages:
        for line in {_key(line) for line in [*page[:2], *page[-2:]]}:
            edges[line] += 1
        for top, lines in ((True, page[:2]), (False, page[-2:])):
            bare[top] += any(_BARE_NUMBER.match(line.text) for line in lines)
    repeated = {text for text, count in edges.items() if len(pages) >= 3 and count >= 0.6 * len(pages)}

    def furniture(line: _Line, index: int, last: int) -> bool:
        if line.is_row or 1 < index < last - 1:
            return False
        if _BARE_NUMBER.match(line.text):  # a row number of a table stands at the edge of one page only
            return any(2 * bare[top] >= len(pages) for top in (True, False) if _at(index, last, top))
        return bool(_PAGE_NUMBER.match(line.text) or (_key(line) in repeated and len(line.text) < 60))

    return [
        [line for index, line in enumerate(page) if not furniture(line, index, len(page) - 1)]
        for page in pages
    ]


def _at(index: int, last: int, top: bool) -> bool:
    return index <= 1 if top else index >= last - 1


def _key(line: _Line) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", line.text))


def _assemble(pages: list[list[_Line]]) -> Source:
    """Joins lines to paragraphs: a line continues if the one before reached the right margin."""
    body = [line for page in pages for line in page if not line.is_row]
    right = _quantile([line.x1 for line in body], 0.9)
    left = _quantile([line.x0 for line in body], 0.1)
    size = _quantile([line.size for line in body], 0.5) or 12.0
    pieces: list[str] = []
    starts: list[int] = []
    tables: list[Span] = []
    length = 0
    previous: _Line | None = None
    for page in pages:
        first = True
        for line in page:
            joined = previous is not None and _continues(previous, line, left, right, size)
            separator = "" if joined or not pieces else "\n"
            if first:
                starts.append(length + len(separator))
                first = False
            pieces.append(separator + line.text)
            begin, length = length + len(separator), length + len(separator) + len(line.text)
            if line.is_row:
                tables.append(Span(begin, length))
            previous = line
    return Source(text="".join(pieces) + "\n", pages=tuple(starts), tables=tuple(tables))


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[int(share * (len(ordered) - 1))] if ordered else 0.0


def _continues(previous: _Line, line: _Line, left: float, right: float, size: float) -> bool:
    if previous.is_row or line.is_row or abs(previous.size - line.size) > 2.5:
        return False
    if previous.x0 > left + 4 * size:  # a centred line: a title, a document number
        return False
    reached = previous.x1 >= right - 2.2 * size
    indented = line.x0 > left + 1.2 * size
    normal = normalise(line.text)
    view = View.of(normal, 0, min(len(normal), 20))
    starts_item = labels.match_at(view) is not None and (
        indented or previous.text.rstrip()[-1:] in "。；：！？）)"
    )
    return reached and not indented and not starts_item
