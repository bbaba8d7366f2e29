"""Published policies. A pack version is frozen with its full source, so that any old decision can be recomputed."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q


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


class CatalogueItem(models.Model):
    """One item of one pack version, as the catalogue lists it; the rule itself stays in the pack."""

    pack_version = models.ForeignKey(PackVersion, models.PROTECT, related_name="items")
    full_id = models.CharField("事项编号", max_length=120, db_index=True, help_text="banan-2022-63/scale-up")
    position = models.PositiveSmallIntegerField("次序")
    article = models.CharField("条款", max_length=40)
    title = models.CharField("名称", max_length=120)
    kind = models.CharField("类型", max_length=30)
    applicant = models.CharField("申请主体", max_length=20)
    channel = models.CharField("办理方式", max_length=20, help_text="application, interest or catalogue")
    automatic = models.BooleanField("免申即享", default=False)
    lead = models.ForeignKey("accounts.Department", models.PROTECT, related_name="led_items")
    support = models.ManyToManyField("accounts.Department", related_name="supported_items")
    until = models.DateField("截止日期")
    words = models.JSONField("解读", help_text="generated plain words: who, how_much, how, when, whom")
    search = SearchVectorField(null=True)

    class Meta:
        ordering = ["pack_version_id", "position"]
        constraints = [models.UniqueConstraint(fields=["pack_version", "full_id"], name="item_in_version")]
        indexes = [GinIndex(fields=["search"], name="item_search")]

    def __str__(self) -> str:
        return self.title
