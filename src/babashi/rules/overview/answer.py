"""Every result of one subject with its reasons: verdict, amounts, failed, missing, and each condition.

Computed when the overview is made: the outcome of every condition of every item, the values that conditions looked
at with their sources, verdicts, amounts, failed clauses, missing facts. Made when first read, because a page shows
one of them at a time: the tree of a trace with the single rows of child tables, and the steps of an amount
(:meth:`Explanation.result`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Final

import numpy as np

from babashi.rules.compiled import Env, Missing
from babashi.rules.overview.outline import Condition, Outline
from babashi.rules.overview.truths import FALSE, TRUE, Truths
from babashi.rules.pack import Clause, Item, Node
from babashi.rules.results import ClauseTrace, Result, Trace, UsedValue, Verdict
from babashi.rules.trace import amount_traces, order_missing, parts_of_node
from babashi.rules.used import UsedValues, uses_of
from babashi.rules.values import NO_PARAMETERS, Parameters, Subject

_VERDICTS: Final = np.array(["ineligible", "unknown", "eligible"], dtype=object)


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """What came out of a condition: met, not met or unknown, and the values it looked at (groups look at none)."""

    truth: bool | None
    values: tuple[UsedValue, ...] = ()


_GROUPS: Final = (Finding(False), Finding(None), Finding(True))

Amounts = tuple[Decimal | None, Decimal | None]
Row = tuple[Verdict, Amounts, tuple[str, ...], tuple[str, ...], list[Finding]]


class Explanation:
    """One item in an overview."""

    __slots__ = ("_number", "_overview")

    def __init__(self, overview: Overview, number: int) -> None:
        self._overview = overview
        self._number = number

    @property
    def item(self) -> Item:
        """The item explained."""
        return self._overview.outline.items[self._number]

    @property
    def verdict(self) -> Verdict:
        """``eligible``, ``ineligible`` or ``unknown``."""
        return self._overview.verdicts[self._number]

    @property
    def amounts(self) -> Amounts:
        """Guaranteed amount and ceiling in yuan, as in :class:`~babashi.rules.results.Result`."""
        return self._overview.amounts[self._number]

    @property
    def failed(self) -> tuple[str, ...]:
        """Ids of the clauses and groups that are not met."""
        return self._overview.failed[self._number]

    @property
    def missing(self) -> tuple[str, ...]:
        """Ids of what would have to be known."""
        return self._overview.missing[self._number]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition of the item in reading order."""
        return self._overview.outline.conditions[self._number]

    @property
    def findings(self) -> list[Finding]:
        """What came out of each of :attr:`conditions`."""
        return self._overview.findings(self._number)

    @property
    def lines(self) -> Iterator[tuple[Condition, Finding]]:
        """Each condition with what came out of it."""
        return zip(self.conditions, self.findings, strict=True)

    def result(self) -> Result:
        """The same as :func:`babashi.rules.evaluate.evaluate` gives, with the whole trace on demand."""
        return self._overview.result(self._number)


class Overview:
    """The answers of one subject for all items of an outline, on one day; lists run parallel to the items."""

    def __init__(
        self, outline: Outline, subject: Subject, parameters: Parameters | None, as_of: dt.date
    ) -> None:
        self.outline = outline
        self.as_of = as_of
        self._env = Env(subject, parameters or NO_PARAMETERS)
        self._used = UsedValues(outline.dictionary, self._env)
        self._found = Truths(outline, self._env)
        self._findings = self._findings_by_position()
        roots = self._found.codes[outline.roots]
        self.verdicts: list[Verdict] = _VERDICTS[roots].tolist()
        self.failed = self._failed()
        self.missing = self._found.missing_at(outline.roots)
        self.amounts: list[Amounts] = [(None, None)] * len(outline.items)
        self._add_amounts(np.flatnonzero(roots == TRUE).tolist())

    def __len__(self) -> int:
        return len(self.outline.items)

    def __getitem__(self, number: int) -> Explanation:
        return Explanation(self, range(len(self))[number])

    def __iter__(self) -> Iterator[Explanation]:
        return (Explanation(self, number) for number in range(len(self)))

    def findings(self, number: int) -> list[Finding]:
        """What came out of each condition of an item."""
        return self._findings[self.outline.slices[number]]

    def rows(self) -> Iterator[Row]:
        """Verdict, amounts, failed, missing and findings of every item, for who reads them all."""
        findings = map(self._findings.__getitem__, self.outline.slices)
        return zip(self.verdicts, self.amounts, self.failed, self.missing, findings, strict=True)

    # -- at once ---------------------------------------------------------------------------------------------
    def _findings_by_position(self) -> list[Finding]:
        """One finding a test, shared by all conditions that make it; three for all groups."""
        leaves, codes = self.outline.leaves, self._found.codes.astype(np.int32)
        shared = np.empty(len(leaves) + len(_GROUPS), dtype=object)
        for number, (leaf, truth) in enumerate(zip(leaves, self._found.leaf_truths, strict=True)):
            shared[number] = Finding(truth, self._used.values(leaf.uses))
        shared[len(leaves) :] = _GROUPS
        which = self.outline.leaf_at.copy()
        for group in self.outline.groups:
            which[group.nodes] = codes[group.nodes] + len(leaves)
        findings: list[Finding] = shared[which].tolist()
        return findings

    def _failed(self) -> list[tuple[str, ...]]:
        outline = self.outline
        failing = self._found.codes[outline.decisive] == FALSE
        ids = tuple(outline.decisive_ids[failing].tolist())
        before = np.concatenate(([0], np.cumsum(failing)))[outline.decisive_starts].tolist()
        return list(map(ids.__getitem__, map(slice, before, before[1:])))

    def _add_amounts(self, eligible: Iterable[int]) -> None:
        outline, env = self.outline, self._env
        known: dict[int, tuple[Decimal | None, frozenset[str]]] = {-1: (None, frozenset())}
        for number in eligible:
            for amount in (outline.floors[number], outline.ceilings[number]):
                if amount not in known:
                    known[amount] = _known(outline.amounts[amount](env))
            floor, ceiling = known[outline.floors[number]], known[outline.ceilings[number]]
            self.amounts[number] = (floor[0], ceiling[0])
            if floor[1] or ceiling[1]:
                self.missing[number] = order_missing(outline.dictionary, floor[1] | ceiling[1])

    # -- on demand -------------------------------------------------------------------------------------------
    def result(self, number: int) -> Result:
        """The full result of one item."""
        item = self.outline.items[number]
        floor, ceiling = self.amounts[number]
        return Result(
            item=item.full_id,
            verdict=self.verdicts[number],
            amount_min=floor,
            amount_max=ceiling,
            failed=self.failed[number],
            missing=self.missing[number],
            closed=self.as_of > item.until,
            as_of=self.as_of,
            pack_version=item.pack_version,
            pack_digest=item.pack_digest,
            readings=item.readings,
            _proof=partial(self._proof, number),
        )

    def _proof(self, number: int) -> Trace:
        item = self.outline.items[number]
        eligible = self.verdicts[number] == "eligible"
        amounts = tuple(amount_traces(item, self._used)) if eligible else ()
        return Trace(self._trace(item.eligible, number, count(self.outline.slices[number].start)), amounts)

    def _trace(self, node: Node, number: int, positions: Iterator[int]) -> ClauseTrace:
        position = next(positions)
        finding = self._findings[position]
        condition = self.outline.conditions[number][position - self.outline.slices[number].start]
        return ClauseTrace(
            id=node.id,
            kind=condition.kind,
            name=node.name,
            text=condition.text,
            truth=finding.truth,
            missing=self._found.missing_at(np.array([position]))[0],
            values=finding.values,
            rows=self._used.rows(uses_of(node.test)) if isinstance(node, Clause) else (),
            cite=node.cite,
            readings=node.readings,
            hint=node.hint,
            children=tuple(self._trace(part, number, positions) for part in parts_of_node(node)),
        )


def _known(value: Decimal | Missing) -> tuple[Decimal | None, frozenset[str]]:
    return (None, value) if isinstance(value, Missing) else (value, frozenset())
