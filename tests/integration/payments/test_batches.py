"""Composing and exporting: two people, neither of the payee, the account of today, never a second file."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from babashi.accounts.models import User
from babashi.applications.errors import OwnEnterprise
from babashi.audit.errors import Invalid
from babashi.budget.models import Reservation
from babashi.enterprises.models import Enterprise, Member
from babashi.payments import services as payments
from babashi.payments.errors import NotReady
from babashi.payments.models import BankAnswer, BankAnswerFile, Payment, PaymentBatch
from babashi.workdays.clock import now
from tests.integration import case_world as world
from tests.integration.money_world import made_up
from tests.integration.payment_world import COLUMNS, DAY, Treasury, back, corrected, good

pytestmark = pytest.mark.django_db


def joins(user: User, of: Enterprise, *, left: bool = False) -> None:
    Member.objects.create(
        enterprise=of,
        user=user,
        role="owner",
        since=now() - timedelta(days=99),
        ended_at=now() if left else None,
    )


@pytest.mark.parametrize("left", [False, True])
def test_an_official_of_the_payee_keeps_out_of_every_step(left: bool, office: Treasury) -> None:
    case, person = office.approved()
    first, second, third, insider = office.hands
    joins(insider, case.enterprise, left=left)
    assert payments.order_ready(by=insider) == []
    [payment] = payments.order_ready(by=first)
    with pytest.raises(OwnEnterprise, match=payment.number):
        payments.make_batch([payment.pk], by=insider)
    batch = payments.make_batch([payment.pk], by=first)
    with pytest.raises(OwnEnterprise):
        payments.export_batch(batch, "csv", by=insider)
    payments.export_batch(batch, "csv", by=second)
    with pytest.raises(OwnEnterprise):
        office.say(good(batch, payment), by=insider)
    assert not BankAnswerFile.objects.exists()
    office.say(back(batch, payment), by=third)
    corrected(case, person)
    with pytest.raises(OwnEnterprise):
        payments.correct_and_repay(Payment.objects.get(), by=insider)
    assert payments.correct_and_repay(Payment.objects.get(), by=first).attempt == 2


def test_who_left_before_the_case_began_may_act(office: Treasury) -> None:
    owner = world.enterprise()
    joins(office.hands[0], owner, left=True)
    office.approved(owner)
    [payment] = payments.order_ready(by=office.hands[0])
    assert payments.make_batch([payment.pk], by=office.hands[0]).created_by == office.hands[0]


def test_a_new_account_is_used_when_the_batch_is_made(office: Treasury) -> None:
    case, person = office.approved()
    [payment] = payments.order_ready()
    corrected(case, person)
    batch = payments.make_batch([payment.pk], by=office.hands[0])
    payment.refresh_from_db()
    assert payment.bank_account.number_tail == "2222"
    event = case.events.get(kind="payment_batched")
    assert (event.payload["account_before"], event.payload["account_now"]) == (
        world.account_number(case.enterprise)[-4:],
        "2222",
    )
    client = Client()
    client.force_login(office.hands[1])
    assert "与申报时不同" in client.get(f"/desk/payments/batches/{batch.number}/").content.decode()


def test_an_account_changed_after_batching_is_not_paid(office: Treasury) -> None:
    case, person = office.approved()
    [payment] = payments.order_ready()
    batch = payments.make_batch([payment.pk], by=office.hands[0])
    corrected(case, person)
    with pytest.raises(NotReady, match="解散"):
        payments.export_batch(batch, "csv", by=office.hands[1])
    payments.dissolve_batch(batch, "账户更改过", by=office.hands[1])
    payment.refresh_from_db()
    assert (payment.state, payment.batch) == ("ready", None)
    again = payments.make_batch([payment.pk], by=office.hands[0])
    assert again.number != batch.number
    assert b"9558800011112222" in payments.export_batch(again, "csv", by=office.hands[1])
    with pytest.raises(NotReady):
        payments.export_batch(batch, "csv", by=office.hands[1])
    with pytest.raises(NotReady):
        payments.dissolve_batch(again, "已经送出的", by=office.hands[1])


def test_a_file_may_be_fetched_again_until_the_bank_answers(office: Treasury) -> None:
    batch, [payment, _], _ = office.exported(2)
    one = payments.export_batch(batch, "csv", by=office.hands[1])
    assert payments.export_batch(batch, "csv", by=office.hands[2]) == one
    office.say(good(batch, payment))
    with pytest.raises(NotReady, match="不能再次导出"):
        payments.export_batch(batch, "csv", by=office.hands[1])


def test_the_pages_offer_no_second_file_and_call_a_return_a_return(office: Treasury) -> None:
    batch, [payment], _ = office.exported()
    client = Client()
    client.force_login(office.hands[2])
    address = f"/desk/payments/batches/{batch.number}/"
    assert "给国库" in client.get(address).content.decode()
    rows = "\n".join([COLUMNS, ",".join(back(batch, payment))]).encode()
    page = client.post(
        "/desk/payments/answers/", {"file": SimpleUploadedFile("a.csv", rows)}
    ).content.decode()
    assert "已登记退回" in page
    assert "已入账" not in page
    assert "给国库" not in client.get(address).content.decode()


def test_the_pages_of_batches_and_answers(office: Treasury) -> None:
    batch, [payment], _ = office.exported()
    office.say(back(batch, payment))
    [answer] = office.say(good(batch, payment))
    client = Client()
    client.force_login(office.hands[3])
    page = client.get("/desk/payments/answers/").content.decode()
    assert "退回后又成功" in page
    assert "核实以前不能更正重付" in page
    assert 'name="take"' in page
    client.force_login(office.hands[2])
    assert 'name="take"' not in client.get("/desk/payments/answers/").content.decode()
    assert client.post(f"/desk/payments/answers/{answer.pk}/settle/", {"note": "短"}).status_code == 422
    client.force_login(office.hands[3])
    done = client.post(f"/desk/payments/answers/{answer.pk}/settle/", {"note": "银行确认付出", "take": "1"})
    assert done.status_code == 302
    assert BankAnswer.objects.get(pk=answer.pk).taken
    office.approved()
    [ready] = payments.order_ready()
    made = payments.make_batch([ready.pk], by=office.hands[0])
    address = f"/desk/payments/batches/{made.number}/"
    assert "解散这个批次" in client.get(address).content.decode()
    assert client.post(f"{address}dissolve/", {"reason": ""}).status_code == 422
    assert client.post(f"{address}dissolve/", {"reason": "组错了"}).status_code == 422
    assert client.post(f"{address}dissolve/", {"reason": "金额要再核对"}).status_code == 302
    assert PaymentBatch.objects.get(pk=made.pk).dissolved_by == office.hands[3]
    assert "已解散" in client.get("/desk/payments/batches/").content.decode()
    assert "金额要再核对" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "空的"), ("甲,乙\n1,2".encode(), "缺少列"), (b"PK\x03\x04x", "损坏")]
)
def test_a_file_that_cannot_be_read_is_answered_on_the_page(
    content: bytes, words: str, office: Treasury
) -> None:
    batch, [payment], _ = office.exported()
    client = Client()
    client.force_login(office.hands[2])
    sent = client.post("/desk/payments/answers/", {"file": SimpleUploadedFile("回单.csv", content)})
    assert sent.status_code == 422
    assert words in sent.content.decode()
    assert client.post("/desk/payments/answers/").status_code == 422
    rows = "\n".join([COLUMNS, ",".join(good(batch, payment))]).encode()
    tried = client.post("/desk/payments/answers/", {"file": SimpleUploadedFile("a.csv", rows), "check": "1"})
    assert "试导入，没有写入" in tried.content.decode()
    assert not BankAnswerFile.objects.exists()
    payment.refresh_from_db()
    assert payment.state == "exported"


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_the_sample_shows_what_the_import_takes_and_is_itself_refused(fmt: str, office: Treasury) -> None:
    batch, paid, _ = office.exported(2)
    client = Client()
    client.force_login(office.hands[2])
    address = "/desk/payments/answers/"
    assert f'href="{address}sample/?format={fmt}"' in client.get(address).content.decode()
    answer = client.get(f"{address}sample/", {"format": fmt})
    assert f"huidan-shili-hecheng.{fmt}" in answer["Content-Disposition"]
    refused = client.post(address, {"file": SimpleUploadedFile(f"示例.{fmt}", answer.content)})
    assert refused.status_code == 422
    assert refused.content.decode().count("是示例（合成），不能导入") == 2
    assert not BankAnswerFile.objects.exists()
    book = openpyxl.load_workbook(io.BytesIO(answer.content)) if fmt == "xlsx" else None
    text = answer.content.decode("utf-8-sig") if book is None else str(list(book.active.values))
    assert text.count("合成示例，不是真实回单") == 2, "every row says that it is made up"
    filled = _filled(answer.content, fmt, {
        "PC20220905-001": batch.number,
        "示例-ZF-SB20220901-000001-1": paid[0].number,
        "示例-ZF-SB20220901-000002-1": paid[1].number,
        "123456.78": "200000.00", "2022-09-06": DAY,
    })  # fmt: skip
    report = payments.import_answers(f"回单.{fmt}", filled, by=office.hands[2])
    assert (len(report.answers), report.open) == (2, 0)
    assert [Payment.objects.get(pk=one.pk).state for one in paid] == ["succeeded", "returned"]
    assert client.get(f"{address}sample/", {"format": "pdf"}).status_code == 422


def _filled(content: bytes, fmt: str, words: dict[str, str]) -> bytes:
    """The sample with the made-up numbers replaced, as an official would do it."""
    if fmt == "csv":
        text = content.decode("utf-8-sig")
        for old, new in words.items():
            text = text.replace(old, new)
        return text.encode()
    book = openpyxl.load_workbook(io.BytesIO(content))
    for row in book.active.iter_rows():
        for cell in row:
            cell.value = words.get(str(cell.value), cell.value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_one_case_that_a_guard_refuses_does_not_keep_the_others_from_being_paid(
    office: Treasury, caplog: pytest.LogCaptureFixture
) -> None:
    broken, _ = office.approved()
    sound, _ = office.approved()
    with made_up():
        Reservation.objects.filter(reference=broken.number).delete()
    assert [payment.application for payment in payments.order_ready()] == [sound]
    assert str(broken.number) in caplog.text
    broken.refresh_from_db()
    assert (broken.state, broken.payments.count()) == ("approved", 0)


def test_a_dissolved_batch_still_says_what_it_held_and_where_that_went(office: Treasury) -> None:
    for _ in range(3):
        office.approved()
    ready = payments.order_ready()
    first = payments.make_batch([payment.pk for payment in ready], by=office.hands[0])
    for reason in ("错", "长" * 301):
        with pytest.raises(Invalid, match="4 至 300 字"):
            payments.dissolve_batch(first, reason, by=office.hands[1])
    payments.dissolve_batch(first, "金额要再核对", by=office.hands[1])
    second = payments.make_batch([ready[0].pk, ready[1].pk], by=office.hands[0])
    client = Client()
    client.force_login(office.hands[2])
    page = client.get(f"/desk/payments/batches/{first.number}/").content.decode()
    assert "3 笔，合计 600,000.00 元" in page
    assert all(payment.number in page for payment in ready)
    assert page.count(f"/desk/payments/batches/{second.number}/") == 2, "two went into the next batch"
    assert page.count("待组批</span>") == 1, "one still waits"
    rows = client.get("/desk/payments/batches/").content.decode().partition(first.number)[2]
    assert "600,000.00 元" in rows.partition("</tr>")[0], "and so does the list"
    payments.export_batch(second, "csv", by=office.hands[1])
    office.say(good(second, ready[0]))
    page = client.get(f"/desk/payments/batches/{first.number}/").content.decode()
    assert "已到账" in page
    assert len(client.get(f"/desk/payments/batches/{second.number}/").context["page"]) == 2


def test_the_list_of_returns_says_who_has_to_act(office: Treasury) -> None:
    batch, [payment], [person] = office.exported()
    office.say(back(batch, payment))
    client = Client()
    client.force_login(office.hands[0])
    page = client.get("/desk/payments/?state=returned").content.decode()
    assert "等企业更正收款账户" in page
    assert "更正后重付" not in page, "the enterprise comes first"
    corrected(payment.application, person)
    page = client.get("/desk/payments/?state=returned").content.decode()
    assert "等企业更正收款账户" not in page
    assert "更正后重付" in page


def test_a_payment_that_came_back_is_not_shown_as_arrived(office: Treasury) -> None:
    batch, [payment], _ = office.exported()
    office.say(good(batch, payment))
    client = Client()
    client.force_login(office.hands[0])
    assert "到账后又退回" not in client.get("/desk/payments/").content.decode()
    office.say(back(batch, payment, DAY, "B2"))
    assert "到账后又退回" in client.get("/desk/payments/?state=returned").content.decode()


def test_an_import_says_how_much_was_booked(office: Treasury) -> None:
    batch, [one, two, three], _ = office.exported(3)
    wrong = (batch.number, three.number, "成功", "200000.01", DAY, "B3", "")
    rows = [",".join(row) for row in (good(batch, one), back(batch, two), wrong)]
    content = "\n".join([COLUMNS, *rows]).encode()
    client = Client()
    client.force_login(office.hands[2])
    for words in ("导入完成：", "没有重复入账。上次的结果："):
        sent = {"file": SimpleUploadedFile("回单.csv", content)}
        page = client.post("/desk/payments/answers/", sent).content.decode()
        told = "共 3 行，入账 1 笔 200,000.00 元，退回 1 笔 200,000.00 元，1 行需要人工核对"
        assert f"{words}{told}" in page
