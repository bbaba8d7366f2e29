"""The embedded server: started once, stopped by the last, refused when it can't be right."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from babashi.site import postgres
from babashi.site.postgres import PostgresError, Server

SRC = Path(__file__).resolve().parents[3] / "src"
IS_ROOT = os.geteuid() == 0


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that the server's system user can reach too, when the tests run as root."""
    path = postgres.data_folder(tmp_path / "pg" / "pg18")
    path.parent.mkdir(parents=True, exist_ok=True)
    yield path
    shutil.rmtree(path.parent)


def test_the_last_user_stops_it_and_nobody_else(folder: Path) -> None:
    first, second = (Server(folder, options=postgres.TEST_OPTIONS) for _ in range(2))
    assert first.acquire() is True
    assert second.acquire() is False
    assert first.create_database("babashi") is True
    assert second.create_database("babashi") is False
    assert first.release() is False
    with psycopg.connect(host=str(second.socket), user=postgres.ROLE, dbname="babashi") as connection:
        row = connection.execute("SHOW server_version").fetchone()
    assert row is not None
    assert row[0].startswith(f"{postgres.MAJOR}.")
    assert second.release() is True
    assert not (folder / "postmaster.pid").exists()
    assert second.release() is False


def test_many_first_starts_at_once_make_one_server(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from babashi.site.postgres import Server, TEST_OPTIONS\n"
        "s = Server(Path(sys.argv[1]), options=TEST_OPTIONS); print(s.acquire()); sys.stdin.read(); s.release()"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(folder)],
            env={**os.environ, "PYTHONPATH": str(SRC)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    answers = [process.stdout.readline().strip() for process in started if process.stdout]
    started[0].kill()  # one dies without saying goodbye: its lock dies with it
    for process in started:
        process.communicate(timeout=60)
    assert sorted(answers) == ["False", "False", "False", "True"]
    assert not (folder / "postmaster.pid").exists()


def test_a_data_folder_of_another_version_is_refused_and_left_alone(folder: Path) -> None:
    server = Server(folder)
    folder.mkdir(exist_ok=True)
    (folder / "PG_VERSION").write_text("16\n")
    with pytest.raises(PostgresError, match="PostgreSQL 16"):
        server.acquire()
    assert (folder / "PG_VERSION").read_text() == "16\n"


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("很长的文件夹" * 10) / "pg18"
    assert len(os.fsencode(postgres.socket_folder(deep))) < postgres.SOCKET_NAME_LIMIT
    assert postgres.socket_folder(Path("/srv/pg18")) == Path("/srv/pg18")


@pytest.mark.skipif(not IS_ROOT, reason="only root has this problem")
def test_root_keeps_private_folders_private(tmp_path: Path) -> None:
    private = tmp_path / "home"
    private.mkdir(mode=0o700)
    chosen = postgres.data_folder(private / "project" / ".data" / "pg18")
    assert private not in chosen.parents
    assert postgres.is_open(chosen.parent.parent)
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


@pytest.mark.skipif(IS_ROOT, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(PostgresError, match="不能写入"):
        Server(closed / "data" / "pg18").acquire()


def test_the_platform_owns_its_database_and_can_skip_no_trigger(folder: Path) -> None:
    with Server(folder, options=postgres.TEST_OPTIONS).used() as server:
        server.create_database("babashi")
        with psycopg.connect(host=str(server.socket), user=postgres.APP_ROLE, dbname="babashi") as connection:
            connection.execute("CREATE TABLE mine (id int)")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("SET session_replication_role = replica")


def test_a_database_of_the_administrator_is_handed_over_with_all_it_holds(folder: Path) -> None:
    made = (
        "CREATE TABLE old (id int GENERATED ALWAYS AS IDENTITY, mood mood)",
        "CREATE SEQUENCE number",
        "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    )
    with Server(folder, options=postgres.TEST_OPTIONS).used() as server:
        where = {"host": str(server.socket), "autocommit": True}
        with psycopg.connect(user=postgres.ROLE, dbname="postgres", **where) as connection:
            connection.execute("CREATE DATABASE babashi")
        with psycopg.connect(user=postgres.ROLE, dbname="babashi", **where) as connection:
            connection.execute("CREATE TYPE mood AS ENUM ('good')")
            for statement in made:
                connection.execute(statement)
        assert server.create_database("babashi") is False
        with psycopg.connect(user=postgres.APP_ROLE, dbname="babashi", **where) as connection:
            connection.execute("ALTER TYPE mood ADD VALUE 'better'")
            connection.execute("INSERT INTO old (mood) VALUES ('good')")
            connection.execute("ALTER TABLE old ADD COLUMN note text")
            connection.execute("SELECT nextval('number')")
            connection.execute("DROP FUNCTION one()")
