"""Deeper checks of a loaded item."""

from __future__ import annotations

from babashi.rules.facts import FactDictionary
from babashi.rules.fields import Fields
from babashi.rules.pack import Item
from babashi.rules.yamltree import Value


def check_item(item: Item, value: Value, fields: Fields, dictionary: FactDictionary) -> None:
    """Report what can't be meant so."""
