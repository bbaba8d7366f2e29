"""Verdicts: one current row an enterprise and item; a changed verdict supersedes, never overwrites."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

CAUSES = {
    "import": "导入登记数据",
    "pack": "政策变化",
    "day": "日期变化",
    "enterprise": "企业资料变化",
    "manual": "人工发起",
}


class MatchRun(models.Model):
    """One pass over the register, or over one enterprise, and why."""

    cause = models.CharField("原因", max_length=40, help_text="import, pack, day, enterprise, manual")
    as_of = models.DateField("判断日期")
    started_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("结束", null=True)
    enterprises = models.PositiveIntegerField("企业数", default=0)
    changed = models.PositiveIntegerField("变化数", default=0)

    class Meta:
        ordering = ["-id"]

    @property
    def cause_label(self) -> str:
        return CAUSES.get(self.cause, self.cause)


class Match(models.Model):
    """The verdict of one enterprise for one item, with the pack version, the facts used and the trace."""

    enterprise = models.ForeignKey("enterprises.Enterprise", models.PROTECT, related_name="matches")
    item = models.ForeignKey("catalogue.CatalogueItem", models.PROTECT, related_name="matches")
    full_id = models.CharField("事项编号", max_length=120)
    run = models.ForeignKey(MatchRun, models.PROTECT, related_name="matches")
    verdict = models.CharField("结论", max_length=10)
    amount_min = models.DecimalField("最低", max_digits=18, decimal_places=2, null=True)
    amount_max = models.DecimalField("最高", max_digits=18, decimal_places=2, null=True)
    failed = ArrayField(models.CharField(max_length=80), default=list)
    missing = ArrayField(models.CharField(max_length=80), default=list)
    closed = models.BooleanField("已截止")
    facts_used = models.JSONField("所用指标", default=dict)
    trace = models.JSONField("判断过程", default=dict)
    fingerprint = models.CharField(
        "指纹", max_length=32, default="", help_text="digest of what the verdict says; equal = no new row"
    )
    as_of = models.DateField("判断日期")
    computed_at = models.DateTimeField("计算时间")
    superseded_at = models.DateTimeField("被替代时间", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "full_id"],
                condition=Q(superseded_at__isnull=True),
                name="match_current",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["eligible", "ineligible", "unknown"]), name="match_verdict"
            ),
        ]
        indexes = [
            models.Index(
                fields=["full_id", "verdict"], condition=Q(superseded_at__isnull=True), name="match_by_item"
            ),
        ]


class MatchBasis(models.Model):
    """What the matches of one enterprise rest on, so that a later pass knows who is up to date.

    ``basis`` is a digest of the packs in force, of which items are past their last day and of the official
    parameter tables; ``changed_at`` repeats the enterprise's own.
    """

    enterprise = models.OneToOneField(
        "enterprises.Enterprise", models.PROTECT, primary_key=True, related_name="match_basis"
    )
    basis = models.CharField("依据", max_length=32)
    changed_at = models.DateTimeField("企业变更时间")
