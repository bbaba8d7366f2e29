"""``babashi catalogue``: publish packs to the database, list them, switch them on and off."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any


def add_commands(subparsers: Any) -> None:
    """Add the commands to the parser."""
    parser = subparsers.add_parser(
        "catalogue",
        help="发布、列出、启用、停用政策包（数据库）",
        description="发布、列出、启用、停用政策包（数据库）",
    )
    inner = parser.add_subparsers(title="命令", metavar="命令", required=True, dest="catalogue_command")
    publish = inner.add_parser("publish", help="检查并发布政策包；内容相同的再发布一次什么也不变")
    publish.add_argument(
        "folders", metavar="文件夹", nargs="*", type=Path, help="政策包文件夹；不写就是 packs 里的全部"
    )
    publish.set_defaults(run=_publish, needs="database")
    show = inner.add_parser("list", help="列出已发布的政策包")
    show.set_defaults(run=_list, needs="database")
    for name, words in (("enable", "启用"), ("disable", "停用")):
        switch = inner.add_parser(name, help=f"{words}政策包的现行版本")
        switch.add_argument("pack", metavar="政策包", help="政策包的 id，如 banan-2022-63")
        switch.set_defaults(run=_switch, needs="database", enabled=name == "enable")


def _publish(args: argparse.Namespace) -> int:
    from babashi.audit.errors import DomainError
    from babashi.catalogue import services

    failed = False
    for folder in args.folders or services.shipped_packs():
        try:
            version = services.publish_pack(folder, by=None)
        except DomainError as error:
            failed = True
            print(f"{folder}：{error.message}", file=sys.stderr)
            for line in getattr(error, "problems", ()):
                print(f"  {line}", file=sys.stderr)
            continue
        state = "启用" if version.enabled else "停用"
        print(f"{version.pack_id} {version.version}：{version.title}（{state}）")
    return 2 if failed else 0


def _list(args: argparse.Namespace) -> int:
    from babashi.catalogue import queries

    for version in queries.light_versions().order_by("pack_id", "-id"):
        state = ("启用" if version.enabled else "停用") if version.is_current else "旧版本"
        print(f"{version.pack_id}\t{version.version}\t{state}\t{version.title}")
    return 0


def _switch(args: argparse.Namespace) -> int:
    from babashi.catalogue import services
    from babashi.catalogue.models import PackVersion

    version = PackVersion.objects.filter(pack_id=args.pack, is_current=True).first()
    if version is None:
        print(f"没有政策包 {args.pack}。用 babashi catalogue list 查看。", file=sys.stderr)
        return 2
    change = services.enable_pack if args.enabled else services.disable_pack
    change(version, by=None)
    print(f"{version} {'已启用' if args.enabled else '已停用'}")
    return 0
