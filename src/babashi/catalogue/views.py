"""Pages of the catalogue: search, a notice with its items, an item with its calculator."""

from __future__ import annotations

import re
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from babashi.catalogue import listing, queries
from babashi.catalogue.calculator import Calculation, calculate
from babashi.catalogue.models import CatalogueItem, PackVersion
from babashi.catalogue.rounds import why_closed
from babashi.workdays import clock

PAGE = 20
MAX_QUERY = 100
_BLANK_LINES = re.compile(r"\s*\n\s*\n\s*")
WHO = ("企业", "园区", "个体工商户", "其他", "个人")
ICONS = {"who": "users", "how_much": "wallet", "how": "list-checks", "when": "calendar", "whom": "phone"}


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """All items in force: found by words, narrowed by filters."""
    text = request.GET.get("q", "").strip()[:MAX_QUERY]
    filters = queries.Filters.of(request.GET)
    today = clock.today()
    items = queries.search(text, filters, today)
    near = bool(text) and not items.exists()
    if near:
        items = queries.search_near(text, filters, today)
    page = Paginator(items, PAGE).get_page(request.GET.get("page"))
    context = {
        "q": text,
        "filters": filters,
        "page": page,
        "near": near,
        "found": queries.with_places(page.object_list, text),
        "departments": queries.departments(),
        "kinds": queries.KINDS,
        "who": WHO,
        "today": today,
    }
    return render(request, "catalogue/search.html", context)


@require_safe
def document(request: HttpRequest, pack_id: str) -> HttpResponse:
    """A notice with its items, its readings and the rule for overlaps."""
    version = _version(pack_id, request.GET.get("version", ""))
    pack = queries.compiled(version)
    items = version.items.select_related("lead").defer("body", "search").order_by("position")
    context = {
        "version": version,
        "pack": pack,
        "items": items,
        "readings": pack.readings.values(),
        "notice": _BLANK_LINES.sub("\n\n", version.files.get(pack.document.source, "")).strip(),
        "today": clock.today(),
        "kinds": queries.KINDS,
    }
    return render(request, "catalogue/document.html", context)


def _version(pack_id: str, version: str) -> PackVersion:
    versions = PackVersion.objects.filter(pack_id=pack_id)
    versions = versions.filter(version=version) if version else versions.filter(is_current=True, enabled=True)
    found = versions.first()
    if found is None:
        raise Http404(pack_id)
    return found


def _item(request: HttpRequest, pack_id: str, item_id: str) -> CatalogueItem:
    full_id, version = f"{pack_id}/{item_id}", request.GET.get("version", "")[:40]
    return queries.item_in_version(full_id, version) if version else queries.item(full_id)


@require_safe
def item(request: HttpRequest, pack_id: str, item_id: str) -> HttpResponse:
    """One item: five questions, calculator, sources, readings."""
    found = _item(request, pack_id, item_id)
    pack, rule = queries.pack_of(found), queries.rule_of(found)
    today = clock.today()
    context = _context(found) | {
        "rule": rule,
        "pack": pack,
        "questions": [
            (name, heading, ICONS[name], found.words.get(name, [])) for name, heading in listing.QUESTIONS
        ],
        "places": listing.places(rule),
        "readings": queries.readings_of(found),
        "support": rule.support,
        "has_notice": pack.document.source in pack.files,
        "calculation": calculate(rule, pack, None, today) if rule.facts else None,
        "today": today,
        "closed": why_closed(found, today),
    }
    return render(request, "catalogue/item.html", context)


def _context(found: CatalogueItem) -> dict[str, Any]:
    version = found.pack_version
    pack_id, _, item_id = found.full_id.rpartition("/")
    return {
        "item": found,
        "version": version,
        "pack_id": pack_id,
        "item_id": item_id,
        "kind": queries.KINDS.get(found.kind, found.kind),
        "old": not version.is_current,
        "disabled": not version.enabled,
    }


@require_POST
def calculator(request: HttpRequest, pack_id: str, item_id: str) -> HttpResponse:
    """What would come out with these facts. Nothing is stored, so this POST changes nothing."""
    found = _item(request, pack_id, item_id)
    pack, rule = queries.pack_of(found), queries.rule_of(found)
    if not rule.facts:
        raise Http404
    calculation: Calculation = calculate(rule, pack, request.POST, clock.today())
    template = (
        "catalogue/_calculator.html" if request.headers.get("HX-Request") else "catalogue/calculator.html"
    )
    context = _context(found) | {"rule": rule, "calculation": calculation, "today": clock.today()}
    status = 422 if calculation.has_errors and not request.headers.get("HX-Request") else 200
    return render(request, template, context, status=status)
