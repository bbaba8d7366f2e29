"""What is wrong with a register: every problem says where it is and what to write instead."""

from __future__ import annotations

import csv
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

Severity = Literal["error", "warning"]

SHOWN_CHARACTERS: Final = 60
"""A value is quoted up to this length: a 10 MB cell must not become a 10 MB message."""

PROBLEMS_SUFFIX: Final = "-problems.csv"
"""Ending of the list of refused rows. Files that end so are never read as part of a register."""

_HEADER: Final = ("程度", "文件", "行", "列", "原值", "问题", "应当怎样写")
_SEVERITY_WORDS: Final = {"error": "错误", "warning": "提示"}
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. ``row`` counts as a spreadsheet does: the header is row 1."""

    severity: Severity
    file: str
    row: int | None
    column: str | None
    value: str | None
    reason: str
    advice: str

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f" 第 {self.row} 行"
        if self.column:
            place += f"“{self.column}”"
        quoted = f"（原值：{self.value}）" if self.value else ""
        advice = f"{self.advice}。" if self.advice else ""
        return f"{place}：{self.reason}{quoted}。{advice}"

    def to_json(self) -> dict[str, str | int | None]:
        """Plain data for ``--format json`` and the pages."""
        return {name: getattr(self, name) for name in self.__slots__}


def shorten(value: str) -> str:
    """The value on one line and short enough to be quoted."""
    head = value[: SHOWN_CHARACTERS * 4]
    line = " ".join("".join(c if c.isprintable() else " " for c in head).split())
    if len(line) <= SHOWN_CHARACTERS and len(head) == len(value):
        return line
    return f"{line[:SHOWN_CHARACTERS]}…（共 {len(value)} 个字符）"


class ProblemLog:
    """Collects problems in the order they are met; keeps at most ``limit`` of them but counts all."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: list[Problem] = []
        self._seen_once: set[tuple[str, ...]] = set()
        self._counts: Counter[Severity] = Counter()

    def error(
        self, file: str, row: int | None, column: str | None, value: str | None, reason: str, advice: str
    ) -> None:
        """Something that keeps a row, or the whole set, out."""
        self._add("error", file, row, column, value, reason, advice)

    def warning(
        self, file: str, row: int | None, column: str | None, value: str | None, reason: str, advice: str
    ) -> None:
        """Something to look at; the row is read."""
        self._add("warning", file, row, column, value, reason, advice)

    def file_error(self, file: str, reason: str, advice: str) -> None:
        """An error of a whole file."""
        self._add("error", file, None, None, None, reason, advice)

    def file_warning(self, file: str, reason: str, advice: str) -> None:
        """A warning about a whole file."""
        self._add("warning", file, None, None, None, reason, advice)

    def warning_once(
        self, file: str, row: int | None, column: str | None, value: str | None, reason: str, advice: str
    ) -> None:
        """A warning that would repeat for a whole column: only its first row is named."""
        if self.is_first(file, column or "", reason):
            self.warning(file, row, column, value, reason, advice)

    def is_first(self, *key: str) -> bool:
        """Whether this is the first time that something with this key is told."""
        if key in self._seen_once:
            return False
        self._seen_once.add(key)
        return True

    def count(self, severity: Severity) -> int:
        """How many there were, kept or not."""
        return self._counts[severity]

    def kept(self) -> list[Problem]:
        """The problems, followed by one that says how many more there were."""
        left_off = self._counts.total() - len(self._kept)
        if not left_off:
            return list(self._kept)
        severity: Severity = "error" if self._counts["error"] else "warning"
        reason = f"问题太多，另有 {left_off} 个没有列出"
        more = Problem(severity, "", None, None, None, reason, "请先改正已列出的问题，再检查一次")
        return [*self._kept, more]

    def _add(
        self,
        severity: Severity,
        file: str,
        row: int | None,
        column: str | None,
        value: str | None,
        reason: str,
        advice: str,
    ) -> None:
        self._counts[severity] += 1
        if len(self._kept) < self._limit:
            quoted = None if value is None else shorten(value)
            self._kept.append(Problem(severity, file, row, column, quoted, reason, advice))


def problems_path(source: Path) -> Path:
    """Where the refused rows of a register are written: beside the input, never inside it."""
    source = source.resolve()
    stem = source.stem if source.suffix else source.name
    return source.with_name(f"{stem}{PROBLEMS_SUFFIX}")


def problem_rows(problems: Iterable[Problem]) -> Iterator[tuple[str, ...]]:
    """Header and rows of the list, safe to be opened in a spreadsheet."""
    yield _HEADER
    for problem in problems:
        yield (
            _SEVERITY_WORDS[problem.severity],
            _inert(problem.file),
            "" if problem.row is None else str(problem.row),
            _inert(problem.column or ""),
            _inert(problem.value or ""),
            _inert(problem.reason),
            _inert(problem.advice),
        )


def write_problems_csv(problems: Iterable[Problem], path: Path) -> None:
    """Write row, column, reason and what to write instead as a CSV that Excel opens (UTF-8 with BOM).

    The file appears complete or not at all. Raises :class:`OSError` when it can't be written.
    """
    handle, name = tempfile.mkstemp(prefix=".problems-", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows(problem_rows(problems))
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _inert(text: str) -> str:
    """A cell that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
