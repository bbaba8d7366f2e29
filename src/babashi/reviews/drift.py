"""What the register says now where a case was frozen otherwise: facts move while a case is under review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babashi.applications.assessment import Assessment, assess
from babashi.applications.form import frozen_day
from babashi.applications.models import Application
from babashi.applications.snapshot import key_words, parse_text
from babashi.catalogue.queries import rule_of
from babashi.enterprises.words import value_words
from babashi.reviews.frozen import rows_words
from babashi.rules.pack import Item


@dataclass(frozen=True, slots=True)
class Change:
    """One fact, table or parameter that reads otherwise now."""

    label: str
    frozen: str
    now: str


@dataclass(frozen=True, slots=True)
class Drift:
    """All changes since the case was frozen, and what the rule would say on today's register."""

    changes: tuple[Change, ...]
    verdict: str
    amount_max: Decimal | None
    matters: bool
    """Whether verdict, floor or ceiling would be others."""

    @property
    def names(self) -> str:
        """The labels of what changed."""
        return "、".join(change.label for change in self.changes[:5])


def judged_now(application: Application, rule: Item) -> Assessment:
    """The case on today's register, reviewers' findings kept: what a reviewer is warned of is what a refresh does."""
    return assess(
        application.enterprise,
        rule,
        application.form,
        as_of=frozen_day(application.facts_used),
        recorded_by=str(application.submitted_by or ""),
        overrides=application.facts_used.get("overrides", {}),
    )


def drift(application: Application) -> Drift | None:
    """Compare a case with the register of today, reviewers' findings kept; ``None`` when nothing moved."""
    if not application.facts_used.get("as_of"):
        return None
    rule = rule_of(application.item)
    fresh = judged_now(application, rule)
    changes = tuple(_changes(application.facts_used, fresh.facts_used, rule))
    if not changes:
        return None
    result = fresh.result
    before = (application.verdict, application.amount_min, application.amount_max)
    matters = before != (result.verdict, result.amount_min, result.amount_max)
    return Drift(changes, result.verdict, result.amount_max, matters)


def _changes(frozen: Mapping[str, Any], fresh: Mapping[str, Any], rule: Item) -> list[Change]:
    found = []
    for ref, cell in fresh["facts"].items():
        spec = rule.dictionary.facts[ref]
        before = frozen["facts"].get(ref, {}).get("value")
        if before != cell["value"]:
            words = [value_words(parse_text(text, spec), spec) for text in (before, cell["value"])]
            found.append(Change(spec.spoken, *words))
    for table, cell in fresh["tables"].items():
        before = frozen["tables"].get(table, {}).get("rows")
        if before != cell["rows"]:
            label = rule.dictionary.tables[table].label
            found.append(Change(label, rows_words(before), rows_words(cell["rows"])))
    for name, rows in fresh["parameters"].items():
        before = frozen["parameters"].get(name, {})
        label = rule.dictionary.parameter_tables[name].label
        found += [
            Change(f"{label}（{key_words(key)}）", str(before.get(key) or "没有"), str(value or "没有"))
            for key, value in rows.items()
            if before.get(key) != value
        ]
    return found
