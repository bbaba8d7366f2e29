"""From bytes to text: UTF-8 first, GB18030 when it is strictly that, anything else a clear message."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import BinaryIO, Final

from babashi.register_io.rows import SPREADSHEET_ADVICE, UnreadableFile

UTF8: Final = "utf-8-sig"
GB18030: Final = "gb18030"

_CHUNK: Final = 1 << 20
_SAMPLE: Final = 4096
_MAGIC: Final = (
    (b"\xff\xfe", "文件是 UTF-16 编码（Excel 的“Unicode 文本”）"),
    (b"\xfe\xff", "文件是 UTF-16 编码（Excel 的“Unicode 文本”）"),
    (b"PK\x03\x04", "文件其实是 .xlsx 或压缩包，只是名字叫 .csv"),
    (b"\xd0\xcf\x11\xe0", "文件其实是旧版 Excel 工作簿（.xls），只是名字叫 .csv"),
    (b"%PDF", "文件其实是 PDF，只是名字叫 .csv"),
    (b"MZ", "文件其实是程序，只是名字叫 .csv"),
    (b"\x7fELF", "文件其实是程序，只是名字叫 .csv"),
)

# Ideographs that GB18030-2000 kept in the private area and later editions moved: the codec still
# has the old places, and names of enterprises and persons use these characters.
_MOVED: Final = str.maketrans(
    {
        0xE816: 0x20087,
        0xE817: 0x20089,
        0xE818: 0x200CC,
        0xE81E: 0x9FB4,
        0xE826: 0x9FB5,
        0xE82B: 0x9FB6,
        0xE82C: 0x9FB7,
        0xE831: 0x215D7,
        0xE832: 0x9FB8,
        0xE83B: 0x2298F,
        0xE843: 0x9FB9,
        0xE854: 0x9FBA,
        0xE855: 0x241FE,
        0xE864: 0x9FBB,
    }
)
_PRIVATE: Final = re.compile("[\ue000-\uf8ff]")
# What text in another encoding turns into when it is read as GB18030: control and unassigned places.
_IMPLAUSIBLE: Final = re.compile("[\x80-\x9f\ue000-\uf8ff\U000f0000-\U0010ffff]")


def detect_encoding(path: Path) -> str:
    """``utf-8-sig`` or ``gb18030``, decided over the whole file.

    Raises :class:`UnreadableFile` for anything else, naming the line where it stops being text.
    """
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE)
        for magic, reason in _MAGIC:
            if head.startswith(magic):
                raise UnreadableFile(reason, SPREADSHEET_ADVICE)
        if head.count(b"\x00") * 8 > len(head):
            raise UnreadableFile("文件是 UTF-16 或 UTF-32 编码", SPREADSHEET_ADVICE)
        bad_utf8 = _first_undecodable_line(stream, "utf-8")
        if bad_utf8 is None:
            return UTF8
        if _first_undecodable_line(stream, GB18030) is None and _plausible(stream):
            return GB18030
    reason = f"第 {bad_utf8} 行起既不是 UTF-8 也不是 GB18030 编码（可能混用了两种编码，或文件已损坏）"
    raise UnreadableFile(reason, SPREADSHEET_ADVICE)


def repaired(text: str, encoding: str) -> str:
    """Text of a GB18030 file with the moved characters in their present places."""
    if encoding == GB18030 and _PRIVATE.search(text):
        return text.translate(_MOVED)
    return text


def _first_undecodable_line(stream: BinaryIO, encoding: str) -> int | None:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    while chunk := stream.read(_CHUNK):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            return lines + error.object[: error.start].count(b"\n")
        lines += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return lines
    return None


def _plausible(stream: BinaryIO) -> bool:
    """Whether hardly any character lies where only a wrong guess puts it."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(GB18030)()
    strange = foreign = 0
    while chunk := stream.read(_CHUNK):
        text = decoder.decode(chunk).translate(_MOVED)
        strange += len(_IMPLAUSIBLE.findall(text))
        foreign += len(text) - len(text.encode("ascii", "ignore"))
    return strange * 100 <= foreign
