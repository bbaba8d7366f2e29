"""How long the platform takes for a whole register: import, match, push, deliver; again; after a new pack version.

Run: ``python bench/whole_register.py [--enterprises 5000] [--folder DIR] [--keep] [--no-push] [--json FILE]``. It makes a
data folder and a database of its own and removes them afterwards. Times are those of this process (wall, CPU), of
its database session (CPU), the peak memory of this process within the step, and the size of the database after it.
``--folder``: a register generated before (``babashi demo district``).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

STARTED_ON = "2022-09-01"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table."""

    name: str
    wall: float
    cpu: float
    database_cpu: float
    peak_mb: float
    database_mb: float
    note: str


class Bench:
    """Measures one step after the other."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def step(self, name: str, run: Callable[[], str]) -> None:
        """Run it, measure it, print it."""
        _forget_peak()
        wall, cpu, database = time.perf_counter(), time.process_time(), _database_cpu()
        note = run()
        taken = Step(
            name, time.perf_counter() - wall, time.process_time() - cpu, _database_cpu() - database, _peak_mb(),
            _database_mb(), note,
        )  # fmt: skip
        self.steps.append(taken)
        print(
            f"{taken.name:34} {taken.wall:8.1f} {taken.cpu:8.1f} {taken.database_cpu:8.1f} {taken.peak_mb:8.0f}"
            f" {taken.database_mb:8.0f}  {note}",
            flush=True,
        )


def _forget_peak() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def _database_cpu() -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def _database_mb() -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return float(cursor.fetchone()[0]) / 1024 / 1024


@contextlib.contextmanager
def _platform(data: Path) -> Iterator[None]:
    """A database of its own, tables made, packs published."""
    os.environ |= {"BABASHI_DATA": str(data), "BABASHI_DEMO": "1", "BABASHI_TODAY": STARTED_ON}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "babashi.site.settings")
    import django
    from django.conf import settings

    from babashi.site.postgres import Server

    with Server(settings.EMBEDDED_POSTGRES).used() as server:
        server.create_database()
        django.setup()
        from babashi.site import prepare

        prepare.migrate(lambda text: None)
        prepare.calendar(lambda text: None)
        prepare.packs(lambda text: None)
        yield
        from django.db import connections

        connections.close_all()


def _run(bench: Bench, folder: Path, push: bool) -> None:
    from django.db import connection

    from babashi.enterprises.models import Enterprise
    from babashi.matching import services as matching
    from babashi.outreach import services as outreach

    def bar(done: int, total: int) -> None:
        print(f"\r{done:,}/{total:,}", end="\r", file=sys.stderr, flush=True)

    def match(**options: Any) -> str:
        run = matching.rematch(None, cause="manual", progress=bar)
        return f"{run.enterprises:,} matched, {run.changed:,} changed"

    def analyze() -> str:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return ""

    bench.step("import", lambda: _import(folder))
    bench.step("analyze (autovacuum does it)", analyze)
    bench.step("first match", match)
    if push:
        bench.step("push", lambda: f"{outreach.push_matches(None):,} messages")
        bench.step("deliver (file channel)", lambda: f"{outreach.deliver_due()}")
    bench.step("second match, nothing changed", match)
    bench.step("who is stale: nobody", lambda: f"{matching.rematch_stale() or 'nobody'}")
    bench.step("new pack version, one item", lambda: (_new_version(), match())[1])
    bench.step("next pass after that", lambda: f"{matching.rematch_stale() or 'nobody'}")
    bench.step("20 single changes", lambda: _singles(list(Enterprise.objects.order_by("?")[:20])))


def _import(folder: Path) -> str:
    import datetime as dt

    from babashi.enterprises.services import import_register
    from babashi.register_io.reading import read_register
    from babashi.rules.facts import FactDictionary

    register = read_register(folder, FactDictionary.load())
    report = import_register(register, label="bench", as_of=dt.date(2022, 8, 31), by=None)
    return f"{report.enterprises:,} enterprises, {report.rows:,} rows"


def _new_version() -> None:
    """The same pack, but 18万元 for the item that gave 20万元 to who grew above scale."""
    from babashi.catalogue.models import PackVersion
    from babashi.catalogue.services import publish_pack

    current = PackVersion.objects.get(pack_id="banan-2022-63", is_current=True)
    files = {name: text for name, text in current.files.items() if name != "cases.yaml"}
    text = files["pack.yaml"]
    changed = text.replace('version: "1.0.0"', 'version: "1.0.1"').replace("amount: 20万元", "amount: 18万元")
    changed = changed.replace("cite: 给予20万元一次性奖励", "reading: bench")
    reading = "readings:\n  - {id: bench, text: 试算：升规奖励按 18万元。, confirm_by: 区经济信息委}\n"
    publish_pack({**files, "pack.yaml": changed.replace("readings:\n", reading, 1)}, by=None)


def _singles(chosen: list[Any]) -> str:
    """One enterprise's change: something is recorded, then it is matched. Milliseconds of the match alone."""
    from babashi.accounts.models import Department, Post, User
    from babashi.enterprises.services import record_official_fact
    from babashi.matching import services as matching

    office, _ = Department.objects.get_or_create(district="500113", name="区经济信息委")
    user = User.objects.create_user("bench-reviewer")
    Post.objects.create(user=user, department=office, role="first_reviewer")
    taken = []
    for number, enterprise in enumerate(chosen):
        fact = "interest_subsidy_other_category"
        record_official_fact(enterprise, fact, bool(number % 2), by=user, department=office)
        start = time.perf_counter()
        matching.rematch([enterprise.pk], cause="enterprise")
        taken.append((time.perf_counter() - start) * 1000)
    return f"median {sorted(taken)[len(taken) // 2]:.1f} ms, worst {max(taken):.1f} ms"


def main() -> None:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, default=5_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--data", type=Path, help="parent of the data folder")
    parser.add_argument("--no-push", action="store_true")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="babashi-bench-", dir=arguments.data) as base:
        Path(base).chmod(0o755)
        folder = arguments.folder
        if folder is None:
            from babashi.demo.write import write_district
            from babashi.rules.facts import FactDictionary

            folder = Path(base) / "district"
            write_district(folder, FactDictionary.load(), count=arguments.enterprises, seed=63)
        bench = Bench()
        with _platform(Path(base) / "data"):
            print(f"{'step':34} {'wall s':>8} {'CPU s':>8} {'DB CPU s':>8} {'peak MB':>8} {'DB MB':>8}")
            _run(bench, folder, not arguments.no_push)
        if arguments.json:
            arguments.json.write_text(json.dumps([asdict(step) for step in bench.steps], indent=1))


if __name__ == "__main__":
    main()
