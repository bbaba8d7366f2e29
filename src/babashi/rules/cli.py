"""``babashi match`` and ``babashi packs``: arguments only; the work is imported when it is asked for."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_commands(subparsers: Any) -> None:
    """Add the commands of the rules to the parser."""
    _add_match(subparsers)
    packs = subparsers.add_parser(
        "packs", help="检查、测试、查看政策包", description="检查、测试、查看政策包"
    )
    inner = packs.add_subparsers(title="命令", metavar="命令", required=True, dest="packs_command")
    packs.set_defaults(inner_commands=inner)
    _add_packs(inner)


def _add_match(subparsers: Any) -> None:
    match = subparsers.add_parser(
        "match",
        help="把登记表里的每家企业和每个事项作匹配",
        description="把登记表（文件夹或 xlsx）里的每家企业和政策包的每个事项作匹配。数据写到标准输出，提示写到标准错误。",
    )
    match.add_argument("register", metavar="登记表", type=Path, help="登记表文件夹，或一个 xlsx 文件")
    match.add_argument(
        "--pack", action="append", metavar="政策包", help="政策包的 id（可写多次）；不写就用所有启用的政策包"
    )
    match.add_argument("--as-of", metavar="日期", help="按哪一天判断，如 2022-09-01；不写就是今天")
    match.add_argument(
        "--format",
        choices=("table", "jsonl", "csv", "xlsx"),
        default="table",
        help="输出格式，默认 table（摘要）",
    )
    match.add_argument("--output", metavar="文件", type=Path, help="写到文件，不写到标准输出")
    match.add_argument("--packs", metavar="文件夹", type=Path, help="政策包所在的文件夹，默认是项目的 packs")
    match.add_argument(
        "--accept-valid", action="store_true", help="登记表有错误时，跳过错误的行，只匹配正确的行"
    )
    match.set_defaults(run=_match)


def _add_packs(inner: Any) -> None:
    commands = {
        "list": ("列出所有政策包", _list),
        "check": ("检查政策包：报告文件、行、列，哪里不对，应当怎样写", _check),
        "test": ("运行政策包的用例（cases.yaml）", _test),
        "show": ("显示政策包的内容：事项、条件、出处、口径", _show),
        "explain": ("用大白话解释事项；给出登记表和企业代码时解释结果", _explain),
    }
    for name, (text, run) in commands.items():
        parser = inner.add_parser(name, help=text, description=text)
        parser.add_argument(
            "--packs", metavar="文件夹", type=Path, help="政策包所在的文件夹，默认是项目的 packs"
        )
        if name != "list":
            many = "+" if name == "explain" else "*"
            parser.add_argument(
                "names",
                metavar="政策包",
                nargs=many,
                help="政策包的 id、文件夹，或 政策包/事项；不写就是全部",
            )
        if name == "explain":
            parser.add_argument(
                "--register", metavar="登记表", type=Path, help="登记表文件夹，或一个 xlsx 文件"
            )
            parser.add_argument("--uscc", metavar="代码", help="统一社会信用代码")
            parser.add_argument("--as-of", metavar="日期", help="按哪一天判断，如 2022-09-01；不写就是今天")
        parser.set_defaults(run=run)


def _match(args: argparse.Namespace) -> int:
    from babashi.rules.commands.match import run

    return run(args)


def _list(args: argparse.Namespace) -> int:
    from babashi.rules.commands.packs import run_list

    return run_list(args)


def _check(args: argparse.Namespace) -> int:
    from babashi.rules.commands.packs import run_check

    return run_check(args)


def _test(args: argparse.Namespace) -> int:
    from babashi.rules.commands.packs import run_test

    return run_test(args)


def _show(args: argparse.Namespace) -> int:
    from babashi.rules.commands.packs import run_show

    return run_show(args)


def _explain(args: argparse.Namespace) -> int:
    from babashi.rules.commands.explain import run

    return run(args)
