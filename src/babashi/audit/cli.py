"""``babashi audit verify``."""

import argparse
import sys


def add_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Commands of the audit log."""
    parser = subparsers.add_parser("audit", help="审计日志：verify 核验是否被改动")
    actions = parser.add_subparsers(dest="action", required=True, metavar="动作")
    check = actions.add_parser("verify", help="逐条核验审计日志的哈希链")
    check.add_argument("--expect", default="", metavar="序号:摘要", help="事先记下的锚点，用来发现末尾被删")
    check.set_defaults(run=_verify)


def _verify(arguments: argparse.Namespace) -> int:
    from babashi.audit.services import verify

    try:
        report = verify(expected=arguments.expect)
    except ValueError as error:
        print(f"错误：{error}", file=sys.stderr)
        return 2
    if not report.intact:
        print(f"审计日志有问题。{report.problem}。", file=sys.stderr)
        return 1
    print(f"审计日志完整，共 {report.entries} 条。锚点 {report.anchor}（请抄存在系统之外）", file=sys.stderr)
    return 0
