"""Commands of the calendar."""

import argparse
import sys


def add_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """``babashi workdays seed``."""
    parser = subparsers.add_parser("workdays", help="工作日历：seed 补录新公布的年度")
    actions = parser.add_subparsers(dest="action", required=True, metavar="动作")
    seed = actions.add_parser("seed", help="把新公布的节假日安排补录进日历")
    seed.set_defaults(run=_seed)


def _seed(_: argparse.Namespace) -> int:
    from babashi.workdays.services import seed_calendar

    done = seed_calendar()
    print(
        f"工作日历已有 {done.years[0]} 至 {done.years[-1]} 年，本次新增 {done.added} 天。", file=sys.stderr
    )
    return 0
