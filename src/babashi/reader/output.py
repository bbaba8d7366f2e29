"""A notice as data (the annotation schema plus places and confidence) and as a table for people."""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from ruamel.yaml import YAML

from babashi.reader.model import Amount, Measure, Notice, Rate, Validity, Words
from babashi.reader.text import Span

KIND_WORDS: Final = {
    "reward": "奖励", "subsidy": "补助", "interest_subsidy": "贴息", "voucher": "券", "insurance": "保险",
    "training": "培训", "tax_fee_relief": "税费减免", "loan_guarantee": "贷款担保", "rent_relief": "租金",
    "service": "服务", "other": "其他",
}  # fmt: skip
ROLE_WORDS: Final = {
    "fixed": "", "cap": "最高", "floor": "不低于", "range_low": "下限", "range_high": "上限",
    "total_budget": "总额", "per_unit": "每单位",
}  # fmt: skip


def number(value: Decimal) -> int | float:
    """A plain number for YAML and JSON: whole if it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)


def as_record(notice: Notice, *, with_text: bool = True) -> dict[str, Any]:
    """The notice as plain data. Keys of the annotation schema first; fields without a find are left out."""
    record: dict[str, Any] = {
        "title": _text(notice.title),
        "issuer": _text(notice.issuer),
        "document_number": _text(notice.document_number),
        "date": notice.date.isoformat() if notice.date else None,
        **_validity(notice.validity),
        "addressees": _text(notice.addressees),
        "attachments": [w.text for w in notice.attachments],
        "overlap": [_words(notice, w) for w in notice.overlap],
        "places": {
            name: notice.place(words.span)
            for name, words in (
                ("title", notice.title), ("issuer", notice.issuer), ("document_number", notice.document_number),
                ("date", notice.date_words), ("validity", notice.validity.quote),
            )
            if words is not None
        },
        "text": notice.text if with_text else None,
        "measures": [_measure(notice, m) for m in notice.measures],
        "contacts": [
            {"policy": c.policy, "department": c.department, "person": c.person, "phone": c.phone,
             "place": notice.place(c.span)}
            for c in notice.contacts
        ],
        "warnings": list(notice.warnings),
    }  # fmt: skip
    return {k: v for k, v in record.items() if v or k in {"text", "measures"}} | {
        "measures": record["measures"]
    }


def _text(words: Words | None) -> str | None:
    return words.text if words is not None else None


def _at(notice: Notice, span: Span) -> dict[str, Any]:
    return {"place": notice.place(span), "start": span.start, "end": span.end}


def _words(notice: Notice, words: Words) -> dict[str, Any]:
    return {"quote": words.text, "confidence": words.confidence, **_at(notice, words.span)}


def _validity(validity: Validity) -> dict[str, Any]:
    record: dict[str, Any] = {}
    if validity.valid_from:
        record["valid_from"] = validity.valid_from.isoformat()
    if validity.valid_until:
        record["valid_until"] = validity.valid_until.isoformat()
    if validity.quote:
        record["validity_quote"] = validity.quote.text
    if validity.alternatives and not validity.valid_until:
        record["valid_until_alternatives"] = [day.isoformat() for day in validity.alternatives]
    return record


def _measure(notice: Notice, measure: Measure) -> dict[str, Any]:
    record: dict[str, Any] = {
        "ordinal": measure.ordinal,
        "heading": measure.heading.text,
        "path": list(measure.path),
        "kind": measure.kind,
        "kinds_also": list(measure.kinds_also),
        "confidence": {"measure": measure.confidence, "kind": measure.kind_confidence},
        **_at(notice, measure.heading.span),
        "beneficiaries": [_words(notice, w) for w in measure.beneficiaries],
        "amounts": [_amount(notice, a) for a in measure.amounts],
        "rates": [_rate(notice, r) for r in measure.rates],
        "conditions": [w.text for w in measure.conditions],
        "deadlines": [_words(notice, w) for w in measure.deadlines],
        **_validity(measure.validity),
        "lead_departments": [w.text for w in measure.lead_departments],
        "supporting_departments": [w.text for w in measure.supporting_departments],
        "named_departments": [w.text for w in measure.named_departments],
        "overlap": [_words(notice, w) for w in measure.overlap],
    }
    return {k: v for k, v in record.items() if v or k in {"ordinal", "heading", "kind"}}


def _amount(notice: Notice, amount: Amount) -> dict[str, Any]:
    return {
        "value": number(amount.value),
        "role": amount.role,
        "per": amount.per,
        "quote": amount.quote,
        "confidence": amount.confidence,
        **_at(notice, amount.span),
    }


def _rate(notice: Notice, rate: Rate) -> dict[str, Any]:
    return {
        "value": number(rate.value),
        "role": rate.role,
        "base": rate.base,
        "quote": rate.quote,
        "confidence": rate.confidence,
        **_at(notice, rate.span),
    }


def to_yaml(record: Any) -> str:
    """YAML with Chinese as it is."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 4096
    yaml.representer.sort_base_mapping_type_on_output = False  # keep the order of the schema
    stream = io.StringIO()
    yaml.dump(record, stream)
    return stream.getvalue()


def to_json(record: Any) -> str:
    """JSON with Chinese as it is."""
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def to_table(notice: Notice) -> str:
    """A summary for people: one row a measure."""
    lines = [
        f"标题：{_text(notice.title) or '（未找到）'}",
        f"文号：{_text(notice.document_number) or '（未找到）'}",
        f"发文：{_text(notice.issuer) or '（未找到）'}  日期：{notice.date or '（未找到）'}",
    ]
    if notice.validity.quote:
        lines.append(f"有效期：{notice.validity.quote.text}")
    lines.append("")
    rows = [["序号", "措施", "类型", "金额和比例", "期限", "牵头", "配合", "位置"]]
    rows.extend(_row(notice, m) for m in notice.measures)
    lines.extend(_grid(rows))
    if not notice.measures:
        lines.append("没有找到给予具体支持的措施。")
    lines.extend(f"热线：{c.policy} {c.department} {c.person} {c.phone}".rstrip() for c in notice.contacts)
    lines.extend(f"提示：{warning}" for warning in notice.warnings)
    return "\n".join(lines) + "\n"


def _row(notice: Notice, measure: Measure) -> list[str]:
    figures = _figures(measure.amounts) + _figures(measure.rates)
    until = measure.validity.valid_until or notice.validity.valid_until
    return [
        measure.ordinal,
        _short(measure.heading.text, 30),
        KIND_WORDS[measure.kind],
        _short("；".join(figures), 60),
        until.isoformat() if until else "",
        _short("、".join(w.text for w in measure.lead_departments), 24) or _unsaid(measure),
        _short("、".join(w.text for w in measure.supporting_departments), 24),
        notice.place(measure.heading.span),
    ]


def _unsaid(measure: Measure) -> str:
    """Names in a bracket: who of them leads is not said."""
    names = "、".join(w.text for w in measure.named_departments)
    return f"未注明（{_short(names, 20)}）" if names else ""


def _figures(finds: Sequence[Amount | Rate]) -> list[str]:
    """The sums or rates as printed; the two ends of a range share one quote and are printed once."""
    return [
        ("" if find.role == "range_low" else ROLE_WORDS[find.role]) + "".join(find.quote.split())
        for find in finds
        if find.role != "range_high"
    ]


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _grid(rows: list[list[str]]) -> list[str]:
    widths = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(c + " " * (w - _width(c)) for c, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
