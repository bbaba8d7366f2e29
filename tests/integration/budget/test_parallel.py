"""Many connections at once: no money is given twice, no movement is lost."""

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection, connections

from babashi.accounts.models import Role
from babashi.audit.migrations_support import allow_truncate_in_tests
from babashi.audit.services import verify as verify_audit
from babashi.budget import queries, services
from babashi.budget.errors import InsufficientFunds
from babashi.budget.models import Appropriation, LedgerEntry
from tests.integration.money_world import FULL_ID, item, official
from tests.integration.threads import PATIENCE

THREADS = 12


@pytest.fixture
def open_budget(transactional_db):
    allow_truncate_in_tests()
    item()
    services.appropriate(
        FULL_ID, Decimal("1000"), by=official(Role.FINANCE), memo="渝财预〔2022〕1号（合成）"
    )


def at_once(act: Callable[[int], object]) -> list[object]:
    """Run ``act(0) … act(THREADS-1)`` at the same moment, each on a connection of its own."""
    start, results = threading.Barrier(THREADS), [None] * THREADS

    def run(number: int) -> None:
        try:
            start.wait(PATIENCE)
            results[number] = act(number)
        except Exception as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE)
    assert connection.is_usable()
    return results


def test_the_same_movement_at_once_is_one_movement_even_of_the_last_money(open_budget) -> None:
    for reference, verb in (
        ("BN1", lambda _: services.reserve(FULL_ID, Decimal("1000"), reference="BN1", by=None)),
        (
            "ZF1",
            lambda _: services.pay(FULL_ID, Decimal("1000"), reference="BN1", payment_number="ZF1", by=None),
        ),
    ):
        results = at_once(verb)
        assert all(isinstance(one, Appropriation) for one in results), (reference, results)
    row = Appropriation.objects.get()
    assert (row.reserved, row.paid, row.free) == (0, 1000, 0)
    assert LedgerEntry.objects.count() == 3
    assert queries.verify() == []


def test_no_overspending(open_budget) -> None:
    """Twelve cases want 100 each from 1,000: exactly ten get it."""
    results = at_once(
        lambda number: services.reserve(FULL_ID, Decimal("100"), reference=f"BN{number}", by=None)
    )
    refused = [one for one in results if isinstance(one, InsufficientFunds)]
    assert (len(refused), len(results) - len(refused)) == (2, 10)
    row = Appropriation.objects.get()
    assert (row.reserved, row.free) == (1000, 0)
    assert queries.verify() == []
    assert verify_audit().intact


def test_the_same_case_at_once_reserves_once(open_budget) -> None:
    results = at_once(lambda _: services.reserve(FULL_ID, Decimal("300"), reference="BN1", by=None))
    assert [one for one in results if isinstance(one, Exception)] == []
    assert Appropriation.objects.get().reserved == 300
    assert LedgerEntry.objects.filter(kind="reserved").count() == 1
    assert queries.verify() == []


def test_no_update_is_lost(open_budget) -> None:
    """Payments, reservations and more money for one item at the same time."""
    for number in range(4):
        services.reserve(FULL_ID, Decimal("50"), reference=f"OLD{number}", by=None)
    giver = official(Role.FINANCE)

    def act(number: int) -> object:
        if number % 3 == 0:
            return services.pay(
                FULL_ID, Decimal("50"), reference=f"OLD{number // 3}", payment_number=f"ZF{number}", by=None
            )
        if number % 3 == 1:
            return services.reserve(FULL_ID, Decimal("10"), reference=f"NEW{number}", by=None)
        return services.appropriate(FULL_ID, Decimal("7"), by=giver, memo="追加预算（合成）")

    assert [one for one in at_once(act) if isinstance(one, Exception)] == []
    row = Appropriation.objects.get()
    assert (row.total, row.reserved, row.paid) == (1028, 40, 200)
    assert queries.verify() == []


def test_paying_and_releasing_the_same_reservation(open_budget) -> None:
    services.reserve(FULL_ID, Decimal("500"), reference="BN1", by=None)

    def act(number: int) -> object:
        if number % 2:
            return services.release(FULL_ID, reference="BN1", by=None)
        return services.pay(FULL_ID, Decimal("500"), reference="BN1", payment_number=f"ZF{number}", by=None)

    at_once(act)
    row = Appropriation.objects.get()
    assert row.reserved == 0
    assert row.paid in (0, 500)
    assert LedgerEntry.objects.filter(kind__in=["paid", "released"]).count() == 1
    assert queries.verify() == []
