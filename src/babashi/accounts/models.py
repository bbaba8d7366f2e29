"""People, departments, and who may do what where."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from babashi.workdays.clock import now


class User(AbstractUser):
    """A person who signs in. What the person may do follows from roles and memberships, never from flags here."""

    display_name = models.CharField("姓名", max_length=60, blank=True)
    phone = models.CharField("电话", max_length=30, blank=True)
    is_demo = models.BooleanField("演示账号", default=False)
    large_type = models.BooleanField("大字版", default=False)
    date_joined = models.DateTimeField("建立时间", default=now)

    def __str__(self) -> str:
        return self.display_name or self.username


class Department(models.Model):
    """A department of the district government; ``name`` is the word that notices use (区经济信息委)."""

    name = models.CharField("名称", max_length=80)
    district = models.CharField("行政区划代码", max_length=6)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["district", "name"], name="department_unique")]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What an official does in a department."""

    ACCEPTOR = "acceptor", "受理"
    FIRST_REVIEWER = "first_reviewer", "初审"
    SECOND_REVIEWER = "second_reviewer", "复审"
    APPROVER = "approver", "审定"
    FINANCE = "finance", "财政核对与拨付"
    COORDINATOR = "coordinator", "统筹协调"
    REGISTRAR = "registrar", "企业档案管理"
    POLICY_AUTHOR = "policy_author", "政策编制"
    POLICY_PUBLISHER = "policy_publisher", "政策发布"
    ADMINISTRATOR = "administrator", "系统管理"
    AUDITOR = "auditor", "审计（只读）"


class Post(models.Model):
    """A user holds a role in a department."""

    user = models.ForeignKey(User, models.PROTECT, related_name="posts")
    department = models.ForeignKey(Department, models.PROTECT, related_name="posts")
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    since = models.DateTimeField("起始", default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "department", "role"], name="post_unique")]
