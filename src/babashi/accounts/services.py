"""Verbs about people and posts."""

import re
from collections.abc import Sequence

from axes.utils import reset as forget_failures
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from babashi.accounts import tasks
from babashi.accounts.errors import ExclusiveRoles, Invalid, NotAllowed
from babashi.accounts.models import Department, Post, Role, User
from babashi.accounts.permissions import EXCLUSIVE_PAIRS, forget_posts, has_role
from babashi.audit.services import record

USERNAME = re.compile(r"\w[\w.@-]{2,39}")
PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}")
DEPARTMENT = re.compile(r"[\w·（）()]{2,40}")
DISPLAY_NAME = re.compile(r"[\w·．. ]{2,40}")


@transaction.atomic
def register_account(*, username: str, display_name: str, phone: str, password: str) -> User:
    """Make an account for somebody who acts for an enterprise. It can do nothing until a claim is proven."""
    user = _make_account(username, display_name, phone, password)
    record(actor=user, action="accounts.registered", subject=("user", str(user.pk)))
    return user


@transaction.atomic
def add_official(
    *, username: str, display_name: str, password: str, posts: Sequence[tuple[str, str]], by: User | None
) -> User:
    """Make an account with its posts, each (name of the department, role). All or nothing."""
    user = _make_account(username, display_name, "", password)
    record(actor=by, action="accounts.registered", subject=("user", str(user.pk)))
    for department, role in posts:
        appoint(user, make_department(department, by=by), role, by=by)
    return user


def _make_account(username: str, display_name: str, phone: str, password: str) -> User:
    username, display_name, phone = username.strip(), display_name.strip(), phone.strip()
    errors: dict[str, list[str]] = {}
    if not USERNAME.fullmatch(username):
        errors["username"] = ["用 3 至 40 个汉字、字母、数字或 _ . @ -，不能以符号开头。"]
    elif User.objects.filter(username__iexact=username).exists():
        errors["username"] = ["这个用户名已有人使用，请换一个。"]
    if not DISPLAY_NAME.fullmatch(display_name):
        errors["display_name"] = ["请填写 2 至 40 个字的姓名。"]
    if phone and not PHONE.fullmatch(phone):
        errors["phone"] = ["请填写 11 位手机号，或带区号的座机号（如 023-66221234）。"]
    user = User(username=username, display_name=display_name, phone=phone)
    try:
        validate_password(password, user)
    except ValidationError as error:
        errors["password"] = list(error.messages)
    if errors:
        raise Invalid("有几处需要改正。", errors)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise Invalid("有几处需要改正。", {"username": ["这个用户名已有人使用，请换一个。"]}) from None
    return user


@transaction.atomic
def appoint(user: User, department: Department, role: str, *, by: User | None) -> Post:
    """Give a person a role in a department. ``by``: an administrator; ``None``: the command line, the demo.

    Raises NotAllowed, or ExclusiveRoles when the person holds a role (anywhere) that excludes this one.
    Appointing twice changes nothing.
    """
    _require_administrator(user, by)
    if role not in Role.values:
        raise Invalid(f"没有“{role}”这个岗位。")
    # two appointments of one person at once must not slip past the check below
    User.objects.select_for_update().get(pk=user.pk)
    held = set(Post.objects.filter(user=user).values_list("role", flat=True))
    for other in sorted(held):
        if frozenset({role, other}) in EXCLUSIVE_PAIRS:
            raise ExclusiveRoles(
                f"“{Role(role).label}”与{user}已有的“{Role(other).label}”不能由同一人担任。请另选一人，或先免去原岗位。"
            )
    post, created = Post.objects.get_or_create(user=user, department=department, role=role)
    forget_posts(user)
    if created:
        details = {"department": department.name, "role": role}
        record(actor=by, action="accounts.appointed", subject=("user", str(user.pk)), details=details)
    return post


@transaction.atomic
def dismiss(post: Post, *, by: User | None) -> None:
    """End a post. What the person did stays in the records."""
    _require_administrator(post.user, by)
    details = {"department": post.department.name, "role": post.role}
    user_id = post.user_id
    forget_posts(post.user)
    post.delete()
    record(actor=by, action="accounts.dismissed", subject=("user", str(user_id)), details=details)


@transaction.atomic
def change_password(user: User, *, old: str, new: str) -> None:
    """Change one's own password. Raises Invalid for a wrong old one or a weak new one."""
    if not user.check_password(old):
        raise Invalid("有几处需要改正。", {"password_old": ["原密码不对。"]})
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise Invalid("有几处需要改正。", {"password_new": list(error.messages)}) from None
    if old == new:
        raise Invalid("有几处需要改正。", {"password_new": ["新密码不能与原密码相同。"]})
    user.set_password(new)
    user.save(update_fields=["password"])
    record(actor=user, action="accounts.password_changed", subject=("user", str(user.pk)))


@transaction.atomic
def replace_password(user: User, password: str, *, by: User | None) -> None:
    """A new password for somebody who forgot his, or lost the account to another. Raises Invalid for a weak one.

    The address goes too: a thief may have put it there, and would be back in with the next link.
    """
    _require_administrator(user, by)
    put_password(user, password)
    user.refresh_from_db(fields=["email"])
    if user.email:
        drop_address(user, by=by)
    record(actor=by, action="accounts.password_replaced", subject=("user", str(user.pk)))


def drop_address(user: User, *, by: User | None) -> None:
    """The account has no proven address any more. Inside the caller's transaction."""
    before, user.email = user.email, ""
    user.save(update_fields=["email"])
    record(actor=by, action="accounts.address_removed", subject=("user", str(user.pk)))
    tell_former_address(before, user, "已解除")


def tell_former_address(before: str, user: User, what: str) -> None:
    """A proven address learns that it is no longer the account's: who did it may not be its owner."""
    if settings.BABASHI_SMTP:
        body = (
            f"{user}（用户名 {user.username}）找回密码的邮箱{what}，以后的邮件不再发到这里。"
            "不是您本人操作，请马上联系系统管理员。"
        )
        tasks.post_letter.defer(address=before, subject=f"找回密码的邮箱{what}", body=body)


def put_password(user: User, password: str) -> None:
    """For who could not sign in any more: every session of the account ends, wrong guesses are forgotten.

    Raises Invalid for a weak one. Recorded by the caller, who knows why.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid("有几处需要改正。", {"password": list(error.messages)}) from None
    user.set_password(password)
    user.save(update_fields=["password"])
    forget_failures(username=user.username)


@transaction.atomic
def make_department(name: str, *, by: User | None) -> Department:
    """The department of that name in this district; made when no policy has named it yet (区财政局 pays, but
    many notices don't say so). Raises Invalid for what is no name."""
    if by is not None and not has_role(by, Role.ADMINISTRATOR):
        raise NotAllowed("只有系统管理员可以新增单位。")
    name = "".join(name.split())
    if not DEPARTMENT.fullmatch(name):
        words = "请写单位的名称，2 至 40 个字，如 区财政局。"
        raise Invalid(words, {"new_department": [words]})
    found, created = Department.objects.get_or_create(name=name, district=settings.BABASHI_DISTRICT)
    if created:
        details = {"name": name}
        record(actor=by, action="accounts.department_made", subject=("department", name), details=details)
    return found


def _require_administrator(user: User, by: User | None) -> None:
    if by is None:
        return
    if not has_role(by, Role.ADMINISTRATOR):
        raise NotAllowed("只有系统管理员可以任免岗位。")
    if by.pk == user.pk:
        raise NotAllowed("不能任免自己的岗位，请由另一位系统管理员办理。")
