"""The database keeps the promises of the money path even when a service forgets: raw writes are refused.

Each line of docs/dev/promises.md names one of these tests or a constraint that is tried here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from babashi.accounts.models import Role, User
from babashi.applications.models import Application
from babashi.budget import services as budget
from babashi.budget.models import Appropriation, LedgerEntry, Reservation
from babashi.enterprises.models import Member
from babashi.payments import services as payments
from babashi.payments.models import BankAnswer, Payment, PaymentBatch
from babashi.publicity import services as publicity
from babashi.publicity.models import Objection
from babashi.reviews import services as reviews
from babashi.reviews.models import StageTask
from babashi.workdays.clock import now
from tests.integration import case_world as world
from tests.integration.payment_world import Treasury, back, corrected, good

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[3] / "docs" / "dev" / "promises.md"


def refused(act: Callable[[], object], words: str) -> None:
    """The write fails in the database, at once or when its transaction would end."""
    with pytest.raises(IntegrityError, match=words):
        _write(act)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@transaction.atomic
def _write(act: Callable[[], object]) -> None:
    act()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def only(model: type, **which: object) -> Callable[..., int]:
    return model.objects.filter(**which).update  # type: ignore[attr-defined,no-any-return]


def test_money_is_never_negative_nor_promised_twice(office: Treasury) -> None:
    case, _ = office.approved()
    money, held = only(Appropriation), only(Reservation)
    refused(lambda: money(reserved=Decimal(-1)), "budget_reserved_not_negative")
    refused(lambda: money(paid=Decimal(-1)), "budget_paid_not_negative")
    refused(lambda: money(total=Decimal("199999.99")), "budget_not_exceeded")
    refused(lambda: held(paid=Decimal("200000.01")), "reservation_not_exceeded")
    refused(lambda: held(released=Decimal(-1)), "reservation_not_negative")
    again = {"appropriation": Appropriation.objects.get(), "reference": case.number, "amount": Decimal(1)}
    refused(lambda: Reservation.objects.create(**again), "reservation_reference")
    refused(lambda: only(LedgerEntry)(amount=1), "append-only")
    refused(lambda: LedgerEntry.objects.all().delete(), "append-only")
    entry = LedgerEntry.objects.get(kind="reserved")
    entry.pk = None
    refused(entry.save, "ledger_movement_once")


def test_a_grant_needs_a_decision_a_reservation_and_is_final(office: Treasury) -> None:
    case, _ = office.approved()
    granted = only(Application, pk=case.pk)
    refused(lambda: granted(approved_amount=Decimal("199999.99")), "final|not_below_floor")
    refused(lambda: granted(amount_max=Decimal("999999.00")), "final")
    refused(lambda: granted(trace={}), "final")
    refused(lambda: granted(state="withdrawn"), "final")
    refused(lambda: granted(full_id=world.GREEN), "final")
    refused(lambda: Application.objects.filter(pk=case.pk)._raw_delete("default"), "record")
    refused(lambda: budget.release(case.full_id, reference=case.number or "", by=None) and granted(state="paying"),
            "is reserved")  # fmt: skip
    waiting, _ = world.submitted()
    raw = only(Application, pk=waiting.pk)
    refused(lambda: raw(state="approved", approved_amount=Decimal("200000.00")), "nobody approved")
    refused(lambda: raw(approved_amount=Decimal("200000.01")), "application_not_above_ceiling")
    refused(
        lambda: raw(verdict="unknown", state="paid", approved_amount=Decimal("200000")), "eligible|nobody"
    )
    world.walk(waiting, office.people, "approval")
    refused(lambda: raw(state="queued", approved_amount=Decimal("200000.00")), "nobody approved")
    money = {"reference": waiting.number or "", "by": None}
    refused(
        lambda: budget.reserve(waiting.full_id, Decimal("200000"), **money) and raw(state="refused"),
        "is reserved",
    )


def test_over_is_over_and_one_item_is_asked_for_once(office: Treasury) -> None:
    case, person = world.submitted()
    reviews.withdraw_and_close(case, by=person)
    refused(lambda: only(Application, pk=case.pk)(state="submitted"), "is over")
    again, _ = world.submitted(of=case.enterprise)
    copy = Application.objects.get(pk=again.pk)
    copy.pk, copy.public_id, copy.number = None, case.public_id.__class__(int=1), "SB-COPY"
    refused(copy.save, "application_one_open")
    copy.full_id, copy.same_kind = world.GREEN, again.same_kind
    assert again.same_kind == "首次升规"
    refused(copy.save, "application_one_of_a_kind")


def test_four_eyes_and_own_enterprise_of_reviews(office: Treasury) -> None:
    case, person = world.submitted()
    world.walk(case, office.people, "first-review")
    task = only(StageTask, pk=world.task(case).pk)
    acceptor = office.people["acceptance"]
    refused(lambda: task(outcome="passed", decided_at=now(), decided_by=acceptor), "four eyes")
    refused(lambda: task(outcome="passed", decided_at=now(), decided_by=person), "speaks for")
    refused(lambda: task(outcome="returned", decided_at=now(), decided_by=person), "speaks for")
    refused(lambda: task(outcome="passed", decided_at=now()), "task_decided_by_somebody")
    refused(lambda: task(outcome="withdrawn"), "task_decided_has_outcome")
    done = only(StageTask, application=case, outcome="passed")
    refused(lambda: done(opinion="改口"), "record")
    refused(lambda: StageTask.objects.filter(application=case)._raw_delete("default"), "record")
    copy = world.task(case)
    copy.pk, copy.round = None, 9
    refused(copy.save, "task_one_open")


def test_objections_and_what_the_public_saw(office: Treasury) -> None:
    case, person = world.submitted()
    world.walk(case, office.people, "publicity")
    entry = case.publicity_entries.get()
    objection = publicity.object_to(entry, name="王某", contact="13800000000", content="不符合条件的")
    raw = only(Objection, pk=objection.pk)
    first, other = office.people["first-review"], world.official(Role.APPROVER)
    for by in (first, person):
        refused(lambda by=by: raw(state="dismissed", decided_at=now(), decided_by=by), "decided on this case")
    refused(lambda: raw(content="改了"), "record")
    refused(lambda: case.publicity_entries.update(amount=Decimal(1)), "public")
    reviews.settle_objection(objection, upheld=False, answer="核实不成立", by=other)
    refused(lambda: raw(answer="改了"), "record")
    reviews.finish_publicity(world.date.fromordinal(entry.notice.ends_on.toordinal() + 1))
    task = only(StageTask, pk=world.task(case).pk)
    refused(
        lambda: task(outcome="passed", decided_at=now(), decided_by=other, amount=Decimal("200000")),
        "objection",
    )


def test_nothing_is_granted_above_what_the_public_saw(office: Treasury) -> None:
    owner = world.enterprise(tables={"certificates": [{"kind": "节能节水", "level": "市级"}]})
    case, _ = world.submitted(world.GREEN, of=owner)
    world.money("500000", world.GREEN)
    world.walk(case, office.people, "finance-check")
    reviews.decide(
        world.task(case),
        "passed",
        by=office.people["finance-check"],
        opinion="同意",
        amount=Decimal("120000"),
    )
    world.walk(case, office.people, "approval")
    approval = world.task(case)
    by = office.people["approval"]
    refused(lambda: _grant_raw(case, approval, by, Decimal("150000")), "more than the public")


def _grant_raw(case: Application, task: StageTask, by: User, amount: Decimal) -> None:
    only(StageTask, pk=task.pk)(outcome="passed", decided_at=now(), decided_by=by, amount=amount)
    only(Application, pk=case.pk)(state="queued", approved_amount=amount)


def test_no_payment_without_the_whole_chain(office: Treasury) -> None:
    case, _ = office.approved()
    other, _ = office.approved()
    fields = {
        "number": "ZF-X-1", "application": case, "amount": Decimal("200000.00"), "bank_account": case.bank_account,
        "created_at": now(),
    }  # fmt: skip

    def create(**changes: object) -> Callable[[], object]:
        return lambda: Payment.objects.create(**{**fields, **changes})

    refused(create(amount=Decimal("200000.01")), "no approved case")
    refused(create(state="exported"), "no approved case|payment_in_a_batch")
    refused(create(bank_account=other.bank_account), "another enterprise")
    unfinished, _ = world.submitted()
    refused(create(application=unfinished, bank_account=unfinished.bank_account), "no approved case")
    with transaction.atomic():
        budget.release(case.full_id, reference=case.number or "", by=None)
        refused(create(), "not reserved")
        transaction.set_rollback(True)
    [payment, _] = payments.order_ready()
    refused(create(attempt=2), "payment_one_alive|no approved case")
    refused(lambda: Payment.objects.filter(pk=payment.pk)._raw_delete("default"), "record")
    raw = only(Payment, pk=payment.pk)
    for change in ({"amount": Decimal(1)}, {"number": "ZF-Y"}, {"application": other}, {"attempt": 2}):
        refused(lambda change=change: raw(**change), "final|payment_one_alive")
    for state in ("exported", "succeeded", "returned", "replaced"):
        refused(lambda state=state: raw(state=state), "does not follow")


def test_a_batch_needs_two_people_and_neither_of_the_payee(office: Treasury) -> None:
    case, _ = office.approved()
    [payment] = payments.order_ready()
    batch = payments.make_batch([payment.pk], by=office.hands[0])
    raw, sent = only(PaymentBatch, pk=batch.pk), only(Payment, pk=payment.pk)
    refused(lambda: raw(exported_by=office.hands[0], exported_at=now()), "batch_two_people")
    refused(lambda: raw(exported_by=office.hands[1]), "batch_export_has_hand_and_time")
    refused(lambda: raw(created_by=office.hands[1]), "final")
    refused(lambda: sent(state="exported"), "batch is not for it")
    Member.objects.create(enterprise=case.enterprise, user=office.hands[1], role="owner", since=now())
    refused(
        lambda: raw(exported_by=office.hands[1], exported_at=now()) and sent(state="exported"),
        "batch is not for it",
    )
    payments.export_batch(batch, "csv", by=office.hands[2])
    refused(lambda: raw(exported_by=office.hands[3]), "final")
    refused(
        lambda: raw(dissolved_by=office.hands[3], dissolved_at=now()), "batch_dissolved_only_before_export"
    )
    refused(lambda: sent(batch=None), "payment_in_a_batch_once_batched")
    refused(lambda: sent(state="succeeded"), "payment_succeeded_has_proof")
    proof = {"state": "succeeded", "paid_on": "2022-09-01", "bank_reference": "B"}
    refused(lambda: sent(**proof), "the ledger says")


def test_ledger_and_payments_say_the_same(office: Treasury) -> None:
    batch, [one, two], _ = office.exported(2)
    office.say(good(batch, one))
    number = one.application.number or ""
    refused(
        lambda: budget.reverse_payment(world.SCALE_UP, reference=number, payment_number=one.number, by=None),
        "the ledger says",
    )
    second = two.application.number or ""
    refused(
        lambda: budget.pay(world.SCALE_UP, two.amount, reference=second, payment_number=two.number, by=None),
        "the ledger says",
    )
    refused(lambda: only(Payment, pk=two.pk)(bank_reference="B1"), "payment_bank_reference_once")


def test_answers_are_evidence(office: Treasury) -> None:
    batch, [payment], _ = office.exported()
    [booked] = office.say(back(batch, payment))
    [answer] = office.say(good(batch, payment))
    raw = only(BankAnswer, pk=answer.pk)
    refused(lambda: raw(amount=1), "evidence")
    refused(lambda: raw(outcome="applied"), "evidence")
    refused(lambda: BankAnswer.objects.filter(pk=answer.pk).delete(), "evidence")
    refused(lambda: raw(settled_at=now()), "answer_settled_by_whom_and_why")
    settled = {"settled_at": now(), "settled_note": "核实", "taken": True}
    refused(lambda: raw(**settled, settled_by=office.hands[2]), "may not book")
    refused(
        lambda: only(BankAnswer, pk=booked.pk)(**{**settled, "taken": False, "settled_by": office.hands[0]}),
        "answer_applied_is_settled",
    )
    payments.settle(answer, "核实没有付出", by=office.hands[3])
    refused(lambda: raw(settled_note="改了"), "evidence")
    corrected(payment.application, world.member(payment.application.enterprise))


def test_the_page_names_every_guard_and_only_what_exists() -> None:
    """docs/dev/promises.md and the database know the same constraints and triggers, and the named tests exist."""
    text = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+)`", text))
    tables = (
        "applications_application(event)?|budget_[a-z]+|payments_[a-z]+|publicity_[a-z]+|reviews_stagetask"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid::regclass::text ~ %s AND contype IN ('c', 'u', 'x')"
            " UNION SELECT indexrelid::regclass::text FROM pg_index"
            " WHERE indrelid::regclass::text ~ %s AND indisunique AND NOT indisprimary"
            " UNION SELECT tgname FROM pg_trigger WHERE tgrelid::regclass::text ~ %s AND NOT tgisinternal",
            [f"^({tables})$"] * 3,
        )
        known = {name for (name,) in cursor.fetchall()}
    ours = {name for name in known if not re.search(r"_(uniq|key|check)$|_[0-9a-f]{8}", name)}
    assert ours - named == set(), "the page does not say"
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| ") and line.count("|") == 4]
    guards = set(re.findall(r"`([a-z]+_[a-z_]+)`", " ".join(row[2] for row in rows)))
    assert guards - known == set(), "the database does not know"
    files = {
        path.stem: path.read_text(encoding="utf-8") for path in Path(__file__).parents[2].rglob("test_*.py")
    }
    there = set(files) | set(re.findall(r"def (test_\w+)", "".join(files.values())))
    assert {name for name in named if name.startswith("test_")} - there == set(), "no such test"
