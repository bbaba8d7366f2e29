"""What the environment says: folders, switches, keys, the database's address. Read once, by the settings.

Pure standard library, so that the command line can answer before Django is loaded.
"""

import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

DEMO_MARK = "demo.mark"
TRUE = {"1", "true", "yes", "on", "是"}
FALSE = {"0", "false", "no", "off", "否", ""}


class SettingsError(Exception):
    """A setting is wrong; the text says in Chinese which and what to write instead."""


def switch(name: str, default: bool) -> bool:
    """A yes/no variable of the environment."""
    text = os.environ.get(name)
    if text is None:
        return default
    if text.strip().lower() in TRUE:
        return True
    if text.strip().lower() in FALSE:
        return False
    raise SettingsError(f"环境变量 {name} 的值“{text}”无法识别，请写 1 或 0。")


def number(name: str, default: int, *, low: int, high: int) -> int:
    """A whole number of the environment between two bounds."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or not low <= int(text) <= high:
        raise SettingsError(f"环境变量 {name} 的值“{text}”无效，请写 {low} 到 {high} 之间的整数。")
    return int(text)


def testing() -> bool:
    """Whether a test run is going on (pytest sets this variable for itself and its children)."""
    return "PYTEST_VERSION" in os.environ


def project_folder() -> Path:
    """The folder of the checked-out project; for an installed wheel the folder one stands in."""
    root = Path(__file__).resolve().parents[3]
    return root if (root / "pyproject.toml").exists() else Path.cwd()


def data_folder() -> Path:
    """Where database, uploads and keys lie: BABASHI_DATA, else `.data` in the project."""
    wanted = os.environ.get("BABASHI_DATA", "").strip()
    if wanted:
        return Path(wanted).expanduser().resolve()
    if testing():
        return Path(tempfile.gettempdir()) / f"babashi-test-{os.geteuid()}"
    return project_folder() / ".data"


def key(name: str, variable: str, folder: Path) -> str:
    """A secret of 64 hexadecimal digits: from the environment, else from a file made on first use."""
    given = os.environ.get(variable, "").strip()
    if given:
        if len(given) < 50 or len(set(given)) < 10:
            raise SettingsError(f"环境变量 {variable} 太短或太简单，请用 openssl rand -hex 32 生成。")
        return given
    path = folder / f"{name}.key"
    try:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, secrets.token_hex(32))
        return path.read_text("ascii").strip()
    except OSError as error:
        raise SettingsError(
            f"密钥文件 {path} 不能读写（{error.strerror}）。请检查权限，或设置 {variable}，"
            "或用 BABASHI_DATA 指定另一个文件夹。"
        ) from error


def _write_once(path: Path, text: str) -> None:
    """Create a private file with its whole content at once; whoever comes second keeps the first one's."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def database_from_url(url: str) -> dict[str, Any]:
    """Django's database settings from `postgresql://user:password@host:port/name?sslmode=require`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SettingsError(f"DATABASE_URL 的地址或端口写得不对：{error}") from error
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SettingsError("DATABASE_URL 必须以 postgresql:// 开头：本系统只使用 PostgreSQL。")
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise SettingsError("DATABASE_URL 缺少数据库名：postgresql://用户:密码@主机:5432/数据库名")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(options.pop("port", None) or port or ""),
        "OPTIONS": options,
    }


def mail_from_url(url: str) -> dict[str, Any]:
    """Django's mail settings from `smtps://user:password@host:465?from=sender`; `smtp://` uses STARTTLS."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SettingsError(f"BABASHI_SMTP 的地址或端口写得不对：{error}") from error
    if parts.scheme not in {"smtp", "smtps"}:
        raise SettingsError(
            "BABASHI_SMTP 必须以 smtp:// 或 smtps:// 开头：smtps://用户:密码@主机?from=发件人"
        )
    if not parts.hostname:
        raise SettingsError("BABASHI_SMTP 缺少主机：smtps://用户:密码@主机?from=发件人")
    options = dict(parse_qsl(parts.query))
    sender, starttls = options.pop("from", ""), options.pop("starttls", "1")
    if "@" not in sender:
        raise SettingsError("BABASHI_SMTP 缺少发件人，在最后写 ?from=发件邮箱")
    if options:
        raise SettingsError(f"BABASHI_SMTP 里不认识 {'、'.join(options)}，可用：from、starttls（0 为不加密）")
    ssl = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if ssl else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": ssl,
        "EMAIL_USE_TLS": not ssl and starttls.strip().lower() not in FALSE,
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": sender,
    }
