"""Shared by the commands: finding packs, reading days, saying what went wrong."""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from babashi.rules.facts import DictionaryError, FactDictionary, packs_root
from babashi.rules.loader import PACK_FILE, find_packs, load_pack
from babashi.rules.pack import Pack
from babashi.rules.problems import PackErrors

if TYPE_CHECKING:
    from babashi.register_io import Register

_ID_LINE: Final = re.compile(r"^id:\s*['\"]?([A-Za-z0-9_-]+)", re.MULTILINE)


class CommandFailed(Exception):
    """The command can't go on; the message (Chinese) says why and what to do. Exit status 2."""


def fail(message: str) -> int:
    """Print an error on standard error; the exit status 2."""
    print(f"错误：{message}", file=sys.stderr)
    return 2


def day_of(text: str | None) -> dt.date:
    """The day asked for, else the demo day, else today in China."""
    written = text or os.environ.get("BABASHI_TODAY") or ""
    if not written:
        return dt.datetime.now(ZoneInfo("Asia/Shanghai")).date()
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", written):
        try:
            return dt.date.fromisoformat(written)
        except ValueError:
            pass
    raise CommandFailed(f"日期不对：{written}，请写成 2022-09-01")


def root_of(folder: Path | None) -> Path:
    """The packs folder to work with."""
    root = folder or packs_root()
    if not root.is_dir():
        raise CommandFailed(f"没有政策包文件夹 {root}，请用 --packs 指定，或设置环境变量 BABASHI_PACKS")
    return root


def dictionary_of(root: Path) -> FactDictionary:
    """The fact dictionary of a packs folder, or the project's own."""
    path = root / "facts.yaml"
    try:
        return FactDictionary.load(path if path.is_file() else None)
    except DictionaryError as error:
        raise CommandFailed(str(error)) from error


def pack_folders(root: Path) -> dict[str, Path]:
    """Folder of each pack by its id; an unreadable pack goes by the name of its folder."""
    found: dict[str, Path] = {}
    for folder in find_packs(root):
        found.setdefault(id_of(folder), folder)
    return found


def id_of(folder: Path) -> str:
    """Id of the pack in a folder, without reading the whole of it."""
    line = _ID_LINE.search((folder / PACK_FILE).read_text(encoding="utf-8", errors="replace"))
    return line.group(1) if line else folder.name


def folder_of(name: str, root: Path) -> Path:
    """The folder of a pack named by id or by path."""
    folders = pack_folders(root)
    if name in folders:
        return folders[name]
    if (Path(name) / PACK_FILE).is_file():
        return Path(name)
    known = "、".join(folders) or "（没有政策包）"
    raise CommandFailed(f"没有政策包 {name}，现有：{known}")


def load(folder: Path, dictionary: FactDictionary) -> Pack:
    """A pack, or all its problems as the reason why not."""
    try:
        return load_pack(folder, dictionary)
    except PackErrors as error:
        raise CommandFailed(f"政策包 {folder} 有错误：\n{error}") from error


def packs_of(names: Sequence[str] | None, root: Path, dictionary: FactDictionary) -> list[Pack]:
    """The packs asked for (each once), or all that are enabled."""
    if names:
        return [load(folder_of(name, root), dictionary) for name in dict.fromkeys(names)]
    packs = [load(folder, dictionary) for folder in find_packs(root)]
    enabled = [pack for pack in packs if pack.enabled]
    if not enabled:
        raise CommandFailed("没有启用的政策包，请用 --pack 指定")
    return enabled


def open_register(path: Path, dictionary: FactDictionary, accept_valid: bool) -> Register:
    """Read a register; problems go to standard error. Errors end the command unless valid rows suffice."""
    from babashi.register_io import read_register
    from babashi.rules.commands.progress import reading_bar

    if not path.exists():
        raise CommandFailed(f"没有这个文件夹或文件：{path}")
    try:
        with reading_bar() as progress:
            register = read_register(path, dictionary, need_enterprises=True, progress=progress)
    except OSError as error:
        raise CommandFailed(f"读不了 {path}：{error.strerror or error}") from error
    for problem in register.problems:
        word = "错误" if problem.severity == "error" else "提示"
        print(f"{word}：{problem}", file=sys.stderr)
    if register.has_errors and not accept_valid:
        advice = "改正后再试；或加 --accept-valid，跳过错误的行"
        raise CommandFailed(f"登记表有 {register.error_count} 个错误，没有作匹配。{advice}")
    if register.table(register.layout.enterprises.id) is None:
        raise CommandFailed("没有可用的企业表 enterprises.csv")
    if register.has_errors:
        _list_problems(register, path)
    return register


def _list_problems(register: Register, path: Path) -> None:
    """What was left out, as a list beside the register. Without it the errors are still on the screen."""
    from babashi.register_io import problems_path, write_problems_csv

    target = problems_path(path)
    try:
        write_problems_csv(register.problems, target)
    except OSError as error:
        print(f"提示：没有读入的行的清单写不了 {target}（{error.strerror or error}）", file=sys.stderr)
    else:
        print(f"没有读入的行：清单写在 {target}", file=sys.stderr)
