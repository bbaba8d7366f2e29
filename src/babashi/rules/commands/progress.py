"""Progress bars on standard error: only for long work, only on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

Entry = TypeVar("Entry")
LONG: Final = 500
"""Enterprises from which on a bar is shown."""


def _bar(unit: str) -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(unit))
    return Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)


def track(entries: Iterator[Entry], total: int, description: str) -> Iterator[Entry]:
    """The same entries, with a bar when there are many and somebody looks."""
    if total < LONG or not sys.stderr.isatty():
        yield from entries
        return
    with _bar("家") as bar:
        task = bar.add_task(description, total=total)
        for count, entry in enumerate(entries, 1):
            yield entry
            if count % 100 == 0 or count == total:
                bar.update(task, completed=count)


@contextmanager
def reading_bar() -> Iterator[Callable[[Any], None] | None]:
    """A callback for the reader of registers, ``None`` when nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return
    with _bar("字节") as bar:
        task = bar.add_task("读登记表", total=None)

        def update(progress: Any) -> None:
            bar.update(task, total=progress.total, completed=progress.done)

        yield update


@contextmanager
def counting_bar(total: int, description: str) -> Iterator[Callable[[int], None] | None]:
    """A callback that takes how many more enterprises are done, ``None`` when nobody looks."""
    if total < LONG or not sys.stderr.isatty():
        yield None
        return
    with _bar("家") as bar:
        task = bar.add_task(description, total=total)
        yield lambda more: bar.advance(task, more)
