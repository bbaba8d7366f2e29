"""What may happen to an application, in which order: one pure transition table.

The state of a case is the fold of its past-tense events over this table. An event kind without a row here, or
without words, stops the start-up (:func:`check`); an event that does not fit the state raises
:class:`IllegalTransition`, whoever asks.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from django.db.models import TextChoices


class State(TextChoices):
    """Where a case is. The stage of the review is in ``Application.stage``."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已提交"
    IN_REVIEW = "in_review", "审核中"
    CORRECTION = "correction", "待补正"
    PUBLICITY = "publicity", "公示中"
    APPROVAL = "approval", "待审定"
    QUEUED = "queued", "排队待额度"
    APPROVED = "approved", "已审定待拨付"
    PAYING = "paying", "拨付中"
    PAYMENT_RETURNED = "payment_returned", "拨付退回"
    PAID = "paid", "已到账"
    REFUSED = "refused", "不予支持"
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "逾期未补正"


class EventKind(TextChoices):
    """Everything that can happen to an application, in the past tense, with the words of the time line."""

    DRAFT_STARTED = "draft_started", "开始填报"
    SUBMITTED = "submitted", "提交申报"
    CONFIRMED = "confirmed", "确认免申即享"
    REVIEW_OPENED = "review_opened", "进入审核环节"
    STAGE_PASSED = "stage_passed", "环节通过"
    FACTS_CORRECTED = "facts_corrected", "核定数据"
    RETURNED = "returned", "退回补正"
    CORRECTION_CANCELLED = "correction_cancelled", "撤销补正要求"
    CORRECTION_LAPSED = "correction_lapsed", "逾期未补正，办结"
    CORRECTED = "corrected", "提交补正"
    SENT_BACK = "sent_back", "退回上一环节"
    PUBLISHED = "published", "开始公示"
    OBJECTION_RECEIVED = "objection_received", "收到异议"
    OBJECTION_DISMISSED = "objection_dismissed", "异议不成立"
    OBJECTION_UPHELD = "objection_upheld", "异议成立"
    PUBLICITY_ENDED = "publicity_ended", "公示结束"
    APPROVAL_OPENED = "approval_opened", "进入审定"
    APPROVED = "approved", "审定通过"
    QUEUED = "queued", "审定通过，等待资金额度"
    FUNDS_RESERVED = "funds_reserved", "资金额度已落实"
    PAYMENT_ORDERED = "payment_ordered", "转入拨付"
    PAYMENT_BATCHED = "payment_batched", "编入拨付批次"
    PAYMENT_UNBATCHED = "payment_unbatched", "移出拨付批次"
    PAYMENT_EXPORTED = "payment_exported", "送国库拨付"
    PAYMENT_RETURNED = "payment_returned", "银行退回"
    PAYMENT_REORDERED = "payment_reordered", "更正账户后重新拨付"
    PAID = "paid", "资金到账"
    PAYMENT_REVERSED = "payment_reversed", "到账后被冲销"
    RECEIPT_CONFIRMED = "receipt_confirmed", "企业确认收款"
    RECEIPT_DISPUTED = "receipt_disputed", "企业反映未收到"
    RATED = "rated", "企业评价"
    REFUSED = "refused", "决定不予支持"
    WITHDRAWN = "withdrawn", "申请人撤回"


JUDGING_ROLES: Final = frozenset({"acceptor", "first_reviewer", "second_reviewer"})
"""Roles whose stages an automatic grant leaves out: completeness, facts and amount are given already."""
ENDED: Final = (State.REFUSED, State.WITHDRAWN, State.LAPSED)
"""A case in one of these is over and leaves room for a new application for the same item."""

EDITABLE: Final = (State.DRAFT, State.CORRECTION)
"""The applicant may type."""

UNDECIDED: Final = (State.SUBMITTED, State.IN_REVIEW, State.CORRECTION, State.PUBLICITY, State.APPROVAL)
"""Submitted and not yet decided: the applicant may withdraw."""

DECIDED_FOR: Final = (State.QUEUED, State.APPROVED, State.PAYING, State.PAYMENT_RETURNED, State.PAID)
"""Approved, whatever became of the money."""

START: Final = ""
"""The state before the first event."""


class IllegalTransition(ValueError):
    """The event cannot happen in this state."""

    def __init__(self, state: str, kind: str) -> None:
        super().__init__(f"{kind} cannot happen in state {state or 'start'}")
        self.state = state
        self.kind = kind


class UnregisteredEvent(LookupError):
    """An event kind that the transition table does not know."""


def _stay(*states: State) -> dict[str, State]:
    return {state.value: state for state in states}


def _to(target: State, *sources: State) -> dict[str, State]:
    return {state.value: target for state in sources}


_S, _E = State, EventKind
TRANSITIONS: Final[Mapping[EventKind, Mapping[str, State]]] = MappingProxyType(
    {
        _E.DRAFT_STARTED: {START: _S.DRAFT},
        _E.SUBMITTED: _to(_S.SUBMITTED, _S.DRAFT),
        _E.CONFIRMED: _to(_S.SUBMITTED, _S.DRAFT),
        _E.REVIEW_OPENED: _to(_S.IN_REVIEW, _S.SUBMITTED, _S.IN_REVIEW, _S.PUBLICITY, _S.APPROVAL),
        _E.STAGE_PASSED: _stay(_S.IN_REVIEW),
        _E.FACTS_CORRECTED: _stay(_S.IN_REVIEW, _S.APPROVAL),
        _E.RETURNED: _to(_S.CORRECTION, _S.IN_REVIEW, _S.APPROVAL),
        _E.CORRECTION_CANCELLED: _to(_S.SUBMITTED, _S.CORRECTION),
        _E.CORRECTION_LAPSED: _to(_S.LAPSED, _S.CORRECTION),
        _E.CORRECTED: _to(_S.SUBMITTED, _S.CORRECTION),
        _E.SENT_BACK: _stay(_S.IN_REVIEW, _S.APPROVAL),
        _E.PUBLISHED: _to(_S.PUBLICITY, _S.SUBMITTED, _S.IN_REVIEW, _S.APPROVAL),
        _E.OBJECTION_RECEIVED: _stay(_S.PUBLICITY),
        _E.OBJECTION_DISMISSED: _stay(_S.PUBLICITY),
        _E.OBJECTION_UPHELD: _stay(_S.PUBLICITY),
        _E.PUBLICITY_ENDED: _stay(_S.PUBLICITY),
        _E.APPROVAL_OPENED: _to(_S.APPROVAL, _S.SUBMITTED, _S.IN_REVIEW, _S.PUBLICITY),
        _E.APPROVED: _to(_S.APPROVED, _S.APPROVAL),
        _E.QUEUED: _to(_S.QUEUED, _S.APPROVAL),
        _E.FUNDS_RESERVED: _to(_S.APPROVED, _S.QUEUED),
        _E.PAYMENT_ORDERED: _to(_S.PAYING, _S.APPROVED),
        _E.PAYMENT_BATCHED: _stay(_S.PAYING),
        _E.PAYMENT_UNBATCHED: _stay(_S.PAYING),
        _E.PAYMENT_EXPORTED: _stay(_S.PAYING),
        _E.PAYMENT_RETURNED: _to(_S.PAYMENT_RETURNED, _S.PAYING),
        _E.PAYMENT_REORDERED: _to(_S.PAYING, _S.PAYMENT_RETURNED),
        _E.PAID: _to(_S.PAID, _S.PAYING, _S.PAYMENT_RETURNED),
        _E.PAYMENT_REVERSED: _to(_S.PAYMENT_RETURNED, _S.PAID),
        _E.RECEIPT_CONFIRMED: _stay(_S.PAID),
        _E.RECEIPT_DISPUTED: _stay(_S.PAID),
        _E.RATED: _stay(_S.PAID, _S.REFUSED),
        _E.REFUSED: _to(_S.REFUSED, _S.IN_REVIEW, _S.PUBLICITY, _S.APPROVAL),
        _E.WITHDRAWN: _to(_S.WITHDRAWN, _S.DRAFT, *UNDECIDED),
    }
)


def next_state(state: str, kind: str) -> State:
    """The state after an event.

    Raises :class:`UnregisteredEvent` for an unknown kind, :class:`IllegalTransition` when it does not fit.
    """
    try:
        row = TRANSITIONS[EventKind(kind)]
    except (ValueError, KeyError) as error:
        raise UnregisteredEvent(f"event kind {kind!r} has no row in the transition table") from error
    if state not in row:
        raise IllegalTransition(state, kind)
    return row[state]


def fold(kinds: Iterable[str]) -> str:
    """The state after a whole history; the empty history gives ``START``."""
    state: str = START
    for kind in kinds:
        state = next_state(state, kind)
    return state


def check(
    kinds: Iterable[str] = EventKind.values,
    table: Mapping[EventKind, Mapping[str, State]] = TRANSITIONS,
) -> list[str]:
    """Problems of the table: an event without a row or words, a state that no event leads to."""
    problems = []
    registered = {kind.value for kind in table}
    for kind in kinds:
        if kind not in registered:
            problems.append(f"event kind {kind!r} has no row in the transition table")
        elif not EventKind(kind).label:
            problems.append(f"event kind {kind!r} has no words")
    reached = {to.value for row in table.values() for state, to in row.items() if state != to}
    problems += [f"no event leads to state {state.value!r}" for state in State if state not in reached]
    known = {START, *State.values}
    problems += [
        f"event {kind!r} starts from an unknown state {state!r}"
        for kind, row in table.items()
        for state in row
        if state not in known
    ]
    return problems
