"""Everything that is typed comes without the signs that nobody sees (:mod:`babashi.unseen`)."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, QueryDict

from babashi.site.middleware import Handler
from babashi.unseen import seen

_EXACT: Final = ("password", "new_password", "csrfmiddlewaretoken")
"""Beginnings of field names that are no text: a password is whatever was typed."""


class SeenTextOnly:
    """Forms and search words, after NUL was refused.

    Bodies of the interfaces are cleaned where they are parsed (``site.api``); their search words are bound by
    patterns that allow none of these signs, and what is refused there is named.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        if request.path.startswith("/api/"):
            return
        request.GET = _cleaned(request.GET)
        if request.method == "POST":
            request.POST = _cleaned(request.POST)


def _cleaned(typed: QueryDict) -> QueryDict:
    """The same fields; the very same object when there is nothing to take out."""
    fields = {
        name: values if name.startswith(_EXACT) else [seen(value) for value in values]
        for name, values in typed.lists()
    }
    if all(fields[name] == values for name, values in typed.lists()):
        return typed
    cleaned = typed.copy()
    for name, values in fields.items():
        cleaned.setlist(name, values)
    return cleaned
