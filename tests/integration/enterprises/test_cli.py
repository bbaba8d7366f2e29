"""``babashi register import`` and the jobs that follow changed facts."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from babashi.accounts.models import Department, User
from babashi.cli import build_parser
from babashi.enterprises.cli import run_import
from babashi.enterprises.importing import RegisterRefused
from babashi.enterprises.models import Enterprise, ImportBatch, Member, RegisterRow
from babashi.enterprises.services import declare_facts
from babashi.enterprises.tasks import FEW, ask_for_matching
from babashi.matching.models import CAUSES
from babashi.workdays.clock import now
from tests.integration.enterprises.test_importing import ENTERPRISES, LOANS, ONE, TWO

pytestmark = pytest.mark.django_db


def jobs() -> list[tuple[str, dict[str, object]]]:
    from procrastinate.contrib.django.models import ProcrastinateJob

    return [(job.task_name, job.args) for job in ProcrastinateJob.objects.order_by("id")]


def run(folder: Path, *options: str) -> int:
    """As typed, with the surroundings (database) of the test instead of the installation's."""
    typed = ["register", "import", str(folder), "--label", "区统计局年报", *options]
    return run_import(build_parser(typed).parse_args(typed))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "district"
    place.mkdir()
    (place / "enterprises.csv").write_text(ENTERPRISES, encoding="utf-8")
    (place / "loans.csv").write_text(LOANS, encoding="utf-8")
    return place


def test_imports_with_department_and_day_and_asks_for_matching(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Department.objects.create(name="区统计局", district="500113")
    assert run(folder, "--as-of", "2022-06-30", "--department", "区统计局") == 0
    assert "新增 3 行" in capsys.readouterr().out
    row = RegisterRow.objects.get(enterprise__uscc=ONE, table="loans")
    assert (row.department.name, str(row.as_of)) == ("区统计局", "2022-06-30")
    assert {"import", "enterprise"} <= set(CAUSES)  # the names that matching takes
    ids = sorted(Enterprise.objects.values_list("pk", flat=True))
    assert jobs() == [("matching.rematch_enterprises", {"enterprise_ids": ids, "cause": "import"})]
    assert run(folder, "--as-of", "2022-06-30", "--department", "区统计局") == 0
    assert "没有变化" in capsys.readouterr().out
    assert len(jobs()) == 1


def test_a_dry_run_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--dry-run") == 0
    assert "没有写入" in capsys.readouterr().out
    assert not Enterprise.objects.exists()
    assert jobs() == []


def test_errors_are_listed_row_by_row_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "enterprises.csv").write_text(ENTERPRISES.replace(",280,", ",-1,"), encoding="utf-8")
    with pytest.raises(RegisterRefused, match="没有导入"):
        run(folder)
    assert "enterprises.csv 第 2 行“employees_2021”：不能是负数" in capsys.readouterr().err
    assert not ImportBatch.objects.exists()
    assert not (folder.parent / "district-problems.csv").exists()


def test_accept_valid_takes_the_good_rows_and_writes_the_bad_ones(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "enterprises.csv").write_text(ENTERPRISES.replace(",280,", ",-1,"), encoding="utf-8")
    (folder / "loans.csv").unlink()
    assert run(folder, "--accept-valid") == 0
    assert list(Enterprise.objects.values_list("uscc", flat=True)) == [TWO]
    with (folder.parent / "district-problems.csv").open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.reader(stream))
    assert any(line[0] == "错误" and line[2] == "2" for line in lines)
    assert "有错未导入 1 行" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--as-of", "2022-13-01"], "日期不对"),
        (["--department", "区天文局"], "没有叫“区天文局”的部门"),
    ],
)
def test_wrong_options_give_2(
    folder: Path, capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    assert run(folder, *options) == 2
    assert words in capsys.readouterr().err
    assert not Enterprise.objects.exists()


def test_a_folder_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RegisterRefused):
        run(tmp_path / "nowhere")
    assert "没有这个文件夹或文件" in capsys.readouterr().err


def test_a_declaration_asks_for_matching_once_per_change(folder: Path) -> None:
    run(folder)
    one = Enterprise.objects.get(uscc=ONE)
    clerk = User.objects.create(username="经办")
    Member.objects.create(enterprise=one, user=clerk, role="owner", since=now())
    before = len(jobs())
    assert declare_facts(one, {"employees_2021": 12}, by=clerk)
    assert not declare_facts(one, {"employees_2021": 12}, by=clerk)
    assert jobs()[before:] == [
        ("matching.rematch_enterprises", {"enterprise_ids": [one.pk], "cause": "enterprise"})
    ]


def test_many_changes_are_one_job_that_waits_once() -> None:
    ask_for_matching(range(FEW + 1), "import")
    ask_for_matching(range(FEW + 1), "import")
    ask_for_matching([], "import", everybody=True)
    assert [name for name, _ in jobs()] == ["matching.rematch_stale"]
