"""Two enterprises with one account number: officials are warned, nobody is refused, no enterprise learns of another."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from babashi.accounts.models import User
from babashi.applications.models import Application
from babashi.enterprises.models import BankAccount, Enterprise
from babashi.files.cipher import fingerprint
from babashi.payments import services as payments
from babashi.reviews import services as reviews
from tests.integration import case_world as world
from tests.integration.payment_world import Treasury

pytestmark = pytest.mark.django_db
NUMBER = "6217000099998888"
WARNING = "收款账号与其他企业的相同"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sent(number: str = NUMBER, written: str = "") -> tuple[Application, User]:
    owner = world.enterprise()
    person = world.member(owner)
    account = world.account(owner, person, written or number)
    return reviews.submit_automatic_and_open(owner, world.item(), bank_account=account, by=person), person


def approved(case: Application, office: Treasury) -> Application:
    world.walk(case, office.people, "approval")
    reviews.approve(world.task(case), None, by=office.people["approval"], opinion="同意")
    return case


def test_the_reviewer_and_whoever_exports_are_told_who_else_and_where(office: Treasury) -> None:
    one, _ = sent()
    two, _ = sent(written="6217 0000-9999 8888")
    alone, _ = sent("6217000099998889")
    reviewer = browser(office.people["acceptance"])
    for case, other in ((one, two), (two, one)):
        page = reviewer.get(f"/desk/cases/{case.number}/").content.decode()
        assert WARNING in page
        assert f"{other.enterprise.name}（{other.enterprise.uscc}；申报：{other.number}）" in page
        assert NUMBER not in page
    assert WARNING not in reviewer.get(f"/desk/cases/{alone.number}/").content.decode()
    todo = browser(office.people[world.task(one).stage]).get("/desk/cases/")
    assert todo.content.decode().count("收款账号与其他企业相同") == 2
    paid = [approved(case, office) for case in (one, alone)]
    ready = payments.order_ready()
    batch = payments.make_batch([payment.pk for payment in ready], by=office.hands[0])
    page = browser(office.hands[1]).get(f"/desk/payments/batches/{batch.number}/").content.decode()
    assert "1 笔的收款账号与其他企业的相同" in page
    assert f"ZF-{one.number}-1 {one.enterprise.name}，与{two.enterprise.name}（{two.enterprise.uscc}" in page
    assert str(two.number) in page
    exported = payments.export_batch(batch, "csv", by=office.hands[1]).decode("utf-8-sig")
    assert all(str(case.number) in exported for case in paid), "a warning, no refusal"


def test_an_account_given_up_long_ago_still_warns_and_ones_own_never_does(office: Treasury) -> None:
    case, person = sent()
    for number in ("6217000099990000", NUMBER, "6217000099990001"):
        world.account(case.enterprise, person, number)
    fresh, _ = sent()
    reviewer = browser(office.people["acceptance"])
    assert str(case.number) in reviewer.get(f"/desk/cases/{fresh.number}/").content.decode()
    Enterprise.objects.filter(pk=case.enterprise_id).update(name="别的企业")
    BankAccount.objects.filter(enterprise=fresh.enterprise).update(number_digest="")
    assert WARNING not in reviewer.get(f"/desk/cases/{case.number}/").content.decode()


def test_no_applicant_learns_of_the_other(office: Treasury) -> None:
    case, person = sent()
    other, _ = sent()
    approved(case, office)
    payments.order_ready()
    client = browser(person)
    pages = [
        f"/progress/{case.public_id}/",
        f"/applications/{case.public_id}/",
        "/applications/",
        f"/enterprise/{case.enterprise.uscc}/",
        f"/enterprise/{case.enterprise.uscc}/account/",
        "/inbox/",
    ]
    for address in pages:
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address
        text = answer.content.decode()
        for secret in (other.enterprise.name, other.enterprise.uscc, str(other.number), "其他企业"):
            assert secret not in text, (address, secret)


def test_a_longer_batch_needs_no_more_queries(office: Treasury) -> None:
    def number(pairs: int) -> int:
        cases = [
            approved(case, office) for case, _ in (sent(f"62170000{pairs}{n:03d}") for n in range(pairs))
        ]
        for n in range(pairs):
            sent(f"62170000{pairs}{n:03d}")
        batch = payments.make_batch([payment.pk for payment in payments.order_ready()], by=office.hands[0])
        client, address = browser(office.hands[1]), f"/desk/payments/batches/{batch.number}/"
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert f"{len(cases)} 笔的收款账号" in client.get(address).content.decode()
        return len(seen)

    few = number(1)
    assert few <= 12
    assert number(4) == few


def test_accounts_of_before_get_their_fingerprint_and_one_that_does_not_open_none(office: Treasury) -> None:
    one, _ = sent()
    two, _ = sent("6217000099997777")
    BankAccount.objects.update(number_digest="")
    BankAccount.objects.filter(pk=two.bank_account_id).update(number_sealed=b"\x01" + b"0" * 40)
    import_module("babashi.enterprises.migrations.0004_account_fingerprints").fill(apps, None)
    digests = dict(BankAccount.objects.values_list("pk", "number_digest"))
    assert digests == {one.bank_account_id: fingerprint(NUMBER, "bank-account"), two.bank_account_id: ""}
    assert fingerprint(NUMBER, "bank-account") != fingerprint(NUMBER, "something else")
