"""``babashi payments verify``."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from babashi.cli import group


def add_commands(subparsers: Any) -> None:
    """Commands of the payments."""
    commands = group(subparsers, "payments", "兑付")
    check = commands.add_parser("verify", help="逐笔核对：条款、匹配、申报、审定、占用、支付是否环环相扣")
    check.set_defaults(run=_verify, needs="database")


def _verify(arguments: argparse.Namespace) -> int:
    from babashi.payments.chain import breaks, payments_to_verify

    broken = count = 0
    for payment in payments_to_verify().iterator(chunk_size=500):
        found = breaks(payment)
        count, broken = count + 1, broken + bool(found)
        for words in found:
            print(f"{payment.number}：{words}")
    if broken:
        print(f"{count} 笔支付中有 {broken} 笔不完整，请停止拨付并查明原因。", file=sys.stderr)
        return 1
    print(f"{count} 笔支付，每一笔都能从条款追到资金。", file=sys.stderr)
    return 0
