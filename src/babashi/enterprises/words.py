"""Values and sources in words, for pages and exports."""

from collections.abc import Iterable
from decimal import Decimal

from babashi.enterprises.models import Origin
from babashi.register_io.cells import format_value
from babashi.rules.facts import FactSpec
from babashi.rules.values import NEVER, Source, Value

UNKNOWN = "未知"
ORIGINS = dict(Origin.choices)


def value_words(value: Value | None, spec: FactSpec) -> str:
    """A value as people read it, with its unit; unknown is said, never shown as zero."""
    if value is None:
        return UNKNOWN
    if value is NEVER:
        return spec.none_word or NEVER.value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return (
            f"{value:,.2f} 元" if spec.type == "money" else f"{value * 100:f}".rstrip("0").rstrip(".") + "%"
        )
    if isinstance(value, frozenset):
        return format_value(value, spec).replace("|", "、") or "无"
    text = format_value(value, spec)
    if spec.type == "date":
        return day_words(text)
    if spec.type == "year":
        return f"{text}年"
    if spec.type == "code" and spec.code_name(text) != text:
        return f"{spec.code_name(text)}（{text}）"
    return f"{text} {spec.unit}" if spec.unit and spec.type == "int" else text


def day_words(iso: str) -> str:
    """2022-08-31 as 2022年8月31日."""
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日"


def source_words(source: Source | None) -> str:
    """Where a value comes from and as of when."""
    if source is None:
        return ""
    parts = [source.label]
    if source.as_of:
        parts.append(f"截至{day_words(source.as_of.isoformat())}")
    return "，".join(parts)


def listed(words: Iterable[str]) -> str:
    """Words in a row, as Chinese lists them."""
    return "、".join(words)
