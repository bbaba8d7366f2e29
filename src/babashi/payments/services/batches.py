"""Batches: composed by one person, handed to the treasury by another, dissolved while nobody has seen them."""

import hashlib
from collections.abc import Sequence

from babashi.accounts.models import Role, User
from babashi.accounts.permissions import require_role
from babashi.applications.flow import EventKind
from babashi.applications.services import one_act, record_event
from babashi.audit.errors import Invalid
from babashi.enterprises.queries import bank_account_of
from babashi.enterprises.services import account_number
from babashi.listing import Column, csv_bytes, xlsx_bytes
from babashi.payments.errors import NotReady, SameHand
from babashi.payments.models import Payment, PaymentBatch, PaymentState
from babashi.payments.services.guard import (
    audit,
    lock_payments,
    require_no_doubt,
    require_uninvolved,
    take_turn,
)
from babashi.workdays.clock import now, today

MAX_BATCH = 2000
EXPORT_COLUMNS = [
    Column("批次号", lambda payment: payment.batch.number, 18),
    Column("支付编号", lambda payment: payment.number, 28),
    Column("收款户名", lambda payment: payment.bank_account.account_name, 36),
    Column("开户行", lambda payment: payment.bank_account.bank_name, 36),
    Column("收款账号", lambda payment: account_number(payment.bank_account), 26),
    Column("金额", lambda payment: payment.amount, 18),
    Column("用途", lambda payment: str(payment.application.item), 36),
    Column("受理编号", lambda payment: payment.application.number or "", 22),
]


@one_act
def make_batch(payment_ids: Sequence[int], *, by: User) -> PaymentBatch:
    """Put payments that wait into one batch for the treasury.

    An account that the enterprise has replaced since is replaced here too; the event says so, and whoever
    exports sees it.
    """
    require_role(by, Role.FINANCE)
    wanted = set(payment_ids)
    if not 0 < len(wanted) <= MAX_BATCH:
        raise Invalid(f"请选择 1 到 {MAX_BATCH} 笔支付再组批。", {"payments": ["没有选择支付"]})
    take_turn()
    payments = lock_payments(pk__in=wanted)
    if len(payments) != len(wanted) or any(payment.state != PaymentState.READY for payment in payments):
        raise NotReady("有的支付已经组批或不存在，请刷新列表后重新选择。")
    require_uninvolved(by, payments)
    require_no_doubt(payments)
    count = PaymentBatch.objects.filter(number__startswith=f"PC{today():%Y%m%d}-").count()
    batch = PaymentBatch.objects.create(
        number=f"PC{today():%Y%m%d}-{count + 1:03d}", created_by=by, created_at=now()
    )
    for payment in payments:
        changed = _current_account(payment)
        payment.batch, payment.state = batch, PaymentState.BATCHED
        payment.save(update_fields=["batch", "state"])
        details = {"payment": payment.number, "batch": batch.number, **changed}
        record_event(payment.application, EventKind.PAYMENT_BATCHED, by=by, payload=details)
    audit(by, "payments.batched", batch.number, {"payments": [payment.number for payment in payments]})
    return batch


def _current_account(payment: Payment) -> dict[str, str]:
    """Move a waiting payment to the account its enterprise has now; what the event says of the change."""
    old = payment.bank_account
    if old.retired_at is None:
        return {}
    account = bank_account_of(payment.application.enterprise)
    if account is None:
        raise NotReady(
            f"{payment.number} 的收款账户已停用，企业还没有登记新的账户。请先不选这一笔，等企业登记后再组批。"
        )
    payment.bank_account = account
    payment.save(update_fields=["bank_account"])
    return {"account_before": old.number_tail, "account_now": account.number_tail}


@one_act
def export_batch(batch: PaymentBatch, fmt: str, *, by: User) -> bytes:
    """The file for the treasury. The first export hands the batch over, by somebody who did not make it.

    It may be fetched again until the bank has answered; after that a second file might be paid a second time.
    """
    require_role(by, Role.FINANCE)
    if fmt not in ("csv", "xlsx"):
        raise Invalid("请选择导出为 CSV 或 XLSX。", {"format": ["只能是 csv 或 xlsx"]})
    take_turn()
    batch = PaymentBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.created_by_id == by.pk:
        raise SameHand
    payments = lock_payments(batch=batch)
    require_uninvolved(by, payments)
    _require_exportable(batch, payments)
    first = batch.exported_at is None
    if first:
        batch.exported_at, batch.exported_by = now(), by
        batch.save(update_fields=["exported_at", "exported_by"])
        for payment in payments:
            payment.state = PaymentState.EXPORTED
            payment.save(update_fields=["state"])
            details = {"payment": payment.number, "batch": batch.number}
            record_event(payment.application, EventKind.PAYMENT_EXPORTED, by=by, payload=details)
    content = csv_bytes(payments, EXPORT_COLUMNS) if fmt == "csv" else xlsx_bytes(payments, EXPORT_COLUMNS)
    audit(
        by,
        "payments.exported",
        batch.number,
        {
            "format": fmt,
            "sha256": hashlib.sha256(content).hexdigest(),
            "payments": len(payments),
            "again": not first,
        },
    )
    return content


def _require_exportable(batch: PaymentBatch, payments: Sequence[Payment]) -> None:
    if batch.dissolved_at is not None:
        raise NotReady("这个批次已经解散，没有可以导出的支付。请从批次列表打开支付现在所在的批次。")
    if batch.exported_at is not None:
        if any(payment.state != PaymentState.EXPORTED for payment in payments):
            raise NotReady("这个批次已有银行回单，不能再次导出，以免重复支付。请以先前导出的文件为准。")
        return
    require_no_doubt(payments)
    stale = [payment.number for payment in payments if payment.bank_account.retired_at is not None]
    if stale:
        raise NotReady(f"{'、'.join(stale[:5])} 的收款账户在组批后更改过。请解散这个批次，重新组批后再导出。")


@one_act
def dissolve_batch(batch: PaymentBatch, reason: str, *, by: User) -> PaymentBatch:
    """Take a batch apart that was never handed over; its payments wait again. The batch stays in the records."""
    require_role(by, Role.FINANCE)
    reason = reason.strip()
    if not 4 <= len(reason) <= 300:
        raise Invalid("请写明为什么解散（4 至 300 字）。", {"reason": ["4 至 300 字"]})
    take_turn()
    batch = PaymentBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.exported_at is not None or batch.dissolved_at is not None:
        raise NotReady("这个批次已经导出或解散，不能再解散。送出后发现有误的，请立即与国库联系止付。")
    payments = lock_payments(batch=batch)
    for payment in payments:
        payment.batch, payment.state = None, PaymentState.READY
        payment.save(update_fields=["batch", "state"])
        details = {"payment": payment.number, "batch": batch.number, "why": reason}  # not for the applicant
        record_event(payment.application, EventKind.PAYMENT_UNBATCHED, by=by, payload=details)
    batch.dissolved_at, batch.dissolved_by, batch.dissolved_reason = now(), by, reason
    batch.save(update_fields=["dissolved_at", "dissolved_by", "dissolved_reason"])
    audit(by, "payments.dissolved", batch.number, {"reason": reason, "payments": len(payments)})
    return batch
