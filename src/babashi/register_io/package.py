"""An XLSX file as a package: checked against bombs before anything in it is parsed."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from lxml import etree

from babashi.register_io.limits import MEBIBYTE, Limits
from babashi.register_io.rows import UnreadableFile

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_DAMAGED_ADVICE: Final = "请用 Excel 或 WPS 打开后另存为 .xlsx 再导入"
_BOMB_ADVICE: Final = "这不像正常的工作簿，未读取；请另存为 CSV UTF-8 后再导入"


@contextmanager
def open_package(path: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """The package of an XLSX file.

    Raises :class:`UnreadableFile` when it is no package, has a password, or would unpack to more
    than the limits allow.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(len(_OLE))
        if head == _OLE:
            raise _ole_file(path, size)
        if size > limits.workbook_bytes:
            mebibytes = limits.workbook_bytes // MEBIBYTE
            raise UnreadableFile(f"工作簿超过 {mebibytes} MB", "请另存为 CSV UTF-8 后再导入")
        package = zipfile.ZipFile(path)
    except OSError as error:
        raise UnreadableFile(f"文件打不开（{error.strerror or error}）", "请检查文件权限") from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UnreadableFile("不是有效的 .xlsx 文件，或文件已损坏", _DAMAGED_ADVICE) from error
    with package:
        _check_sizes(package, limits)
        yield package


def read_part(package: zipfile.ZipFile, name: str, limit: int) -> bytes | None:
    """A small part as a whole, ``None`` when the package has none of that name."""
    try:
        with package.open(name) as stream:
            data = stream.read(limit + 1)
    except KeyError:
        return None
    except _ZIP_ERRORS as error:
        raise UnreadableFile(f"工作簿里的 {name} 已损坏", _DAMAGED_ADVICE) from error
    if len(data) > limit:
        raise UnreadableFile(f"工作簿里的 {name} 太大", _BOMB_ADVICE)
    return data


def parse_part(package: zipfile.ZipFile, name: str, limit: int = 16 * MEBIBYTE) -> etree._Element | None:
    """A small XML part as a tree."""
    data = read_part(package, name, limit)
    if data is None:
        return None
    refuse_doctype(data[:4096])
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(f"工作簿里的 {name} 已损坏", _DAMAGED_ADVICE) from error


@contextmanager
def open_elements(package: zipfile.ZipFile, name: str, tag: str, limit: int) -> Iterator[ElementStream]:
    """The elements of one tag of a large part, one after the other."""
    try:
        stream = package.open(name)
    except KeyError as error:
        raise UnreadableFile(f"工作簿里缺少 {name}", _DAMAGED_ADVICE) from error
    except _ZIP_ERRORS as error:
        raise UnreadableFile(f"工作簿里的 {name} 已损坏", _DAMAGED_ADVICE) from error
    with stream:
        yield ElementStream(stream, name, tag, limit)


@dataclass(slots=True)
class ElementStream:
    """Yields elements as they are completed and forgets them afterwards.

    ``limit`` bounds the XML between two elements, so that one endless row can't fill the memory.
    """

    stream: IO[bytes]
    name: str
    tag: str
    limit: int
    read_bytes: int = 0
    _since_element: int = 0

    def __iter__(self) -> Iterator[etree._Element]:
        events = etree.iterparse(
            self,
            events=("end",),
            tag=self.tag,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        try:
            for _event, element in events:
                yield element
                self._since_element = 0
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        except (etree.XMLSyntaxError, *_ZIP_ERRORS) as error:
            raise UnreadableFile(f"工作簿里的 {self.name} 已损坏", _DAMAGED_ADVICE) from error

    def read(self, size: int) -> bytes:
        """Called by the parser."""
        data = self.stream.read(size)
        if self.read_bytes == 0:
            refuse_doctype(data[:4096])
        self.read_bytes += len(data)
        self._since_element += len(data)
        if self._since_element > self.limit:
            raise UnreadableFile(f"工作簿里的 {self.name} 有一行太大", _BOMB_ADVICE)
        return data


def refuse_doctype(head: bytes) -> None:
    """A workbook never declares a document type; only attacks with entities do."""
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head or "<!DOCTYPE".encode("utf-16-le") in head:
        raise UnreadableFile("工作簿里有不允许的文档类型声明", _BOMB_ADVICE)


_ZIP_ERRORS: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
)


def _ole_file(path: Path, size: int) -> UnreadableFile:
    """Old workbooks and encrypted new ones share a container."""
    with path.open("rb") as stream:
        start = stream.read(4 * MEBIBYTE)
        stream.seek(max(0, size - MEBIBYTE))
        encrypted = _ENCRYPTED in start or _ENCRYPTED in stream.read()
    if encrypted:
        return UnreadableFile("工作簿设了打开密码，读不了", "请在 Excel 或 WPS 里去掉密码，另存后再导入")
    return UnreadableFile("这是旧版 Excel 工作簿（.xls）", "请另存为 .xlsx 后再导入")


def _check_sizes(package: zipfile.ZipFile, limits: Limits) -> None:
    entries = package.infolist()
    if len(entries) > limits.workbook_entries:
        raise UnreadableFile(f"工作簿里有 {len(entries)} 个部件，太多了", _BOMB_ADVICE)
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableFile("工作簿加了密，读不了", "请去掉密码，另存后再导入")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.workbook_unpacked_bytes:
        raise UnreadableFile(f"工作簿展开后有 {unpacked // MEBIBYTE} MB，太大了", _BOMB_ADVICE)
    for entry in entries:
        ratio = entry.file_size / max(1, entry.compress_size)
        if entry.file_size > MEBIBYTE and ratio > limits.workbook_ratio:
            name = entry.filename[:60]
            raise UnreadableFile(f"工作簿里的 {name} 压缩率异常（{ratio:.0f} 倍）", _BOMB_ADVICE)
