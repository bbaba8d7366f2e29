"""What is asked of every file: rules, day, options. A job travels to other processes and machines by itself."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

from babashi.bulk.answers import Answerer
from babashi.rules.columnar.match import Engine
from babashi.rules.facts import FactDictionary
from babashi.rules.pack import Item
from babashi.rules.values import NO_PARAMETERS, Parameters

Mode = Literal["sparse", "all", "summary"]
Status = Literal["done", "skipped", "refused", "failed"]
OUTPUT_FORMAT: Final = 1
"""Grows when the same job would write something else: older outputs are then made anew."""
BATCH_ROWS: Final = 131_072
"""Enterprises in memory at a time; see docs/dev/matching-speed.md for why not more."""


@dataclass(frozen=True)
class Job:
    """Rules and options. Equal ``digest`` and equal input give equal output."""

    items: tuple[Item, ...]
    dictionary: FactDictionary
    as_of: dt.date
    rules_digest: str
    """Of everything that the items were made from."""
    parameters: Parameters = NO_PARAMETERS
    mode: Mode = "sparse"
    few: int = 2
    """In mode ``sparse``: how many facts an unknown pair may lack to be told."""
    top: int = 0
    """In mode ``summary``: how many enterprises with the highest ceilings are named an item."""
    batch_rows: int = BATCH_ROWS
    engine: Engine = "auto"

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything that decides the output, save the input itself."""
        parameters = {
            name: sorted((repr(key), str(value)) for key, value in rows.items())
            for name, rows in self.parameters.tables()
        }
        said = {
            "format": OUTPUT_FORMAT, "rules": self.rules_digest, "items": [item.full_id for item in self.items],
            "as_of": self.as_of.isoformat(), "parameters": parameters, "mode": self.mode,
            "few": self.few if self.mode == "sparse" else 0, "top": self.top if self.mode == "summary" else 0,
        }  # fmt: skip
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    @cached_property
    def answerer(self) -> Answerer:
        """The rules compiled: once a process."""
        return Answerer(self.items, self.as_of, self.engine)

    def __getstate__(self) -> dict[str, object]:
        """Without the compiled rules: they are made again where the job arrives."""
        return {name: value for name, value in self.__dict__.items() if name != "answerer"}


@dataclass(frozen=True, slots=True)
class Task:
    """One file in, one file out."""

    source: Path
    target: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task. ``refused``: the file is wrong; ``failed``: the surroundings are."""

    source: str
    status: Status
    rows: int = 0
    pairs: int = 0
    """Rows of the output."""
    seconds: float = 0.0
    problems: Sequence[str] = ()
    notes: Sequence[str] = ()
    """What was ignored."""
