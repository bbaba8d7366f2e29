"""The processes: web server, job worker, and the one that starts both, watches them and stops them."""

import argparse
import contextlib
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import IO

from babashi.site import environment
from babashi.site.environment import SettingsError

READY_SECONDS = 60
STOP_SECONDS = 15
RESTARTS, RESTART_SECONDS = 5, 120
"""A process that ends by itself is started again, at most so often within so many seconds."""


# -- one process -----------------------------------------------------------------------------------------


def _stop_with_parent() -> None:
    """End this process when the one that started it is gone: its end of our standard input closes."""

    def watch() -> None:
        while os.read(0, 1024):  # unbuffered: a buffer's lock would be held when the interpreter ends
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def _check() -> None:
    """Refuse to serve what the checks forbid: demo accounts with real data and the like."""
    from django.core import checks

    errors = [found for found in checks.run_checks(databases=["default"]) if found.is_serious()]
    forget_connections()
    if errors:
        raise SettingsError("\n".join(f"{found.msg}{found.hint or ''}" for found in errors))


def forget_connections() -> None:
    """Close every connection and the pool itself. What is open here would be shared by all web workers, which are
    forked from this process: answers of one request would reach another one."""
    from django.db import connections

    connections.close_all()
    for connection in connections.all(initialized_only=True):
        connection.close_pool()


def web_workers(wanted: int) -> int:
    return wanted if wanted > 0 else max(1, min(4, os.cpu_count() or 1))


def serve(arguments: argparse.Namespace) -> int:
    """Run the web server until it is told to stop."""
    from django.conf import settings
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    ensure_port_free(arguments.host, arguments.port)
    _check()
    if arguments.supervised:
        _stop_with_parent()
    Granian(
        "babashi.site.wsgi:application",
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces.WSGI,
        workers=web_workers(arguments.workers),
        blocking_threads=settings.WEB_THREADS,
        websockets=False,
        backlog=2048,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
    ).serve()
    return 0


def work(arguments: argparse.Namespace) -> int:
    """Run the job worker until it is told to stop."""
    from procrastinate.contrib.django import app

    _check()
    if arguments.supervised:
        _stop_with_parent()
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(concurrency=arguments.concurrency, shutdown_graceful_timeout=10)
    return 0


def ensure_port_free(host: str, port: int) -> None:
    """Say which port is taken before anything else is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise SettingsError(
                    f"端口 {port} 已被其他程序占用。请换一个端口：python3 run.py --port {port + 1}"
                    f"\n(Port {port} is taken; choose another with --port.)"
                ) from error
            if error.errno == errno.EACCES:
                raise SettingsError(f"没有权限使用端口 {port}，请换一个 1024 以上的端口。") from error
            raise SettingsError(f"不能监听 {host}:{port}：{error.strerror or error}") from error


# -- all of them -----------------------------------------------------------------------------------------


@contextlib.contextmanager
def only_one(folder: Path, address: str) -> Iterator[None]:
    """One `start` a data folder. The lock dies with its process, so a stale one can't block anybody."""
    try:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        file = (folder / "run.lock").open("a+")
    except OSError as error:
        raise SettingsError(
            f"数据文件夹 {folder} 不能写入（{error.strerror}）。请检查权限，或用 BABASHI_DATA 指定另一个文件夹。"
        ) from error
    with file:
        file.seek(0)
        before = file.read().strip()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingsError(
                f"已经在运行：{before or '地址未知'}。请直接打开，或先在原来的窗口按 Ctrl-C 停止；"
                "要另开一套，请用 BABASHI_DATA 指定另一个文件夹并换一个端口。\n(Already running.)"
            ) from error
        if before:
            print("上次没有正常退出，现在自动恢复。", flush=True)
        _rewrite(file, f"{address}（进程 {os.getpid()}）")
        try:
            yield
        finally:
            _rewrite(file, "")


def _rewrite(file: IO[str], text: str) -> None:
    file.seek(0)
    file.truncate()
    file.write(text)
    file.flush()


def _child(*arguments: str) -> subprocess.Popen[bytes]:
    """A process of ours in a session of its own: Ctrl-C reaches only the one that watches."""
    return subprocess.Popen(
        [sys.executable, "-m", "babashi", *arguments, "--supervised"],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def _wait_until_ready(address: str, web: subprocess.Popen[bytes]) -> None:
    request = urllib.request.Request(f"{address}/healthz", headers={"X-Forwarded-Proto": "https"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if web.poll() is not None:
            raise SettingsError(f"网页服务没能启动（退出码 {web.returncode}），原因见上面的信息。")
        try:
            with opener.open(request, timeout=5):  # nosec B310: our own address
                return
        except urllib.error.HTTPError:
            return  # it answers; whether well is for the reader to see
        except OSError:
            time.sleep(0.1)
    raise SettingsError(f"网页服务 {READY_SECONDS} 秒内没有应答，请查看上面的信息。")


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _prepared(arguments: argparse.Namespace) -> None:
    import django

    django.setup()
    from django.db import connections

    from babashi.site import prepare

    _check_folder()
    prepare.everything(_say)
    prepare.demo(arguments.enterprises, _say)
    connections.close_all()


def _check_folder() -> None:
    from babashi.site.checks import demo_folder

    for problem in demo_folder(None):
        raise SettingsError(f"{problem.msg}{problem.hint}")


def _say(text: str) -> None:
    print(text, flush=True)


def say_mode() -> None:
    """Who forgot the switch of the demo would look for accounts that there are not."""
    from django.conf import settings

    if not settings.BABASHI_DEMO:
        _say(
            "以正式运行方式启动：没有演示数据和演示账号。看演示请设置 BABASHI_DEMO=1 再启动（或用 python3 run.py）；"
            "正式运行的第一个账号用 babashi accounts add 建立，见 docs/manual/production.md。"
        )


def _announce(address: str, started: float) -> None:
    from babashi.site import prepare

    _say(f"\n巴巴实已启动（{time.monotonic() - started:.1f} 秒）：\n\n    {address}\n")
    accounts = prepare.sign_ins()
    if accounts:
        _say("演示账号（均为合成）：")
        for who, name, password in accounts:
            _say(f"    {name}\t{password}\t{who}")
    _say("\n按 Ctrl-C 停止。")


def start(arguments: argparse.Namespace) -> int:
    """Database, tables, packs, demo data, web server, worker; then watch until Ctrl-C."""
    started = time.monotonic()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "babashi.site.settings")
    shown = "127.0.0.1" if arguments.host in {"0.0.0.0", "::"} else arguments.host  # nosec B104
    address = f"http://{shown}:{arguments.port}"
    os.environ.setdefault("BABASHI_BASE_URL", address)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)  # a shell may have started us with SIGINT ignored
    with only_one(environment.data_folder(), address), contextlib.ExitStack() as stack:
        ensure_port_free(arguments.host, arguments.port)
        from django.conf import settings

        say_mode()
        if settings.EMBEDDED_POSTGRES is not None:
            from babashi.site.postgres import Server

            if settings.EMBEDDED_POSTGRES.parent != settings.DATA_DIR:
                _say(f"以 root 运行且项目在私有文件夹里：数据库放在 {settings.EMBEDDED_POSTGRES}")
            _say("正在启动数据库…")
            server = stack.enter_context(Server(settings.EMBEDDED_POSTGRES).used())
            server.create_database()
        _prepared(arguments)
        children: dict[str, subprocess.Popen[bytes]] = {}
        stack.callback(lambda: _stop(list(children.values())))
        where = ("--host", arguments.host, "--port", str(arguments.port), "--workers", str(arguments.workers))
        commands = {"网页服务": ("serve", *where), "后台任务": ("worker",)}
        try:
            for name, command in commands.items():
                children[name] = _child(*command)
            _wait_until_ready(address, children["网页服务"])
            _announce(address, started)
            return _watch(commands, children)
        except KeyboardInterrupt:
            _say("\n正在停止…")
            _stop(list(children.values()))
            return 0


def _watch(commands: dict[str, tuple[str, ...]], children: dict[str, subprocess.Popen[bytes]]) -> int:
    """Until Ctrl-C. Whatever ends by itself (the database was restarted, memory ran out) is started again; what keeps
    ending is an error: better all stop than half of it run unseen."""
    ended: list[float] = []
    while True:
        for name, child in list(children.items()):
            if child.poll() is None:
                continue
            now = time.monotonic()
            ended = [moment for moment in ended if now - moment < RESTART_SECONDS] + [now]
            if len(ended) > RESTARTS:
                print(
                    f"{name}反复退出（退出码 {child.returncode}），全部停止。原因见上面的信息。",
                    file=sys.stderr,
                )
                return 1
            print(f"{name}意外退出（退出码 {child.returncode}），正在重新启动…", file=sys.stderr, flush=True)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)  # what it had started itself would keep the port
            time.sleep(len(ended))
            children[name] = _child(*commands[name])
        time.sleep(0.5)
