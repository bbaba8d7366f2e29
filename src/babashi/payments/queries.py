"""Reads of the payments desk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from babashi.applications.queries import Twin, account_twins
from babashi.audit.errors import NotFound
from babashi.audit.queries import acts_on
from babashi.payments.models import AnswerOutcome, BankAnswer, Payment, PaymentBatch, PaymentState


def payments(text: str = "", state: str = "") -> QuerySet[Payment]:
    """Payments with what the list shows."""
    found = Payment.objects.select_related(
        "application__enterprise", "application__item", "batch", "bank_account"
    )
    if state in PaymentState.values:
        found = found.filter(state=state)
    if text:
        found = found.filter(
            Q(number__icontains=text)
            | Q(application__number__icontains=text)
            | Q(application__enterprise__name__icontains=text)
            | Q(batch__number__iexact=text)
        )
    return found


def state_counts() -> dict[str, int]:
    """How many payments are in each state."""
    return dict(Payment.objects.order_by().values_list("state").annotate(count=Count("pk")))


def batches() -> QuerySet[PaymentBatch]:
    """Batches with who made, exported and dissolved them, the newest first."""
    return PaymentBatch.objects.select_related("created_by", "exported_by", "dissolved_by").order_by("-id")


def batch_or_404(number: str) -> PaymentBatch:
    """One batch by its number."""
    found = batches().filter(number=number).first()
    if found is None:
        raise NotFound("没有这个批次，请从批次列表进入。")
    return found


@dataclass(frozen=True, slots=True)
class Contents:
    """What a batch holds, in yuan; of a dissolved one what it held."""

    batch: PaymentBatch
    count: int
    total: Decimal
    former: tuple[str, ...] = ()
    """Numbers of the payments that a dissolved batch held, wherever they are now."""

    def payments(self) -> QuerySet[Payment]:
        """The payments themselves, in the order of their numbers."""
        gone = self.batch.dissolved_at is not None
        mine = Q(number__in=self.former) if gone else Q(batch=self.batch)
        return payments().filter(mine).order_by("number")


def contents_of(found: Iterable[PaymentBatch]) -> list[Contents]:
    """The contents of batches in their order; at most three queries.

    A dissolved batch has no payments any more; the log says which were put into it, and amounts are final.
    """
    listed = list(found)
    standing = Payment.objects.filter(batch__in=listed).order_by().values_list("batch")
    held = {pk: (count, total) for pk, count, total in standing.annotate(Count("pk"), Sum("amount"))}
    acts = acts_on(
        "payments.batched", "payment", [row.number for row in listed if row.dissolved_at is not None]
    )
    former = {number: tuple(entry.details["payments"]) for number, entry in acts.items()}
    wanted = {number for numbers in former.values() for number in numbers}
    amounts = dict(Payment.objects.filter(number__in=wanted).values_list("number", "amount"))
    contents = []
    for batch in listed:
        if batch.dissolved_at is None:
            contents.append(Contents(batch, *held.get(batch.pk, (0, Decimal(0)))))
        else:
            numbers = former.get(batch.number, ())
            total = sum((amounts[number] for number in numbers), Decimal(0))
            contents.append(Contents(batch, len(numbers), total, numbers))
    return contents


def in_batch(batch: PaymentBatch) -> list[Payment]:
    """Every payment of a batch with whose it is and where it goes; none of a dissolved one."""
    return list(batch.payments.select_related("bank_account", "application__enterprise").order_by("number"))


def are_answered(rows: Iterable[Payment]) -> bool:
    """Whether the bank has answered any payment of a batch: from then on no file of it is handed out again."""
    return any(payment.state not in (PaymentState.BATCHED, PaymentState.EXPORTED) for payment in rows)


def shared_accounts(rows: Sequence[Payment]) -> list[tuple[Payment, list[Twin]]]:
    """Payments whose account number another enterprise gave too; at most two queries."""
    twins = account_twins(payment.bank_account for payment in rows)
    return [(payment, twins[payment.bank_account_id]) for payment in rows if payment.bank_account_id in twins]


def payment_or_404(number: str) -> Payment:
    """One payment by its number."""
    found = payments().filter(number=number).first()
    if found is None:
        raise NotFound("没有这笔支付，请从支付列表进入。")
    return found


def open_answers() -> QuerySet[BankAnswer]:
    """Rows of the bank that wait for a person."""
    return (
        BankAnswer.objects.filter(settled_at=None)
        .exclude(outcome=AnswerOutcome.APPLIED)
        .select_related("file", "payment")
        .order_by("-id")
    )
