"""A step further than case_world: cases whose money is granted, batched, handed over, and the bank's words."""

from __future__ import annotations

from dataclasses import dataclass, field

from babashi.accounts.models import Role, User
from babashi.applications.models import Application
from babashi.enterprises.models import Enterprise
from babashi.enterprises.services import set_bank_account
from babashi.payments import services as payments
from babashi.payments.models import BankAnswer, Payment, PaymentBatch
from babashi.reviews import services as reviews
from tests.integration import case_world as world

COLUMNS = "批次号,支付编号,状态,金额,支付日期,银行流水号,原因"
DAY = "2022-09-01"
AMOUNT = "200000.00"


@dataclass
class Treasury:
    """The real pack, one official a stage, four treasurers and enough money."""

    people: dict[str, User] = field(default_factory=world.staff)
    hands: list[User] = field(
        default_factory=lambda: [
            world.official(Role.FINANCE, world.FINANCE, name=f"财政{number}") for number in range(4)
        ]
    )
    files: int = 0

    def approved(self, of: Enterprise | None = None) -> tuple[Application, User]:
        """A scale-up case with its money reserved, and its member."""
        owner = of or world.enterprise()
        person = world.member(owner)
        account = world.account(owner, person)
        case = reviews.submit_automatic_and_open(owner, world.item(), bank_account=account, by=person)
        world.walk(case, self.people, "approval")
        reviews.approve(world.task(case), None, by=self.people["approval"], opinion="同意")
        case.refresh_from_db()
        return case, person

    def exported(self, count: int = 1) -> tuple[PaymentBatch, list[Payment], list[User]]:
        """A batch that the second treasurer handed over; the members of its cases in the same order."""
        members = [self.approved()[1] for _ in range(count)]
        ready = payments.order_ready()
        batch = payments.make_batch([payment.pk for payment in ready], by=self.hands[0])
        payments.export_batch(batch, "csv", by=self.hands[1])
        return batch, [Payment.objects.get(pk=payment.pk) for payment in ready], members

    def say(self, *rows: tuple[str, ...], by: User | None = None) -> list[BankAnswer]:
        """Import a file of the bank; each is another file, even with the same rows."""
        self.files += 1
        lines = "\n".join([COLUMNS + ",文件", *(",".join((*row, str(self.files))) for row in rows)])
        return payments.import_answers("回单.csv", lines.encode(), by=by or self.hands[2]).answers


def treasury() -> Treasury:
    """A district ready to pay."""
    world.publish()
    world.money("2000000")
    return Treasury()


def good(batch: PaymentBatch, payment: Payment, reference: str = "B1", day: str = DAY) -> tuple[str, ...]:
    """The bank paid."""
    return batch.number, payment.number, "成功", f"{payment.amount}", day, reference, ""


def back(
    batch: PaymentBatch, payment: Payment, day: str = "", reference: str = "", reason: str = "户名不符"
) -> tuple[str, ...]:
    """The bank sent it back."""
    return batch.number, payment.number, "退回", f"{payment.amount}", day, reference, reason


def corrected(case: Application, person: User, number: str = "9558800011112222") -> None:
    """The enterprise registers another account."""
    set_bank_account(
        case.enterprise,
        account_name=case.enterprise.name,
        bank_name="农业银行重庆巴南支行",
        number=number,
        by=person,
    )
