"""``babashi accounts``: the first people of a district and their posts, from the terminal of the server.

Whoever sits there holds the database anyway; what he does is in the audit log like everything else. Later
appointments are made at the desk, where an administrator signs with his name.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from getpass import getpass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from babashi.accounts.models import User

_POST = "单位/岗位，如 区政务局/系统管理"


def add_commands(subparsers: Any) -> None:
    """Add the commands to the parser."""
    words = "账号和岗位：建立第一批人员、任免、重设密码（数据库）"
    parser = subparsers.add_parser("accounts", help=words, description=words)
    inner = parser.add_subparsers(title="命令", metavar="命令", required=True, dest="accounts_command")
    add = inner.add_parser("add", help="建立工作人员的账号，密码在屏幕上输入两次")
    add.add_argument("username", metavar="用户名")
    add.add_argument("--name", metavar="姓名", required=True, help="页面和日志里显示的姓名")
    add.add_argument("--post", metavar="单位/岗位", action="append", default=[], help=f"{_POST}（可写多次）")
    add.set_defaults(run=_told(_add))
    for name, help_text, run in (
        ("appoint", "任命岗位；单位不存在就新增", _appoint),
        ("dismiss", "免去岗位", _dismiss),
    ):
        change = inner.add_parser(name, help=help_text)
        change.add_argument("username", metavar="用户名")
        change.add_argument("post", metavar="单位/岗位", nargs="+", help=_POST)
        change.set_defaults(run=_told(run))
    password = inner.add_parser("password", help="给忘记密码的人重设密码")
    password.add_argument("username", metavar="用户名")
    password.set_defaults(run=_told(_password))
    inner.add_parser("list", help="列出有岗位的人员").set_defaults(run=_told(_list))


def _told(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """The command, with every mistake of a field said on standard error."""

    def told(arguments: argparse.Namespace) -> int:
        from babashi.audit.errors import DomainError

        try:
            return run(arguments)
        except DomainError as error:
            fields = getattr(error, "field_errors", None) or {}
            lines = [line for found in fields.values() for line in found] or [error.message]
            print("\n".join(lines), file=sys.stderr)
            return 2

    return told


def _add(arguments: argparse.Namespace) -> int:
    from babashi.accounts import services

    posts = [_post(text) for text in arguments.post]
    user = services.add_official(
        username=arguments.username,
        display_name=arguments.name,
        password=_new_password(),
        posts=posts,
        by=None,
    )
    print(f"已建立账号 {user.username}（{user}）。")
    _say_posts(user)
    return 0


def _appoint(arguments: argparse.Namespace) -> int:
    from django.db import transaction

    from babashi.accounts import services

    user = _user(arguments.username)
    with transaction.atomic():
        for department, role in [_post(text) for text in arguments.post]:
            services.appoint(user, services.make_department(department, by=None), role, by=None)
    _say_posts(user)
    return 0


def _dismiss(arguments: argparse.Namespace) -> int:
    from django.db import transaction

    from babashi.accounts import services
    from babashi.accounts.errors import Invalid
    from babashi.accounts.models import Post

    user = _user(arguments.username)
    with transaction.atomic():
        for department, role in [_post(text) for text in arguments.post]:
            found = Post.objects.filter(user=user, department__name=department, role=role).first()
            if found is None:
                raise Invalid(f"{user}没有这个岗位。用 babashi accounts list 查看。")
            services.dismiss(found, by=None)
    _say_posts(user)
    return 0


def _password(arguments: argparse.Namespace) -> int:
    from babashi.accounts import services

    user = _user(arguments.username)
    address = user.email
    services.replace_password(user, _new_password(), by=None)
    said = "找回密码的邮箱已解除，请本人登录后重新确认。" if address else ""
    print(f"已重设 {user.username}（{user}）的密码。{said}")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from babashi.accounts import queries

    people = list(queries.people().order_by("username"))
    for user in people:
        posts = "；".join(f"{post.department.name} {post.get_role_display()}" for post in user.posts.all())
        cells = [user.username, str(user), posts, *([] if user.is_active else ["已停用"])]
        print("\t".join(cells))
    if not people:
        print("还没有有岗位的人员。用 babashi accounts add 建立第一个系统管理员。", file=sys.stderr)
    return 0


def _say_posts(user: User) -> None:
    from babashi.accounts.models import Post

    posts = Post.objects.filter(user=user).select_related("department").order_by("department__name", "role")
    held = "、".join(f"{post.department.name}“{post.get_role_display()}”" for post in posts)
    print(f"{user}的岗位：{held or '没有'}")


def _post(text: str) -> tuple[str, str]:
    """The department and the role of 单位/岗位; the role by its Chinese name or its id."""
    from babashi.accounts.errors import Invalid
    from babashi.accounts.models import Role

    department, stroke, word = (part.strip() for part in text.replace("／", "/").partition("/"))
    if not (department and stroke and word):
        raise Invalid(f"“{text}”写得不对，请写成 单位/岗位，如 区政务局/系统管理。")
    for role in Role:
        if word in (role.value, role.label):
            return department, role.value
    raise Invalid(f"没有“{word}”这个岗位。可用：{'、'.join(Role.labels)}。")


def _user(username: str) -> User:
    from babashi.accounts.errors import Invalid
    from babashi.accounts.models import User

    found = User.objects.filter(username=username).first()
    if found is None:
        raise Invalid(f"没有用户 {username}。用 babashi accounts add 建立，或请他先在网页上注册。")
    return found


def _new_password() -> str:
    from babashi.accounts.errors import Invalid

    first = getpass("密码（至少 10 位）：")
    if getpass("再输入一次：") != first:
        raise Invalid("两次输入的密码不一样，请重新运行。")
    return first
