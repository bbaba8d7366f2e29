"""``babashi demo district``: a synthetic district in the exchange format."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, Final

MOST_ENTERPRISES: Final = 5_000_000


def add_commands(subparsers: Any) -> None:
    """Add ``demo district``; other parts may add to the word ``demo``."""
    demo = subparsers.add_parser("demo", help="演示数据", description="演示数据")
    inner = demo.add_subparsers(title="命令", metavar="命令", required=True, dest="demo_command")
    demo.set_defaults(inner_commands=inner)
    text = "生成一个合成的区：企业、认定、贷款、项目和行业平均值"
    district = inner.add_parser("district", help=text, description=text)
    district.add_argument("--enterprises", type=_count, required=True, metavar="N", help="企业数量")
    district.add_argument("--seed", type=int, default=1, metavar="S", help="种子：同一种子总是得到同样的数据")
    district.add_argument("--out", type=Path, metavar="目录", help="写到哪个新目录（默认 district-N-S）")
    district.add_argument("--xlsx", action="store_true", help="写成一个 .xlsx 工作簿，而不是 CSV")
    district.add_argument("--labels", action="store_true", help="表头用中文（带 BOM，Excel 可直接打开）")
    district.set_defaults(run=run_district)


def run_district(arguments: argparse.Namespace) -> int:
    """Write the district; its folder goes to standard output, everything else to standard error."""
    from rich.console import Console
    from rich.progress import Progress

    from babashi.demo.write import write_district
    from babashi.register_io.writer import RegisterWriteError
    from babashi.rules.facts import DictionaryError, FactDictionary

    count, seed = arguments.enterprises, arguments.seed
    folder: Path = arguments.out or Path(f"district-{count}-{seed}")
    console = Console(stderr=True)
    try:
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("正在生成合成数据", total=count)
            write_district(
                folder,
                FactDictionary.load(),
                count=count,
                seed=seed,
                form="xlsx" if arguments.xlsx else "csv",
                labels=arguments.labels,
                progress=lambda done: bar.update(task, completed=done),
            )
    except (RegisterWriteError, DictionaryError) as error:
        print(f"没有生成：{error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"没有生成：不能写入 {folder}（{error.strerror or error}）", file=sys.stderr)
        return 2
    print(f"已生成 {count} 户合成主体（种子 {seed}）。", file=sys.stderr)
    print(folder)
    return 0


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= MOST_ENTERPRISES:
        raise argparse.ArgumentTypeError(f"应为 1 至 {MOST_ENTERPRISES} 的整数，而不是 {text[:30]!r}")
    return int(text)
