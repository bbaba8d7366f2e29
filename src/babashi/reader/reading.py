"""From the text of a notice to everything that is found in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from datetime import date
from typing import Final, cast

from babashi.reader import (
    articles,
    dates,
    details,
    grids,
    measures,
    metadata,
    numerals,
    outline,
    paragraphs,
    responsible,
    tables,
)
from babashi.reader.furniture import is_furniture
from babashi.reader.model import Measure, Notice, Validity
from babashi.reader.paragraphs import Paragraph
from babashi.reader.sources import Source
from babashi.reader.text import Span, normalise, squeeze


def _outside(parts: list[Paragraph], spans: list[Span]) -> list[Paragraph]:
    """The paragraphs that begin in none of the spans, which are in order and apart."""
    starts = [span.start for span in spans]
    at = ((p, bisect_right(starts, p.start) - 1) for p in parts)
    return [p for p, index in at if index < 0 or spans[index].end <= p.start]


def _own_period(validity: Validity, found: tuple[Measure, ...]) -> tuple[Validity, tuple[Measure, ...]]:
    """A period that stands inside one of several measures (（四）执行期限：… among its parts) is that measure's."""
    quote = validity.quote
    if quote is None or len(found) < 2 or validity.valid_until is None:
        return validity, found
    inside = [m for m in found if m.span.start <= quote.span.start and quote.span.end <= m.span.end]
    if len(inside) != 1 or inside[0].span == found[-1].span:
        return validity, found
    own = replace(inside[0], validity=validity) if not inside[0].validity.valid_until else inside[0]
    return Validity(), tuple(own if m is inside[0] else m for m in found)


_ARTICLE: Final = re.compile(r"第?(?P<number>[一二三四五六七八九十百\d]{1,4})[条、.]")
_SIGN: Final = re.compile("[①-⑳❶-❿➀-➓]")


def _of_articles(parts: list[Paragraph], raw: str, found: tuple[Measure, ...]) -> tuple[Measure, ...]:
    """``第二条执行至…`` in the closing words is the period of that article and of the parts of it."""
    periods = dates.article_validity(parts, raw)

    def own(measure: Measure) -> Measure:
        if not periods or measure.validity.valid_until:
            return measure
        labels = [_ARTICLE.match(squeeze(name)) for name in (measure.ordinal, *reversed(measure.path))]
        numbers = [numerals.parse_int(label["number"]) for label in labels if label]
        signs = [_SIGN.match(name) for name in (measure.ordinal, *reversed(measure.path))]
        numbers += [number for sign in signs if sign for number in articles.numbers(sign[0])]
        period = next((periods[n] for n in numbers if n in periods), None)
        return replace(measure, validity=period) if period else measure

    return tuple(own(measure) for measure in found)


def read_source(source: Source) -> Notice:
    """Reads the text of a loaded file. Pure: the same text gives the same notice."""
    raw = source.text
    normal = normalise(raw)
    parts = paragraphs.split(raw, normal)
    tabular = grids.find(raw)
    benefits = [grid for grid in tabular if tables.is_benefits(grid)]
    parts = _outside(parts, [grid.span for grid in benefits])
    parts = tables.with_units(parts, tabular, normal)
    body = [p for p in parts if p.label or not (is_furniture(p.text) or metadata.is_number(p.text))]
    root = outline.build(body, source.headings)
    printed = metadata.printed_date(parts, raw)
    day = cast(date, printed[0]) if printed else None
    title = metadata.title(parts, raw)
    rows = [row for grid in benefits for row in tables.rows_as_items(grid, raw, normal)]
    inside = [*measures.find_measures(root, raw, day), *measures.of_rows(rows, raw)]
    inside.sort(key=lambda m: m.span.start)
    found = tables.with_responsible(inside, tabular, raw, normal)
    outside = _outside(parts, [m.span for m in found])
    found = _of_articles(parts, raw, responsible.with_ranks(found, squeeze(raw)))
    validity, found = _own_period(dates.document_validity(parts, raw, day), found)
    return Notice(
        text=raw,
        title=title,
        issuer=metadata.issuer(parts, raw, title),
        document_number=metadata.document_number(parts, raw),
        date=day,
        date_words=printed[1] if printed else None,
        addressees=metadata.addressees(parts, raw),
        attachments=metadata.attachments(parts, raw),
        validity=validity,
        overlap=details.overlap(outside, raw),
        measures=found,
        contacts=tables.contacts(tabular),
        pages=source.pages,
        tables=source.tables,
        warnings=source.warnings,
    )


def read_text(text: str) -> Notice:
    """Reads a notice that is already plain text."""
    return read_source(Source(text=text))
