#!/usr/bin/env python3
"""The one script. `python3 run.py` starts Babashi, `setup` only installs it, `test` runs all tests and checks.

Needs Python 3.11 or newer and nothing else. Everything it makes lies in `.venv` and `.data` beside this file.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "巴巴实需要 Python 3.11 或更新的版本，现在是 %d.%d。请安装新版本后用它运行，例如 python3.12 run.py。\n"
        "(Babashi needs Python 3.11 or newer.)" % sys.version_info[:2]
    )
if sys.platform == "win32":
    sys.exit(
        "暂不支持直接在 Windows 上运行。请安装 WSL（在终端运行 wsl --install），在 WSL 里运行本命令。\n"
        "(Windows is not supported directly; please use WSL.)"
    )

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
USAGE = """用法：
  python3 run.py [--port 8000] [--host 127.0.0.1]   安装并启动（Ctrl-C 停止）
  python3 run.py setup                              只安装；之后可用 .venv/bin/babashi
  python3 run.py test [名称 …]                       运行全部测试和检查（或只运行写出名称的几项）
环境变量：BABASHI_DATA 数据文件夹，DATABASE_URL 另外的 PostgreSQL，BABASHI_DEMO=0 正式运行（见 docs/manual/production.md），
          BABASHI_TEST_EXTRAS=1 测试时连同 Spark（需要 Java）和 Ray
"""
NETWORK_WORDS = (
    "could not find a version", "connection", "temporary failure", "name or service", "timed out", "timeout",
    "proxy", "ssl", "failed to fetch", "network", "dns", "max retries",
)  # fmt: skip


def fail(text: str) -> NoReturn:
    """End with a message and exit status 2: the surroundings are wrong, not the program."""
    print(text, file=sys.stderr)
    raise SystemExit(2)


# -- installing ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Two first starts at once: the second waits until the first has installed."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def works(python: Path) -> bool:
    """Whether the environment's Python starts and is new enough (a system upgrade may have broken it)."""
    command = [str(python), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        return (
            subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode
            == 0
        )
    except OSError:
        return False


def clean_environment() -> dict[str, str]:
    """The environment without what would make another Python's packages appear in ours."""
    unwanted = {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "PIP_TARGET", "PIP_PREFIX", "PIP_USER"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def run(command: list[str], *, quiet: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a program; with `quiet` its output is kept for the message when it fails."""
    output = subprocess.PIPE if quiet else None
    return subprocess.run(
        command,
        cwd=ROOT,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )


def make_venv() -> None:
    """The environment `.venv`, made anew when it is missing or broken."""
    if works(PYTHON):
        return
    if not os.access(ROOT, os.W_OK):
        fail(
            f"文件夹 {ROOT} 不能写入。请把项目放到可以写的位置，或调整权限。\n(The project folder is read-only.)"
        )
    if VENV.exists() and not (VENV / "pyvenv.cfg").exists() and any(VENV.iterdir()):
        fail(f"{VENV} 已经存在，但不是 Python 环境。请把它移走后再运行。")
    uv = shutil.which("uv")
    if importlib.util.find_spec("ensurepip") is None and uv is None:
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        fail(
            f"这个 Python 缺少 ensurepip，不能创建环境。请先安装：sudo apt-get install {name}\n"
            "（其他系统请安装完整的 Python，或安装 uv。）\n(ensurepip is missing; install the venv package.)"
        )
    print("正在创建 Python 环境 .venv …", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    if importlib.util.find_spec("ensurepip") is not None:
        done = run([sys.executable, "-m", "venv", str(VENV)], quiet=True)
    else:
        done = run([str(uv), "venv", "--quiet", "--python", sys.executable, str(VENV)], quiet=True)
    if done.returncode or not works(PYTHON):
        shutil.rmtree(VENV, ignore_errors=True)
        fail(f"没能创建 Python 环境：\n{done.stdout.strip()}\n(Creating the virtual environment failed.)")


def digest(*paths: Path) -> str:
    """What an installation depends on: the files, where the project lies, and which Python runs it."""
    found = hashlib.sha256(f"{ROOT}\n{platform.python_version()}\n".encode())
    for path in paths:
        found.update(path.read_bytes())
    return found.hexdigest()


def explain_install(output: str) -> str:
    """Why packages could not be installed, and what to do."""
    tail = "\n".join(output.strip().splitlines()[-12:])
    if any(word in output.lower() for word in NETWORK_WORDS):
        return (
            f"{tail}\n\n没能下载所需的组件：连不上软件包源，或源里没有所需的版本。请检查网络和代理；"
            "内网可用 pip config set global.index-url 指定单位的镜像；"
            "没有网络时，在能联网的机器上运行 pip download -r requirements/base.txt -d wheels，"
            "把文件夹拷过来，再设置 PIP_NO_INDEX=1 和 PIP_FIND_LINKS=wheels。\n(The package registry can't be reached.)"
        )
    return f"{tail}\n\n安装没有成功，原因见上。修正后再运行一次即可。\n(Installing the requirements failed.)"


def pip_install(*arguments: str) -> None:
    """Install with uv when it is there, else (or when that fails) with pip."""
    uv = shutil.which("uv")
    if uv is not None:
        done = run([uv, "pip", "install", "--quiet", "--python", str(PYTHON), *arguments], quiet=True)
        if done.returncode == 0:
            return
    if run([str(PYTHON), "-m", "pip", "--version"], quiet=True).returncode:
        run([str(PYTHON), "-m", "ensurepip", "--upgrade"], quiet=True)
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    done = run(command, quiet=True)
    if done.returncode:
        fail(explain_install(done.stdout))


def install_list(name: str) -> None:
    """The packages of one locked list, when it has changed since they were installed."""
    locked, stamp = REQUIREMENTS / f"{name}.txt", VENV / f".babashi-{name}"
    wanted = digest(locked)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"正在安装所需的组件（{name}，第一次需要几分钟）…", flush=True)
    # The list is complete, so nothing is left to resolve; older pips stumble over extras (`coverage[toml]`) if asked to.
    pip_install("--no-deps", "--require-hashes", "-r", str(locked))
    stamp.write_text(wanted)


def install_project() -> None:
    """The project itself, editable: its command is `.venv/bin/babashi`."""
    stamp = VENV / ".babashi-project"
    wanted = digest(
        ROOT / "pyproject.toml", REQUIREMENTS / "hatch_hook.py", *sorted(REQUIREMENTS.glob("*.in"))
    )
    if stamp.exists() and stamp.read_text() == wanted and (VENV / "bin" / "babashi").exists():
        return
    pip_install("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    stamp.write_text(wanted)


def install(*, testing: bool = False) -> None:
    """Everything that is missing; in a second when nothing is."""
    try:
        with alone():
            make_venv()
            install_list("test" if testing else "base")
            if testing and os.environ.get("BABASHI_TEST_EXTRAS") == "1":  # large: only where asked for
                install_list("spark")
                install_list("ray")
            install_project()
    except OSError as error:
        fail(f"安装时不能写入 {error.filename or ROOT}：{error.strerror}。请检查磁盘空间和权限。")


# -- testing ---------------------------------------------------------------------------------------------


def tool(name: str) -> str:
    return str(VENV / "bin" / name)


def steps() -> dict[str, list[str]]:
    """The checks and tests in their order, each a command that fails with a status other than 0."""
    babashi = [str(PYTHON), "-m", "babashi"]
    return {
        "requirements": [str(PYTHON), "-m", "pip", "check", "--disable-pip-version-check"],
        "ruff": [tool("ruff"), "check", "--quiet", "."],
        "layers": [tool("lint-imports"), "--no-cache"],
        "mypy": [str(PYTHON), "-m", "mypy"],
        "bandit": [tool("bandit"), "--quiet", "--recursive", "--configfile", "pyproject.toml", "src"],
        "packs": [*babashi, "packs", "check"],
        "cases": [*babashi, "packs", "test"],
        "pytest": [
            str(PYTHON), "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-m", "not load",
            "--cov=babashi", "--cov-report=term:skip-covered",
        ],
    }  # fmt: skip


def test(names: list[str]) -> int:
    """Run the steps (all, or the named ones), go on after a failure, end with a summary."""
    chosen = steps()
    unknown = [name for name in names if name not in chosen]
    if unknown:
        fail(f"没有名为 {'、'.join(unknown)} 的检查，可选：{'、'.join(chosen)}")
    install(testing=True)
    results: list[tuple[str, int, float]] = []
    for name, command in chosen.items():
        if names and name not in names:
            continue
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        status = run(command).returncode
        results.append((name, status, time.monotonic() - started))
    print("\n== 结果")
    for name, status, seconds in results:
        print(f"  {'通过' if status == 0 else '未通过'}  {name:12} {seconds:6.1f} 秒")
    failed = [name for name, status, _ in results if status]
    print(
        f"{'全部通过' if not failed else '未通过：' + '、'.join(failed)}，共 {sum(r[2] for r in results):.0f} 秒"
    )
    return 1 if failed else 0


# -- starting --------------------------------------------------------------------------------------------


def start(arguments: list[str]) -> NoReturn:
    """Hand over to the installed program; from here on it is one process, so Ctrl-C reaches the right one."""
    install()
    environment = clean_environment()
    environment.setdefault("BABASHI_DEMO", "1")
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), "-m", "babashi", "start", *arguments], environment)


def main(arguments: list[str]) -> int:
    if arguments and arguments[0] in {"-h", "--help", "help"}:
        print(USAGE)
        return 0
    if arguments and arguments[0] == "setup":
        install()
        print("安装完成。启动：python3 run.py；命令：.venv/bin/babashi --help")
        return 0
    if arguments and arguments[0] == "test":
        return test(arguments[1:])
    if arguments and not arguments[0].startswith("-"):
        fail(f"没有“{arguments[0]}”这个命令。\n{USAGE}")
    start(arguments)


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("\n已中断。", file=sys.stderr)
        raise SystemExit(130) from None
