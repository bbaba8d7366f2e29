"""Accounts and posts."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from babashi.accounts.models import Department, Post, Role, User
from babashi.accounts.permissions import EXCLUSIVE, require_role
from babashi.audit.errors import Conflict, Invalid, NotAllowed
from babashi.audit.services import record


@transaction.atomic
def register_account(*, username: str, password: str, display_name: str, phone: str = "") -> User:
    """A new account without any post or membership. Raises :class:`Invalid` with what to change."""
    username = username.strip()
    if not 3 <= len(username) <= 40 or not username.replace("_", "").replace("-", "").isalnum():
        raise Invalid("请检查登录名。", {"username": ["3 到 40 个字，可用汉字、字母、数字、下划线和短横线"]})
    user = User(username=username, display_name=display_name.strip(), phone=phone.strip())
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid("请换一个更安全的密码。", {"password": error.messages}) from error
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise Invalid("请换一个登录名。", {"username": ["这个登录名已经有人使用"]}) from error
    record(actor=user, action="accounts.registered", subject=("user", str(user.pk)))
    return user


@transaction.atomic
def appoint(user: User, department: Department, role: str, *, by: User | None) -> Post:
    """Give a person a post. ``by`` is an administrator, or ``None`` for the set-up on the command line."""
    if by is not None:
        require_role(by, Role.ADMINISTRATOR)
        if by.pk == user.pk:
            raise NotAllowed("不能给自己安排岗位，请由另一位系统管理员办理。")
    User.objects.select_for_update().get(pk=user.pk)
    held = set(Post.objects.filter(user=user).values_list("role", flat=True))
    for pair in EXCLUSIVE:
        if role in pair and held & (pair - {role}):
            other = Role(next(iter(held & (pair - {role})))).label
            raise Conflict(f"“{Role(role).label}”与已有的“{other}”不能由一个人兼任，请安排另一位同事。")
    post, created = Post.objects.get_or_create(user=user, department=department, role=role)
    if created:
        _forget(user)
        details = {"user": user.username, "department": department.name, "role": role}
        record(actor=by, action="accounts.appointed", subject=("post", str(post.pk)), details=details)
    return post


@transaction.atomic
def dismiss(post: Post, *, by: User) -> None:
    """Take a post away."""
    require_role(by, Role.ADMINISTRATOR)
    if by.pk == post.user_id:
        raise NotAllowed("不能撤销自己的岗位，请由另一位系统管理员办理。")
    details = {"user": post.user.username, "department": post.department.name, "role": post.role}
    number = str(post.pk)
    post.delete()
    _forget(post.user)
    record(actor=by, action="accounts.dismissed", subject=("post", number), details=details)


@transaction.atomic
def set_large_type(user: User, large: bool) -> None:
    """Remember the large-type choice."""
    User.objects.filter(pk=user.pk).update(large_type=large)


def _forget(user: User) -> None:
    if hasattr(user, "_posts"):
        del user._posts
