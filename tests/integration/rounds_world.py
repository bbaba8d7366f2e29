"""The real pack with rounds of application put into some of its items, for tests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from babashi.catalogue.models import PackVersion
from babashi.catalogue.services import publish_pack, texts_of
from tests.integration import case_world as world

UNTIL = {1: date(2022, 9, 30), 2: date(2022, 12, 31)}


@dataclass(frozen=True)
class Batch:
    """A round as a test wants it."""

    id: str
    until: date
    again: bool = True
    opens: date | None = None

    @property
    def name(self) -> str:
        year, _, number = self.id.partition("-")
        return f"{year}年第{number}批" if number else f"{year}年度"


def texts(version: str, *changes: tuple[str, str], **rounds: Batch | None) -> dict[str, str]:
    """The files of the pack; items by their id with ``_`` for ``-``; ``changes`` are replaced in the text."""
    files = {name: text for name, text in texts_of(world.PACK_FOLDER).items() if name != "cases.yaml"}
    text = files["pack.yaml"].replace('version: "1.0.1"', f'version: "{version}"')
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    for name, batch in rounds.items():
        if batch is not None:
            text = _with_round(text, name.replace("_", "-"), batch)
    return {**files, "pack.yaml": text}


def publish(version: str, *changes: tuple[str, str], **rounds: Batch | None) -> PackVersion:
    """Publish such a version; the present day counts."""
    return publish_pack(texts(version, *changes, **rounds), by=None, enabled=True)


def _with_round(text: str, item: str, batch: Batch) -> str:
    days = [day for day in (batch.opens, batch.until) if day]
    said = "分批申报：" + "至".join(f"{day.year}年{day.month}月{day.day}日" for day in days)
    reading = f"  - {{id: round-{item}, text: {said}, confirm_by: 区经济信息委}}\n"
    begin = f", from: {batch.opens}" if batch.opens else ""
    again = "true" if batch.again else "false"
    lines = (
        f"    until: {{day: {batch.until}, reading: round-{item}}}\n"
        f"    round: {{id: {batch.id}, name: {batch.name}, again: {again}{begin}, reading: round-{item}}}\n"
    )
    head, mark, rest = text.partition(f"  - id: {item}\n")
    assert mark
    return (
        head.replace("readings:\n", f"readings:\n{reading}", 1)
        + mark
        + re.sub(r"    until: .*\n", lines, rest, count=1)
    )
