"""Why a stored match said what it says: computed again, exactly, from what was frozen."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from babashi.audit.errors import DomainError
from babashi.catalogue import queries as catalogue
from babashi.enterprises import queries as enterprises
from babashi.enterprises.columns import load_frozen
from babashi.matching.basis import thaw
from babashi.matching.models import Match, RuleBasis
from babashi.rules.evaluate import evaluate
from babashi.rules.results import Result
from babashi.rules.values import Subject

_LOG = logging.getLogger(__name__)


class ProofBroken(DomainError):
    """A stored match says something else than its frozen facts, rule and basis give: a fault, never to be hidden."""

    def __init__(self, match: Match) -> None:
        super().__init__(
            f"匹配记录 {match.pk}（{match.full_id}）按存档资料重算的结果与当时不一致，请联系系统管理员核查。",
            code="proof_broken",
        )


def explain(match: Match) -> Result:
    """A stored match as the result it was, with its proof, however old. Raises ProofBroken when they differ."""
    if match.snapshot is None or match.run.basis is None:
        return _kept(match)
    rule, snapshot = catalogue.rule_of(match.item), match.snapshot
    subject = enterprises.subject_of_rows(snapshot.rows, snapshot.known_tables, rule.dictionary)
    result = evaluate(rule, subject, thaw(match.run.basis), match.as_of)
    if not _agrees(match, result):
        raise ProofBroken(match)
    return result


def explain_many(matches: Sequence[Match]) -> Iterator[tuple[Match, Result]]:
    """The same for many with a few queries for all; these proofs name no sources.

    The matches come with ``run``, ``snapshot`` and ``item`` (and its pack version) loaded. A match whose proof is
    broken is left out and logged: it must not keep the others from being told.
    """
    frozen = {match.snapshot_id: match.snapshot for match in matches if match.snapshot is not None}
    many = load_frozen(
        [(snapshot.enterprise_id, snapshot.known_tables, snapshot.rows) for snapshot in frozen.values()],
        catalogue.dictionary(),
    )
    places = {number: place for place, number in enumerate(frozen)}
    bases = RuleBasis.objects.in_bulk({match.run.basis_id for match in matches})
    tables = {number: thaw(basis) for number, basis in bases.items()}
    subjects: dict[int, Subject] = {}
    for match in matches:
        if match.snapshot_id is None:
            yield match, _kept(match)
            continue
        place = places[match.snapshot_id]
        if place not in subjects:
            subjects[place] = many.subject(place)
        rule = catalogue.rule_of(match.item)
        result = evaluate(rule, subjects[place], tables[match.run.basis_id], match.as_of)
        if _agrees(match, result):
            yield match, result
        else:
            _LOG.error("%s", ProofBroken(match))


def _agrees(match: Match, result: Result) -> bool:
    again = (result.verdict, result.amount_min, result.amount_max, list(result.missing), result.closed)
    return again == (match.verdict, match.amount_min, match.amount_max, match.missing, match.closed)


def _kept(match: Match) -> Result:
    """A match from before facts were frozen once carries its own proof."""
    trace = match.trace or {}
    return Result.from_json(
        {
            "item": match.full_id,
            "verdict": match.verdict,
            "amount_min": None if match.amount_min is None else str(match.amount_min),
            "amount_max": None if match.amount_max is None else str(match.amount_max),
            "failed": match.failed or [],
            "missing": match.missing,
            "closed": match.closed,
            "as_of": match.as_of.isoformat(),
            "pack_version": match.item.pack_version.version,
            "pack_digest": match.item.pack_version.digest,
            "readings": trace["readings"],
            "trace": trace["eligible"],
            "amount_trace": trace["amounts"],
        }
    )
