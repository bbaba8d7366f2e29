"""From the lines of a source to paragraphs: hard-wrapped lines joined, inline labels split off."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from babashi.reader import inline, labels, series, shreds
from babashi.reader.labels import Label
from babashi.reader.text import View
from babashi.reader.wording import canonical

_BREAK: Final = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2029]")
_MARKDOWN: Final = re.compile(
    r"[ \t]{0,3}(?:#{1,6}|>)[ \t]+"
    # an ornament in front of a label: ◈1. …
    r"|[ \t\u3000]{0,8}[\u2500-\u2775\u2794-\u27bf•][ \t\u3000]{0,4}"
    r"(?=\d{1,3}[.、．]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d])"
)
_BLANK: Final = "\u200b\ufeff \t\u3000\xa0"
_CELL: Final = re.compile(r"[ \t]*\|[ \t]*$")  # the end of a table cell on a line of its own
_ENDS: Final = "。！？；：.!?;:”）)】"
MAX_PARAGRAPH: Final = 20_000


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph ``[start, end)`` of the source with its view and, if it has one, its label."""

    start: int
    end: int
    view: View
    label: Label | None

    @property
    def text(self) -> str:
        return self.view.text

    @property
    def body_start(self) -> int:
        """Position in the view behind the label."""
        return self.label.end if self.label else labels.bullet_at(self.view)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    length: int
    indented: bool
    label: bool
    alone: bool
    text: str

    @property
    def last(self) -> str:
        return self.text[-1]


def split(raw: str, normal: str) -> list[Paragraph]:
    """All non-empty paragraphs of a text."""
    lines = _printed(_lines(raw, normal))
    width = _wrap_width(lines)
    views = [
        canonical(View.of(normal, piece, min(end, piece + MAX_PARAGRAPH)))
        for start, end in _joined(lines, width)
        for piece in range(start, end, MAX_PARAGRAPH)
    ]
    views = [view for view in views if view.text]
    return _with_series(
        [piece for view, cuts in zip(views, inline.cuts(views), strict=True) for piece in _pieces(view, cuts)]
    )


def _with_series(parts: list[Paragraph]) -> list[Paragraph]:
    """The paragraphs, those labelled that only their series shows to be items."""
    asked = [False, *(p.label is not None and p.label.kind == "question" for p in parts)]  # Q1：… A1：…
    plain = [index for index, p in enumerate(parts) if p.label is None and not asked[index]]
    result = list(parts)
    for at, label in series.found([parts[index].view for index in plain]).items():
        result[plain[at]] = replace(parts[plain[at]], label=label)
    return result


def _lines(raw: str, normal: str) -> list[_Line]:
    chunks: list[tuple[int, str, str]] = []
    position = 0
    for chunk in _BREAK.split(raw):
        marks = _MARKDOWN.match(chunk)
        start, position = position + (marks.end() if marks else 0), position + len(chunk) + 1
        chunk = chunk[marks.end() :] if marks else chunk
        if chunk.count("|") == 1:
            chunk = _CELL.sub("", chunk)
        stripped = chunk.strip(_BLANK)
        if stripped:
            chunks.append((start, chunk, stripped))
    indents = [len(chunk) - len(chunk.lstrip(_BLANK)) for _, chunk, _ in chunks]
    margin = min(indents, default=0)
    lines: list[_Line] = []
    for (start, chunk, stripped), indent in zip(chunks, indents, strict=True):
        head = View.of(normal, start, min(start + len(chunk), start + indent + 24))
        label = labels.match_at(head)
        is_label = label is not None or bool(labels.bullet_at(head))
        alone = label is not None and label.end == len(head) and len(stripped) <= 8
        lines.append(
            _Line(start, start + len(chunk), len(stripped), indent > margin, is_label, alone, stripped)
        )
    return lines


def _printed(lines: list[_Line]) -> list[_Line]:
    """The lines, the pieces of one printed line put together."""
    result: list[_Line] = []
    for pieces in shreds.groups([line.text for line in lines], [line.label for line in lines]):
        first, last = lines[pieces[0]], lines[pieces[-1]]
        if first is not last:
            length = sum(lines[index].length for index in pieces)
            first = replace(first, end=last.end, length=length, alone=False, text=last.text)
        result.append(first)
    return result


def _wrap_width(lines: list[_Line]) -> int:
    """The width at which the source wraps its lines, 0 if every line is a paragraph."""
    lengths = sorted(line.length for line in lines if line.length > 12)
    if len(lengths) < 6:
        return 0
    top = lengths[int(len(lengths) * 0.8)]
    longest = lengths[-4] if len(lengths) >= 12 else lengths[-1]  # lines of a web page may be longer
    if top > 60 or longest > top * 1.35:
        return 0
    open_ended = [line for line in lines if line.length >= 0.8 * top and line.last not in _ENDS]
    return top if len(open_ended) >= 0.3 * len(lengths) else 0


def _joined(lines: list[_Line], width: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    indents = any(line.indented for line in lines) and not all(line.indented for line in lines)
    margins = 2 * sum(line.indented for line in lines) > len(lines)
    previous: _Line | None = None
    for line in lines:
        wrapped = (
            width
            and previous is not None
            and previous.length >= 0.75 * width
            and not line.indented
            and (previous.last not in "。！？；" or (indents and not _may_head(line, width)))
        )
        open_clause = previous is not None and _goes_on(previous, line, margins)
        if (wrapped or open_clause) and not line.label:
            spans[-1] = (spans[-1][0], line.end)
        else:
            spans.append((line.start, line.end))
        previous = line
    return _labels_alone(spans, lines)


# words that no sentence ends with
_OPEN_END: Final = re.compile(r"(?:最高|不超过|不低于|给予|按照|以及|和|或|与|及|由|向|将|把|并|从|人民币)$")


def _goes_on(line: _Line, following: _Line, margins: bool) -> bool:
    """Whether a line breaks off inside a sentence. ``margins``: the text indents its paragraphs."""
    if line.last in "，、,":
        return True
    if line.length <= 12:
        return False
    if _OPEN_END.search(line.text):
        return True
    if line.last in _ENDS or not re.search("[，。；]", line.text):
        return False
    begun = line.text.rpartition("（")[2] if "（" in line.text else ""
    if begun and "）" not in begun and "）" in following.text[:40]:
        return True
    return margins and line.indented and not following.indented and following.length > 2


def _may_head(line: _Line, width: int) -> bool:
    """A short open line behind a full stop is rather a heading than the rest of a paragraph."""
    return line.length < 0.5 * width and line.last not in _ENDS


def _labels_alone(spans: list[tuple[int, int]], lines: list[_Line]) -> list[tuple[int, int]]:
    """A line that holds nothing but a label belongs to the line after it."""
    alone = {line.start for line in lines if line.alone}
    result: list[tuple[int, int]] = []
    carried: int | None = None
    for start, end in spans:
        if start in alone and carried is None:
            carried = start
            result.append((start, end))
            continue
        if carried is not None:
            result[-1] = (carried, end)
            carried = None
            continue
        result.append((start, end))
    return result


def _pieces(view: View, cuts: list[int]) -> list[Paragraph]:
    """The paragraph cut where labels stand inside it."""
    pieces: list[Paragraph] = []
    for begin, finish in zip([0, *cuts], [*cuts, len(view)], strict=True):
        part = View(
            view.text[begin:finish],
            view.offsets[begin:finish],
            frozenset(g - begin for g in view.gaps if begin <= g < finish),
        )
        if part.text:
            pieces.append(Paragraph(part.offsets[0], part.offsets[-1] + 1, part, labels.match_at(part)))
    return pieces
