"""What must be in place before the first page is served, each step skipped when it was done already."""

import contextlib
import hashlib
import os
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from babashi.site.environment import DEMO_MARK

Say = Callable[[str], None]


def everything(say: Say) -> None:
    """Tables, calendar, packs, static files."""
    migrate(say)
    calendar(say)
    packs(say)
    static_files(say)


def migrate(say: Say) -> None:
    """Bring the tables up to date; looking whether that is needed takes a fraction of the time of doing it."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"正在更新数据表（{len(plan)} 步）…")
        call_command("migrate", interactive=False, verbosity=0)


def calendar(say: Say) -> None:
    """The working-day calendar of all announced years."""
    from babashi.workdays.services import seed_calendar

    seed_calendar()


def pack_folders() -> list[Path]:
    """Every folder below the root of packs that holds a `pack.yaml`."""
    return sorted(path.parent for path in settings.BABASHI_PACKS.glob("**/pack.yaml"))


def packs(say: Say) -> None:
    """Publish the packs of the folder once. What an installation has in force is never replaced by a start: it is told.

    Those of another district stay away: the shipped ones are of 巴南. A broken draft in the folder, or a change
    without a new version, is told and keeps nothing else from starting.
    """
    from babashi.catalogue.errors import BrokenPack, ForeignRegion, VersionTaken
    from babashi.catalogue.services import other_than_in_force, publish_pack

    foreign: list[str] = []
    with _before_the_demo():
        for folder in pack_folders():
            try:
                if words := other_than_in_force(folder):
                    say(words)
                else:
                    publish_pack(folder, by=None)
            except ForeignRegion as error:
                foreign.append(error.pack_id)
            except BrokenPack as error:
                say(f"{folder} 没有发布：{error.message}用 babashi packs check 查看。")
            except VersionTaken as error:
                say(f"{folder} 没有发布：{error.message}")
    if foreign:
        say(
            f"{settings.BABASHI_PACKS} 里的 {'、'.join(foreign)} 不是本区（{settings.BABASHI_DISTRICT_NAME}）的政策，没有发布。"
            "本区的政策包放在自己的文件夹里，用 BABASHI_PACKS 指定。"
        )


def _before_the_demo() -> contextlib.AbstractContextManager[object]:
    """On the first start of a demo the policies come first: its enterprises apply in the weeks before its day."""
    from babashi.catalogue.models import PackVersion
    from babashi.workdays.clock import frozen

    if not settings.BABASHI_DEMO or PackVersion.objects.exists():
        return contextlib.nullcontext()
    return frozen(import_module("babashi.site.demo").opening())


def _static_digest() -> str:
    from django.contrib.staticfiles import finders

    digest = hashlib.sha256()
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            status = os.stat(storage.path(name))
            digest.update(f"{name}:{status.st_size}:{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def static_files(say: Say) -> None:
    """Collect and compress the static files when one of them has changed."""
    if settings.DEBUG or settings.TESTING:
        return
    stamp = settings.DATA_DIR / "static.stamp"
    digest = _static_digest()
    if stamp.exists() and stamp.read_text() == digest and settings.STATIC_ROOT.exists():
        return
    say("正在整理静态文件…")
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(digest)


def demo_module_exists() -> bool:
    return find_spec("babashi.site.demo") is not None


def demo(enterprises: int, say: Say) -> None:
    """In demo mode, on the first start: the synthetic district with its people and money."""
    if not settings.BABASHI_DEMO:
        return
    (settings.DATA_DIR / DEMO_MARK).touch()
    if demo_module_exists():
        import_module("babashi.site.demo").load(enterprises=enterprises, say=say)


def sign_ins() -> list[tuple[str, str, str]]:
    """Demo accounts to print: (who, user name, password)."""
    if not settings.BABASHI_DEMO or not demo_module_exists():
        return []
    return list(import_module("babashi.site.demo").sign_ins())
