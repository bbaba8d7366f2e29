"""The life of the demo: made by the real services on days in the past, in every state, and able to go on for months."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest
from django.db import transaction
from django.db.models import F, Q

from babashi.accounts.models import Post
from babashi.applications.flow import DECIDED_FOR, State, fold
from babashi.applications.models import Application, Attachment, Interest
from babashi.audit.models import AuditEntry
from babashi.audit.services import verify
from babashi.budget import queries as budget
from babashi.budget.models import Appropriation
from babashi.enterprises.models import Claim, Enterprise
from babashi.feedback.models import Rating, Receipt
from babashi.outreach.models import Delivery, DeliveryState
from babashi.payments.models import Payment, PaymentState
from babashi.publicity.models import Objection
from babashi.publicity.queries import current_entry
from babashi.reviews import services as reviews
from babashi.reviews.errors import NotGrantable
from babashi.reviews.models import Outcome, StageTask
from babashi.reviews.queries import DECIDING_OUTCOMES, next_step
from babashi.site import demo, demo_clock, demo_desk, prepare
from babashi.site.demo_people import CLERKS
from babashi.workdays.calendar import add_workdays, is_workday
from babashi.workdays.clock import ZONE, today

FIRST_DAY = dt.date(2022, 9, 1)
MONEY_ITEMS = {f"banan-2022-63/{item}" for item in demo.BUDGETS}


@pytest.fixture(scope="module")
def _district(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """One demo for all tests of this file: each changes it inside its own savepoint."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        try:
            prepare.calendar(lambda text: None)
            prepare.packs(lambda text: None)
            assert demo.load(enterprises=400, say=lambda text: None)
            yield
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def _lives(_district: None, db: None) -> None:
    """Every test here stands on it."""


def local(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(ZONE)


def test_every_state_of_an_application_and_every_money_item_occurs() -> None:
    cases = Application.objects.all()
    assert 45 <= cases.count() <= 65
    assert set(cases.values_list("full_id", flat=True)) == MONEY_ITEMS
    # submitted and approved are passed through at once: the next stage opens, the payment is ordered
    passing = {State.SUBMITTED, State.APPROVED}
    assert set(cases.values_list("state", flat=True)) == set(State) - passing
    stages = {"acceptance", "first-review", "second-review", "finance-check", "publicity", "approval"}
    open_tasks = StageTask.objects.filter(decided_at=None)
    assert set(open_tasks.values_list("stage", flat=True)) == stages
    assert set(Payment.objects.values_list("state", flat=True)) == set(PaymentState)
    assert set(Interest.objects.values_list("state", flat=True)) == {"new", "contacted", "closed"}
    assert set(Objection.objects.values_list("state", flat=True)) == {"open", "dismissed", "upheld"}
    assert Claim.objects.filter(state="pending").count() == 2
    assert Application.objects.filter(state=State.QUEUED).values("full_id").distinct().count() == 1
    assert StageTask.objects.filter(outcome=Outcome.SENT_BACK).exists()


def test_ratings_go_from_one_to_five_and_a_complaint_waits_for_an_answer() -> None:
    scores = set(Rating.objects.values_list("score", flat=True))
    assert {1, 5} <= scores
    assert Receipt.objects.filter(arrived=False, answered_at=None).count() == 1
    assert Receipt.objects.filter(arrived=True).count() >= 5


def test_the_enterprises_of_the_tour_are_untouched() -> None:
    mine = Enterprise.objects.filter(members__user__username__in=[clerk.username for clerk in CLERKS])
    assert mine.count() == len(CLERKS)
    assert not Application.objects.filter(enterprise__in=mine).exists()
    assert not Interest.objects.filter(enterprise__in=mine).exists()


def test_everything_is_synthetic_and_done_by_demo_people() -> None:
    assert not Enterprise.objects.filter(is_synthetic=False).exists()
    for event in Application.objects.filter(~Q(events__by=None)).values_list(
        "events__by__is_demo", flat=True
    ):
        assert event in (True, None)
    assert not AuditEntry.objects.filter(actor__is_demo=False).exists()
    assert all("演示" in file.file.name for file in Attachment.objects.select_related("file"))


def test_the_log_is_whole_and_its_times_run_forward_to_the_first_day() -> None:
    report = verify()
    assert report.intact, report.problem
    times = list(AuditEntry.objects.order_by("sequence").values_list("at", flat=True))
    assert all(earlier <= later for earlier, later in pairwise(times))
    assert local(times[0]).date() == dt.date(2022, 7, 4)
    assert local(times[-1]).date() <= FIRST_DAY == today()


def test_people_act_in_office_hours_of_working_days() -> None:
    decided = StageTask.objects.exclude(decided_by=None).values_list("decided_at", flat=True)
    assert len(decided) > 100
    for moment in map(local, decided):
        assert is_workday(moment.date())
        assert dt.time(9) <= moment.time() <= dt.time(19)


def test_deadlines_count_from_the_day_on_which_a_stage_was_reached() -> None:
    days = {"acceptance": 2, "second-review": 3, "finance-check": 3, "approval": 2, "publicity": 5}
    for task in StageTask.objects.filter(stage__in=days):
        assert task.due_on == add_workdays(local(task.opened_at).date(), days[task.stage]).day
    assert StageTask.objects.filter(decided_at=None, due_on__lt=FIRST_DAY).exists()
    assert StageTask.objects.filter(decided_at=None, due_on__gt=FIRST_DAY).exists()


def test_nothing_waits_to_be_delivered_from_the_past() -> None:
    assert not Delivery.objects.filter(state=DeliveryState.QUEUED).exists()


def test_every_role_of_the_review_is_held_by_at_least_two() -> None:
    holders = Counter(Post.objects.values_list("department__name", "role"))
    for role in ("acceptor", "first_reviewer", "second_reviewer", "approver"):
        assert holders["区经济信息委", role] >= 2
    assert holders["区财政局", "finance"] >= 4


def four_eyes_hold() -> bool:
    """Nobody decided at two stages of one case, nor twice at one."""
    decided = StageTask.objects.filter(outcome__in=DECIDING_OUTCOMES)
    return max(Counter(decided.values_list("application_id", "decided_by")).values()) == 1


def no_case_is_impossible() -> None:
    """Each case is where its history says, with the task, the payment and the money that belong there."""
    open_tasks = {task.application_id: task for task in StageTask.objects.filter(decided_at=None)}
    alive = {p.application_id: p for p in Payment.objects.exclude(state=PaymentState.REPLACED)}
    with_payment = {State.PAYING, State.PAYMENT_RETURNED, State.PAID}
    for case in Application.objects.prefetch_related("events"):
        history = [event.kind for event in sorted(case.events.all(), key=lambda event: event.sequence)]
        assert fold(history) == case.state, case.number
        step, task = next_step(case), open_tasks.get(case.pk)
        assert (step.id if step else None) == (task.stage if task else None), case.number
        assert (case.pk in alive) == (case.state in with_payment), case.number
        assert (case.approved_amount is not None) == (case.state in DECIDED_FOR), case.number


def money_adds_up() -> None:
    """The ledger agrees with the balances, and nobody has spent what was not there."""
    assert budget.verify() == []
    assert not Appropriation.objects.filter(total__lt=F("reserved") + F("paid")).exists()


def test_the_state_at_the_start_is_sound() -> None:
    no_case_is_impossible()
    money_adds_up()
    assert four_eyes_hold()


def officials_work() -> None:
    """Two of the open stages are decided, as on any day; what cannot be granted stays where it is."""
    tasks = StageTask.objects.filter(decided_at=None).exclude(role="publicity").order_by("due_on", "pk")
    for task in tasks.select_related("application")[:2]:
        shown = current_entry(task.application)
        amount = (
            (shown.amount if shown else task.application.amount_max) if task.stage == "approval" else None
        )
        with contextlib.suppress(NotGrantable):
            reviews.decide(task, "passed", by=demo_desk.free_official(task), opinion="同意", amount=amount)


def test_from_september_to_january_step_by_step_nothing_breaks() -> None:
    days, said = [today()], []
    while days[-1] <= dt.date(2023, 1, 5):
        officials_work()
        step = demo_clock.advance_to_next_deadline if len(days) % 2 else demo_clock.advance_day
        moved = step()
        assert moved.day > days[-1]
        days.append(moved.day)
        said += moved.done
    assert len(days) > 40
    assert any("公示期满" in words for words in said)
    assert any(words.startswith("提醒") for words in said)
    assert any("逾期" in words for words in said)
    assert verify().intact
    no_case_is_impossible()
    money_adds_up()
    assert four_eyes_hold()
    publicity = Application.objects.filter(state=State.PUBLICITY)
    assert all(case.publicity_entries.filter(objections__state="open").exists() for case in publicity)
