"""Judging one row of the bank against the payment it names: through, or which kind of question it raises.

Pure: everything the judgement needs is handed in. Only what is certain goes through; a row that would lead to
a second payment, or take a payment back on doubtful grounds, waits for a person.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from babashi.payments.answers_file import SUCCEEDED, AnswerRow
from babashi.payments.models import AnswerOutcome as Outcome
from babashi.payments.models import PaymentState as State

Said = tuple[str, Decimal, dt.date | None, str]
"""What makes two rows the same answer: status, amount, date, reference."""


def said(row: AnswerRow) -> Said:
    """The identity of an answer."""
    return row.status, row.amount, row.paid_on, row.reference


@dataclass(frozen=True, slots=True)
class Known:
    """What the platform knows of the payment that a row names."""

    state: str
    amount: Decimal
    batch: str
    exported_on: dt.date | None
    paid_on: dt.date | None
    confirmed: bool
    """The enterprise confirmed that this payment arrived."""
    booked: Collection[Said]
    """The answers that were booked for it."""
    beside: Collection[Said]
    """Every row of the same file for the same payment."""
    reference_used: bool
    """The row's reference stands at another payment, here or in the same file."""


def judge(row: AnswerRow, known: Known | None, today: dt.date) -> Outcome:
    """What becomes of a row."""
    if known is None:
        return Outcome.UNKNOWN_NUMBER
    if known.state in (State.READY, State.BATCHED):
        return Outcome.NOT_EXPECTED
    if known.batch != row.batch:
        return Outcome.WRONG_BATCH
    if known.amount != row.amount:
        return Outcome.AMOUNT_DIFFERS
    if said(row) in known.booked and (row.paid_on or row.reference or known.state != State.SUCCEEDED):
        return Outcome.REPEATED
    if known.state == State.EXPORTED:
        return _first(row, known, today)
    if row.status == SUCCEEDED:
        return {
            State.SUCCEEDED: Outcome.REPEATED_DIFFERS,
            State.RETURNED: Outcome.SUCCESS_AFTER_RETURN,
        }.get(State(known.state), Outcome.SUCCESS_AFTER_REPLACED)
    return _late_return(row, known, today) if known.state == State.SUCCEEDED else Outcome.REPEATED


def _first(row: AnswerRow, known: Known, today: dt.date) -> Outcome:
    """The first answer to a payment that was handed over."""
    if _contradicted(row, known):
        return Outcome.FILE_CONTRADICTS
    if row.paid_on and (row.paid_on > today or (known.exported_on and row.paid_on < known.exported_on)):
        return Outcome.BAD_DATE
    if row.status == SUCCEEDED and known.reference_used:
        return Outcome.REFERENCE_USED
    return Outcome.APPLIED


def _late_return(row: AnswerRow, known: Known, today: dt.date) -> Outcome:
    """Paid and then sent back: certain only when it is dated after the payment and nobody says otherwise."""
    if _contradicted(row, known):
        return Outcome.FILE_CONTRADICTS
    if row.paid_on is None or known.paid_on is None or known.confirmed:
        return Outcome.RETURN_AFTER_SUCCESS
    return Outcome.APPLIED if known.paid_on <= row.paid_on <= today else Outcome.RETURN_AFTER_SUCCESS


def _contradicted(row: AnswerRow, known: Known) -> bool:
    """Whether the same file says something else about the same payment that is news too."""
    return any(other != said(row) and other not in known.booked for other in known.beside)
