"""Payments: orders for the treasury, the bank's answers, corrections. The platform never moves money itself."""

import contextlib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from babashi.accounts.models import Role, User
from babashi.accounts.permissions import require_role
from babashi.applications.flow import EventKind, State
from babashi.applications.models import Application
from babashi.applications.services import lock, one_act, record_event
from babashi.audit.acts import note
from babashi.audit.errors import Invalid
from babashi.budget import services as budget
from babashi.enterprises.queries import bank_account_of
from babashi.enterprises.services import account_number
from babashi.listing import Column, csv_bytes, xlsx_bytes
from babashi.outreach.services import send
from babashi.payments.answers_file import MAX_BYTES, RETURNED, SUCCEEDED, AnswerRow, read_answers
from babashi.payments.errors import NotReady, SameHand
from babashi.payments.models import (
    AnswerOutcome,
    BankAnswer,
    BankAnswerFile,
    Payment,
    PaymentBatch,
    PaymentState,
)
from babashi.workdays.clock import now, today

BATCH_LOCK = 0x6261_6263
MAX_BATCH = 2000
MAX_UPLOAD = MAX_BYTES
EXPORT_COLUMNS = [
    Column("批次号", lambda payment: payment.batch.number, 18),
    Column("支付编号", lambda payment: payment.number, 28),
    Column("收款户名", lambda payment: payment.bank_account.account_name, 36),
    Column("开户行", lambda payment: payment.bank_account.bank_name, 36),
    Column("收款账号", lambda payment: account_number(payment.bank_account), 26),
    Column("金额", lambda payment: payment.amount, 18),
    Column("用途", lambda payment: payment.application.item.title, 36),
    Column("受理编号", lambda payment: payment.application.number or "", 22),
]


@one_act
def order_ready(*, by: User | None = None) -> list[Payment]:
    """Turn approved applications whose money is reserved into payments; run twice, it finds nothing to do."""
    if by is not None:
        require_role(by, Role.FINANCE)
    ready = Application.objects.filter(state=State.APPROVED).order_by("complete_on", "id")
    return [payment for application in ready if (payment := _order(application, by)) is not None]


def _order(application: Application, by: User | None) -> Payment | None:
    case = lock(application)
    account = case.bank_account or bank_account_of(case.enterprise)
    if case.state != State.APPROVED or account is None or case.approved_amount is None:
        return None
    payment = Payment.objects.create(
        number=f"ZF-{case.number}-1",
        application=case,
        amount=case.approved_amount,
        bank_account=account,
        created_at=now(),
    )
    record_event(
        case,
        EventKind.PAYMENT_ORDERED,
        by=by,
        payload={"payment": payment.number, "amount": f"{payment.amount:.2f}"},
    )
    return payment


@one_act
def make_batch(payment_ids: Sequence[int], *, by: User) -> PaymentBatch:
    """Put payments that wait into one batch for the treasury."""
    require_role(by, Role.FINANCE)
    wanted = set(payment_ids)
    if not 0 < len(wanted) <= MAX_BATCH:
        raise Invalid(f"请选择 1 到 {MAX_BATCH} 笔支付再组批。", {"payments": ["没有选择支付"]})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BATCH_LOCK])
    payments = list(
        Payment.objects.select_for_update(of=("self",))
        .select_related("application")
        .filter(pk__in=wanted)
        .order_by("pk")
    )
    if len(payments) != len(wanted) or any(payment.state != PaymentState.READY for payment in payments):
        raise NotReady("有的支付已经组批或不存在，请刷新列表后重新选择。")
    number = PaymentBatch.objects.filter(number__startswith=f"PC{today():%Y%m%d}-").count() + 1
    batch = PaymentBatch.objects.create(
        number=f"PC{today():%Y%m%d}-{number:03d}", created_by=by, created_at=now()
    )
    for payment in payments:
        payment.batch, payment.state = batch, PaymentState.BATCHED
        payment.save(update_fields=["batch", "state"])
        details = {"payment": payment.number, "batch": batch.number}
        record_event(payment.application, EventKind.PAYMENT_BATCHED, by=by, payload=details)
    _audit(by, "payments.batched", batch.number, {"payments": [payment.number for payment in payments]})
    return batch


@one_act
def export_batch(batch: PaymentBatch, fmt: str, *, by: User) -> bytes:
    """The file for the treasury. The first export hands the batch over, by somebody who did not make it."""
    require_role(by, Role.FINANCE)
    if fmt not in ("csv", "xlsx"):
        raise Invalid("请选择导出为 CSV 或 XLSX。", {"format": ["只能是 csv 或 xlsx"]})
    batch = PaymentBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.created_by_id == by.pk:
        raise SameHand
    payments = list(
        batch.payments.select_related("batch", "bank_account__enterprise", "application__item").order_by(
            "number"
        )
    )
    if batch.exported_at is None:
        batch.exported_at, batch.exported_by = now(), by
        batch.save(update_fields=["exported_at", "exported_by"])
        for payment in payments:
            payment.state = PaymentState.EXPORTED
            payment.save(update_fields=["state"])
            details = {"payment": payment.number, "batch": batch.number}
            record_event(payment.application, EventKind.PAYMENT_EXPORTED, by=by, payload=details)
    content = csv_bytes(payments, EXPORT_COLUMNS) if fmt == "csv" else xlsx_bytes(payments, EXPORT_COLUMNS)
    digest = hashlib.sha256(content).hexdigest()
    _audit(
        by, "payments.exported", batch.number, {"format": fmt, "sha256": digest, "payments": len(payments)}
    )
    return content


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


class _Undo(Exception):
    pass


def import_answers(name: str, content: bytes, *, by: User, dry_run: bool = False) -> AnswerReport:
    """Take in the bank's answers. What agrees is applied, everything else goes to the list for a person.

    Raises :class:`BadAnswerFile` when the file cannot be read (then nothing is taken). The same file again is
    recognised and changes nothing.
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
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BATCH_LOCK])
    digest = hashlib.sha256(content).hexdigest()
    earlier = BankAnswerFile.objects.filter(digest=digest).first()
    if earlier is not None:
        report.repeated_file = True
        report.answers = list(earlier.answers.select_related("payment"))
        return
    file = BankAnswerFile.objects.create(digest=digest, name=name[:200], imported_by=by, imported_at=now())
    seen: set[str] = set()
    for row in rows:
        report.answers.append(_answer(file, row, seen, by))
        seen.add(row.payment)
    _close_finished_batches()
    counts = {outcome.value: report.count(outcome) for outcome in AnswerOutcome}
    _audit(by, "payments.answers_imported", digest[:16], {"name": name[:200], "sha256": digest, **counts})
    if dry_run:
        raise _Undo


def _answer(file: BankAnswerFile, row: AnswerRow, seen: set[str], by: User) -> BankAnswer:
    payment = (
        Payment.objects.select_for_update(of=("self",))
        .select_related("batch", "application__enterprise", "application__item")
        .filter(number=row.payment)
        .first()
    )
    outcome = _judge(row, payment, seen)
    answer = BankAnswer.objects.create(
        file=file, row_number=row.number, batch_number=row.batch, payment_number=row.payment, status=row.status,
        amount=row.amount, paid_on=row.paid_on, bank_reference=row.reference, reason=row.reason, payment=payment,
        outcome=outcome,
    )  # fmt: skip
    if outcome == AnswerOutcome.APPLIED and payment is not None:
        _apply(payment, row, by)
    return answer


def _judge(row: AnswerRow, payment: Payment | None, seen: set[str]) -> AnswerOutcome:
    """Whether a row may go through; anything doubtful waits for a person."""
    if payment is None:
        return AnswerOutcome.UNKNOWN_NUMBER
    if payment.batch is None or payment.batch.number != row.batch:
        return AnswerOutcome.WRONG_BATCH
    if payment.amount != row.amount:
        return AnswerOutcome.AMOUNT_DIFFERS
    late_return = (
        payment.state == PaymentState.SUCCEEDED and row.status == RETURNED and row.payment not in seen
    )
    if late_return:
        return AnswerOutcome.APPLIED
    if row.payment in seen or payment.state in (
        PaymentState.SUCCEEDED,
        PaymentState.RETURNED,
        PaymentState.REPLACED,
    ):
        return AnswerOutcome.REPEATED
    if payment.state != PaymentState.EXPORTED:
        return AnswerOutcome.NOT_EXPECTED
    used = (
        row.reference and Payment.objects.filter(bank_reference=row.reference).exclude(pk=payment.pk).exists()
    )
    return AnswerOutcome.REPEATED if used and row.status == SUCCEEDED else AnswerOutcome.APPLIED


def _apply(payment: Payment, row: AnswerRow, by: User) -> None:
    case, number = payment.application, payment.application.number or ""
    details = {"payment": payment.number, "amount": f"{payment.amount:.2f}", "reference": row.reference}
    if row.status == SUCCEEDED:
        payment.state, payment.paid_on, payment.bank_reference = (
            PaymentState.SUCCEEDED,
            row.paid_on,
            row.reference,
        )
        payment.save(update_fields=["state", "paid_on", "bank_reference"])
        budget.pay(case.full_id, payment.amount, reference=number, payment_number=payment.number, by=by)
        paid_on = row.paid_on.isoformat() if row.paid_on else ""
        record_event(case, EventKind.PAID, by=by, payload={**details, "paid_on": paid_on}, ended_at=now())
        _tell(
            payment,
            "资金已到账",
            f"{payment.amount:,.2f} 元已于 {paid_on} 支付，银行流水号 {row.reference}。请确认是否收到。",
        )
        return
    reversed_ = payment.state == PaymentState.SUCCEEDED
    payment.state, payment.reason = PaymentState.RETURNED, row.reason
    payment.save(update_fields=["state", "reason"])
    if reversed_:
        budget.reverse_payment(
            case.full_id, reference=number, payment_number=payment.number, by=by, memo=row.reason
        )
    kind = EventKind.PAYMENT_REVERSED if reversed_ else EventKind.PAYMENT_RETURNED
    record_event(case, kind, by=by, payload={**details, "reason": row.reason})
    _tell(
        payment, "银行退回了付款，请更正收款账户",
        f"支付编号 {payment.number} 被银行退回，原因：{row.reason or '银行未说明'}。请在“我的企业”更正收款账户，随后会重新拨付。",
    )  # fmt: skip


@one_act
def correct_and_repay(payment: Payment, *, by: User) -> Payment:
    """Pay a returned payment again, to the account that the enterprise has registered since."""
    require_role(by, Role.FINANCE)
    old = (
        Payment.objects.select_for_update(of=("self",))
        .select_related("application__enterprise")
        .get(pk=payment.pk)
    )
    if old.state != PaymentState.RETURNED:
        raise NotReady("只有银行退回的支付才能更正后重新拨付。")
    account = bank_account_of(old.application.enterprise)
    if account is None or account.pk == old.bank_account_id:
        raise NotReady("企业还没有更正收款账户，请等企业更正后再重新拨付。")
    old.state = PaymentState.REPLACED
    old.save(update_fields=["state"])
    attempt = old.attempt + 1
    number = old.number.rpartition("-")[0] + f"-{attempt}"
    fresh = Payment.objects.create(
        number=number,
        application=old.application,
        attempt=attempt,
        amount=old.amount,
        bank_account=account,
        created_at=now(),
    )
    details = {"payment": number, "replaces": old.number}
    record_event(
        old.application,
        EventKind.PAYMENT_REORDERED,
        by=by,
        payload=details,
        bank_account=account,
        ended_at=None,
    )
    return fresh


@one_act
def settle(answer: BankAnswer, text: str, *, by: User) -> BankAnswer:
    """A person has dealt with a row that did not go through; the note says how."""
    require_role(by, Role.FINANCE)
    answer = BankAnswer.objects.select_for_update(of=("self",)).get(pk=answer.pk)
    if answer.outcome == AnswerOutcome.APPLIED or answer.settled_at is not None:
        raise NotReady("这一行已经处理过了。")
    if len(text.strip()) < 4:
        raise Invalid("请写明怎样核对和处理的（至少四个字）。", {"note": ["至少四个字"]})
    answer.settled_by, answer.settled_at, answer.settled_note = by, now(), text.strip()[:500]
    answer.save(update_fields=["settled_by", "settled_at", "settled_note"])
    _audit(
        by,
        "payments.answer_settled",
        str(answer.pk),
        {"outcome": answer.outcome, "note": answer.settled_note},
    )
    return answer


def _close_finished_batches() -> None:
    waiting = Payment.objects.filter(state__in=[PaymentState.BATCHED, PaymentState.EXPORTED]).values("batch")
    PaymentBatch.objects.filter(closed_at=None, exported_at__isnull=False).exclude(pk__in=waiting).update(
        closed_at=now()
    )


def _tell(payment: Payment, subject: str, body: str) -> None:
    case = payment.application
    send(
        case.enterprise, kind="payment", subject=f"{subject}：{case.item.title}", body=body,
        link=f"/progress/{case.public_id}/", dedupe_key=f"payment:{payment.number}:{payment.state}",
        reason=f"您的申报 {case.number} 有新的进展。",
    )  # fmt: skip


def _audit(by: User, action: str, number: str, details: dict[str, object]) -> None:
    note(actor=by, action=action, subject=("payment", number), details=details)
