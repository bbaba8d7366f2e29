"""Invented items of every topic: which sums and shares are benefits, and in which role."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from babashi.reader import read_text

ITEMS = yaml.safe_load((Path(__file__).parents[2] / "data" / "notices" / "sentences.yaml").read_text("utf8"))


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["text"][:12])
def test_finds(item: dict[str, str]) -> None:
    measures = read_text(f"关于促进发展的若干政策措施\n\n一、{item['text']}\n").measures
    sums = [f"{float(a.value):.10g} {a.role}" for m in measures for a in m.amounts]
    shares = [f"{float(r.value) * 100:.4g}% {r.role}" for m in measures for r in m.rates]
    assert Counter(sums + shares) == Counter(item["finds"].split(", ") if item["finds"] else [])
