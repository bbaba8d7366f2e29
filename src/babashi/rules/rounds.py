"""申报批次: an item that is applied for again and again, one round after the other.

A round belongs to one version of a pack: the next round comes with the next version, together with the facts of
its year. Its last day is the item's ``until``. Pure comparisons of ids; what they mean for cases is ADR 25.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from babashi.rules.conditions import Cite

ROUND_ID = re.compile(r"([12]\d{3})(?:-([1-9]\d?))?")
"""``2023``: the whole year; ``2023-2``: its second round."""
NO_ROUND = ""
"""The key of what an enterprise can have once for ever."""


@dataclass(frozen=True, slots=True)
class Round:
    """The round that one version of an item is open for."""

    id: str
    name: str
    """As the notice calls it: 2023年第一批."""
    again: bool
    """Whether who was granted the item in another round may have it anew; else all rounds together give it once."""
    opens: dt.date | None = None
    """First day of application; ``None``: as soon as it is published."""
    cite: Cite | None = None
    readings: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What an enterprise has one application for: this round, or :data:`NO_ROUND` for all of them together."""
        return self.id if self.again else NO_ROUND


def same_time(one: str, other: str) -> bool:
    """Whether grants under two round keys stand beside each other, so that 从高不重复 holds between them.

    A year stands beside each of its own rounds. What belongs to no round stands beside everything.
    """
    if NO_ROUND in (one, other) or one == other:
        return True
    (year, number), (other_year, other_number) = _parts(one), _parts(other)
    return year == other_year and not (number and other_number)


def follows(new: str, old: str) -> bool:
    """Whether a round comes after another one, so that who had the old one may have the new one as well.

    A year does not follow one of its own rounds, nor the other way about; no round follows none and nothing else.
    """
    if new == NO_ROUND:
        return False
    if old == NO_ROUND:
        return True
    (year, number), (old_year, old_number) = _parts(new), _parts(old)
    return year > old_year or (year == old_year and 0 < old_number < number)


def _parts(key: str) -> tuple[int, int]:
    """Year and number; 0 for the whole year."""
    year, _, number = key.partition("-")
    return int(year), int(number or 0)
