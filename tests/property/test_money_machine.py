"""The whole money path under random acts: whatever the order, no fen is lost, doubled or paid without its chain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from babashi.accounts.models import Role
from babashi.applications import services as applications
from babashi.applications.flow import DECIDED_FOR, State, fold
from babashi.applications.models import Application
from babashi.audit.errors import DomainError
from babashi.audit.services import verify as verify_log
from babashi.budget import queries as ledger
from babashi.budget import services as budget
from babashi.budget.models import Appropriation, LedgerEntry
from babashi.payments import services as payments
from babashi.payments.advice import ADVICE, MAY_BE_TAKEN, MONEY_IN_DOUBT
from babashi.payments.chain import breaks, payments_to_verify
from babashi.payments.models import BankAnswer, Payment, PaymentBatch
from babashi.publicity import services as publicity
from babashi.publicity.models import Objection
from babashi.reviews import services as reviews
from babashi.reviews.models import StageTask
from babashi.workdays.clock import set_demo_day, today
from tests.integration import case_world as world
from tests.integration.payment_world import COLUMNS, corrected

ITEMS = (world.SCALE_UP, world.GREEN)
MEMO = "渝财预〔2022〕1号（合成）"
TITLES = {"certificates": [{"kind": "节能节水", "level": "市级"}]}
MOST = 5
any_case = st.integers(0, MOST - 1)
fen = st.integers(9_999_999, 20_000_001).map(lambda value: Decimal(value) / 100)
"""From a fen below the floor of the green title to a fen above its ceiling."""


seen: Counter[str] = Counter()
"""What the walks came across, so that a machine that never gets to the bank fails."""


class Money(RuleBasedStateMachine):
    """Two items, up to five cases, two officials a stage, three treasurers, and a bank that says anything."""

    @initialize()
    def district(self) -> None:
        self.guard = transaction.atomic()
        self.guard.__enter__()
        self.officials = [
            world.official(role, where) for where, role in world.STAGE_ROLES.values() for _ in range(2)
        ]
        self.treasury = [world.official(Role.FINANCE, world.FINANCE) for _ in range(3)]
        self.judge = world.official(Role.COORDINATOR, "区发展改革委")
        self.total = dict.fromkeys(ITEMS, Decimal(0))
        self.cases: list[Application] = []
        self.people: list[Any] = []
        self.files = 0
        self.steps = 0
        for item in ITEMS:
            self.appropriate(item, "500000")
            self.submit(item, automatic=True)
        for index in range(len(ITEMS)):
            self.decide(index, 12, Decimal(150000), bold=True)
        self.hand_over()

    def teardown(self) -> None:
        if hasattr(self, "guard"):
            assert verify_log().problem == ""
            transaction.set_rollback(True)
            self.guard.__exit__(None, None, None)

    def attempt(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except DomainError as refused:
            seen[type(refused).__name__] += 1
            return False
        return True

    def case(self, index: int) -> Application | None:
        return Application.objects.get(pk=self.cases[index].pk) if index < len(self.cases) else None

    # -- the treasury's money -------------------------------------------------------------------------------

    def appropriate(self, item: str, amount: str) -> None:
        budget.appropriate(item, Decimal(amount), by=self.treasury[0], memo=MEMO)
        self.total[item] += Decimal(amount)

    def reduce(self, item: str, amount: str) -> None:
        covered = ledger.free(item) >= Decimal(amount)
        done = self.attempt(lambda: budget.reduce(item, Decimal(amount), by=self.treasury[0], memo=MEMO))
        assert done == covered
        self.total[item] -= Decimal(amount) if done else 0

    def drain(self) -> None:
        reviews.drain_all()

    @rule(
        act=st.sampled_from(["more", "less", "drain"]),
        item=st.sampled_from(ITEMS),
        amount=st.sampled_from(["0.01", "99999.99", "200000", "350000.01"]),
    )
    def budget_desk(self, act: str, item: str, amount: str) -> None:
        {
            "more": lambda: self.appropriate(item, amount),
            "less": lambda: self.reduce(item, amount),
            "drain": self.drain,
        }[act]()

    # -- cases ----------------------------------------------------------------------------------------------

    @precondition(lambda self: len(getattr(self, "cases", [0] * MOST)) < MOST)
    @rule(item=st.sampled_from(ITEMS), automatic=st.booleans())
    def submit(self, item: str, automatic: bool) -> None:
        firm = world.enterprise(tables=TITLES)
        if item == world.SCALE_UP and automatic:
            person = world.member(firm)
            account = world.account(firm, person)
            case = reviews.submit_automatic_and_open(firm, world.item(), bank_account=account, by=person)
        else:
            case, person = world.submitted(item, of=firm)
        self.cases.append(case)
        self.people.append(person)

    @rule(index=any_case, stages=st.integers(1, 6), amount=fen, bold=st.booleans())
    def decide(self, index: int, stages: int, amount: Decimal, bold: bool) -> None:
        """A stretch of the way; the amount is sometimes one that must be refused."""
        for _ in range(stages):
            case = self.case(index)
            task = StageTask.objects.filter(application=case, decided_at=None).first() if case else None
            if case is None or task is None:
                return
            if task.stage == "publicity":
                set_demo_day(max(today(), (task.due_on or today()) + timedelta(days=1)))
                reviews.finish_publicity(today())
                continue
            said = amount if task.stage == "approval" and case.full_id == world.GREEN else None
            done = False
            for by in self.officials:
                if by.posts.filter(role=task.role).exists():
                    done = done or self.attempt(
                        lambda by=by, said=said, task=task: reviews.decide(
                            task, "passed", by=by, opinion="同意", amount=said
                        )
                    )
            if said is not None:
                assert done == (Decimal(100000) <= said <= Decimal(200000))
            if not done and not bold:
                return

    def turn_around(self, index: int, kind: str) -> None:
        case = self.case(index)
        task = StageTask.objects.filter(application=case, decided_at=None).first() if case else None
        if case is None or task is None or (kind == "refused" and index):
            return
        clause = "industrial" if case.full_id == world.SCALE_UP else "green-title"
        more: dict[str, Any] = {
            "returned": {"items": [{"ref": "kind", "note": "请核对"}]},
            "sent_back": {"to": "second-review" if task.stage == "approval" else "first-review"},
            "refused": {"checklist": [{"clause": clause, "ok": False, "note": "核实不符"}]},
        }[kind]
        for by in self.officials:
            if self.attempt(lambda by=by: reviews.decide(task, kind, by=by, opinion="请核对", **more)):
                return

    def correct(self, index: int) -> None:
        case = self.case(index)
        if case is not None and case.state == State.CORRECTION:
            form = {**case.form, "note": f"说明 {case.revision}"}
            saved = applications.save_draft(case, form, case.revision, by=self.people[index])
            reviews.resubmit_and_reopen(saved, revision=saved.revision, by=self.people[index])

    def withdraw(self, index: int) -> None:
        case = self.case(index)
        if case is not None:
            done = self.attempt(lambda: reviews.withdraw_and_close(case, by=self.people[index]))
            assert not (done and case.state in (*DECIDED_FOR, State.REFUSED))

    def object(self, index: int, upheld: bool, consequence: str) -> None:
        case = self.case(index)
        entry = case.publicity_entries.filter(removed_at=None).last() if case else None
        if entry is None:
            return
        self.attempt(
            lambda: publicity.object_to(entry, name="王某", contact="13800000000", content="不符合条件")
        )
        found = Objection.objects.filter(entry=entry, state="open").first()
        if found is not None:
            self.attempt(
                lambda: reviews.settle_objection(
                    found, upheld=upheld, answer="已核实", by=self.judge, consequence=consequence
                )
            )

    @rule(
        act=st.sampled_from(
            [
                "returned",
                "sent_back",
                "refused",
                "correct",
                "withdraw",
                "object",
                "uphold",
                "account",
                "account",
            ]
        ),
        index=any_case,
        consequence=st.sampled_from(["review", "refuse"]),
    )
    def something_happens(self, act: str, index: int, consequence: str) -> None:
        {
            "correct": lambda: self.correct(index),
            "withdraw": lambda: self.withdraw(index),
            "object": lambda: self.object(index, False, consequence),
            "uphold": lambda: self.object(index, True, consequence),
            "account": lambda: self.change_account(index),
        }.get(act, lambda: self.turn_around(index, act))()

    # -- payments -------------------------------------------------------------------------------------------

    def order_and_batch(self, who: int, some: int) -> None:
        payments.order_ready()
        ready = list(Payment.objects.filter(state="ready").values_list("pk", flat=True)[:some])
        if ready:
            self.attempt(lambda: payments.make_batch(ready, by=self.treasury[who]))

    def export(self, who: int, fmt: str) -> None:
        for batch in PaymentBatch.objects.filter(exported_at=None, dissolved_at=None):
            by = self.treasury[who]
            done = self.attempt(lambda batch=batch, by=by: payments.export_batch(batch, fmt, by=by))
            assert not (done and batch.created_by_id == by.pk)

    def hand_over(self) -> None:
        """The usual way to the treasury, so that the bank has something to answer."""
        self.order_and_batch(0, 3)
        self.export(1, "csv")

    @rule(index=any_case, status=st.sampled_from(["成功", "成功", "退回"]))
    def answer_soundly(self, index: int, status: str) -> None:
        """The usual answer to a payment that was handed over."""
        known = list(Payment.objects.exclude(batch=None).order_by("number").values_list("state", flat=True))
        waiting = [place for place, state in enumerate(known) if state == "exported"]
        if waiting:
            self.bank(2, [(waiting[index % len(waiting)], status, 0, 0, "")])

    def dissolve(self, who: int) -> None:
        batch = PaymentBatch.objects.filter(exported_at=None, dissolved_at=None).first()
        if batch is not None:
            payments.dissolve_batch(batch, "重新组批", by=self.treasury[who])

    def change_account(self, index: int) -> None:
        case = self.case(index)
        if case is not None:
            corrected(case, self.people[index], f"95588000{self.steps:08d}")

    def repay(self, who: int) -> None:
        for payment in Payment.objects.filter(state="returned"):
            self.attempt(lambda payment=payment: payments.correct_and_repay(payment, by=self.treasury[who]))

    @rule(
        act=st.sampled_from(
            ["batch", "export", "dissolve", "repay", "settle", "take", "hand_over", "hand_over"]
        ),
        who=st.integers(0, 2),
        some=st.integers(1, 3),
    )
    def treasury_desk(self, act: str, who: int, some: int) -> None:
        {
            "batch": lambda: self.order_and_batch(who, some),
            "export": lambda: self.export(who, "xlsx" if some == 1 else "csv"),
            "dissolve": lambda: self.dissolve(who),
            "repay": lambda: self.repay(who),
            "settle": lambda: self.settle(who, take=False),
            "take": lambda: self.settle(who, take=True),
            "hand_over": self.hand_over,
        }[act]()

    @rule(
        who=st.integers(0, 2),
        rows=st.lists(
            st.tuples(
                st.integers(0, 5),
                st.sampled_from(["成功", "成功", "退回"]),
                st.sampled_from([0, 0, 0, 0, 1]),
                st.sampled_from([0, 0, 0, -400, 3]),
                st.sampled_from(["", "", "R1", "R2"]),
            ),
            min_size=1,
            max_size=4,
        ),
    )
    def bank(self, who: int, rows: list[tuple[int, str, int, int, str]]) -> None:
        """The bank says something of payments that were handed over, mostly sound, often twice or otherwise."""
        known = list(Payment.objects.exclude(batch=None).select_related("batch").order_by("number"))
        lines = [COLUMNS]
        for pick, status, off, days, reference in rows:
            if known:
                payment = known[pick % len(known)]
                amount = payment.amount + Decimal(off) / 100
                day: date | str = today() + timedelta(days=days)
                reference = reference or f"B-{payment.number}"
                assert payment.batch is not None
                lines.append(
                    f"{payment.batch.number},{payment.number},{status},{amount},{day},{reference},户名不符"
                )
        if len(lines) == 1:
            return
        self.files += 1
        content = "\n".join(lines).encode() + b"\n" * self.files
        before = {p.number: p.state for p in known}
        report = payments.import_answers("回单", content, by=self.treasury[who])
        for answer in report.answers:
            seen[answer.outcome] += 1
        booked = {answer.payment_number for answer in report.answers if answer.outcome == "applied"}
        for payment in Payment.objects.filter(number__in=set(before) - booked):
            assert payment.state == before[payment.number], "a row that was not booked moved a payment"
        again = payments.import_answers("又", content, by=self.treasury[who])
        assert again.repeated_file

    def settle(self, who: int, take: bool) -> None:
        answer = BankAnswer.objects.filter(settled_at=None).exclude(outcome="applied").first()
        if answer is not None:
            by = self.treasury[who]
            done = self.attempt(lambda: payments.settle(answer, "已与银行核实", by=by, take=take))
            if done and take:
                assert answer.outcome in MAY_BE_TAKEN
                assert answer.file.imported_by_id != by.pk

    @rule(days=st.integers(1, 9))
    def days_pass(self, days: int) -> None:
        set_demo_day(today() + timedelta(days=days))
        reviews.finish_publicity(today())

    # -- promises -------------------------------------------------------------------------------------------

    @invariant()
    def the_database_agrees(self) -> None:
        """Constraints that wait for the end of a transaction are asked now."""
        self.steps = getattr(self, "steps", 0) + 1
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    @invariant()
    def every_fen_is_accounted_for(self) -> None:
        if not hasattr(self, "total"):
            return
        assert ledger.verify() == []
        for row in Appropriation.objects.all():
            assert row.total == self.total[row.full_id] == row.free + row.reserved + row.paid
            assert min(row.free, row.reserved, row.paid) >= 0
        for item in ITEMS:
            mine = Application.objects.filter(full_id=item, state__in=[*DECIDED_FOR])
            held = sum(
                (c.approved_amount or Decimal(0) for c in mine.exclude(state=State.QUEUED)), Decimal(0)
            )
            found = Appropriation.objects.filter(full_id=item).first()
            assert held == (found.reserved + found.paid if found else 0)

    @invariant()
    def nobody_gets_more_than_was_decided(self) -> None:
        for case in Application.objects.all():
            assert fold(case.events.order_by("sequence").values_list("kind", flat=True)) == case.state
            out = list(case.payments.filter(state="succeeded"))
            alive = case.payments.exclude(state="replaced").count()
            assert len(out) <= 1
            assert alive <= 1
            entries = LedgerEntry.objects.filter(reference=case.number, kind__in=["paid", "reversed"])
            paid = sum((e.amount if e.kind == "paid" else -e.amount for e in entries), Decimal(0))
            assert paid == sum((p.amount for p in out), Decimal(0))
            assert paid <= (case.approved_amount or 0) <= (case.amount_max or 0)
            assert (case.state == State.PAID) == bool(out)
            same = Application.objects.filter(
                enterprise=case.enterprise, full_id=case.full_id, state__in=[*DECIDED_FOR]
            )
            assert sum((c.approved_amount or Decimal(0) for c in same), Decimal(0)) <= (case.amount_max or 0)

    @invariant()
    def no_payment_without_its_chain(self) -> None:
        for payment in payments_to_verify():
            assert breaks(payment) == [], payment.number
            seen[f"payment {payment.state}"] += 1

    @invariant()
    def nothing_in_doubt_went_on(self) -> None:
        open_rows = BankAnswer.objects.filter(
            outcome__in=MONEY_IN_DOUBT, settled_at=None, payment__isnull=False
        )
        for answer in open_rows.select_related("payment", "file"):
            later = Payment.objects.filter(
                application=answer.payment.application_id, batch__exported_at__gt=answer.file.imported_at
            )
            assert not later.exists(), "a case in doubt was sent to the treasury"

    @invariant()
    def the_log_is_whole(self) -> None:
        if self.steps % 10 == 0:
            assert verify_log().problem == ""


@pytest.mark.django_db
def test_any_order_of_acts_keeps_the_money_right() -> None:
    world.publish()
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=6,
            stateful_step_count=25,
            phases=[
                Phase.generate
            ],  # shrinking against a database takes minutes; the failing steps are printed
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert seen["payment exported"]
    assert sum(seen[kind] for kind in ADVICE), "the bank never spoke"
