"""`GET /policies`, `GET /policies/{pack}/{item}`, `GET /facts`: the catalogue for programs."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import ConfigDict, Field

from babashi.catalogue import listing, queries
from babashi.catalogue.models import CatalogueItem
from babashi.catalogue.rounds import why_closed
from babashi.rules.facts import FactSpec
from babashi.workdays import clock

router = Router(tags=["政策"])
MAX_LIMIT = 100
MAX_OFFSET = 10_000
PART = r"^[a-z0-9][a-z0-9-]{0,59}$"
WORDS = r"^[0-9A-Za-z\u4e00-\u9fff ]*$"

Kind = Literal["reward", "subsidy", "interest_subsidy", "voucher", "insurance", "training"]
Who = Literal["企业", "园区", "个体工商户", "其他", "个人"]
PackId = Annotated[str, Path(pattern=PART, max_length=60, description="政策包，如 banan-2022-63")]
ItemId = Annotated[str, Path(pattern=PART, max_length=60, description="事项，如 scale-up")]


class PolicyFilters(Schema):
    """What to look for."""

    model_config = ConfigDict(extra="forbid")
    q: str = Field("", max_length=60, pattern=WORDS, description="关键词，两个字也能查到")
    department: str = Field("", max_length=40, pattern=WORDS, description="牵头单位")
    kind: Kind | None = Field(None, description="类型")
    who: Who | None = Field(None, description="谁能享")
    only_open: Literal["true", "false"] = Field("false", description="只要未截止的")
    limit: int = Field(20, ge=1, le=MAX_LIMIT)
    offset: int = Field(0, ge=0, le=MAX_OFFSET)


class PolicyBrief(Schema):
    """一个事项，列表用。id 可以直接接在 /policies/ 后面。"""

    id: str
    title: str
    article: str
    kind: str
    who: list[str]
    amount: str
    round: str
    opens: dt.date | None
    until: dt.date
    open: bool
    lead: str
    channel: str
    automatic: bool
    document_number: str
    document_title: str
    version: str


class PolicyList(Schema):
    count: int
    items: list[PolicyBrief]


class SourceOut(Schema):
    """条件或数字，以及它在通知里的原文。"""

    name: str
    text: str
    article: str
    quote: str
    readings: list[str]


class ReadingOut(Schema):
    id: str
    text: str
    status: str
    confirm_by: str


class ContactOut(Schema):
    name: str
    phone: str


class PolicyWords(Schema):
    """五个固定问题的回答：谁能享、享多少、怎么办、何时到、找谁。"""

    who: list[str]
    how_much: list[str]
    how: list[str]
    when: list[str]
    whom: list[str]


class Policy(PolicyBrief):
    """一个事项的全部内容。"""

    support: list[str]
    contact: ContactOut | None
    words: PolicyWords
    sources: list[SourceOut]
    readings: list[ReadingOut]
    facts: list[str]


class FactOut(Schema):
    """一个指标：编号、名称、类型、单位、代码。"""

    id: str
    label: str
    type: str
    unit: str
    codes: list[str] | None
    none_word: str | None
    question: str


class TableOut(Schema):
    id: str
    label: str
    columns: list[FactOut]


class FactsOut(Schema):
    facts: list[FactOut]
    tables: list[TableOut]


@router.get("/policies", response=PolicyList, summary="查政策", operation_id="policies")
def policies(request: HttpRequest, filters: Annotated[PolicyFilters, Query()]) -> dict[str, object]:
    """Items in force, best match first."""
    today = clock.today()
    wanted = queries.Filters(
        department=filters.department.strip(),
        kind=filters.kind or "",
        who=filters.who or "",
        only_open=filters.only_open == "true",
    )
    found = queries.search(filters.q, wanted, today)
    page = found[filters.offset : filters.offset + filters.limit]
    return {"count": found.count(), "items": [_brief(row, today) for row in page]}


@router.get("/policies/{pack_id}/{item_id}", response=Policy, summary="一个事项", operation_id="policy")
def policy(request: HttpRequest, pack_id: PackId, item_id: ItemId) -> dict[str, object]:
    """One item in force, with its words, sources and readings."""
    row = queries.item(f"{pack_id}/{item_id}")
    rule = queries.rule_of(row)
    contact = rule.contact
    return _brief(row, clock.today()) | {
        "support": list(rule.support),
        "contact": {"name": contact.name, "phone": contact.phone} if contact else None,
        "words": row.words,
        "sources": [
            {
                "name": place.name,
                "text": place.text,
                "article": place.article,
                "quote": place.quote,
                "readings": list(place.readings),
            }
            for place in listing.places(rule)
        ],
        "readings": [
            {"id": found.id, "text": found.text, "status": found.status, "confirm_by": found.confirm_by}
            for found in queries.readings_of(row)
        ],
        "facts": sorted(rule.facts),
    }


@router.get("/facts", response=FactsOut, summary="指标字典", operation_id="facts")
def facts(request: HttpRequest) -> dict[str, object]:
    """The facts and child tables that `POST /match` understands."""
    known = queries.dictionary()
    return {
        "facts": [_fact(spec) for spec in known.facts.values() if spec.privacy != "personal"],
        "tables": [
            {
                "id": table.id,
                "label": table.label,
                "columns": [_fact(spec) for spec in table.columns.values()],
            }
            for table in known.tables.values()
        ],
    }


def _fact(spec: FactSpec) -> dict[str, object]:
    return {
        "id": spec.id,
        "label": spec.label,
        "type": spec.type,
        "unit": spec.unit,
        "codes": list(spec.codes) if spec.codes is not None else None,
        "none_word": spec.none_word,
        "question": spec.question,
    }


def _brief(row: CatalogueItem, today: dt.date) -> dict[str, object]:
    version = row.pack_version
    return {
        "id": row.full_id,
        "title": row.name,
        "article": row.article,
        "kind": row.kind,
        "who": row.kinds,
        "amount": row.amount,
        "round": row.round_name,
        "opens": row.opens,
        "until": row.until,
        "open": not why_closed(row, today),
        "lead": row.lead.name,
        "channel": row.channel,
        "automatic": row.automatic,
        "document_number": version.number,
        "document_title": version.title,
        "version": version.version,
    }
