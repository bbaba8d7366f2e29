"""What every page knows: the day, the mode, the navigation, the size of type."""

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from babashi.site import navigation

LARGE_COOKIE = "large_type"


def large_type(request: HttpRequest) -> bool:
    """适老: the cookie decides; without one, what the signed-in person has chosen."""
    cookie = request.COOKIES.get(LARGE_COOKIE)
    if cookie is not None:
        return cookie == "1"
    return bool(getattr(getattr(request, "user", None), "large_type", False))


def page(request: HttpRequest) -> dict[str, Any]:
    return {
        "demo": settings.BABASHI_DEMO,
        "district_name": settings.BABASHI_DISTRICT_NAME,
        "large_type": large_type(request),
        "navigation": SimpleLazyObject(lambda: navigation.for_request(request)),
        "today": _today,  # called by the template only where it is shown
    }


def _today() -> date:
    from babashi.workdays.clock import today

    return today()
