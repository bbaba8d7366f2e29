"""What the enterprise says in the end: the money is here or not, and how it went."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Receipt(models.Model):
    """The enterprise confirms a payment, or says that it did not arrive."""

    payment = models.OneToOneField("payments.Payment", models.PROTECT, related_name="receipt")
    arrived = models.BooleanField("已收到")
    note = models.CharField("说明", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")
    answer = models.CharField("答复", max_length=500, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True)


class Rating(models.Model):
    """好差评: one to five; the lowest is taken like the highest. One a case, may be changed until answered."""

    application = models.OneToOneField("applications.Application", models.PROTECT, related_name="rating")
    score = models.PositiveSmallIntegerField("评分")
    comment = models.CharField("评语", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")
    answer = models.CharField("回复", max_length=500, blank=True)
    answered_at = models.DateTimeField("回复时间", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="rating_one_to_five")
        ]


class Complaint(models.Model):
    """The enterprise says at any time what goes wrong with its case. 统筹协调 answers, not the one complained about."""

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="complaints")
    content = models.CharField("反映的问题", max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")
    answer = models.CharField("答复", max_length=1000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(answered_at__isnull=True), name="complaint_one_open"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="")
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="complaint_answered_has_answer",
            ),
        ]
