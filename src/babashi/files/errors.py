"""Errors of uploads."""

from babashi.audit.errors import Invalid


class Refused(Invalid):
    """An upload that is not taken; the message says why and what to do instead."""

    code = "file_refused"

    def __init__(self, message_zh: str) -> None:
        super().__init__(message_zh, {"file": [message_zh]})
