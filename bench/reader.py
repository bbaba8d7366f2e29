"""Scores the reader on annotated notices and times it: ``python bench/reader.py [FOLDER ...]``.

Without folders: both halves of the project's own notices, the rounds of notices that others wrote and annotated,
and the real ones beside the project if present.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babashi.reader import bench

ROOT = Path(__file__).resolve().parents[1]
DEFAULT = [
    ROOT / "tests/data/notices/tuning",
    ROOT / "tests/data/notices/heldout",
    *sorted((ROOT / "tests/data/notices/independent").iterdir()),
    ROOT.parent / "shared/notices/dev",
]


def main(arguments: list[str]) -> None:
    """Prints one table a folder."""
    for folder in [Path(a) for a in arguments] or [f for f in DEFAULT if f.exists()]:
        score, seconds = bench.score_folder(folder, None)
        sys.stdout.write(f"{folder.name}\n{bench.as_table(score, seconds)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
