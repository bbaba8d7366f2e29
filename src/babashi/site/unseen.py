"""Signs that nobody sees, taken out of everything that is typed before any page reads it.

They come along with copied text: marks that turn the direction of reading (so that an amount reads otherwise than it
is stored), spaces without width, control characters of old programs. Nobody means them, no search finds across them,
and in a field they look like an empty one. Line ends and tabs stay, and so do the selectors of rare forms of a sign,
which names of people are written with.
"""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict

from babashi.site.middleware import Handler

RANGES: Final = (
    (0x01, 0x08), (0x0B, 0x0C), (0x0E, 0x1F), (0x7F, 0x9F),  # control characters but tab and line end
    (0xAD, 0xAD),  # soft hyphen
    (0x61C, 0x61C), (0x200B, 0x200F),  # without width, marks of direction
    (0x202A, 0x202E), (0x2060, 0x206F),  # embeddings, overrides, isolates, invisible operators
    (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB),  # byte order mark, annotations
    (0xE0001, 0xE0001), (0xE0020, 0xE007F),  # tags
)  # fmt: skip
_SEEN: Final = {code: "" for first, last in RANGES for code in range(first, last + 1)} | {
    0x2028: "\n",
    0x2029: "\n",
}
_EXACT: Final = ("password", "csrfmiddlewaretoken")
"""Beginnings of field names that are no text: a password is whatever was typed."""


def seen(text: str) -> str:
    """The text without what nobody sees."""
    return text if text.isascii() and text.isprintable() else text.translate(_SEEN)


def seen_throughout(content: Any) -> Any:
    """The content of a JSON document with every text in it seen, at any depth; names of members stay as they are.

    Changes the content in place, and goes down without recursion: the parser reads deeper than Python calls.
    """
    whole = [content]
    pending: list[Any] = [whole]
    while pending:
        holder = pending.pop()
        for place, value in holder.items() if isinstance(holder, dict) else enumerate(holder):
            if isinstance(value, str):
                holder[place] = seen(value)
            elif isinstance(value, (dict, list)):
                pending.append(value)
    return whole[0]


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
