"""Loading packs: from a folder or from stored texts, all problems at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from babashi.rules.facts import FactDictionary
from babashi.rules.loading.files import (
    CASES_FILE,
    NOTICE_SUFFIX,
    PACK_FILE,
    PLATFORM_FILE,
    digest_of,
    find_packs,
    read_files,
)
from babashi.rules.loading.pack_reader import PackReader
from babashi.rules.pack import Pack
from babashi.rules.problems import PackErrors, Problem

__all__ = [
    "CASES_FILE", "NOTICE_SUFFIX", "PACK_FILE", "PLATFORM_FILE",
    "digest_of", "find_packs", "load_pack", "load_pack_from_texts", "read_files",
]  # fmt: skip


def load_pack(folder: Path | str, dictionary: FactDictionary) -> Pack:
    """Read and check a pack folder; raises :class:`PackErrors` with everything that is wrong."""
    folder = Path(folder)
    if not (folder / PACK_FILE).exists():
        place = str(folder / PACK_FILE)
        raise PackErrors([Problem(place, 1, 1, "没有这个文件", "政策包文件夹里要有 pack.yaml")])
    return load_pack_from_texts(read_files(folder), dictionary, where=f"{folder}/")


def load_pack_from_texts(files: Mapping[str, str], dictionary: FactDictionary, where: str = "") -> Pack:
    """The same from texts by file name, as a stored version keeps them."""
    problems: list[Problem] = []
    pack = PackReader(files, dictionary, problems, where).read()
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors or pack is None:
        raise PackErrors(problems)
    return pack
