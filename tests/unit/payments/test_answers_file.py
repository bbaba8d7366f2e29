"""The bank's file in every shape a bank sends it, and in shapes that must be refused with words."""

from __future__ import annotations

import contextlib
import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from babashi.payments.answers_file import COLUMNS, MAX_ROWS, AnswerRow, read_answers
from babashi.payments.errors import BadAnswerFile

GOOD = {
    "批次号": "PC20220901-001", "支付编号": "ZF-SB20220901-000001-1", "状态": "成功", "金额": "200000.00",
    "支付日期": "2022-09-05", "银行流水号": "B-1", "原因": "",
}  # fmt: skip
READ = AnswerRow(
    2, GOOD["批次号"], GOOD["支付编号"], "成功", Decimal("200000.00"), date(2022, 9, 5), "B-1", ""
)


def table(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    return "\r\n".join(",".join(f'"{cell}"' if "," in cell else cell for cell in line) for line in lines)


def sheet(*rows: dict[str, Any], columns: tuple[str, ...] = COLUMNS) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(list(columns))
    for row in rows:
        page.append([row.get(name) for name in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def problem(content: bytes) -> str:
    with pytest.raises(BadAnswerFile) as refused:
        read_answers(content)
    return "；".join(refused.value.problems)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_every_encoding_of_a_bank(encoding: str) -> None:
    assert read_answers(table(GOOD).encode(encoding)) == [READ]


def test_a_workbook_with_real_numbers_and_dates() -> None:
    row = {**GOOD, "金额": 200000, "支付日期": date(2022, 9, 5), "原因": None}
    assert read_answers(sheet(row)) == [READ]
    assert read_answers(sheet({**row, "金额": 0.1 + 0.2}))[0].amount == Decimal("0.30")


def test_other_order_more_columns_and_empty_lines() -> None:
    order = ("备注", "原因", "银行流水号", "支付日期", "金额", "状态", "支付编号", "批次号", "经办")
    text = table({**GOOD, "备注": "x", "经办": "y"}, columns=order)
    assert read_answers(text.encode()) == [READ]
    first, *rest = text.split("\r\n")
    [row] = read_answers("\r\n".join(["", first, ",,", *rest, "", ""]).encode())
    assert row.number == 4, "lines are counted as the spreadsheet counts them"


def test_signs_that_nobody_sees_do_not_count() -> None:
    hidden = {name: f"\u200b{text[:1]}\u2060{text[1:]}\u202c" for name, text in GOOD.items()}
    assert read_answers(table(hidden).encode()) == [READ]
    assert read_answers(sheet(hidden)) == [READ]
    heads = tuple(f"\ufeff{name}\u200e" for name in COLUMNS)
    content = table(GOOD).replace(",".join(COLUMNS), ",".join(heads))
    assert read_answers(content.encode()) == [READ]


@pytest.mark.parametrize(
    "written", ["2022-09-05", "2022/9/5", "2022.09.05", "2022年9月5日", "20220905", "2022-09-05 14:03:22"]
)
def test_dates_in_the_forms_banks_write(written: str) -> None:
    assert read_answers(table({**GOOD, "支付日期": written}).encode())[0].paid_on == date(2022, 9, 5)


@pytest.mark.parametrize(
    "written",
    ["2022111", "202295", "2022-1105", "05/09/2022", "2022-13-01", "2022-02-30", "44809", "九月五日"],
)
def test_a_date_that_could_be_another_day_is_refused(written: str) -> None:
    assert "支付日期" in problem(table({**GOOD, "支付日期": written}).encode())


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("200,000.00", "200000.00"), ("200，000", "200000.00"), ("￥200,000.00", "200000.00"),
        ("200000.5元", "200000.50"), ("1,234,567.89", "1234567.89"), ("0.01", "0.01"),
    ],
)  # fmt: skip
def test_amounts_with_separators_and_signs(written: str, amount: str) -> None:
    [row] = read_answers(sheet({**GOOD, "金额": written}))
    assert row.amount == Decimal(amount)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("-200000.00", "负数"), ("－1", "负数"), ("(200.00)", "负数"), ("0", "大于零"), ("0.00", "大于零"),
        ("1e5", "不是数字"), ("200000,00", "不是数字"), ("2,00,000", "不是数字"), ("1.005", "两位小数"),
        ("200 000", "不是数字"), ("NaN", "不是数字"), ("Infinity", "不是数字"), ("", "不是数字"),
        ("9999999999999", "大于零"), ("二十万", "不是数字"),
    ],
)  # fmt: skip
def test_amounts_that_could_be_another_sum_are_refused(written: str, words: str) -> None:
    found = problem(sheet({**GOOD, "金额": written}))
    assert "第 2 行" in found
    assert words in found


def test_an_unquoted_thousands_comma_shifts_nothing_silently() -> None:
    line = f"{GOOD['批次号']},{GOOD['支付编号']},退回,200,000.00,2022-09-05,B-1,账户有误"
    assert "格数比表头多" in problem(f"{','.join(COLUMNS)}\n{line}\n".encode())


def test_long_numbers_that_a_spreadsheet_spoilt_are_refused() -> None:
    assert "失真" in problem(sheet({**GOOD, "银行流水号": 1.23456789012345e18}))
    assert read_answers(sheet({**GOOD, "银行流水号": 123456789012}))[0].reference == "123456789012"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"\r\n\r\n", "没有数据行"),
        (",".join(COLUMNS).encode(), "没有数据行"),
        (table(GOOD, columns=COLUMNS[:-3]).encode(), "缺少列：支付日期、银行流水号、原因"),
        (table(GOOD, columns=(*COLUMNS, "金额")).encode(), "重复的列名"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "CSV"),
        (b"PK\x03\x04" + b"\x00" * 50, "损坏"),
        ("\ufeff".encode("utf-16") + table(GOOD).encode("utf-16-le"), "UTF-8"),
        (table({**GOOD, "状态": "失败"}).encode(), "只能是 成功 或 退回"),
        (table({**GOOD, "支付编号": ""}).encode(), "支付编号是空的"),
        (table({**GOOD, "支付日期": ""}).encode(), "要有支付日期"),
        (table({**GOOD, "银行流水号": ""}).encode(), "要有银行流水号"),
        (table({**GOOD, "原因": "长" * 301}).encode(), "超过 300 个字"),
        (table({**GOOD, "银行流水号": "9" * 81}).encode(), "“银行流水号”超过 80 个字"),
        (table({**GOOD, "支付编号": "Z" * 61}).encode(), "“支付编号”超过 60 个字"),
        (table({**GOOD, "批次号": "P" * 61}).encode(), "“批次号”超过 60 个字"),
        ((table(GOOD) + '\r\n"没有配对,').encode(), "第 3 行"),
    ],
)
def test_what_cannot_be_read_is_refused_with_words(content: bytes, words: str) -> None:
    assert words in problem(content)


def test_a_cell_of_ten_megabytes() -> None:
    assert "超过 5 MB" in problem(table({**GOOD, "原因": "a" * (10 << 20)}).encode())
    assert "超过 300 个字" in problem(sheet({**GOOD, "原因": "a" * (10 << 20)}))
    assert "单元格过长" in problem(table({**GOOD, "原因": "a" * (1 << 20)}).encode())


def test_a_sheet_formatted_to_its_end_is_read_and_too_many_rows_are_not() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(list(COLUMNS))
    page.append([GOOD[name] for name in COLUMNS])
    page.cell(MAX_ROWS + 500, 1, " ")
    out = io.BytesIO()
    book.save(out)
    assert len(read_answers(out.getvalue())) == 1
    many = "\n".join([",".join(COLUMNS), *(["P,Z,退回,1,,,"] * (MAX_ROWS + 1))])
    assert "分批导入" in problem(many.encode())


def test_all_mistakes_are_named_at_once() -> None:
    found = problem(table({**GOOD, "金额": "x"}, GOOD, {**GOOD, "状态": "x"}).encode())
    assert "第 2 行" in found
    assert "第 4 行" in found
    assert "第 3 行" not in found


@given(content=st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode()))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(BadAnswerFile):
        assert read_answers(content)


@given(
    amount=st.integers(1, 10**13).map(lambda fen: Decimal(fen) / 100),
    day=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    style=st.sampled_from(["{:f}", "{:,.2f}", "￥{:,.2f}"]),
)
def test_what_a_bank_writes_is_read_to_the_fen(amount: Decimal, day: date, style: str) -> None:
    [row] = read_answers(table({**GOOD, "金额": style.format(amount), "支付日期": day.isoformat()}).encode())
    assert (row.amount, row.paid_on) == (amount, day)


def test_a_day_that_does_not_exist_is_not_answered_with_another_day_as_correction() -> None:
    with pytest.raises(BadAnswerFile) as caught:
        read_answers(table({**GOOD, "支付日期": "2022-02-30"}).encode())
    assert "“2022-02-30”不对" in str(caught.value.problems)
