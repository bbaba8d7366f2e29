"""Pages of the people of an enterprise: who gets in, what is shown, what bad input gets."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from babashi.accounts.models import User
from babashi.enterprises import claims, delivery, members
from babashi.enterprises.importing import import_register
from babashi.enterprises.models import BankAccount, Claim, Enterprise, Member, RegisterRow
from babashi.enterprises.queries import subject_of
from babashi.enterprises.services import declare_facts, declare_rows
from babashi.register_io.reading import read_register
from babashi.rules.facts import FactDictionary
from babashi.workdays.clock import now
from tests.integration.enterprises.test_importing import ENTERPRISES, LOANS, ONE, TWO

pytestmark = pytest.mark.django_db


@pytest.fixture
def one(tmp_path: Path) -> Enterprise:
    (tmp_path / "enterprises.csv").write_text(ENTERPRISES, encoding="utf-8")
    (tmp_path / "loans.csv").write_text(LOANS, encoding="utf-8")
    register = read_register(tmp_path, FactDictionary.load())
    import_register(register, label="区统计局年报", as_of=dt.date(2022, 8, 31), by=None)
    Enterprise.objects.filter(uscc=ONE).update(contact_phone="13800001234", contact_name="钱登记")
    return Enterprise.objects.get(uscc=ONE)


def signed_in(name: str, of: Enterprise | None = None, role: str = "owner") -> Client:
    user = User.objects.create(username=name, display_name=name)
    if of:
        Member.objects.create(enterprise=of, user=user, role=role, since=now())
    client = Client()
    client.force_login(user)
    return client


def url(name: str, *arguments: object) -> str:
    return reverse(f"enterprises:{name}", args=arguments)


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def form_of(client: Client, address: str) -> dict[str, object]:
    """The fields of the page as a browser would send them back."""
    page = text(client.get(address))
    found: dict[str, object] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if not name or name[1] in ("csrfmiddlewaretoken", "next"):
            continue
        if ("checkbox" in tag or "radio" in tag) and " checked" not in tag:
            continue
        found.setdefault(name[1], []).append(value[1] if value else "on")  # type: ignore[attr-defined]
    for name, body in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r"<option selected>([^<]+)", body)
        found[name] = chosen[1] if chosen else ""
    return found


PAGES = ["file", "facts", "account", "people"]


@pytest.mark.parametrize("name", PAGES)
def test_strangers_get_404_and_the_unknown_are_asked_to_sign_in(one: Enterprise, name: str) -> None:
    other = signed_in("别家", Enterprise.objects.get(uscc=TWO))
    for uscc in (ONE, "91500113MA5U099999", "x"):
        assert other.get(url(name, uscc)).status_code == 404
    assert "/sign-in/" in Client().get(url(name, ONE))["Location"]
    assert signed_in("本人", one).get(url(name, ONE.lower())).status_code == 200


def test_a_membership_that_ended_opens_nothing(one: Enterprise) -> None:
    client = signed_in("本人", one)
    Member.objects.update(ended_at=now())
    assert client.get(url("file", ONE)).status_code == 404


def test_writes_by_strangers_are_404_and_change_nothing(one: Enterprise) -> None:
    owner = User.objects.create(username="主人")
    member = Member.objects.create(enterprise=one, user=owner, role="owner", since=now())
    members.invite_clerk(one, User.objects.create(username="小李").username, by=owner)
    other = signed_in("别家", Enterprise.objects.get(uscc=TWO))
    posts = [
        (url("facts", ONE), {"fact.employees_2021": "5", "seen": "none"}),
        (url("table", ONE, "loans"), {"none": "on", "seen": "none"}),
        (url("retract", ONE, "loans"), {}),
        (url("account", ONE), {"account_name": "乙", "bank_name": "某银行支行", "number": "12345678", "again": "12345678"}),
        (url("people", ONE), {"username": "别家"}),
        (url("end", ONE, member.pk), {}),
        (url("end", TWO, member.pk), {}),
        (url("cancel", TWO, Claim.objects.get().pk), {}),
        (url("answer", Claim.objects.get().pk), {"answer": "yes"}),
    ]  # fmt: skip
    before = RegisterRow.objects.count()
    assert [other.post(address, data).status_code for address, data in posts] == [404] * len(posts)
    assert (RegisterRow.objects.count(), BankAccount.objects.count()) == (before, 0)
    assert Member.objects.get(pk=member.pk).ended_at is None


def test_nothing_of_the_enterprise_shows_until_the_claim_is_proven(one: Enterprise) -> None:
    client = signed_in("新人")
    assert "还没有企业" in text(client.get(url("mine")))
    found = text(client.get(url("find"), {"q": ONE}))
    assert "甲公司" in found
    started = client.post(url("start", ONE), {"role": "owner", "note": "我是法定代表人"})
    claim = Claim.objects.get()
    assert started["Location"] == url("claim", claim.pk)
    client.post(url("send_code", claim.pk))
    shown = text(client.get(url("claim", claim.pk)))
    assert "我是法定代表人" in shown
    for secret in ("1234", "钱登记", "280", "区统计局"):
        assert secret not in shown.split("仅演示环境显示")[0]
        assert secret not in found
    assert client.get(url("file", ONE)).status_code == 404
    assert client.post(url("prove", claim.pk), {"code": "x"}).status_code == 422
    code = re.search(r"验证码 (\d{6})", delivery.shown_in_demo(one))
    assert code
    assert client.post(url("prove", claim.pk), {"code": code[1]})["Location"] == url("file", ONE)
    assert client.get(url("file", ONE)).status_code == 200
    assert client.post(url("prove", claim.pk), {"code": code[1]}).status_code == 409  # replayed


def test_a_second_code_at_once_is_429_and_other_people_s_claims_are_404(one: Enterprise) -> None:
    client, other = signed_in("新人"), signed_in("路人")
    client.post(url("start", ONE), {"role": "clerk"})
    claim = Claim.objects.get()
    assert client.post(url("send_code", claim.pk)).status_code == 302
    again = client.post(url("send_code", claim.pk))
    assert again.status_code == 429
    assert "60 秒" in text(again)
    for name in ("send_code", "prove", "withdraw", "answer"):
        assert other.post(url(name, claim.pk), {"code": "1"}).status_code == 404
    assert other.get(url("claim", claim.pk)).status_code == 404
    assert client.get(url("send_code", claim.pk)).status_code == 405
    assert client.post(url("withdraw", claim.pk)).status_code == 302
    assert client.post(url("withdraw", claim.pk)).status_code == 409


@pytest.mark.parametrize(
    ("typed", "words"), [("甲", "太少"), ("9150011", "没有找到"), ("没有的", "没有找到"), ("%_%", "没有找到")]
)
def test_the_register_cannot_be_read_out(one: Enterprise, typed: str, words: str) -> None:
    page = text(signed_in("新人").get(url("find"), {"q": typed}))
    assert words in page
    assert ONE not in page


def test_declaring_keeps_both_and_says_so(one: Enterprise) -> None:
    client = signed_in("本人", one)
    data = form_of(client, url("facts", ONE)) | {
        "fact.employees_2021": "300", "fact.operating_revenue_2021": "1000000.5", "fact.strategic_emerging": "是",
        "fact.key_industry": ["", "生物医药", "数智经济"],
    }  # fmt: skip
    assert client.post(url("facts", ONE), data)["Location"] == url("file", ONE)
    facts = subject_of(one).facts
    assert facts["employees_2021"] == 280  # the official one counts
    assert (facts["operating_revenue_2021"], facts["strategic_emerging"]) == (Decimal("1000000.50"), True)
    assert facts["key_industry"] == frozenset({"生物医药", "数智经济"})
    page = text(client.get(url("file", ONE)))
    assert "企业自报说法不同：300 人" in page
    assert "1,000,000.50 元" in page
    assert "有 1 项，自报的与部门登记的不同" in page
    assert "只能由区经济信息委登记，企业不能自报" in page
    emptied = form_of(client, url("facts", ONE)) | {"fact.operating_revenue_2021": ""}
    client.post(url("facts", ONE), emptied)
    assert "operating_revenue_2021" not in subject_of(one).facts
    assert subject_of(one).facts["strategic_emerging"] is True


def test_errors_stand_beside_the_field_and_nothing_typed_is_lost(one: Enterprise) -> None:
    client = signed_in("本人", one)
    data = form_of(client, url("facts", ONE)) | {"fact.employees_2021": "-3", "fact.rd_expense_2021": "20万"}
    answer = client.post(url("facts", ONE), data)
    assert answer.status_code == 422
    assert "不能是负数" in text(answer)
    assert 'value="20万"' in text(answer)
    assert not RegisterRow.objects.filter(origin="declared").exists()


def test_hidden_fields_put_there_and_old_pages_are_refused(one: Enterprise) -> None:
    client = signed_in("本人", one)
    old = form_of(client, url("facts", ONE))
    for name in ("fact.interest_subsidy_other_category", "fact.uscc", "fact.name", "fact.nonsense"):
        assert client.post(url("facts", ONE), old | {name: "是"}).status_code == 422
    assert client.post(url("facts", ONE), old | {"fact.employees_2021": "7"}).status_code == 302
    stale = client.post(url("facts", ONE), old | {"fact.employees_2021": "8"})
    assert stale.status_code == 409
    assert 'value="8"' in text(stale)
    assert RegisterRow.objects.get(origin="declared", retired_at=None).values["employees_2021"] == 7


def test_rows_are_added_dropped_saved_and_taken_back(one: Enterprise) -> None:
    client, address = signed_in("本人", one), url("table", ONE, "projects")
    typed = {"rows.0.project_id": "P1", "rows.0.category": "节能降碳", "rows.0.equipment_investment": "2000000",
             "seen": "none"}  # fmt: skip
    added = text(client.post(address, typed | {"act": "add"}))
    assert "第 2 行" in added
    assert 'value="P1"' in added
    assert 'value="P1"' not in text(client.post(address, typed | {"act": "drop-0"}))
    assert not RegisterRow.objects.filter(origin="declared").exists()
    assert client.post(address, typed).status_code == 302
    assert subject_of(one).tables["projects"][0]["equipment_investment"] == Decimal(2000000)
    assert client.post(address, typed).status_code == 409  # replayed: made from an older page
    seen = form_of(client, address)["seen"]
    assert client.post(address, {"none": "on", "seen": seen}).status_code == 302
    assert subject_of(one).tables["projects"] == []
    assert client.post(url("retract", ONE, "projects")).status_code == 302
    assert subject_of(one).rows("projects") is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "请填写至少一行"),
        ({"none": "on", "rows.0.loan_id": "L9"}, "又填写了内容"),
        ({"rows.0.principal": "5"}, "请填写贷款编号"),
        ({"rows.0.loan_id": "L9", "rows.0.starts_on": "2022-03-02", "rows.0.ends_on": "2022-03-01"}, "到期日早于起始日"),
        ({"rows.0.loan_id": "L9", "rows.1.loan_id": "L9"}, "重复的行"),
        ({"rows.0.loan_id": "L9", "rows.0.purpose": "炒股"}, "只能写"),
        ({"rows.0.loan_id": "L9", "rows.0.secret": "1"}, "本表没有的内容"),
        ({"rows.x.loan_id": "L9"}, "本表没有的内容"),
        ({f"rows.{number}.loan_id": f"L{number}" for number in range(51)}, "最多填写 50 行"),
    ],
)  # fmt: skip
def test_bad_rows_are_refused_whole(one: Enterprise, typed: dict[str, str], words: str) -> None:
    client = signed_in("本人", one)
    answer = client.post(url("table", ONE, "loans"), typed | {"seen": "none"})
    assert answer.status_code == 422
    assert words in text(answer)
    assert not RegisterRow.objects.filter(origin="declared").exists()


def test_no_such_table(one: Enterprise) -> None:
    client = signed_in("本人", one)
    for table in ("enterprises", "nonsense", "rd_intensity_average"):
        assert client.get(url("table", ONE, table)).status_code == 404
        assert client.post(url("retract", ONE, table)).status_code == 404


def test_the_account_is_typed_twice_and_shown_never(one: Enterprise) -> None:
    client = signed_in("本人", one)
    data = {"account_name": one.name, "bank_name": "中国银行重庆巴南支行"}
    data |= {"number": "6217000012345678", "again": "621700001234567"}
    wrong = client.post(url("account", ONE), data)
    assert wrong.status_code == 422
    assert "两次输入的账号不一样" in text(wrong)
    saved = client.post(url("account", ONE), data | {"again": "6217 0000 1234 5678"}, follow=True)
    assert "末位校验不符" in text(saved)
    assert BankAccount.objects.get().number_tail == "5678"
    for name in ("account", "file"):
        page = text(client.get(url(name, ONE)))
        assert "尾号 5678" in page
        assert "6217000012345678" not in page
    letters = client.post(url("account", ONE), data | {"number": "62abc", "again": "62abc"})
    assert letters.status_code == 422
    assert "8 到 32 位数字" in text(letters)


def test_only_the_owner_manages_people(one: Enterprise) -> None:
    owner, clerk = signed_in("主人", one), signed_in("小李")
    assert owner.post(url("people", ONE), {"username": "小李"}).status_code == 302
    claim = Claim.objects.get()
    assert "邀请您担任经办人" in text(clerk.get(url("mine")))
    assert clerk.post(url("answer", claim.pk), {"answer": "yes"}).status_code == 302
    assert clerk.get(url("people", ONE)).status_code == 200
    assert clerk.post(url("people", ONE), {"username": "主人"}).status_code == 403
    boss = Member.objects.get(role="owner")
    assert clerk.post(url("end", ONE, boss.pk)).status_code == 403
    assert owner.post(url("end", ONE, boss.pk)).status_code == 409
    assert owner.post(url("end", ONE, Member.objects.get(role="clerk").pk)).status_code == 302
    assert clerk.get(url("people", ONE)).status_code == 404


def test_what_is_typed_is_never_markup(one: Enterprise) -> None:
    client = signed_in("本人", one)
    declare_facts(one, {"contact_name": "<script>alert(1)</script>"}, by=User.objects.get(username="本人"))
    for name in ("file", "facts"):
        assert "<script>alert" not in text(client.get(url(name, ONE)))


def count_queries(client: Client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_at_most_twelve_queries_however_many_rows(
    one: Enterprise,
) -> None:
    client = signed_in("本人", one)
    user = User.objects.get(username="本人")
    addresses = [
        url("mine"),
        url("find") + "?q=" + ONE,
        url("table", ONE, "projects"),
        *(url(name, ONE) for name in PAGES),
    ]
    before = [count_queries(client, address) for address in addresses]
    declare_rows(one, "projects", [{"project_id": f"P{number}"} for number in range(40)], by=user)
    for number in range(8):
        members.invite_clerk(one, User.objects.create(username=f"同事{number}").username, by=user)
        other = Enterprise.objects.create(
            uscc=f"9150011300000000{number:02d}", name="x", created_at=now(), changed_at=now()
        )
        if number < 4:
            claims.start_claim(other, user, "clerk")
        else:
            Member.objects.create(enterprise=other, user=user, role="clerk", since=now())
    after = [count_queries(client, address) for address in addresses]
    assert after == before
    assert max(after) <= 12


def test_where_no_code_can_be_sent_none_is_offered(one, settings) -> None:
    """Without a gateway the person would wait for a code that never comes."""
    client = signed_in("来人")
    client.post(url("start", ONE), {"role": "owner", "note": ""})
    page = text(client.get(url("claim", Claim.objects.get().pk)))
    assert "办法一：验证码" in page
    settings.BABASHI_CODE_CHANNELS = {"sms": "", "email": ""}
    page = text(client.get(url("claim", Claim.objects.get().pk)))
    assert "验证码" not in page
    assert "工作人员核实" in page
    assert "办法二" not in page
