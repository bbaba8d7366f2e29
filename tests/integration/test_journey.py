"""From the submission to the rating, and what goes wrong on the way to the bank."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from babashi.accounts.models import Role, User
from babashi.applications.flow import State
from babashi.applications.models import Application
from babashi.audit.errors import Conflict, DomainError, NotAllowed
from babashi.audit.services import verify
from babashi.budget.queries import balances
from babashi.enterprises.services import set_bank_account
from babashi.feedback.queries import progress
from babashi.feedback.services import confirm_receipt, rate
from babashi.payments import services as payments
from babashi.payments.models import BankAnswer, Payment, PaymentBatch
from babashi.reviews import services as reviews
from tests.integration import case_world as world

pytestmark = pytest.mark.django_db
COLUMNS = "批次号,支付编号,状态,金额,支付日期,银行流水号,原因"


def answers(*rows: tuple[str, ...]) -> bytes:
    return "\n".join([COLUMNS, *(",".join(row) for row in rows)]).encode()


@pytest.fixture
def approved() -> tuple[Application, User]:
    """A scale-up case that is approved, with its member."""
    world.publish()
    people = world.staff()
    world.money("1000000")
    case, person = world.submitted()
    assert progress(case).ahead == ["初审", "复审", "财政核对", "公示", "审定", "拨付", "到账"]
    world.walk(case, people, "approval")
    assert progress(case).ahead == ["拨付", "到账"]
    reviews.decide(world.task(case), "passed", by=people["approval"], opinion="同意", amount=Decimal(200000))
    case.refresh_from_db()
    assert case.state == State.APPROVED
    assert progress(case).ahead == ["拨付", "到账"]
    return case, person


@pytest.fixture
def exported(approved: tuple[Application, User]) -> tuple[Payment, PaymentBatch, User, User]:
    """Its payment, handed to the treasury; with the treasurer and the member."""
    first, second = (world.official(Role.FINANCE, world.FINANCE) for _ in range(2))
    [payment] = payments.order_ready()
    assert payments.order_ready() == []
    batch = payments.make_batch([payment.pk], by=first)
    with pytest.raises(Conflict):
        payments.make_batch([payment.pk], by=first)
    with pytest.raises(DomainError):
        payments.export_batch(batch, "csv", by=first)
    rows = list(
        csv.DictReader(io.StringIO(payments.export_batch(batch, "csv", by=second).decode("utf-8-sig")))
    )
    assert [(row["支付编号"], row["金额"], row["收款账号"]) for row in rows] == [
        (payment.number, "200000.00", world.account_number(payment.application.enterprise))
    ]
    payment.refresh_from_db()
    return payment, batch, second, approved[1]


def test_the_whole_way_to_the_rating(exported: tuple[Payment, PaymentBatch, User, User]) -> None:
    payment, batch, treasurer, person = exported
    content = answers((batch.number, payment.number, "成功", "200000.00", "2022-09-01", "BANK-1", ""))
    dry = payments.import_answers("回单.csv", content, by=treasurer, dry_run=True)
    assert (len(dry.answers), dry.open) == (1, 0)
    assert not BankAnswer.objects.exists()
    assert payments.import_answers("回单.csv", content, by=treasurer).open == 0
    again = payments.import_answers("另存.csv", content, by=treasurer)
    assert again.repeated_file
    payment.refresh_from_db()
    case = payment.application
    case.refresh_from_db()
    assert case.state == State.PAID
    row = next(row for row in balances() if row.full_id == world.SCALE_UP)
    assert (row.reserved, row.paid, row.free) == (0, Decimal("200000.00"), Decimal("800000.00"))
    assert progress(case).paid == payment
    assert progress(case).ahead == []
    with pytest.raises(DomainError):
        confirm_receipt(payment, True, "", by=world.member(world.enterprise()))
    confirm_receipt(payment, True, "", by=person)
    assert rate(case, 1, "太慢了", by=person).score == 1
    assert rate(case, 5, "谢谢", by=person).score == 5
    seen = progress(case)
    assert seen.receipt is not None
    assert seen.receipt.arrived
    titles = [stop.title for stop in seen.stops]
    assert titles[0] == "提交申报"
    assert titles[-1] == "企业评价"
    assert verify().intact


def test_what_does_not_agree_waits_for_a_person(exported: tuple[Payment, PaymentBatch, User, User]) -> None:
    payment, batch, treasurer, _ = exported
    content = answers(
        (batch.number, "ZF-不存在-1", "成功", "200000.00", "2022-09-01", "B1", ""),
        ("PC20220101-001", payment.number, "成功", "200000.00", "2022-09-01", "B2", ""),
        (batch.number, payment.number, "成功", "199999.99", "2022-09-01", "B3", ""),
    )
    report = payments.import_answers("回单.csv", content, by=treasurer)
    assert [answer.outcome for answer in report.answers] == [
        "unknown_number",
        "wrong_batch",
        "amount_differs",
    ]
    payment.refresh_from_db()
    assert payment.state == "exported"
    payments.settle(report.answers[0], "已与银行电话核对，编号有误", by=treasurer)
    with pytest.raises(Conflict):
        payments.settle(report.answers[0], "再核对一次", by=treasurer)
    good = answers((batch.number, payment.number, "成功", "200000.00", "2022-09-01", "B4", ""))
    assert payments.import_answers("回单2.csv", good, by=treasurer).open == 0
    repeat = answers((batch.number, payment.number, "成功", "200000.00", "2022-09-01", "B5", ""))
    assert payments.import_answers("回单3.csv", repeat, by=treasurer).answers[0].outcome == "repeated_differs"


def test_a_returned_payment_is_corrected_and_paid_again(
    exported: tuple[Payment, PaymentBatch, User, User],
) -> None:
    payment, batch, treasurer, person = exported
    back = answers((batch.number, payment.number, "退回", "200000.00", "", "", "账号与户名不符"))
    payments.import_answers("退回.csv", back, by=treasurer)
    payment.refresh_from_db()
    assert payment.application.state == State.PAYMENT_RETURNED
    with pytest.raises(Conflict, match="还没有更正"):
        payments.correct_and_repay(payment, by=treasurer)
    set_bank_account(
        payment.application.enterprise, account_name=payment.application.enterprise.name, bank_name="农业银行重庆巴南支行",
        number="9558800011112222", by=person,
    )  # fmt: skip
    fresh = payments.correct_and_repay(payment, by=treasurer)
    assert (fresh.attempt, fresh.amount) == (2, payment.amount)
    payment.refresh_from_db()
    assert payment.state == "replaced"
    assert fresh.application.state == State.PAYING
    row = next(row for row in balances() if row.full_id == world.SCALE_UP)
    assert (row.reserved, row.paid) == (Decimal("200000.00"), 0)


def test_a_late_return_takes_the_payment_back(exported: tuple[Payment, PaymentBatch, User, User]) -> None:
    payment, batch, treasurer, _ = exported
    good = answers((batch.number, payment.number, "成功", "200000.00", "2022-09-01", "B1", ""))
    payments.import_answers("成功.csv", good, by=treasurer)
    late = answers((batch.number, payment.number, "退回", "200000.00", "2022-09-01", "", "账户已销户"))
    payments.import_answers("退回.csv", late, by=treasurer)
    case = Application.objects.get(pk=payment.application_id)
    assert case.state == State.PAYMENT_RETURNED
    row = next(row for row in balances() if row.full_id == world.SCALE_UP)
    assert (row.reserved, row.paid) == (Decimal("200000.00"), 0)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        ("甲,乙\n1,2".encode(), "缺少列"),
        (answers(("P", "Z", "到账", "1", "2022-09-01", "B", "")), "只能是 成功 或 退回"),
        (answers(("P", "Z", "成功", "-1", "2022-09-01", "B", "")), "大于零"),
        (answers(("P", "Z", "成功", "1e5", "2022-13-01", "B", "")), "支付日期"),
        (answers(("P", "Z", "成功", "1.005", "2022-09-01", "B", "")), "两位小数"),
        (b"PK\x03\x04broken", "损坏"),
        (b"\xff\xfe\x00\x01", "编码"),
    ],
)
def test_unreadable_files_change_nothing(content: bytes, words: str) -> None:
    treasurer = world.official(Role.FINANCE, world.FINANCE)
    with pytest.raises(DomainError) as refused:
        payments.import_answers("坏.csv", content, by=treasurer)
    assert words in str(getattr(refused.value, "field_errors", ""))
    assert not BankAnswer.objects.exists()


def test_only_finance_pays() -> None:
    clerk = world.official(Role.ACCEPTOR)
    with pytest.raises(NotAllowed):
        payments.order_ready(by=clerk)
    with pytest.raises(NotAllowed):
        payments.import_answers("回单.csv", answers(), by=clerk)
