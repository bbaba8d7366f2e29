"""How fast pages are under load: the demo served as a newcomer starts it, requests at a steady rate, latencies.

    python bench/pages.py [--rate 50] [--seconds 20] [--json FILE]

Requests start when they are due, whether or not earlier ones have come back, and each latency counts from the moment
it was due: a queue is not hidden. The load generator runs on the same machine.
"""

import argparse
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parents[1]
PUBLIC = ("/", "/policies/", "/policies/?q=贴息", "/policies/banan-2022-63/interest-subsidy/", "/publicity/")
SIGNED_IN = {
    "qiye8": ("/match/", "/inbox/", "/applications/"),
    "chushen": ("/desk/cases/", "/desk/cases/all/"),
    "caizheng": ("/desk/payments/", "/desk/budget/"),
}
PASSWORD = "babashi-2022"


class Site:
    """The running demo."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        environment = {**os.environ, "BABASHI_DEMO": "1", "BABASHI_DATA": str(folder / "data")}
        environment["PYTHONPATH"] = str(ROOT / "src")
        self.log = folder / "log"
        command = [sys.executable, "-m", "babashi", "start", "--port", str(self.port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        while "Ctrl-C" not in self.log.read_text("utf-8", errors="replace"):
            if self.process.poll() is not None:
                sys.exit(self.log.read_text("utf-8", errors="replace"))
            time.sleep(0.5)

    def get(self, path: str, cookie: str = "") -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            return (
                answer.status,
                {k.lower(): v for k, v in answer.getheaders()},
                answer.read().decode("utf-8", "replace"),
            )
        finally:
            connection.close()

    def landing(self, path: str, cookie: str) -> str:
        """Where an address leads for this reader: one's own enterprise has an address of its own."""
        status, headers, _ = self.get(path, cookie)
        return headers["location"] if status == 302 else path

    def sign_in(self, username: str) -> str:
        """The cookie of a session."""
        _, headers, page = self.get("/sign-in/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        cookie = headers["set-cookie"].split(";")[0]
        form = urlencode({"csrfmiddlewaretoken": token[1], "username": username, "password": PASSWORD})
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        head = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/sign-in/", form, head)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 302, answer.status
        return "; ".join(value.split(";")[0] for name, value in answer.getheaders() if name == "set-cookie")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)


def measure(site: Site, rate: int, seconds: int) -> dict[str, list[float]]:
    """Seconds of every request by page."""
    pages = [(path, "") for path in PUBLIC]
    for username, paths in SIGNED_IN.items():
        cookie = site.sign_in(username)
        pages += [(site.landing(path, cookie), cookie) for path in paths]
    found: dict[str, list[float]] = {path: [] for path, _ in pages}

    def ask(due: float, path: str, cookie: str) -> None:
        status, _, _ = site.get(quote(path, safe="/?="), cookie)
        assert status == 200, (path, status)
        found[path].append(time.perf_counter() - due)

    for path, cookie in pages:  # once each, not counted
        ask(time.perf_counter(), path, cookie)
    for times in found.values():
        times.clear()
    with ThreadPoolExecutor(64) as pool:
        start, waiting = time.perf_counter(), []
        for number in range(rate * seconds):
            due = start + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            waiting.append(pool.submit(ask, due, *pages[number % len(pages)]))
        for one in waiting:
            one.result()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rate", type=int, default=50, help="requests a second")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        try:
            found = measure(site, arguments.rate, arguments.seconds)
        finally:
            site.stop()
    everything = [value for values in found.values() for value in values]
    rows = {path: _points(values) for path, values in [*found.items(), ("all", everything)]}
    for path, (middle, late, last) in rows.items():
        print(f"{middle:8.1f} {late:8.1f} {last:8.1f} ms   {path}")
    print("     p50      p95      p99")
    if arguments.json:
        arguments.json.write_text(
            json.dumps({"rate": arguments.rate, "ms": rows}, ensure_ascii=False, indent=1)
        )
    return 0


def _points(values: list[float]) -> tuple[float, float, float]:
    points = quantiles(values, n=100)
    return points[49] * 1000, points[94] * 1000, points[98] * 1000


if __name__ == "__main__":
    raise SystemExit(main())
