"""``babashi register check``."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from tests.unit.register_io.helpers import A

from babashi.cli import main


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    (tmp_path / "enterprises.csv").write_text(f"uscc,employees_2021,remark\n{A},-1,x\n")
    return tmp_path


def test_problems_go_to_standard_output_and_errors_give_2(
    bad: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["register", "check", str(bad)]) == 2
    out, err = capsys.readouterr()
    assert "错误  enterprises.csv 第 2 行“employees_2021”：不能是负数" in out
    assert "错误 1 个，提示 1 个" in err
    assert "贷款没有提供（一律按未知处理）" in err


def test_json_and_csv(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["register", "check", str(bad), "--format", "json"]) == 2
    problems = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(p["severity"], p["row"]) for p in problems] == [("warning", 1), ("error", 2)]
    assert main(["register", "check", str(bad), "--format", "csv"]) == 2
    assert len(list(csv.reader(capsys.readouterr().out.splitlines()))) == 3


def test_warnings_do_not_change_the_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "loans.csv").write_text(f"uscc,loan_id\n{A},1\n")
    assert main(["register", "check", str(tmp_path)]) == 0
    assert "没有企业表" in capsys.readouterr().out
    assert main(["register", "check", str(tmp_path), "--for-match"]) == 2


def test_a_table_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "enterprises.csv").write_bytes(b"\xff\xfe\x00")
    assert main(["register", "check", str(tmp_path)]) == 2
    assert "企业读不了" in capsys.readouterr().err
