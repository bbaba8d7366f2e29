"""Figures drawn by ourselves: SVG that needs no script and no style attribute, with a data table beside it.

Positions are percentages and type is not scaled, so a figure reads the same on a phone and on a desk.
"""

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from itertools import pairwise

Number = int | Decimal | float
Row = tuple[str, Number]

PLOT = 200  # pixels between the axis and the highest value
TOP = 22  # pixels above it for the figure
HIDDEN = 'aria-hidden="true" focusable="false"'


def _text(number: Number) -> str:
    """A number as people write it: thousands separated, no needless zeros."""
    text = f"{number:,}" if isinstance(number, int) else f"{number:,.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shares(rows: Sequence[Row]) -> list[float]:
    """Each value as a share of the largest, between 0 and 1."""
    top = max([float(number) for _, number in rows] + [0.0]) or 1.0
    return [max(0.0, float(number)) / top for _, number in rows]


def _short(label: str, limit: int) -> str:
    return label if len(label) <= limit else f"{label[: limit - 1]}…"


def _bars(rows: Sequence[Row], unit: str) -> str:
    """Bars across: long Chinese labels stay readable."""
    lines = (
        f'<li><span class="bars-label">{escape(label)}</span>'
        f'<svg {HIDDEN}><rect class="bar" width="{share * 100:.2f}%" height="100%" rx="2"/></svg>'
        f'<span class="bars-value">{_text(number)}{escape(unit)}</span></li>'
        for (label, number), share in zip(rows, _shares(rows), strict=True)
    )
    return f'<ul class="bars">{"".join(lines)}</ul>'


def _axis() -> str:
    return f'<line class="axis" x1="0" y1="{TOP + PLOT}" x2="100%" y2="{TOP + PLOT}"/>'


def _captions(x: float, y: float, label: str, number: Number, unit: str) -> str:
    return (
        f'<text class="value" x="{x:.2f}%" y="{y - 7:.1f}" text-anchor="middle">{_text(number)}{escape(unit)}</text>'
        f'<text x="{x:.2f}%" y="{TOP + PLOT + 19}" text-anchor="middle">{escape(_short(label, 8))}</text>'
    )


def _points(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """Horizontal place in per cent, height in pixels from the top."""
    step = 100 / len(rows)
    return [(step * (index + 0.5), TOP + PLOT * (1 - share)) for index, share in enumerate(_shares(rows))]


def _columns(rows: Sequence[Row], unit: str) -> str:
    wide = min(12.0, 60 / len(rows))
    parts = [_axis()]
    for (x, y), (label, number) in zip(_points(rows), rows, strict=True):
        parts.append(
            f'<rect class="bar" x="{x - wide / 2:.2f}%" y="{y:.1f}" width="{wide:.2f}%" '
            f'height="{TOP + PLOT - y:.1f}" rx="2"/>{_captions(x, y, label, number, unit)}'
        )
    return _svg(parts)


def _line(rows: Sequence[Row], unit: str) -> str:
    points = _points(rows)
    parts = [_axis()]
    parts += [
        f'<line class="curve" x1="{x1:.2f}%" y1="{y1:.1f}" x2="{x2:.2f}%" y2="{y2:.1f}"/>'
        for (x1, y1), (x2, y2) in pairwise(points)
    ]
    for (x, y), (label, number) in zip(points, rows, strict=True):
        parts.append(
            f'<circle class="dot" cx="{x:.2f}%" cy="{y:.1f}" r="4"/>{_captions(x, y, label, number, unit)}'
        )
    return _svg(parts)


def _svg(parts: Sequence[str]) -> str:
    return f'<svg class="chart-plot" {HIDDEN}>{"".join(parts)}</svg>'


def _table(rows: Sequence[Row], unit: str, label: str, value: str) -> str:
    head = f'<tr><th scope="col">{escape(label)}</th><th scope="col" class="num">{escape(value)}</th></tr>'
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td class="num">{_text(number)}{escape(unit)}</td></tr>'
        for name, number in rows
    )
    return f'<table class="table table-dense"><thead>{head}</thead><tbody>{body}</tbody></table>'


DRAW = {"bar": _bars, "column": _columns, "line": _line}


def figure(
    kind: str, rows: Sequence[Row], *, title: str, unit: str = "", label: str = "项目", value: str = "数量"
) -> str:
    """A `<figure>` with the drawing and, folded, the numbers. All texts are escaped here."""
    caption = f"<figcaption>{escape(title)}</figcaption>"
    if not rows:
        return f'<figure class="chart">{caption}<p class="muted">还没有数据。</p></figure>'
    return (
        f'<figure class="chart">{caption}{DRAW[kind](rows, unit)}'
        f"<details><summary>查看数据表</summary>{_table(rows, unit, label, value)}</details></figure>"
    )
