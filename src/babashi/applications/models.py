"""Applications: from a draft that saves itself to the submitted, frozen case, and everything that happened to it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from babashi.applications.flow import DECIDED_FOR, ENDED, State

__all__ = ["ENDED", "Application", "ApplicationEvent", "Attachment", "Interest", "InterestState", "State"]


class Application(models.Model):
    """One application of one enterprise for one item, bound to a pack version, frozen facts and their trace."""

    number = models.CharField(
        "受理编号", max_length=30, unique=True, null=True, help_text="given at submission"
    )
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enterprise = models.ForeignKey("enterprises.Enterprise", models.PROTECT, related_name="applications")
    item = models.ForeignKey("catalogue.CatalogueItem", models.PROTECT, related_name="applications")
    full_id = models.CharField("事项编号", max_length=120)
    round = models.CharField(
        "申报批次",
        max_length=7,
        default="",
        help_text="of which an enterprise has one application; empty: one of the item, for ever",
    )
    state = models.CharField("状态", max_length=20, choices=State.choices, default=State.DRAFT)
    stage = models.CharField("环节", max_length=40, blank=True)
    automatic = models.BooleanField("免申即享", default=False)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField("开始时间")
    saved_at = models.DateTimeField("最近保存时间", null=True, help_text="when the applicant last changed it")
    form = models.JSONField("填报内容", default=dict, help_text="what the applicant typed, by field id")
    revision = models.PositiveIntegerField("修订号", default=1, help_text="optimistic lock for two windows")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField("提交时间", null=True)
    complete_on = models.DateField(
        "材料齐全日", null=True, help_text="the day that decides the place in the queue"
    )
    facts_used = models.JSONField("所用指标", default=dict)
    trace = models.JSONField("判断过程", default=dict)
    verdict = models.CharField("结论", max_length=10, blank=True)
    amount_min = models.DecimalField("保底金额", max_digits=18, decimal_places=2, null=True)
    amount_max = models.DecimalField("最高金额", max_digits=18, decimal_places=2, null=True)
    approved_amount = models.DecimalField("审定金额", max_digits=18, decimal_places=2, null=True)
    bank_account = models.ForeignKey("enterprises.BankAccount", models.PROTECT, null=True, related_name="+")
    consent_at = models.DateTimeField("承诺时间", null=True)
    differs = models.BooleanField(
        "数据有异议", default=False, help_text="the applicant reported a difference to an official value"
    )
    same_kind = models.CharField(
        "同类政策",
        max_length=120,
        blank=True,
        help_text="group of which an enterprise has one application at a time",
    )
    ended_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "same_kind", "round"],
                condition=~Q(same_kind="") & ~Q(state__in=["refused", "withdrawn", "lapsed"]),
                name="application_one_of_a_kind",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[state.value for state in DECIDED_FOR]) | Q(verdict="eligible"),
                name="application_granted_is_eligible",
            ),
            models.UniqueConstraint(
                fields=["enterprise", "full_id", "round"],
                condition=~Q(state__in=["refused", "withdrawn", "lapsed"]),
                name="application_one_open",
            ),
            models.CheckConstraint(
                condition=Q(approved_amount__isnull=True)
                | Q(amount_max__isnull=False, approved_amount__lte=models.F("amount_max")),
                name="application_not_above_ceiling",
            ),
            models.CheckConstraint(
                condition=Q(approved_amount__isnull=True)
                | Q(amount_min__isnull=True)
                | Q(approved_amount__gte=models.F("amount_min")),
                name="application_not_below_floor",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[state.value for state in DECIDED_FOR])
                | Q(approved_amount__isnull=False, approved_amount__gt=0),
                name="application_decided_has_amount",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(number__isnull=False, complete_on__isnull=False),
                name="application_submitted_has_number",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=False) | Q(state__in=["draft", "withdrawn"]),
                name="application_in_review_is_submitted",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "stage"], name="application_state"),
            models.Index(fields=["enterprise", "-started_at"], name="application_of_enterprise"),
            models.Index(
                fields=["full_id", "complete_on", "id"], condition=Q(state="queued"), name="application_queue"
            ),
        ]


class ApplicationEvent(models.Model):
    """What happened, in the past tense; append-only. The case's state is the fold over these."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField("序号")
    kind = models.CharField("事件", max_length=40)
    stage = models.CharField("环节", max_length=40, blank=True)
    from_state = models.CharField("原状态", max_length=20)
    to_state = models.CharField("新状态", max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_label = models.CharField("办理人", max_length=120)
    payload = models.JSONField("内容", default=dict)
    at = models.DateTimeField("时间")

    class Meta:
        ordering = ["application_id", "sequence"]
        constraints = [models.UniqueConstraint(fields=["application", "sequence"], name="event_sequence")]


class Attachment(models.Model):
    """A material handed in with an application. Replaced ones are kept, marked removed."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="attachments")
    material = models.CharField("材料", max_length=60)
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField("上传时间")
    removed_at = models.DateTimeField("移除时间", null=True)

    class Meta:
        ordering = ["application_id", "id"]


class InterestState(models.TextChoices):
    NEW = "new", "待联系"
    CONTACTED = "contacted", "已联系"
    CLOSED = "closed", "已办结"


class Interest(models.Model):
    """An expression of interest to the lead department (insurance, training): no money moves here."""

    enterprise = models.ForeignKey("enterprises.Enterprise", models.PROTECT, related_name="interests")
    item = models.ForeignKey("catalogue.CatalogueItem", models.PROTECT, related_name="interests")
    full_id = models.CharField("事项编号", max_length=120)
    contact_name = models.CharField("联系人", max_length=60)
    contact_phone = models.CharField("电话", max_length=30)
    note = models.CharField("说明", max_length=500, blank=True)
    state = models.CharField("状态", max_length=10, choices=InterestState.choices, default=InterestState.NEW)
    answer = models.CharField("答复", max_length=500, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "full_id"], condition=~Q(state="closed"), name="interest_one_open"
            ),
        ]
