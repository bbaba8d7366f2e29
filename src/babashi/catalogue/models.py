"""Published policies. A pack version is frozen with its full source, so that any old decision can be recomputed."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

KINDS = {
    "reward": "奖励",
    "subsidy": "补助",
    "interest_subsidy": "贴息",
    "voucher": "消费券",
    "insurance": "保险",
    "training": "培训",
    "other": "其他",
}


class PackVersion(models.Model):
    """One version of a pack. ``files`` are its exact source texts; ``digest`` is over them."""

    pack_id = models.CharField("政策包", max_length=80)
    version = models.CharField("版本", max_length=40)
    digest = models.CharField("摘要", max_length=64, unique=True)
    number = models.CharField("文号", max_length=80)
    title = models.CharField("标题", max_length=200)
    issuer = models.CharField("发文机关", max_length=120)
    region = models.CharField("行政区划代码", max_length=6)
    files = models.JSONField("源文件")
    dictionary = models.TextField(
        "指标字典", default="", help_text="the fact dictionary it was checked against, kept with it"
    )
    report = models.JSONField("检查结果", default=dict, help_text="warnings and cases at publication")
    enabled = models.BooleanField("启用", default=True)
    is_current = models.BooleanField("现行版本", default=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField("发布时间")

    class Meta:
        ordering = ["pack_id", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["pack_id"], condition=Q(is_current=True), name="pack_current"),
            models.UniqueConstraint(fields=["pack_id", "version"], name="pack_version_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.number}（{self.version}）"


class DraftState(models.TextChoices):
    """What became of a version handed in for publication."""

    WAITING = "waiting", "待发布"
    PUBLISHED = "published", "已发布"
    REFUSED = "refused", "已退回"


class PackDraft(models.Model):
    """A pack version handed in by a policy author; a different person publishes or refuses it."""

    pack_id = models.CharField("政策包", max_length=80)
    version = models.CharField("版本", max_length=40)
    digest = models.CharField("摘要", max_length=64)
    title = models.CharField("标题", max_length=200)
    files = models.JSONField("源文件")
    report = models.JSONField("检查结果", default=dict)
    note = models.CharField("说明", max_length=500, blank=True)
    state = models.CharField("状态", max_length=10, choices=DraftState.choices, default=DraftState.WAITING)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("提交时间")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("处理时间", null=True)
    reason = models.CharField("退回原因", max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("author")),
                name="draft_four_eyes",
            ),
            models.UniqueConstraint(
                fields=["digest"], condition=Q(state="waiting"), name="draft_waiting_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.version}）"


class CatalogueItem(models.Model):
    """One item of one pack version, as the catalogue lists it; the rule itself stays in the pack."""

    pack_version = models.ForeignKey(PackVersion, models.PROTECT, related_name="items")
    full_id = models.CharField("事项编号", max_length=120, db_index=True, help_text="banan-2022-63/scale-up")
    position = models.PositiveSmallIntegerField("次序")
    article = models.CharField("条款", max_length=40)
    title = models.CharField("条款标题", max_length=120)
    short_title = models.CharField("名称", max_length=120, default="")
    kind = models.CharField("类型", max_length=30)
    applicant = models.CharField("申请主体", max_length=20)
    channel = models.CharField("办理方式", max_length=20, help_text="application, interest or catalogue")
    automatic = models.BooleanField("免申即享", default=False)
    lead = models.ForeignKey("accounts.Department", models.PROTECT, related_name="led_items")
    support = models.ManyToManyField("accounts.Department", related_name="supported_items")
    until = models.DateField("截止日期")
    opens = models.DateField(
        "开始日期", null=True, help_text="first day of application; null: since published"
    )
    round = models.CharField(
        "申报批次",
        max_length=7,
        default="",
        help_text="what an enterprise has one application for; empty: the item, for ever",
    )
    round_name = models.CharField("批次名称", max_length=20, default="", help_text="2023年第一批")
    kinds = ArrayField(
        models.CharField(max_length=20),
        default=list,
        help_text="kinds of subject that can have it, found by evaluating the rule for each kind",
    )
    amount = models.CharField("金额", max_length=80, default="", help_text="最高150万元, as a list shows it")
    words = models.JSONField("解读", help_text="generated plain words: who, how_much, how, when, whom")
    body = models.TextField("检索正文", default="", help_text="everything that can be searched, for snippets")
    search = SearchVectorField(null=True)

    class Meta:
        ordering = ["pack_version_id", "position"]
        constraints = [models.UniqueConstraint(fields=["pack_version", "full_id"], name="item_in_version")]
        indexes = [GinIndex(fields=["search"], name="item_search")]

    def __str__(self) -> str:
        """The item with the round that this version of it is open for: what a case or a message is about."""
        return f"{self.name}（{self.round_name}）" if self.round_name else self.name

    @property
    def name(self) -> str:
        """The item whatever the round: what a pot or a figure of a report is about."""
        return self.short_title or self.title

    @property
    def kind_label(self) -> str:
        """奖励, 补助, 贴息 …"""
        return KINDS.get(self.kind, self.kind)
