"""Uploaded files: content on disk under a random name, everything else here."""

import uuid

from django.conf import settings
from django.db import models


class StoredFile(models.Model):
    """A checked upload. ``kind`` is what the bytes are, not what the name says."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("文件名", max_length=200)
    kind = models.CharField("类型", max_length=10)
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField("摘要", max_length=64)
    path = models.CharField("存放位置", max_length=200)
    uscc = models.CharField(
        "所属企业", max_length=18, blank=True, help_text="whose file it is; decides who may read it"
    )
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="file_sha256")]
