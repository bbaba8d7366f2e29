"""Draws docs/dev/matching-speed.svg from the JSON of ``babashi bench match``: ``python bench/plot_matching.py FILE``.

One colour for Babashi, one for the peers, a logarithmic scale; plain SVG, no library.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "docs/dev/matching-speed.svg"
NAMES = {
    "babashi-numba": "Babashi (Numba)", "babashi-numpy": "Babashi (NumPy)", "arrow": "PyArrow, Kleene",
    "polars": "Polars", "openfisca": "OpenFisca-core", "zen": "Zen Engine",
}  # fmt: skip
OURS, PEERS, INK, GRID = "#1f5fa8", "#9aa5b1", "#24292f", "#e3e7eb"
LEFT, WIDTH, ROW, TOP = 150, 470, 30, 46


def bars(results: dict[str, Any]) -> list[tuple[str, float, str]]:
    """Label, pairs a second and colour, fastest first."""
    found = [(NAMES[key], float(value["pairs_per_second"]), OURS if key.startswith("babashi") else PEERS)
             for key, value in results.items()]  # fmt: skip
    return sorted(found, key=lambda bar: -bar[1])


def drawing(title: str, note: str, found: list[tuple[str, float, str]]) -> str:
    """The picture."""
    low = math.floor(math.log10(min(value for _, value, _ in found)))
    high = math.ceil(math.log10(max(value for _, value, _ in found)))
    bottom = TOP + ROW * len(found)

    def across(value: float) -> float:
        return LEFT + WIDTH * (math.log10(value) - low) / (high - low)

    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 {bottom + 56}" font-family="system-ui, sans-serif"'
            f' font-size="13" fill="{INK}" role="img" aria-label="{title}">'
        ),
        f'<rect width="720" height="{bottom + 56}" fill="#ffffff"/>',
        f'<text x="16" y="26" font-size="15" font-weight="600">{title}</text>',
    ]
    for power in range(low, high + 1):
        x = across(10.0**power)
        parts.append(f'<path d="M{x:.1f} {TOP}V{bottom}" stroke="{GRID}"/>')
        label = f'10<tspan baseline-shift="super" font-size="9">{power}</tspan>'
        parts.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{label}</text>')
    for place, (name, value, colour) in enumerate(found):
        y = TOP + place * ROW
        parts.append(f'<text x="{LEFT - 10}" y="{y + 19}" text-anchor="end">{name}</text>')
        parts.append(
            f'<rect x="{LEFT}" y="{y + 6}" width="{across(value) - LEFT:.1f}" height="18" fill="{colour}"/>'
        )
        mantissa, _, exponent = f"{value:.1e}".partition("e")
        shown = f'{mantissa}·10<tspan baseline-shift="super" font-size="9">{int(exponent)}</tspan>'
        parts.append(f'<text x="{across(value) + 6:.1f}" y="{y + 19}">{shown}</text>')
    parts.append(f'<text x="16" y="{bottom + 44}" font-size="11" fill="#57606a">{note}</text></svg>')
    return "\n".join(parts) + "\n"


def main(arguments: list[str]) -> None:
    """Reads, draws, writes."""
    report = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    title = (
        f"{report['enterprises']:,} enterprises × {report['policies']:,} policies: pairs a second, one thread"
    )
    note = "Logarithmic scale; medians of interleaved runs; same rules, same data, verdicts compared first."
    TARGET.write_text(drawing(title, note, bars(report["results"])), encoding="utf-8")
    sys.stdout.write(f"{TARGET}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
