"""The channels of this installation. Others ask here and never import a channel."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from babashi.outreach.channels.base import Channel
from babashi.outreach.channels.console import ConsoleChannel
from babashi.outreach.channels.email import EmailChannel
from babashi.outreach.channels.textfile import FileChannel

KNOWN: dict[str, type[Channel]] = {
    channel.name: channel for channel in (ConsoleChannel, FileChannel, EmailChannel)
}


@lru_cache(maxsize=4)
def _channels(names: tuple[str, ...]) -> dict[str, Channel]:
    unknown = [name for name in names if name not in KNOWN]
    if unknown:
        raise ImproperlyConfigured(f"没有渠道 {unknown[0]}；可用：{'、'.join(KNOWN)}")
    return {name: KNOWN[name]() for name in names}


def active() -> dict[str, Channel]:
    """Channels in use, by name: ``BABASHI_CHANNELS`` of the settings. E-mail where there is a mail server;
    in demo mode the file, because nobody reads the synthetic addresses."""
    return _channels(tuple(settings.BABASHI_CHANNELS))


def get(name: str) -> Channel | None:
    """A channel in use, None when it is not (any more)."""
    return active().get(name)
