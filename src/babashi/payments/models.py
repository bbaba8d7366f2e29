"""Payments: orders for the treasury, the bank's answers, and what does not agree. The platform never moves money."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class PaymentState(models.TextChoices):
    READY = "ready", "待组批"
    BATCHED = "batched", "已组批"
    EXPORTED = "exported", "已送国库"
    SUCCEEDED = "succeeded", "已到账"
    RETURNED = "returned", "银行退回"
    REPLACED = "replaced", "已更正重付"


class PaymentBatch(models.Model):
    """A list of payments handed to the treasury as a file."""

    number = models.CharField("批次号", max_length=30, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("组批时间")
    exported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    exported_at = models.DateTimeField("导出时间", null=True)
    closed_at = models.DateTimeField("对账完成时间", null=True)

    class Meta:
        ordering = ["-id"]


class Payment(models.Model):
    """One payment for one approved application. A corrected re-payment is a new one that replaces the returned one."""

    number = models.CharField("支付编号", max_length=30, unique=True)
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="payments")
    attempt = models.PositiveSmallIntegerField("次", default=1)
    amount = models.DecimalField("金额", max_digits=18, decimal_places=2)
    state = models.CharField("状态", max_length=12, choices=PaymentState.choices, default=PaymentState.READY)
    batch = models.ForeignKey(PaymentBatch, models.PROTECT, null=True, related_name="payments")
    bank_account = models.ForeignKey("enterprises.BankAccount", models.PROTECT, related_name="+")
    paid_on = models.DateField("支付日期", null=True)
    bank_reference = models.CharField("银行流水号", max_length=80, blank=True)
    reason = models.CharField("原因", max_length=300, blank=True)
    created_at = models.DateTimeField("生成时间")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=~Q(state="replaced"), name="payment_one_alive"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
        ]


class BankAnswerFile(models.Model):
    """A file of the bank's answers, taken in once."""

    digest = models.CharField("摘要", max_length=64, unique=True)
    name = models.CharField("文件名", max_length=200)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    imported_at = models.DateTimeField("导入时间")


class AnswerOutcome(models.TextChoices):
    APPLIED = "applied", "已入账"
    UNKNOWN_NUMBER = "unknown_number", "编号不存在"
    WRONG_BATCH = "wrong_batch", "批次不符"
    AMOUNT_DIFFERS = "amount_differs", "金额不符"
    REPEATED = "repeated", "重复回单"
    NOT_EXPECTED = "not_expected", "未送出的支付"


class BankAnswer(models.Model):
    """One row of the bank's answer and what became of it; everything but ``applied`` waits for a person."""

    file = models.ForeignKey(BankAnswerFile, models.PROTECT, related_name="answers")
    row_number = models.PositiveIntegerField("行号")
    batch_number = models.CharField("批次号", max_length=60)
    payment_number = models.CharField("支付编号", max_length=60)
    status = models.CharField("状态", max_length=10)
    amount = models.DecimalField("金额", max_digits=18, decimal_places=2)
    paid_on = models.DateField("支付日期", null=True)
    bank_reference = models.CharField("银行流水号", max_length=80, blank=True)
    reason = models.CharField("原因", max_length=300, blank=True)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="answers")
    outcome = models.CharField("处理结果", max_length=20, choices=AnswerOutcome.choices)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField("核销时间", null=True)
    settled_note = models.CharField("核销说明", max_length=500, blank=True)

    class Meta:
        ordering = ["file_id", "row_number"]
        constraints = [models.UniqueConstraint(fields=["file", "row_number"], name="answer_row")]
