"""``babashi bench explain``: it compares before it measures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from babashi.bench import explain
from babashi.bench.match import Disagreement
from babashi.cli import main
from babashi.rules.facts import FactDictionary
from babashi.rules.overview import Outline, Overview


def test_figures_of_a_small_rulebook(tmp_path: Path) -> None:
    target = tmp_path / "figures.json"
    assert (
        main(["bench", "explain", "--policies", "60", "--rare", "20", "--runs", "2", "--json", str(target)])
        == 0
    )
    report = json.loads(target.read_text(encoding="utf-8"))
    assert report["policies"] == 60
    assert set(report["seconds"]) == {"verdicts", "explanations", "with_words", "scalar", "scalar_traces"}
    assert all(0 < times["least"] <= times["median"] for times in report["seconds"].values())


def test_every_policy_has_ids_and_citations_of_its_own() -> None:
    items = explain.policies(50, 0, FactDictionary.load())
    nodes = [condition.node for conditions in Outline(items).conditions for condition in conditions]
    assert len({node.id for node in nodes}) == len(nodes) > 200
    assert len({node.cite for node in nodes}) == len(nodes)


def test_an_overview_that_says_otherwise_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    outline = Outline(explain.policies(30, 0, FactDictionary.load()))
    explain.check(outline, explain.enterprise())
    original = Overview.result
    monkeypatch.setattr(Overview, "result", lambda self, number: replace_missing(original(self, number)))
    with pytest.raises(Disagreement):
        explain.check(outline, explain.enterprise())


def replace_missing(result):  # type: ignore[no-untyped-def]
    return replace(result, missing=("employees_2021",))
