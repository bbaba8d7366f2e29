"""Reading what an item gives: amounts with their sources, and what is told but not computed."""

from __future__ import annotations

from babashi.rules.figures import figures_in
from babashi.rules.loading.fields import Fields
from babashi.rules.loading.yamltree import Value
from babashi.rules.pack import UNCONFIRMED, Benefit, BenefitTerm
from babashi.rules.tree import Expr
from babashi.rules.units import YUAN

_BENEFIT_KEYS = (
    "amount", "floor", "ceiling", "once", "text", "terms", "cite", "reading", "readings", "warnings",
)  # fmt: skip


class BenefitReader:
    """Reads ``benefit`` of one item after the other."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields

    def read(self, owner: Value, pairs: dict[str, Value], article: str) -> Benefit:
        """The benefit of an item; empty (after reporting) where there is none."""
        fields = self.fields
        value = fields.need(owner, pairs, "benefit", "事项")
        if value is None:
            return Benefit("other")
        inner = fields.mapping(value, _BENEFIT_KEYS, "待遇")
        cites = fields.cites(inner.get("cite"), article)
        readings = fields.reading_ids(inner.get("readings") or inner.get("reading"))
        if not cites and not readings:
            fields.error(value, "待遇没有出处", "写 cite: 原文，或 reading: 口径的 id")
        floor, ceiling = self._amounts(inner, fields.source_texts(cites, readings))
        return Benefit(
            kind=fields.text(pairs.get("kind"), "other"),
            floor=floor,
            ceiling=ceiling,
            once=fields.flag(inner.get("once"), False),
            text=fields.text(inner.get("text")),
            terms=tuple(self._term(entry, article) for entry in fields.entries(inner.get("terms"), "terms")),
            cites=cites,
            readings=readings,
            warnings=tuple(fields.text(entry) for entry in fields.entries(inner.get("warnings"), "warnings")),
        )

    def _amounts(self, inner: dict[str, Value], texts: list[str]) -> tuple[Expr | None, Expr | None]:
        def amount(key: str) -> Expr | None:
            return self.fields.expression(inner[key], YUAN, texts) if key in inner else None

        if "amount" in inner and ("floor" in inner or "ceiling" in inner):
            advice = "金额固定写 amount，否则写 floor、ceiling"
            self.fields.error(inner["amount"], "amount 与 floor、ceiling 只能写一种", advice)
        fixed = amount("amount")
        return fixed or amount("floor"), fixed or amount("ceiling")

    def _term(self, value: Value, article: str) -> BenefitTerm:
        fields = self.fields
        pairs = fields.mapping(value, ("label", "value", "cite", "reading", "readings", "status"), "待遇说明")
        term = BenefitTerm(
            label=fields.need_text(value, pairs, "label", "待遇说明"),
            value=fields.text(pairs.get("value"), UNCONFIRMED),
            cite=fields.cite(pairs.get("cite"), article),
            readings=fields.reading_ids(pairs.get("readings") or pairs.get("reading")),
            status=fields.text(pairs.get("status"), "" if "value" in pairs else UNCONFIRMED),
        )
        known = set().union(
            *(figures_in(text) for text in fields.source_texts([term.cite], term.readings)), set()
        )
        if "value" in pairs and not figures_in(term.value) <= known:
            fields.error(pairs["value"], f"{term.value} 没有出处", "引用写有这个数的原文")
        return term
