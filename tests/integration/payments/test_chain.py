"""``babashi payments verify``: from every payment back to its clause, and a word for each broken link."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from babashi.applications.models import Application, ApplicationEvent
from babashi.budget.models import LedgerEntry, Reservation
from babashi.cli import main
from babashi.payments.chain import breaks, payments_to_verify
from babashi.payments.models import Payment
from babashi.publicity.models import Entry
from babashi.reviews.models import StageTask
from tests.integration.money_world import made_up
from tests.integration.payment_world import Treasury, good

pytestmark = pytest.mark.django_db
Tamper = Callable[[Payment], object]


def test_every_payment_of_the_usual_way_is_whole(
    office: Treasury, capsys: pytest.CaptureFixture[str]
) -> None:
    batch, [payment, _], _ = office.exported(2)
    office.say(good(batch, payment))
    assert [breaks(one) for one in payments_to_verify()] == [[], []]
    assert main(["payments", "verify"]) == 0
    assert "2 笔支付，每一笔都能从条款追到资金" in capsys.readouterr().err


TAMPERED: dict[str, Tamper] = {
    "结论或金额与记录不同": lambda p: Application.objects.update(amount_max=Decimal("300000")),
    "状态与办理经过不符": lambda p: Application.objects.update(state="paying"),
    "提交时的政策版本": lambda p: ApplicationEvent.objects.filter(kind="confirmed").update(payload={}),
    "没有企业的承诺": lambda p: Application.objects.update(consent_at=None),
    "两个环节": lambda p: StageTask.objects.exclude(stage="publicity").update(decided_by=p.batch.created_by),
    "没有这个金额的审定": lambda p: StageTask.objects.filter(stage="approval").update(amount=1),
    "没有公示": lambda p: Entry.objects.update(amount=1),
    "支付金额不是审定金额": lambda p: Payment.objects.update(amount=1),
    "没有占用预算": lambda p: Reservation.objects.all().delete(),
    "台账与支付状态不符": lambda p: LedgerEntry.objects.filter(kind="paid").update(amount=1),
}


@pytest.mark.parametrize("words", list(TAMPERED))
def test_each_broken_link_is_named(words: str, office: Treasury, capsys: pytest.CaptureFixture[str]) -> None:
    batch, [payment], _ = office.exported()
    office.say(good(batch, payment))
    with made_up():
        TAMPERED[words](payment)
    found = [text for one in payments_to_verify() for text in breaks(one)]
    assert any(words in text for text in found), found
    assert main(["payments", "verify"]) == 1
    assert words in capsys.readouterr().out
