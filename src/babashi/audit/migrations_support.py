"""Reusable migration operation: a table to which rows are only ever added.

    from babashi.audit.migrations_support import append_only
    operations = [append_only("budget_ledgerentry")]

PostgreSQL then refuses UPDATE, DELETE and TRUNCATE on it, whoever asks (only the table's owner can remove
the triggers, which is a visible act). The tests pass by the triggers where Django empties all tables between
tests with real transactions (tests/conftest.py).
"""

import re

from django.db import connection
from django.db.migrations import RunSQL

TRUNCATE_TRIGGER = "append_only_truncate"
_FUNCTION = """
CREATE OR REPLACE FUNCTION babashi_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only(table: str) -> RunSQL:
    """The operation for one table; ``table`` is the database table, such as ``audit_auditentry``."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", table):
        raise ValueError(f"not a table name: {table!r}")
    return RunSQL(
        sql=f"""{_FUNCTION}
        CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION babashi_append_only();
        CREATE TRIGGER {TRUNCATE_TRIGGER} BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION babashi_append_only();
        """,
        reverse_sql=f"""
        DROP TRIGGER IF EXISTS append_only_row ON {table};
        DROP TRIGGER IF EXISTS {TRUNCATE_TRIGGER} ON {table};
        """,
    )


def append_only_tables() -> list[str]:
    """The tables that are guarded in the present database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only_row' ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


def allow_truncate_in_tests() -> None:
    """Let TRUNCATE through on guarded tables, for Django's transactional tests. Test databases only."""
    name = str(connection.settings_dict["NAME"])
    if not name.startswith("test_"):
        raise RuntimeError(f"{name} is not a test database")
    with connection.cursor() as cursor:
        for table in append_only_tables():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {TRUNCATE_TRIGGER}")
