"""Bytes of CSV files: encodings, quotes, endless cells, things that are no CSV."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.register_io.helpers import A, B, C, errors, warnings

from babashi.register_io import Limits, Register, read_register
from babashi.rules.facts import FactDictionary

Read = Callable[..., Register]
TEXT = f"统一社会信用代码,名称\r\n{A},重庆镕玥有限公司\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(read: Read, encoding: str) -> None:
    register = read(enterprises=TEXT.encode(encoding))
    assert not register.problems
    assert register.enterprises[0]["name"] == "重庆镕玥有限公司"


def test_gb18030_of_a_large_file_is_cut_at_no_character(read: Read) -> None:
    rows = "".join(f"{A[:12]}{n:06d},名称{'镕' * 37}\n" for n in range(20_000))
    register = read(enterprises=f"uscc,name\n{rows}".encode("gb18030"))
    assert len(register.enterprises) == 20_000
    assert set(register.enterprises.column("name")) == {f"名称{'镕' * 37}"}


def test_moved_characters_of_old_gb18030_are_put_in_their_present_place(read: Read) -> None:
    data = f"uscc,name\n{A},重庆".encode("gb18030") + b"\xfe\x59" + "厂\n".encode("gb18030")
    assert read(enterprises=data).enterprises[0]["name"] == "重庆龴厂"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (TEXT.encode("utf-16"), "UTF-16"),
        (TEXT.encode("utf-16-le"), "UTF-16"),
        (b"PK\x03\x04rest", ".xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Excel"),
        (b"%PDF-1.7\n", "PDF"),
        (b"MZ\x90\x00", "程序"),
        (TEXT.encode() + b"x,\xff\xfe\xff\n", "第 3 行起既不是"),
        (TEXT.encode() + f"{B},重庆\n".encode("gb18030"), "第 3 行起既不是"),
        (b"\x00" * 100, "UTF-16 或 UTF-32"),
        (b"", "没有表头"),
    ],
)
def test_what_is_no_csv_gets_a_clear_answer(read: Read, data: bytes, reason: str) -> None:
    register = read(enterprises=data)
    [(_row, text)] = errors(register)
    assert reason in text
    assert register.unusable == {"enterprises"}


def test_crlf_lone_cr_and_missing_last_newline(read: Read) -> None:
    for ending in ("\n", "\r\n", "\r"):
        text = ending.join(["uscc,name", f"{A},甲", f"{B},乙"])
        assert read(enterprises=text).enterprises.column("name") == ["甲", "乙"]


def test_quoted_commas_quotes_and_line_ends(read: Read) -> None:
    register = read(enterprises=f'uscc,name,contact_name\n{A},"甲,""乙""",丙\n"{B}","甲\n乙",丙\n{C},丁,\n')
    assert register.enterprises[0]["name"] == '甲,"乙"'
    assert register.enterprises[1]["name"] == "甲 乙"
    assert warnings(register) == [(3, "文字里有换行，已读成一行")]
    assert [row.number for row in register.enterprises] == [2, 3, 4]


def test_broken_quotes_spoil_one_row_only(read: Read) -> None:
    register = read(enterprises=f'uscc,name\n{A},"甲"乙\n{B},"丙\n{C},丁\n')
    assert [row for row, _reason in errors(register)] == [2, 3]
    assert register.enterprises.column("name") == ["丁"]
    assert [row.uscc for row in register.rejected_rows] == [A, B]


def test_a_broken_child_row_still_makes_its_table_unknown(read: Read) -> None:
    register = read(enterprises=f"uscc\n{A}\n{B}\n", loans=f'uscc,loan_id\n{A},"1\n{B},2\n')
    assert dict(register.subjects())[A].rows("loans") is None
    assert len(dict(register.subjects())[B].rows("loans") or []) == 1


def test_a_cell_of_ten_megabytes_is_one_error(read: Read) -> None:
    big = "甲" * (10 * 1024 * 1024 // 3)
    register = read(enterprises=f"uscc,name\n{A},{big}\n{B},乙\n")
    [(row, reason)] = errors(register)
    assert row == 2
    assert "太长" in reason
    assert register.enterprises.column("uscc") == [B]
    assert all(len(str(problem)) < 500 for problem in register.problems)


def test_a_quoted_cell_of_ten_megabytes_in_many_lines(read: Read) -> None:
    big = ("甲" * 1000 + "\n") * 3400
    register = read(Limits(broken_rows=5000), enterprises=f'uscc,name\n{A},"{big}"\n{B},乙\n')
    assert register.has_errors
    assert register.enterprises.column("uscc") == [B]


def test_nul_is_an_error_of_its_row(read: Read) -> None:
    register = read(enterprises=f"uscc,name\n{A},甲\x00\n{B},乙\n")
    [(row, reason)] = errors(register)
    assert row == 2
    assert "NUL" in reason
    assert register.enterprises.column("uscc") == [B]


def test_endless_broken_rows_stop_the_reading(read: Read) -> None:
    register = read(Limits(broken_rows=20), enterprises="uscc,name\n" + 'a,"b"c\n' * 50)
    assert "超过 20 行" in errors(register)[-1][1]
    assert register.unusable == {"enterprises"}


def test_too_large_a_file_is_not_opened(read: Read) -> None:
    register = read(Limits(file_bytes=10), enterprises=TEXT)
    assert "文件超过" in errors(register)[0][1]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(read: Read, tmp_path: Path, dictionary: FactDictionary) -> None:
    read(enterprises=TEXT)
    (tmp_path / "register" / "enterprises.csv").chmod(0)
    assert "打不开" in errors(read_register(tmp_path / "register", dictionary))[0][1]
