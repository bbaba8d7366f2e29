"""Loaders: a file in, its text with the places of pages, tables and headings out."""

from __future__ import annotations

from dataclasses import dataclass

from babashi.reader.text import Span


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a file. ``headings`` are start positions of lines that the format marks as headings."""

    text: str
    pages: tuple[int, ...] = ()
    tables: tuple[Span, ...] = ()
    headings: frozenset[int] = frozenset()
    warnings: tuple[str, ...] = ()
