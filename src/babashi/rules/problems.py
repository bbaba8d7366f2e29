"""Problems of a pack, with the place where they are and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding: ``file:line:column``, what is wrong and what to write instead (Chinese)."""

    file: str
    line: int
    column: int
    message: str
    advice: str = ""
    severity: str = "error"
    """``error``: the pack can't be used; ``warning``: somebody should look."""

    def __str__(self) -> str:
        word = "错误" if self.severity == "error" else "提醒"
        advice = f"　→ {self.advice}" if self.advice else ""
        return f"{self.file}:{self.line}:{self.column}: {word}：{self.message}{advice}"


class PackErrors(ValueError):
    """A pack can't be loaded; ``problems`` holds everything that was found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))
