"""``babashi match-files`` and ``babashi register to-parquet``: arguments only."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from babashi.bulk import ENGINES


def add_commands(subparsers: Any) -> None:
    """Add both commands."""
    _add_match_files(subparsers)
    from babashi.cli import group

    register = group(subparsers, "register", "登记数据")
    text = "把登记数据转换成 Parquet 文件，供 match-files 使用"
    convert = register.add_parser("to-parquet", help=text, description=text)
    convert.add_argument("register", type=Path, metavar="登记表", help="登记表文件夹，或一个 xlsx 文件")
    convert.add_argument("out", type=Path, metavar="输出文件夹", help="新文件夹")
    convert.add_argument("--files", type=_positive, default=1, metavar="N", help="分成几个文件，默认 1")
    convert.add_argument("--labels", action="store_true", help="列名用中文")
    convert.add_argument("--accept-valid", action="store_true", help="登记表有错误时，跳过错误的行")
    convert.set_defaults(run=_convert)


def _add_match_files(subparsers: Any) -> None:
    text = "大批匹配：Parquet 文件进，Parquet 文件出，每个文件一项任务"
    match = subparsers.add_parser(
        "match-files",
        help=text,
        description=f"{text}。做完的文件再次运行时跳过；中断后重新运行即可继续；一个文件有错不影响其他文件。",
    )
    match.add_argument(
        "sources", nargs="+", type=Path, metavar="输入", help="Parquet 文件，或放着它们的文件夹"
    )
    match.add_argument("out", type=Path, metavar="输出文件夹", help="每个输入得到一个同名的结果文件")
    match.add_argument(
        "--pack", action="append", metavar="政策包", help="政策包的 id（可写多次）；不写就用所有启用的政策包"
    )
    match.add_argument("--as-of", metavar="日期", help="按哪一天判断，如 2022-09-01；不写就是今天")
    match.add_argument("--packs", metavar="文件夹", type=Path, help="政策包所在的文件夹，默认是项目的 packs")
    match.add_argument(
        "--tables", metavar="文件夹", type=Path, help="参数表（如 rd_intensity_average.csv）所在的文件夹"
    )
    kinds = match.add_mutually_exclusive_group()
    kinds.add_argument("--all", action="store_true", help="输出每一对，包括不符合的和它们未满足的条件")
    kinds.add_argument("--summary", action="store_true", help="只输出每个事项的户数和金额合计，不输出每一对")
    match.add_argument(
        "--missing",
        type=_natural,
        default=2,
        metavar="N",
        help="缺资料的只输出缺 N 项以内的，默认 2；0 为不输出",
    )
    match.add_argument(
        "--top", type=_natural, default=0, metavar="K", help="和 --summary 一起用：列出最高可得最多的 K 户"
    )
    match.add_argument(
        "--engine", choices=ENGINES, default="pool", help="由谁运行：本机进程池（默认）、Ray 或 Spark"
    )
    match.add_argument("--workers", type=_positive, metavar="N", help="同时处理几个文件，默认等于处理器核数")
    match.set_defaults(run=_match)


def _match(args: argparse.Namespace) -> int:
    from babashi.bulk.command import run_match

    return run_match(args)


def _convert(args: argparse.Namespace) -> int:
    from babashi.bulk.command import run_convert

    return run_convert(args)


def _natural(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 1000:
        raise argparse.ArgumentTypeError("要 0 到 1000 之间的整数")
    return number


def _positive(text: str) -> int:
    number = int(text)
    if not 0 < number <= 100_000:
        raise argparse.ArgumentTypeError("要一个正整数")
    return number
