"""Ray and Spark in local mode do the same as the process pool. Both are extras: without them these tests say
loudly that they did not run; with BABASHI_TEST_EXTRAS=1 their absence is a failure."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest
from tests.unit.bulk.helpers import job, lines_of, table_of, write

from babashi.bulk.engines import EngineMissing, engine_of
from babashi.bulk.job import Task
from babashi.bulk.onefile import match_file
from babashi.rules.values import Subject

REQUIRED = os.environ.get("BABASHI_TEST_EXTRAS") == "1"
MODULES = {"ray": "ray", "spark": "pyspark"}


def need(engine: str) -> None:
    """Skip, or fail where the extras were promised."""
    lacking = [] if importlib.util.find_spec(MODULES[engine]) else [f"requirements/{engine}.txt"]
    if engine == "spark" and shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        lacking.append("Java (default-jre-headless)")
    if not lacking:
        return
    reason = f"NOT RUN: engine {engine} needs {' and '.join(lacking)}"
    if REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)


def tasks_in(folder: Path, out: Path) -> list[Task]:
    """Three sound files and a broken one."""
    folder.mkdir()
    out.mkdir()
    for number in range(3):
        subjects = [
            Subject({"district": "500113", "kind": "企业", "employees_2021": people}, {"loans": []})
            for people in range(number, 40)
        ]
        write(table_of(subjects, first=number * 100), folder / f"part-{number}.parquet", row_group_size=11)
    (folder / "poison.parquet").write_bytes(b"no Parquet")
    return [Task(path, out / path.name) for path in sorted(folder.glob("*.parquet"))]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["ray", "spark"])
def test_an_engine_does_what_the_pool_does(tmp_path: Path, engine: str) -> None:
    need(engine)
    one = job(mode="all")
    tasks = tasks_in(tmp_path / "in", tmp_path / "out")
    found = {Path(o.source).name: o for o in engine_of(engine)(one, tasks, 2)}
    assert {name: o.status for name, o in found.items()} == {
        "part-0.parquet": "done", "part-1.parquet": "done", "part-2.parquet": "done", "poison.parquet": "refused"
    }  # fmt: skip
    assert found["poison.parquet"].problems[0].startswith("不是完好的 Parquet 文件")
    assert sum(o.pairs for o in found.values()) == (40 + 39 + 38) * len(one.items)
    expected = tmp_path / "expected"
    expected.mkdir()
    for task in tasks[:3]:
        assert match_file(one, Task(task.source, expected / task.target.name)).status == "done"
    written = sorted((tmp_path / "out").glob("*.parquet"))
    assert lines_of(*written) == lines_of(*expected.glob("*.parquet"))
    assert match_file(one, tasks[0]).status == "skipped"


@pytest.mark.parametrize("engine", ["ray", "spark"])
def test_without_the_extra_the_person_is_told_what_to_install(
    tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ray", "pyspark", "pyspark.errors", "pyspark.sql"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    with pytest.raises(EngineMissing, match=rf"requirements/{engine}\.txt"):
        list(engine_of(engine)(job(), [Task(tmp_path / "a", tmp_path / "b")], 1))
