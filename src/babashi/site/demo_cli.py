"""``babashi demo reset``: throw the demo away and make it anew."""

import argparse
import os
import shutil
from pathlib import Path
from typing import Any

from babashi.cli import group
from babashi.site import environment
from babashi.site.environment import DEMO_MARK, SettingsError

ENTERPRISES = 400


def add_commands(subparsers: Any) -> None:
    """``babashi demo reset``."""
    actions = group(subparsers, "demo", "演示数据")
    text = "清空演示数据库并重新生成（只限演示环境，先停止服务）"
    reset = actions.add_parser("reset", help=text, description=text)
    reset.add_argument("--enterprises", type=int, default=ENTERPRISES, help=f"合成企业数，默认 {ENTERPRISES}")
    reset.add_argument("--empty", action="store_true", help="只有企业、人员和额度，不生成申报")
    reset.add_argument("--yes", action="store_true", help="不再询问")
    reset.set_defaults(run=_reset, needs="nothing")


def _reset(arguments: argparse.Namespace) -> int:
    folder = environment.data_folder()
    if (folder / DEMO_MARK).exists():
        os.environ.setdefault("BABASHI_DEMO", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "babashi.site.settings")
    from babashi.site import launch
    from babashi.site.postgres import Server

    _require_demo()
    if not arguments.yes and not _agreed(folder):
        raise SettingsError("没有改动任何数据。不想被询问请加 --yes。")
    with launch.only_one(folder, "babashi demo reset"):
        from django.conf import settings

        if settings.EMBEDDED_POSTGRES is None:
            _renew(arguments)
            return 0
        with Server(settings.EMBEDDED_POSTGRES).used() as server:
            server.create_database()
            _renew(arguments)
    return 0


def _agreed(folder: Path) -> bool:
    try:
        return input(f"将清空 {folder} 的演示数据，继续请输入 yes：").strip() == "yes"
    except EOFError:  # nobody there to answer: a script without a terminal
        return False


def _require_demo() -> None:
    from django.conf import settings

    if not settings.BABASHI_DEMO:
        raise SettingsError("只有演示环境可以重新生成数据。演示环境请设置 BABASHI_DEMO=1。")


def _renew(arguments: argparse.Namespace) -> None:
    import django

    django.setup()
    from django.db import connections

    from babashi.site import demo, prepare

    try:
        clear()
        prepare.everything(say=print)
        demo.load(enterprises=arguments.enterprises, say=print, life=not arguments.empty)
    finally:
        connections.close_all()
    print("演示数据已重新生成。")


def clear() -> None:
    """Empty a demo's database and its uploads; refuses as soon as one enterprise in it is not synthetic."""
    from django.conf import settings
    from django.db import connection

    from babashi.enterprises.models import Enterprise

    _require_demo()
    if Enterprise._meta.db_table in connection.introspection.table_names():
        real = Enterprise.objects.filter(is_synthetic=False).first()
        if real is not None:
            raise SettingsError(f"数据库里有非合成的企业（{real.uscc}），不能清空。")
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    uploads = Path(settings.MEDIA_ROOT)
    if uploads.is_relative_to(settings.DATA_DIR):
        shutil.rmtree(uploads, ignore_errors=True)
