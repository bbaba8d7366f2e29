"""Payments: orders for the treasury, the bank's answers, and what does not agree. The platform never moves money."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class PaymentState(models.TextChoices):
    READY = "ready", "待组批"
    BATCHED = "batched", "已组批"
    EXPORTED = "exported", "已送国库"
    SUCCEEDED = "succeeded", "已到账"
    RETURNED = "returned", "银行退回"
    REPLACED = "replaced", "已更正重付"


class PaymentBatch(models.Model):
    """A list of payments handed to the treasury as a file, by another person than the one who composed it."""

    number = models.CharField("批次号", max_length=30, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("组批时间")
    exported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    exported_at = models.DateTimeField("导出时间", null=True)
    closed_at = models.DateTimeField("对账完成时间", null=True)
    dissolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    dissolved_at = models.DateTimeField("解散时间", null=True)
    dissolved_reason = models.CharField("解散原因", max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(exported_by__isnull=True) | ~Q(exported_by=F("created_by")),
                name="batch_two_people",
            ),
            models.CheckConstraint(
                condition=Q(exported_by__isnull=True, exported_at__isnull=True)
                | Q(exported_by__isnull=False, exported_at__isnull=False),
                name="batch_export_has_hand_and_time",
            ),
            models.CheckConstraint(
                condition=Q(dissolved_at__isnull=True, dissolved_by__isnull=True)
                | Q(dissolved_at__isnull=False, dissolved_by__isnull=False, exported_at__isnull=True),
                name="batch_dissolved_only_before_export",
            ),
        ]


class Payment(models.Model):
    """One payment for one approved application. A corrected re-payment is a new one that replaces the returned one.

    Triggers (migration 0002) hold what no column can: the amount is the approved one, the money is reserved, the
    account is the enterprise's own, states follow one another as they may, and the ledger says the same.
    """

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
            models.UniqueConstraint(fields=["application", "attempt"], name="payment_attempt_once"),
            models.UniqueConstraint(
                fields=["bank_reference"], condition=~Q(bank_reference=""), name="payment_bank_reference_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(state="ready", batch__isnull=True) | (~Q(state="ready") & Q(batch__isnull=False)),
                name="payment_in_a_batch_once_batched",
            ),
            models.CheckConstraint(
                condition=~Q(state="succeeded") | (Q(paid_on__isnull=False) & ~Q(bank_reference="")),
                name="payment_succeeded_has_proof",
            ),
        ]


class BankAnswerFile(models.Model):
    """A file of the bank's answers, taken in once."""

    digest = models.CharField("摘要", max_length=64, unique=True)
    name = models.CharField("文件名", max_length=200)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    imported_at = models.DateTimeField("导入时间")


class AnswerOutcome(models.TextChoices):
    """What became of a row; :mod:`babashi.payments.advice` says of each what it means and what to do."""

    APPLIED = "applied", "已入账"
    UNKNOWN_NUMBER = "unknown_number", "编号不存在"
    WRONG_BATCH = "wrong_batch", "批次不符"
    AMOUNT_DIFFERS = "amount_differs", "金额不符"
    NOT_EXPECTED = "not_expected", "未送出的支付"
    BAD_DATE = "bad_date", "日期不合理"
    REFERENCE_USED = "reference_used", "流水号已用于别的支付"
    FILE_CONTRADICTS = "file_contradicts", "同一文件自相矛盾"
    REPEATED = "repeated", "重复回单"
    REPEATED_DIFFERS = "repeated_differs", "再次成功但内容不同"
    RETURN_AFTER_SUCCESS = "return_after_success", "到账后又退回"
    SUCCESS_AFTER_RETURN = "success_after_return", "退回后又成功"
    SUCCESS_AFTER_REPLACED = "success_after_replaced", "已重付的原支付又成功"


class BankAnswer(models.Model):
    """One row of the bank's answer and what became of it; everything but ``applied`` waits for a person.

    Evidence: a trigger lets nothing but the settling be written, and that once.
    """

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
    outcome = models.CharField("处理结果", max_length=24, choices=AnswerOutcome.choices)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField("核销时间", null=True)
    settled_note = models.CharField("核销说明", max_length=500, blank=True)
    taken = models.BooleanField(
        "以回单为准", default=False, help_text="a second person found the bank right and the row was booked"
    )

    class Meta:
        ordering = ["file_id", "row_number"]
        constraints = [
            models.UniqueConstraint(fields=["file", "row_number"], name="answer_row"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, settled_note="", taken=False)
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(settled_note="")),
                name="answer_settled_by_whom_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="applied") | Q(settled_at__isnull=True), name="answer_applied_is_settled"
            ),
            models.CheckConstraint(
                condition=Q(taken=False) | Q(outcome__in=["return_after_success", "success_after_return"]),
                name="answer_taken_only_where_two_readings",
            ),
        ]
