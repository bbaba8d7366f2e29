"""`POST /match`: verdicts with reasons for facts handed in. No account, nothing stored, bounded, rate-limited."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.http import HttpRequest
from ninja import Router
from ninja.throttling import SimpleRateThrottle

from babashi.accounts import addresses
from babashi.catalogue import queries as catalogue
from babashi.matching import api_schema as schema
from babashi.matching import engine, services
from babashi.rules.pack import Item, Pack
from babashi.rules.results import ClauseTrace, Result
from babashi.rules.stacking import Combination, stack
from babashi.rules.values import Parameters, Subject
from babashi.rules.words import missing_facts
from babashi.workdays import clock

DEFAULT_RATE = "60/m"


class PerAddress(SimpleRateThrottle):
    """So many requests from one address. Counted in each process of the web server by itself."""

    scope = "match"

    def get_rate(self) -> str:
        return str(getattr(settings, "BABASHI_MATCH_RATE", DEFAULT_RATE))

    def get_cache_key(self, request: HttpRequest) -> str | None:
        return f"throttle_match_{addresses.client(request)}"

    def allow_request(self, request: HttpRequest) -> bool:
        self.num_requests, self.duration = self.parse_rate(self.get_rate())
        return super().allow_request(request)


router = Router(tags=["匹配"])


@router.post(
    "/match",
    response=schema.MatchAnswer,
    summary="按给出的指标匹配全部事项",
    description="不用登录，不保存任何内容。未给出的指标是未知，不是零。",
    throttle=[PerAddress()],
    operation_id="match",
)
def match(request: HttpRequest, body: schema.MatchIn) -> dict[str, object]:
    """Every enabled item (or those asked for) against the facts; the best combination of the eligible ones."""
    as_of = dt.date.fromisoformat(body.as_of) if body.as_of else clock.today()
    packs = catalogue.current_packs(settings.BABASHI_DISTRICT)
    subject = Subject(schema.facts_of(body.facts), schema.tables_of(body.tables))
    averages = schema.averages_of(body.parameters)
    parameters = (
        services.parameters_now() if averages is None else Parameters({"rd_intensity_average": averages})
    )
    results = next(found for _, found in engine.evaluate_many([(0, subject)], packs, parameters, as_of))
    if body.items is not None:
        results = [result for result in results if result.item in set(body.items)]
    places = {item.full_id: (item, pack) for pack in packs for item in pack.items}
    return {
        "as_of": as_of,
        "results": [_result(result, *places[result.item], explain=body.explain) for result in results],
        "combination": _combination(stack(results, packs)),
    }


def _result(result: Result, item: Item, pack: Pack, *, explain: bool) -> dict[str, object]:
    missing = [
        {"ref": fact.ref, "label": fact.label, "question": fact.question, "holder": fact.holder}
        for fact in missing_facts(result, pack)
    ]
    return {
        **result.to_line(),
        "title": item.short_title,
        "until": item.until,
        "pack_version": result.pack_version,
        "missing_facts": missing,
        "conditions": [_condition(node) for node in _tops(result.trace)] if explain else [],
        "readings": [pack.readings[reading].text for reading in result.readings if reading in pack.readings],
    }


def _tops(trace: ClauseTrace) -> tuple[ClauseTrace, ...]:
    return trace.children if trace.kind == "all" and not trace.id else (trace,)


def _condition(trace: ClauseTrace) -> dict[str, object]:
    values = trace.values or tuple(value for child in trace.children for value in child.values)
    return {
        "id": trace.id,
        "name": trace.name,
        "text": trace.text,
        "truth": trace.truth,
        "article": trace.cite.article if trace.cite else None,
        "quote": trace.cite.quote if trace.cite else None,
        "readings": list(trace.readings),
        "values": [
            {"ref": value.ref, "label": value.label, "text": value.text, "known": value.known}
            for value in values
        ],
        "children": [] if trace.kind == "not" else [_condition(child) for child in trace.children],
    }


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _combination(best: Combination) -> dict[str, object]:
    return {
        "granted": [
            {
                "item": entry.item,
                "amount_min": _money(entry.amount_min),
                "amount_max": _money(entry.amount_max),
            }
            for entry in best.granted
        ],
        "dropped": [
            {
                "item": entry.item,
                "because_of": entry.because_of,
                "reason": entry.reason,
                "source": entry.source,
            }
            for entry in best.dropped
        ],
        "total_min": _money(best.total_min),
        "total_max": _money(best.total_max),
    }
