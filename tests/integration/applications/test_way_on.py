"""The applicant always sees the way on: the next button after the materials, each mistake as a link to its field."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client
from tests.integration import case_world as world

from babashi.applications import services as applications
from babashi.applications.flow import State
from babashi.enterprises.models import Enterprise
from babashi.reviews import services as reviews

pytestmark = pytest.mark.django_db
FIELDS = ("bank_name", "number", "consent")


def assert_links_to_fields(page: str, fields: tuple[str, ...]) -> None:
    summary = re.search(r'<div class="error-summary".*?</div>', page, re.DOTALL)
    assert summary, "no summary of the mistakes"
    for field in fields:
        assert f'href="#{field}"' in summary[0], field
        assert page.count(f'id="{field}"') == 1, field


def test_the_next_step_comes_after_the_materials(client: Client, owner: Enterprise) -> None:
    client.post(f"/applications/new/{world.PACK}/scale-up/", {"uscc": owner.uscc})
    case = applications.open_application(owner, world.item(world.SCALE_UP))
    assert case is not None
    page = client.get(f"/applications/{case.public_id}/").content.decode()
    assert page.index('id="materials"') < page.index("下一步：核对提交")
    assert 'form="application" name="go" value="check"' in page


def test_a_refused_submission_names_each_field(client: Client, owner: Enterprise) -> None:
    client.post(f"/applications/new/{world.PACK}/scale-up/", {"uscc": owner.uscc})
    case = applications.open_application(owner, world.item(world.SCALE_UP))
    assert case is not None
    sent = {"revision": case.revision, "account": "new", "account_name": owner.name}
    refused = client.post(f"/applications/{case.public_id}/submit/", sent)
    assert refused.status_code == 422
    assert_links_to_fields(refused.content.decode(), ("bank_name", "number"))
    account = {"bank_name": "中国银行重庆巴南支行", "number": "6217000012345670", "again": "6217000012345670"}
    refused = client.post(f"/applications/{case.public_id}/submit/", {**sent, **account})
    assert_links_to_fields(refused.content.decode(), ("consent",))


def test_a_refused_confirmation_names_each_field(client: Client, owner: Enterprise) -> None:
    refused = client.post(
        f"/applications/automatic/{world.PACK}/scale-up/confirm/",
        {"uscc": owner.uscc, "account": "new", "account_name": owner.name},
    )
    assert_links_to_fields(refused.content.decode(), ("bank_name", "number"))


def test_values_read_the_same_on_the_form_as_in_the_file(owner: Enterprise) -> None:
    loan = {
        "loan_id": "L1", "purpose": "流动资金", "principal": 5_000_000,
        "starts_on": date(2022, 3, 1), "ends_on": date(2022, 9, 1),
    }  # fmt: skip
    borrower = world.enterprise(tables={"loans": [loan]})
    client = Client()
    client.force_login(world.member(borrower))
    client.post(f"/applications/new/{world.PACK}/interest-subsidy/", {"uscc": borrower.uscc})
    case = applications.open_application(borrower, world.item(world.INTEREST))
    assert case is not None
    for path in (f"/applications/{case.public_id}/", f"/enterprise/{borrower.uscc}/"):
        page = client.get(path).content.decode()
        assert "2022年3月1日" in page, path
        assert "2022-03-01</td>" not in page, path
    client.force_login(world.member(owner))
    automatic = client.get(f"/applications/automatic/{world.PACK}/scale-up/").content.decode()
    assert "<dd>2021年<span" in automatic


def test_a_window_that_still_shows_the_draft_takes_nothing_back_that_was_sent(
    client: Client, owner: Enterprise
) -> None:
    """“放弃这份草稿” in a forgotten window, or that of a colleague, must not give up a place in the queue."""
    client.post(f"/applications/new/{world.PACK}/scale-up/", {"uscc": owner.uscc})
    case = applications.open_application(owner, world.item(world.SCALE_UP))
    assert case is not None
    page = client.get(f"/applications/{case.public_id}/").content.decode()
    form = next(form for form in page.split("<form ") if "放弃这份草稿</button>" in form)
    shown = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    person = world.member(owner)
    world.account(owner, person)
    reviews.submit_and_open(case, revision=case.revision, by=person)
    answer = client.post(f"/applications/{case.public_id}/withdraw/", shown)
    case.refresh_from_db()
    assert case.state == State.IN_REVIEW
    assert answer.status_code == 409
    assert "没有放弃" in answer.content.decode()
