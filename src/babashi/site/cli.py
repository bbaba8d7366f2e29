"""Commands of the site: start everything, or one process at a time; backup and restore; Django's own."""

import argparse
from collections.abc import Callable
from pathlib import Path

from babashi.site import demo_cli

PORT = 8000


def add_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """start, serve, worker, due, prepare, backup, restore, manage, demo reset."""
    _add_start(subparsers)
    _add_serve(subparsers)
    worker = subparsers.add_parser("worker", help="运行后台任务")
    worker.add_argument("--concurrency", type=_count(1, 64), default=1, help="同时执行的任务数，默认 1")
    worker.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)
    worker.set_defaults(run=_worker)
    due = subparsers.add_parser("due", help="办理今天到期的事情（每晚自动运行；出错并排除原因后可再运行）")
    due.set_defaults(run=_due)
    prepare = subparsers.add_parser("prepare", help="建表、工作日历、政策包、静态文件（升级后运行一次）")
    prepare.set_defaults(run=_prepare)
    backup = subparsers.add_parser("backup", help="把数据库、上传文件和密钥备份到一个文件")
    backup.add_argument("file", type=Path, nargs="?", help="备份文件，默认 backups/babashi-日期时间.tar")
    backup.add_argument("--without-keys", action="store_true", help="不含密钥（密钥须另行保管）")
    backup.set_defaults(run=_backup)
    restore = subparsers.add_parser("restore", help="从备份文件恢复（只恢复到空数据库）")
    restore.add_argument("file", type=Path)
    restore.set_defaults(run=_restore)
    manage = subparsers.add_parser("manage", help="Django 自带的管理命令", add_help=False)
    manage.add_argument("arguments", nargs=argparse.REMAINDER)
    manage.set_defaults(run=_manage)
    demo_cli.add_commands(subparsers)


def _add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="监听地址，默认 127.0.0.1（只限本机）")
    parser.add_argument("--port", type=_count(1, 65535), default=PORT, help=f"端口，默认 {PORT}")
    parser.add_argument("--workers", type=_count(0, 64), default=0, help="网页进程数，默认按处理器数")


def _add_start(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    start = subparsers.add_parser("start", help="启动全部：数据库、网页、后台任务（Ctrl-C 停止）")
    _add_address(start)
    start.add_argument(
        "--enterprises", type=_count(1, 1_000_000), default=400, help="第一次启动时合成的企业数，默认 400"
    )
    start.set_defaults(run=_start, needs="nothing")


def _add_serve(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = subparsers.add_parser("serve", help="只运行网页服务")
    _add_address(serve)
    serve.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)
    serve.set_defaults(run=_serve)


def _count(low: int, high: int) -> Callable[[str], int]:
    """A whole number between two bounds."""

    def parse(text: str) -> int:
        if not text.isdecimal() or len(text) > 9 or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"须为 {low} 到 {high} 之间的整数")
        return int(text)

    return parse


def _start(arguments: argparse.Namespace) -> int:
    from babashi.site import launch

    return launch.start(arguments)


def _serve(arguments: argparse.Namespace) -> int:
    from babashi.site import launch

    return launch.serve(arguments)


def _worker(arguments: argparse.Namespace) -> int:
    from babashi.site import launch

    return launch.work(arguments)


def _due(arguments: argparse.Namespace) -> int:
    from babashi.site.due import run_due_jobs
    from babashi.workdays.clock import today

    done = run_due_jobs(today())
    print("\n".join(done.said) or "没有到期的事情。")
    return 1 if done.failed else 0


def _prepare(arguments: argparse.Namespace) -> int:
    from babashi.site import prepare

    prepare.everything(say=print)
    return 0


def _backup(arguments: argparse.Namespace) -> int:
    from babashi.site import backup

    print(f"已备份到 {backup.write(arguments.file, with_keys=not arguments.without_keys)}")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    from babashi.site import backup

    backup.restore(arguments.file)
    print("已恢复。请运行 babashi prepare，再启动服务。")
    return 0


def _manage(arguments: argparse.Namespace) -> int:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["babashi manage", *arguments.arguments])
    return 0
