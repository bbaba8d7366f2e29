"""A whole register: unknown, empty, repeated and contradicting rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.register_io.helpers import A, B, C, errors, warnings

from babashi.register_io import Limits, Progress, Register, read_register
from babashi.rules.facts import FactDictionary
from babashi.rules.values import NEVER

Read = Callable[..., Register]


def test_header_by_ids_and_by_labels_gives_the_same(read: Read) -> None:
    ids = read(
        enterprises=f"uscc,name,operating_revenue_2021,first_above_scale_year\n{A},甲,100,无\n",
        loans=f"uscc,loan_id,principal\n{A},1,500000\n",
    )
    labels = read(
        enterprises=f"名称,统一社会信用代码, 营业收入　2021 ,首次升规年度\n甲,{A},100.00,无\n",
        loans=f"本金,统一社会信用代码,贷款编号\n500000.0,{A},1\n",
    )
    assert not ids.problems
    assert not labels.problems
    assert ids.enterprises[0] == labels.enterprises[0]
    assert ids.enterprises[0]["first_above_scale_year"] is NEVER
    assert ids.digest == labels.digest


def test_every_label_of_the_format_is_known(read: Read, dictionary: FactDictionary) -> None:
    header = ",".join(spec.label for spec in dictionary.facts.values())
    register = read(enterprises=f"{header}\n{A}{',' * (len(dictionary.facts) - 1)}\n")
    assert not register.problems
    assert register.enterprises.columns_present == set(dictionary.facts)


def test_empty_and_blank_cells_are_unknown_not_zero(read: Read) -> None:
    register = read(
        enterprises=f"uscc,name,employees_2021,strategic_emerging,food_activities\n{A},　, \u200b ,\u00a0,\n"
    )
    facts = next(register.subjects())[1].facts
    assert [facts[f] for f in ("name", "employees_2021", "strategic_emerging", "food_activities")] == [
        None
    ] * 4
    assert not register.problems


def test_missing_column_is_unknown_for_all(read: Read) -> None:
    register = read(enterprises=f"uscc\n{A}\n{B}\n")
    assert register.enterprises.column("kind") == [None, None]
    assert register.enterprises.columns_present == {"uscc"}


def test_absent_file_is_unknown_and_present_file_without_rows_is_none(read: Read) -> None:
    register = read(
        enterprises=f"uscc\n{A}\n{B}\n",
        loans=f"uscc,loan_id,principal\n{A},1,\n",
    )
    subjects = dict(register.subjects())
    assert subjects[A].rows("projects") is None
    assert subjects[B].rows("loans") == []
    [loan] = subjects[A].rows("loans") or []
    assert loan["principal"] is None
    assert "uscc" not in loan


def test_sources_name_file_and_row(read: Read) -> None:
    register = read(
        enterprises=f"uscc,name\n{A},甲\n{B},乙\n",
        loans=f"uscc,loan_id\n{A},1\n{B},1\n{B},2\n",
    )
    sources = dict(register.subjects())[B].sources
    assert sources["name"].label == "enterprises.csv 第 3 行"
    assert sources["loans.1.principal"].label == "loans.csv 第 4 行"
    assert sources["loans"].label == "loans.csv 第 3、4 行"
    assert "loans.2.principal" not in sources
    assert "projects" not in sources
    assert set(sources) >= {"uscc", "loans", "loans.0.loan_id"}
    assert len(sources) == len(list(sources))


def test_two_rows_with_one_code_are_an_error_and_neither_is_taken(read: Read) -> None:
    register = read(
        enterprises=f"uscc,name\n{A},甲\n{B},乙\n{A},丙\n{A},甲\n", loans=f"uscc,loan_id\n{A},1\n"
    )
    assert [row for row, _reason in errors(register)] == [2, 4, 5]
    assert register.enterprises.column("uscc") == [B]
    assert sorted(row.row for row in register.rejected_rows) == [2, 4, 5]
    assert [reason for _row, reason in warnings(register)] == [
        "这个主体在企业表里的那一行有错误，没有读入，本行随之忽略"
    ]


def test_a_sound_row_does_not_stand_in_for_a_refused_one(read: Read) -> None:
    register = read(enterprises=f"uscc,employees_2021\n{A},5\n{A},-5\n{B},-6\n{B},6\n{C},7\n")
    assert sorted(row for row, _reason in errors(register) if row) == [2, 3, 4, 5]
    assert register.enterprises.column("uscc") == [C]
    assert sorted(row.row for row in register.rejected_rows) == [2, 3, 4, 5]


def test_repeated_loan_number_is_an_error_and_the_table_unknown_for_that_enterprise(read: Read) -> None:
    register = read(
        enterprises=f"uscc\n{A}\n{B}\n",
        loans=f"uscc,loan_id,principal\n{A},1,500000\n{A},1,600000\n{B},1,700000\n",
    )
    assert [row for row, _reason in errors(register)] == [2, 3]
    subjects = dict(register.subjects())
    assert subjects[A].rows("loans") is None
    assert [row["principal"] for row in subjects[B].rows("loans") or []] == [Decimal("700000.00")]


def test_a_refused_child_row_makes_that_table_unknown_for_its_enterprise(read: Read) -> None:
    register = read(
        enterprises=f"uscc\n{A}\n{B}\n",
        loans=f"uscc,loan_id,principal\n{A},1,500000\n{A},2,-1\n{A},,5\n{B},1,700000\n",
    )
    assert [(r.table, r.row, r.uscc) for r in register.rejected_rows] == [("loans", 3, A), ("loans", 4, A)]
    subjects = dict(register.subjects())
    assert subjects[A].rows("loans") is None
    assert len(subjects[B].rows("loans") or []) == 1


def test_identical_certificates_count_once(read: Read) -> None:
    row = f"{A},专精特新,市级,2021-01-01,"
    register = read(
        enterprises=f"uscc\n{A}\n",
        certificates=f"uscc,kind,level,issued_on,valid_until\n{row}\n{row}\n{A},专精特新,市级,2021-01-02,\n",
    )
    assert not register.has_errors
    assert warnings(register) == [(3, "与第 2 行完全相同，只算一次")]
    assert len(register.tables["certificates"] or []) == 2


def test_child_rows_of_strangers_are_ignored_with_a_warning(read: Read) -> None:
    register = read(enterprises=f"uscc\n{A}\n", projects=f"uscc,project_id\n{C},1\n{A},1\n")
    assert warnings(register) == [(2, "企业表里没有这个主体，本行已忽略")]
    assert [row["uscc"] for row in register.tables["projects"] or []] == [A]


def test_children_alone_are_kept_unless_enterprises_are_needed(read: Read) -> None:
    register = read(loans=f"uscc,loan_id\n{A},1\n")
    assert not register.has_errors
    assert not register.has_enterprises
    assert len(register.tables["loans"] or []) == 1
    assert warnings(register) == [(None, "没有企业表")]
    assert errors(read(loans=f"uscc,loan_id\n{A},1\n", need_enterprises=True)) == [(None, "没有企业表")]


def test_loan_that_ends_before_it_starts_is_read_and_told(read: Read) -> None:
    register = read(
        enterprises=f"uscc\n{A}\n",
        loans=f"uscc,loan_id,starts_on,ends_on\n{A},1,2022-03-01,2022-02-28\n{A},2,2022-03-01,2022-03-01\n",
    )
    assert not register.has_errors
    assert warnings(register) == [(2, "到期日早于起始日 2022-03-01")]
    assert len(register.tables["loans"] or []) == 2


def test_averages(read: Read) -> None:
    register = read(
        enterprises=f"uscc\n{A}\n",
        rd_intensity_average="division,year,average\n36,2021,0.021\n36,2021,0.021\n13,2021,0.01\n13,2021,0.02\n27,2021,\n",
    )
    assert warnings(register) == [(3, "与第 2 行完全相同，只算一次")]
    assert [row for row, _reason in errors(register)] == [4, 5]
    parameters = register.rule_parameters()
    assert parameters.lookup("rd_intensity_average", (36, 2021)) == Decimal("0.021")
    assert parameters.lookup("rd_intensity_average", (13, 2021)) is None
    assert parameters.lookup("rd_intensity_average", (27, 2021)) is None


def test_absent_averages_are_unknown(read: Read) -> None:
    register = read(enterprises=f"uscc\n{A}\n")
    assert register.parameters == {"rd_intensity_average": None}
    assert not register.rule_parameters().has_table("rd_intensity_average")


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("", "没有表头"),
        ("公司,代码", "没有一个认得的列名"),
        ("name,kind", "缺少必需的列"),
        ("uscc,统一社会信用代码", "列重复"),
        ("uscc;name;kind", "没有一个认得的列名"),
    ],
)
def test_wrong_headers_make_the_table_unusable(read: Read, header: str, reason: str) -> None:
    register = read(enterprises=f"{header}\n{A},甲\n")
    assert any(reason in text for _row, text in errors(register))
    assert register.unusable == {"enterprises"}
    assert not list(register.subjects())


def test_wrong_header_names_the_separator_and_the_expected_columns(read: Read) -> None:
    register = read(enterprises=f"uscc;name\n{A};甲\n")
    advice = register.problems[0].advice
    assert "分号" in advice
    assert "统一社会信用代码" in advice


def test_unknown_columns_are_named_and_ignored(read: Read) -> None:
    register = read(enterprises=f"uscc,营业收入2021（万元）,经营收入2021,备注,\n{A},1,2,3,\n")
    assert [p.column for p in register.problems] == ["营业收入2021（万元）", "经营收入2021", "备注"]
    assert "以元为单位" in register.problems[0].advice
    assert "营业收入 2021" in register.problems[1].advice
    assert not register.has_errors
    assert register.enterprises[0]["operating_revenue_2021"] is None


def test_ragged_rows_are_errors(read: Read) -> None:
    register = read(enterprises=f"uscc,name,kind\n{A},甲\n{B},乙,企业,,\n{C},丙,企业,多\n\n,,\n")
    assert errors(register) == [(2, "这一行有 2 格，表头有 3 列"), (4, "这一行有 4 格，表头有 3 列")]
    assert register.enterprises.column("uscc") == [B]


def test_every_problem_of_a_row_is_found_at_once(read: Read) -> None:
    register = read(enterprises=f"uscc,kind,employees_2021,operating_revenue_2021\n{A},公司,-1,20万\n")
    assert [p.column for p in register.problems] == ["kind", "employees_2021", "operating_revenue_2021"]
    assert all(p.row == 2 and p.advice for p in register.problems)


def test_a_column_of_slashed_dates_is_told_once(read: Read) -> None:
    register = read(enterprises=f"uscc,established_on\n{A},2020/1/2\n{B},2020/1/3\n")
    assert register.enterprises.column("established_on") == [dt.date(2020, 1, 2), dt.date(2020, 1, 3)]
    assert [row for row, _reason in warnings(register)] == [2]


def test_a_wrong_check_character_is_told_once_for_all_tables(read: Read) -> None:
    wrong = "91500113MA5U000011"
    register = read(enterprises=f"uscc\n{wrong}\n", loans=f"uscc,loan_id\n{wrong},1\n{wrong},2\n")
    assert [(p.file, p.row) for p in register.problems] == [("enterprises.csv", 2)]
    assert len(dict(register.subjects())[wrong].rows("loans") or []) == 2


def test_problems_beyond_the_limit_are_counted(read: Read) -> None:
    rows = "".join(f"{A[:17]}\n" for _ in range(30))
    register = read(Limits(problems=10), enterprises=f"uscc\n{rows}")
    assert register.error_count == 30
    assert len(register.problems) == 11
    assert "另有 20 个" in register.problems[-1].reason


def test_too_many_rows_stop_the_reading(read: Read) -> None:
    register = read(Limits(rows=1), enterprises=f"uscc\n{A}\n{B}\n")
    assert errors(register) == [(None, "超过 1 行")]
    assert register.unusable == {"enterprises"}


def test_digest_changes_with_any_value_and_with_unknown(read: Read) -> None:
    digests = [
        read(enterprises=f"uscc,name,employees_2021\n{A},甲,{employees}\n", **more).digest
        for employees, more in [("0", {}), ("", {}), ("1", {})]
    ]
    digests.append(read(enterprises=f"uscc,name,employees_2021\n{A},甲,1\n", loans="uscc,loan_id\n").digest)
    assert len(set(digests)) == 4


def test_progress_reaches_the_end(read: Read, tmp_path: Path, dictionary: FactDictionary) -> None:
    read(enterprises="uscc,name\n" + f"{A},甲\n" * 5000, loans=f"uscc,loan_id\n{A},1\n")
    seen: list[tuple[int, int]] = []

    def note(progress: Progress) -> None:
        seen.append((progress.done, progress.total))

    read_register(tmp_path / "register", dictionary, progress=note)
    assert len(seen) == 4
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1] > 0
