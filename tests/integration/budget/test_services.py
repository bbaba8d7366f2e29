"""The verbs of the ledger: what they change, what they refuse, and that a repeat changes nothing."""

from decimal import Decimal

import pytest
from django.db import Error, connection

from babashi.accounts.models import Role
from babashi.audit.errors import Conflict, Invalid, NotAllowed, NotFound
from babashi.audit.models import AuditEntry
from babashi.budget import queries, services
from babashi.budget.errors import InsufficientFunds
from babashi.budget.models import Appropriation, LedgerEntry, Reservation
from tests.integration.money_world import FULL_ID, item, official

pytestmark = pytest.mark.django_db
MEMO = "渝财预〔2022〕1号（合成）"


@pytest.fixture
def finance():
    item()
    return official(Role.FINANCE)


def balances() -> tuple[Decimal, Decimal, Decimal]:
    row = Appropriation.objects.get(full_id=FULL_ID)
    return row.total, row.reserved, row.paid


def d(text: str) -> Decimal:
    return Decimal(text)


def test_the_whole_way_of_the_money(finance) -> None:
    services.appropriate(FULL_ID, d("500000"), by=finance, memo=MEMO)
    services.reserve(FULL_ID, d("200000"), reference="BN1", by=None)
    assert balances() == (500000, 200000, 0)
    assert queries.free(FULL_ID) == d("300000")
    services.pay(FULL_ID, d("200000"), reference="BN1", payment_number="ZF1", by=finance)
    assert balances() == (500000, 0, 200000)
    services.reverse_payment(FULL_ID, reference="BN1", payment_number="ZF1", by=finance)
    assert balances() == (500000, 200000, 0)
    services.pay(FULL_ID, d("200000"), reference="BN1", payment_number="ZF2", by=finance)
    services.reserve(FULL_ID, d("100000"), reference="BN2", by=None)
    services.release(FULL_ID, reference="BN2", by=None)
    services.reduce(FULL_ID, d("300000"), by=finance, memo=MEMO)
    assert balances() == (200000, 0, 200000)
    assert queries.verify() == []
    assert [entry.kind for entry in LedgerEntry.objects.all()] == [
        "appropriated", "reserved", "paid", "reversed", "paid", "reserved", "released", "reduced",
    ]  # fmt: skip
    assert AuditEntry.objects.filter(action__startswith="budget.").count() == 8


def test_never_more_than_the_free_part(finance) -> None:
    services.appropriate(FULL_ID, d("300000"), by=finance, memo=MEMO)
    services.reserve(FULL_ID, d("200000.01"), reference="BN1", by=None)
    with pytest.raises(InsufficientFunds, match=r"可用 99,999\.99 元") as caught:
        services.reserve(FULL_ID, d("100000"), reference="BN2", by=None)
    assert (caught.value.wanted, caught.value.free) == (d("100000"), d("99999.99"))
    with pytest.raises(InsufficientFunds):
        services.reduce(FULL_ID, d("100000"), by=finance, memo=MEMO)
    assert balances() == (300000, d("200000.01"), 0)
    assert not Reservation.objects.filter(reference="BN2").exists()
    services.reserve(FULL_ID, d("99999.99"), reference="BN2", by=None)
    assert queries.free(FULL_ID) == 0


def test_without_an_appropriation_nothing_is_free() -> None:
    with pytest.raises(InsufficientFunds):
        services.reserve(FULL_ID, d("0.01"), reference="BN1", by=None)
    assert queries.free(FULL_ID) == 0


def test_a_repeat_changes_nothing(finance) -> None:
    for _ in range(2):
        services.appropriate(FULL_ID, d("500000"), by=finance, memo=MEMO, reference="token-1")
        services.reserve(FULL_ID, d("200000"), reference="BN1", by=None)
    assert balances() == (500000, 200000, 0)
    for _ in range(2):
        services.pay(FULL_ID, d("200000"), reference="BN1", payment_number="ZF1", by=None)
    assert balances() == (500000, 0, 200000)
    for _ in range(2):
        services.reverse_payment(FULL_ID, reference="BN1", payment_number="ZF1", by=None)
    for _ in range(2):
        services.release(FULL_ID, reference="BN1", by=None)
    assert balances() == (500000, 0, 0)
    assert LedgerEntry.objects.count() == 5
    assert queries.verify() == []


def test_the_same_reference_with_another_amount_is_a_conflict(finance) -> None:
    services.appropriate(FULL_ID, d("500000"), by=finance, memo=MEMO, reference="token-1")
    with pytest.raises(Conflict, match="与本次不同"):
        services.appropriate(FULL_ID, d("500001"), by=finance, memo=MEMO, reference="token-1")
    services.reserve(FULL_ID, d("200000"), reference="BN1", by=None)
    with pytest.raises(Conflict):
        services.reserve(FULL_ID, d("199999"), reference="BN1", by=None)
    item("test-pack/other", "另一事项")
    services.appropriate("test-pack/other", d("500000"), by=finance, memo=MEMO)
    with pytest.raises(Conflict):
        services.reserve("test-pack/other", d("200000"), reference="BN1", by=None)
    assert balances() == (500000, 200000, 0)


def test_no_case_pays_from_the_reservation_of_another(finance) -> None:
    services.appropriate(FULL_ID, d("500000"), by=finance, memo=MEMO)
    services.reserve(FULL_ID, d("100000"), reference="BN1", by=None)
    services.reserve(FULL_ID, d("200000"), reference="BN2", by=None)
    with pytest.raises(Conflict, match=r"只有 100,000\.00 元"):
        services.pay(FULL_ID, d("100000.01"), reference="BN1", payment_number="ZF1", by=None)
    with pytest.raises(Conflict, match="没有占用预算"):
        services.pay(FULL_ID, d("1"), reference="BN3", payment_number="ZF1", by=None)
    services.pay(FULL_ID, d("100000"), reference="BN1", payment_number="ZF1", by=None)
    with pytest.raises(Conflict):
        services.pay(FULL_ID, d("100000"), reference="BN1", payment_number="ZF2", by=None)
    with pytest.raises(Conflict, match="全部支付"):
        services.release(FULL_ID, reference="BN1", by=None)
    with pytest.raises(Conflict, match="没有入账"):
        services.reverse_payment(FULL_ID, reference="BN1", payment_number="ZF9", by=None)
    assert balances() == (500000, 200000, 100000)
    assert queries.verify() == []


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN", "Infinity", "1e12"])
def test_amounts_that_are_none(finance, amount: str) -> None:
    with pytest.raises(Invalid):
        services.appropriate(FULL_ID, Decimal(amount), by=finance, memo=MEMO)
    assert not LedgerEntry.objects.exists()


def test_a_float_is_no_amount(finance) -> None:
    with pytest.raises(Invalid):
        services.appropriate(FULL_ID, 0.1, by=finance, memo=MEMO)


def test_only_finance_appropriates_with_a_basis_for_a_known_item(finance) -> None:
    with pytest.raises(NotAllowed):
        services.appropriate(FULL_ID, d("1"), by=official(Role.APPROVER), memo=MEMO)
    with pytest.raises(NotAllowed):
        services.reduce(FULL_ID, d("1"), by=official(Role.AUDITOR), memo=MEMO)
    with pytest.raises(Invalid, match="依据"):
        services.appropriate(FULL_ID, d("1"), by=finance, memo="  ")
    with pytest.raises(NotFound):
        services.appropriate("test-pack/unknown", d("1"), by=finance, memo=MEMO)
    assert not Appropriation.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE budget_ledgerentry SET amount = 1",
        "DELETE FROM budget_ledgerentry",
        "UPDATE budget_appropriation SET reserved = -1",
        "UPDATE budget_appropriation SET paid = total + 1",
        "UPDATE budget_reservation SET paid = amount + 1",
    ],
)
def test_the_database_itself_refuses(finance, statement: str) -> None:
    services.appropriate(FULL_ID, d("500000"), by=finance, memo=MEMO)
    services.reserve(FULL_ID, d("1"), reference="BN1", by=None)
    with pytest.raises(Error), connection.cursor() as cursor:
        cursor.execute(statement)


def test_verify_names_what_does_not_agree(finance) -> None:
    services.appropriate(FULL_ID, d("500000"), by=finance, memo=MEMO)
    services.reserve(FULL_ID, d("200000"), reference="BN1", by=None)
    Appropriation.objects.update(reserved=d("150000"))
    Reservation.objects.update(released=d("50000"))
    found = {(one.subject, one.column): (one.stored, one.folded) for one in queries.verify()}
    assert found == {
        (FULL_ID, "占用"): (d("150000"), d("200000")),
        ("BN1", "已释放"): (d("50000"), d("0")),
    }
    Reservation.objects.all().delete()
    assert ("BN1", "占用") in {(one.subject, one.column) for one in queries.verify()}


def test_balances_list_every_item_that_needs_money(finance) -> None:
    item("test-pack/other", "另一事项")
    services.appropriate(FULL_ID, d("500000"), by=finance, memo=MEMO)
    rows = queries.balances()
    assert [(row.title, row.total, row.appropriated) for row in rows] == [
        ("鼓励工业企业做大做强", d("500000"), True),
        ("另一事项", d("0"), False),
    ]
    assert queries.totals(rows).free == d("500000")
