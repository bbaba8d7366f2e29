"""Appropriations and their append-only ledger. Balances change in one atomic statement, never below zero."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Appropriation(models.Model):
    """The money of one item. free = total − reserved − paid, guarded by the database."""

    full_id = models.CharField("事项编号", max_length=120, unique=True)
    total = models.DecimalField("预算", max_digits=18, decimal_places=2, default=0)
    reserved = models.DecimalField("占用", max_digits=18, decimal_places=2, default=0)
    paid = models.DecimalField("已支付", max_digits=18, decimal_places=2, default=0)

    class Meta:
        ordering = ["full_id"]
        constraints = [
            models.CheckConstraint(condition=Q(reserved__gte=0), name="budget_reserved_not_negative"),
            models.CheckConstraint(condition=Q(paid__gte=0), name="budget_paid_not_negative"),
            models.CheckConstraint(
                condition=Q(total__gte=F("reserved") + F("paid")), name="budget_not_exceeded"
            ),
        ]

    def __str__(self) -> str:
        return self.full_id

    @property
    def free(self) -> Decimal:
        """What can still be reserved, in yuan."""
        return self.total - self.reserved - self.paid


class Reservation(models.Model):
    """What one application holds of an appropriation: pays and releases never more than was reserved."""

    appropriation = models.ForeignKey(Appropriation, models.PROTECT, related_name="reservations")
    reference = models.CharField("受理编号", max_length=60, unique=True)
    amount = models.DecimalField("占用", max_digits=18, decimal_places=2)
    paid = models.DecimalField("已支付", max_digits=18, decimal_places=2, default=0)
    released = models.DecimalField("已释放", max_digits=18, decimal_places=2, default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="reservation_amount_positive"),
            models.CheckConstraint(
                condition=Q(paid__gte=0, released__gte=0), name="reservation_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=F("paid") + F("released")), name="reservation_not_exceeded"
            ),
        ]

    @property
    def open(self) -> Decimal:
        """Reserved, neither paid nor released, in yuan."""
        return self.amount - self.paid - self.released


class EntryKind(models.TextChoices):
    APPROPRIATED = "appropriated", "预算安排"
    REDUCED = "reduced", "预算调减"
    RESERVED = "reserved", "占用"
    RELEASED = "released", "释放"
    PAID = "paid", "支付"
    REVERSED = "reversed", "退回冲销"


class LedgerEntry(models.Model):
    """One movement; never changed or deleted (a trigger sees to it). Amounts are positive yuan.

    ``reference`` is the application's number, for appropriations the token of the act that ordered them;
    ``payment_number`` is set on what the bank answered: a corrected re-payment is a movement of its own.
    """

    appropriation = models.ForeignKey(Appropriation, models.PROTECT, related_name="entries")
    kind = models.CharField("类别", max_length=12, choices=EntryKind.choices)
    amount = models.DecimalField("金额", max_digits=18, decimal_places=2)
    reference = models.CharField("单号", max_length=60)
    payment_number = models.CharField("支付编号", max_length=30, blank=True)
    turn = models.PositiveSmallIntegerField(
        "第几次", default=1, help_text="counts up when one payment is paid, sent back and paid after all"
    )
    memo = models.CharField("依据", max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("时间", db_index=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_amount_positive"),
            models.UniqueConstraint(
                fields=["kind", "reference", "payment_number", "turn"], name="ledger_movement_once"
            ),
        ]
