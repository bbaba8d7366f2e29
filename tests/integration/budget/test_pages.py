"""The pages of the budget as their readers use them."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from babashi.accounts.models import Role, User
from babashi.budget import services
from babashi.budget.models import Appropriation, LedgerEntry
from tests.integration.money_world import FULL_ID, item, official

pytestmark = pytest.mark.django_db
MEMO = "渝财预〔2022〕1号（合成）"


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def finance() -> User:
    item()
    return official(Role.FINANCE, "演示财政")


def test_finance_adds_money_once_even_with_a_double_click(finance) -> None:
    client = as_user(finance)
    token = client.get("/desk/budget/change/", {"item": FULL_ID}).context["form"]["token"].value()
    data = {"full_id": FULL_ID, "change": "add", "amount": "500000.00", "memo": MEMO, "token": token}
    for _ in range(2):
        answer = client.post("/desk/budget/change/", data, follow=True)
        assert answer.redirect_chain == [("/desk/budget/", 302)]
    assert Appropriation.objects.get().total == 500000
    assert "500,000.00 元" in answer.content.decode()


@pytest.mark.parametrize("typed", ["1,793,900.00", " 1793900 ", "１，７９３，９００．００", "1,793,900"])
def test_an_amount_is_taken_as_the_pages_show_it(finance, typed: str) -> None:
    data = {"full_id": FULL_ID, "change": "add", "amount": typed, "memo": MEMO, "token": "a" * 32}
    answer = as_user(finance).post("/desk/budget/change/", data, follow=True)
    assert Appropriation.objects.get().total == Decimal("1793900.00")
    assert "等待额度" in answer.content.decode(), "who waits for this money is not forgotten"


def test_too_large_a_reduction_is_explained_and_what_was_typed_stays(finance) -> None:
    services.appropriate(FULL_ID, Decimal("100"), by=finance, memo=MEMO)
    data = {"full_id": FULL_ID, "change": "reduce", "amount": "100.01", "memo": MEMO, "token": "a" * 32}
    answer = as_user(finance).post("/desk/budget/change/", data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "最多可以调减可用的 100.00 元" in text
    assert "排队" not in text, "a reduction waits for nothing"
    assert 'value="100.01"' in text
    assert Appropriation.objects.get().total == 100


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"amount": "-5"}, "金额必须大于零"),
        ({"amount": "十万"}, "请填写数字"),
        ({"amount": "1,79,3900"}, "请填写数字"),
        ({"amount": "100,50"}, "请填写数字"),
        ({"amount": "1,793,900.005"}, "2"),
        ({"amount": "0"}, "必须大于零"),
        ({"amount": "1.234"}, "2"),
        ({"memo": "无"}, "至少四个字"),
        ({"full_id": "other/one"}, "事项"),
        ({"token": "x"}, "token"),
        ({"change": "steal"}, "调整方式"),
    ],
)
def test_wrong_input_is_refused_in_words(finance, changed: dict[str, str], words: str) -> None:
    data = {"full_id": FULL_ID, "change": "add", "amount": "1", "memo": MEMO, "token": "a" * 32} | changed
    answer = as_user(finance).post("/desk/budget/change/", data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not LedgerEntry.objects.exists()


def test_the_export_holds_what_the_page_shows(finance) -> None:
    services.appropriate(FULL_ID, Decimal("500000"), by=finance, memo=MEMO)
    client = as_user(finance)
    for words, found in ({"q": "鼓励工业企业"}, True), ({"q": "没有这个事项"}, False), ({}, True):
        for more in ({}, {"export": "csv"}):
            answer = client.get("/desk/budget/", words | more).content.decode()
            assert ("鼓励工业企业做大做强" in answer) is found, words | more


def test_the_ledger_is_searched_sorted_and_exported(finance) -> None:
    services.appropriate(FULL_ID, Decimal("500000"), by=finance, memo="=HYPERLINK(1)")
    services.reserve(FULL_ID, Decimal("200000"), reference="BN2022-000001", by=None)
    client = as_user(finance)
    found = client.get("/desk/budget/ledger/", {"q": "000001"}).context["page"].object_list
    assert [line.entry.kind for line in found] == ["reserved"]
    client.get("/desk/budget/ledger/?clear=1")
    rows = client.get("/desk/budget/ledger/", {"sort": "amount"}).context["page"].object_list
    assert [line.entry.amount for line in rows] == [200000, 500000]
    csv = client.get("/desk/budget/ledger/", {"export": "csv"}).content.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in csv
    book = openpyxl.load_workbook(io.BytesIO(client.get("/desk/budget/?export=xlsx").content))
    cells = list(book.active.iter_rows(values_only=True))
    assert cells[1][1:] == ("鼓励工业企业做大做强", "区经济信息委", 500000, 200000, 0, 300000)
    assert client.get("/desk/budget/?export=exe").status_code == 422


def test_everybody_sees_totals_but_only_finance_changes_them(finance) -> None:
    services.appropriate(FULL_ID, Decimal("500000"), by=finance, memo=MEMO)
    services.reserve(FULL_ID, Decimal("200000"), reference="BN2022-000001", by=None)
    page = Client().get("/budget/").content.decode()
    assert "50万元" in page
    assert "30万元" in page
    assert "BN2022-000001" not in page
    assert Client().get("/desk/budget/").status_code == 302
    auditor = as_user(official(Role.AUDITOR, where="区审计局"))
    assert auditor.get("/desk/budget/").status_code == 200
    data = {"full_id": FULL_ID, "change": "add", "amount": "1", "memo": MEMO, "token": "a" * 32}
    assert auditor.post("/desk/budget/change/", data).status_code == 403
    assert as_user(official(Role.APPROVER)).post("/desk/budget/change/", data).status_code == 403
    assert Appropriation.objects.get().total == 500000


@pytest.mark.parametrize("path", ["/desk/budget/", "/desk/budget/ledger/", "/budget/"])
def test_queries_do_not_grow_with_the_rows(finance, path: str) -> None:
    client = as_user(finance)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(path).status_code == 200
        return len(caught)

    services.appropriate(FULL_ID, Decimal("500000"), by=finance, memo=MEMO)
    few = queries()
    for number in range(12):
        full_id = f"test-pack/item-{number}"
        item(full_id, f"事项{number}")
        services.appropriate(full_id, Decimal("500000"), by=finance, memo=MEMO)
        services.reserve(full_id, Decimal("1"), reference=f"BN{number}", by=finance)
    assert queries() <= few <= 12
