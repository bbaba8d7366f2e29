"""Money verbs. Each changes the balances in one atomic statement and writes its ledger entry beside it.

All amounts are positive Decimal yuan with at most two decimals. Each verb runs in the caller's transaction
(or its own) and may be repeated: the same reference with the same amount changes nothing, with another amount
it is a :class:`Conflict`. Locks are taken in one order: appropriation, reservation, audit chain.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression

from babashi.accounts.models import Role, User
from babashi.accounts.permissions import require_role
from babashi.audit.acts import note, one_act
from babashi.audit.errors import Conflict, Invalid, NotFound
from babashi.budget.errors import InsufficientFunds
from babashi.budget.models import Appropriation, EntryKind, LedgerEntry, Reservation
from babashi.catalogue.models import CatalogueItem
from babashi.workdays.clock import now

ZERO = Decimal("0.00")
LIMIT = Decimal("1000000000000")
"""No single movement reaches a trillion yuan: more is a slip of the keyboard."""


def checked(amount: Decimal) -> Decimal:
    """The amount in yuan and fen; :class:`Invalid` if not positive, too large or finer than a fen."""
    try:
        exact = amount.quantize(Decimal("0.01"))
    except (InvalidOperation, AttributeError) as error:
        raise Invalid("金额格式不对，请填写数字，例如 200000.00。", {"amount": ["请填写数字。"]}) from error
    if exact != amount:
        raise Invalid("金额最多两位小数（精确到分）。", {"amount": ["最多两位小数。"]})
    if not ZERO < exact < LIMIT:
        raise Invalid("金额必须大于零，且小于一万亿元。", {"amount": ["必须大于零。"]})
    return exact


@dataclass(frozen=True, slots=True)
class Movement:
    """What a verb writes into the ledger; kind, reference, payment and turn tell one movement from all others."""

    kind: EntryKind
    full_id: str
    amount: Decimal
    reference: str
    by: User | None
    payment_number: str = ""
    memo: str = ""
    turn: int = 1

    def __post_init__(self) -> None:
        if not self.reference:
            raise ValueError("a movement needs a reference")

    def booked(self) -> Appropriation | None:
        """The balances if it is in the ledger already; :class:`Conflict` if it is there with other content."""
        entry = (
            LedgerEntry.objects.select_related("appropriation")
            .filter(
                kind=self.kind,
                reference=self.reference,
                payment_number=self.payment_number,
                turn=self.turn,
            )
            .first()
        )
        if entry is None:
            return None
        if entry.amount != self.amount or entry.appropriation.full_id != self.full_id:
            raise Conflict(
                f"单号 {self.payment_number or self.reference} 已有一笔“{entry.get_kind_display()}”"
                f"{entry.amount:,.2f} 元，与本次不同。请核对单号和金额。",
                code="movement_differs",
            )
        return entry.appropriation

    def columns(self) -> dict[str, Any]:
        """What its ledger entry says."""
        return {
            "kind": self.kind,
            "amount": self.amount,
            "reference": self.reference,
            "payment_number": self.payment_number,
            "turn": self.turn,
            "memo": self.memo,
            "by": self.by,
        }

    def audit(self) -> None:
        """Note it for the end of the act."""
        details = {
            "amount": str(self.amount),
            "reference": self.reference,
            "memo": self.memo,
            "payment": self.payment_number,
        }
        note(
            actor=self.by,
            action=f"budget.{self.kind.value}",
            subject=("appropriation", self.full_id),
            details={key: value for key, value in details.items() if value},
        )


@one_act
def appropriate(full_id: str, amount: Decimal, *, by: User, memo: str, reference: str = "") -> Appropriation:
    """Add money to an item. ``memo`` names the basis (文号); ``reference`` makes a repeat harmless."""
    require_role(by, Role.FINANCE)
    amount, memo = checked(amount), _basis(memo)
    reference = reference or f"YS-{uuid4().hex}"
    _known_item(full_id)
    Appropriation.objects.get_or_create(full_id=full_id)

    def change() -> None:
        _change_balance(full_id, Q(), total=F("total") + amount)

    return _move(Movement(EntryKind.APPROPRIATED, full_id, amount, reference, by, memo=memo), change)


@one_act
def reduce(full_id: str, amount: Decimal, *, by: User, memo: str, reference: str = "") -> Appropriation:
    """Take back free money of an item; :class:`InsufficientFunds` when less than that is free."""
    require_role(by, Role.FINANCE)
    amount, memo = checked(amount), _basis(memo)
    reference = reference or f"YS-{uuid4().hex}"

    def change() -> None:
        _take_free(full_id, amount, total=F("total") - amount)

    return _move(Movement(EntryKind.REDUCED, full_id, amount, reference, by, memo=memo), change)


@one_act
def reserve(full_id: str, amount: Decimal, *, reference: str, by: User | None) -> Appropriation:
    """Set money aside for an approved application (``reference`` = its number).

    Raises :class:`InsufficientFunds` when the free part does not cover it; nothing is changed then.
    """
    amount = checked(amount)

    def change() -> None:
        _take_free(full_id, amount, reserved=F("reserved") + amount)
        Reservation.objects.create(
            appropriation=Appropriation.objects.get(full_id=full_id), reference=reference, amount=amount
        )

    return _move(Movement(EntryKind.RESERVED, full_id, amount, reference, by), change)


@one_act
def release(full_id: str, *, reference: str, by: User | None, memo: str = "") -> Appropriation:
    """Give back what an application still holds (it was withdrawn or its approval was revoked)."""
    held = _reservation(full_id, reference)
    if held.released > ZERO:
        return held.appropriation
    amount = held.open
    if amount == ZERO:
        raise Conflict(
            f"{reference} 的占用已全部支付，没有可以释放的金额。请核对单号。", code="nothing_to_release"
        )

    def change() -> None:
        _change_balance(full_id, Q(reserved__gte=amount), reserved=F("reserved") - amount)
        _change_reservation(held, amount, released=F("released") + amount)

    return _move(Movement(EntryKind.RELEASED, full_id, amount, reference, by, memo=memo), change)


@one_act
def pay(
    full_id: str, amount: Decimal, *, reference: str, payment_number: str, by: User | None, turn: int = 1
) -> Appropriation:
    """The bank paid: reserved becomes paid. Never more than this application holds.

    ``turn`` is 2 when the same payment was paid, sent back and paid after all, and so on.
    """
    amount = checked(amount)
    held = _reservation(full_id, reference)

    def change() -> None:
        _change_balance(
            full_id, Q(reserved__gte=amount), reserved=F("reserved") - amount, paid=F("paid") + amount
        )
        _change_reservation(held, amount, paid=F("paid") + amount)

    movement = Movement(
        EntryKind.PAID, full_id, amount, reference, by, payment_number=payment_number, turn=turn
    )
    return _move(movement, change)


@one_act
def reverse_payment(
    full_id: str, *, reference: str, payment_number: str, by: User | None, memo: str = "", turn: int = 1
) -> Appropriation:
    """The bank sent a payment back after all: paid becomes reserved again, for the whole payment."""
    held = _reservation(full_id, reference)
    paid = LedgerEntry.objects.filter(
        kind=EntryKind.PAID, reference=reference, payment_number=payment_number, turn=turn
    ).first()
    if paid is None:
        raise Conflict(f"支付编号 {payment_number} 没有入账，不能冲销。请核对支付编号。", code="not_paid")
    amount = paid.amount

    def change() -> None:
        _change_balance(
            full_id, Q(paid__gte=amount), paid=F("paid") - amount, reserved=F("reserved") + amount
        )
        if not Reservation.objects.filter(pk=held.pk, paid__gte=amount).update(paid=F("paid") - amount):
            raise Conflict(f"{reference} 的已支付金额不足以冲销，请联系管理员核对台账。", code="not_paid")

    movement = Movement(
        EntryKind.REVERSED,
        full_id,
        amount,
        reference,
        by,
        payment_number=payment_number,
        memo=memo,
        turn=turn,
    )
    return _move(movement, change)


def _move(movement: Movement, change: Callable[[], None]) -> Appropriation:
    """Change the balances and write the entry in one savepoint; a repeated movement changes nothing."""
    before = movement.booked()
    if before is not None:
        return before
    try:
        with transaction.atomic():
            change()
            appropriation = Appropriation.objects.get(full_id=movement.full_id)
            LedgerEntry.objects.create(appropriation=appropriation, at=now(), **movement.columns())
    except (IntegrityError, Conflict):
        # the same movement may have been written by somebody else between our look and our statement, and have
        # taken the very money that we found missing
        before = movement.booked()
        if before is None:
            raise
        return before
    movement.audit()
    return appropriation


def _reservation(full_id: str, reference: str) -> Reservation:
    held = (
        Reservation.objects.select_related("appropriation")
        .filter(reference=reference, appropriation__full_id=full_id)
        .first()
    )
    if held is None:
        raise Conflict(f"{reference} 没有占用预算，不能支付或释放。请核对事项和单号。", code="not_reserved")
    return held


def _take_free(full_id: str, amount: Decimal, **values: CombinedExpression) -> None:
    """One statement that changes the balance only while the free part covers the amount."""
    covered = Appropriation.objects.filter(full_id=full_id, total__gte=F("reserved") + F("paid") + amount)
    if not covered.update(**values):
        raise InsufficientFunds(full_id, amount, _free(full_id))


def _change_balance(full_id: str, condition: Q, **values: CombinedExpression) -> None:
    """One statement that changes the balance only while the condition holds."""
    if not Appropriation.objects.filter(condition, full_id=full_id).update(**values):
        raise Conflict(f"{full_id} 的预算余额与台账不符，请联系管理员核对台账。", code="balance_mismatch")


def _change_reservation(held: Reservation, amount: Decimal, **values: CombinedExpression) -> None:
    """Change what one application holds if it holds the amount; undoes the whole movement otherwise."""
    still_held = Reservation.objects.filter(pk=held.pk, amount__gte=F("paid") + F("released") + amount)
    if not still_held.update(**values):
        held.refresh_from_db()
        raise Conflict(
            f"{held.reference} 的占用余额只有 {held.open:,.2f} 元，不足 {amount:,.2f} 元。",
            code="more_than_reserved",
        )


def _free(full_id: str) -> Decimal:
    appropriation = Appropriation.objects.filter(full_id=full_id).first()
    return appropriation.free if appropriation else ZERO


def _basis(memo: str) -> str:
    memo = memo.strip()
    if len(memo) < 4:
        raise Invalid("请写明依据，例如预算文件的文号或会议纪要。", {"memo": ["请写明依据（至少四个字）。"]})
    if len(memo) > 300:
        raise Invalid("依据太长，请控制在 300 字以内。", {"memo": ["最多 300 字。"]})
    return memo


def _known_item(full_id: str) -> None:
    """An appropriation for an item that the catalogue does not have is a slip of the pen."""
    if not CatalogueItem.objects.filter(full_id=full_id).exists():
        raise NotFound("政策目录里没有这个事项，请从列表中选择。")
