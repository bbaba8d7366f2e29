"""The whole machinery as an operator meets it: start, look, back up, stop, restore elsewhere."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BABASHI = [sys.executable, "-m", "babashi"]
READY = "按 Ctrl-C 停止"


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder outside pytest's private one, so that the database's system user may pass as well."""
    folder = Path(tempfile.mkdtemp(prefix="babashi-process-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def surroundings(data: Path, **more: str) -> dict[str, str]:
    """The environment of a first start by somebody who has set nothing: no test run, demo mode."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "BABASHI", "COV"))
    }
    kept.pop("DATABASE_URL", None)
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "BABASHI_DATA": str(data), "BABASHI_DEMO": "1", **more}


def run(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*BABASHI, *arguments],
        env=surroundings(data, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(log: Path, process: subprocess.Popen[bytes], words: str) -> str:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        text = log.read_text("utf-8")
        if words in text:
            return text
        assert process.poll() is None, text
        time.sleep(0.2)
    raise AssertionError(f"not ready: {log.read_text('utf-8')}")


def test_start_back_up_stop_and_restore(place: Path) -> None:
    data, log, port = place / "data", place / "start.log", free_port()
    command = [*BABASHI, "start", "--port", str(port), "--enterprises", "20", "--workers", "1"]
    with log.open("wb") as output:
        started = subprocess.Popen(
            command, env=surroundings(data), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        said = wait_for(log, started, READY)
        assert f"http://127.0.0.1:{port}" in said
        assert "演示账号" in said
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as page:
            assert "我能享受什么" in page.read().decode()

        again = run(data, "start", "--port", str(free_port()))
        assert again.returncode == 2
        assert "已经在运行" in again.stderr
        taken = run(place / "other", "start", "--port", str(port))
        assert taken.returncode == 2
        assert f"端口 {port} 已被其他程序占用" in taken.stderr
        production = run(data, "serve", "--port", str(free_port()), BABASHI_DEMO="0")
        assert production.returncode == 2
        assert "演示" in production.stderr

        backup = place / "backup.tar"
        assert run(data, "backup", str(backup)).returncode == 0
        assert backup.stat().st_mode & 0o777 == 0o600
        assert run(data, "backup", str(backup)).returncode == 2  # never over an existing file
        refused = run(data, "restore", str(backup))
        assert refused.returncode == 2
        assert "不会覆盖" in refused.stderr
    finally:
        started.send_signal(signal.SIGTERM)
        status = started.wait(60)
    assert status == 0
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)

    elsewhere = place / "restored"
    restored = run(elsewhere, "restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    assert (elsewhere / "field.key").read_text() == (data / "field.key").read_text()
    before, after = run(data, "audit", "verify"), run(elsewhere, "audit", "verify")
    assert before.returncode == 0, before.stderr
    entries = re.search(r"共 (\d+) 条", before.stderr + before.stdout)
    assert entries is not None
    assert int(entries[1]) > 0
    assert entries[0] in after.stderr + after.stdout


def test_a_broken_backup_restores_nothing(place: Path) -> None:
    broken = place / "broken.tar"
    broken.write_bytes(b"not a tar file")
    answer = run(place / "data", "restore", str(broken))
    assert answer.returncode == 2
    assert "不是完整的备份文件" in answer.stderr
