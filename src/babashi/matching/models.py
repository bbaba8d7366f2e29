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


class RuleBasis(models.Model):
    """Everything besides an enterprise's own facts that verdicts rest on, kept once and never changed."""

    digest = models.CharField("摘要", max_length=32, unique=True)
    packs = ArrayField(models.CharField(max_length=64), help_text="digests of the pack versions in force")
    closed = ArrayField(models.CharField(max_length=120), help_text="items past their last day")
    parameters = models.JSONField("参数表", help_text="official tables: name, key columns joined by |, value")
    made_at = models.DateTimeField("形成时间")


class FactsSnapshot(models.Model):
    """What was known of an enterprise, frozen once a change: the register rows in force, which are never edited.

    All verdicts found from it point here; with the pack version and the basis of the run their proof is computed
    again, exactly, whenever somebody asks.
    """

    enterprise = models.ForeignKey("enterprises.Enterprise", models.PROTECT, related_name="snapshots")
    rows = ArrayField(models.BigIntegerField(), help_text="register rows in force, ascending")
    known_tables = ArrayField(models.CharField(max_length=40), help_text="child tables handed in")
    taken_at = models.DateTimeField("形成时间")


class MatchRun(models.Model):
    """One pass over the register, or over one enterprise, and why."""

    cause = models.CharField("原因", max_length=40, help_text="import, pack, day, enterprise, manual")
    as_of = models.DateField("判断日期")
    started_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("结束", null=True)
    basis = models.ForeignKey(
        RuleBasis, models.PROTECT, null=True, db_index=False, help_text="null: before facts were frozen once"
    )
    total = models.PositiveIntegerField("应匹配", default=0)
    enterprises = models.PositiveIntegerField("企业数", default=0)
    changed = models.PositiveIntegerField("变化数", default=0)

    class Meta:
        ordering = ["-id"]

    @property
    def cause_label(self) -> str:
        return CAUSES.get(self.cause, self.cause)

    @property
    def share(self) -> int:
        """How far it is, in percent, rounded down."""
        return 100 if self.finished_at else self.enterprises * 100 // max(self.total, 1)


class Match(models.Model):
    """What one enterprise can have, or could have if more were known: a row an item, for as long as it says the same.

    An enterprise that was matched and has no current row for an item can't have it. The proof is recomputed from
    item (pack version), snapshot (facts with sources) and run (basis, day): see ``queries.explain``. Rows from
    before that carry their own ``facts_used``, ``trace`` and ``failed``, and may say "ineligible".
    """

    enterprise = models.ForeignKey("enterprises.Enterprise", models.PROTECT, related_name="matches")
    item = models.ForeignKey(
        "catalogue.CatalogueItem", models.PROTECT, related_name="matches", db_index=False
    )
    full_id = models.CharField("事项编号", max_length=120)
    run = models.ForeignKey(MatchRun, models.PROTECT, related_name="matches")
    snapshot = models.ForeignKey(
        FactsSnapshot, models.PROTECT, null=True, related_name="matches", db_index=False
    )
    verdict = models.CharField("结论", max_length=10)
    amount_min = models.DecimalField("最低", max_digits=18, decimal_places=2, null=True)
    amount_max = models.DecimalField("最高", max_digits=18, decimal_places=2, null=True)
    missing = ArrayField(models.CharField(max_length=80), default=list)
    closed = models.BooleanField("已截止")
    says = models.BigIntegerField(
        "指纹", default=0, help_text="digest of rule, verdict, amounts, missing; equal = no new row"
    )
    failed = ArrayField(models.CharField(max_length=80), null=True)
    facts_used = models.JSONField("所用指标", null=True)
    trace = models.JSONField("判断过程", null=True)
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
            models.CheckConstraint(
                condition=Q(snapshot__isnull=False) | Q(trace__isnull=False), name="match_has_its_proof"
            ),
        ]
        indexes = [
            models.Index(
                fields=["full_id", "verdict"], condition=Q(superseded_at__isnull=True), name="match_by_item"
            ),
        ]


class MatchBasis(models.Model):
    """Where one enterprise stands: what its latest match rests on, so that a later pass knows who is up to date.

    ``changed_at`` repeats the enterprise's own. What a current match says holds from these facts and this basis
    too, even where it was found from earlier ones.
    """

    enterprise = models.OneToOneField(
        "enterprises.Enterprise", models.PROTECT, primary_key=True, related_name="match_basis"
    )
    basis = models.ForeignKey(RuleBasis, models.PROTECT, db_index=False)
    snapshot = models.ForeignKey(FactsSnapshot, models.PROTECT, db_index=False)
    changed_at = models.DateTimeField("企业变更时间")
