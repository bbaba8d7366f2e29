"""Real connections at the same moment around the money: one winner, no deadlock, every book agrees afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from babashi.accounts.models import Role
from babashi.applications import services as applications
from babashi.applications.flow import State, fold
from babashi.applications.models import Application
from babashi.audit.services import verify as verify_log
from babashi.budget import queries as money
from babashi.budget import services as budget
from babashi.budget.models import Appropriation, Reservation
from babashi.catalogue.services import publish_pack, texts_of
from babashi.feedback.services import confirm_receipt
from babashi.payments import services as payments
from babashi.payments.models import BankAnswer, BankAnswerFile, Payment, PaymentBatch
from babashi.reviews import services as reviews
from babashi.reviews.models import StageTask
from babashi.workdays.clock import set_demo_day
from tests.integration import case_world as world
from tests.integration.payment_world import COLUMNS, Treasury, back, corrected, good, treasury
from tests.integration.threads import refusals, together

pytestmark = pytest.mark.django_db(transaction=True)
MEMO = "渝财预〔2022〕1号（合成）"


@pytest.fixture
def office(transactional_db: None) -> Treasury:
    return treasury()


def books_agree() -> None:
    """Balances, ledger, histories and the log, after the dust has settled."""
    assert money.verify() == []
    assert verify_log().problem == ""
    for case in Application.objects.all():
        assert fold(case.events.order_by("sequence").values_list("kind", flat=True)) == case.state


def content(*rows: tuple[str, ...]) -> bytes:
    return "\n".join([COLUMNS, *(",".join(row) for row in rows)]).encode()


def test_two_approvers_at_once(office: Treasury) -> None:
    case, _ = world.submitted()
    world.walk(case, office.people, "approval")
    task = world.task(case)
    approvers = [office.people["approval"], *(world.official(Role.APPROVER) for _ in range(3))]
    answers = together([lambda by=by: reviews.approve(task, None, by=by, opinion="同意") for by in approvers])
    assert len(refusals(answers)) == 3
    assert StageTask.objects.filter(application=case, stage="approval").count() == 1
    assert Reservation.objects.filter(reference=case.number).count() == 1
    books_agree()


def test_two_granted_at_once_of_what_may_not_be_combined(office: Treasury) -> None:
    world.money("900000", world.GREEN)
    firm = world.enterprise(tables={"certificates": [{"kind": "节能节水", "level": "市级"}]})
    cases = [world.submitted(full_id, of=firm)[0] for full_id in (world.SCALE_UP, world.GREEN)]
    folder = world.PACK_FOLDER.parents[1] / "chongqing" / "neighbours"
    files = {name: text for name, text in texts_of(folder).items() if name != "cases.yaml"}
    pair = f"{{items: [{world.SCALE_UP}, {world.GREEN}], reason: 只能一项, source: 测试, status: 待牵头单位确认}}"
    text = files["pack.yaml"].replace("  exceptions:\n", f"  exclusions: [{pair}]\n  exceptions:\n")
    publish_pack({**files, "pack.yaml": text}, by=None, enabled=True)
    for case in cases:
        world.walk(case, office.people, "approval")
    acts: list[Callable[[], object]] = [
        lambda case=case, by=by, amount=amount: reviews.approve(
            world.task(case), Decimal(amount), by=by, opinion="同意"
        )
        for case, by, amount in zip(
            cases, [world.official(Role.APPROVER) for _ in cases], ["200000", "150000"], strict=True
        )
    ]
    assert len(refusals(together(acts))) == 1
    assert Application.objects.filter(state=State.APPROVED).count() == 1
    books_agree()


def test_draining_against_reducing(office: Treasury) -> None:
    """Money for exactly one: either the waiting case gets it or the treasury takes it back, never both."""
    taker = office.hands[0]
    budget.reduce(world.SCALE_UP, Decimal("2000000"), by=taker, memo=MEMO)
    case, _ = office.approved()
    assert case.state == State.QUEUED
    world.money("200000")
    drained, reduced, _ = together(
        [
            lambda: reviews.drain_queue(world.SCALE_UP),
            lambda: budget.reduce(world.SCALE_UP, Decimal("200000"), by=taker, memo=MEMO),
            lambda: reviews.drain_all(),
        ]
    )
    row = Appropriation.objects.get(full_id=world.SCALE_UP)
    case.refresh_from_db()
    taken = not refusals([reduced])
    assert (row.total, row.reserved) == ((0, 0) if taken else (200000, 200000))
    assert case.state == (State.QUEUED if taken else State.APPROVED)
    assert not refusals([drained])
    books_agree()


def test_ordering_and_batching_at_once(office: Treasury) -> None:
    for _ in range(3):
        office.approved()
    together([lambda: payments.order_ready()] * 3)
    ids = list(Payment.objects.values_list("pk", flat=True))
    assert len(ids) == 3
    answers = together(
        [
            lambda: payments.make_batch(ids, by=office.hands[0]),
            lambda: payments.make_batch(ids[::-1], by=office.hands[1]),
            lambda: payments.make_batch(ids[:1], by=office.hands[2]),
        ]
    )
    assert len(refusals(answers)) in (1, 2)
    batches = set(Payment.objects.exclude(batch=None).values_list("batch", flat=True))
    assert batches == {answer.pk for answer in answers if isinstance(answer, PaymentBatch)}
    books_agree()


def test_export_against_dissolving_and_a_new_batch(office: Treasury) -> None:
    office.approved()
    [first] = payments.order_ready()
    batch = payments.make_batch([first.pk], by=office.hands[0])
    office.approved()
    [second] = payments.order_ready()
    exported, dissolved, made = together(
        [
            lambda: payments.export_batch(batch, "csv", by=office.hands[1]),
            lambda: payments.dissolve_batch(batch, "组错了批", by=office.hands[0]),
            lambda: payments.make_batch([second.pk, first.pk], by=office.hands[2]),
        ]
    )
    first.refresh_from_db()
    batch.refresh_from_db()
    assert len(refusals([exported, dissolved])) == 1
    assert (batch.exported_at is None) == (batch.dissolved_at is not None)
    if refusals([dissolved]):
        assert (first.state, first.batch) == ("exported", batch)
        assert refusals([made])
    else:
        assert first.batch == (None if refusals([made]) else made)
    books_agree()


def test_the_same_answers_imported_twice_at_once(office: Treasury) -> None:
    batch, ready, _ = office.exported(2)
    rows = [good(batch, payment, f"B{number}") for number, payment in enumerate(ready)]
    by = office.hands
    reports = together(
        [
            lambda: payments.import_answers("一.csv", content(*rows), by=by[2]),
            lambda: payments.import_answers("二.csv", content(*rows), by=by[3]),
            lambda: payments.import_answers("倒.csv", content(*rows[::-1]), by=by[0]),
        ]
    )
    assert not refusals(reports)
    assert BankAnswerFile.objects.count() == 2
    assert BankAnswer.objects.filter(outcome="applied").count() == 2
    assert BankAnswer.objects.filter(outcome="repeated").count() == 2
    assert Appropriation.objects.get(full_id=world.SCALE_UP).paid == Decimal("400000.00")
    books_agree()


def test_the_enterprise_confirms_while_the_return_comes_in(office: Treasury) -> None:
    """Both want the case and the payment; taken in different orders they would wait for each other."""
    for number in range(4):
        batch, [payment], [person] = office.exported()
        payments.import_answers(f"{number}", content(good(batch, payment, f"B{number}")), by=office.hands[2])
        answers = together(
            [
                lambda: confirm_receipt(payment, True, "", by=person),  # noqa: B023
                lambda: payments.import_answers(
                    "退",
                    content(back(batch, payment, day="2022-09-01")),  # noqa: B023
                    by=office.hands[2],
                ),
            ]
        )
        payment.refresh_from_db()
        confirmed = not refusals(answers[:1])
        assert payment.state == ("succeeded" if confirmed else "returned")
    books_agree()


def test_one_reference_taken_for_two_payments_at_once(office: Treasury) -> None:
    batch, both, _ = office.exported(2)
    office.say(*(back(batch, payment) for payment in both))
    rows = [office.say(good(batch, payment, "B7"))[0] for payment in both]
    assert {row.outcome for row in rows} == {"success_after_return"}
    answers = together(
        [
            lambda row=row: payments.settle(row, "银行确认已付出", by=office.hands[3], take=True)
            for row in rows
        ]
    )
    [refused] = refusals(answers)
    assert "流水号" in refused.message
    assert sorted(Payment.objects.values_list("state", flat=True)) == ["returned", "succeeded"]
    books_agree()


def test_repaying_twice_and_against_a_success_that_comes_late(office: Treasury) -> None:
    batch, [payment], [person] = office.exported()
    payments.import_answers("退", content(back(batch, payment)), by=office.hands[2])
    corrected(payment.application, person)
    late = content(good(batch, payment))
    repaid, again, told = together(
        [
            lambda: payments.correct_and_repay(payment, by=office.hands[0]),
            lambda: payments.correct_and_repay(payment, by=office.hands[1]),
            lambda: payments.import_answers("成", late, by=office.hands[3]),
        ]
    )
    made = [one for one in (repaid, again) if isinstance(one, Payment)]
    assert len(made) <= 1
    outcome = told.answers[0].outcome
    assert outcome == ("success_after_replaced" if made else "success_after_return")
    for fresh in made:
        answers = together([lambda fresh=fresh: payments.make_batch([fresh.pk], by=office.hands[0])])
        assert refusals(answers), "a payment in doubt went into a batch"
    books_agree()


def test_correcting_while_the_request_is_cancelled_and_withdrawn(office: Treasury) -> None:
    case, person = world.submitted()
    acceptor = office.people["acceptance"]
    asked = [{"ref": "industry_code", "note": "请核对"}]
    reviews.decide(world.task(case), "returned", by=acceptor, opinion="请补正", items=asked)
    case.refresh_from_db()
    saved = applications.save_draft(case, {**case.form, "note": "已核对"}, case.revision, by=person)
    set_demo_day(date(2022, 9, 5))
    answers = together(
        [
            lambda: reviews.resubmit_and_reopen(saved, revision=saved.revision, by=person),
            lambda: reviews.cancel_correction(saved, by=acceptor, reason="不用补正"),
            lambda: reviews.withdraw_and_close(saved, by=person),
        ]
    )
    case.refresh_from_db()
    open_tasks = StageTask.objects.filter(application=case, decided_at=None).count()
    assert case.state in (State.IN_REVIEW, State.WITHDRAWN)
    assert open_tasks == (case.state == State.IN_REVIEW)
    kinds = list(case.events.values_list("kind", flat=True))
    assert kinds.count("corrected") + kinds.count("correction_cancelled") <= 1
    assert len(refusals(answers)) >= 1 or "withdrawn" in kinds
    books_agree()
