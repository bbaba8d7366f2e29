"""The log: append-only in the database, chained, and every kind of tampering found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from babashi.accounts.models import User
from babashi.audit.acts import note, one_act
from babashi.audit.chain import canonical, plain, sm3
from babashi.audit.migrations_support import append_only, append_only_tables
from babashi.audit.models import AuditEntry
from babashi.audit.queries import entries
from babashi.audit.services import record, verify

pytestmark = pytest.mark.django_db


def act(number: int, actor: User | None = None) -> AuditEntry:
    with transaction.atomic():
        details = {"number": number, "amount": Decimal("200000.00"), "day": dt.date(2022, 9, 1)}
        return record(actor=actor, action="tests.acted", subject=("case", str(number)), details=details)


@pytest.fixture
def three() -> list[AuditEntry]:
    return [act(number) for number in (1, 2, 3)]


@pytest.fixture
def tamper() -> Callable[[str], None]:
    """What somebody with the password of the database's owner could do: switch the guard off first."""

    def run(statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement)
            cursor.execute("SET LOCAL session_replication_role = origin")

    return run


def test_sm3_is_the_standard_one() -> None:
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_a_whole_log_verifies_and_names_its_anchor(three: list[AuditEntry]) -> None:
    report = verify()
    assert report.intact
    assert report.entries == AuditEntry.objects.count()
    assert report.anchor == f"{report.entries}:{three[-1].digest}"
    assert three[2].previous == three[1].digest
    assert three[0].details == {"number": 1, "amount": "200000.00", "day": "2022-09-01"}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            "UPDATE audit_auditentry SET details = '{\"number\": 9}' WHERE sequence = {second}",
            "内容与摘要不符",
        ),
        ("UPDATE audit_auditentry SET actor_label = '别人' WHERE sequence = {second}", "内容与摘要不符"),
        (
            "UPDATE audit_auditentry SET at = at + interval '1 second' WHERE sequence = {second}",
            "内容与摘要不符",
        ),
        ("UPDATE audit_auditentry SET previous = repeat('0', 64) WHERE sequence = {second}", "接不上"),
        ("DELETE FROM audit_auditentry WHERE sequence = {second}", "被删除"),
    ],
)
def test_tampering_is_found(
    three: list[AuditEntry], tamper: Callable[[str], None], change: str, found: str
) -> None:
    tamper(change.replace("{second}", str(three[1].sequence)))
    report = verify()
    assert not report.intact
    assert found in report.problem


def test_a_cut_off_end_is_found_by_the_anchor_alone(
    three: list[AuditEntry], tamper: Callable[[str], None]
) -> None:
    anchor = verify().anchor
    tamper(f"DELETE FROM audit_auditentry WHERE sequence = {three[2].sequence}")
    assert verify().intact
    assert "末尾被删" in verify(expected=anchor).problem
    act(4)  # the same number again, with another content
    assert "不一致" in verify(expected=anchor).problem
    with pytest.raises(ValueError, match="锚点"):
        verify(expected="abc")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET action = 'x'",
        "DELETE FROM audit_auditentry",
        "TRUNCATE audit_auditentry",
    ],
)
def test_the_database_refuses_to_change_the_log(three: list[AuditEntry], statement: str) -> None:
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")  # as after a commit
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert verify().intact


def test_events_ledger_and_log_are_all_guarded() -> None:
    wanted = {"audit_auditentry", "applications_applicationevent", "budget_ledgerentry"}
    assert wanted <= set(append_only_tables())
    with pytest.raises(ValueError, match="not a table name"):
        append_only("x; DROP TABLE y")


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_nothing_is_recorded() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record(actor=None, action="tests.acted", subject=("case", "1"))
    assert not AuditEntry.objects.exists()


def test_an_act_that_fails_leaves_no_entry(three: list[AuditEntry]) -> None:
    def fail() -> None:
        act(4)
        User.objects.create(username="双")
        User.objects.create(username="双")

    with pytest.raises(IntegrityError), transaction.atomic():
        fail()
    assert verify().entries == AuditEntry.objects.count() == three[-1].sequence


def test_a_value_without_one_written_form_is_refused() -> None:
    for value in (0.1, dt.datetime.fromisoformat("2022-01-01T00:00:00"), object()):
        with pytest.raises(TypeError):
            plain({"value": value})
    assert canonical({"b": {2, 1}, "a": True}) == b'{"a":true,"b":[1,2]}'


def test_inner_acts_note_and_the_outermost_writes_in_order() -> None:
    @one_act
    def inner(fail: bool = False) -> None:
        note(actor=None, action="tests.inner", subject=("case", "1"))
        if fail:
            raise ValueError

    @one_act
    def outer() -> None:
        inner()
        with pytest.raises(ValueError):
            inner(fail=True)
        assert not AuditEntry.objects.filter(action__startswith="tests.").exists()
        note(actor=None, action="tests.outer", subject=("case", "1"))

    outer()
    actions = AuditEntry.objects.filter(action__startswith="tests.").order_by("sequence")
    assert list(actions.values_list("action", flat=True)) == ["tests.inner", "tests.outer"]
    assert verify().intact


def test_the_log_can_be_searched() -> None:
    user = User.objects.create(username="zhang", display_name="张三")
    act(7, user)
    act(8)
    assert [entry.subject_id for entry in entries("张三")] == ["7"]
    assert entries("tests.acted").count() == 2
