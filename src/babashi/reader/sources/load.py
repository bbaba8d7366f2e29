"""Which loader reads a file: decided by its content, not by its name."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

from babashi.reader.errors import UnreadableFile
from babashi.reader.sources import Source, docx, html, office, pdf, plain

MAX_BYTES: Final = 40 * 1024 * 1024
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXT_LIMIT: Final = 8 * 1024 * 1024


def load(path: Path) -> Source:
    """Loads a notice from ``path``. Raises ReaderError with a Chinese message for anything unreadable."""
    if not path.exists():
        raise UnreadableFile(f"找不到文件：{path}。请检查路径。")
    if path.is_dir():
        raise UnreadableFile(f"{path} 是一个文件夹。请给出文件，例如 通知.docx。")
    try:
        size = path.stat().st_size
        if size == 0:
            raise UnreadableFile("文件是空的（0字节）。请重新下载或另存后再试。")
        if size > MAX_BYTES:
            raise UnreadableFile(
                f"文件有 {size // 1048576} MB，超过上限 40 MB。请去掉图片后另存，或只保留正文。"
            )
        data = path.read_bytes()
    except OSError as problem:
        raise UnreadableFile(f"文件读不出来：{problem.strerror or problem}。请检查权限。") from problem
    return load_bytes(data, path)


def load_bytes(data: bytes, path: Path) -> Source:
    """Loads a notice from bytes; ``path`` gives the name for messages and for the converter."""
    head = data[:1024].lstrip()
    suffix = path.suffix.lower()
    if head.startswith(b"%PDF-") or b"%PDF-" in data[:1024]:
        return pdf.load(data)
    if data.startswith(b"PK"):
        return _zipped(data, suffix)
    if data.startswith(_OLE):
        return office.load(data, suffix if suffix in {".doc", ".wps"} else ".doc")
    if suffix in {".docx", ".pdf"}:
        raise UnreadableFile(f"文件名是 {suffix}，内容却不是。文件可能已损坏，请重新下载或另存后再试。")
    if data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")):
        raise UnreadableFile("这是图片，不是文字文件。请先做文字识别（OCR）并另存为 Word 或文本文件。")
    if data.startswith((b"MZ", b"\x7fELF", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise UnreadableFile("这不是公文文件（是程序或压缩包）。请给出 docx、pdf、html、txt 或 md 文件。")
    if data.startswith(b"{\\rtf"):
        return office.load(data, ".rtf")
    if len(data) > _TEXT_LIMIT:
        raise UnreadableFile("文字文件超过 8 MB，不像一份通知。请只保留正文后再试。")
    text = plain.decode(data)
    if html.looks_like(text, suffix):
        return html.load(text)
    return plain.load(text, markdown=suffix in {".md", ".markdown"})


def _zipped(data: bytes, suffix: str) -> Source:
    import io

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as problem:
        raise UnreadableFile("文件已损坏，打不开。请重新下载，或用 Word/WPS 打开后另存为 docx。") from problem
    if "word/document.xml" in names:
        return docx.load(data)
    if "content.xml" in names:
        return office.load(data, ".odt")
    if suffix == ".docx":
        raise UnreadableFile("文件名是 .docx，里面却没有 Word 正文。请用 Word/WPS 打开后另存为 docx。")
    raise UnreadableFile("这是压缩包或其他格式的文件。请先解压，给出 docx、pdf、html、txt 或 md 文件。")
