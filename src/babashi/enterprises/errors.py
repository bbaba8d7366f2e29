"""Errors of claims and codes."""

from babashi.audit.errors import Conflict, DomainError, Invalid


class TooOften(DomainError):
    """A limit on how often something may be tried."""

    status = 429
    code = "too_often"


class WrongCode(Invalid):
    """The code is wrong, too old or used up."""

    code = "wrong_code"

    def __init__(self, message_zh: str) -> None:
        super().__init__(message_zh, {"code": [message_zh]})


class AlreadyDecided(Conflict):
    """The claim has been decided meanwhile."""

    code = "already_decided"

    def __init__(self) -> None:
        super().__init__("这份认领已经办结，请刷新页面查看结果。")
