"""Real connections at the same time: one case, one decision, one owner of the last money."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection, transaction
from tests.integration import case_world as world
from tests.integration.threads import PATIENCE, together

from babashi.accounts.models import Role, User
from babashi.applications import services as applications
from babashi.applications.errors import StaleRevision
from babashi.applications.flow import State, fold
from babashi.applications.models import Application
from babashi.audit.errors import DomainError
from babashi.audit.services import verify
from babashi.budget.queries import free
from babashi.reviews import services as reviews
from babashi.reviews.models import StageTask

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> dict[str, User]:
    world.publish()
    return world.staff()


def test_double_submission(people: dict[str, User]) -> None:
    owner = world.enterprise()
    person = world.member(owner)
    world.account(owner, person)
    draft = applications.start_draft(owner, world.item(), by=person)
    answers = together([lambda: reviews.submit_and_open(draft, revision=1, by=person)] * 4)
    assert {answer.number for answer in answers} == {Application.objects.get().number}
    assert StageTask.objects.count() == 1
    assert Application.objects.get().events.filter(kind="submitted").count() == 1


def test_two_windows_start_one_draft(people: dict[str, User]) -> None:
    owner = world.enterprise()
    person = world.member(owner)
    answers = together([lambda: applications.start_draft(owner, world.item(), by=person)] * 4)
    assert len({answer.pk for answer in answers}) == 1
    assert Application.objects.get().events.count() == 1


def test_two_windows_confirm_one_automatic_grant(people: dict[str, User]) -> None:
    owner = world.enterprise()
    person = world.member(owner)
    account = world.account(owner, person)

    def confirm() -> Application:
        return reviews.submit_automatic_and_open(owner, world.item(), bank_account=account, by=person)

    answers = together([confirm] * 3)
    assert len({answer.pk for answer in answers}) == 1
    assert StageTask.objects.count() == 1


def test_saving_while_sending_never_mixes_two_versions(people: dict[str, User]) -> None:
    owner = world.enterprise()
    person = world.member(owner)
    world.account(owner, person)
    draft = applications.start_draft(owner, world.item(), by=person)
    form = dict(draft.form)
    saved, sent = together(
        [
            lambda: applications.save_draft(draft, {**form, "note": "改"}, 1, by=person),
            lambda: reviews.submit_and_open(draft, revision=1, by=person),
        ]
    )
    case = Application.objects.get()
    if isinstance(sent, StaleRevision):
        assert case.state == State.DRAFT
        assert case.form["note"] == "改"
    else:
        assert isinstance(saved, DomainError)
        assert "note" not in case.events.get(kind="submitted").payload["form"]


def test_two_reviewers_decide_at_once(people: dict[str, User]) -> None:
    case = world.submitted()[0]
    second = world.official(Role.ACCEPTOR)
    shown = world.task(case)
    asked = [{"ref": "industry_code", "note": "请核对"}]
    answers = together(
        [
            lambda: reviews.decide(shown, "passed", by=people["acceptance"], opinion="同意"),
            lambda: reviews.decide(shown, "returned", by=second, opinion="请补正", items=asked),
        ]
    )
    assert sum(isinstance(answer, DomainError) for answer in answers) == 1
    case.refresh_from_db()
    assert case.state in (State.IN_REVIEW, State.CORRECTION)
    assert fold(case.events.order_by("sequence").values_list("kind", flat=True)) == case.state


def test_withdrawal_against_a_decision(people: dict[str, User]) -> None:
    world.money("200000")
    case, person = world.submitted()
    world.walk(case, people, "approval")
    shown = world.task(case)
    answers = together(
        [
            lambda: reviews.approve(shown, None, by=people["approval"], opinion="同意"),
            lambda: reviews.withdraw_and_close(case, by=person),
        ]
    )
    assert sum(isinstance(answer, DomainError) for answer in answers) == 1
    case.refresh_from_db()
    reserved = Decimal("200000.00") - free(world.SCALE_UP)
    assert (case.state, reserved) in [(State.APPROVED, Decimal("200000.00")), (State.WITHDRAWN, Decimal(0))]


def test_two_approvals_for_the_last_money(people: dict[str, User]) -> None:
    world.money("300000")
    cases = [world.submitted()[0] for _ in range(4)]
    for case in cases:
        world.walk(case, people, "approval")
    approvers = [world.official(Role.APPROVER) for _ in cases]
    acts = [
        lambda case=case, by=by: reviews.approve(world.task(case), None, by=by, opinion="同意")
        for case, by in zip(cases, approvers, strict=True)
    ]
    assert not any(isinstance(answer, DomainError) for answer in together(acts))
    states = sorted(Application.objects.values_list("state", flat=True))
    assert states == ["approved", "queued", "queued", "queued"]
    assert free(world.SCALE_UP) == Decimal("100000.00")
    assert verify().problem == ""


def test_an_approval_waits_for_the_one_before_it(people: dict[str, User]) -> None:
    """Somebody is just being put into the queue: the next one must see that, and not take the small rest."""
    world.money("150000", world.GREEN)
    cases = []
    for _ in range(2):
        owner = world.enterprise(tables={"certificates": [{"kind": "节能节水", "level": "市级"}]})
        cases.append(world.walk(world.submitted(world.GREEN, of=owner)[0], people, "approval"))
    tasks = [world.task(case) for case in cases]
    queued, finish = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            reviews.approve(tasks[0], Decimal("200000"), by=people["approval"], opinion="同意")
            queued.set()
            assert finish.wait(PATIENCE)
        connection.close()

    def second() -> None:
        assert queued.wait(PATIENCE)
        reviews.approve(tasks[1], Decimal("100000"), by=people["approval"], opinion="同意")
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.submit(first), pool.submit(second)
        assert queued.wait(PATIENCE)
        time.sleep(0.3)
        assert not two.done(), "it did not wait for its turn"
        finish.set()
        one.result(PATIENCE)
        two.result(PATIENCE)
    assert set(Application.objects.values_list("state", flat=True)) == {"queued"}
    assert free(world.GREEN) == Decimal("150000.00")


def test_queue_drains_in_order_even_when_many_drain(people: dict[str, User]) -> None:
    cases = [world.submitted()[0] for _ in range(4)]
    for case in reversed(cases):
        world.walk(case, people, "approval")
        reviews.approve(world.task(case), None, by=people["approval"], opinion="同意")
    world.money("450000")
    together([lambda: reviews.drain_queue(world.SCALE_UP)] * 3)
    states = list(Application.objects.order_by("complete_on", "id").values_list("state", flat=True))
    assert states == ["approved", "approved", "queued", "queued"]
    assert free(world.SCALE_UP) == Decimal("50000.00")
