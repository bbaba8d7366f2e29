"""What an item needs to know of its pack."""

from __future__ import annotations

from dataclasses import dataclass, field

from babashi.rules.loading.yamltree import Value
from babashi.rules.pack import Document, Node, Parameter


@dataclass
class Surroundings:
    """What an item needs to know of its pack."""

    pack_id: str
    version: str
    digest: str
    document: Document
    processes: dict[str, Value] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    common_readings: tuple[str, ...] = ()
    exclusions: tuple[Node, ...] = ()
