"""The transition table of an application: complete, strict, and a fold."""

import pytest

from babashi.applications import flow
from babashi.applications.flow import (
    DECIDED_FOR,
    EDITABLE,
    ENDED,
    START,
    TRANSITIONS,
    UNDECIDED,
    EventKind,
    IllegalTransition,
    State,
    UnregisteredEvent,
    fold,
    next_state,
)

PAIRS = [(state, kind) for state in [START, *State.values] for kind in EventKind.values]


def test_table_is_complete() -> None:
    assert flow.check() == []


def test_start_up_stops_at_an_unregistered_event() -> None:
    problems = flow.check(kinds=[*EventKind.values, "teleported"])
    assert problems == ["event kind 'teleported' has no row in the transition table"]


def test_start_up_stops_when_a_row_is_missing() -> None:
    table = {kind: row for kind, row in TRANSITIONS.items() if kind is not EventKind.REFUSED}
    problems = flow.check(table=table)
    assert "event kind 'refused' has no row in the transition table" in problems
    assert any("no event leads to state" in problem and "refused" in problem for problem in problems)


@pytest.mark.parametrize(("state", "kind"), PAIRS)
def test_every_pair_is_either_in_the_table_or_refused(state: str, kind: str) -> None:
    target = TRANSITIONS[EventKind(kind)].get(state)
    if target is None:
        with pytest.raises(IllegalTransition) as refusal:
            next_state(state, kind)
        assert (refusal.value.state, refusal.value.kind) == (state, kind)
    else:
        assert next_state(state, kind) is target


def test_unknown_kind_is_never_accepted() -> None:
    with pytest.raises(UnregisteredEvent):
        next_state("draft", "teleported")


def test_nothing_leaves_an_ended_case_but_a_rating() -> None:
    for state in ENDED:
        kinds = {kind for kind, row in TRANSITIONS.items() if state in row}
        assert kinds <= {EventKind.RATED}
        assert all(TRANSITIONS[kind][state] == state for kind in kinds)


def test_money_states_are_reached_only_through_an_approval() -> None:
    """Without approved or queued no history ever gets to a decided state."""
    without = {k: r for k, r in TRANSITIONS.items() if k not in (EventKind.APPROVED, EventKind.QUEUED)}
    reached, frontier = {START}, [START]
    while frontier:
        state = frontier.pop()
        for row in without.values():
            if state in row and row[state] not in reached:
                reached.add(row[state])
                frontier.append(row[state])
    assert reached.isdisjoint(DECIDED_FOR)
    assert State.REFUSED in reached
    assert State.WITHDRAWN in reached


def test_withdrawing_is_possible_exactly_before_the_decision() -> None:
    assert set(TRANSITIONS[EventKind.WITHDRAWN]) == {State.DRAFT.value, *(s.value for s in UNDECIDED)}


def test_a_pending_correction_admits_no_review() -> None:
    kinds = {kind for kind, row in TRANSITIONS.items() if State.CORRECTION in row}
    assert kinds == {
        EventKind.CORRECTED,
        EventKind.CORRECTION_CANCELLED,
        EventKind.CORRECTION_LAPSED,
        EventKind.WITHDRAWN,
    }
    assert State.CORRECTION in EDITABLE


def test_only_an_awaited_correction_lapses() -> None:
    assert TRANSITIONS[EventKind.CORRECTION_LAPSED] == {State.CORRECTION.value: State.LAPSED}
    assert State.LAPSED in ENDED
    assert {kind for kind, row in TRANSITIONS.items() if State.LAPSED in row.values()} == {
        EventKind.CORRECTION_LAPSED
    }


def test_fold_of_a_whole_journey() -> None:
    journey = [
        "draft_started", "submitted", "review_opened", "stage_passed", "review_opened", "returned", "corrected",
        "review_opened", "stage_passed", "published", "objection_received", "objection_dismissed",
        "publicity_ended", "approval_opened", "queued", "funds_reserved", "payment_ordered", "payment_returned",
        "payment_reordered", "paid", "receipt_confirmed", "rated",
    ]  # fmt: skip
    assert fold(journey) == State.PAID
