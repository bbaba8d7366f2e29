"""Jobs over many cases: a broken one is reported and keeps nobody waiting, stays whole, and is tried again."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client
from tests.integration import case_world as world
from tests.integration.money_world import made_up

from babashi.accounts.models import Role, User
from babashi.applications.flow import State
from babashi.applications.models import Application
from babashi.audit.models import AuditEntry
from babashi.audit.services import verify
from babashi.budget.models import Appropriation, Reservation
from babashi.budget.queries import free
from babashi.budget.queries import verify as balances_differ
from babashi.outreach.models import Message
from babashi.reviews import services as reviews
from babashi.reviews.models import StageTask
from babashi.site.due import run_due_jobs
from babashi.workdays.clock import now

pytestmark = pytest.mark.django_db


def state(case: Application) -> str:
    return Application.objects.get(pk=case.pk).state


def reported() -> list[tuple[str, str]]:
    entries = AuditEntry.objects.filter(action="applications.job_failed").order_by("sequence")
    return [(entry.subject_id, entry.details["job"]) for entry in entries]


def test_a_publicity_that_cannot_end_keeps_no_other_open(
    people: dict[str, User], caplog: pytest.LogCaptureFixture
) -> None:
    cases = [world.walk(world.submitted()[0], people, "publicity") for _ in range(3)]
    first, broken, last = cases
    after = cases[0].publicity_entries.get().notice.ends_on + timedelta(days=1)
    with made_up():  # a second visit that never was: the next stage cannot be opened
        ghost = StageTask.objects.create(
            application=broken, stage="approval", role="approver", department=world.department(world.LEAD),
            round=2, opened_at=now(), decided_at=now(), outcome="ended",
        )  # fmt: skip
    history = broken.events.count()
    ended = reviews.finish_publicity(after)
    assert ([case.pk for case in ended], ended.failed) == ([first.pk, last.pk], [broken.number])
    assert [state(case) for case in cases] == [State.APPROVAL, State.PUBLICITY, State.APPROVAL]
    assert (broken.events.count(), world.task(broken).stage) == (history, "publicity")
    assert str(broken.number) in caplog.text
    assert f"{broken.number} 未能自动办理，已记入日志，下次再试" in run_due_jobs(after).said
    assert reported() == [(broken.number, "finish_publicity")], (
        "written once a day, however often it is tried"
    )
    with made_up():
        ghost.delete()
    assert [case.pk for case in reviews.finish_publicity(after)] == [broken.pk]
    assert verify().intact


@pytest.mark.django_db(transaction=True)
def test_a_case_that_the_database_refuses_at_its_commit_takes_no_other_with_it(
    people: dict[str, User],
) -> None:
    first, broken, last = cases = [world.walk(world.submitted()[0], people, "publicity") for _ in range(3)]
    world.money("1000")
    with transaction.atomic(), made_up():  # money reserved for a case that nobody approved
        Reservation.objects.create(
            appropriation=Appropriation.objects.get(full_id=world.SCALE_UP),
            reference=broken.number, amount=Decimal(1),
        )  # fmt: skip
    ended = reviews.finish_publicity(first.publicity_entries.get().notice.ends_on + timedelta(days=1))
    assert ([case.pk for case in ended], ended.failed) == ([first.pk, last.pk], [broken.number])
    assert [state(case) for case in cases] == [State.APPROVAL, State.PUBLICITY, State.APPROVAL]
    assert reported() == [(broken.number, "finish_publicity")]
    assert verify().intact


def waiting(people: dict[str, User], day: int) -> Application:
    """A case that was granted 100,000 and waits for money."""
    owner = world.enterprise(tables={"certificates": [{"kind": "节能节水", "level": "国家级"}]})
    case = world.submitted(world.GREEN, of=owner)[0]
    world.walk(case, people, "approval")
    Application.objects.filter(pk=case.pk).update(complete_on=date(2022, 9, day))
    reviews.approve(world.task(case), Decimal(100000), by=people["approval"], opinion="同意")
    return case


def test_a_case_that_cannot_take_its_money_stops_nobody_and_keeps_its_place(people: dict[str, User]) -> None:
    broken, second, _ = cases = [waiting(people, day) for day in (1, 2, 3)]
    world.money("250000", world.GREEN)
    with made_up():  # a reservation that nobody made
        Reservation.objects.create(
            appropriation=Appropriation.objects.get(full_id=world.GREEN),
            reference=broken.number, amount=Decimal(1),
        )  # fmt: skip
    told, history = Message.objects.filter(enterprise=broken.enterprise).count(), broken.events.count()
    client = Client()
    client.force_login(world.official(Role.FINANCE, world.FINANCE))
    answer = client.post("/desk/queue/drain/", follow=True).content.decode()
    assert f"已为 1 件落实额度：{second.number}" in answer
    assert f"{broken.number} 办理时出错，没有变化" in answer
    assert [state(case) for case in cases] == [State.QUEUED, State.APPROVED, State.QUEUED]
    assert free(world.GREEN) == Decimal(150000), "the third would fit, but that is the money of the first"
    assert Message.objects.filter(enterprise=broken.enterprise).count() == told
    assert broken.events.count() == history
    newcomer = waiting(people, 4)
    assert (state(newcomer), free(world.GREEN)) == (State.QUEUED, Decimal(150000))
    assert reported() == [(broken.number, "drain_queue")]
    with made_up():
        Reservation.objects.filter(reference=broken.number).delete()
    assert [case.pk for case in reviews.drain_all()] == [broken.pk]
    assert [state(case) for case in cases] == [State.APPROVED, State.APPROVED, State.QUEUED]
    assert balances_differ() == []
