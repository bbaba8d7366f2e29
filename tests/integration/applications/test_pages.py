"""The applicant's pages through the real request cycle: form, conflict, check, send, receipt, list."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.integration import case_world as world

from babashi.applications.flow import State
from babashi.applications.models import Application
from babashi.enterprises.models import BankAccount
from babashi.matching.services import evaluate_enterprise
from babashi.reviews.models import StageTask

pytestmark = pytest.mark.django_db
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@pytest.fixture
def client_of_member() -> tuple[Client, object, object]:
    world.publish()
    owner = world.enterprise()
    person = world.member(owner)
    client = Client()
    client.force_login(person)
    return client, owner, person


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"no field {name}"
    return found[1]


def start(client: Client, owner: object, item: str = "scale-up") -> Application:
    response = client.post(f"/applications/new/{world.PACK}/{item}/", {"uscc": owner.uscc})
    assert response.status_code == 302, response.content.decode()[:500]
    return Application.objects.get(enterprise=owner, full_id=f"{world.PACK}/{item}")


def test_whole_way_from_start_to_receipt(client_of_member) -> None:
    client, owner, _ = client_of_member
    page = client.get(f"/applications/new/{world.PACK}/scale-up/")
    assert page.status_code == 200
    assert owner.name in page.content.decode()
    case = start(client, owner)
    form = client.get(f"/applications/{case.public_id}/").content.decode()
    assert "区统计局" in form
    assert "首次升规年度" in form
    check = client.get(f"/applications/{case.public_id}/check/").content.decode()
    assert "200,000.00 元" in check
    sent = client.post(
        f"/applications/{case.public_id}/submit/",
        {
            "revision": hidden(check, "revision"), "account": "new", "account_name": owner.name,
            "bank_name": "中国银行重庆巴南支行", "number": "6217 0000 1234 5670", "again": "6217000012345670", "consent": "on",
        },
    )  # fmt: skip
    assert sent.status_code == 302, sent.content.decode()
    receipt = client.get(sent.url).content.decode()
    case.refresh_from_db()
    assert case.state == State.IN_REVIEW
    assert case.number in receipt
    assert "<svg" in receipt
    assert case.number in client.get("/applications/").content.decode()


def test_double_click_and_replay_make_one_case(client_of_member) -> None:
    client, owner, person = client_of_member
    world.account(owner, person)
    case = start(client, owner)
    check = client.get(f"/applications/{case.public_id}/check/").content.decode()
    data = {
        "revision": hidden(check, "revision"), "account": "current", "account_id": hidden(check, "account_id"),
        "consent": "on",
    }  # fmt: skip
    answers = [client.post(f"/applications/{case.public_id}/submit/", data) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.url for answer in answers}) == 1
    assert StageTask.objects.filter(application=case).count() == 1
    assert case.events.filter(kind="submitted").count() == 1


def test_second_window_gets_a_clear_conflict_and_keeps_what_was_typed(client_of_member) -> None:
    client, owner, _ = client_of_member
    case = start(client, owner)
    base = {"revision": "1", "contact_name": "甲", "contact_phone": "1"}
    first = client.post(f"/applications/{case.public_id}/", {**base, "note": "第一个窗口"})
    assert first.status_code == 302
    second = client.post(f"/applications/{case.public_id}/", {**base, "note": "第二个窗口写的长说明"})
    assert second.status_code == 409
    text = second.content.decode()
    assert "第二个窗口写的长说明" in text
    assert "在新窗口打开最新内容" in text
    case.refresh_from_db()
    assert case.form["note"] == "第一个窗口"


def test_autosave_answers_json_and_conflicts_as_problem(client_of_member) -> None:
    client, owner, _ = client_of_member
    case = start(client, owner)
    url = f"/applications/{case.public_id}/save/"
    head = {"X-Requested-With": "autosave"}
    body = {"revision": "1", "contact_name": "甲", "contact_phone": "023", "note": "a"}
    saved = client.post(url, body, headers=head)
    assert saved.json()["revision"] == 2
    stale = client.post(url, {**body, "note": "b"}, headers=head)
    assert stale.status_code == 409
    assert stale.json()["code"] == "stale_revision"
    foreign = client.post(url, {**body, "revision": "2", "fact.rd_expense_2021": "1"}, headers=head)
    assert foreign.status_code == 422


def test_what_is_too_long_is_named_and_nothing_that_was_typed_is_lost(client_of_member) -> None:
    client, owner, _ = client_of_member
    case = start(client, owner)
    url = f"/applications/{case.public_id}/"
    typed = {
        "revision": "1",
        "contact_name": "新联系人",
        "contact_phone": "023-66230000",
        "note": "长" * 2001,
    }
    refused = client.post(url, typed)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "2000 个字" in page
    assert '<a href="#f-note">' in page
    assert 'value="新联系人"' in page
    assert "长" * 2001 in page
    case.refresh_from_db()
    assert case.revision == 1
    assert client.post(url, {**typed, "note": "长" * 2000}).status_code == 302


@pytest.mark.parametrize(
    "field",
    ["fact.first_above_scale_year", "state", "approved_amount", "rows.loans.0.principal", "fact.uscc"],
)
def test_changed_or_hidden_fields_are_refused(client_of_member, field: str) -> None:
    client, owner, _ = client_of_member
    case = start(client, owner)
    response = client.post(f"/applications/{case.public_id}/", {"revision": "1", field: "2021"})
    assert response.status_code == 422
    case.refresh_from_db()
    assert case.revision == 1


def test_strangers_see_nothing(client_of_member) -> None:
    client, owner, _ = client_of_member
    case = start(client, owner)
    stranger = Client()
    stranger.force_login(world.member(world.enterprise()))
    for path in ("", "check/", "receipt/", "files/1/"):
        assert stranger.get(f"/applications/{case.public_id}/{path}").status_code == 404, path
    for path in ("save/", "submit/", "resubmit/", "withdraw/", "files/", "files/1/remove/"):
        assert (
            stranger.post(f"/applications/{case.public_id}/{path}", {"revision": "1"}).status_code == 404
        ), path
    assert Client().get(f"/applications/{case.public_id}/").status_code == 302
    case.refresh_from_db()
    assert case.state == State.DRAFT


def test_upload_is_checked_kept_and_removed(client_of_member) -> None:
    client, owner, _ = client_of_member
    case = start(client, owner)
    url = f"/applications/{case.public_id}/files/"
    evil = SimpleUploadedFile("执照.pdf", b"MZ\x90\x00" + b"\0" * 200)
    client.post(url, {"material": "other", "file": evil})
    assert case.attachments.count() == 0
    page = client.get(f"/applications/{case.public_id}/").content.decode()
    assert "没有上传" in page.partition('id="m-other"')[2], "said beside the field, where the page opens"
    assert page.count("没有上传") == 1
    assert (
        client.post(url, {"material": "nonsense", "file": SimpleUploadedFile("a.pdf", PDF)}).status_code
        == 302
    )
    assert "没有这一项材料" in client.get(f"/applications/{case.public_id}/").content.decode()
    assert case.attachments.count() == 0
    from io import BytesIO

    from PIL import Image

    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    client.post(url, {"material": "other", "file": SimpleUploadedFile("执照.png", picture.getvalue())})
    attachment = case.attachments.get()
    got = client.get(f"{url}{attachment.pk}/")
    assert got.status_code == 200
    assert b"".join(got.streaming_content) == picture.getvalue()
    client.post(f"{url}{attachment.pk}/remove/")
    attachment.refresh_from_db()
    assert attachment.removed_at is not None


def test_interest_subsidy_asks_rows_and_shows_the_ceiling(client_of_member) -> None:
    client, owner, _ = client_of_member
    world.record(owner, "enterprises", "more", {})
    case = start(client, owner, "interest-subsidy")
    data = {
        "revision": "1", "contact_name": "李", "contact_phone": "02366230000", "fact.employees_2021": "100",
        "fact.operating_revenue_2021": "50000000", "fact.green_industry": "是", "fact.strategic_emerging": "?",
        "fact.pollution_carbon_reduction": "?", "none.certificates": "on", "rows.loans.0.loan_id": "L1",
        "rows.loans.0.purpose": "流动资金", "rows.loans.0.principal": "5000000",
        "rows.loans.0.starts_on": "2022-03-01", "rows.loans.0.ends_on": "2022-09-01", "go": "check",
    }  # fmt: skip
    saved = client.post(f"/applications/{case.public_id}/", data)
    assert saved.status_code == 302, saved.content.decode()
    check = client.get(f"/applications/{case.public_id}/check/").content.decode()
    assert "47,277.78 元" in check
    assert "disabled" not in check.split('class="sticky-foot"')[1]


def test_rows_that_were_typed_but_will_not_be_used_are_pointed_out(client_of_member) -> None:
    """Nothing typed is left behind without a word: the official rows count until the applicant says they are wrong."""
    client, _, _ = client_of_member
    owner = world.enterprise(tables={"certificates": [{"kind": "节能节水", "level": "市级"}]})
    client.force_login(world.member(owner))
    case = start(client, owner, "green-demonstration")
    rows = {"rows.certificates.0.kind": "绿色制造示范", "rows.certificates.0.level": "国家级"}
    data = {"revision": "1", "contact_name": "李", "contact_phone": "02366230000", "go": "check", **rows}
    told = "没有勾选“登记的与实际不符”，这次不会用到"
    check = client.post(f"/applications/{case.public_id}/", data, follow=True).content.decode()
    assert told in check
    edit = client.get(f"/applications/{case.public_id}/").content.decode()
    assert "没有勾选上面这一项，不会用到" in edit
    assert re.search('<details class="fold" id="own-certificates"[^>]* open>', edit), "what was typed is seen"
    data |= {"revision": hidden(check, "revision"), "use.certificates": "on"}
    assert told not in client.post(f"/applications/{case.public_id}/", data, follow=True).content.decode()


def test_rows_given_instead_of_official_ones_are_not_counted_on_top_of_them() -> None:
    """Else the match would promise the interest of both: what the register says and what takes its place."""
    world.publish()
    owner, loan = world.borrower()
    item = "banan-2022-63/interest-subsidy"

    def promised() -> Decimal | None:
        return next(one for one in evaluate_enterprise(owner) if one.item == item).amount_max

    before = promised()
    own = loan | {"loan_id": "D2", "principal": "4800000"}
    fields = {f"rows.loans.0.{name}": text for name, text in own.items()} | {"use.loans": "on"}
    case = world.submitted(item, of=owner, fields=fields)[0]
    assert case.facts_used["differences"]["tables"]["loans"][0]["loan_id"] == "D2", "its reviewer sees it"
    assert case.amount_max == before
    assert promised() == before


def test_a_summary_of_mistakes_says_which_field_each_is_about(client_of_member) -> None:
    client, owner, _ = client_of_member
    world.record(owner, "enterprises", "more", {})
    case = start(client, owner, "interest-subsidy")
    data = {
        "revision": "1", "contact_name": "李", "contact_phone": "02366230000", "fact.employees_2021": "很多",
        "none.certificates": "on", "rows.loans.0.loan_id": "L1", "rows.loans.0.principal": "5000000",
        "rows.loans.1.loan_id": "L2", "rows.loans.1.principal": "500万", "go": "check",
    }  # fmt: skip
    page = client.post(f"/applications/{case.public_id}/", data, follow=True).content.decode()
    summary = page.partition('class="error-summary"')[2].partition("</ul>")[0]
    for words in ("贷款第 2 行本金：不是数字", "贷款第 1 行用途：请填写用途", "2021年从业人员："):
        assert words in summary, words
    assert summary.count("请填写2021年营业收入") == 1


def test_incomplete_form_names_everything_at_once(client_of_member) -> None:
    client, owner, _ = client_of_member
    case = start(client, owner, "interest-subsidy")
    check = client.get(f"/applications/{case.public_id}/check/").content.decode()
    for words in ("请填写2021年从业人员", "请填写2021年营业收入", "请逐行填写贷款"):
        assert words in check, words
    sent = client.post(
        f"/applications/{case.public_id}/submit/", {"revision": "1", "account": "new", "consent": "on"}
    )
    assert sent.status_code == 422


@pytest.mark.parametrize("again", ["", "6217000012345617"])
def test_a_new_account_is_typed_twice_before_anything_is_sent(client_of_member, again: str) -> None:
    client, owner, _ = client_of_member
    case = start(client, owner)
    check = client.get(f"/applications/{case.public_id}/check/").content.decode()
    assert 'name="again"' in check
    typed = {"account": "new", "account_name": owner.name, "bank_name": "中国银行重庆巴南支行",
             "number": "6217000012345670", "again": again, "consent": "on"}  # fmt: skip
    data = {"revision": hidden(check, "revision"), **typed}
    refused = client.post(f"/applications/{case.public_id}/submit/", data)
    assert refused.status_code == 422
    assert "两次输入的账号不一样" in refused.content.decode()
    assert 'id="e-again"' in refused.content.decode()
    assert "6217000012345670" in refused.content.decode(), "what was typed stays"
    assert not BankAccount.objects.exists()
    confirm = f"/applications/automatic/{world.PACK}/scale-up/confirm/"
    assert client.post(confirm, {"uscc": owner.uscc, **typed}).status_code == 422
    assert not BankAccount.objects.exists()
    case.refresh_from_db()
    assert case.state == State.DRAFT


def test_a_card_number_that_looks_wrong_is_doubted_and_taken(client_of_member) -> None:
    client, owner, _ = client_of_member
    case = start(client, owner)
    check = client.get(f"/applications/{case.public_id}/check/").content.decode()
    data = {
        "revision": hidden(check, "revision"), "account": "new", "account_name": owner.name,
        "bank_name": "中国银行重庆巴南支行", "number": "6217000012345678", "again": "6217000012345678", "consent": "on",
    }  # fmt: skip
    sent = client.post(f"/applications/{case.public_id}/submit/", data, follow=True)
    assert sent.status_code == 200
    assert "末位校验不符" in sent.content.decode()
    case.refresh_from_db()
    assert case.state == State.IN_REVIEW


def test_automatic_grant_confirms_account_and_consent_only(client_of_member) -> None:
    client, owner, person = client_of_member
    offer = client.get(f"/applications/automatic/{world.PACK}/scale-up/").content.decode()
    assert "不用填表" in offer
    assert "确认后还有：财政核对、公示、审定。" in offer
    url = f"/applications/automatic/{world.PACK}/scale-up/confirm/"
    without = client.post(url, {"uscc": owner.uscc, "account": "new", "account_name": owner.name,
                                "bank_name": "中国银行重庆巴南支行", "number": "6217000012345678",
                                "again": "6217000012345678"})  # fmt: skip
    assert without.status_code == 422
    assert not Application.objects.exists()
    account = world.account(owner, person)
    done = client.post(
        url, {"uscc": owner.uscc, "account": "current", "account_id": account.pk, "consent": "on"}
    )
    assert done.status_code == 302
    case = Application.objects.get()
    assert case.automatic
    assert case.amount_max == Decimal("200000.00")
    assert StageTask.objects.get(application=case).stage == "finance-check"


def test_no_new_application_after_until_but_the_old_one_goes_on(client_of_member) -> None:
    from datetime import date

    from babashi.workdays.clock import set_demo_day

    client, owner, person = client_of_member
    other, _ = world.submitted()
    case = start(client, owner)
    world.account(owner, person)
    set_demo_day(date(2023, 1, 3))
    check = client.get(f"/applications/{case.public_id}/check/").content.decode()
    assert "申报期限已过" in check
    closed = client.post(f"/applications/{case.public_id}/submit/", {
        "revision": "1", "account": "current", "account_id": hidden(check, "account_id"), "consent": "on",
    })  # fmt: skip
    assert closed.status_code == 409
    assert (
        client.post(f"/applications/new/{world.PACK}/green-retrofit/", {"uscc": owner.uscc}).status_code
        == 409
    )
    from babashi.reviews import services as reviews

    reviews.decide(world.task(other), "passed", by=world.official("acceptor"), opinion="同意")
    assert world.task(other).stage == "first-review"


def test_withdraw_leaves_room_for_a_new_one(client_of_member) -> None:
    client, owner, person = client_of_member
    world.account(owner, person)
    case = start(client, owner)
    check = client.get(f"/applications/{case.public_id}/check/").content.decode()
    client.post(f"/applications/{case.public_id}/submit/", {
        "revision": "1", "account": "current", "account_id": hidden(check, "account_id"), "consent": "on",
    })  # fmt: skip
    client.post(f"/applications/{case.public_id}/withdraw/", {"reason": "填错了"})
    client.post(f"/applications/{case.public_id}/withdraw/", {"reason": "又点一次"})
    case.refresh_from_db()
    assert case.state == State.WITHDRAWN
    assert not StageTask.objects.filter(application=case, decided_at=None).exists()
    start_again = client.post(f"/applications/new/{world.PACK}/scale-up/", {"uscc": owner.uscc})
    assert start_again.status_code == 302
    assert Application.objects.filter(enterprise=owner).count() == 2


def test_interest_reaches_the_lead_department_and_comes_back_answered() -> None:
    world.publish()
    owner = world.enterprise({"district": "500113", "kind": "企业"})
    person = world.member(owner)
    client = Client()
    client.force_login(person)
    url = f"/interests/new/{world.PACK}/food-insurance/"
    assert client.get(url).status_code == 200
    data = {"uscc": owner.uscc, "contact_name": "李经办", "contact_phone": "023-66230000", "note": "两家门店"}
    assert client.post(url, data).status_code == 302
    assert client.post(url, data).status_code == 302
    from babashi.applications.models import Interest

    interest = Interest.objects.get()
    desk = Client()
    desk.force_login(world.official("acceptor", "区市场监管局"))
    assert owner.name in desk.get("/desk/interests/").content.decode()
    other = Client()
    other.force_login(world.official("acceptor"))
    assert owner.name not in other.get("/desk/interests/").content.decode()
    refused = other.post(f"/desk/interests/{interest.pk}/answer/", {"state": "closed", "answer": "好"})
    assert refused.status_code == 404
    Interest.objects.update(at=datetime(2022, 9, 1, 20, 30, tzinfo=UTC))
    exported = desk.get("/desk/interests/", {"export": "csv"}).content.decode()
    assert "2022-09-02 04:30" in exported, "in the time of the district, as on the page"
    desk.post(f"/desk/interests/{interest.pk}/answer/", {"state": "contacted", "answer": "下周上门办理"})
    assert "下周上门办理" in client.get("/applications/").content.decode()
