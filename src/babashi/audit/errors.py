"""The errors of the house: each carries a Chinese sentence for the person, a code for machines, a status."""

from collections.abc import Mapping


class DomainError(Exception):
    """Something can't be done. ``message`` says what and what to do instead; ``status`` is for the web."""

    status = 409
    code = "domain_error"

    def __init__(self, message_zh: str, code: str | None = None, status: int | None = None) -> None:
        super().__init__(message_zh)
        self.message = message_zh
        self.code = code or type(self).code
        self.status = status or type(self).status


class NotAllowed(DomainError):
    """The person may not do this."""

    status = 403
    code = "not_allowed"


class NotFound(DomainError):
    """It doesn't exist, or this person must not learn that it does."""

    status = 404
    code = "not_found"

    def __init__(
        self, message_zh: str = "没有找到，或您无权查看。", code: str | None = None, status: int | None = None
    ) -> None:
        super().__init__(message_zh, code, status)


class Invalid(DomainError):
    """The input is wrong; ``field_errors`` says where (field → sentences)."""

    status = 422
    code = "invalid"

    def __init__(
        self,
        message_zh: str,
        field_errors: Mapping[str, list[str]] | None = None,
        code: str | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message_zh, code, status)
        self.field_errors: dict[str, list[str]] = dict(field_errors or {})


class Conflict(DomainError):
    """Somebody was faster, or the matter has moved on since the page was shown."""

    status = 409
    code = "conflict"
