"""Precision, recall and F1 of a reading against a gold annotation, the way the annotation schema defines it."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

FIELDS: Final = (
    "segmentation", "kind", "amounts", "rates", "valid_until", "lead_departments", "supporting_departments",
    "document_number",
)  # fmt: skip
Record = Mapping[str, Any]


@dataclass(slots=True)
class Count:
    """True positives, false positives, false negatives."""

    hits: int = 0
    extra: int = 0
    missed: int = 0

    def add(self, hits: int, predicted: int, gold: int) -> None:
        """Adds a comparison of ``predicted`` and ``gold`` entries with ``hits`` in common."""
        self.hits += hits
        self.extra += predicted - hits
        self.missed += gold - hits

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.extra) if self.hits + self.extra else 1.0

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(slots=True)
class Score:
    """Counts of each field over all documents compared so far."""

    counts: dict[str, Count] = field(default_factory=lambda: {name: Count() for name in FIELDS})

    def compare(self, predicted: Record, gold: Record) -> None:
        """Adds one document."""
        p, g = list(predicted.get("measures") or []), list(gold.get("measures") or [])
        pairs = align(p, g)
        partner = {j: p[i] for i, j in pairs.items()}
        spare = [m for i, m in enumerate(p) if i not in pairs]
        self.counts["segmentation"].add(len(pairs), len(p), len(g))
        right = sum(
            p[i].get("kind") in [g[j].get("kind"), *(g[j].get("kinds_also") or [])] for i, j in pairs.items()
        )
        self.counts["kind"].add(right, len(p), len(g))
        for name in ("amounts", "rates"):
            for j, measure in enumerate(g):
                self._bags(name, _bag(partner.get(j), name), _bag(measure, name))
            for measure in spare:
                self._bags(name, _bag(measure, name), Counter())
        for name in ("lead_departments", "supporting_departments"):
            for j, measure in enumerate(g):
                self._bags(name, _names(partner.get(j), name), _names(measure, name))
            for measure in spare:
                self._bags(name, _names(measure, name), Counter())
        self._validity(predicted, gold, partner, g)
        a, b = _number(predicted.get("document_number")), _number(gold.get("document_number"))
        self.counts["document_number"].add(int(bool(a) and a == b), int(bool(a)), int(bool(b)))

    def _bags(self, name: str, predicted: Counter[Any], gold: Counter[Any]) -> None:
        self.counts[name].add(sum((predicted & gold).values()), sum(predicted.values()), sum(gold.values()))

    def _validity(
        self, predicted: Record, gold: Record, partner: Mapping[int, Record], measures: Sequence[Record]
    ) -> None:
        derivable = {_day(x) for x in gold.get("valid_until_alternatives") or []}
        for j, measure in enumerate(measures):
            b = _day(measure.get("valid_until") or gold.get("valid_until"))
            own = partner.get(j)
            a = _day(own.get("valid_until") or predicted.get("valid_until")) if own is not None else ""
            if not b and a in derivable:
                continue
            self.counts["valid_until"].add(int(bool(a) and a == b), int(bool(a)), int(bool(b)))


def align(predicted: Sequence[Record], gold: Sequence[Record]) -> dict[int, int]:
    """Pairs of positions: equal ordinal and headings alike to 0.3, or headings alike to 0.7, best first."""
    candidates: list[tuple[float, int, int]] = []
    for i, p in enumerate(predicted):
        for j, g in enumerate(gold):
            same = bool(_ordinal(p)) and _ordinal(p) == _ordinal(g)
            a, b = _bare(p.get("heading")), _bare(g.get("heading"))
            alike = difflib.SequenceMatcher(None, a, b).ratio() if a and b else 0.0
            if (same and (alike >= 0.3 or not a or not b)) or alike >= 0.7:
                candidates.append((2 * same + alike - 0.001 * abs(i - j), i, j))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted(candidates, key=lambda c: (-c[0], c[1], c[2])):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _bare(value: Any) -> str:
    return re.sub(r"[\s\u3000]+", "", str(value or ""))


def _ordinal(measure: Record) -> str:
    return re.sub(r"[、.．:：，,]+$", "", _bare(measure.get("ordinal")))


def _number(value: Any) -> str:
    return _bare(value).translate(str.maketrans("[]【】()（）", "〔〕〔〕〔〕〔〕"))


def _day(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else _bare(value)


def _bag(measure: Record | None, name: str) -> Counter[Any]:
    entries = (measure or {}).get(name) or []
    return Counter((round(float(e["value"]), 6), e["role"]) for e in entries if e.get("value") is not None)


def _names(measure: Record | None, name: str) -> Counter[Any]:
    return Counter({_bare(value) for value in (measure or {}).get(name) or []})
