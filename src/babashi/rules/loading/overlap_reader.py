"""Reading 从高不重复 of a pack: exceptions, exclusions, shared ceilings."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from babashi.rules.loading.fields import Fields
from babashi.rules.loading.yamltree import Value
from babashi.rules.pack import Overlap, OverlapPair, SharedCeiling
from babashi.rules.units import YUAN


class OverlapReader:
    """Reads ``overlap`` and checks that its items exist."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields

    def read(self, value: Value | None, pack_id: str, own: set[str]) -> Overlap:
        """The rule of this pack, whose items are ``own`` (full ids)."""
        if value is None or value.is_null:
            return Overlap()
        fields = self.fields
        keys = ("cite", "reading", "readings", "exceptions", "exclusions", "shared_ceilings")
        pairs = fields.mapping(value, keys, "从高不重复")
        overlap = Overlap(
            cite=fields.cite(pairs.get("cite"), "末段"),
            readings=fields.reading_ids(pairs.get("readings") or pairs.get("reading")),
            exceptions=tuple(self._pairs_of(pairs.get("exceptions"))),
            exclusions=tuple(self._pairs_of(pairs.get("exclusions"))),
            shared_ceilings=tuple(self._shared_ceilings(pairs.get("shared_ceilings"))),
        )
        self._check(value, overlap, pack_id, own)
        return overlap

    def _pairs_of(self, value: Value | None) -> Iterator[OverlapPair]:
        fields = self.fields
        for entry in fields.entries(value, "例外"):
            pairs = fields.mapping(entry, ("items", "reason", "source", "status"), "例外")
            items = [fields.text(part) for part in fields.entries(pairs.get("items"), "items")]
            if len(items) != 2 or items[0] == items[1]:
                fields.error(entry, "要写两个不同的事项", "items: [包/事项, 包/事项]")
                continue
            reason = fields.need_text(entry, pairs, "reason", "例外")
            source = fields.need_text(entry, pairs, "source", "例外")
            yield OverlapPair((items[0], items[1]), reason, source, fields.text(pairs.get("status")))

    def _shared_ceilings(self, value: Value | None) -> Iterator[SharedCeiling]:
        fields = self.fields
        for entry in fields.entries(value, "合计上限"):
            pairs = fields.mapping(entry, ("items", "ceiling", "reason", "all_rounds"), "合计上限")
            amount = fields.need(entry, pairs, "ceiling", "合计上限")
            literal = fields.literal(amount, "合计上限") if amount is not None else None
            if literal is None or literal.type != YUAN or not isinstance(literal.value, (int, Fraction)):
                fields.error(amount or entry, "合计上限要是金额", "如 100万元")
                continue
            items = tuple(fields.text(part) for part in fields.entries(pairs.get("items"), "items"))
            yuan = Decimal(Fraction(literal.value).numerator) / Decimal(Fraction(literal.value).denominator)
            reason = fields.need_text(entry, pairs, "reason", "合计上限")
            yield SharedCeiling(items, yuan, reason, fields.flag(pairs.get("all_rounds"), False))

    def _check(self, value: Value, overlap: Overlap, pack_id: str, own: set[str]) -> None:
        """Items of this pack must exist, and stand under one shared ceiling at most."""
        groups: list[tuple[str, ...]] = [pair.items for pair in (*overlap.exceptions, *overlap.exclusions)]
        groups += [ceiling.items for ceiling in overlap.shared_ceilings]
        for name in dict.fromkeys(name for names in groups for name in names):
            if "/" not in name:
                self.fields.error(value, f"事项要写全：{name}", f"写成 {pack_id}/{name}")
            elif name.startswith(f"{pack_id}/") and name not in own:
                self.fields.error(value, f"没有事项 {name}", f"可用：{'、'.join(sorted(own))}")
        limited = [name for ceiling in overlap.shared_ceilings for name in ceiling.items]
        for name in sorted({name for name in limited if limited.count(name) > 1}):
            self.fields.error(value, f"{name} 有两个合计上限", "一个事项最多属于一个合计上限")
