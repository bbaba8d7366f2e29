"""The whole product as a newcomer starts it: two web workers, a job worker, the embedded database."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from babashi.site import postgres

READERS, EACH, START_SECONDS = 8, 25, 180


@dataclass(frozen=True)
class Served:
    """The running product: its port, the process that watches the others, its data."""

    port: int
    starter: int
    data: Path

    def child(self, command: str) -> int | None:
        """The process that runs ``serve`` or ``worker``."""
        for pid in _children(self.starter):
            with contextlib.suppress(OSError):
                if command.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                    return pid
        return None

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder, port = tmp_path_factory.mktemp("served"), _free_port()
    unwanted = ("PYTEST_", "COV_", "DJANGO_SETTINGS_MODULE", "DATABASE_URL", "BABASHI_")
    environment = {name: text for name, text in os.environ.items() if not name.startswith(unwanted)}
    source = Path(__file__).resolve().parents[2] / "src"
    environment |= {"BABASHI_DEMO": "1", "BABASHI_DATA": str(folder / "data"), "PYTHONPATH": str(source)}
    command = [
        sys.executable,
        "-m",
        "babashi",
        "start",
        "--port",
        str(port),
        "--workers",
        "2",
        "--enterprises",
        "30",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            until = time.monotonic() + START_SECONDS
            while "Ctrl-C" not in (folder / "log").read_text("utf-8", errors="replace"):
                said = (folder / "log").read_text("utf-8", errors="replace")
                assert process.poll() is None, said
                assert time.monotonic() < until, said
                time.sleep(0.5)
            yield Served(port, process.pid, folder / "data")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def _connected_unix_sockets(pid: int) -> set[str]:
    """Inodes of a process's unix sockets that are connected (state 03), as those to the database are."""
    lines = Path("/proc/net/unix").read_text().splitlines()[1:]
    connected = {line.split()[6] for line in lines if line.split()[5] == "03"}
    links = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()]
    return {link[8:-1] for link in links if link.startswith("socket:[")} & connected


needs_proc = pytest.mark.skipif(not Path("/proc/net/unix").exists(), reason="needs Linux's /proc")


@needs_proc
def test_two_workers_share_no_database_connection(served: Served) -> None:
    """Shared ones gave answers of one request to another one."""
    web = served.child("serve")
    assert web is not None
    one, two = _children(web)[:2]
    assert _connected_unix_sockets(one) & _connected_unix_sockets(two) == set()


def test_eight_readers_at_once_get_their_pages(served: Served) -> None:
    def read(_: int) -> Counter[int]:
        return Counter(served.get("/policies/") for _ in range(EACH))

    with ThreadPoolExecutor(READERS) as pool:
        seen = sum(pool.map(read, range(READERS)), Counter[int]())
    assert seen == {200: READERS * EACH}


@needs_proc
def test_lost_connections_and_killed_processes_are_survived(served: Served) -> None:
    socket_folder = postgres.socket_folder(postgres.data_folder(served.data / f"pg{postgres.MAJOR}"))
    where = {"host": str(socket_folder), "user": postgres.ROLE, "dbname": "postgres"}
    with psycopg.connect(autocommit=True, **where) as connection:
        # waits until each is gone: one that is cut in the middle of a request can't but fail that request
        query = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s"
        assert connection.execute(query, [postgres.DATABASE]).rowcount > 0
    assert Counter(served.get("/policies/") for _ in range(10)) == {200: 10}
    for command in ("worker", "serve"):
        before = served.child(command)
        assert before is not None
        children = _children(before)
        os.kill(before, signal.SIGKILL)
        until = time.monotonic() + 60
        while served.child(command) in (None, before):
            assert time.monotonic() < until, f"no new {command}"
            time.sleep(0.2)
        assert not any(Path(f"/proc/{pid}").exists() for pid in children)
    while True:
        with contextlib.suppress(OSError):
            assert served.get("/policies/") == 200
            break
        assert time.monotonic() < until, "no answer from the new web server"
        time.sleep(0.2)
