"""``babashi register check``: is a register right, and what must be written instead where it isn't."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from babashi.register_io.register import Register


def add_commands(subparsers: Any) -> None:
    """Add ``register check``; other parts may add to the word ``register``."""
    register = subparsers.add_parser("register", help="登记数据", description="登记数据")
    inner = register.add_subparsers(title="命令", metavar="命令", required=True, dest="register_command")
    register.set_defaults(inner_commands=inner)
    text = "检查登记数据（不导入）：哪个文件、哪一行、哪一列不对，应当怎样写"
    check = inner.add_parser("check", help=text, description=text)
    check.add_argument("register", type=Path, metavar="目录", help="登记数据的文件夹，或一个 .xlsx 工作簿")
    check.add_argument(
        "--format",
        choices=("text", "json", "csv"),
        default="text",
        help="text 逐行文字，json 每行一个对象，csv 表格",
    )
    check.add_argument("--for-match", action="store_true", help="按匹配的要求检查：必须有企业表")
    check.set_defaults(run=run_check)


def run_check(arguments: argparse.Namespace) -> int:
    """Problems to standard output, the summary to standard error; 2 when there is an error."""
    from babashi.register_io.reading import read_register
    from babashi.register_io.terminal import reading_bar
    from babashi.rules.facts import DictionaryError, FactDictionary

    try:
        dictionary = FactDictionary.load()
    except DictionaryError as error:
        print(error, file=sys.stderr)
        return 2
    path: Path = arguments.register
    with reading_bar() as progress:
        register = read_register(path, dictionary, need_enterprises=arguments.for_match, progress=progress)
    _print_problems(register, arguments.format)
    print(summary(register), file=sys.stderr)
    return 2 if register.has_errors else 0


def _print_problems(register: Register, form: str) -> None:
    from babashi.register_io.problems import problem_rows

    if form == "csv":
        csv.writer(sys.stdout, lineterminator="\n").writerows(problem_rows(register.problems))
    elif form == "json":
        for problem in register.problems:
            print(json.dumps(problem.to_json(), ensure_ascii=False))
    else:
        words = {"error": "错误", "warning": "提示"}
        for problem in register.problems:
            print(f"{words[problem.severity]}  {problem}")


def summary(register: Register) -> str:
    """One paragraph: what was read of each table, and how many problems there are."""
    parts = []
    for table in register.layout:
        rows = register.table(table.id)
        if rows is not None:
            parts.append(f"{table.label} {len(rows)} 行")
        elif table.id in register.unusable:
            parts.append(f"{table.label}读不了")
        else:
            parts.append(f"{table.label}没有提供（一律按未知处理）")
    found = f"错误 {register.error_count} 个，提示 {register.warning_count} 个"
    mark = "（合成数据）" if register.synthetic else ""
    advice = "；请改正错误后再导入" if register.has_errors else "，可以导入"
    return f"读入{mark}：{'，'.join(parts)}。{found}{advice}。"
