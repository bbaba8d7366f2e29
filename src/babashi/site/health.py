"""Whether the service can do its work: for load balancers and monitoring."""

from typing import Any

from django.db import DatabaseError, connection

import babashi


def state() -> dict[str, Any]:
    """`status` 正常/异常, whether the database answers, and the version."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        database = True
    except DatabaseError:
        database = False
    return {"status": "正常" if database else "异常", "database": database, "version": babashi.__version__}
