"""Small registers on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from babashi.register_io import Limits, Register, read_register
from babashi.register_io.limits import DEFAULT_LIMITS
from babashi.rules.facts import FactDictionary


@pytest.fixture(scope="session")
def dictionary() -> FactDictionary:
    return FactDictionary.load()


@pytest.fixture
def read(tmp_path: Path, dictionary: FactDictionary) -> Callable[..., Register]:
    """Write files (text or bytes) into a folder and read it as a register."""

    def _read(
        limits: Limits = DEFAULT_LIMITS, need_enterprises: bool = False, **files: str | bytes
    ) -> Register:
        folder = tmp_path / "register"
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            (folder / f"{name}.csv").write_bytes(data)
        return read_register(folder, dictionary, limits=limits, need_enterprises=need_enterprises)

    return _read
