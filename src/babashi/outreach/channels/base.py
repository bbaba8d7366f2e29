"""What a channel is. To add one: a module here with a class, and its name in ``registry``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass


class DeliveryFailed(Exception):
    """It did not arrive. ``retry``: whether trying again later makes sense. The text is kept with the delivery."""

    def __init__(self, reason: str, *, retry: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry = retry


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to go out: already worded for the recipient, links absolute."""

    reference: str
    enterprise: str
    address: str
    subject: str
    body: str
    unsubscribe: str


class Channel(ABC):
    """One way out. Sending the same ``reference`` twice must not annoy: the caller sends only once that succeeds."""

    name: str
    label: str
    contact: str
    """The contact of the enterprise that it needs: ``email`` or ``phone``."""

    @abstractmethod
    def send(self, letter: Letter) -> None:
        """Hand the letter over or raise :class:`DeliveryFailed`."""
