"""The jobs of a day: one that breaks is logged and named, the others still do their work, and whoever asked learns of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection

from babashi.cli import build_parser
from babashi.site import due, tasks
from babashi.site.due import JobsFailed, run_due_jobs
from babashi.workdays import clock

pytestmark = pytest.mark.django_db
DAY = date(2022, 9, 1)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """Three jobs of which the middle one breaks in the database; the days on which the last one ran."""
    days: list[date] = []

    def breaks(day: date) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        return "never said"

    def last(day: date) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        days.append(day)
        return "后面的照常办理"

    jobs = [due.Job("先办", lambda day: "先办好了"), due.Job("坏的", breaks), due.Job("后办", last)]
    monkeypatch.setattr(due, "due_jobs", lambda day: jobs)
    return days


def test_a_job_that_breaks_stops_no_other(ran: list[date], caplog: pytest.LogCaptureFixture) -> None:
    done = run_due_jobs(DAY)
    assert ran == [DAY]
    assert done.failed == ("坏的",)
    assert done.said == ("先办好了", "“坏的”没有办成，已记入日志，请系统管理员查看", "后面的照常办理")
    [record] = [one for one in caplog.records if one.exc_info]
    assert "坏的" in record.getMessage()
    assert "ZeroDivision" in caplog.text or "division by zero" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_too(ran: list[date]) -> None:
    assert run_due_jobs(DAY).failed == ("坏的",)
    assert ran == [DAY]


def test_the_nightly_job_counts_as_failed_after_all_have_run(
    ran: list[date], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "is_demo", lambda: False)
    with pytest.raises(JobsFailed, match="坏的"):
        tasks.nightly(0)
    assert len(ran) == 1


def test_the_command_says_what_was_done_and_exits_with_an_error(
    ran: list[date], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command() == 1
    said = capsys.readouterr().out
    assert "先办好了" in said
    assert "“坏的”没有办成" in said
    assert "后面的照常办理" in said


def test_a_day_without_failures_exits_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(due, "due_jobs", lambda day: [due.Job("无事", lambda day: "")])
    assert command() == 0
    assert "没有到期的事情" in capsys.readouterr().out


def test_new_money_that_cannot_be_spread_keeps_no_payment_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    ordered: list[Any] = []

    def broken() -> None:
        raise RuntimeError("the queue is broken")

    monkeypatch.setattr("babashi.reviews.services.drain_all", broken)
    monkeypatch.setattr("babashi.payments.services.order_ready", lambda: ordered.append(1) or _handled())
    with pytest.raises(JobsFailed):
        tasks.order_payments(0)
    assert ordered


def command() -> int:
    """The exit status of `babashi due` in this process, with the database that is there already."""
    parsed = build_parser(["due"]).parse_args(["due"])
    status: int = parsed.run(parsed)
    return status


def _handled() -> Any:
    from babashi.applications.services import Handled

    return Handled()
