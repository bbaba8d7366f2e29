"""Orders: approved cases become payments, returned ones are paid again to the corrected account."""

from babashi.accounts.models import Role, User
from babashi.accounts.permissions import require_role
from babashi.applications.flow import EventKind, State
from babashi.applications.models import Application
from babashi.applications.queries import own_cases
from babashi.applications.services import Handled, lock, one_act, one_by_one, record_event
from babashi.enterprises.queries import bank_account_of
from babashi.payments.errors import NotReady
from babashi.payments.models import Payment, PaymentState
from babashi.payments.services.guard import (
    lock_payments,
    require_no_doubt,
    require_uninvolved,
    take_turn,
)
from babashi.workdays.clock import now


def order_ready(*, by: User | None = None) -> Handled[Payment]:
    """Turn approved applications whose money is reserved into payments; run twice, it finds nothing to do.

    Each in a transaction of its own. Cases of an enterprise of the person who asks are left to the nightly job.
    """
    if by is not None:
        require_role(by, Role.FINANCE)
    approved = Application.objects.filter(state=State.APPROVED).select_related("enterprise")
    ready = list(approved.order_by("complete_on", "id"))
    mine = {case.pk for case in own_cases(by, ready)} if by is not None else set()
    others = [application for application in ready if application.pk not in mine]
    return one_by_one("order_ready", others, lambda application: _order(application, by))


@one_act
def _order(application: Application, by: User | None) -> Payment | None:
    take_turn()
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
def correct_and_repay(payment: Payment, *, by: User) -> Payment:
    """Pay a returned payment again, to the account that the enterprise has registered since."""
    require_role(by, Role.FINANCE)
    [old] = lock_payments(pk=payment.pk)
    require_uninvolved(by, [old])
    if old.state != PaymentState.RETURNED:
        raise NotReady(
            f"这笔支付现在是“{old.get_state_display()}”，只有银行退回的才能重新拨付。请刷新列表查看。"
        )
    require_no_doubt([old])
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
    record_event(
        old.application,
        EventKind.PAYMENT_REORDERED,
        by=by,
        payload={"payment": number, "replaces": old.number},
        bank_account=account,
        ended_at=None,
    )
    return fresh
