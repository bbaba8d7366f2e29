"""Which items of little invented notices grant something, and of which kind."""

from pathlib import Path

import pytest
import yaml

from babashi.reader import read_text

ITEMS = Path(__file__).parents[2] / "data" / "notices" / "items.yaml"
NOTICES = yaml.safe_load(ITEMS.read_text("utf-8"))


@pytest.mark.parametrize("notice", NOTICES, ids=[n.split("|")[1][:12].strip() for n in NOTICES])
def test_items(notice: str) -> None:
    rows = [line.split("|", 1) for line in notice.splitlines()]
    measures = read_text("".join(line + "\n" for _, line in rows)).measures
    wrong = []
    start = 0
    for kinds, line in rows:
        found = [m.kind for m in measures if start <= m.span.start <= start + len(line)]
        start += len(line) + 1
        if kinds == ".":
            continue
        right = not found if kinds == "-" else len(found) == 1 and found[0] in kinds.split()
        if not right:
            wrong.append((found, kinds, line))
    assert not wrong
