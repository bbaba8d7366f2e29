"""Messages to enterprises: why, through which channel, whether they arrived, and who does not want them."""

from django.db import models


class Message(models.Model):
    """One message in the in-app inbox. ``dedupe_key`` makes sure that nothing is said twice."""

    enterprise = models.ForeignKey("enterprises.Enterprise", models.PROTECT, related_name="messages")
    kind = models.CharField(
        "类别", max_length=30, help_text="match, claim, application, correction, decision, payment"
    )
    subject = models.CharField("标题", max_length=200)
    body = models.TextField("正文")
    reason = models.TextField("推送原因", blank=True)
    link = models.CharField("链接", max_length=200, blank=True)
    full_id = models.CharField(
        "事项编号", max_length=120, blank=True, help_text="the item it is about, if any"
    )
    dedupe_key = models.CharField("去重键", max_length=200, unique=True)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("阅读时间", null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["enterprise", "read_at"], name="message_unread"),
            models.Index(fields=["kind", "full_id"], name="message_by_item"),
        ]


class DeliveryState(models.TextChoices):
    QUEUED = "queued", "待发送"
    SENT = "sent", "已发送"
    FAILED = "failed", "发送失败"
    SUPPRESSED = "suppressed", "已退订"


class Delivery(models.Model):
    """A message through a channel outside the platform (e-mail, SMS, console or file in the demo)."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="deliveries")
    channel = models.CharField("渠道", max_length=20)
    address = models.CharField("地址", max_length=120)
    state = models.CharField(
        "状态", max_length=12, choices=DeliveryState.choices, default=DeliveryState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    error = models.CharField("错误", max_length=300, blank=True)
    next_try_at = models.DateTimeField("下次发送时间", null=True, help_text="set while queued")
    sent_at = models.DateTimeField("发送时间", null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "channel"], name="delivery_once")]
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(state="queued"), name="delivery_queue")
        ]


class OptOut(models.Model):
    """An enterprise does not want pushes by a channel. Notices about its own cases always reach the inbox."""

    enterprise = models.ForeignKey("enterprises.Enterprise", models.PROTECT, related_name="opt_outs")
    channel = models.CharField("渠道", max_length=20, help_text="inbox, email, sms")
    since = models.DateTimeField("起始")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enterprise", "channel"], name="opt_out_once")]
