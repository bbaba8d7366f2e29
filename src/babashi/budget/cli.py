"""``babashi budget verify``."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from babashi.cli import group


def add_commands(subparsers: Any) -> None:
    """Commands of the budget."""
    commands = group(subparsers, "budget", "预算台账")
    check = commands.add_parser("verify", help="核对余额与台账是否一致")
    check.set_defaults(run=_verify, needs="database")


def _verify(arguments: argparse.Namespace) -> int:
    from babashi.budget.models import LedgerEntry
    from babashi.budget.queries import verify

    differences = verify()
    for difference in differences:
        print(difference)
    if differences:
        print(f"有 {len(differences)} 处余额与台账不一致，请停止拨付并联系管理员。", file=sys.stderr)
        return 1
    print(f"余额与台账一致，共 {LedgerEntry.objects.count()} 笔。", file=sys.stderr)
    return 0
