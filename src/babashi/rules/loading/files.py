"""The files of a pack folder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from babashi.rules.problems import PackErrors, Problem

PACK_FILE = "pack.yaml"
CASES_FILE = "cases.yaml"
PLATFORM_FILE = "platform.yaml"
"""Settings for all packs, in a folder above them; a pack carries the text that held when it was read."""


def find_packs(root: Path) -> list[Path]:
    """Folders that hold a pack, in a stable order."""
    return sorted(path.parent for path in root.glob(f"**/{PACK_FILE}"))


def read_files(folder: Path) -> dict[str, str]:
    """The texts of a pack folder: ``pack.yaml``, ``cases.yaml``, its tables and the platform's settings."""
    files: dict[str, str] = {}
    above = [parent / PLATFORM_FILE for parent in folder.resolve().parents[:3]]
    settings = [path for path in above if path.is_file()][:1]
    for path in (*sorted(folder.iterdir()), *settings):
        if path.name in (PACK_FILE, CASES_FILE, PLATFORM_FILE) or path.suffix == ".csv":
            try:
                files[path.name] = path.read_text(encoding="utf-8-sig")
            except UnicodeDecodeError:
                raise PackErrors([Problem(str(path), 1, 1, "不是 UTF-8 编码", "另存为 UTF-8")]) from None
    return files


def digest_of(files: Mapping[str, str]) -> str:
    """SHA-256 over the files that decide what a pack means (its cases don't)."""
    running = hashlib.sha256()
    for name, text in sorted(files.items()):
        if name != CASES_FILE:
            running.update(f"{name}\0{len(text)}\0{text}\0".encode())
    return running.hexdigest()
