"""What `POST /match` takes and gives: models made from the fact dictionary, strict and bounded everywhere.

The patterns below are the whole truth: what fits them is accepted, so the published OpenAPI description is too.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from operator import getitem
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, Literal

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, create_model

from babashi.catalogue.queries import dictionary
from babashi.register_io.limits import COUNT_LIMIT, LAST_YEAR
from babashi.rules.facts import FactSpec
from babashi.rules.values import NEVER, ParameterKey, Row, Value, normal_key

MAX_ROWS = 50
MAX_AVERAGES = 200
MAX_ITEMS = 50
FIRST_YEAR = 1900
_YEAR = "(?:19|20)[0-9]{2}"
_LEAP = "(?:(?:19|20)(?:0[48]|[2468][048]|[13579][26])|2000)"
DATE = (
    f"^(?:{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    f"|02-(?:0[1-9]|1[0-9]|2[0-8]))|{_LEAP}-02-29)$"
)
MONEY = r"^(?:0|[1-9][0-9]{0,12})(?:\.[0-9]{1,2})?$"
SHARE = r"^(?:0(?:\.[0-9]{1,15})?|1(?:\.0{1,15})?)$"
TEXT = r"^[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff ()（）·.-]{0,59}$"
FULL_ID = r"^[a-z0-9][a-z0-9-]{0,59}/[a-z0-9][a-z0-9-]{0,59}$"

Money = Annotated[str, Field(pattern=MONEY, max_length=16)]
Share = Annotated[str, Field(pattern=SHARE, max_length=17)]
Day = Annotated[str, Field(pattern=DATE, max_length=10)]


def _whole(given: Any) -> Any:
    """JSON knows one kind of number: 97.0 is an integer to it, and so it is here."""
    return int(given) if isinstance(given, float) and given.is_integer() else given


Whole = BeforeValidator(_whole)
WholeMoney = Annotated[int, Field(ge=0, le=9_999_999_999_999), Whole]

PRIVATE = ("personal",)
NOT_NEEDED = ("uscc", "name")


class Strict(Schema):
    """No coercion, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid")


def _one_of(codes: tuple[str, ...]) -> Any:
    """One of some codes that are known at run time only: in brackets it would be read as a type of the program."""
    return getitem(Literal, codes)


def _list_of(kind: Any, limits: Any) -> Any:
    """A list of something known at run time only."""
    return getitem(Annotated, (GenericAlias(list, kind), limits))


def _type_of(spec: FactSpec) -> Any:
    if spec.type == "bool":
        return bool
    if spec.type == "codes":
        codes = spec.codes or ()
        limits = Field(max_length=len(codes), json_schema_extra={"uniqueItems": True})
        return _list_of(_one_of(codes), limits)
    if spec.type == "code" and spec.codes is not None:
        return _one_of(spec.codes)
    if spec.type == "code":
        return Annotated[str, Field(pattern=f"^(?:{spec.pattern})$", max_length=20)]
    if spec.type == "int":
        return Annotated[int, Field(ge=0, lt=COUNT_LIMIT), Whole]
    if spec.type == "year":
        year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR), Whole]
        return year | Literal["无"] if spec.none_word else year
    plain: dict[str, Any] = {"money": Money | WholeMoney, "ratio": Share, "date": Day}
    return plain.get(spec.type, Annotated[str, Field(pattern=TEXT, max_length=60)])


def _fields(columns: dict[str, FactSpec]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, spec in columns.items():
        words = "；".join(
            part for part in (spec.label, spec.description, spec.unit and f"单位：{spec.unit}") if part
        )
        found[name] = (_type_of(spec) | None, Field(default=None, description=words))
    return found


def _facts_model() -> type[Strict]:
    specs = {
        name: spec
        for name, spec in dictionary().facts.items()
        if spec.privacy not in PRIVATE and name not in NOT_NEEDED
    }
    return create_model(
        "Facts", __base__=Strict, __doc__="主体的指标；不写或 null 表示未知，不是零。", **_fields(specs)
    )


def _tables_model() -> type[Strict]:
    found: dict[str, Any] = {}
    for name, table in dictionary().tables.items():
        row = create_model(
            f"{name.title()}Row", __base__=Strict, __doc__=table.label, **_fields(dict(table.columns))
        )
        words = f"{table.label}：不写或 null 表示未知，[] 表示没有"
        rows = _list_of(row, Field(max_length=MAX_ROWS))
        found[name] = (rows | None, Field(default=None, description=words))
    return create_model("Tables", __base__=Strict, __doc__="子表。", **found)


class IndustryAverage(Strict):
    """一行同行业平均研发投入强度。"""

    division: str = Field(pattern=r"^[0-9]{2}$", max_length=2, description="行业大类，两位数字")
    year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR), Whole]
    average: Share = Field(description="小数，2.5% 写成 0.025")


class Figures(Strict):
    """参数表；不写就用平台登记的官方数据。"""

    rd_intensity_average: Annotated[list[IndustryAverage], Field(max_length=MAX_AVERAGES)] | None = None


if TYPE_CHECKING:  # a model of what the dictionary says today is some model to who reads the program
    FactsIn = Strict
    TablesIn = Strict
else:
    FactsIn, TablesIn = _facts_model(), _tables_model()


class MatchIn(Strict):
    """要匹配的主体：指标和子表。什么都不保存。"""

    facts: FactsIn = Field(default_factory=FactsIn)
    tables: TablesIn = Field(default_factory=TablesIn)
    parameters: Figures = Field(default_factory=Figures)
    as_of: Day | None = Field(default=None, description="按哪一天判断；不写就是今天")
    items: (
        Annotated[list[Annotated[str, Field(pattern=FULL_ID, max_length=121)]], Field(max_length=MAX_ITEMS)]
        | None
    ) = Field(default=None, description="只判断这些事项；不写就是全部")
    explain: bool = Field(default=True, description="是否返回每个条件的判断过程")


class ValueOut(Schema):
    ref: str
    label: str
    text: str
    known: bool


class ConditionOut(Schema):
    """一个条件：truth 为 true 符合、false 不符合、null 未知。"""

    id: str
    name: str
    text: str
    truth: bool | None
    article: str | None
    quote: str | None
    readings: list[str]
    values: list[ValueOut]
    children: list[ConditionOut]


class MissingOut(Schema):
    """缺的资料。"""

    ref: str
    label: str
    question: str
    holder: str


class MatchOut(Schema):
    """一个事项的结论。金额以元为单位的两位小数文本，没有或未知为 null。"""

    item: str
    title: str
    verdict: Literal["eligible", "ineligible", "unknown"]
    amount_min: str | None
    amount_max: str | None
    failed: list[str]
    missing: list[str]
    closed: bool
    until: dt.date
    pack_version: str
    missing_facts: list[MissingOut]
    conditions: list[ConditionOut]
    readings: list[str]


class GrantOut(Schema):
    item: str
    amount_min: str | None
    amount_max: str | None


class DroppedOut(Schema):
    item: str
    because_of: str
    reason: str
    source: str


class CombinationOut(Schema):
    """最优组合（从高不重复）。"""

    granted: list[GrantOut]
    dropped: list[DroppedOut]
    total_min: str
    total_max: str


class MatchAnswer(Schema):
    as_of: dt.date
    results: list[MatchOut]
    combination: CombinationOut


# -- from the interface to the rules -------------------------------------------------------------------------


def facts_of(given: Any) -> dict[str, Value | None]:
    """Facts as the rules know them; what was not given is left out."""
    specs = dictionary().facts
    return {
        name: found
        for name in type(given).model_fields
        if (found := _value(getattr(given, name), specs[name])) is not None
    }


def tables_of(given: Any) -> dict[str, list[Row] | None]:
    """Child tables; None = unknown. Repeated identical rows count once where the dictionary says so."""
    found: dict[str, list[Row] | None] = {}
    for name, table in dictionary().tables.items():
        rows = getattr(given, name)
        if rows is None:
            found[name] = None
            continue
        read: list[Row] = []
        for row in rows:
            values = {column: _value(getattr(row, column), spec) for column, spec in table.columns.items()}
            if not (table.distinct_rows and values in read):
                read.append(values)
        found[name] = read
    return found


def averages_of(given: Figures) -> dict[ParameterKey, Decimal | None] | None:
    """The averages handed in, None when none were."""
    rows = given.rd_intensity_average
    if rows is None:
        return None
    return {normal_key([row.division, row.year]): Decimal(row.average) for row in rows}


def _value(given: Any, spec: FactSpec) -> Value | None:
    if given is None:
        return None
    if spec.type == "codes":
        return frozenset(given)
    if spec.type in ("money", "ratio"):
        return Decimal(given)
    if spec.type == "date":
        return dt.date.fromisoformat(given)
    if spec.type == "year" and given == spec.none_word:
        return NEVER
    value: Value = given
    return value
