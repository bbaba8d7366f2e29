"""Problems of a pack, with the place where they are and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MAX_SHOWN: Final = 400


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
        advice = f"　→ {_shown(self.advice)}" if self.advice else ""
        return f"{self.file}:{self.line}:{self.column}: {word}：{_shown(self.message)}{advice}"


def _shown(text: str) -> str:
    """One line without control characters, however long and strange what the pack says there."""
    plain = "".join(c if c.isprintable() or c == "　" else f"〈U+{ord(c):04X}〉" for c in text[:MAX_SHOWN])
    return plain + ("…" if len(text) > MAX_SHOWN else "")


class PackErrors(ValueError):
    """A pack can't be loaded; ``problems`` holds everything that was found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
