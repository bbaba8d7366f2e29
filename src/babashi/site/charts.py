"""Figures drawn by ourselves: SVG that needs no script and no style attribute, with a data table beside it."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape

Row = tuple[str, int | Decimal | float]

WIDTH = 640
GAP = 10
BAR = 24
LABEL_SPACE = 170
VALUE_SPACE = 90
PLOT_HEIGHT = 220


def _text(number: int | Decimal | float) -> str:
    """A number as people write it: thousands separated, no needless zeros."""
    text = f"{number:,.2f}" if not isinstance(number, int) else f"{number:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _top(rows: Sequence[Row]) -> float:
    return max([float(number) for _, number in rows] + [0.0]) or 1.0


def _short(label: str, limit: int) -> str:
    return label if len(label) <= limit else f"{label[: limit - 1]}…"


def _bars(rows: Sequence[Row], unit: str) -> str:
    """Bars across: long Chinese labels stay readable."""
    top, parts = _top(rows), []
    space = WIDTH - LABEL_SPACE - VALUE_SPACE
    for index, (label, number) in enumerate(rows):
        y = index * (BAR + GAP)
        width = max(1.0, float(number) / top * space) if number else 0
        parts.append(
            f'<text x="{LABEL_SPACE - 10}" y="{y + 17}" text-anchor="end">{escape(_short(label, 12))}</text>'
            f'<rect class="bar" x="{LABEL_SPACE}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2"/>'
            f'<text class="value" x="{LABEL_SPACE + width + 8:.1f}" y="{y + 17}">{_text(number)}{escape(unit)}</text>'
        )
    return _svg("".join(parts), len(rows) * (BAR + GAP))


def _axis() -> str:
    return f'<line class="axis" x1="0" y1="{PLOT_HEIGHT}" x2="{WIDTH}" y2="{PLOT_HEIGHT}"/>'


def _columns(rows: Sequence[Row], unit: str) -> str:
    top, parts = _top(rows), [_axis()]
    step = WIDTH / max(1, len(rows))
    wide = min(64.0, step * 0.6)
    for index, (label, number) in enumerate(rows):
        middle = step * (index + 0.5)
        height = float(number) / top * (PLOT_HEIGHT - 30)
        parts.append(
            f'<rect class="bar" x="{middle - wide / 2:.1f}" y="{PLOT_HEIGHT - height:.1f}" '
            f'width="{wide:.1f}" height="{height:.1f}" rx="2"/>'
            f'<text class="value" x="{middle:.1f}" y="{PLOT_HEIGHT - height - 6:.1f}" '
            f'text-anchor="middle">{_text(number)}{escape(unit)}</text>'
            f'<text x="{middle:.1f}" y="{PLOT_HEIGHT + 20}" text-anchor="middle">{escape(_short(label, 8))}</text>'
        )
    return _svg("".join(parts), PLOT_HEIGHT + 32)


def _line(rows: Sequence[Row], unit: str) -> str:
    top, parts = _top(rows), [_axis()]
    step = WIDTH / max(1, len(rows))
    points = [
        (step * (index + 0.5), PLOT_HEIGHT - float(number) / top * (PLOT_HEIGHT - 30))
        for index, (_, number) in enumerate(rows)
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts.append(f'<polyline class="curve" points="{path}"/>')
    for (x, y), (label, number) in zip(points, rows, strict=True):
        parts.append(
            f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
            f'<text class="value" x="{x:.1f}" y="{y - 10:.1f}" text-anchor="middle">{_text(number)}{escape(unit)}</text>'
            f'<text x="{x:.1f}" y="{PLOT_HEIGHT + 20}" text-anchor="middle">{escape(_short(label, 8))}</text>'
        )
    return _svg("".join(parts), PLOT_HEIGHT + 32)


def _svg(content: str, height: float) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" aria-hidden="true" focusable="false">{content}</svg>'


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
    """A `<figure>` with the drawing and, folded, the numbers. `title` must be escaped already."""
    if not rows:
        return f'<figure class="chart"><figcaption>{title}</figcaption><p class="muted">还没有数据。</p></figure>'
    drawing = DRAW[kind](rows, unit)
    table = _table(rows, unit, label, value)
    return (
        f'<figure class="chart"><figcaption>{title}</figcaption>{drawing}'
        f"<details><summary>查看数据表</summary>{table}</details></figure>"
    )
