"""``babashi match`` and ``babashi packs`` on the command line: formats, messages, exit status."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from babashi.cli import main
from babashi.rules import packs_root
from babashi.rules.commands import outputs

ENTERPRISES = """uscc,name,kind,district,industry_code,first_above_scale_year,food_activities
91350100M000100Y43,=HYPERLINK(1),企业,500113,3612,2021,无
11500113009307164P,乙公司,企业,500113,5110,,销售|餐饮
"""
KEYS = ["uscc", "item", "verdict", "amount_min", "amount_max", "failed", "missing", "closed"]


@pytest.fixture
def register(tmp_path: Path) -> Path:
    folder = tmp_path / "登记表"
    folder.mkdir()
    (folder / "enterprises.csv").write_text(ENTERPRISES, encoding="utf-8")
    return folder


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def babashi(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run a command in this process; exit status, standard output, standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        out, err = capfdbinary.readouterr()
        return status, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")

    return run


def match(register: Path, *more: object) -> tuple[object, ...]:
    return ("match", register, "--pack", "banan-2022-63", "--as-of", "2022-09-01", *more)


def test_json_lines_have_the_fixed_keys_in_order(register: Path, babashi: Run) -> None:
    status, out, _ = babashi(*match(register, "--format", "jsonl"))
    lines = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert len(lines) == 2 * 7
    assert all(list(line) == KEYS for line in lines)
    assert lines[0] == {
        "uscc": "91350100M000100Y43",
        "item": "banan-2022-63/scale-up",
        "verdict": "eligible",
        "amount_min": "200000.00",
        "amount_max": "200000.00",
        "failed": [],
        "missing": [],
        "closed": False,
    }
    assert [line["item"].partition("/")[2] for line in lines[:7]] == [
        "scale-up", "green-demonstration", "green-retrofit", "rd-investment", "interest-subsidy", "food-insurance",
        "targeted-training",
    ]  # fmt: skip


def test_csv_says_the_same_as_json_lines(register: Path, babashi: Run) -> None:
    _, lines, _ = babashi(*match(register, "--format", "jsonl"))
    _, table, _ = babashi(*match(register, "--format", "csv"))
    rows = list(csv.DictReader(io.StringIO(table)))
    for line, row in zip(map(json.loads, lines.splitlines()), rows, strict=True):
        assert list(row) == KEYS
        assert row["missing"] == "|".join(line["missing"])
        assert row["failed"] == "|".join(line["failed"])
        assert row["amount_max"] == (line["amount_max"] or "")
        assert row["closed"] == str(line["closed"]).lower()


def test_a_workbook_runs_no_formula(register: Path, babashi: Run, tmp_path: Path) -> None:
    target = tmp_path / "结果.xlsx"
    status, out, err = babashi(*match(register, "--format", "xlsx", "--output", target))
    assert (status, out) == (0, "")
    assert str(target) in err
    sheet = openpyxl.load_workbook(target).active
    assert sheet["B2"].value == "=HYPERLINK(1)"
    assert sheet["B2"].data_type == "s"
    assert (sheet["E2"].value, sheet["G2"].value) == ("可享", 200000)
    assert (sheet["G2"].data_type, sheet["G2"].number_format) == ("n", "#,##0.00")
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("91350100M000100Y43", "s")
    assert sheet["G3"].value is None
    assert sheet.max_row == 15


def test_rows_beyond_a_sheet_go_on_to_the_next(
    register: Path, babashi: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "SHEET_ROWS", 10)
    target = tmp_path / "结果.xlsx"
    assert babashi(*match(register, "--format", "xlsx", "--output", target))[0] == 0
    book = openpyxl.load_workbook(target)
    assert [(sheet.title, sheet.max_row) for sheet in book] == [("匹配结果", 10), ("匹配结果 2", 6)]
    assert [sheet["A1"].value for sheet in book] == ["统一社会信用代码"] * 2
    lines = [row for sheet in book for row in sheet.iter_rows(min_row=2, max_col=3, values_only=True)]
    assert len({(uscc, item) for uscc, _name, item in lines}) == 14


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_behind_standard_output_is_told(register: Path) -> None:
    command = [sys.executable, "-m", "babashi", *map(str, match(register, "--format", "jsonl"))]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            command,
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(packs_root()).parent / "src")},
        )
    assert done.returncode == 2
    assert done.stderr.decode().startswith("错误：结果写不出来")
    assert len(done.stderr.decode().splitlines()) == 1


def test_the_summary_is_readable(register: Path, babashi: Run) -> None:
    status, out, _ = babashi(*match(register))
    assert status == 0
    assert "2 家企业，7 个事项，判断日期 2022年9月1日" in out
    assert "首次升规奖励" in out
    assert "200,000.00 元" in out
    assert "✗ 首次升规奖励　未满足：工业企业" in out


def test_the_summary_on_a_narrow_terminal_cuts_no_figure(register: Path) -> None:
    pty = pytest.importorskip("pty")
    fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 50, 0, 0))
    command = [sys.executable, "-m", "babashi", *map(str, match(register))]
    path = str(Path(packs_root()).parent / "src")
    environment = {**os.environ, "PYTHONPATH": path, "TERM": "xterm"}
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=environment):
        os.close(theirs)
        shown = b"".join(iter(lambda: read_terminal(ours), b""))
    text = re.sub(r"\x1b\[[0-9;]*m", "", shown.decode()).replace("\r\n", "\n")
    assert "…" not in text
    assert "  可享 1　不符合 1　缺资料 0\n  最高可得合计：200,000.00 元\n" in text
    assert "  ✗ 首次升规奖励　未满足：工业企业\n" in text


def read_terminal(descriptor: int) -> bytes:
    """What a terminal still shows; Linux reports its end as an error."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def test_without_pack_only_enabled_packs_are_matched(register: Path, babashi: Run) -> None:
    _, out, _ = babashi("match", register, "--as-of", "2022-09-01", "--format", "jsonl")
    assert {json.loads(line)["item"].partition("/")[0] for line in out.splitlines()} == {"banan-2022-63"}
    _, out, _ = babashi("match", register, "--pack", "chongqing-neighbours", "--format", "jsonl")
    assert {json.loads(line)["item"].partition("/")[0] for line in out.splitlines()} == {
        "chongqing-neighbours"
    }


def test_the_demo_day_is_the_default(register: Path, babashi: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for day, closed in (("2022-12-31", False), ("2023-01-01", True)):
        monkeypatch.setenv("BABASHI_TODAY", day)
        _, out, _ = babashi("match", register, "--pack", "banan-2022-63", "--format", "jsonl")
        assert json.loads(out.splitlines()[0])["closed"] is closed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--pack", "nichts"), "没有政策包 nichts，现有：banan-2022-63"),
        (("--pack", "banan-2022-63", "--as-of", "2022-13-01"), "日期不对：2022-13-01"),
        (("--pack", "banan-2022-63", "--as-of", "20220901"), "日期不对"),
        (("--format", "pdf"), "不能是 'pdf'"),
        (("--pack",), "后面要有一个值"),
        (("--packs", "nowhere"), "没有政策包文件夹 nowhere"),
        (("--output", "nowhere/x.csv"), "没有文件夹 nowhere"),
        (("--nonsense",), "不认识的参数"),
    ],
)
def test_wrong_arguments_are_told_in_chinese(
    register: Path, babashi: Run, arguments: tuple[str, ...], message: str
) -> None:
    status, out, err = babashi("match", register, *arguments)
    assert (status, out) == (2, "")
    assert message in err


def test_a_register_that_is_not_there_or_broken(register: Path, babashi: Run, tmp_path: Path) -> None:
    status, out, err = babashi(*match(tmp_path / "nowhere"))
    assert (status, out) == (2, "")
    assert "没有这个文件夹或文件" in err
    (tmp_path / "empty").mkdir()
    status, out, err = babashi(*match(tmp_path / "empty", "--format", "jsonl"))
    assert (status, out) == (2, "")


def test_errors_in_the_register_stop_everything_unless_valid_rows_suffice(
    register: Path, babashi: Run
) -> None:
    with (register / "enterprises.csv").open("a", encoding="utf-8") as stream:
        stream.write("123,坏,企业,500113,3612,2021,无\n")
    target = register.parent / "out.jsonl"
    status, out, err = babashi(*match(register, "--format", "jsonl", "--output", target))
    assert (status, out) == (2, "")
    assert "enterprises.csv 第 4 行" in err
    assert not target.exists()
    status, out, err = babashi(*match(register, "--format", "jsonl", "--accept-valid"))
    assert status == 0
    assert len(out.splitlines()) == 14
    listed = list(csv.reader(io.StringIO((register.parent / "登记表-problems.csv").read_text("utf-8-sig"))))
    assert [row[1:4] for row in listed[1:]] == [["enterprises.csv", "4", "uscc"]]
    assert "登记表-problems.csv" in err


@pytest.mark.parametrize("content", ["", "name\n甲\n", "\ufffe"])
def test_without_a_usable_enterprise_file_nothing_is_matched(
    register: Path, babashi: Run, content: str
) -> None:
    (register / "enterprises.csv").write_text(content, encoding="utf-8")
    status, out, err = babashi(*match(register, "--format", "jsonl", "--accept-valid"))
    assert (status, out) == (2, "")
    assert "没有可用的企业表" in err


def test_a_broken_pack_is_told_with_its_place(register: Path, babashi: Run, tmp_path: Path) -> None:
    root = tmp_path / "packs"
    folder = root / "x"
    folder.mkdir(parents=True)
    (folder / "pack.yaml").write_text("id: x\nversion: 1\n", encoding="utf-8")
    status, out, err = babashi("match", register, "--packs", root, "--pack", "x")
    assert (status, out) == (2, "")
    assert "pack.yaml:1:1: 错误：政策包缺少 document" in err
    status, out, _ = babashi("packs", "check", "--packs", root)
    assert status == 2
    assert "缺少 items" in out


def test_packs_check_test_list_show_explain(babashi: Run) -> None:
    status, _, err = babashi("packs", "check")
    assert status == 0
    assert "没有错误" in err
    status, _, err = babashi("packs", "test", "banan-2022-63")
    assert (status, err) == (0, "182 个用例通过\n")
    status, out, _ = babashi("packs", "list")
    assert status == 0
    assert "banan-2022-63\t1.0.1\t启用\t8 个事项" in out
    status, out, _ = babashi("packs", "show", "banan-2022-63/scale-up")
    assert status == 0
    assert "规模以上的工业企业" in out
    status, out, _ = babashi("packs", "explain", "banan-2022-63/scale-up")
    assert status == 0
    assert "一次性给予20万元" in out
    status, _, err = babashi("packs", "show", "banan-2022-63/nichts")
    assert status == 2
    assert "没有事项 nichts" in err


def test_failing_cases_give_one(babashi: Run, tmp_path: Path) -> None:
    folder = tmp_path / "banan"
    folder.mkdir()
    for path in (packs_root() / "banan" / "2022-63").iterdir():
        text = path.read_text(encoding="utf-8")
        (folder / path.name).write_text(text.replace("amount: 20万元", "amount: 200000元"), encoding="utf-8")
    assert babashi("packs", "test", folder)[0] == 0
    cases = (folder / "cases.yaml").read_text(encoding="utf-8")
    (folder / "cases.yaml").write_text(
        cases.replace("amount_max: 38万元", "amount_max: 39万元"), encoding="utf-8"
    )
    status, out, _ = babashi("packs", "test", folder)
    assert status == 1
    assert "amount_max 应为 390000.00，得到 380000.00" in out


def test_a_result_of_one_enterprise_in_words(register: Path, babashi: Run) -> None:
    explain = (
        "packs",
        "explain",
        "banan-2022-63/scale-up",
        "--register",
        register,
        "--as-of",
        "2022-09-01",
        "--uscc",
    )
    status, out, _ = babashi(*explain, "11500113009307164P")
    assert status == 0
    assert "首次升规奖励：不符合" in out
    assert "✗ 工业企业：行业大类为06至46" in out
    assert "enterprises.csv 第 3 行" in out
    status, _, err = babashi(*explain, "nobody")
    assert status == 2
    assert "登记表里没有 nobody" in err


def test_match_starts_without_django(register: Path) -> None:
    code = (
        "import sys; from babashi.cli import main; status = main(sys.argv[1:]);"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in ('django', 'psycopg')), file=sys.stderr);"
        "sys.exit(status)"
    )
    source = str(Path(packs_root()).parent / "src")
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, match(register, "--format", "jsonl"))],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": source},
        check=True,
    )
    assert done.stderr.decode().strip().endswith("[]")
    assert len(done.stdout.splitlines()) == 14
