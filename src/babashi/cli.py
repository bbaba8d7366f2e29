"""The command `babashi`. Each part brings its own commands in `<part>/cli.py` with `add_commands(subparsers)`.

A command sets `run` (a function of the parsed arguments that returns an exit status or None) and, when it
needs Django, `needs="django"`, when it needs the database too, `needs="database"`:

    parser.set_defaults(run=verify, needs="database")

The modules `cli.py` themselves import nothing heavy at the top: `babashi match` must start without Django.
Exit status: 0 done, 1 the answer is no (a check found something), 2 the input or the surroundings are wrong.
"""

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

import babashi

PARTS = (
    "rules",
    "register_io",
    "reader",
    "demo",
    "workdays",
    "audit",
    "accounts",
    "files",
    "enterprises",
    "catalogue",
    "matching",
    "outreach",
    "budget",
    "applications",
    "publicity",
    "reviews",
    "payments",
    "feedback",
    "site",
)


class ChineseParser(argparse.ArgumentParser):
    """Says in Chinese what is wrong with the command line; exit status 2 as usual."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(2, f"命令写得不对：{message}\n运行 {self.prog} --help 查看用法。\n")


def build_parser() -> argparse.ArgumentParser:
    """The parser with the commands of all parts that have some."""
    parser = ChineseParser(prog="babashi", description="巴巴实：让惠企政策真正到达每一家企业")
    parser.add_argument("--version", action="version", version=f"babashi {babashi.__version__}")
    subparsers = parser.add_subparsers(title="命令", metavar="命令", dest="command", required=True)
    for part in PARTS:
        if find_spec(f"babashi.{part}") and find_spec(f"babashi.{part}.cli"):
            import_module(f"babashi.{part}.cli").add_commands(subparsers)
    return parser


@contextlib.contextmanager
def _surroundings(needs: str):
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


def _expected_errors() -> tuple[type[BaseException], ...]:
    """Errors whose text is meant for the person at the terminal."""
    from babashi.site.environment import SettingsError
    from babashi.site.postgres import PostgresError

    found: list[type[BaseException]] = [SettingsError, PostgresError]
    audit_errors = sys.modules.get("babashi.audit.errors")
    if audit_errors is not None:
        found.append(audit_errors.DomainError)
    return tuple(found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    parsed = build_parser().parse_args(arguments)
    try:
        with _surroundings(getattr(parsed, "needs", "")):
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
        raise


if __name__ == "__main__":
    raise SystemExit(main())
