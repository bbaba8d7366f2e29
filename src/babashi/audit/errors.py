"""The errors that a service raises on purpose. Their words are for the person who reads the page.

The site turns them into a page or an RFC 9457 answer; views never catch them to hide them.
"""

from collections.abc import Mapping, Sequence


class DomainError(Exception):
    """A refusal. `message` is Chinese and says what to do, `code` is for programs, `status` for HTTP."""

    status = 409
    code = "refused"

    def __init__(self, message: str, code: str | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.status = status or self.status


class NotAllowed(DomainError):
    """The person's role does not cover this act."""

    status = 403
    code = "not_allowed"


class NotFound(DomainError):
    """It does not exist, or is none of this person's business: both look the same from outside."""

    status = 404
    code = "not_found"


class Conflict(DomainError):
    """The state of the thing has changed, or does not permit this."""

    status = 409
    code = "conflict"


class Invalid(DomainError):
    """What was handed in is wrong; `field_errors` says where."""

    status = 422
    code = "invalid"

    def __init__(self, message: str, field_errors: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(message)
        self.field_errors = {name: list(texts) for name, texts in (field_errors or {}).items()}
