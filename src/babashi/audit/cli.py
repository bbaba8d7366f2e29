"""Commands of the audit log."""

import argparse
import sys
from typing import Any

from babashi.cli import group


def add_commands(subparsers: Any) -> None:
    """``babashi audit verify``."""
    actions = group(subparsers, "audit", "审计日志")
    check = actions.add_parser("verify", help="逐条核验审计日志是否被改动")
    check.add_argument("--expect", default="", metavar="序号:摘要", help="事先抄下的锚点，用来发现末尾被删")
    check.set_defaults(run=_verify, needs="database")


def _verify(arguments: argparse.Namespace) -> int:
    from babashi.audit.services import verify

    try:
        report = verify(expected=arguments.expect)
    except ValueError as error:
        print(f"{error}。", file=sys.stderr)
        return 2
    if not report.intact:
        print(f"审计日志有问题。{report.problem}。", file=sys.stderr)
        return 1
    print(f"审计日志完整，共 {report.entries} 条。锚点 {report.anchor}（请抄存在系统之外）", file=sys.stderr)
    return 0
