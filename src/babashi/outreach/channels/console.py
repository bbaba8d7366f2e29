"""Writes messages to standard error: to see them while developing."""

import sys

from babashi.outreach.channels.base import Channel, Letter


class ConsoleChannel(Channel):
    name = "console"
    label = "控制台"
    contact = "phone"

    def send(self, letter: Letter) -> None:
        print(f"[{letter.reference}] → {letter.address} {letter.subject}\n{letter.body}\n", file=sys.stderr)
