"""The shared lists, under the name by which the desks of this part know them."""

from babashi.listing import Column, defused, export, ordered, page_of, sticky, words

__all__ = ["Column", "defused", "export", "ordered", "page_of", "sticky", "words"]
