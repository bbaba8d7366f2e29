"""Who may record which official fact, and recording one value for everybody who has none (“否” in bulk)."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection

from babashi.accounts.models import Department, Role, User
from babashi.accounts.permissions import require_role
from babashi.audit.acts import note, one_act
from babashi.audit.errors import Conflict, Invalid, NotAllowed
from babashi.enterprises.merging import SUBJECT_TABLE
from babashi.enterprises.queries import dictionary
from babashi.enterprises.tasks import ask_for_matching
from babashi.enterprises.values import to_json
from babashi.rules.facts import FactSpec
from babashi.rules.values import Value
from babashi.workdays.clock import now, today

RECORDERS = (Role.REGISTRAR, Role.ACCEPTOR, Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.APPROVER)
CONTACTS = ("contact_name", "contact_phone", "contact_email")
REGISTER_LOCK = 0x6261_6262
"""Advisory lock of whoever changes facts in bulk: imports and fillings, one at a time."""
_WHOSE = """
FROM enterprises_enterprise AS e
WHERE NOT EXISTS (SELECT 1 FROM enterprises_registerrow AS r
                  WHERE r.enterprise_id = e.id AND r."table" = %(table)s AND r.retired_at IS NULL
                    AND r.origin <> 'declared' AND r."values" ? %(fact)s)
  AND NOT EXISTS (SELECT 1 FROM enterprises_member AS m
                  WHERE m.enterprise_id = e.id AND m.user_id = %(by)s AND m.ended_at IS NULL)
"""
_UNKNOWN = """
CREATE TEMPORARY TABLE unknown_of ON COMMIT DROP AS
SELECT e.id, (SELECT own."values" FROM enterprises_registerrow AS own
              WHERE own.enterprise_id = e.id AND own."table" = %(table)s AND own.key = '' AND own.origin = 'reviewer'
                AND own.department_id = %(department)s AND own.retired_at IS NULL) AS before
"""
_UNKNOWN += _WHOSE
_COUNT = "SELECT count(*) " + _WHOSE
_RETIRE = """
UPDATE enterprises_registerrow SET retired_at = %(now)s
WHERE "table" = %(table)s AND key = '' AND origin = 'reviewer' AND department_id = %(department)s
  AND retired_at IS NULL AND enterprise_id IN (SELECT id FROM unknown_of)
"""
_INSERT = """
INSERT INTO enterprises_registerrow
    (enterprise_id, "table", key, origin, "values", file, as_of, department_id, recorded_by_id, recorded_at,
     retired_at)
SELECT u.id, %(table)s, '', 'reviewer', coalesce(u.before, '{}') || %(value)s::jsonb, '', %(today)s,
       %(department)s, %(by)s, %(now)s, NULL
FROM unknown_of AS u
"""


def require_may_record(fact: str, *, by: User, department: Department) -> None:
    """Raise NotAllowed unless this person may record this fact for this department; Invalid for an unknown fact."""
    require_role(by, *RECORDERS, department=department)
    spec = dictionary().facts.get(fact)
    if spec is None or fact == "uscc":
        raise Invalid(f"没有叫“{fact}”、可以登记的指标。")
    if not spec.declarable and department.name != spec.holder:
        raise NotAllowed(f"“{spec.spoken}”只能由{spec.holder}登记。")
    if fact in CONTACTS:
        require_role(by, Role.REGISTRAR)


def fillable(spec: FactSpec) -> bool:
    """Whether a fact may be recorded for many at once: yes or no, and only a department says it."""
    return spec.type == "bool" and not spec.declarable


def count_unknown(fact: str, *, by: User) -> int:
    """For how many enterprises nobody official knows this fact (without those that the person speaks for)."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"table": SUBJECT_TABLE, "fact": fact, "by": by.pk})
        return int(cursor.fetchone()[0])


@one_act
def fill_official_fact(
    fact: str, value: Value, *, by: User, department: Department, expected: int | None = None
) -> int:
    """Record one value for every enterprise of which nobody official knows this fact. Returns how many.

    ``expected``: the number that the person agreed to; when it is another by now, Conflict and nothing happens.

    What is known stays as it is; enterprises that the recorder speaks for are left out. One audit entry for all.
    """
    require_may_record(fact, by=by, department=department)
    spec = dictionary().facts[fact]
    if not fillable(spec):
        raise Invalid(f"“{spec.spoken}”不能批量登记：批量登记只用于由部门认定的“是/否”指标。")
    arguments = {
        "table": SUBJECT_TABLE, "fact": fact, "by": by.pk, "department": department.pk, "now": now(),
        "today": today(), "value": json.dumps({fact: to_json(value)}, ensure_ascii=False),
    }  # fmt: skip
    filled = _fill(arguments, expected)
    if filled:
        ask_for_matching([], "enterprise", everybody=True)
        details = {
            "fact": fact,
            "value": to_json(value),
            "department": department.name,
            "enterprises": filled,
        }
        note(actor=by, action="enterprises.fact_filled", subject=("fact", fact), details=details)
    return filled


def _fill(arguments: Mapping[str, Any], expected: int | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s)", [REGISTER_LOCK]
        )  # not while a register is taken in
        cursor.execute(_UNKNOWN, arguments)
        _require_expected(cursor, expected)
        cursor.execute(
            "SELECT 1 FROM enterprises_enterprise WHERE id IN (SELECT id FROM unknown_of) ORDER BY id FOR UPDATE"
        )
        cursor.execute(_RETIRE, arguments)
        cursor.execute(_INSERT, arguments)
        filled = int(cursor.rowcount)
        cursor.execute(
            "UPDATE enterprises_enterprise SET changed_at = %(now)s WHERE id IN (SELECT id FROM unknown_of)",
            arguments,
        )
        cursor.execute("DROP TABLE unknown_of")
    return filled


def _require_expected(cursor: Any, expected: int | None) -> None:
    cursor.execute("SELECT count(*) FROM unknown_of")
    found = int(cursor.fetchone()[0])
    if expected is not None and found != expected:
        raise Conflict(
            f"家数已经变化：现在是 {found} 家，您确认的是 {expected} 家。没有登记，请刷新页面后重新确认。"
        )
