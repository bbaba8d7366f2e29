"""Backup and restore: one tar file with the database, the uploads and the keys."""

import os
import shutil
import subprocess
import tarfile
import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from babashi.site import postgres
from babashi.site.environment import SettingsError

DUMP, UPLOADS, KEYS = "database.dump", "files", "keys"
KEY_NAMES = ("secret.key", "field.key")


def _program(name: str) -> str:
    """The client program of the embedded server, or the system's for a server of one's own."""
    try:
        return str(postgres.programs() / name)
    except postgres.PostgresError as error:
        found = shutil.which(name)
        if found is None:
            raise SettingsError(
                f"没有找到 {name}，请安装 PostgreSQL 客户端（postgresql-client）。"
            ) from error
        return found


def _environment() -> dict[str, str]:
    """The connection of the settings as libpq's variables: a password never stands in a command line."""
    database = settings.DATABASES["default"]
    variables = {
        "PGHOST": database["HOST"],
        "PGPORT": database["PORT"],
        "PGUSER": database["USER"],
        "PGPASSWORD": database.get("PASSWORD", ""),
        "PGDATABASE": connection.settings_dict["NAME"],
        "PGSSLMODE": database["OPTIONS"].get("sslmode", ""),
    }
    return {**os.environ, **{name: str(value) for name, value in variables.items() if value}}


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [_program(program), *arguments],
        env=_environment(),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise SettingsError(f"{program} 没有成功：\n{done.stderr.strip()}")


def write(target: Path | None, *, with_keys: bool = True) -> Path:
    """Write a backup and return its path. The file appears only when it is complete, readable by its owner."""
    moment = datetime.now().astimezone()
    path = target or Path("backups") / f"babashi-{moment:%Y%m%d-%H%M%S}.tar"
    if path.exists():
        raise SettingsError(f"{path} 已经存在，请换一个文件名。")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
            dump = Path(folder) / DUMP
            _run("pg_dump", "--format=custom", "--no-owner", f"--file={dump}")
            draft = Path(folder) / "draft.tar"
            with tarfile.open(draft, "w") as tar:
                tar.add(dump, DUMP)
                if settings.MEDIA_ROOT.exists():
                    tar.add(settings.MEDIA_ROOT, UPLOADS)
                for name in KEY_NAMES if with_keys else ():
                    if (settings.DATA_DIR / name).exists():
                        tar.add(settings.DATA_DIR / name, f"{KEYS}/{name}")
            draft.chmod(0o600)
            draft.rename(path)
    except OSError as error:
        raise SettingsError(f"不能写入 {path}：{error.strerror}") from error
    return path


def _tables() -> int:
    return len(connection.introspection.table_names())


def restore(source: Path) -> None:
    """Restore into an empty database: nothing that exists is ever overwritten."""
    if _tables():
        raise SettingsError("数据库里已经有数据，不会覆盖。请用一个空数据库（或新的 BABASHI_DATA）恢复。")
    if settings.MEDIA_ROOT.exists() and any(settings.MEDIA_ROOT.iterdir()):
        raise SettingsError(f"{settings.MEDIA_ROOT} 里已经有文件，不会覆盖。")
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(source) as tar, tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
            tar.extractall(folder, filter="data")
            _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction",
                 f"--dbname={connection.settings_dict['NAME']}", str(Path(folder) / DUMP))  # fmt: skip
            if (Path(folder) / UPLOADS).exists():
                shutil.move(Path(folder) / UPLOADS, settings.MEDIA_ROOT)
            for name in KEY_NAMES:
                key = Path(folder) / KEYS / name
                if key.exists():
                    shutil.move(key, settings.DATA_DIR / name)
    except (OSError, tarfile.TarError) as error:
        raise SettingsError(f"{source} 不是完整的备份文件，没有恢复：{error}") from error
