"""A file that is wrong says in Chinese which column, which row, and what is wanted; nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.bulk.helpers import code, job, lines_of, shipped_items

from babashi.bulk.job import Job, Task
from babashi.bulk.onefile import match_file

Columns = dict[str, pa.Array]
LOAN = {
    "loan_id": "L1",
    "purpose": "流动资金",
    "principal": Decimal("600000.00"),
    "starts_on": None,
    "ends_on": None,
}
LOANS = pa.list_(pa.struct([
    ("loan_id", pa.string()), ("purpose", pa.string()), ("principal", pa.decimal128(18, 2)),
    ("starts_on", pa.date32()), ("ends_on", pa.date32()),
]))  # fmt: skip


def columns(count: int = 2) -> Columns:
    """A small sound file."""
    return {
        "uscc": pa.array([code(number) for number in range(count)]),
        "district": pa.array(["500113"] * count),
        "kind": pa.array(["企业"] * count),
        "industry_code": pa.array(["1310"] * count),
        "employees_2021": pa.array([10] * count, pa.int32()),
        "operating_revenue_2021": pa.array([Decimal("1000000.00")] * count, pa.decimal128(18, 2)),
        "loans": pa.array([[LOAN]] * count, LOANS),
    }


def outcome_of(tmp_path: Path, found: Columns, one: Job | None = None) -> tuple[str, ...]:
    """Problems of matching these columns; nothing may be left behind when there are any."""
    source, target = tmp_path / "in.parquet", tmp_path / "out" / "in.parquet"
    target.parent.mkdir(exist_ok=True)
    pq.write_table(pa.table(found), source)
    outcome = match_file(one or job(), Task(source, target))
    assert (outcome.status == "done") == (not outcome.problems)
    if outcome.problems:
        assert outcome.status == "refused"
        assert list(target.parent.iterdir()) == []
    return (*outcome.problems, *outcome.notes)


def test_a_sound_file_has_no_problems(tmp_path: Path) -> None:
    assert outcome_of(tmp_path, columns()) == ()
    assert len(pq.read_table(tmp_path / "out" / "in.parquet")) == 2 * len(shipped_items())


WRONG_TYPES = [
    (
        "operating_revenue_2021",
        pa.array([1.0, 2.0]),
        "是 double，应为 decimal128(18, 2)（元，两位小数）或整数",
    ),
    ("operating_revenue_2021", pa.array(["1", "2"]), "是 string，应为 decimal128"),
    (
        "operating_revenue_2021",
        pa.array([Decimal("1.005")] * 2, pa.decimal128(18, 3)),
        "是 decimal128(18, 3)",
    ),
    ("employees_2021", pa.array([1.5, 2]), "是 double，应为 int64（整数）"),
    ("district", pa.array([500113] * 2), "是 int64，应为 string（文字"),
    ("established_on", pa.array(["2020-01-01"] * 2), "是 string，应为 date32（日期）"),
    ("strategic_emerging", pa.array(["是", "否"]), "是 string，应为 bool（真假值）"),
    ("loans", pa.array(["L1", "L2"]), "是 string，应为 list<struct>"),
    ("loans", pa.array([["L1"], []]), "应为 list<struct>"),
]


@pytest.mark.parametrize(("name", "array", "words"), WRONG_TYPES)
def test_a_wrong_type_is_told(tmp_path: Path, name: str, array: pa.Array, words: str) -> None:
    problems = outcome_of(tmp_path, {**columns(), name: array})
    assert len(problems) == 1
    assert problems[0].startswith(f"列“{name}”的类型")
    assert words in problems[0]


def test_all_wrong_columns_are_told_at_once(tmp_path: Path) -> None:
    found = {**columns(), "employees_2021": pa.array([1.5, 2]), "district": pa.array([1, 2])}
    assert [text.partition("的")[0] for text in outcome_of(tmp_path, found)] == [
        "列“district”",
        "列“employees_2021”",
    ]


def test_a_missing_key_column_is_told(tmp_path: Path) -> None:
    found = columns()
    del found["uscc"]
    assert outcome_of(tmp_path, found) == ("缺少必需的列“统一社会信用代码”（uscc），应为 string（文字）",)


def test_a_missing_key_field_of_a_child_is_told(tmp_path: Path) -> None:
    kind = pa.list_(pa.struct([("principal", pa.decimal128(18, 2))]))
    problems = outcome_of(tmp_path, {**columns(), "loans": pa.array([[], None], kind)})
    assert problems == ("列“loans”缺少必需的字段“贷款编号”（loan_id），应为 string（文字）",)


def test_a_column_under_both_names_is_refused(tmp_path: Path) -> None:
    problems = outcome_of(tmp_path, {**columns(), "行政区划代码": pa.array(["500113"] * 2)})
    assert problems == ("列“行政区划代码”重复：与“district”是同一列，只保留一个",)


def test_an_unknown_column_is_told_and_ignored(tmp_path: Path) -> None:
    notes = outcome_of(tmp_path, {**columns(), "employees_2012": pa.array([1, 2])})
    assert notes == ("不认识的列“employees_2012”，已忽略。是不是“从业人员 2021”？列名要完全一致",)


def changed(name: str, values: list[object]) -> Callable[[], Columns]:
    def make() -> Columns:
        found = columns()
        return {**found, name: pa.array(values, found[name].type if name in found else None)}

    return make


WRONG_VALUES = [
    (changed("uscc", [code(1), None]), "列“uscc”第 2 行：为空"),
    (changed("uscc", [code(1), "12345"]), "列“uscc”第 2 行：“12345”有 5 个字符"),
    (changed("uscc", [code(1), code(2)[:17] + "O"]), "含有不允许的字符"),
    (changed("uscc", [code(1), code(1)]), f"有重复的代码：{code(1)}；"),
    (changed("district", ["500113", "重庆"]), "列“district”第 2 行：“重庆”不能作行政区划代码，应符合 [0-9]{6}"),
    (changed("district", ["", None]), "列“district”第 1 行：是空文字；未知请写 null"),
    (changed("kind", ["企业", "公司"]), "只能写：企业、园区、个体工商户、其他"),
    (changed("employees_2021", [None, -1]), "列“employees_2021”第 2 行：-1 不对"),
    (changed("operating_revenue_2021", [Decimal(0), Decimal("-0.01")]), "第 2 行：-0.01 不对，金额应在 0 元"),
    (changed("operating_revenue_2021", [Decimal(10) ** 13, None]), "第 1 行：10000000000000 不对"),
    (changed("food_activities", ["生产|销售", "生产|其他"]), "列“food_activities”第 2 行：“其他”不能作食品经营环节"),
    (changed("first_above_scale_year", ["无", "21"]), "第 2 行：“21”不对，应为 1900 至 2100 的四位年份，从未发生写“无”"),
    (changed("loans", [[], [LOAN, LOAN]]), "列“loans”第 2 行：同一户的贷款编号重复"),
    (changed("loans", [None, [{**LOAN, "loan_id": None}]]), "列“loans·loan_id”第 2 行：“贷款编号”不能为空"),
    (changed("loans", [[LOAN], [{**LOAN, "principal": Decimal(-1)}]]), "列“loans·principal”第 2 行：-1 不对"),
    (changed("loans", [[], [None]]), "列“loans”第 2 行：表里有一行整行为 null"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "words"), WRONG_VALUES)
def test_a_wrong_value_is_told_with_its_row(tmp_path: Path, make: Callable[[], Columns], words: str) -> None:
    problems = outcome_of(tmp_path, make())
    assert len(problems) == 1
    assert words in problems[0]


def test_a_wide_decimal_is_read_or_refused_by_its_value(tmp_path: Path) -> None:
    wide = pa.decimal128(30, 2)
    assert (
        outcome_of(tmp_path, {**columns(), "operating_revenue_2021": pa.array([Decimal(5), None], wide)})
        == ()
    )
    huge = pa.array([Decimal(5), Decimal(10) ** 25], wide)
    (tmp_path / "b").mkdir()
    assert (
        "第 2 行：数字大得不合理"
        in outcome_of(tmp_path / "b", {**columns(), "operating_revenue_2021": huge})[0]
    )


def test_repeated_codes_are_found_across_row_groups(tmp_path: Path) -> None:
    found = columns(50)
    found["uscc"] = pa.array([code(number % 49) for number in range(50)])
    source = tmp_path / "in.parquet"
    pq.write_table(pa.table(found), source, row_group_size=10)
    outcome = match_file(job(batch_rows=10), Task(source, tmp_path / "out.parquet"))
    assert outcome.status == "refused"
    assert f"有重复的代码：{code(0)}；" in outcome.problems[0]


def test_other_spellings_of_the_same_types(tmp_path: Path) -> None:
    """Plain, large and dictionary-coded text, whole yuan, years as numbers, large lists: same results."""
    usual = columns()
    usual["first_above_scale_year"] = pa.array(["2021", "2020"])
    assert outcome_of(tmp_path, usual) == ()
    expected = lines_of(tmp_path / "out" / "in.parquet")
    other = dict(usual)
    other["uscc"] = usual["uscc"].cast(pa.large_string())
    other["kind"] = usual["kind"].dictionary_encode()
    other["operating_revenue_2021"] = pa.array([1_000_000] * 2, pa.int32())
    other["first_above_scale_year"] = pa.array([2021, 2020], pa.int16())
    other["loans"] = usual["loans"].cast(pa.large_list(LOANS.value_type))
    (tmp_path / "again").mkdir()
    assert outcome_of(tmp_path / "again", other) == ()
    assert lines_of(tmp_path / "again" / "out" / "in.parquet") == expected
    assert '"verdict": "eligible"' in "".join(expected)


def test_a_table_without_known_fields_still_says_who_has_rows(tmp_path: Path) -> None:
    """certificates with none of its columns: whoever has no row has no title, whoever has one may have any."""
    kind = pa.list_(pa.struct([("备注", pa.string())]))
    found = {**columns(3), "certificates": pa.array([[], [{"备注": "x"}], None], kind)}
    notes = outcome_of(tmp_path, found)
    assert len(notes) == 1
    rows = pq.read_table(tmp_path / "out" / "in.parquet").to_pylist()
    own = {row["uscc"]: row for row in rows if row["item"].endswith("green-demonstration")}
    assert own[code(0)]["verdict"] == "ineligible"
    assert own[code(1)]["missing"] == ["certificates.kind", "certificates.level"]
    assert own[code(2)]["missing"] == ["certificates"]
