"""The command `babashi`. Each part brings its commands in `<part>/cli.py` with `add_commands(subparsers)`.

A command sets `run`, a function of the parsed arguments that returns an exit status or None. Commands of the
pure parts get nothing else; for those of the Django apps and the site Django is set up and the embedded
database runs, unless the command says `parser.set_defaults(run=…, needs="django")` or `needs="nothing"`.

Two parts may add to one word (`register check`, `register import`): both ask :func:`group` for it.
The modules `cli.py` themselves import nothing heavy at the top: `babashi match` must start without Django.
Exit status: 0 done, 1 the answer is no (a check found something), 2 the input or the surroundings are wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NoReturn

import babashi

PURE_PARTS: Final = ("rules", "register_io", "bulk", "reader", "demo", "bench")
WEB_PARTS: Final = (
    "workdays", "audit", "accounts", "files", "enterprises", "catalogue", "matching", "outreach", "budget",
    "applications", "publicity", "reviews", "payments", "feedback", "site",
)  # fmt: skip

_MESSAGES: Final = (
    (r"the following arguments are required: (.*)", r"缺少：\1"),
    (r"unrecognized arguments: (.*)", r"不认识的参数：\1"),
    (r"argument (.*?): invalid choice: (.*?) \(choose from (.*)\)", r"\1 不能是 \2，可用：\3"),
    (r"argument (.*?): expected (?:one|at least one) argument", r"\1 后面要有一个值"),
    (r"argument (.*?): invalid .*? value: (.*)", r"\1 的值不对：\2"),
    (r"argument (.*?): not allowed with argument (.*)", r"\1 不能和 \2 一起用"),
    (r"one of the arguments (.*) is required", r"要有其中一个参数：\1"),
)


class ChineseParser(argparse.ArgumentParser):
    """Says in Chinese what is wrong with the command line; exit status 2 as usual."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("allow_abbrev", False)
        super().__init__(*args, **kwargs)
        self._positionals.title, self._optionals.title = "参数", "选项"

    def error(self, message: str) -> NoReturn:
        """The mistake on standard error, exit status 2."""
        for pattern, chinese in _MESSAGES:
            message = re.sub(pattern, chinese, message)
        self.exit(2, f"命令写得不对：{message}\n运行 {self.prog} --help 查看用法。\n")


def group(subparsers: Any, name: str, help_text: str) -> Any:
    """The sub-commands of the word ``name``, made by whichever part asks first."""
    existing = subparsers.choices.get(name)
    if existing is not None:
        return existing.get_default("inner_commands")
    parser = subparsers.add_parser(name, help=help_text, description=help_text)
    inner = parser.add_subparsers(title="命令", metavar="命令", dest=f"{name}_command", required=True)
    parser.set_defaults(inner_commands=inner)
    return inner


def build_parser(arguments: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """The parser with the commands of all parts; of the pure ones only when ``arguments`` fit one of them."""
    parser = ChineseParser(prog="babashi", description="巴巴实：让惠企政策真正到达每一家企业")
    parser.add_argument("--version", action="version", version=f"babashi {babashi.__version__}")
    subparsers = parser.add_subparsers(title="命令", metavar="命令", dest="command", required=True)
    _collect(PURE_PARTS, subparsers)
    if arguments is None or not _is_known(arguments, subparsers):
        _collect(WEB_PARTS, subparsers)
    return parser


def _collect(parts: Sequence[str], subparsers: Any) -> None:
    folder = Path(__file__).parent
    for part in parts:
        if (folder / part / "cli.py").is_file():
            import_module(f"babashi.{part}.cli").add_commands(subparsers)


def _is_known(arguments: Sequence[str], subparsers: Any) -> bool:
    """Whether the words typed are a complete command of those collected so far."""
    words = [argument for argument in arguments if not argument.startswith("-")]
    if not words or words[0] not in subparsers.choices:
        return False
    inner = subparsers.choices[words[0]].get_default("inner_commands")
    return inner is None or (len(words) > 1 and words[1] in inner.choices)


@contextlib.contextmanager
def _surroundings(needs: str) -> Iterator[None]:
    """Django, and the embedded database running, when the command asks for them."""
    if needs not in {"django", "database"}:
        yield
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "babashi.site.settings")
    import django
    from django.conf import settings

    with contextlib.ExitStack() as stack:
        if needs == "database" and settings.EMBEDDED_POSTGRES is not None:
            from babashi.site.postgres import Server

            server = stack.enter_context(Server(settings.EMBEDDED_POSTGRES).used())
            server.create_database()
        django.setup()
        try:
            yield
        finally:
            from django.db import connections

            connections.close_all()


def _needs(parsed: argparse.Namespace) -> str:
    """What surroundings the command wants: its own word, else by the part it belongs to."""
    part = parsed.run.__module__.split(".")[1]
    return getattr(parsed, "needs", "nothing" if part in PURE_PARTS else "database")


def _expected_errors() -> tuple[type[BaseException], ...]:
    """Errors whose text is meant for the person at the terminal."""
    found: list[type[BaseException]] = []
    known = (
        ("babashi.rules.facts", "DictionaryError"),
        ("babashi.site.environment", "SettingsError"),
        ("babashi.site.postgres", "PostgresError"),
        ("babashi.audit.errors", "DomainError"),
        ("django.core.management.base", "CommandError"),
    )
    for module, name in known:
        if module in sys.modules:
            found.append(getattr(sys.modules[module], name))
    return tuple(found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # not where a caller put something else in its place
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    typed = list(sys.argv[1:] if arguments is None else arguments)
    parser = build_parser(typed)
    if any("\ud800" <= letter <= "\udfff" for word in typed for letter in word):
        parser.error("参数里有不是 UTF-8 的字符，请重新输入")
    parsed = parser.parse_args(typed)
    try:
        with _surroundings(_needs(parsed)):
            return int(parsed.run(parsed) or 0)
    except KeyboardInterrupt:
        print("已中断。", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `babashi … | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if isinstance(error, _expected_errors()):
            print(error, file=sys.stderr)
            return 2
        database = sys.modules.get("django.db")
        if database is not None and isinstance(error, database.OperationalError):
            print(
                f"数据库不能使用：{error}\n请检查 DATABASE_URL 的地址、用户、密码，以及数据库是否在运行。",
                file=sys.stderr,
            )
            return 2
        if (
            database is not None
            and isinstance(error, database.ProgrammingError)
            and "does not exist" in str(error)
        ):
            print("数据库里还没有数据表，或者版本太旧。请先运行 babashi prepare。", file=sys.stderr)
            return 2
        raise


if __name__ == "__main__":
    raise SystemExit(main())
