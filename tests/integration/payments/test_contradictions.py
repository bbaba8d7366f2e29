"""When the bank contradicts itself: every kind has its own name, nothing doubtful moves, nothing is paid twice."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from babashi.applications.flow import State
from babashi.applications.models import Application
from babashi.audit.errors import Invalid
from babashi.audit.services import verify as verify_log
from babashi.budget.queries import balances, verify
from babashi.enterprises.models import Member
from babashi.feedback.services import confirm_receipt
from babashi.payments import services as payments
from babashi.payments.advice import ADVICE, MONEY_IN_DOUBT
from babashi.payments.errors import InDoubt, NotReady, SameHand
from babashi.payments.models import AnswerOutcome, BankAnswer, Payment, PaymentState
from babashi.workdays.clock import now, set_demo_day
from tests.integration import case_world as world
from tests.integration.payment_world import DAY, Treasury, back, corrected, good

pytestmark = pytest.mark.django_db
Kind = AnswerOutcome


def outcomes(answers: list[BankAnswer]) -> list[str]:
    return [str(answer.outcome) for answer in answers]


def held_and_paid() -> tuple[Decimal, Decimal]:
    assert verify() == []
    row = next(row for row in balances() if row.full_id == world.SCALE_UP)
    return row.reserved, row.paid


def state(payment: Payment) -> tuple[str, str]:
    payment.refresh_from_db()
    return payment.state, Application.objects.get(pk=payment.application_id).state


def test_every_kind_says_what_it_means_and_what_to_do() -> None:
    assert set(ADVICE) == set(Kind)
    for outcome, (meaning, advice) in ADVICE.items():
        assert meaning.endswith("。"), outcome
        assert advice.endswith("。") or outcome == Kind.APPLIED, outcome


def test_a_success_after_a_return_waits_and_may_be_taken_by_a_second_person(office: Treasury) -> None:
    batch, [payment], [person] = office.exported()
    office.say(back(batch, payment))
    [answer] = office.say(good(batch, payment))
    assert answer.outcome == Kind.SUCCESS_AFTER_RETURN
    assert state(payment) == ("returned", State.PAYMENT_RETURNED)
    corrected(payment.application, person)
    with pytest.raises(InDoubt, match="核销"):
        payments.correct_and_repay(payment, by=office.hands[0])
    with pytest.raises(SameHand):
        payments.settle(answer, "银行电话确认已付出", by=office.hands[2], take=True)
    payments.settle(answer, "银行电话确认已付出", by=office.hands[3], take=True)
    assert state(payment) == ("succeeded", State.PAID)
    assert held_and_paid() == (0, Decimal("200000.00"))
    with pytest.raises(NotReady):
        payments.settle(answer, "再来一次可以吗", by=office.hands[3], take=True)
    assert verify_log().intact


def test_a_success_after_a_return_that_was_wrong_frees_the_repayment(office: Treasury) -> None:
    batch, [payment], [person] = office.exported()
    office.say(back(batch, payment))
    [answer] = office.say(good(batch, payment))
    for note in ("好", "长" * 501):
        with pytest.raises(Invalid, match="4 至 500 字"):
            payments.settle(answer, note, by=office.hands[2])
    payments.settle(answer, "银行书面确认没有付出", by=office.hands[2])
    corrected(payment.application, person)
    fresh = payments.correct_and_repay(payment, by=office.hands[0])
    assert (fresh.attempt, state(payment)[0]) == (2, "replaced")


def test_a_late_return_is_booked_when_it_is_dated_after_the_payment(office: Treasury) -> None:
    batch, [payment], _ = office.exported()
    office.say(good(batch, payment))
    set_demo_day(date(2022, 9, 9))
    assert outcomes(office.say(back(batch, payment, day="2022-09-08"))) == [Kind.APPLIED]
    assert state(payment) == ("returned", State.PAYMENT_RETURNED)
    assert held_and_paid() == (Decimal("200000.00"), 0)
    assert payment.application.ended_at is None


@pytest.mark.parametrize("day", ["", "2022-08-31"])
def test_a_late_return_without_a_sound_date_waits(day: str, office: Treasury) -> None:
    batch, [payment], _ = office.exported()
    office.say(good(batch, payment))
    [answer] = office.say(back(batch, payment, day=day))
    assert answer.outcome == Kind.RETURN_AFTER_SUCCESS
    assert state(payment) == ("succeeded", State.PAID)
    payments.settle(answer, "银行确认款已退回国库", by=office.hands[3], take=True)
    assert state(payment) == ("returned", State.PAYMENT_RETURNED)
    assert held_and_paid() == (Decimal("200000.00"), 0)


def test_a_late_return_of_tomorrow_is_never_booked(office: Treasury) -> None:
    batch, [payment], _ = office.exported()
    office.say(good(batch, payment))
    [answer] = office.say(back(batch, payment, day="2022-09-02"))
    with pytest.raises(NotReady, match="晚于今天"):
        payments.settle(answer, "银行确认款已退回国库", by=office.hands[3], take=True)
    assert state(payment)[0] == "succeeded"


def test_a_return_after_the_enterprise_confirmed_waits(office: Treasury) -> None:
    batch, [payment], [person] = office.exported()
    office.say(good(batch, payment))
    confirm_receipt(payment, True, "", by=person)
    assert outcomes(office.say(back(batch, payment, day=DAY))) == [Kind.RETURN_AFTER_SUCCESS]
    assert state(payment)[0] == "succeeded"


def test_paid_sent_back_and_paid_after_all_is_counted_once(office: Treasury) -> None:
    """The same payment number moves the ledger three times and ends where the money is."""
    batch, [payment], _ = office.exported()
    office.say(good(batch, payment))
    office.say(back(batch, payment, day=DAY))
    [answer] = office.say(good(batch, payment, reference="B2"))
    assert answer.outcome == Kind.SUCCESS_AFTER_RETURN
    payments.settle(answer, "银行确认重新付出", by=office.hands[3], take=True)
    assert held_and_paid() == (0, Decimal("200000.00"))
    assert outcomes(office.say(back(batch, payment, day=DAY, reference="R2"))) == [Kind.APPLIED]
    assert held_and_paid() == (Decimal("200000.00"), 0)


def test_a_success_of_the_replaced_payment_stops_the_new_one(office: Treasury) -> None:
    batch, [payment], [person] = office.exported()
    office.say(back(batch, payment))
    corrected(payment.application, person)
    fresh = payments.correct_and_repay(payment, by=office.hands[0])
    second = payments.make_batch([fresh.pk], by=office.hands[0])
    [answer] = office.say(good(batch, payment))
    assert answer.outcome == Kind.SUCCESS_AFTER_REPLACED
    with pytest.raises(InDoubt):
        payments.export_batch(second, "csv", by=office.hands[1])
    with pytest.raises(NotReady, match="不能直接入账"):
        payments.settle(answer, "银行确认已付出", by=office.hands[3], take=True)
    payments.dissolve_batch(second, "原支付可能已付出", by=office.hands[0])
    with pytest.raises(InDoubt):
        payments.make_batch([fresh.pk], by=office.hands[0])
    payments.settle(answer, "银行已追回原支付", by=office.hands[3])
    payments.export_batch(payments.make_batch([fresh.pk], by=office.hands[0]), "csv", by=office.hands[1])


def test_success_again_with_another_date_or_reference(office: Treasury) -> None:
    batch, [payment], _ = office.exported()
    office.say(good(batch, payment))
    assert outcomes(office.say(good(batch, payment))) == [Kind.REPEATED]
    assert outcomes(office.say(good(batch, payment, reference="B9"))) == [Kind.REPEATED_DIFFERS]
    set_demo_day(date(2022, 9, 9))
    assert outcomes(office.say(good(batch, payment, day="2022-09-08"))) == [Kind.REPEATED_DIFFERS]
    assert held_and_paid() == (0, Decimal("200000.00"))


def test_another_amount_another_batch_and_a_payment_never_sent(office: Treasury) -> None:
    batch, [payment], _ = office.exported()
    office.approved()
    [waiting] = payments.order_ready()
    other = payments.make_batch([waiting.pk], by=office.hands[0])
    rows = (
        (batch.number, payment.number, "成功", "200000.01", DAY, "B1", ""),
        (other.number, payment.number, "成功", "200000.00", DAY, "B2", ""),
        good(other, waiting, reference="B3"),
        (batch.number, "ZF-SB20220901-999999-1", "成功", "200000.00", DAY, "B4", ""),
    )
    wanted = [Kind.AMOUNT_DIFFERS, Kind.WRONG_BATCH, Kind.NOT_EXPECTED, Kind.UNKNOWN_NUMBER]
    assert outcomes(office.say(*rows)) == wanted
    assert state(payment)[0] == "exported"
    with pytest.raises(InDoubt):
        payments.export_batch(other, "csv", by=office.hands[1])


@pytest.mark.parametrize("order", [1, -1])
def test_a_file_that_says_both_moves_nothing_whichever_comes_first(order: int, office: Treasury) -> None:
    batch, [payment], _ = office.exported()
    rows = [good(batch, payment), back(batch, payment)][::order]
    assert outcomes(office.say(*rows)) == [Kind.FILE_CONTRADICTS, Kind.FILE_CONTRADICTS]
    assert state(payment) == ("exported", State.PAYING)
    assert held_and_paid() == (Decimal("200000.00"), 0)


def test_the_same_row_twice_in_a_file_counts_once(office: Treasury) -> None:
    batch, [payment], _ = office.exported()
    assert outcomes(office.say(good(batch, payment), good(batch, payment))) == [Kind.APPLIED, Kind.REPEATED]


def test_a_monthly_file_that_repeats_the_known_and_brings_the_news(office: Treasury) -> None:
    batch, [payment], _ = office.exported()
    office.say(good(batch, payment))
    set_demo_day(date(2022, 9, 9))
    rows = good(batch, payment), back(batch, payment, day="2022-09-08", reference="R1")
    assert outcomes(office.say(*rows)) == [Kind.REPEATED, Kind.APPLIED]
    assert outcomes(office.say(*rows)) == [Kind.REPEATED, Kind.REPEATED], "and again a month later"
    assert state(payment)[0] == "returned"


def test_one_reference_for_two_payments(office: Treasury) -> None:
    batch, [one, two], _ = office.exported(2)
    assert outcomes(office.say(good(batch, one), good(batch, two))) == [Kind.REFERENCE_USED] * 2
    assert outcomes(office.say(good(batch, one, reference="B7"))) == [Kind.APPLIED]
    assert outcomes(office.say(good(batch, two, reference="B7"))) == [Kind.REFERENCE_USED]
    assert (state(one)[0], state(two)[0]) == ("succeeded", "exported")


@pytest.mark.parametrize("days", [-1, 1])
def test_paid_before_it_was_sent_or_after_today(days: int, office: Treasury) -> None:
    batch, [payment], _ = office.exported()
    day = (now().date() + timedelta(days=days)).isoformat()
    assert outcomes(office.say(good(batch, payment, day=day))) == [Kind.BAD_DATE]
    assert state(payment)[0] == "exported"


def test_every_doubtful_kind_holds_the_case_back(office: Treasury) -> None:
    """Whatever kind of question is open: neither repaid nor batched until it is settled."""
    batch, [payment], [person] = office.exported()
    office.say(back(batch, payment))
    corrected(payment.application, person)
    for kind in MONEY_IN_DOUBT:
        [template] = BankAnswer.objects.filter(payment=payment, outcome=Kind.APPLIED)
        template.pk, template.outcome, template.row_number = None, kind, 100 + list(Kind).index(kind)
        template.save()
        with pytest.raises(InDoubt):
            payments.correct_and_repay(payment, by=office.hands[0])
        payments.settle(template, "已与银行核实", by=office.hands[0])
    assert payments.correct_and_repay(payment, by=office.hands[0]).state == PaymentState.READY


def test_who_settles_may_not_be_of_the_enterprise(office: Treasury) -> None:
    batch, [payment], _ = office.exported()
    office.say(back(batch, payment))
    [answer] = office.say(good(batch, payment))
    Member.objects.create(
        enterprise=payment.application.enterprise, user=office.hands[3], role="owner", since=now()
    )
    for take in (False, True):
        with pytest.raises(Exception, match="回避"):
            payments.settle(answer, "自己说了算", by=office.hands[3], take=take)
