"""The commands as a person runs them: a register in, results out, kills and poisoned files in between."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.unit.bulk.helpers import lines_of, table_of, write

from babashi.bulk.onefile import PARTIAL_MARK
from babashi.cli import main
from babashi.demo import write_district
from babashi.rules.facts import FactDictionary
from babashi.rules.values import Subject

QUESTION = ["--pack", "banan-2022-63", "--as-of", "2022-09-01"]


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("register") / "district"
    write_district(folder, FactDictionary.load(), count=400, seed=11)
    return folder


@pytest.fixture(scope="module")
def parts(district: Path) -> Path:
    folder = district.with_name("parts")
    assert main(["register", "to-parquet", str(district), str(folder), "--files", "3", "--labels"]) == 0
    return folder


def matched(capsys: pytest.CaptureFixture[str], district: Path) -> list[dict[str, object]]:
    """What ``babashi match`` says of the register."""
    capsys.readouterr()
    assert main(["match", str(district), *QUESTION, "--format", "jsonl"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def text_of(lines: list[dict[str, object]]) -> list[str]:
    return sorted(json.dumps(line, ensure_ascii=False) for line in lines)


def test_a_register_matched_in_bulk_gives_the_lines_of_match(
    district: Path, parts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = matched(capsys, district)
    assert len(lines) == 400 * 7
    command = ["match-files", str(parts), str(tmp_path / "all"), *QUESTION, "--tables", str(parts), "--all"]
    assert main(command) == 0
    assert "完成 3 个文件（400 户，结果 2,800 行" in capsys.readouterr().err
    assert lines_of(*(tmp_path / "all").glob("part-*.parquet")) == text_of(lines)
    assert main(command) == 0
    assert "完成 0 个文件（0 户，结果 0 行" in (err := capsys.readouterr().err)
    assert "跳过 3 个已经完成的文件" in err


def test_the_usual_output_is_sparse(
    district: Path, parts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = sorted(str(path) for path in parts.glob("*.parquet"))
    command = [
        "match-files",
        *files,
        str(tmp_path),
        *QUESTION,
        "--tables",
        str(parts),
        "--missing",
        "1",
        "--workers",
        "2",
    ]
    assert main(command) == 0
    wanted = [
        line for line in matched(capsys, district)
        if line["verdict"] == "eligible" or (line["verdict"] == "unknown" and len(line["missing"]) == 1)  # type: ignore[arg-type]
    ]  # fmt: skip
    assert lines_of(*tmp_path.glob("part-*.parquet")) == text_of(wanted)


def test_the_summary_adds_up_over_files(
    district: Path, parts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [line for line in matched(capsys, district) if line["item"] == "banan-2022-63/green-retrofit"]
    command = [
        "match-files",
        str(parts),
        str(tmp_path),
        *QUESTION,
        "--tables",
        str(parts),
        "--summary",
        "--top",
        "2",
    ]
    assert main(command) == 0
    out = capsys.readouterr().out
    counts = [
        sum(line["verdict"] == verdict for line in lines) for verdict in ("eligible", "ineligible", "unknown")
    ]
    row = next(line for line in out.splitlines() if "green-retrofit" in line and "│" in line)
    cells = [cell.strip() for cell in row.split("│")[1:-1]]
    assert cells[1:4] == [str(count) for count in counts]
    amounts = sorted(
        (str(line["amount_max"]) for line in lines if line["amount_max"]), key=float, reverse=True
    )
    assert float(cells[5].replace(",", "")) == pytest.approx(sum(map(float, amounts)), abs=0.001)
    told = [
        line.split("　")[2] for line in out.splitlines() if line.startswith("banan-2022-63/green-retrofit　")
    ]
    assert told == [f"{float(amount):,.2f} 元" for amount in amounts[:2]]


def test_a_poisoned_file_does_not_stop_the_others(
    parts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    poison = tmp_path / "poison.parquet"
    poison.write_bytes(b"PAR1 but not really PAR1")
    out = tmp_path / "out"
    assert main(["match-files", str(poison), str(parts), str(out), *QUESTION]) == 2
    err = capsys.readouterr().err
    assert f"错误：{poison}：不是完好的 Parquet 文件" in err
    assert "完成 3 个文件" in err
    assert "1 个文件没有完成" in err
    assert sorted(path.name for path in out.glob("*.parquet")) == [f"part-0000{n}.parquet" for n in range(3)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no-such"], "没有这个文件或文件夹"),
        (["."], "里没有 .parquet 文件"),
        (["a.parquet", "--pack", "nix"], "没有政策包 nix"),
        (["a.parquet", "--as-of", "1.9.2022"], "日期不对"),
        (["a.parquet", "--top", "3"], "--top 要和 --summary 一起用"),
        (["a.parquet", "--tables", "."], "没有参数表"),
        (["a.parquet", "b/a.parquet"], "结果会同名（a.parquet）"),
    ],
)
def test_wrong_arguments_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str],
    words: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    if arguments[0] != ".":
        (tmp_path / "b").mkdir()
        for name in ("a.parquet", "b/a.parquet"):
            write(table_of([Subject({})]), tmp_path / name)
    assert main(["match-files", arguments[0], *[a for a in arguments[1:] if a.endswith("parquet")], "out",
                 *[a for a in arguments[1:] if not a.endswith("parquet")]]) == 2  # fmt: skip
    assert words in capsys.readouterr().err


def test_the_output_must_not_cover_the_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write(table_of([Subject({})]), tmp_path / "a.parquet")
    assert main(["match-files", str(source), str(tmp_path), *QUESTION]) == 2
    assert "结果会覆盖输入" in capsys.readouterr().err


def test_a_register_with_errors_is_not_converted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "enterprises.csv").write_text("uscc,employees_2021\n91500113X000000001,-1\n")
    assert main(["register", "to-parquet", str(tmp_path / "r"), str(tmp_path / "out")]) == 2
    assert "不能是负数" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_no_more_files_than_enterprises(
    district: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["register", "to-parquet", str(district), str(tmp_path / "out"), "--files", "500"]) == 2
    assert "请减少 --files" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


# -- kills -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen files that together take some seconds."""
    folder = tmp_path_factory.mktemp("many")
    subjects = [Subject({"district": "500113", "kind": "企业", "employees_2021": n}) for n in range(3000)]
    for number in range(16):
        write(table_of(subjects, first=number * 3000), folder / f"f{number:02d}.parquet", row_group_size=500)
    return folder


def started(many: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "babashi",
        "match-files",
        str(many),
        str(out),
        *QUESTION,
        "--all",
        "--workers",
        "2",
    ]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src")}
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, start_new_session=True)


def outputs(out: Path) -> list[Path]:
    return sorted(out.glob("f*.parquet"))


def wait_for(condition: object, seconds: float = 60) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.02)


def children_of(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and b"spawn_main" in (path.parent / "cmdline").read_bytes():
            found.append(int(path.parent.name))
    return found


@pytest.fixture(scope="module")
def undisturbed(many: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    out = tmp_path_factory.mktemp("whole")
    assert started(many, out).wait(timeout=120) == 0
    return lines_of(*outputs(out))


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to find the workers")
def test_a_killed_run_leaves_no_half_file_and_goes_on_where_it_was(
    many: Path, tmp_path: Path, undisturbed: list[str]
) -> None:
    out = tmp_path / "out"
    run = started(many, out)
    wait_for(lambda: len(outputs(out)) >= 3)
    workers = children_of(run.pid)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    wait_for(
        lambda: (
            not any(
                Path(f"/proc/{pid}/cmdline").exists()
                and b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
                for pid in workers
            )
        )
    )
    done = outputs(out)
    assert 3 <= len(done) < 16
    for path in done:
        assert pq.ParquetFile(path).read().num_rows == 3000 * 7
    stamps = {path: path.stat().st_mtime_ns for path in done}
    (out / f".f15.parquet{PARTIAL_MARK}left").write_bytes(b"half a file")
    again = started(many, out)
    _, err = again.communicate(timeout=120)
    assert again.returncode == 0, err.decode()
    assert f"跳过 {len(done)} 个已经完成的文件" in err.decode()
    assert {path: path.stat().st_mtime_ns for path in done} == stamps
    assert not list(out.glob(f".*{PARTIAL_MARK}*"))
    assert lines_of(*outputs(out)) == undisturbed


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to find the workers")
def test_a_killed_worker_costs_nothing_but_time(many: Path, tmp_path: Path, undisturbed: list[str]) -> None:
    out = tmp_path / "out"
    run = started(many, out)
    wait_for(lambda: len(outputs(out)) >= 2)
    os.kill(children_of(run.pid)[0], signal.SIGKILL)
    _, err = run.communicate(timeout=120)
    assert run.returncode == 0, err.decode()
    assert lines_of(*outputs(out)) == undisturbed


@pytest.mark.slow
def test_two_runs_do_not_write_into_one_folder(
    many: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    run = started(many, out)
    try:
        wait_for(lambda: len(outputs(out)) >= 1)
        os.killpg(run.pid, signal.SIGSTOP)  # it holds the folder however busy the machine is
        assert main(["match-files", str(many), str(out), *QUESTION]) == 2
        assert "另一个 match-files 正在写" in capsys.readouterr().err
    finally:
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
