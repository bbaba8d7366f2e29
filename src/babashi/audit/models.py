"""The append-only, hash-chained log of every act."""

from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    """One act. ``digest`` = SM3 over the canonical JSON of this entry and the digest before it."""

    sequence = models.BigIntegerField("序号", primary_key=True)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField("操作人", max_length=120)
    action = models.CharField("动作", max_length=80, help_text="past tense, app.verb: applications.submitted")
    subject_type = models.CharField("对象类型", max_length=40)
    subject_id = models.CharField("对象编号", max_length=80)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    details = models.JSONField("内容", default=dict)
    previous = models.CharField("前一条摘要", max_length=64)
    digest = models.CharField("摘要", max_length=64, unique=True)

    class Meta:
        ordering = ["sequence"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="audit_subject"),
            models.Index(fields=["uscc"], name="audit_uscc"),
            models.Index(fields=["at"], name="audit_at"),
        ]
