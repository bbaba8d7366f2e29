"""New Office files: a zip package, checked for bombs, macros and remote parts before it is taken. Pure."""

import io
import zipfile
import zlib
from xml.etree.ElementTree import Element, ParseError  # nosec B405: types only, defusedxml parses

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

MEBIBYTE = 1024 * 1024
MAX_PARTS = 3_000
MAX_UNPACKED = 300 * MEBIBYTE
MAX_RATIO = 200
_CONTENT_TYPES = "[Content_Types].xml"
_MAIN = {
    "wordprocessingml.document.main+xml": "docx",
    "spreadsheetml.sheet.main+xml": "xlsx",
    "presentationml.presentation.main+xml": "pptx",
    "presentationml.slideshow.main+xml": "pptx",
}
_REMOTE = ("attachedTemplate", "oleObject", "frame", "externalLinkPath", "subDocument")
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
)


class Unacceptable(Exception):
    """Why a package is not taken (Chinese)."""


def office_kind(data: bytes) -> str:
    """``docx``, ``xlsx`` or ``pptx``. Raises Unacceptable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_parts(package)
            kind = _main_kind(package)
            _check_contents(package)
    except Unacceptable:
        raise
    except (*_BROKEN, ValueError, UnicodeError):
        raise Unacceptable("文件已损坏，打不开。请用 Office 或 WPS 打开后另存一份再上传。") from None
    return kind


def _check_parts(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Unacceptable("文件展开后太大，疑似压缩炸弹，未接收。")
    if len({part.filename for part in parts}) != len(parts):
        raise Unacceptable("文件内部有重名的部件，不是正常的 Office 文件，未接收。")
    for part in parts:
        name = part.filename
        if part.flag_bits & 1:
            raise Unacceptable("文件设有密码。请去掉密码后再上传。")
        if name.startswith(("/", "\\")) or "\\" in name or ":" in name or ".." in name.split("/"):
            raise Unacceptable("文件内部的路径不正常，未接收。")
        if part.file_size > MEBIBYTE and part.file_size > MAX_RATIO * max(1, part.compress_size):
            raise Unacceptable("文件内部压缩率异常，疑似压缩炸弹，未接收。")


def _main_kind(package: zipfile.ZipFile) -> str:
    if _CONTENT_TYPES not in package.namelist():
        raise Unacceptable("压缩包不能上传。请把里面的文件逐个上传（PDF、图片或 Office 文件）。")
    found = ""
    for element in _parse(package, _CONTENT_TYPES):
        content_type = element.get("ContentType", "")
        lowered = content_type.lower()
        if "macroenabled" in lowered or "vbaproject" in lowered:
            raise Unacceptable("文件带有宏。请另存为不带宏的格式（.docx、.xlsx、.pptx）再上传。")
        if "activex" in lowered:
            raise Unacceptable("文件带有 ActiveX 控件。请删去控件后再上传。")
        for ending, kind in _MAIN.items():
            if element.tag.endswith("}Override") and content_type.endswith(ending):
                found = found or kind
    if not found:
        raise Unacceptable("不是 Word、Excel 或 PowerPoint 文件。请上传 PDF、图片或 Office 文件。")
    return found


def _check_contents(package: zipfile.ZipFile) -> None:
    for part in package.infolist():
        lowered = part.filename.lower()
        if lowered.endswith(("vbaproject.bin", "vbadata.xml")) or "/activex/" in lowered:
            raise Unacceptable("文件带有宏或控件。请另存为不带宏的格式再上传。")
        if lowered.endswith((".exe", ".dll", ".scr", ".js", ".vbs", ".bat", ".cmd", ".ps1", ".lnk", ".jar")):
            raise Unacceptable("文件里夹带了程序，未接收。")
        if lowered.endswith(".rels") and _has_remote_part(_parse(package, part.filename)):
            raise Unacceptable("文件会从外部网址加载内容。请断开外部链接（模板、对象）后另存再上传。")
    if package.testzip() is not None:  # reads every part: what the sizes promise is what comes out
        raise Unacceptable("文件已损坏，打不开。请用 Office 或 WPS 打开后另存一份再上传。")


def _has_remote_part(relationships: Element) -> bool:
    for element in relationships:
        if element.get("TargetMode") != "External" or not element.get("Type", "").endswith(_REMOTE):
            continue
        if element.get("Target", "").lower().startswith(("http:", "https:", "ftp:", "\\\\", "file://")):
            return True
    return False


def _parse(package: zipfile.ZipFile, name: str) -> Element:
    if package.getinfo(name).file_size > 16 * MEBIBYTE:
        raise Unacceptable("文件内部的目录太大，不是正常的 Office 文件，未接收。")
    try:
        return fromstring(package.read(name), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Unacceptable("文件内部的目录已损坏，打不开。请另存一份再上传。") from None
