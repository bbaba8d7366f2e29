"""``babashi notice``: read a notice, draft a pack from it, score a reading."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any


def add_commands(subparsers: Any) -> None:
    """Adds ``notice read | draft | score`` to the command line."""
    notice = subparsers.add_parser(
        "notice", help="读政策通知，生成政策包草稿", description="读政策通知，生成政策包草稿"
    )
    inner = notice.add_subparsers(title="命令", metavar="命令", required=True, dest="notice_command")
    notice.set_defaults(inner_commands=inner)
    read = inner.add_parser(
        "read",
        help="读一份通知，找出其中的措施",
        description="读一份通知，找出其中的措施；每个结果都带原文位置",
    )
    read.add_argument(
        "file", metavar="文件", type=Path, help="docx、pdf、html、txt、md；doc、wps 需要 LibreOffice"
    )
    read.add_argument(
        "--format", choices=("yaml", "json", "table"), default="table", help="输出格式，默认 table"
    )
    read.add_argument("--without-text", action="store_true", help="yaml 和 json 里不带通知全文")
    read.set_defaults(run=_read)
    draft = inner.add_parser(
        "draft",
        help="从通知生成政策包草稿",
        description="从通知生成政策包草稿：找到的写进去并注明出处，没有把握的列出来待人补充",
    )
    draft.add_argument("file", metavar="文件", type=Path, help="通知文件")
    draft.add_argument("folder", metavar="文件夹", type=Path, help="草稿写到哪个文件夹（须是空的或不存在）")
    draft.set_defaults(run=_draft)
    score = inner.add_parser(
        "score",
        help="把读出的结果和标注对比",
        description="把读出的结果（或直接读标注里的原文）和标注对比，给出准确率、召回率和 F1",
    )
    score.add_argument("gold", metavar="标注", type=Path, help="标注的 YAML 文件或文件夹")
    score.add_argument(
        "--predicted", metavar="结果", type=Path, help="读出的 YAML 文件或文件夹；不给就现读标注里的原文"
    )
    score.add_argument("--format", choices=("table", "json"), default="table", help="输出格式，默认 table")
    score.set_defaults(run=_score)


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


def _read(options: argparse.Namespace) -> int:
    from babashi.reader import ReaderError, output, read_file

    try:
        notice = read_file(options.file)
    except ReaderError as problem:
        return _fail(f"读不了 {options.file}：{problem}")
    if options.format == "table":
        sys.stdout.write(output.to_table(notice))
        return 0
    record = output.as_record(notice, with_text=not options.without_text)
    record = {"source": options.file.name, **record}
    sys.stdout.write(output.to_yaml(record) if options.format == "yaml" else output.to_json(record))
    return 0


def _draft(options: argparse.Namespace) -> int:
    from babashi.reader import ReaderError, read_file
    from babashi.reader.draft import write

    try:
        notice = read_file(options.file)
        report = write(notice, options.folder)
    except ReaderError as problem:
        return _fail(f"没有生成草稿：{problem}")
    sys.stdout.write(report)
    return 0


def _score(options: argparse.Namespace) -> int:
    from babashi.reader import ReaderError, bench

    try:
        score, seconds = bench.score_folder(options.gold, options.predicted)
    except ReaderError as problem:
        return _fail(str(problem))
    sys.stdout.write(
        bench.as_json(score, seconds) if options.format == "json" else bench.as_table(score, seconds)
    )
    return 0
