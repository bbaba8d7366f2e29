"""The review as a state machine: any order of acts by anybody keeps every promise."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from babashi.accounts.models import Role, User
from babashi.applications import services as applications
from babashi.applications.flow import DECIDED_FOR, ENDED, State, fold
from babashi.applications.models import Application
from babashi.applications.queries import correction_grace_ends
from babashi.audit.errors import DomainError
from babashi.budget.queries import free, verify
from babashi.publicity import services as publicity
from babashi.publicity.models import Objection, ObjectionState
from babashi.reviews import services as reviews
from babashi.reviews.models import StageTask
from babashi.reviews.queries import DECIDING_OUTCOMES, next_step
from babashi.workdays.clock import set_demo_day, today
from tests.integration import case_world as world

CASES = 3
BUDGET = Decimal("300000")
which = st.integers(0, CASES - 1)
who = st.integers(0, 10)


class Review(RuleBasedStateMachine):
    """Three scale-up cases, money for one and a half, and eleven officials of whom some have two posts."""

    @initialize()
    def district(self) -> None:
        self.guard = transaction.atomic()
        self.guard.__enter__()
        world.money(str(BUDGET))
        self.officials = [
            world.official(role, where) for where, role in world.STAGE_ROLES.values() for _ in range(2)
        ]
        self.officials.append(world.official(Role.COORDINATOR, "区发展改革委"))
        from babashi.accounts.models import Post

        lead = world.department(world.LEAD)
        Post.objects.create(user=self.officials[0], department=lead, role=Role.FIRST_REVIEWER)
        Post.objects.create(user=self.officials[2], department=lead, role=Role.APPROVER)
        self.cases: list[Application] = []
        self.people: list[User] = []
        for _ in range(CASES):
            case, person = world.submitted()
            self.cases.append(case)
            self.people.append(person)
        self.events = dict.fromkeys((case.pk for case in self.cases), 0)

    def teardown(self) -> None:
        if hasattr(self, "guard"):
            transaction.set_rollback(True)
            self.guard.__exit__(None, None, None)

    def task(self, index: int) -> StageTask | None:
        return StageTask.objects.filter(application=self.cases[index], decided_at=None).first()

    def attempt(self, act: object) -> bool:
        try:
            act()  # type: ignore[operator]
        except DomainError:
            return False
        return True

    @rule(index=which, person=who)
    def anybody_passes(self, index: int, person: int) -> None:
        task = self.task(index)
        if task is not None:
            self.passes_exactly_if_he_may(task, self.officials[person])

    @rule(index=which, person=who)
    def somebody_with_the_post_passes(self, index: int, person: int) -> None:
        task = self.task(index)
        if task is not None and task.stage != "publicity":
            holders = [by for by in self.officials if by.posts.filter(role=task.role).exists()]
            self.passes_exactly_if_he_may(task, holders[person % len(holders)])

    def passes_exactly_if_he_may(self, task: StageTask, by: User) -> None:
        allowed = self.may(task, by)
        by.__dict__.pop("_posts", None)
        done = self.attempt(lambda: reviews.decide(task, "passed", by=by, opinion="同意"))
        assert done == allowed, (task.stage, task.role, by.username)

    def may(self, task: StageTask, by: User) -> bool:
        """Said again, in other words: the right post, no say on this case elsewhere, and fresh eyes first."""
        holders = [one for one in self.officials if self.holds(task, one) and not self.spoke(task, one)]
        fresh = [one for one in holders if not self.passed_here(task, one)]
        return by in (holders if task.stage == "acceptance" or not fresh else fresh)

    def holds(self, task: StageTask, by: User) -> bool:
        return by.posts.filter(role=task.role, department=task.department).exists()

    def passed_here(self, task: StageTask, by: User) -> bool:
        mine = StageTask.objects.filter(application=task.application, decided_by=by, stage=task.stage)
        return mine.filter(outcome__in=DECIDING_OUTCOMES).exists()

    def spoke(self, task: StageTask, by: User) -> bool:
        """At another stage, on an objection, or here before an objection was upheld."""
        mine = StageTask.objects.filter(application=task.application, decided_by=by)
        mine = mine.filter(outcome__in=DECIDING_OUTCOMES)
        objections = Objection.objects.filter(entry__application=task.application)
        upheld = objections.filter(state=ObjectionState.UPHELD).order_by("decided_at").last()
        overturned = upheld is not None and mine.filter(decided_at__lt=upheld.decided_at).exists()
        return (
            mine.exclude(stage=task.stage).exists() or objections.filter(decided_by=by).exists() or overturned
        )

    @rule(index=which, person=who)
    def ask_for_a_correction(self, index: int, person: int) -> None:
        task = self.task(index)
        if task is not None:
            items = [{"ref": "industry_code", "note": "请核对"}]
            self.attempt(
                lambda: reviews.decide(
                    task, "returned", by=self.officials[person], opinion="请补正", items=items
                )
            )

    @rule(index=which)
    def correct(self, index: int) -> None:
        case = Application.objects.get(pk=self.cases[index].pk)
        if case.state == State.CORRECTION:
            form = {**case.form, "note": f"说明 {case.revision}"}
            saved = applications.save_draft(case, form, case.revision, by=self.people[index])
            reviews.resubmit_and_reopen(saved, revision=saved.revision, by=self.people[index])

    @rule(index=which, person=who, weeks=st.integers(0, 4))
    def close_what_was_not_corrected(self, index: int, person: int, weeks: int) -> None:
        """Allowed exactly to who may decide there, once the time and the grace are over."""
        case = Application.objects.get(pk=self.cases[index].pk)
        if case.state != State.CORRECTION:
            return
        set_demo_day(today() + timedelta(weeks=weeks))
        task = StageTask.objects.filter(application=case, outcome="returned").latest("pk")
        end = correction_grace_ends(case)
        assert end is not None
        by = self.officials[person]
        by.__dict__.pop("_posts", None)
        done = self.attempt(lambda: reviews.lapse_correction(case, by=by))
        assert done == (today() > end.day and self.may(task, by))

    @rule(index=which, person=who)
    def send_back(self, index: int, person: int) -> None:
        task = self.task(index)
        if task is not None:
            for to in ("second-review", "first-review", "acceptance"):
                if self.attempt(
                    lambda to=to: reviews.decide(
                        task, "sent_back", by=self.officials[person], opinion="请复核", to=to
                    )
                ):
                    break

    @rule(index=which, person=who)
    def refuse(self, index: int, person: int) -> None:
        task = self.task(index)
        if task is not None and index == 2:  # one case of three, so that the others get far
            marked = [{"clause": "industrial", "ok": False, "note": "核实不符"}]
            self.attempt(
                lambda: reviews.decide(
                    task, "refused", by=self.officials[person], opinion="不符", checklist=marked
                )
            )

    @rule(index=which)
    def withdraw(self, index: int) -> None:
        if index == 1:
            state = Application.objects.get(pk=self.cases[index].pk).state
            done = self.attempt(
                lambda: reviews.withdraw_and_close(self.cases[index], by=self.people[index], reason="")
            )
            assert done == (state not in (*DECIDED_FOR, State.REFUSED, State.LAPSED))

    @rule(index=which)
    def object(self, index: int) -> None:
        entry = self.cases[index].publicity_entries.filter(removed_at=None).last()
        if entry is not None:
            self.attempt(
                lambda: publicity.object_to(entry, name="王某", contact="1380000", content="不符合条件")
            )

    @rule(person=who, upheld=st.booleans(), consequence=st.sampled_from(["review", "refuse"]))
    def settle(self, person: int, upheld: bool, consequence: str) -> None:
        objection = Objection.objects.filter(state=ObjectionState.OPEN).first()
        if objection is not None:
            self.attempt(
                lambda: reviews.settle_objection(
                    objection, upheld=upheld, answer="已核实", by=self.officials[person],
                    consequence=consequence,
                )
            )  # fmt: skip

    @rule(days=st.integers(1, 9))
    def days_pass(self, days: int) -> None:
        set_demo_day(today() + timedelta(days=days))
        reviews.finish_publicity(today())

    @rule(steps=st.integers(1, 6), index=which)
    def go_on_properly(self, steps: int, index: int) -> None:
        """A stretch of the usual way, so that deep states are reached."""
        for _ in range(steps):
            task = self.task(index)
            if task is None:
                return
            if task.stage == "publicity":
                self.days_pass(9)
                continue
            for by in self.officials:
                if self.may(task, by):
                    reviews.decide(task, "passed", by=by, opinion="同意")
                    break

    @rule()
    def drain(self) -> None:
        reviews.drain_all()

    @invariant()
    def promises(self) -> None:
        if not hasattr(self, "cases"):
            return
        held = Decimal(0)
        for case in Application.objects.filter(pk__in=[case.pk for case in self.cases]):
            kinds = list(case.events.order_by("sequence").values_list("kind", flat=True))
            assert len(kinds) >= self.events[case.pk], "an event disappeared"
            self.events[case.pk] = len(kinds)
            assert fold(kinds) == case.state
            step = next_step(case)
            open_tasks = list(StageTask.objects.filter(application=case, decided_at=None))
            assert [task.stage for task in open_tasks] == ([step.id] if step else [])
            if case.state in (*ENDED, *DECIDED_FOR, State.CORRECTION):
                assert not open_tasks
            if case.state == State.APPROVED:
                assert case.approved_amount is not None
                held += case.approved_amount
            shown = case.publicity_entries.filter(removed_at=None).count()
            assert shown <= 1 or case.state in DECIDED_FOR
            self.four_eyes(case)
        assert free(world.SCALE_UP) == BUDGET - held
        assert held <= BUDGET
        assert verify() == []

    def four_eyes(self, case: Application) -> None:
        stages: dict[int, set[str]] = defaultdict(set)
        tasks = StageTask.objects.filter(application=case, outcome__in=DECIDING_OUTCOMES)
        for stage, person in tasks.values_list("stage", "decided_by"):
            stages[person].add(stage)
        assert all(len(found) == 1 for found in stages.values())


@pytest.mark.django_db
def test_any_order_of_acts_keeps_every_promise() -> None:
    world.publish()
    run_state_machine_as_test(
        Review,
        settings=settings(
            max_examples=6,
            stateful_step_count=20,
            phases=[
                Phase.generate
            ],  # shrinking against a database takes minutes; the failing steps are printed
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
