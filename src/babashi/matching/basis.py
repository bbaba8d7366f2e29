"""What a pass rests on besides the enterprises' own facts: packs in force, closing days, official tables."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings

from babashi.catalogue import queries as catalogue
from babashi.catalogue.models import CatalogueItem
from babashi.enterprises import queries as enterprises
from babashi.matching import engine
from babashi.matching.models import RuleBasis
from babashi.matching.verdicts import Judge
from babashi.rules.pack import Pack
from babashi.rules.values import Parameters
from babashi.workdays import clock


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """One basis with the judge made from it and the catalogue rows of its items."""

    basis: RuleBasis
    judge: Judge
    item_ids: tuple[int, ...]
    as_of: date


def parameters_now() -> Parameters:
    """The official parameter tables of the register."""
    return Parameters(enterprises.register_parameters())


def content(packs: Sequence[Pack], parameters: Mapping[str, Any], as_of: date) -> dict[str, Any]:
    """The basis as plain data; equal content means equal verdicts from equal facts."""
    return {
        "packs": [pack.digest for pack in packs],
        "closed": sorted(item.full_id for pack in packs for item in pack.items if as_of > item.until),
        "parameters": {
            name: {
                "|".join(map(str, key)): None if value is None else f"{value:f}"
                for key, value in rows.items()
            }
            for name, rows in sorted(parameters.items())
        },
    }


def digest_of(plain: Mapping[str, Any]) -> str:
    """Its name."""
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def ground(as_of: date | None = None) -> Ground:
    """The basis of today (stored when it is new) and everything compiled from it; kept while it stays the same."""
    as_of = as_of or clock.today()
    packs = catalogue.current_packs(settings.BABASHI_DISTRICT)
    plain = content(packs, enterprises.register_parameters(), as_of)
    digest = digest_of(plain)
    basis, _ = RuleBasis.objects.get_or_create(digest=digest, defaults={**plain, "made_at": clock.now()})
    items = engine.items_for_matching(packs)
    found = CatalogueItem.objects.filter(pack_version__digest__in=plain["packs"])
    rows = dict(found.values_list("full_id", "id"))
    judge = _JUDGES.get((digest, as_of))
    if judge is None:
        judge = Judge(items, thaw(basis), as_of)
        while len(_JUDGES) >= _KEPT:
            _JUDGES.pop(next(iter(_JUDGES)))
        _JUDGES[(digest, as_of)] = judge
    return Ground(basis, judge, tuple(rows[item.full_id] for item in items), as_of)


_JUDGES: dict[tuple[str, date], Judge] = {}
_KEPT = 4


def thaw(basis: RuleBasis) -> Parameters:
    """The official tables as they were."""
    tables = {
        name: {
            tuple(key.split("|")): None if value is None else Decimal(value) for key, value in rows.items()
        }
        for name, rows in basis.parameters.items()
    }
    return Parameters(tables)
