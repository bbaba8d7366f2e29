"""Review tasks: who has a case at which stage, since when, until when, and what was decided."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Outcome(models.TextChoices):
    PASSED = "passed", "通过"
    RETURNED = "returned", "退回补正"
    SENT_BACK = "sent_back", "退回上一环节"
    REFUSED = "refused", "不予支持"
    WITHDRAWN = "withdrawn", "申请人撤回"
    ENDED = "ended", "公示结束"
    OBJECTED = "objected", "异议成立"


class StageTask(models.Model):
    """One visit of one case to one stage. A correction pauses the clock; nothing is ever erased."""

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="tasks")
    stage = models.CharField("环节", max_length=40)
    role = models.CharField("角色", max_length=20)
    department = models.ForeignKey("accounts.Department", models.PROTECT, related_name="tasks")
    round = models.PositiveSmallIntegerField("次", default=1)
    opened_at = models.DateTimeField("到达时间")
    due_on = models.DateField("期限", null=True)
    due_is_provisional = models.BooleanField("期限暂定", default=False)
    paused_on = models.DateField("暂停日", null=True)
    remaining_days = models.PositiveSmallIntegerField("剩余工作日", null=True)
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, blank=True)
    opinion = models.TextField("意见", blank=True)
    checklist = models.JSONField("核对清单", default=list)
    amount = models.DecimalField("建议金额", max_digits=18, decimal_places=2, null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("办理时间", null=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(decided_at__isnull=True), name="task_one_open"
            ),
            models.UniqueConstraint(fields=["application", "stage", "round"], name="task_visit_once"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, outcome="")
                | (Q(decided_at__isnull=False) & ~Q(outcome="")),
                name="task_decided_has_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["passed", "returned", "sent_back", "refused"])
                | Q(decided_by__isnull=False),
                name="task_decided_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["department", "role", "due_on"],
                condition=Q(decided_at__isnull=True),
                name="task_todo",
            ),
        ]
