"""Appropriations and their append-only ledger. Balances change in one atomic statement and never go below zero."""

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


class EntryKind(models.TextChoices):
    APPROPRIATED = "appropriated", "预算安排"
    REDUCED = "reduced", "预算调减"
    RESERVED = "reserved", "占用"
    RELEASED = "released", "释放"
    PAID = "paid", "支付"
    REVERSED = "reversed", "退回冲销"


class LedgerEntry(models.Model):
    """One movement. ``reference`` is the application or payment number; amounts are positive yuan."""

    appropriation = models.ForeignKey(Appropriation, models.PROTECT, related_name="entries")
    kind = models.CharField("类别", max_length=12, choices=EntryKind.choices)
    amount = models.DecimalField("金额", max_digits=18, decimal_places=2)
    reference = models.CharField("单号", max_length=60)
    memo = models.CharField("依据", max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_amount_positive"),
            models.UniqueConstraint(
                fields=["appropriation", "kind", "reference"],
                condition=Q(kind__in=["reserved", "released", "paid", "reversed"]),
                name="ledger_movement_once",
            ),
        ]
