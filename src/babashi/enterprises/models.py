"""一企一档: what is known about each enterprise, from whom, as of when, and who speaks for it."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Origin(models.TextChoices):
    """Where a row of facts comes from. Official ones outrank what the enterprise says of itself."""

    OFFICIAL = "official", "部门登记"
    REVIEWER = "reviewer", "审核认定"
    DECLARED = "declared", "企业自报"


class Enterprise(models.Model):
    """A subject of policies: an enterprise, a park, a sole trader or other body, known by its USCC."""

    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("名称", max_length=200)
    district = models.CharField("行政区划代码", max_length=6, blank=True)
    kind = models.CharField("主体类型", max_length=10, blank=True)
    contact_name = models.CharField("登记联系人", max_length=60, blank=True)
    contact_phone = models.CharField("登记电话", max_length=30, blank=True)
    contact_email = models.CharField("登记邮箱", max_length=120, blank=True)
    known_tables = ArrayField(
        models.CharField(max_length=40),
        default=list,
        help_text="child tables handed in: absent means unknown",
    )
    is_synthetic = models.BooleanField("合成数据", default=False)
    created_at = models.DateTimeField("建档时间")
    changed_at = models.DateTimeField("变更时间", db_index=True)

    class Meta:
        ordering = ["uscc"]
        indexes = [models.Index(fields=["name"], name="enterprise_name")]

    def __str__(self) -> str:
        return self.name


class ImportBatch(models.Model):
    """One file set taken in. The digest makes a second import of the same files a no-op."""

    digest = models.CharField("文件摘要", max_length=64)
    label = models.CharField("来源", max_length=200)
    department = models.ForeignKey("accounts.Department", models.PROTECT, null=True, related_name="+")
    as_of = models.DateField("数据日期")
    counts = models.JSONField("条数", default=dict)
    warnings = models.JSONField("提醒", default=list)
    is_synthetic = models.BooleanField("合成数据", default=False)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    imported_at = models.DateTimeField("导入时间")

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["digest", "as_of"], name="import_once")]


class RegisterRow(models.Model):
    """A row of facts as it was handed in: of the enterprise itself (table ``enterprises``) or of a child table.

    Never edited: a newer row retires the older one, so every fact keeps value, source, as-of day and recorder.
    Values are JSON texts in the exchange format (money as a decimal string, dates ISO, several codes as a list).
    """

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="rows")
    table = models.CharField("表", max_length=40)
    key = models.CharField(
        "行键", max_length=120, blank=True, help_text="loan_id, project_id, or a digest of the row"
    )
    origin = models.CharField("来源类别", max_length=10, choices=Origin.choices)
    values = models.JSONField("数值")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, related_name="rows")
    file = models.CharField("文件", max_length=120, blank=True)
    row_number = models.PositiveIntegerField("行号", null=True)
    as_of = models.DateField("数据日期")
    department = models.ForeignKey("accounts.Department", models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("记录时间")
    retired_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "table", "key", "origin", "department"],
                condition=Q(retired_at__isnull=True),
                name="register_row_current",
                nulls_distinct=False,
            ),
        ]


class ParameterValue(models.Model):
    """One row of an official parameter table that came with a register (rd_intensity_average)."""

    table = models.CharField("表", max_length=40)
    key = models.CharField(
        "键", max_length=80, help_text="key columns joined by | in the order of the dictionary"
    )
    value = models.DecimalField("值", max_digits=18, decimal_places=9, null=True)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="parameters")
    as_of = models.DateField("数据日期")
    retired_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["table", "key"], condition=Q(retired_at__isnull=True), name="parameter_current"
            ),
        ]


class MemberRole(models.TextChoices):
    """What a person does for an enterprise."""

    OWNER = "owner", "负责人"
    CLERK = "clerk", "经办人"


class Member(models.Model):
    """A person proven to speak for an enterprise."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField("角色", max_length=10, choices=MemberRole.choices)
    since = models.DateTimeField("起始")
    ended_at = models.DateTimeField("终止", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "user"], condition=Q(ended_at__isnull=True), name="member_current"
            ),
        ]


class ClaimState(models.TextChoices):
    PENDING = "pending", "待核实"
    APPROVED = "approved", "已通过"
    REFUSED = "refused", "未通过"


class ClaimMethod(models.TextChoices):
    CODE = "code", "验证码"
    OFFICIAL = "official", "工作人员核实"
    INVITED = "invited", "负责人邀请"


class Claim(models.Model):
    """A person says that he speaks for an enterprise; proven by a code to its registered contact or by an official.

    An owner's invitation to a colleague is the same thing the other way round: the colleague answers it.
    """

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="claims")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="claims")
    role = models.CharField("角色", max_length=10, choices=MemberRole.choices)
    state = models.CharField("状态", max_length=10, choices=ClaimState.choices, default=ClaimState.PENDING)
    method = models.CharField("核实方式", max_length=10, choices=ClaimMethod.choices, blank=True)
    note = models.CharField("本人说明", max_length=500, blank=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("核实时间", null=True)
    reason = models.CharField("说明", max_length=500, blank=True)
    created_at = models.DateTimeField("提出时间")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "user"], condition=Q(state="pending"), name="claim_pending"
            ),
        ]


class ClaimCode(models.Model):
    """One code asked for. Kept also where there was no contact to send to: limits and answers stay the same."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="codes")
    salt = models.CharField("盐", max_length=32)
    digest = models.CharField("验证码摘要", max_length=64)
    medium = models.CharField("渠道", max_length=10, blank=True)
    sent_to = models.CharField("发送到", max_length=60, blank=True, help_text="masked; for officials only")
    delivered = models.BooleanField("已送出", default=False)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    sent_at = models.DateTimeField("发送时间", db_index=True)
    expires_at = models.DateTimeField("失效时间")


class StagedImport(models.Model):
    """A register that an official uploaded and looked at; imported only when he confirms it within a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    label = models.CharField("来源", max_length=200)
    as_of = models.DateField("数据日期")
    department = models.ForeignKey("accounts.Department", models.PROTECT, null=True, related_name="+")
    names = models.JSONField("文件", default=list)
    digest = models.CharField("内容摘要", max_length=64, help_text="what was looked at is what is imported")
    preview = models.JSONField("预览", default=dict)
    error_count = models.PositiveIntegerField("错误数", default=0)
    warning_count = models.PositiveIntegerField("提示数", default=0)
    staged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    staged_at = models.DateTimeField("上传时间")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-staged_at"]


class BankAccount(models.Model):
    """Where an enterprise is paid. The number is encrypted (SM4-GCM); only its last four digits are in clear.

    ``number_digest`` is keyed: by it an official is told that two enterprises gave the same number.
    """

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="bank_accounts")
    account_name = models.CharField("户名", max_length=200)
    bank_name = models.CharField("开户行", max_length=200)
    number_sealed = models.BinaryField("账号（加密）")
    number_tail = models.CharField("账号后四位", max_length=4)
    number_digest = models.CharField("账号指纹", max_length=64, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    retired_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"], condition=Q(retired_at__isnull=True), name="bank_account_current"
            ),
        ]
        indexes = [models.Index(fields=["number_digest"], name="bank_account_number")]
