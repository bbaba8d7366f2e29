"""``babashi match``: every enterprise of a register against every item of the packs."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from babashi.rules.commands.common import (
    CommandFailed,
    day_of,
    dictionary_of,
    fail,
    open_register,
    packs_of,
    root_of,
)
from babashi.rules.commands.outputs import Match, writer_of
from babashi.rules.commands.progress import track
from babashi.rules.evaluate import evaluate_all

if TYPE_CHECKING:
    import datetime as dt

    from babashi.register_io import Register
    from babashi.rules.pack import Pack


@dataclass(frozen=True)
class Job:
    """What is matched with what, on which day."""

    register: Register
    packs: list[Pack]
    as_of: dt.date

    def matches(self) -> Iterator[Match]:
        """One (enterprise, item) after the other, in the order of the file and of the packs."""
        items = [item for pack in self.packs for item in pack.items if item.applicant == "enterprise"]
        parameters = self.register.rule_parameters()
        total = len(self.register.enterprises)
        for uscc, subject in track(self.register.subjects(), total, "匹配"):
            name = str(subject.facts.get("name") or "")
            for item, result in zip(items, evaluate_all(items, subject, parameters, self.as_of), strict=True):
                yield Match(uscc, name, item, result)


def run(args: argparse.Namespace) -> int:
    """The command; its exit status."""
    try:
        as_of = day_of(args.as_of)
        root = root_of(args.packs)
        dictionary = dictionary_of(root)
        packs = packs_of(args.pack, root, dictionary)
        _check_destination(args)
        register = open_register(args.register, dictionary, args.accept_valid)
        with _destination(args.output) as stream:
            writer_of(args.format)(Job(register, packs, as_of).matches(), stream, dictionary, as_of)
    except CommandFailed as error:
        return fail(str(error))
    if args.output is not None:
        print(f"已写到 {args.output}", file=sys.stderr)
    return 0


def _check_destination(args: argparse.Namespace) -> None:
    if args.format == "xlsx" and args.output is None and sys.stdout.isatty():
        raise CommandFailed("xlsx 不能显示在终端上，请加 --output 文件名.xlsx")
    if args.output is not None and not args.output.parent.is_dir():
        raise CommandFailed(f"没有文件夹 {args.output.parent}，写不了 {args.output}")


@contextmanager
def _destination(path: Path | None) -> Iterator[IO[bytes]]:
    """Standard output, or a file that appears complete or not at all."""
    if path is None:
        with _standard_output() as stream:
            yield stream
        return
    try:
        handle, name = tempfile.mkstemp(prefix=".match-", dir=path.parent)
    except OSError as error:
        raise CommandFailed(f"写不了 {path}：{error.strerror or error}") from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        raise CommandFailed(f"写不了 {path}：{error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _standard_output() -> Iterator[IO[bytes]]:
    """Standard output; a full disk behind it is told like any other."""
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise  # `babashi match … | head`: not an error
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left goes nowhere
        raise CommandFailed(f"结果写不出来：{error.strerror or error}") from error
