"""The ledger against a model: any order of movements leaves the balances that a plain book-keeper would have."""

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from babashi.accounts.models import Role
from babashi.audit.errors import Conflict
from babashi.budget import queries, services
from babashi.budget.errors import InsufficientFunds
from babashi.budget.models import Appropriation, Reservation
from tests.integration.money_world import FULL_ID, item, official

AMOUNTS = st.integers(1, 50_000_00).map(lambda fen: Decimal(fen) / 100)
MEMO = "渝财预〔2022〕1号（合成）"


class Ledger(RuleBasedStateMachine):
    """The model keeps total, and per case what it reserved, paid (by payment) and released."""

    cases = Bundle("cases")

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.finance = official(Role.FINANCE)
        item()
        self.total = Decimal(0)
        self.reserved: dict[str, Decimal] = {}
        self.paid: dict[str, dict[str, Decimal]] = {}
        self.released: dict[str, Decimal] = {}
        self.reversed: set[str] = set()

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    def open(self, case: str) -> Decimal:
        return self.reserved[case] - self.all_paid(case) - self.released.get(case, Decimal(0))

    def all_paid(self, case: str) -> Decimal:
        return sum((v for k, v in self.paid[case].items() if k not in self.reversed), Decimal(0))

    def free(self) -> Decimal:
        return self.total - sum((self.open(c) + self.all_paid(c) for c in self.reserved), Decimal(0))

    @rule(amount=AMOUNTS)
    def appropriate(self, amount: Decimal) -> None:
        services.appropriate(FULL_ID, amount, by=self.finance, memo=MEMO)
        self.total += amount

    @rule(amount=AMOUNTS)
    def reduce(self, amount: Decimal) -> None:
        if amount <= self.free():
            services.reduce(FULL_ID, amount, by=self.finance, memo=MEMO)
            self.total -= amount
        else:
            with pytest.raises(InsufficientFunds):
                services.reduce(FULL_ID, amount, by=self.finance, memo=MEMO)

    @rule(target=cases, amount=AMOUNTS, number=st.integers(1, 6))
    def reserve(self, amount: Decimal, number: int) -> str:
        case = f"BN{number}"
        if case in self.reserved:
            if amount == self.reserved[case]:
                services.reserve(FULL_ID, amount, reference=case, by=None)
            else:
                with pytest.raises(Conflict):
                    services.reserve(FULL_ID, amount, reference=case, by=None)
        elif amount <= self.free():
            services.reserve(FULL_ID, amount, reference=case, by=None)
            self.reserved[case], self.paid[case] = amount, {}
        else:
            with pytest.raises(InsufficientFunds):
                services.reserve(FULL_ID, amount, reference=case, by=None)
        return case

    @rule(case=cases, share=st.sampled_from([1, 2, 3]), payment=st.sampled_from("abc"))
    def pay(self, case: str, share: int, payment: str) -> None:
        number = f"{case}-{payment}"
        if case not in self.reserved:
            with pytest.raises(Conflict):
                services.pay(FULL_ID, Decimal(1), reference=case, payment_number=number, by=None)
            return
        amount = max((self.reserved[case] / share).quantize(Decimal("0.01")), Decimal("0.01"))
        known = self.paid[case].get(number)
        if known == amount or (known is None and amount <= self.open(case)):
            services.pay(FULL_ID, amount, reference=case, payment_number=number, by=None)
            self.paid[case][number] = amount
        else:
            with pytest.raises(Conflict):
                services.pay(FULL_ID, amount, reference=case, payment_number=number, by=None)

    @rule(case=cases, payment=st.sampled_from("abc"))
    def reverse(self, case: str, payment: str) -> None:
        number = f"{case}-{payment}"
        if number in self.paid.get(case, {}):
            services.reverse_payment(FULL_ID, reference=case, payment_number=number, by=None)
            self.reversed.add(number)
        else:
            with pytest.raises(Conflict):
                services.reverse_payment(FULL_ID, reference=case, payment_number=number, by=None)

    @rule(case=cases)
    def release(self, case: str) -> None:
        if case in self.released:
            services.release(FULL_ID, reference=case, by=None)
        elif case in self.reserved and self.open(case) > 0:
            amount = self.open(case)
            services.release(FULL_ID, reference=case, by=None)
            self.released[case] = amount
        else:
            with pytest.raises(Conflict):
                services.release(FULL_ID, reference=case, by=None)

    @invariant()
    def balances_agree(self) -> None:
        row = Appropriation.objects.filter(full_id=FULL_ID).first()
        stored = (row.total, row.reserved, row.paid) if row else (0, 0, 0)
        reserved = sum((self.open(case) for case in self.reserved), Decimal(0))
        paid = sum((self.all_paid(case) for case in self.reserved), Decimal(0))
        assert stored == (self.total, reserved, paid)
        assert {one.reference: one.open for one in Reservation.objects.all()} == {
            case: self.open(case) for case in self.reserved
        }
        assert queries.verify() == []


@pytest.mark.django_db
def test_any_order_of_movements_agrees_with_the_model() -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
