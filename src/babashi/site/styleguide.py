"""What the style-guide page shows: one example of every component, with made-up content (合成数据)."""

from typing import Any

from django.http import HttpRequest


def examples(request: HttpRequest) -> dict[str, Any]:
    return {}
