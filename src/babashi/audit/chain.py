"""The digest of one entry: SM3 (GB/T 32905-2016) over canonical JSON and the digest before it. Pure."""

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SM3, Hash

GENESIS = "0" * 64


def sm3(data: bytes) -> str:
    """SM3 in hexadecimal."""
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize().hex()


def plain(value: Any) -> Any:
    """A value as the log keeps it: money and dates as text, no binary fractions.

    Raises TypeError for anything that has no single written form.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.datetime):
        if value.tzinfo is None:
            raise TypeError("a naive datetime has no place in the log")
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(plain(part) for part in value)
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    raise TypeError(f"{type(value).__name__} has no canonical form in the log")


def canonical(content: Mapping[str, Any]) -> bytes:
    """One byte sequence for one content: keys sorted, no blanks, UTF-8."""
    return json.dumps(plain(content), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def link(previous: str, content: Mapping[str, Any]) -> str:
    """The digest of an entry that follows ``previous``."""
    return sm3(previous.encode("ascii") + b"\n" + canonical(content))
