"""``babashi rematch``: match the register with the packs in force and store what differs."""

from __future__ import annotations

import argparse
import sys
from typing import Any


def add_commands(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "rematch",
        help="把登记的企业和现行政策重新匹配，只写入变化，并推送新的匹配",
        description="把登记的企业和现行政策重新匹配，只写入变化，并推送新的匹配。再运行一次什么也不变。",
    )
    parser.add_argument(
        "--uscc", metavar="代码", action="append", help="只匹配这家企业（可写多次）；不写就是全部"
    )
    parser.add_argument("--stale", action="store_true", help="只匹配资料、政策或日期有变化的企业")
    parser.add_argument("--no-push", action="store_true", help="不推送")
    parser.add_argument("--status", action="store_true", help="只显示最近几次匹配和进度")
    parser.set_defaults(run=_rematch, needs="database")


def _rematch(args: argparse.Namespace) -> int:
    from babashi.enterprises.models import Enterprise
    from babashi.matching import services

    if args.status:
        return _status()
    ids = None
    if args.uscc:
        codes = [code.strip().upper() for code in args.uscc]
        found = dict(Enterprise.objects.filter(uscc__in=codes).values_list("uscc", "id"))
        unknown = [code for code in codes if code not in found]
        if unknown:
            print(f"没有登记的企业：{'、'.join(unknown)}。请核对统一社会信用代码。", file=sys.stderr)
            return 2
        ids = list(found.values())
    with _Bar() as bar:
        if args.stale and ids is None:
            run = services.rematch_stale(cause="manual", progress=bar)
        else:
            run = services.rematch(ids, cause="manual", progress=bar)
    if run is None:
        print("全部企业都是最新的，没有变化。")
        return 0
    print(f"匹配 {run.enterprises} 家企业，变化 {run.changed} 条。")
    if run.enterprises < run.total:
        print("政策或参数在匹配中途有变化，其余企业由后台任务按新的内容匹配。", file=sys.stderr)
    if not args.no_push:
        _ask_for_push(run.pk)
    return 0


def _status() -> int:
    from babashi.matching.queries import runs
    from babashi.workdays.clock import ZONE

    for run in runs()[:10]:
        state = "完成" if run.finished_at else f"进行中 {run.share}%"
        print(
            f"{run.started_at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}  {run.cause_label}  {state}"
            f"  企业 {run.enterprises}/{max(run.total, run.enterprises)}  变化 {run.changed}"
        )
    return 0


def _ask_for_push(run_id: int) -> None:
    from babashi.matching.tasks import push

    push(run_id)


class _Bar:
    """A progress bar on a terminal, nothing elsewhere."""

    def __enter__(self) -> _Bar:
        from rich.console import Console
        from rich.progress import Progress

        self._progress = Progress(console=Console(stderr=True), disable=not sys.stderr.isatty())
        self._progress.start()
        self._task = self._progress.add_task("正在匹配", total=None)
        return self

    def __call__(self, done: int, total: int) -> None:
        self._progress.update(self._task, completed=done, total=total)

    def __exit__(self, *unused: object) -> None:
        self._progress.stop()
