"""What the bytes of an upload really are. The name decides nothing. Pure: no database, no disk."""

import io
import logging
import warnings
import zipfile
from typing import Any

from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from babashi.files.errors import Refused
from babashi.files.ole import MAGIC as OLE_MAGIC
from babashi.files.ole import BrokenCompound, Compound, word_is_encrypted, workbook_is_encrypted
from babashi.files.ooxml import Unacceptable, office_kind

MAX_PIXELS = 100_000_000
MAX_PAGES = 3_000
ACCEPTED = "PDF、PNG、JPG 图片，或 Word、Excel、PowerPoint 文件"
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
}
_DAMAGED = "文件已损坏，打不开。请重新导出或扫描后再上传。"
_ACTIVE = ("/JavaScript", "/JS", "/Launch", "/ImportData", "/SubmitForm")
_CARRIERS = frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"})
"""Annotations that carry files or players."""
MAX_OBJECTS = 300_000
_FOREIGN = (
    (b"MZ", "这是程序文件，不能上传。"),
    (b"\x7fELF", "这是程序文件，不能上传。"),
    (b"\xca\xfe\xba\xbe", "这是程序文件，不能上传。"),
    (b"#!", "这是脚本文件，不能上传。"),
    (b"Rar!", "压缩包不能上传。请把里面的文件逐个上传。"),
    (b"7z\xbc\xaf", "压缩包不能上传。请把里面的文件逐个上传。"),
    (b"\x1f\x8b", "压缩包不能上传。请把里面的文件逐个上传。"),
    (b"GIF8", "不接收 GIF 图片。请另存为 PNG 或 JPG 再上传。"),
    (b"BM", "不接收 BMP 图片。请另存为 PNG 或 JPG 再上传。"),
    (b"{\\rtf", "不接收 RTF 文件。请另存为 .docx 或 PDF 再上传。"),
)


def kind_of(data: bytes) -> str:
    """One of the keys of CONTENT_TYPES. Raises Refused for anything else and for what is unsafe or broken."""
    if not data:
        raise Refused("文件是空的（0 字节）。请检查后重新选择。")
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _image(data, "PNG")
    if data.startswith(b"\xff\xd8\xff"):
        return _image(data, "JPEG")
    if data.startswith(OLE_MAGIC):
        return _old_office(data)
    if data.startswith(b"PK\x03\x04"):
        try:
            return office_kind(data)
        except Unacceptable as error:
            raise Refused(str(error)) from None
    for magic, reason in _FOREIGN:
        if data.startswith(magic):
            raise Refused(f"{reason}可以上传{ACCEPTED}。")
    raise Refused(f"认不出这是什么文件。请上传{ACCEPTED}。")


def _image(data: bytes, wanted: str) -> str:
    _refuse_archive_behind(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=[wanted]) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise Refused("图片的像素太多（超过一亿）。请缩小后再上传。")
                image.verify()
            with Image.open(io.BytesIO(data), formats=[wanted]) as image:
                image.load()
    except Refused:
        raise
    except (OSError, SyntaxError, ValueError, MemoryError, Image.DecompressionBombError):
        raise Refused("图片已损坏，打不开。请重新拍照或扫描后再上传。") from None
    return "png" if wanted == "PNG" else "jpg"


def _pdf(data: bytes) -> str:
    _refuse_archive_behind(data)
    # pypdf writes every oddity of a file to the log; here a file is either taken or refused
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise Refused("PDF 设有密码或权限限制。请去掉密码（可用“打印为 PDF”另存）后再上传。")
        root = reader.root_object
        if _is_active(root):
            raise Refused("PDF 带有脚本或自动执行的动作。请用“打印为 PDF”另存后再上传。")
        pages = len(reader.pages)
    except Refused:
        raise
    except Exception:  # a broken file makes the parser fail in any way it likes
        raise Refused(f"PDF {_DAMAGED}") from None
    if not pages:
        raise Refused("PDF 里没有一页内容。请检查后重新导出。")
    if pages > MAX_PAGES:
        raise Refused(f"PDF 超过 {MAX_PAGES} 页。请拆开，只上传需要的部分。")
    return "pdf"


def _is_active(root: Any) -> bool:
    """Whether anything reachable from the catalogue runs, launches, sends, or carries another file.

    All of it is walked: actions hide in pages, annotations, form fields and chains of ``/Next``.
    """
    waiting: list[Any] = [root]
    seen: set[tuple[int, int]] = set()
    visited = 0
    while waiting:
        value = waiting.pop()
        if isinstance(value, IndirectObject):
            key = (value.idnum, value.generation)
            if key in seen:
                continue
            seen.add(key)
            value = value.get_object()
        visited += 1
        if visited > MAX_OBJECTS:
            raise Refused("PDF 的内部结构过于复杂。请用“打印为 PDF”另存后再上传。")
        if isinstance(value, DictionaryObject):
            if _resolved(value.get("/S")) in _ACTIVE or _resolved(value.get("/Subtype")) in _CARRIERS:
                return True
            if any(name in value for name in ("/JS", "/JavaScript", "/EmbeddedFiles")):
                return True
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return False


def _resolved(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _refuse_archive_behind(data: bytes) -> None:
    """A file that is at the same time an archive hides something: Office and browsers read it differently."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        raise Refused("文件后面夹带了压缩包，未接收。请重新导出一份干净的文件再上传。")


def _old_office(data: bytes) -> str:
    try:
        compound = Compound(data)
    except BrokenCompound:
        raise Refused(f"旧版 Office {_DAMAGED}") from None
    names = compound.names
    if "EncryptedPackage" in names:
        raise Refused("文件设有打开密码。请去掉密码后再上传。")
    if names & {"Macros", "_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA"}:
        raise Refused("文件带有宏。请另存为不带宏的格式（.docx、.xlsx、.pptx）再上传。")
    kinds = [
        kind
        for stream, kind in (
            ("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls"), ("PowerPoint Document", "ppt"),
        )
        if stream in names
    ]  # fmt: skip
    if not kinds:
        raise Refused(f"认不出这是什么文件（不是旧版 Word、Excel 或 PowerPoint）。请上传{ACCEPTED}。")
    locked = (
        word_is_encrypted(compound)
        if kinds[0] == "doc"
        else kinds[0] == "xls" and workbook_is_encrypted(compound)
    )
    if locked:
        raise Refused("文件设有打开密码。请去掉密码后再上传。")
    return kinds[0]
