"""Taking in a register: one transaction, set by set, at the speed of COPY.

Rows of the same department are compared by content: what is unchanged stays as it is (so that a second import
changes nothing), what changed is retired and followed by a new row, what a handed-in child table no longer
has is retired. Nothing is deleted and nothing declared is touched.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from babashi.accounts.models import Department, Role, User
from babashi.accounts.permissions import require_role
from babashi.audit.errors import DomainError, Invalid
from babashi.audit.services import record
from babashi.enterprises.filling import REGISTER_LOCK
from babashi.enterprises.merging import SUBJECT_TABLE
from babashi.enterprises.models import ImportBatch
from babashi.enterprises.tasks import ask_for_matching
from babashi.enterprises.values import row_to_json
from babashi.register_io.problems import Problem
from babashi.register_io.register import Register
from babashi.workdays.clock import now

Progress = Callable[[str, int, int], None]
STEP = 5000
_INCOMING = """
CREATE TEMPORARY TABLE incoming (
    uscc text, tbl text, key text, body jsonb, file text, row_number integer
) ON COMMIT DROP
"""
_ENTERPRISES = """
INSERT INTO enterprises_enterprise
    (uscc, name, district, kind, contact_name, contact_phone, contact_email,
     known_tables, is_synthetic, created_at, changed_at)
SELECT uscc, coalesce(body->>'name', ''), coalesce(body->>'district', ''), coalesce(body->>'kind', ''),
       coalesce(body->>'contact_name', ''), coalesce(body->>'contact_phone', ''),
       coalesce(body->>'contact_email', ''), '{}', %(synthetic)s, %(now)s, %(now)s
FROM incoming WHERE tbl = %(subjects)s
ON CONFLICT (uscc) DO UPDATE SET
    name = CASE WHEN excluded.name <> '' THEN excluded.name ELSE enterprises_enterprise.name END,
    district = CASE WHEN excluded.district <> '' THEN excluded.district ELSE enterprises_enterprise.district END,
    kind = CASE WHEN excluded.kind <> '' THEN excluded.kind ELSE enterprises_enterprise.kind END,
    contact_name = CASE WHEN excluded.contact_name <> '' THEN excluded.contact_name
                        ELSE enterprises_enterprise.contact_name END,
    contact_phone = CASE WHEN excluded.contact_phone <> '' THEN excluded.contact_phone
                         ELSE enterprises_enterprise.contact_phone END,
    contact_email = CASE WHEN excluded.contact_email <> '' THEN excluded.contact_email
                         ELSE enterprises_enterprise.contact_email END
WHERE (enterprises_enterprise.name, enterprises_enterprise.district, enterprises_enterprise.kind,
       enterprises_enterprise.contact_name, enterprises_enterprise.contact_phone,
       enterprises_enterprise.contact_email)
   IS DISTINCT FROM (excluded.name, excluded.district, excluded.kind, excluded.contact_name,
       excluded.contact_phone, excluded.contact_email)
"""
_RETIRE_CHANGED = """
UPDATE enterprises_registerrow AS old SET retired_at = %(now)s
FROM incoming JOIN enterprises_enterprise AS e ON e.uscc = incoming.uscc
WHERE old.enterprise_id = e.id AND old."table" = incoming.tbl AND old.key = incoming.key
  AND old.origin = 'official' AND old.department_id IS NOT DISTINCT FROM %(department)s
  AND old.retired_at IS NULL AND old."values" IS DISTINCT FROM incoming.body
RETURNING old.enterprise_id
"""
_RETIRE_ABSENT = """
UPDATE enterprises_registerrow AS old SET retired_at = %(now)s
FROM enterprises_enterprise AS e
WHERE old.enterprise_id = e.id AND old."table" = %(table)s AND old.origin = 'official'
  AND old.department_id IS NOT DISTINCT FROM %(department)s AND old.retired_at IS NULL
  AND e.uscc IN (SELECT uscc FROM incoming WHERE tbl = %(subjects)s) AND NOT (e.uscc = ANY(%(incomplete)s))
  AND NOT EXISTS (SELECT 1 FROM incoming WHERE incoming.uscc = e.uscc AND incoming.tbl = old."table"
                  AND incoming.key = old.key)
RETURNING old.enterprise_id
"""
_INSERT = """
INSERT INTO enterprises_registerrow
    (enterprise_id, "table", key, origin, "values", batch_id, file, row_number, as_of, department_id,
     recorded_by_id, recorded_at)
SELECT e.id, incoming.tbl, incoming.key, 'official', incoming.body, %(batch)s, incoming.file,
       incoming.row_number, %(as_of)s, %(department)s, %(by)s, %(now)s
FROM incoming JOIN enterprises_enterprise AS e ON e.uscc = incoming.uscc
WHERE NOT EXISTS (SELECT 1 FROM enterprises_registerrow AS old WHERE old.enterprise_id = e.id
    AND old."table" = incoming.tbl AND old.key = incoming.key AND old.origin = 'official'
    AND old.department_id IS NOT DISTINCT FROM %(department)s AND old.retired_at IS NULL)
RETURNING enterprise_id
"""
_KNOWN = """
UPDATE enterprises_enterprise AS e SET known_tables = array_append(known_tables, %(table)s)
WHERE NOT (%(table)s = ANY(known_tables)) AND NOT (e.uscc = ANY(%(incomplete)s))
  AND EXISTS (SELECT 1 FROM incoming WHERE incoming.uscc = e.uscc AND incoming.tbl IN (%(subjects)s, %(table)s))
RETURNING e.id
"""
_CHANGED = """
UPDATE enterprises_enterprise SET changed_at = %(now)s WHERE id = ANY(%(ids)s::bigint[]) AND changed_at <> %(now)s
"""


@dataclass(slots=True)
class ImportReport:
    """What an import did, or would do."""

    batch: ImportBatch | None = None
    unchanged: bool = False
    """The same content was imported before: nothing was done."""
    dry_run: bool = False
    enterprises: int = 0
    rows: int = 0
    added: int = 0
    retired: int = 0
    changed_ids: list[int] = field(default_factory=list)
    """Enterprises whose facts changed: they have to be matched again."""
    parameters_changed: bool = False
    problems: list[Problem] = field(default_factory=list)


class RegisterRefused(Invalid):
    """The file set has errors; ``problems`` says where each is and what to write."""

    def __init__(self, problems: list[Problem], errors: int) -> None:
        super().__init__(
            f"登记表有 {errors} 处错误，没有导入。请按清单改正后重新导入，或选择只导入正确的行。"
        )
        self.problems = problems


class _Undo(Exception):
    """Rolls a dry run back."""


def import_register(
    register: Register,
    *,
    label: str,
    as_of: date,
    by: User | None,
    department: Department | None = None,
    accept_valid: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Import a register that was read. All or nothing unless ``accept_valid``.

    ``by`` must be a registrar (``None``: the command line). A dry run does everything and takes it back. Raises
    :class:`RegisterRefused` when rows are wrong, :class:`NotAllowed` without the post.
    """
    if by is not None:
        require_role(by, Role.REGISTRAR)
    if not label.strip():
        raise Invalid("请写明数据来源。", {"label": ["例如：区统计局 2021 年年报"]})
    if register.has_errors and not accept_valid:
        raise RegisterRefused(register.problems, register.error_count)
    report = ImportReport(dry_run=dry_run, problems=register.problems)
    try:
        with transaction.atomic():
            _Import(register, report, label.strip(), as_of, by, department, progress).run()
            if dry_run:
                raise _Undo
    except _Undo:
        report.batch = None
    return report


class _Import:
    def __init__(
        self, register: Register, report: ImportReport, label: str, as_of: date,
        by: User | None, department: Department | None, progress: Progress | None,
    ) -> None:  # fmt: skip
        longest = ImportBatch._meta.get_field("label").max_length
        if not label.strip() or len(label) > longest:
            raise Invalid(
                f"数据来源请写 1 至 {longest} 个字，例如：区统计局 2021 年年报。",
                {"label": ["太长或没有填写"]},
            )
        self.register, self.report, self.label, self.as_of = register, report, label, as_of
        self.by, self.department, self.progress = by, department, progress
        self.at: datetime = now()
        self.changed: set[int] = set()

    def run(self) -> None:
        """Everything in the caller's transaction."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REGISTER_LOCK])
        owner = self.department.name if self.department else ""
        digest = hashlib.sha256(f"{self.register.digest}\n{owner}".encode()).hexdigest()
        earlier = ImportBatch.objects.filter(digest=digest, as_of=self.as_of).first()
        if earlier is not None:
            self.report.batch, self.report.unchanged = earlier, True
            return
        batch = self.report.batch = ImportBatch.objects.create(
            digest=digest, label=self.label, department=self.department, as_of=self.as_of,
            is_synthetic=self.register.synthetic, imported_by=self.by, imported_at=self.at,
            warnings=[problem.to_json() for problem in self.register.problems[:500]],
        )  # fmt: skip
        self._stage()
        self._apply(batch)
        self._parameters(batch)
        report = self.report
        report.changed_ids = sorted(self.changed)
        batch.counts = {
            "enterprises": report.enterprises, "rows": report.rows, "added": report.added,
            "retired": report.retired, "changed": len(self.changed), "rejected": len(self.register.rejected_rows),
        }  # fmt: skip
        batch.save(update_fields=["counts"])
        # new averages can change every verdict, so then whoever is out of date is looked for
        ask_for_matching(report.changed_ids, "import", everybody=report.parameters_changed)
        details = {"label": self.label, "as_of": self.as_of, "digest": digest, **batch.counts}
        record(
            actor=self.by, action="enterprises.imported", subject=("import", str(batch.pk)),
            details=details, actor_label="" if self.by else "命令行",
        )  # fmt: skip

    def _stage(self) -> None:
        total = sum(len(table) for table in self.register.tables.values() if table) + len(
            self.register.enterprises
        )
        with connection.cursor() as cursor:
            cursor.execute(_INCOMING)
            done = 0
            with cursor.copy("COPY incoming (uscc, tbl, key, body, file, row_number) FROM STDIN") as copy:
                for line in self._lines():
                    copy.write_row(line)
                    done += 1
                    if self.progress and done % STEP == 0:
                        self.progress("读入", done, total)
            cursor.execute("CREATE INDEX ON incoming (uscc, tbl, key)")
            cursor.execute("ANALYZE incoming")
        self.report.rows, self.report.enterprises = done, len(self.register.enterprises)

    def _lines(self) -> Iterator[tuple[Any, ...]]:
        subjects = self.register.enterprises
        for row in subjects:
            body = json.dumps(row_to_json(row.facts()), ensure_ascii=False)
            yield str(row["uscc"]), SUBJECT_TABLE, "", body, subjects.file, row.number
        for name, table in self.register.tables.items():
            for row in table or ():
                uscc = str(row["uscc"])
                if uscc in self.register.incomplete.get(name, ()):
                    continue
                values = row_to_json(row.facts())
                body = json.dumps(values, ensure_ascii=False, sort_keys=True)
                yield (
                    uscc,
                    name,
                    _key(table.layout.key if table else (), values, body),
                    body,
                    row.table.file,
                    row.number,
                )

    def _apply(self, batch: ImportBatch) -> None:
        arguments: dict[str, Any] = {
            "now": self.at, "batch": batch.pk, "as_of": self.as_of, "subjects": SUBJECT_TABLE,
            "department": self.department.pk if self.department else None,
            "by": self.by.pk if self.by else None, "synthetic": self.register.synthetic,
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(_ENTERPRISES, arguments)
            cursor.execute("ANALYZE enterprises_enterprise")  # it may just have grown from nothing
            self._require_known_enterprises(cursor)
            self.report.retired += self._touch(cursor, _RETIRE_CHANGED, arguments)
            for name, table in self.register.tables.items():
                if table is None or name in self.register.unusable:
                    continue
                some = {
                    **arguments,
                    "table": name,
                    "incomplete": sorted(self.register.incomplete.get(name, ())),
                }
                self.report.retired += self._touch(cursor, _RETIRE_ABSENT, some)
                self._touch(cursor, _KNOWN, some)
            self.report.added += self._touch(cursor, _INSERT, arguments)
            cursor.execute("DROP TABLE incoming")
            cursor.execute(_CHANGED, {"now": self.at, "ids": list(self.changed)})

    def _require_known_enterprises(self, cursor: Any) -> None:
        """Child tables alone may be imported, but only for enterprises that are on file."""
        cursor.execute(
            """SELECT DISTINCT uscc FROM incoming
               WHERE NOT EXISTS (SELECT 1 FROM enterprises_enterprise AS e WHERE e.uscc = incoming.uscc) LIMIT 5"""
        )
        strangers = [uscc for (uscc,) in cursor.fetchall()]
        if strangers:
            raise DomainError(
                f"子表里有档案中没有的企业：{'、'.join(strangers)} 等。请同时交来 enterprises.csv，或先导入企业。",
                code="unknown_enterprise",
                status=422,
            )

    def _touch(self, cursor: Any, statement: str, arguments: dict[str, Any]) -> int:
        cursor.execute(statement, arguments)
        ids = [number for (number,) in cursor.fetchall()]
        self.changed.update(ids)
        return len(ids)

    def _parameters(self, batch: ImportBatch) -> None:
        for name, table in self.register.parameters.items():
            if table is None:
                continue
            key_ids = table.layout.key
            value_id = next(column for column in reversed(table.layout.column_ids) if column not in key_ids)
            rows = [("|".join(str(row[column]) for column in key_ids), row[value_id]) for row in table]
            with connection.cursor() as cursor:
                cursor.execute(
                    "CREATE TEMPORARY TABLE incoming_values (key text, value numeric) ON COMMIT DROP"
                )
                with cursor.copy("COPY incoming_values (key, value) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
                cursor.execute(_RETIRE_VALUES, {"now": self.at, "table": name})
                retired = cursor.rowcount
                cursor.execute(_INSERT_VALUES, {"table": name, "batch": batch.pk, "as_of": self.as_of})
                self.report.parameters_changed |= bool(retired or cursor.rowcount)
                cursor.execute("DROP TABLE incoming_values")


_RETIRE_VALUES = """
UPDATE enterprises_parametervalue AS old SET retired_at = %(now)s
WHERE old."table" = %(table)s AND old.retired_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM incoming_values WHERE key = old.key AND value IS NOT DISTINCT FROM old.value)
"""
_INSERT_VALUES = """
INSERT INTO enterprises_parametervalue ("table", key, value, batch_id, as_of)
SELECT %(table)s, key, value, %(batch)s, %(as_of)s FROM incoming_values AS new
WHERE NOT EXISTS (SELECT 1 FROM enterprises_parametervalue AS old
    WHERE old."table" = %(table)s AND old.key = new.key AND old.retired_at IS NULL)
"""


def _key(columns: tuple[str, ...], values: dict[str, Any], body: str) -> str:
    """The row's own number where the table has one, else a digest of its content."""
    named = [str(values[column]) for column in columns if column != "uscc" and column in values]
    return "|".join(named)[:120] if named else hashlib.sha256(body.encode()).hexdigest()[:32]
