"""What every act on payments begins with: its turn, its locks, and who has to keep out."""

from collections.abc import Iterable, Sequence

from django.db import connection

from babashi.accounts.models import User
from babashi.applications.errors import OwnEnterprise
from babashi.applications.models import Application
from babashi.applications.queries import own_cases
from babashi.audit.acts import note
from babashi.payments.advice import MONEY_IN_DOUBT
from babashi.payments.errors import InDoubt
from babashi.payments.models import BankAnswer, Payment

BATCH_LOCK = 0x6261_6263
RELATED = ("batch", "application__enterprise", "application__item", "bank_account__enterprise")


def take_turn() -> None:
    """Acts on several payments come one after the other: no two batches share one, no answer meets a half export."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BATCH_LOCK])


def lock_payments(**which: object) -> list[Payment]:
    """The payments in the order of their numbers, cases locked first as everywhere, then the payments."""
    ids = list(Payment.objects.filter(**which).values_list("pk", flat=True))
    cases = Application.objects.filter(payments__in=ids).order_by("pk")
    list(cases.select_for_update(of=("self",)).values_list("pk", flat=True))
    rows = Payment.objects.select_for_update(of=("self",)).select_related(*RELATED)
    return list(rows.filter(pk__in=ids).order_by("number"))


def require_uninvolved(by: User, payments: Iterable[Payment]) -> None:
    """Raise when one of the payees is an enterprise of the person who acts."""
    listed = list(payments)
    mine = {case.pk for case in own_cases(by, [payment.application for payment in listed])}
    if mine:
        numbers = [payment.number for payment in listed if payment.application_id in mine]
        raise OwnEnterprise(
            f"您是收款企业的人员（{'、'.join(numbers[:5])}），须回避。请由另一位财政同事办理。"
        )


def require_no_doubt(payments: Sequence[Payment]) -> None:
    """Raise while the bank's word on one of these cases is not cleared up."""
    cases = {payment.application_id for payment in payments}
    open_rows = BankAnswer.objects.filter(
        payment__application__in=cases, outcome__in=MONEY_IN_DOUBT, settled_at=None
    )
    doubtful = set(open_rows.values_list("payment__application", flat=True))
    if doubtful:
        raise InDoubt([payment.number for payment in payments if payment.application_id in doubtful])


def audit(by: User, action: str, number: str, details: dict[str, object]) -> None:
    """Note an act on a batch, a file or an answer."""
    note(actor=by, action=action, subject=("payment", number), details=details)
