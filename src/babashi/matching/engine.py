"""Evaluating many subjects: the one seam behind which the way of computing may change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from babashi.catalogue.queries import APPLICANT_PERSON
from babashi.rules.evaluate import evaluate_all
from babashi.rules.pack import Item, Pack
from babashi.rules.results import Result
from babashi.rules.values import Parameters, Subject

Key = TypeVar("Key")


def items_for_matching(packs: Sequence[Pack]) -> list[Item]:
    """Items that a registered subject can have; those for persons (vouchers) are not matched."""
    return [item for pack in packs for item in pack.items if item.applicant != APPLICANT_PERSON]


def evaluate_many(
    subjects: Iterable[tuple[Key, Subject]], packs: Sequence[Pack], parameters: Parameters, as_of: date
) -> Iterator[tuple[Key, list[Result]]]:
    """Every subject against every item, in order. Pure: reads nothing, stores nothing."""
    items = items_for_matching(packs)
    for key, subject in subjects:
        yield key, evaluate_all(items, subject, parameters, as_of)
