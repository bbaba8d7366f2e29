"""Which files of a folder are read, and what is said about the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.unit.register_io.helpers import A, errors, warnings

from babashi.register_io import Limits, Register, problems_path, read_register
from babashi.rules.facts import FactDictionary

ENTERPRISES = f"uscc\n{A}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "register"
    path.mkdir()
    (path / "enterprises.csv").write_text(ENTERPRISES)
    return path


def test_chinese_file_names(tmp_path: Path, dictionary: FactDictionary) -> None:
    (tmp_path / "企业.csv").write_text(ENTERPRISES)
    (tmp_path / "贷款.CSV").write_text(f"uscc,loan_id\n{A},1\n")
    register = read_register(tmp_path, dictionary)
    assert not register.problems
    assert len(register.tables["loans"] or []) == 1


def test_unknown_files_and_folders_are_reported(folder: Path, dictionary: FactDictionary) -> None:
    (folder / "notes.txt").write_text("x")
    (folder / "more.csv").write_text("x")
    (folder / "old").mkdir()
    for quiet in (".DS_Store", "Thumbs.db", "~$enterprises.xlsx", "district-problems.csv"):
        (folder / quiet).write_text("x")
    register = read_register(folder, dictionary)
    assert not register.has_errors
    assert {p.file for p in register.problems} == {"notes.txt", "more.csv", "old"}


def test_a_folder_named_like_a_table(folder: Path, dictionary: FactDictionary) -> None:
    (folder / "loans.csv").mkdir()
    assert errors(read_register(folder, dictionary)) == [(None, "是一个文件夹，不是文件")]


def test_links_are_not_followed(folder: Path, tmp_path: Path, dictionary: FactDictionary) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(f"uscc,loan_id\n{A},1\n")
    (folder / "loans.csv").symlink_to(secret)
    register = read_register(folder, dictionary)
    assert errors(register) == [(None, "是一个链接，不读取")]
    assert register.tables["loans"] is None


def test_a_pipe_is_not_waited_for(folder: Path, dictionary: FactDictionary) -> None:
    os.mkfifo(folder / "loans.csv")
    assert errors(read_register(folder, dictionary)) == [(None, "不是普通文件，不读取")]


def test_the_same_table_twice(folder: Path, dictionary: FactDictionary) -> None:
    (folder / "企业.csv").write_text(ENTERPRISES)
    assert errors(read_register(folder, dictionary)) == [(None, "“企业”表重复：enterprises.csv 里也有")]


@pytest.mark.parametrize("name", ["nothing-here", "empty", "file.csv"])
def test_nothing_to_read(tmp_path: Path, dictionary: FactDictionary, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.csv").write_text(ENTERPRISES)
    register = read_register(tmp_path / name, dictionary)
    assert len(errors(register)) == 1
    assert not register.has_enterprises


def test_a_path_with_a_nul(dictionary: FactDictionary) -> None:
    assert read_register(Path("a\x00b"), dictionary).has_errors


def test_too_many_files(folder: Path, dictionary: FactDictionary) -> None:
    for number in range(10):
        (folder / f"{number}.txt").write_text("")
    register = read_register(folder, dictionary, limits=Limits(folder_entries=5))
    assert "超过 5 个" in errors(register)[0][1]


def test_synthetic_marker_is_seen_in_every_source(folder: Path, dictionary: FactDictionary) -> None:
    real = read_register(folder, dictionary)
    (folder / "合成数据.txt").write_text("合成")
    marked = read_register(folder, dictionary)
    assert (real.synthetic, marked.synthetic) == (False, True)
    assert not warnings(marked)
    assert real.digest != marked.digest
    kinds = [next(register.subjects())[1].sources["uscc"].kind for register in (real, marked)]
    assert kinds == ["official", "synthetic"]


def test_problems_are_written_beside_the_input(folder: Path, tmp_path: Path) -> None:
    assert problems_path(folder) == tmp_path / "register-problems.csv"
    assert problems_path(tmp_path / "book.xlsx") == tmp_path / "book-problems.csv"


def test_unusable_enterprises_keep_children(folder: Path, dictionary: FactDictionary) -> None:
    (folder / "enterprises.csv").write_text("nothing\n1\n")
    (folder / "loans.csv").write_text(f"uscc,loan_id\n{A},1\n")
    register: Register = read_register(folder, dictionary)
    assert register.table("enterprises") is None
    assert len(register.table("loans") or []) == 1
