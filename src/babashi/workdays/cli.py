"""Commands of the calendar."""

import argparse
import sys
from typing import Any

from babashi.cli import group


def add_commands(subparsers: Any) -> None:
    """``babashi workdays seed``."""
    actions = group(subparsers, "workdays", "工作日历")
    seed = actions.add_parser("seed", help="把新公布的节假日安排补录进日历")
    seed.set_defaults(run=_seed, needs="database")


def _seed(_: argparse.Namespace) -> int:
    from babashi.workdays.services import seed_calendar

    done = seed_calendar()
    print(f"工作日历已有 {done.years[0]} 至 {done.years[-1]} 年，本次新增 {done.added} 天。", file=sys.stderr)
    return 0
