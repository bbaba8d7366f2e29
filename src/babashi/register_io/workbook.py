"""Sheets of an XLSX file as rows of texts.

Only stored values are read: formulas give the result that the spreadsheet program saved, macros,
links and drawings are never touched.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lxml import etree

from babashi.register_io.limits import MEBIBYTE, Limits
from babashi.register_io.package import ElementStream, open_elements, open_package, parse_part
from babashi.register_io.rows import Fault, RawRow, UnreadableFile
from babashi.register_io.spreadsheet import date_text, is_date_format, number_text

_DAMAGED_ADVICE: Final = "请用 Excel 或 WPS 打开后另存为 .xlsx 再导入"
_COLUMN: Final = re.compile(r"([A-Z]{1,3})[0-9]*")


@dataclass(frozen=True, slots=True)
class SheetSource:
    """One sheet of a workbook."""

    path: Path
    sheet: str
    part: str
    size: int
    limits: Limits

    @property
    def name(self) -> str:
        """File and sheet."""
        return f"{self.path.name}[{self.sheet}]"

    @contextmanager
    def open(self) -> Iterator[SheetStream]:
        """Open it with the strings and styles of its workbook."""
        with open_package(self.path, self.limits) as package:
            book = _Book.read(package, self.limits)
            tag = f"{{{book.namespace}}}row"
            with open_elements(package, self.part, tag, self.limits.workbook_row_bytes) as elements:
                yield SheetStream(elements, book, self.limits)


def sheets_of(path: Path, limits: Limits) -> list[SheetSource]:
    """All worksheets of a workbook, in its order. Raises :class:`UnreadableFile`."""
    with open_package(path, limits) as package:
        location = _workbook_part(package)
        workbook = parse_part(package, location)
        if workbook is None:
            raise UnreadableFile("工作簿里缺少工作表目录", _DAMAGED_ADVICE)
        targets = _relations(package, location)
        sheets = []
        for element in workbook.iter("{*}sheet"):
            relation = next((v for k, v in element.attrib.items() if etree.QName(k).localname == "id"), "")
            kind, target = targets.get(str(relation), ("", ""))
            if kind.endswith("/worksheet") and target in package.NameToInfo:
                size = package.getinfo(target).file_size
                sheets.append(SheetSource(path, element.get("name") or "", target, size, limits))
        return sheets


@dataclass(slots=True)
class SheetStream:
    """Rows of an open sheet."""

    elements: ElementStream
    book: _Book
    limits: Limits

    @property
    def pads(self) -> bool:
        """Empty cells at the end are not stored."""
        return True

    def offset(self) -> int:
        """Bytes of XML read so far."""
        return self.elements.read_bytes

    def __iter__(self) -> Iterator[RawRow]:
        number = 0
        for element in self.elements:
            given = element.get("r") or ""
            number = int(given) if given.isascii() and given.isdigit() and len(given) <= 8 else number + 1
            yield self._row(number, element)

    def _row(self, number: int, element: etree._Element) -> RawRow:
        cells: list[str] = []
        faults: list[Fault] = []
        for cell in element:
            column = _column_index(cell.get("r"), len(cells))
            if column >= self.limits.columns:
                faults.append(Fault(None, None, f"这一行超过 {self.limits.columns} 列", "请删去多余的列"))
                break
            if column < len(cells):
                faults.append(Fault(None, None, "这一行的单元格次序混乱", _DAMAGED_ADVICE))
                break
            text, fault = self._cell(cell)
            if not text and fault is None:
                continue
            cells.extend([""] * (column - len(cells)))
            cells.append(text)
            if fault is not None:
                faults.append(Fault(column, text, *fault))
        return RawRow(number, cells, tuple(faults))

    def _cell(self, cell: etree._Element) -> tuple[str, tuple[str, str] | None]:
        """Text of a cell, and what is wrong with it."""
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return "".join(_joined_text(child) for child in cell), None
        value = has_formula = None
        for child in cell:
            tag = etree.QName(child).localname
            if tag == "v":
                value = child.text
            elif tag == "f":
                has_formula = True
        if value is None or value == "":
            if has_formula and kind != "str":
                return "", ("公式没有保存计算结果", "请在 Excel 里打开并保存一次，或改成数值")
            return "", None
        return self._text(kind, value, cell.get("s"))

    def _text(self, kind: str, value: str, style: str | None) -> tuple[str, tuple[str, str] | None]:
        if kind == "s":
            if value.isdigit() and int(value) < len(self.book.strings):
                return self.book.strings[int(value)], None
            return value, ("单元格指向不存在的文字，工作簿已损坏", _DAMAGED_ADVICE)
        if kind == "b":
            return ("true" if value == "1" else "false"), None
        if kind == "e":
            return value, (f"单元格是错误值 {value[:20]}", "请改正公式，或直接填写数值；不知道就留空")
        if kind in ("str", "d"):
            return value, None
        if style is not None and style.isdigit() and int(style) in self.book.date_styles:
            return date_text(value, self.book.starts_1904), None
        return number_text(value), None


@dataclass(slots=True)
class _Book:
    """What the cells of all sheets refer to."""

    namespace: str
    strings: list[str] = field(default_factory=list)
    date_styles: frozenset[int] = frozenset()
    starts_1904: bool = False

    @classmethod
    def read(cls, package: zipfile.ZipFile, limits: Limits) -> _Book:
        location = _workbook_part(package)
        workbook = parse_part(package, location)
        if workbook is None:
            raise UnreadableFile("工作簿里缺少工作表目录", _DAMAGED_ADVICE)
        book = cls(etree.QName(workbook).namespace or "")
        properties = workbook.find("{*}workbookPr")
        book.starts_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        parts = {kind.rsplit("/", 1)[-1]: target for kind, target in _relations(package, location).values()}
        if "sharedStrings" in parts:
            book.strings = _shared_strings(package, parts["sharedStrings"], book.namespace, limits)
        if "styles" in parts:
            book.date_styles = _date_styles(package, parts["styles"])
        return book


def _workbook_part(package: zipfile.ZipFile) -> str:
    for kind, target in _relations(package, "").values():
        if kind.endswith("/officeDocument"):
            return target
    raise UnreadableFile("不是 Excel 工作簿", _DAMAGED_ADVICE)


def _relations(package: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Relations of a part: id → (kind, name of the part); links out of the package are left out."""
    folder, name = posixpath.split(part)
    root = parse_part(package, posixpath.join(folder, "_rels", f"{name}.rels"))
    found: dict[str, tuple[str, str]] = {}
    for element in () if root is None else root:
        if element.get("TargetMode") != "External" and element.get("Id"):
            target = posixpath.normpath(posixpath.join("/", folder, element.get("Target") or "")).lstrip("/")
            found[element.get("Id") or ""] = (element.get("Type") or "", target)
    return found


def _shared_strings(package: zipfile.ZipFile, part: str, namespace: str, limits: Limits) -> list[str]:
    size = package.NameToInfo[part].file_size if part in package.NameToInfo else 0
    if size > limits.workbook_strings_bytes:
        mebibytes = size // MEBIBYTE
        raise UnreadableFile(f"工作簿的文字表有 {mebibytes} MB，太大了", "请另存为 CSV UTF-8 后再导入")
    with open_elements(package, part, f"{{{namespace}}}si", limits.workbook_row_bytes * 16) as elements:
        return [_joined_text(element) for element in elements]


def _date_styles(package: zipfile.ZipFile, part: str) -> frozenset[int]:
    root = parse_part(package, part)
    if root is None:
        return frozenset()
    own = {e.get("numFmtId", ""): e.get("formatCode", "") for e in root.iterfind("{*}numFmts/{*}numFmt")}
    styles = set()
    for index, element in enumerate(root.iterfind("{*}cellXfs/{*}xf")):
        identifier = element.get("numFmtId", "0")
        if is_date_format(identifier, own.get(identifier)):
            styles.add(index)
    return frozenset(styles)


def _joined_text(element: etree._Element) -> str:
    """Text of a rich string without its phonetic reading."""
    if len(element) == 1 and len(element[0]) == 0:
        return element[0].text or ""
    texts = []
    for text in element.iter("{*}t"):
        parent = text.getparent()
        if parent is None or etree.QName(parent).localname != "rPh":
            texts.append(text.text or "")
    return "".join(texts)


def _column_index(reference: str | None, following: int) -> int:
    """Column of ``C7``, counted from 0; without a reference the one after the last."""
    match = _COLUMN.match(reference or "")
    if match is None:
        return following
    index = 0
    for letter in match[1]:
        index = index * 26 + ord(letter) - 64
    return index - 1
