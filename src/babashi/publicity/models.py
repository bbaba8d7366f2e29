"""Publicity (公示): a public list for a number of working days, and what people object to it."""

from django.conf import settings
from django.db import models


class Notice(models.Model):
    """One public notice; open on the days [starts_on, ends_on]."""

    number = models.CharField("公示编号", max_length=30, unique=True)
    item = models.ForeignKey("catalogue.CatalogueItem", models.PROTECT, related_name="notices")
    starts_on = models.DateField("公示起始")
    ends_on = models.DateField("公示截止")
    working_days = models.PositiveSmallIntegerField("工作日数")
    closed_at = models.DateTimeField("结束时间", null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("发布时间")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "starts_on", "working_days"],
                condition=models.Q(closed_at__isnull=True),
                name="notice_of_the_day",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="notice_days"
            ),
        ]


class Entry(models.Model):
    """One application on a notice: the enterprise's name and the amount proposed."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="entries")
    application = models.ForeignKey(
        "applications.Application", models.PROTECT, related_name="publicity_entries"
    )
    enterprise_name = models.CharField("企业名称", max_length=200)
    amount = models.DecimalField("拟支持金额", max_digits=18, decimal_places=2, null=True)
    removed_at = models.DateTimeField("撤下时间", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(removed_at__isnull=True),
                name="publicity_shown_once",
            )
        ]
        ordering = ["notice_id", "id"]


class ObjectionState(models.TextChoices):
    OPEN = "open", "待处理"
    UPHELD = "upheld", "异议成立"
    DISMISSED = "dismissed", "异议不成立"


class Objection(models.Model):
    """Somebody objects to an entry. While one is open the case does not go on."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="objections")
    name = models.CharField("异议人", max_length=60)
    contact = models.CharField("联系方式", max_length=120)
    content = models.TextField("异议内容", max_length=2000)
    state = models.CharField(
        "状态", max_length=10, choices=ObjectionState.choices, default=ObjectionState.OPEN
    )
    answer = models.TextField("处理意见", blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("处理时间", null=True)
    received_at = models.DateTimeField("收到时间")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", decided_at__isnull=True)
                | (~models.Q(state="open") & models.Q(decided_at__isnull=False)),
                name="objection_decided",
            )
        ]
