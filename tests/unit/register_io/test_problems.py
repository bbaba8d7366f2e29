"""The list of problems as a file for people."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from babashi.register_io import Problem, write_problems_csv
from babashi.register_io.problems import shorten


def test_list_opens_in_excel_and_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    evil = Problem("error", "loans.csv", 7, "本金", '=HYPERLINK("x")', "不是数字", "写成 200000")
    write_problems_csv([evil, Problem("warning", "a.txt", None, None, None, "不认识的文件", "-")], path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["程度", "文件", "行", "列", "原值", "问题", "应当怎样写"]
    assert rows[1] == ["错误", "loans.csv", "7", "本金", '\'=HYPERLINK("x")', "不是数字", "写成 200000"]
    assert rows[2] == ["提示", "a.txt", "", "", "", "不认识的文件", "'-"]


def test_nothing_half_written(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("old")

    def failing() -> Iterator[Problem]:
        yield Problem("error", "a", 1, None, None, "b", "c")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_problems_csv(failing(), path)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["list.csv"]


def test_a_problem_in_words() -> None:
    problem = Problem("error", "loans.csv", 7, "本金", "-1", "不能是负数", "真是零就写 0")
    assert str(problem) == "loans.csv 第 7 行“本金”：不能是负数（原值：-1）。真是零就写 0。"


def test_long_values_are_cut_and_kept_on_one_line() -> None:
    assert shorten("a\nb\x00c") == "a b c"
    assert shorten("甲" * 1000) == "甲" * 60 + "…（共 1000 个字符）"
