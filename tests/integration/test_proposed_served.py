"""PROPOSED, red today: the served product under more than one worker.

Two web workers must not share a database connection. If they do, rows of one request reach another one: sessions are
mixed up, forms are refused, and the pages die within a second of eight readers at once.
"""

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
from pathlib import Path

import pytest

READERS, EACH, START_SECONDS = 8, 25, 180


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """The whole product with two workers; its port and the process that watches the others."""
    folder, port = tmp_path_factory.mktemp("served"), _free_port()
    unwanted = ("PYTEST_", "COV_", "DJANGO_SETTINGS_MODULE", "DATABASE_URL", "BABASHI_")
    environment = {name: text for name, text in os.environ.items() if not name.startswith(unwanted)}
    source = (
        Path(__file__).resolve().parents[2] / "src"
    )  # not whichever checkout the environment has installed
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
            yield port, process.pid
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


@pytest.mark.skipif(not Path("/proc/net/unix").exists(), reason="needs Linux's /proc")
def test_two_workers_share_no_database_connection(served: tuple[int, int]) -> None:
    _, starter = served
    web = next(pid for pid in _children(starter) if b"serve" in Path(f"/proc/{pid}/cmdline").read_bytes())
    one, two = _children(web)[:2]
    assert _connected_unix_sockets(one) & _connected_unix_sockets(two) == set()


def test_eight_readers_at_once_get_their_pages(served: tuple[int, int]) -> None:
    port, _ = served

    def read(_: int) -> Counter[object]:
        seen: Counter[object] = Counter()
        for _ in range(EACH):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            try:
                connection.request("GET", "/policies/")
                answer = connection.getresponse()
                answer.read()
                seen[answer.status] += 1
            except OSError as error:
                seen[type(error).__name__] += 1
            finally:
                connection.close()
        return seen

    with ThreadPoolExecutor(READERS) as pool:
        seen = sum(pool.map(read, range(READERS)), Counter[object]())
    assert seen == {200: READERS * EACH}
