"""`babashi bench …`."""

from __future__ import annotations

import argparse
from typing import Any


def add_commands(subparsers: Any) -> None:
    """Add the group ``bench``."""
    from babashi.cli import group

    bench = group(subparsers, "bench", "性能对照")
    match = bench.add_parser("match", help="批量匹配，与同类系统对照")
    match.add_argument("--enterprises", type=_count, default=100_000, metavar="N", help="企业数")
    match.add_argument("--policies", type=_count, default=1_000, metavar="N", help="政策数")
    match.add_argument("--peers", default="openfisca,polars,arrow", help="对照，以逗号分隔；none 为没有")
    match.add_argument("--runs", type=_count, default=3, metavar="N", help="计时轮数")
    match.add_argument("--missing", type=_share, default=0.08, metavar="X", help="缺项比例，0 到 0.9")
    match.add_argument("--shipped", type=_count, default=0, metavar="N", help="另测巴七条对 N 户")
    match.add_argument("--json", metavar="FILE", help="结果写入 JSON 文件")
    match.set_defaults(run=_match)
    explain = bench.add_parser("explain", help="一户对上万条政策：结论与全部解释")
    explain.add_argument("--policies", type=_count, default=10_000, metavar="N", help="政策数")
    explain.add_argument("--rare", type=_none_or_more, default=0, metavar="N", help="另加 N 个少见的条件")
    explain.add_argument("--runs", type=_count, default=21, metavar="N", help="计时轮数")
    explain.add_argument("--json", metavar="FILE", help="结果写入 JSON 文件")
    explain.set_defaults(run=_explain)


def _match(arguments: argparse.Namespace) -> int:
    from babashi.bench.match import main, one_thread

    one_thread()
    return main(arguments)


def _explain(arguments: argparse.Namespace) -> int:
    from babashi.bench.match import one_thread

    one_thread()
    from babashi.bench.explain import main

    return main(arguments)


def _none_or_more(text: str) -> int:
    return 0 if text == "0" else _count(text)


def _count(text: str) -> int:
    number = int(text)
    if not 0 < number <= 100_000_000:
        raise argparse.ArgumentTypeError("要一个正整数")
    return number


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 0.9:
        raise argparse.ArgumentTypeError("要 0 到 0.9 之间的数")
    return share
