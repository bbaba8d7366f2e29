"""Reading the catalogue: compiled packs, items, search."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, reduce
from operator import add
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Case, F, Q, QuerySet, When
from django.http import Http404

from babashi.catalogue import bigrams
from babashi.catalogue.errors import NotInForce
from babashi.catalogue.models import KINDS, CatalogueItem, PackVersion
from babashi.rules.facts import FactDictionary
from babashi.rules.loader import load_pack_from_texts
from babashi.rules.pack import Item, Pack, Reading

CHANNELS = {"application": "线上申报", "interest": "登记意向", "catalogue": "了解详情"}
APPLICANT_PERSON = "person"


@lru_cache(maxsize=1)
def dictionary() -> FactDictionary:
    """The fact dictionary of this installation."""
    return FactDictionary.load()


@lru_cache(maxsize=8)
def _dictionary_of(text: str) -> FactDictionary:
    return FactDictionary.from_text(text) if text else dictionary()


_COMPILED: dict[str, Pack] = {}
_COMPILED_LIMIT = 64


def compiled(pack_version: PackVersion) -> Pack:
    """The pack of a stored version, from the texts and the dictionary it was published with; kept by digest."""
    key = f"{pack_version.digest}:{hashlib.sha256(pack_version.dictionary.encode()).hexdigest()[:16]}"
    found = _COMPILED.get(key)
    if found is None:
        found = load_pack_from_texts(pack_version.files, _dictionary_of(pack_version.dictionary))
        while len(_COMPILED) >= _COMPILED_LIMIT:
            _COMPILED.pop(next(iter(_COMPILED)))
        _COMPILED[key] = found
    return found


def _compiled_by_key(version_id: int, digest: str) -> Pack:
    """As :func:`compiled`, but reads the stored texts only when the pack is not in memory yet."""
    found = _VERSIONS.get((version_id, digest))
    if found is None:
        found = compiled(PackVersion.objects.get(pk=version_id))
        while len(_VERSIONS) >= _COMPILED_LIMIT:
            _VERSIONS.pop(next(iter(_VERSIONS)))
        _VERSIONS[(version_id, digest)] = found
    return found


_VERSIONS: dict[tuple[int, str], Pack] = {}


def current_versions(district: str | None = None) -> list[tuple[int, str]]:
    """Id and digest of the versions in force and enabled; one query, no texts."""
    versions = PackVersion.objects.filter(is_current=True, enabled=True)
    if district:
        versions = versions.filter(region__in=regions(district))
    return list(versions.order_by("pack_id").values_list("id", "digest"))


def regions(district: str) -> list[str]:
    """A district lies in its city and province: 500113 → 500113, 500100, 500000, 000000."""
    return [district, f"{district[:4]}00", f"{district[:2]}0000", "000000"]


def current_packs(district: str | None = None) -> list[Pack]:
    """The packs in force and enabled, compiled."""
    return [_compiled_by_key(*key) for key in current_versions(district)]


def light_versions() -> QuerySet[PackVersion]:
    """Versions without their source texts, for lists."""
    return PackVersion.objects.defer("files", "dictionary")


def current_items() -> QuerySet[CatalogueItem]:
    """Items of enabled packs in force, with what a list needs (one query)."""
    return (
        CatalogueItem.objects.filter(pack_version__is_current=True, pack_version__enabled=True)
        .select_related("pack_version", "lead")
        .defer("body", "search", "pack_version__files", "pack_version__dictionary")
        .order_by("pack_version__pack_id", "position")
    )


def tell_apart(items: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Texts to choose items by, from (full id, name, number of the notice): the number only where a name is shared.

    Of one item that comes several times, under several versions of its policy, the last counts.
    """
    latest = {full_id: (name, number) for full_id, name, number in items}
    shared = Counter(name for name, _ in latest.values())
    return {
        full_id: f"{name}（{number}）" if shared[name] > 1 else name
        for full_id, (name, number) in latest.items()
    }


def choices(full_ids: Iterable[str]) -> list[tuple[str, str]]:
    """Items to choose from by their names, in this order."""
    wanted = list(full_ids)
    known = CatalogueItem.objects.filter(full_id__in=wanted).order_by("id")
    texts = tell_apart(known.values_list("full_id", "short_title", "pack_version__number"))
    return [(full_id, texts.get(full_id, full_id)) for full_id in wanted]


def item(full_id: str) -> CatalogueItem:
    """The current item with this id; 404 when there is none, 410 while its pack is switched off."""
    found = current_items().filter(full_id=full_id).first()
    if found is None:
        if CatalogueItem.objects.filter(full_id=full_id, pack_version__is_current=True).exists():
            raise NotInForce
        raise Http404(full_id)
    return found


def item_in_version(full_id: str, version: str) -> CatalogueItem:
    """An item as an earlier (or the current) version has it; 404 when there is none."""
    found = (
        CatalogueItem.objects.filter(full_id=full_id, pack_version__version=version)
        .select_related("pack_version", "lead")
        .defer("body", "search", "pack_version__files", "pack_version__dictionary")
        .first()
    )
    if found is None:
        raise Http404(full_id)
    return found


def pack_of(catalogue_item: CatalogueItem) -> Pack:
    """The compiled pack an item belongs to."""
    version = catalogue_item.pack_version
    return _compiled_by_key(version.pk, version.digest)


def rule_of(catalogue_item: CatalogueItem) -> Item:
    """The executable rule of an item, in exactly its version."""
    return pack_of(catalogue_item).item(catalogue_item.full_id)


def readings_of(catalogue_item: CatalogueItem) -> list[Reading]:
    """The readings that results of this item rest on."""
    readings = pack_of(catalogue_item).readings
    return [readings[reading] for reading in rule_of(catalogue_item).readings if reading in readings]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the catalogue is narrowed to; empty values narrow nothing."""

    department: str = ""
    kind: str = ""
    who: str = ""
    only_open: bool = False
    pack: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Filters:
        """From a query string; unknown kinds are dropped, texts are cut to what can match."""
        kind = str(data.get("kind", ""))
        return cls(
            department=str(data.get("department", ""))[:80],
            kind=kind if kind in KINDS else "",
            who=str(data.get("who", ""))[:20],
            only_open=str(data.get("open", "")) in ("1", "true", "on"),
            pack=str(data.get("pack", ""))[:80],
        )

    @property
    def any(self) -> bool:
        return bool(self.department or self.kind or self.who or self.only_open or self.pack)


@dataclass(slots=True)
class Found:
    """One item of a result list with the places where the words stand."""

    item: CatalogueItem
    title: list[tuple[str, bool]]
    snippet: list[tuple[str, bool]]

    @property
    def kind(self) -> str:
        return KINDS.get(self.item.kind, self.item.kind)


def search(text: str, filters: Filters | None, today: date) -> QuerySet[CatalogueItem]:
    """Current items that match all words (best first) and all filters. No words: in the order of the notice."""
    items = _filtered(filters or Filters(), today)
    if not text.strip():
        return items
    query = bigrams.tsquery(text)
    if not query:
        return items.none()
    wanted = _raw(query)
    return (
        items.filter(search=wanted)
        .annotate(rank=SearchRank(F("search"), wanted, cover_density=True))
        .order_by("-rank", "pack_version__pack_id", "position")
    )


def search_near(text: str, filters: Filters | None, today: date) -> QuerySet[CatalogueItem]:
    """For words that nobody wrote together (贴息贷款): items that have at least half of their pieces, most first."""
    pieces = bigrams.pieces_of(text)
    items = _filtered(filters or Filters(), today)
    if not pieces:
        return items.none()
    found = (Case(When(search=_raw(f"'{piece}':*"), then=1), default=0) for piece in pieces)
    return (
        items.annotate(pieces=reduce(add, found))
        .filter(pieces__gte=max(1, -(-len(pieces) // 2)))
        .order_by("-pieces", "pack_version__pack_id", "position")
    )


def _raw(query: str) -> SearchQuery:
    return SearchQuery(query, search_type="raw", config="simple")


def _filtered(filters: Filters, today: date) -> QuerySet[CatalogueItem]:
    items = current_items()
    if filters.department:
        items = items.filter(lead__name=filters.department)
    if filters.kind:
        items = items.filter(kind=filters.kind)
    if filters.who:
        items = items.filter(kinds__contains=[filters.who])
    if filters.only_open:
        items = items.filter(Q(opens=None) | Q(opens__lte=today), until__gte=today)
    if filters.pack:
        items = items.filter(pack_version__pack_id=filters.pack)
    return items


def with_places(items: Iterable[CatalogueItem], text: str) -> list[Found]:
    """The items of one page with highlighted titles and a snippet around the first find."""
    page = list(items)
    bodies: dict[int, str] = {}
    if text.strip():
        bodies = dict(CatalogueItem.objects.filter(pk__in=[i.pk for i in page]).values_list("pk", "body"))
    return [
        Found(
            entry,
            bigrams.highlight(entry.short_title or entry.title, text),
            _snippet(bodies.get(entry.pk, ""), text) if text.strip() else [],
        )
        for entry in page
    ]


def _snippet(body: str, text: str) -> list[tuple[str, bool]]:
    """Where else than in the title (the first line) the words stand."""
    lines = body.split("\n")
    return bigrams.snippet([*lines[1:], *lines[:1]], text)


def departments() -> list[str]:
    """Lead departments of the current items, for the filter."""
    return list(
        current_items().order_by().values_list("lead__name", flat=True).distinct().order_by("lead__name")
    )


__all__ = [
    "CHANNELS", "KINDS", "Filters", "Found", "compiled", "current_items", "current_packs", "current_versions",
    "departments", "dictionary", "item", "item_in_version", "light_versions", "pack_of", "readings_of", "rule_of",
    "search", "search_near", "with_places",
]  # fmt: skip
