"""A progress bar on a terminal; silent elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from babashi.register_io.rows import Progress


@contextmanager
def reading_bar() -> Iterator[Callable[[Progress], None] | None]:
    """A callback for :func:`read_register`, or ``None`` where nobody looks at standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("正在读取 {task.fields[label]}"), BarColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, label="")

        def show(progress: Progress) -> None:
            bar.update(task, total=progress.total, completed=progress.done, label=progress.label)

        yield show
