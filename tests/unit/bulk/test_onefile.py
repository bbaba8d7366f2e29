"""One file in, one file out: once, whole or not at all."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.bulk.helpers import AS_OF, as_text, job, lines_of, scalar_lines, shipped, table_of, write

from babashi.bulk.answers import Answerer
from babashi.bulk.job import Task
from babashi.bulk.onefile import match_file
from babashi.rules.columnar.match import HAS_NUMBA
from babashi.rules.pack import Clause, Item
from babashi.rules.parser import Scope, parse
from babashi.rules.units import BOOL
from babashi.rules.values import Parameters, Subject

SUBJECTS = [
    Subject({"district": "500113", "kind": "企业", "industry_code": "1310", "employees_2021": number},
            {"certificates": [], "loans": None})
    for number in range(30)
]  # fmt: skip


@pytest.fixture
def task(tmp_path: Path) -> Task:
    (tmp_path / "out").mkdir()
    return Task(
        write(table_of(SUBJECTS), tmp_path / "in.parquet", row_group_size=8), tmp_path / "out" / "in.parquet"
    )


def test_a_done_file_is_skipped(task: Task) -> None:
    first = match_file(job(), task)
    stamp = task.target.stat().st_mtime_ns
    again = match_file(job(), task)
    assert (first.status, again.status) == ("done", "skipped")
    assert (again.rows, again.pairs) == (first.rows, first.pairs) == (30, 210)
    assert task.target.stat().st_mtime_ns == stamp


@pytest.mark.parametrize(
    "other",
    [
        {"as_of": AS_OF.replace(year=2023)}, {"mode": "sparse"}, {"rules_digest": "new"}, {"items": shipped().items[:1]},
        {"parameters": Parameters({"rd_intensity_average": {(13, 2021): Decimal("0.01")}})},
    ],
)  # fmt: skip
def test_another_question_is_answered_anew(task: Task, other: dict[str, object]) -> None:
    assert match_file(job(), task).status == "done"
    assert match_file(job(**other), task).status == "done"


def test_options_that_decide_nothing_do_not_matter(task: Task) -> None:
    assert match_file(job(mode="all", few=1), task).status == "done"
    assert match_file(job(mode="all", few=3, batch_rows=10, engine="numpy"), task).status == "skipped"


def test_a_changed_input_is_matched_again(task: Task) -> None:
    match_file(job(), task)
    write(table_of(SUBJECTS[:5]), task.source)
    outcome = match_file(job(), task)
    assert (outcome.status, outcome.rows) == ("done", 5)


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "footer"])
def test_a_broken_file_is_refused_and_the_old_output_stays(task: Task, damage: str) -> None:
    match_file(job(), task)
    before = task.target.read_bytes()
    data = task.source.read_bytes()
    task.source.write_bytes(
        {
            "cut": data[: len(data) // 2],
            "text": b"uscc,name\n",
            "empty": b"",
            "footer": data[:-6] + b"\0\0\0\0\0\0",
        }[damage]
    )
    outcome = match_file(job(), task)
    assert outcome.status == "refused"
    assert outcome.problems[0].startswith("不是完好的 Parquet 文件：")
    assert task.target.read_bytes() == before
    assert sorted(path.name for path in task.target.parent.iterdir()) == ["in.parquet"]


def test_a_page_damaged_in_the_middle_is_refused(task: Task) -> None:
    data = bytearray(task.source.read_bytes())
    data[4:400] = os.urandom(396)
    task.source.write_bytes(data)
    outcome = match_file(job(), task)
    assert outcome.status in ("refused", "failed")
    assert list(task.target.parent.iterdir()) == []


def test_an_output_that_can_not_be_written_is_told(task: Task) -> None:
    outcome = match_file(job(), replace(task, target=task.target.parent / "no" / "x.parquet"))
    assert (outcome.status, outcome.problems) == ("failed", ("读写不了：No such file or directory",))


def test_a_mistake_of_ours_leaves_nothing_and_is_told(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("x")

    monkeypatch.setattr(Answerer, "everything", broken)
    outcome = match_file(job(), task)
    assert (outcome.status, outcome.problems) == ("failed", ("内部错误：ZeroDivisionError: x",))
    assert list(task.target.parent.iterdir()) == []


def test_no_enterprises_give_an_empty_output(tmp_path: Path) -> None:
    source = write(table_of([]), tmp_path / "in.parquet")
    for mode in ("all", "sparse", "summary"):
        target = tmp_path / f"{mode}.parquet"
        outcome = match_file(job(mode=mode), Task(source, target))
        assert outcome.status == "done"
        assert len(pq.read_table(target)) == (7 if mode == "summary" else 0)


def item_of(text: str) -> Item:
    """An item with one condition."""
    expr = parse(text, Scope(shipped().dictionary), BOOL).expr
    assert expr is not None
    return replace(shipped().items[0], eligible=Clause("c", expr))


def test_identical_rows_count_once(tmp_path: Path) -> None:
    """As in the register: two equal titles are one; rows that differ only in a day are two."""
    dictionary = shipped().dictionary
    row = {"kind": "专精特新", "level": "市级", "issued_on": AS_OF, "valid_until": None}
    later = {**row, "issued_on": AS_OF.replace(day=2)}
    one = job(items=(item_of('count(certificates, kind == "专精特新") >= 2个'),))
    subjects = [
        Subject({}, {"certificates": rows}) for rows in ([row, row], [row, later], [row, row, later], [row])
    ]
    outcome = match_file(
        one, Task(write(table_of(subjects), tmp_path / "in.parquet"), tmp_path / "out.parquet")
    )
    assert outcome.status == "done", outcome.problems
    assert list(dictionary.tables) == ["certificates", "loans", "projects"]
    kept = [Subject({}, {"certificates": rows}) for rows in ([row], [row, later], [row, later], [row])]
    assert lines_of(tmp_path / "out.parquet") == as_text(scalar_lines(kept, one.items))


def test_an_item_that_reads_more_facts_than_a_bit_set_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("babashi.rules.columnar.sparse.MAX_REFS", 2)
    monkeypatch.setattr("babashi.rules.columnar.match.MAX_REFS", 2)
    texts = ("green_industry", "green_industry or strategic_emerging or employees_2021 >= 5人")
    items = tuple(replace(item_of(text), full_id=f"x/{n}") for n, text in enumerate(texts))
    subjects = [
        Subject({"green_industry": green, "employees_2021": people, "strategic_emerging": False})
        for green in (True, False, None) for people in (1, 9, None)
    ]  # fmt: skip
    source = write(table_of(subjects), tmp_path / "in.parquet")
    for engine in ("numpy", "numba") if HAS_NUMBA else ("numpy",):
        one = job(items=items, mode="sparse", few=1, engine=engine)
        assert one.answerer.matcher.numerous == (1,)
        assert one.answerer.matcher.plan.shared is None
        target = tmp_path / f"{engine}.parquet"
        assert match_file(one, Task(source, target)).status == "done"
        wanted = [
            line for line in scalar_lines(subjects, items)
            if line["verdict"] == "eligible" or (line["verdict"] == "unknown" and len(line["missing"]) <= 1)
        ]  # fmt: skip
        assert lines_of(target) == as_text(wanted)


def test_the_output_is_plain_parquet(task: Task) -> None:
    match_file(job(), task)
    schema = pq.ParquetFile(task.target).schema_arrow
    assert schema.names == [
        "uscc", "item", "verdict", "amount_min", "amount_max", "failed", "missing", "closed"
    ]  # fmt: skip
    assert schema.field("amount_max").type == pa.decimal128(18, 2)
