"""Checks before the site starts: real data and demo secrets never meet."""

from typing import Any

from django.conf import settings
from django.core import checks

from babashi.site.environment import DEMO_MARK


def register() -> None:
    checks.register(demo_folder)
    checks.register(demo_accounts, checks.Tags.database)


def demo_folder(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Outside demo mode the keys and the data of a demo folder must not be used."""
    if settings.BABASHI_DEMO or not (settings.DATA_DIR / DEMO_MARK).exists():
        return []
    return [
        checks.Error(
            f"数据文件夹 {settings.DATA_DIR} 是演示用的，其中的密钥和数据不能用于正式运行。",
            hint="用 BABASHI_DATA 指定一个新的文件夹，或设置 BABASHI_DEMO=1 继续演示。",
            id="babashi.E001",
        )
    ]


def demo_accounts(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Outside demo mode no account with a published demo password may exist."""
    if settings.BABASHI_DEMO or not databases:
        return []
    from django.contrib.auth import get_user_model
    from django.db import DatabaseError

    try:
        if not get_user_model().objects.filter(is_demo=True).exists():
            return []
    except DatabaseError:  # not migrated yet: nobody can sign in either
        return []
    return [
        checks.Error(
            "数据库里有演示账号（密码是公开的），不能用于正式运行。",
            hint="正式运行请使用一个全新的数据库。",
            id="babashi.E002",
        )
    ]
