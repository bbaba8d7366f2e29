"""XLSX: sheets, dates, formulas and attacks."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from tests.unit.register_io.helpers import A, B, errors, warnings
from xlsxwriter import Workbook

from babashi.register_io import Limits, read_register
from babashi.register_io.spreadsheet import date_text, is_date_format, number_text
from babashi.rules.facts import FactDictionary
from babashi.rules.values import NEVER

Part = Callable[[bytes], bytes]


def rewrite(path: Path, changes: dict[str, Part], extra: dict[str, bytes] | None = None) -> None:
    """Change parts of a package, or add some."""
    with zipfile.ZipFile(path) as package:
        parts = {info.filename: package.read(info) for info in package.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, changes.get(name, lambda same: same)(data))
        for name, data in (extra or {}).items():
            package.writestr(name, data)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook as Excel writes it: shared strings, real dates and numbers."""
    path = tmp_path / "register.xlsx"
    workbook = Workbook(str(path))
    date = workbook.add_format({"num_format": 'yyyy"年"m"月"d"日"'})
    sheet = workbook.add_worksheet("企业")
    header = [
        "统一社会信用代码",
        "名称",
        "成立日期",
        "从业人员 2021",
        "营业收入 2021",
        "首次升规年度",
        "战略性新兴产业",
    ]
    sheet.write_row(0, 0, header)
    sheet.write_row(1, 0, [A, "重庆某某有限公司"])
    sheet.write_datetime(1, 2, dt.date(2012, 5, 18), date)
    sheet.write_row(1, 3, [86, 0.1 + 0.2, "无"])
    sheet.write_boolean(1, 6, True)
    sheet.write_row(3, 0, [B, "乙"])
    sheet.write_formula(3, 4, "=1000*2.5", None, 2500)
    loans = workbook.add_worksheet("loans")
    loans.write_row(0, 0, ["uscc", "loan_id", "annual_rate"])
    percent = workbook.add_format({"num_format": "0.00%"})
    loans.write_row(1, 0, [A, "1"])
    loans.write_number(1, 2, 0.0435, percent)
    workbook.close()
    return path


def test_a_workbook_as_excel_writes_it(book: Path, dictionary: FactDictionary) -> None:
    register = read_register(book, dictionary)
    assert not register.problems
    first, second = register.enterprises
    assert first["established_on"] == dt.date(2012, 5, 18)
    assert first["employees_2021"] == 86
    assert first["operating_revenue_2021"] == Decimal("0.30")
    assert first["first_above_scale_year"] is NEVER
    assert first["strategic_emerging"] is True
    assert second["operating_revenue_2021"] == Decimal("2500.00")
    assert second["established_on"] is None
    assert second.number == 4
    assert second.place == "register.xlsx[企业] 第 4 行"
    assert (register.tables["loans"] or [])[0]["annual_rate"] == Decimal("0.0435")
    assert register.tables["projects"] is None


def test_a_folder_with_csv_and_workbook(book: Path, dictionary: FactDictionary) -> None:
    (book.parent / "projects.csv").write_text(f"uscc,project_id\n{A},1\n")
    register = read_register(book.parent, dictionary)
    assert not register.problems
    assert len(register.tables["projects"] or []) == 1
    (book.parent / "loans.csv").write_text("uscc,loan_id\n")
    assert "“贷款”表重复" in errors(read_register(book.parent, dictionary))[0][1]


def test_one_sheet_takes_the_name_of_its_file(tmp_path: Path, dictionary: FactDictionary) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["uscc"])
    workbook.active.append([A])
    workbook.save(tmp_path / "enterprises.xlsx")
    register = read_register(tmp_path, dictionary)
    assert not register.problems
    assert register.enterprises.column("uscc") == [A]


def test_unknown_sheets_are_reported(book: Path, dictionary: FactDictionary) -> None:
    workbook = openpyxl.load_workbook(book)
    workbook.create_sheet("说明")
    workbook.save(book)
    assert warnings(read_register(book, dictionary)) == [(None, "不认识的工作表，已忽略")]


def sheet_with(tmp_path: Path, dictionary: FactDictionary, cells: str) -> list[tuple[int | None, str]]:
    """Errors of a workbook whose second row has these cells."""
    path = tmp_path / "enterprises.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.append(["uscc", "operating_revenue_2021"])
    workbook.active.append([A, 1])
    workbook.save(path)

    def change(data: bytes) -> bytes:
        head, row, tail = data.partition(b'<row r="2"')
        _old, end, rest = tail.partition(b"</row>")
        return head + row + b">" + cells.encode() + end + rest

    rewrite(path, {"xl/worksheets/sheet1.xml": change})
    return errors(read_register(path, dictionary))


CODE = f'<c r="A2" t="inlineStr"><is><t>{A}</t></is></c>'


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (CODE + '<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "错误值 #DIV/0!"),
        (CODE + '<c r="B2"><f>SUM(C1:C9)</f></c>', "公式没有保存计算结果"),
        (CODE + '<c r="B2" t="s"><v>99</v></c>', "不存在的文字"),
        (CODE + '<c r="B2"><v>NaN</v></c>', "不是数字"),
        (CODE + '<c r="B2"><v>-5</v></c>', "负数"),
        (CODE + '<c r="A2"><v>1</v></c>', "次序混乱"),
        (CODE + '<c r="ZZZ2"><v>1</v></c>', "超过 200 列"),
        ('<c r="A2"><v>915001130000000012</v></c>', "统一社会信用代码不完整"),
    ],
)
def test_bad_cells(tmp_path: Path, dictionary: FactDictionary, cells: str, reason: str) -> None:
    [(row, text)] = sheet_with(tmp_path, dictionary, cells)
    assert row == 2
    assert reason in text


def test_a_formula_with_its_stored_result_is_read(tmp_path: Path, dictionary: FactDictionary) -> None:
    assert sheet_with(tmp_path, dictionary, CODE + '<c r="B2"><f>1+1</f><v>2</v></c>') == []


def test_macros_are_neither_run_nor_minded(book: Path, dictionary: FactDictionary) -> None:
    rewrite(book, {}, {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0macro"})
    book.rename(book.with_suffix(".xlsm"))
    assert not read_register(book.with_suffix(".xlsm"), dictionary).problems


def test_a_bomb_is_refused_before_it_is_opened(book: Path, dictionary: FactDictionary) -> None:
    rewrite(book, {}, {"xl/media/image1.bin": b"\x00" * (30 << 20)})
    [(_row, reason)] = errors(read_register(book, dictionary))
    assert "压缩率异常" in reason


def test_bounds_of_a_workbook(book: Path, dictionary: FactDictionary) -> None:
    for limits, reason in [
        (Limits(workbook_bytes=100), "工作簿超过"),
        (Limits(workbook_unpacked_bytes=1000), "展开后"),
        (Limits(workbook_entries=3), "部件"),
        (Limits(workbook_strings_bytes=10), "文字表"),
        (Limits(workbook_row_bytes=50), "太大"),
    ]:
        register = read_register(book, dictionary, limits=limits)
        assert reason in errors(register)[0][1]
        assert not len(register.enterprises)


def test_entities_are_refused(book: Path, dictionary: FactDictionary) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'

    def change(data: bytes) -> bytes:
        declaration, end, rest = data.partition(b"?>")
        return declaration + end + bomb + rest

    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"):
        copy = book.with_name("copy.xlsx")
        copy.write_bytes(book.read_bytes())
        rewrite(copy, {part: change})
        assert "文档类型" in errors(read_register(copy, dictionary))[0][1]


def test_encrypted_old_and_broken_workbooks(tmp_path: Path, dictionary: FactDictionary) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
    cases = {
        ole + "EncryptedPackage".encode("utf-16-le"): "密码",
        ole + "Workbook".encode("utf-16-le"): "旧版",
        b"PK\x03\x04 not really": "不是有效的",
        b"": "不是有效的",
        b"uscc,name\n": "不是有效的",
    }
    for data, reason in cases.items():
        path = tmp_path / "enterprises.xlsx"
        path.write_bytes(data)
        register = read_register(path, dictionary)
        assert reason in errors(register)[0][1]
        assert register.unusable == {"enterprises"}


def test_damaged_parts(book: Path, dictionary: FactDictionary) -> None:
    original = book.read_bytes()
    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"):
        for change in (lambda data: data[: len(data) // 2], lambda data: b"", lambda data: b"<a/>"):
            book.write_bytes(original)
            rewrite(book, {part: change})
            register = read_register(book, dictionary)
            assert register.has_errors or part in ("xl/styles.xml", "xl/sharedStrings.xml")


def test_a_damaged_archive(book: Path, dictionary: FactDictionary) -> None:
    data = bytearray(book.read_bytes())
    place = data.find(b"xl/worksheets/sheet1.xml") + 60
    data[place : place + 40] = b"\xff" * 40
    book.write_bytes(bytes(data))
    assert read_register(book, dictionary).has_errors


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("86", "86"),
        ("0.30000000000000004", "0.3"),
        ("3.6E7", "36000000"),
        ("1E-3", "0.001"),
        ("-5.50", "-5.5"),
        ("0", "0"),
        ("999999999999999", "999999999999999"),
        ("915001130000000012", "9.15001130000000E+17"),
        ("1E-30", "1.00000000000000E-30"),
        ("abc", "abc"),
    ],
)
def test_numbers_as_they_would_be_typed(value: str, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("value", "starts_1904", "text"),
    [
        ("44621", False, "2022-03-01"),
        ("44621.5", False, "2022-03-01 12:00:00"),
        ("43159", True, "2022-03-01"),
        ("1", False, "1900-01-01"),
        ("59", False, "1900-02-28"),
        ("61", False, "1900-03-01"),
        ("0.5", False, "0.5"),
        ("-3", False, "-3"),
        ("1E300", False, "1E300"),
        ("NaN", False, "NaN"),
    ],
)
def test_days_of_a_sheet(value: str, starts_1904: bool, text: str) -> None:
    assert date_text(value, starts_1904) == text


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("yyyy/m/d", True),
        ('yyyy"年"m"月"', True),
        ("[$-804]yyyy年m月d日", True),
        ("[h]:mm", True),
        ("0.00", False),
        ('#,##0"元/day"', False),
        ("[Red]0.00", False),
        ("General", False),
        ("0.00_d", False),
    ],
)
def test_date_formats(code: str, is_date: bool) -> None:
    assert is_date_format("164", code) is is_date


def test_built_in_date_formats() -> None:
    assert is_date_format("14", None)
    assert is_date_format("31", None)
    assert not is_date_format("2", None)
