"""Booking an answer: payment, ledger, case and enterprise move together, in the caller's transaction."""

from babashi.accounts.models import User
from babashi.applications.flow import EventKind
from babashi.applications.models import ApplicationEvent
from babashi.applications.services import record_event
from babashi.budget import services as budget
from babashi.budget.queries import reversals
from babashi.outreach.services import send
from babashi.payments.answers_file import SUCCEEDED
from babashi.payments.models import BankAnswer, Payment, PaymentState
from babashi.workdays.clock import now


def book(payment: Payment, answer: BankAnswer, *, by: User) -> None:
    """Let one answer take effect. The payment and its case are locked."""
    if answer.status == SUCCEEDED:
        _paid(payment, answer, by)
    else:
        _returned(payment, answer, by)


def _paid(payment: Payment, answer: BankAnswer, by: User) -> None:
    case = payment.application
    payment.state, payment.reason = PaymentState.SUCCEEDED, ""
    payment.paid_on, payment.bank_reference = answer.paid_on, answer.bank_reference
    payment.save(update_fields=["state", "reason", "paid_on", "bank_reference"])
    budget.pay(
        case.full_id,
        payment.amount,
        reference=case.number or "",
        payment_number=payment.number,
        by=by,
        turn=reversals(payment.number) + 1,
    )
    paid_on = answer.paid_on.isoformat() if answer.paid_on else ""
    event = record_event(
        case, EventKind.PAID, by=by, payload={**_details(payment, answer), "paid_on": paid_on}, ended_at=now()
    )
    _tell(
        payment,
        event,
        "资金已到账",
        f"{payment.amount:,.2f} 元已于 {paid_on} 支付，银行流水号 {answer.bank_reference}。请确认是否收到。",
    )


def _returned(payment: Payment, answer: BankAnswer, by: User) -> None:
    case = payment.application
    late = payment.state == PaymentState.SUCCEEDED
    payment.state, payment.reason = PaymentState.RETURNED, answer.reason
    payment.save(update_fields=["state", "reason"])
    if late:
        budget.reverse_payment(
            case.full_id,
            reference=case.number or "",
            payment_number=payment.number,
            by=by,
            memo=answer.reason,
            turn=reversals(payment.number) + 1,
        )
    event = record_event(
        case,
        EventKind.PAYMENT_REVERSED if late else EventKind.PAYMENT_RETURNED,
        by=by,
        payload={**_details(payment, answer), "reason": answer.reason},
        ended_at=None,
    )
    why = answer.reason or "银行未说明"
    _tell(
        payment,
        event,
        "银行退回了付款，请更正收款账户",
        f"支付编号 {payment.number} 被银行退回，原因：{why}。请在“我的企业”更正收款账户，随后会重新拨付。",
    )


def _details(payment: Payment, answer: BankAnswer) -> dict[str, str]:
    return {
        "payment": payment.number,
        "amount": f"{payment.amount:.2f}",
        "reference": answer.bank_reference,
    }


def _tell(payment: Payment, event: ApplicationEvent, subject: str, body: str) -> None:
    case = payment.application
    send(
        case.enterprise, kind="payment", subject=f"{subject}：{case.item}", body=body,
        link=f"/progress/{case.public_id}/", dedupe_key=f"payment:{payment.number}:{event.sequence}",
        reason=f"您的申报 {case.number} 有新的进展。",
    )  # fmt: skip
