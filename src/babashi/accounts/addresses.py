"""Where a request comes from, and how often from there."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from babashi.audit.errors import DomainError


class TooOften(DomainError):
    """More from one address than people do."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "too_often", 429)


def client(request: HttpRequest) -> str:
    """The client's address. Behind our proxy (BABASHI_BEHIND_PROXY) the last entry of X-Forwarded-For is the one that
    the proxy itself saw; what stands before it anybody may have written."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    return address[:60].replace(" ", "")


def slow_down(
    request: HttpRequest, what: str, *, limit: int, seconds: int, message: str, who: str = ""
) -> None:
    """Count one act from this address, or of ``who``; raises TooOften beyond ``limit`` within ``seconds``.

    Each process of the web server counts by itself: a brake, not a lock.
    """
    key = f"often:{what}:{who or client(request)}"
    cache.add(key, 0, seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # it ran out between the two lines
        return
    if count > limit:
        raise TooOften(message)
