"""What all tests share: the embedded database, a folder for uploads that is thrown away.

Several test runs may go on at once: they share one embedded server (the last one to leave stops it) and each
has a database of its own (BABASHI_TEST_DB, or one named after the process).
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db.backends.postgresql.operations import DatabaseOperations
from hypothesis import settings as hypothesis_settings

from babashi.site import postgres

# Hypothesis times each example by the clock on the wall, which says on a busy machine how busy it is; what must
# not take long is bounded by its work instead (tests/working.py)
hypothesis_settings.register_profile("by_work", deadline=None)
hypothesis_settings.load_profile("by_work")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _drop_leftovers(server: postgres.Server) -> None:
    """Remove databases of test runs that were killed before they could."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(
        host=str(server.socket), port=postgres.PORT, user=postgres.ROLE, dbname="postgres", autocommit=True
    ) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test_babashi_p%'")
        for (name,) in rows.fetchall():
            pid = name.removeprefix("test_babashi_p").split("_")[0]
            if pid.isdecimal() and not _is_alive(int(pid)):
                connection.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
                )


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server | None]:
    """The running embedded server (None when DATABASE_URL names another one)."""
    if django_settings.EMBEDDED_POSTGRES is None:
        yield None
        return
    server = postgres.Server(django_settings.EMBEDDED_POSTGRES, options=postgres.TEST_OPTIONS)
    with server.used():
        _drop_leftovers(server)
        yield server


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    postgres_server: postgres.Server | None, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """pytest-django asks for this before it makes the database: the server must be up by then."""


@pytest.fixture(scope="session", autouse=True)
def _empty_guarded_tables_between_tests() -> Iterator[None]:
    """Tests with real transactions empty all tables afterwards, the append-only ones too, whose triggers
    refuse that. For the length of this one statement the triggers are off, which only a superuser may do.
    The queue of jobs goes with them: its tables are not of Django's making, so Django leaves them full."""
    original = DatabaseOperations.execute_sql_flush

    def flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        replica = "SET LOCAL session_replication_role = replica"
        queue = "TRUNCATE procrastinate_jobs CASCADE"
        original(self, [replica, *sql_list, queue, "SET LOCAL session_replication_role = origin"])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush)
        yield


@pytest.fixture(scope="session", autouse=True)
def _throw_away_folders(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Uploads and mails of tests go to a folder of this run."""
    folder: Path = tmp_path_factory.mktemp("data")
    django_settings.MEDIA_ROOT = folder / "files"
    django_settings.EMAIL_FILE_PATH = folder / "mail"
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
