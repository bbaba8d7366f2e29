"""Old Office files (OLE compound files): just enough reading to know what is inside. Pure, bounded.

Format: [MS-CFB] of Microsoft's open specifications; only the directory and the start of one stream are read.
"""

import struct
from dataclasses import dataclass, field

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA  # this and everything above are marks, not sectors
_MAX_SECTORS = 100_000


class BrokenCompound(Exception):
    """The container's tables don't fit together."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A stream or storage of the container."""

    name: str
    is_stream: bool
    start: int
    size: int


@dataclass(slots=True)
class Compound:
    """A compound file in memory."""

    data: bytes
    _sector: int = 512
    _fat: list[int] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        if len(self.data) < 1536 or not self.data.startswith(MAGIC):
            raise BrokenCompound("no compound file")
        shift = struct.unpack_from("<H", self.data, 30)[0]
        if shift not in (9, 12):
            raise BrokenCompound("sector size")
        self._sector = 1 << shift
        self._read_fat()
        (directory,) = struct.unpack_from("<I", self.data, 48)
        self._read_directory(self._chain(directory))

    @property
    def names(self) -> set[str]:
        """Names of all streams and storages."""
        return {entry.name for entry in self.entries}

    def head(self, name: str, length: int) -> bytes:
        """The first bytes of a stream of ordinary size (4,096 bytes and more); empty if there is none."""
        for entry in self.entries:
            if entry.is_stream and entry.name == name and entry.size >= 4096:
                return self._chain(entry.start, -(-length // self._sector))[:length]
        return b""

    def _read_sector(self, number: int) -> bytes:
        start = (number + 1) * self._sector
        part = self.data[start : start + self._sector]
        if not part:
            raise BrokenCompound("sector beyond the end")
        return part

    def _read_fat(self) -> None:
        count, first_difat, difat_count = (
            struct.unpack_from("<I", self.data, offset)[0] for offset in (44, 68, 72)
        )
        if count > _MAX_SECTORS or difat_count > _MAX_SECTORS:
            raise BrokenCompound("table size")
        places = [place for place in struct.unpack_from("<109I", self.data, 76) if place < _END]
        sector, seen = first_difat, 0
        while sector < _END and seen < difat_count:
            part = self._read_sector(sector)
            *more, sector = struct.unpack(f"<{len(part) // 4}I", part[: len(part) // 4 * 4])
            places += [place for place in more if place < _END]
            seen += 1
        for place in places[:count]:
            part = self._read_sector(place)
            self._fat += struct.unpack(f"<{len(part) // 4}I", part[: len(part) // 4 * 4])

    def _chain(self, start: int, limit: int = _MAX_SECTORS) -> bytes:
        parts: list[bytes] = []
        seen: set[int] = set()
        while start < _END and len(parts) < limit:
            if start in seen or start >= len(self._fat):
                raise BrokenCompound("broken chain")
            seen.add(start)
            parts.append(self._read_sector(start))
            start = self._fat[start]
        return b"".join(parts)

    def _read_directory(self, directory: bytes) -> None:
        for offset in range(0, len(directory) - 127, 128):
            length, kind = struct.unpack_from("<HB", directory, offset + 64)
            if kind not in (1, 2, 5):
                continue
            if length > 64:
                raise BrokenCompound("entry name")
            name = directory[offset : offset + max(0, length - 2)].decode("utf-16-le", "replace")
            start, size = struct.unpack_from("<II", directory, offset + 116)
            self.entries.append(Entry(name, kind == 2, start, size))


def word_is_encrypted(compound: Compound) -> bool:
    """Whether a .doc asks for a password (fEncrypted of the FIB, [MS-DOC] 2.5.2)."""
    head = compound.head("WordDocument", 32)
    return len(head) >= 12 and bool(struct.unpack_from("<H", head, 10)[0] & 0x0100)


def workbook_is_encrypted(compound: Compound) -> bool:
    """Whether a .xls asks for a password (record FILEPASS near the start, [MS-XLS] 2.4.117)."""
    head = compound.head("Workbook", 4096) or compound.head("Book", 4096)
    offset = 0
    while offset + 4 <= len(head):
        kind, length = struct.unpack_from("<HH", head, offset)
        if kind == 0x002F:
            return True
        offset += 4 + length
    return False
