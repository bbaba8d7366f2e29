"""The files of a pack folder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from babashi.rules.loading.yamltree import MAX_BYTES
from babashi.rules.problems import PackErrors, Problem

MAX_FILES = 50
PACK_FILE = "pack.yaml"
CASES_FILE = "cases.yaml"
NOTICE_SUFFIX = ".txt"
"""The notice as plain text: shown to its readers and compared with quotations; it decides nothing."""
PLATFORM_FILE = "platform.yaml"
"""Settings for all packs, in a folder above them; a pack carries the text that held when it was read."""


def find_packs(root: Path) -> list[Path]:
    """Folders that hold a pack, in a stable order."""
    return sorted(path.parent for path in root.glob(f"**/{PACK_FILE}"))


def read_files(folder: Path) -> dict[str, str]:
    """The texts of a pack folder: ``pack.yaml``, ``cases.yaml``, its tables, the notice and the platform's settings.

    Only plain files of the folder itself are read: a link might lead to any file of the machine, and a pack is
    handed on as a whole. Raises :class:`PackErrors` with every file that can't be read.
    """
    files: dict[str, str] = {}
    problems: list[Problem] = []
    above = [parent / PLATFORM_FILE for parent in folder.resolve().parents[:3]]
    settings = [path for path in above if path.is_file()][:1]
    own = [path for path in sorted(folder.iterdir()) if _belongs(path)]
    if len(own) > MAX_FILES:
        raise PackErrors([Problem(str(folder), 1, 1, f"文件太多（超过 {MAX_FILES} 个）", "删去不用的表")])
    for path in (*own, *settings):
        text = _text_of(path)
        if isinstance(text, Problem):
            if path.suffix != NOTICE_SUFFIX:  # without a readable notice the check of quotations reminds
                problems.append(text)
        else:
            files[path.name] = text
    if problems:
        raise PackErrors(problems)
    return files


def _belongs(path: Path) -> bool:
    return path.name in (PACK_FILE, CASES_FILE, PLATFORM_FILE) or path.suffix in (".csv", NOTICE_SUFFIX)


def _text_of(path: Path) -> str | Problem:
    if path.is_symlink() or not path.is_file():
        return Problem(str(path), 1, 1, "不是普通文件（是链接、文件夹或设备）", "把内容放进一个真正的文件")
    try:
        if path.stat().st_size > MAX_BYTES:
            return Problem(str(path), 1, 1, f"文件太大（超过 {MAX_BYTES // 1000} KB）", "把政策包拆开")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return Problem(str(path), line, 1, "不是 UTF-8 编码", "在编辑器里另存为 UTF-8")
    except OSError as error:
        return Problem(str(path), 1, 1, f"读不了（{error.strerror or error}）", "检查文件权限")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return Problem(str(path), line, 1, "有看不见的控制字符（U+0000）", "删去它")
    return text


def digest_of(files: Mapping[str, str]) -> str:
    """SHA-256 over the files that decide what a pack means (its cases and the text of the notice don't)."""
    running = hashlib.sha256()
    for name, text in sorted(files.items()):
        if name != CASES_FILE and not name.endswith(NOTICE_SUFFIX):
            running.update(f"{name}\0{len(text)}\0{text}\0".encode())
    return running.hexdigest()
