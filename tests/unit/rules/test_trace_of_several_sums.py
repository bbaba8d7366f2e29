"""A benefit of several sums over one table shows of each only what it counts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from babashi.rules import FactDictionary, Subject, evaluate, load_pack
from babashi.rules.results import Result

DICTIONARY = FactDictionary.from_text(
    """
facts:
  kind: {label: 主体, type: code, codes: [企业]}
tables:
  lamps:
    label: 路灯
    columns: {color: {label: 颜色, type: code, codes: [红, 绿, 蓝], adjective: "{}"}}
"""
)
PACK = """format: 1
id: lamps
version: "1"
document: {number: 无文号, title: 灯光}
readings: [{id: all, text: "红灯 1万元，绿灯 3万元，到 2030-12-31。", confirm_by: 区商务局}]
items:
  - id: light
    article: 一
    title: 灯光
    kind: reward
    channel: catalogue
    lead: 区商务局
    until: {day: 2030-12-31, reading: all}
    eligible: {id: e, test: 'kind == "企业"', reading: all}
    benefit: {amount: 'AMOUNT', reading: all}
"""
RED, GREEN = 'sum(lamps, 1万元, where=color == "红")', 'sum(lamps, 3万元, where=color == "绿")'


def rows(folder: Path, amount: str) -> list[tuple[int, bool | None, str | None]]:
    (folder / "pack.yaml").write_text(PACK.replace("AMOUNT", amount), encoding="utf-8")
    item = load_pack(folder, DICTIONARY).items[0]
    lamps = [{"color": "绿"}, {"color": "红"}, {"color": None}, {"color": "蓝"}]
    result: Result = evaluate(item, Subject({"kind": "企业"}, {"lamps": lamps}), None, dt.date(2024, 6, 1))
    ceiling = next(amount for amount in result.amount_trace if amount.kind == "ceiling")
    return [(row.number, row.truth, row.amount) for row in ceiling.rows]


def test_one_sum_shows_every_row(tmp_path: Path) -> None:
    assert rows(tmp_path, RED) == [(1, False, None), (2, True, "10000"), (3, None, None), (4, False, None)]


def test_of_several_sums_each_shows_what_it_counts_or_may_count(tmp_path: Path) -> None:
    assert rows(tmp_path, f"{RED} + {GREEN}") == [
        (2, True, "10000"),
        (3, None, None),
        (1, True, "30000"),
        (3, None, None),
    ]
