"""Writing a register: complete or not at all."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.register_io.helpers import A

from babashi.register_io import RegisterLayout, read_register
from babashi.register_io.writer import RegisterWriteError, open_register_writer
from babashi.rules.facts import FactDictionary
from babashi.rules.values import NEVER, Value


@pytest.fixture
def layout(dictionary: FactDictionary) -> RegisterLayout:
    return RegisterLayout.of(dictionary)


def row(layout: RegisterLayout, **facts: Value) -> list[Value | None]:
    return [facts.get(column) for column in layout.enterprises.column_ids]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("labels", [False, True])
def test_what_is_written_is_read_again(
    tmp_path: Path, dictionary: FactDictionary, layout: RegisterLayout, form: str, labels: bool
) -> None:
    values = row(
        layout, uscc=A, name='=甲,"乙"', established_on=dt.date(2020, 2, 29), employees_2021=0,
        operating_revenue_2021=Decimal("9999999999999.99"), first_above_scale_year=NEVER,
        strategic_emerging=False, food_activities=frozenset({"餐饮", "生产"}), industry_code="0111",
    )  # fmt: skip
    out = tmp_path / "out"
    tables = ["enterprises", "loans"]
    with open_register_writer(out, layout, tables=tables, form=form, labels=labels, synthetic=True) as writer:
        writer.write("enterprises", values)
        writer.write("loans", [A, "000123", "流动资金", Decimal("500000.10"), None, None, Decimal("0.0435")])
    register = read_register(out, dictionary)
    assert not register.problems
    assert register.synthetic
    assert register.enterprises.values == [tuple(values)]
    assert register.tables["projects"] is None
    assert (register.tables["loans"] or [])[0]["loan_id"] == "000123"
    assert (register.tables["loans"] or [])[0]["principal"] == Decimal("500000.10")


def test_a_failure_leaves_nothing_behind(tmp_path: Path, layout: RegisterLayout) -> None:
    out = tmp_path / "out"

    def failing() -> None:
        with open_register_writer(out, layout) as writer:
            writer.write("enterprises", row(layout, uscc=A))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_not_touched(tmp_path: Path, layout: RegisterLayout) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(RegisterWriteError, match="不是空文件夹"), open_register_writer(tmp_path, layout):
        pass
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_used(tmp_path: Path, layout: RegisterLayout, dictionary: FactDictionary) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with open_register_writer(out, layout) as writer:
        writer.write("enterprises", row(layout, uscc=A))
    assert len(read_register(out, dictionary).enterprises) == 1


def test_a_place_that_cannot_be_written(tmp_path: Path, layout: RegisterLayout) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(RegisterWriteError), open_register_writer(tmp_path / "file" / "out", layout):
        pass
