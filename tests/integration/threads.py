"""Acts at the same moment, each on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from babashi.audit.errors import DomainError

PATIENCE = 60
"""Seconds for what happens at once on an idle machine: a busy one starts threads and connections slowly."""


def together(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Let all acts go at once; their answers, or the refusals of the house that they raised."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            barrier.wait(PATIENCE)
            return act()
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def refusals(answers: Sequence[Any]) -> list[DomainError]:
    """Those who were refused."""
    return [answer for answer in answers if isinstance(answer, DomainError)]
