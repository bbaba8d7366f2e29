"""The bank's answers: what agrees is booked, the rest waits for a person, who may find the bank right."""

import contextlib
import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from babashi.accounts.models import Role, User
from babashi.accounts.permissions import require_role
from babashi.applications.flow import EventKind
from babashi.applications.models import ApplicationEvent
from babashi.applications.services import one_act
from babashi.audit.errors import Invalid
from babashi.payments.advice import MAY_BE_TAKEN
from babashi.payments.answers_file import MAX_BYTES, RETURNED, SUCCEEDED, AnswerRow, read_answers
from babashi.payments.errors import NotReady, SameHand
from babashi.payments.judge import Known, Said, judge, said
from babashi.payments.models import (
    AnswerOutcome,
    BankAnswer,
    BankAnswerFile,
    Payment,
    PaymentBatch,
    PaymentState,
)
from babashi.payments.services.booking import book
from babashi.payments.services.guard import audit, lock_payments, require_uninvolved, take_turn
from babashi.workdays.clock import ZONE, now, today

MAX_UPLOAD = MAX_BYTES


@dataclass(slots=True)
class AnswerReport:
    """What a file of answers led to, row by row."""

    answers: list[BankAnswer] = field(default_factory=list)
    repeated_file: bool = False
    dry_run: bool = False

    def count(self, outcome: str) -> int:
        """Rows with one outcome."""
        return sum(answer.outcome == outcome for answer in self.answers)

    @property
    def open(self) -> int:
        """Rows that wait for a person."""
        return len(self.answers) - self.count(AnswerOutcome.APPLIED)

    @property
    def booked(self) -> tuple[int, Decimal]:
        """Rows booked as paid, and their sum in yuan."""
        return self._taken(SUCCEEDED)

    @property
    def sent_back(self) -> tuple[int, Decimal]:
        """Rows taken as returned by the bank, and their sum in yuan."""
        return self._taken(RETURNED)

    def _taken(self, status: str) -> tuple[int, Decimal]:
        rows = [row for row in self.answers if row.outcome == AnswerOutcome.APPLIED and row.status == status]
        return len(rows), sum((row.amount for row in rows), Decimal(0))


class _Undo(Exception):
    pass


def import_answers(name: str, content: bytes, *, by: User, dry_run: bool = False) -> AnswerReport:
    """Take in the bank's answers. What agrees is booked, everything else goes to the list for a person.

    Raises :class:`BadAnswerFile` when the file cannot be read, and refuses a file that pays an enterprise of the
    person who imports it (then nothing is taken). The same file again is recognised and changes nothing.
    """
    require_role(by, Role.FINANCE)
    rows = read_answers(content)
    report = AnswerReport(dry_run=dry_run)
    with contextlib.suppress(_Undo):
        _take_in(report, name, content, rows, by, dry_run)
    return report


@one_act
def _take_in(
    report: AnswerReport, name: str, content: bytes, rows: list[AnswerRow], by: User, dry_run: bool
) -> None:
    take_turn()
    digest = hashlib.sha256(content).hexdigest()
    earlier = BankAnswerFile.objects.filter(digest=digest).first()
    if earlier is not None:
        report.repeated_file = True
        report.answers = list(earlier.answers.select_related("payment"))
        return
    payments = {
        payment.number: payment for payment in lock_payments(number__in={row.payment for row in rows})
    }
    require_uninvolved(by, payments.values())
    file = BankAnswerFile.objects.create(digest=digest, name=name[:200], imported_by=by, imported_at=now())
    view = _View(rows, payments)
    for row in rows:
        report.answers.append(_answer(file, row, payments.get(row.payment), view, by))
    _close_finished_batches()
    counts = {outcome.value: report.count(outcome) for outcome in AnswerOutcome}
    audit(by, "payments.answers_imported", digest[:16], {"name": name[:200], "sha256": digest, **counts})
    if dry_run:
        raise _Undo


class _View:
    """What a file is judged against; kept up to date while its rows are booked."""

    def __init__(self, rows: list[AnswerRow], payments: dict[str, Payment]) -> None:
        self.beside: dict[str, list[Said]] = defaultdict(list)
        self.users: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            self.beside[row.payment].append(said(row))
            if row.status == SUCCEEDED:
                self.users[row.reference].add(row.payment)
        for reference, number in Payment.objects.filter(bank_reference__in=list(self.users)).values_list(
            "bank_reference", "number"
        ):
            self.users[reference].add(number)
        self.booked: dict[str, set[Said]] = defaultdict(set)
        for answer in _booked(payments):
            self.booked[answer.payment_number].add(_said(answer))
        confirmations = ApplicationEvent.objects.filter(
            application__payments__number__in=list(payments), kind=EventKind.RECEIPT_CONFIRMED
        )
        self.confirmed = {event.payload.get("payment") for event in confirmations.only("payload")}

    def of(self, row: AnswerRow, payment: Payment | None) -> Known | None:
        """What is known of the payment that a row names."""
        if payment is None:
            return None
        batch = payment.batch
        exported_at = batch.exported_at if batch else None
        return Known(
            state=payment.state,
            amount=payment.amount,
            batch=batch.number if batch else "",
            exported_on=exported_at.astimezone(ZONE).date() if exported_at else None,
            paid_on=payment.paid_on,
            confirmed=payment.number in self.confirmed,
            booked=self.booked[payment.number],
            beside=self.beside[payment.number],
            reference_used=bool(self.users.get(row.reference, set()) - {payment.number}),
        )


def _booked(payments: dict[str, Payment]) -> list[BankAnswer]:
    mine = BankAnswer.objects.filter(payment__number__in=list(payments))
    return [answer for answer in mine if answer.outcome == AnswerOutcome.APPLIED or answer.taken]


def _said(answer: BankAnswer) -> Said:
    return answer.status, answer.amount, answer.paid_on, answer.bank_reference


def _answer(
    file: BankAnswerFile, row: AnswerRow, payment: Payment | None, view: _View, by: User
) -> BankAnswer:
    outcome = judge(row, view.of(row, payment), today())
    answer = BankAnswer.objects.create(
        file=file, row_number=row.number, batch_number=row.batch, payment_number=row.payment, status=row.status,
        amount=row.amount, paid_on=row.paid_on, bank_reference=row.reference, reason=row.reason, payment=payment,
        outcome=outcome,
    )  # fmt: skip
    if outcome == AnswerOutcome.APPLIED and payment is not None:
        book(payment, answer, by=by)
        view.booked[payment.number].add(said(row))
    return answer


@one_act
def settle(answer: BankAnswer, text: str, *, by: User, take: bool = False) -> BankAnswer:
    """A person has dealt with a row that did not go through; the note says how.

    ``take``: the bank is right after all. Possible for a success after a return and a return after a success,
    by another person than the one who imported the file; the row is then booked like any other.
    """
    require_role(by, Role.FINANCE)
    text = text.strip()
    if not 4 <= len(text) <= 500:
        raise Invalid("请写明怎样核对和处理的（4 至 500 字）。", {"note": ["4 至 500 字"]})
    if take:
        take_turn()  # two rows with one reference: the second sees what the first booked
    payment = lock_payments(pk=answer.payment_id)[0] if answer.payment_id else None
    answer = BankAnswer.objects.select_for_update(of=("self",)).select_related("file").get(pk=answer.pk)
    if answer.outcome == AnswerOutcome.APPLIED or answer.settled_at is not None:
        raise NotReady("这一行已经处理过了，请刷新页面查看。")
    if payment is not None:
        require_uninvolved(by, [payment])
    if take:
        _require_takeable(answer, payment, by)
    answer.settled_by, answer.settled_at, answer.settled_note, answer.taken = by, now(), text, take
    answer.save(update_fields=["settled_by", "settled_at", "settled_note", "taken"])
    if take and payment is not None:
        book(payment, answer, by=by)
    audit(
        by,
        "payments.answer_settled",
        str(answer.pk),
        {"outcome": answer.outcome, "note": text, "taken": take},
    )
    return answer


def _require_takeable(answer: BankAnswer, payment: Payment | None, by: User) -> None:
    if answer.outcome not in MAY_BE_TAKEN or payment is None:
        raise NotReady("这一类回单不能直接入账，请核实后写明结果核销；需要入账的，请银行重新出具回单。")
    if answer.file.imported_by_id == by.pk:
        raise SameHand("以回单为准入账，要由导入文件以外的另一位财政同事办理。")
    wanted = PaymentState.RETURNED if answer.status == SUCCEEDED else PaymentState.SUCCEEDED
    if payment.state != wanted:
        raise NotReady(
            f"这笔支付现在是“{payment.get_state_display()}”，不能再按这一行入账。请核实后写明结果核销。"
        )
    if answer.paid_on is not None and answer.paid_on > today():
        raise NotReady("回单上的支付日期晚于今天，不能入账。请与银行核对。")
    used = Payment.objects.filter(bank_reference=answer.bank_reference).exclude(pk=payment.pk)
    if answer.status == SUCCEEDED and used.exists():
        raise NotReady("这个银行流水号已用于别的支付，不能入账。请与银行核对。")


def _close_finished_batches() -> None:
    waiting = Payment.objects.filter(state__in=[PaymentState.BATCHED, PaymentState.EXPORTED]).values("batch")
    PaymentBatch.objects.filter(closed_at=None, exported_at__isnull=False).exclude(pk__in=waiting).update(
        closed_at=now()
    )
