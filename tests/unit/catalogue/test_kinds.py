"""Every kind that a pack may name has its word on the pages."""

from babashi.catalogue.models import KINDS
from babashi.rules.loading.item_reader import KINDS as PACK_KINDS


def test_the_pages_know_every_kind_of_a_pack() -> None:
    assert KINDS == PACK_KINDS
