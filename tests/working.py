"""Limits of work: processor time of this process, since on a busy machine waits grow and work hardly does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fail when what is done inside takes more than so many seconds of processor time (all threads together)."""
    started = time.process_time()
    yield
    spent = time.process_time() - started
    assert spent < seconds, f"{spent:.2f} s of work, at most {seconds} s expected"
