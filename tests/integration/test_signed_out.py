"""Sessions end while somebody types: nothing may look saved that was not, and the way back leads to the page."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from babashi.accounts.models import User
from babashi.applications import services as applications
from babashi.applications.models import Application
from babashi.reviews import services as reviews
from tests.integration import case_world as world

pytestmark = pytest.mark.django_db
HERE = "http://testserver"


@pytest.fixture
def draft(db: None) -> Application:
    world.publish()
    owner = world.enterprise()
    return applications.start_draft(owner, world.item(), by=world.member(owner))


def way_back(location: str) -> str:
    assert urlsplit(location).path == "/sign-in/"
    return parse_qs(urlsplit(location).query)["next"][0]


@pytest.mark.parametrize("header", [{"X-Requested-With": "autosave"}, {"HX-Request": "true"}])
def test_a_program_in_the_page_is_told_that_nothing_was_saved(
    header: dict[str, str], draft: Application
) -> None:
    answer = Client().post(
        f"/applications/{draft.public_id}/save/",
        {"revision": draft.revision, "note": "写了很久"},
        headers=header,
    )
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert "登录" in answer.json()["detail"]
    draft.refresh_from_db()
    assert draft.form.get("note") != "写了很久"


def test_a_form_sent_too_late_is_said_to_be_lost_and_leads_back_to_its_page(draft: Application) -> None:
    client, page = Client(), f"/applications/{draft.public_id}/check/"
    answer = client.post(f"/applications/{draft.public_id}/submit/", {}, headers={"Referer": HERE + page})
    assert answer.status_code == 302
    assert way_back(answer.url) == page
    shown = client.get(answer.url).content.decode()
    assert "没有记录" in shown
    assert f'name="next" value="{page}"' in shown


def test_a_refused_form_sent_again_too_late_leads_back_to_a_page(draft: Application) -> None:
    """A refused form is shown at the address that takes it, which answers no GET: signing in must not end there."""
    person, address = draft.events.get(kind="draft_started").by, f"/applications/{draft.public_id}/submit/"
    client = Client()
    answer = client.post(address, {}, headers={"Referer": HERE + address})
    assert way_back(answer.url) == address
    client.force_login(person)
    page = client.get(address, headers={"Referer": HERE + answer.url}, follow=True)
    assert page.redirect_chain == [(f"/applications/{draft.public_id}/", 302)]
    assert page.status_code == 200
    assert client.get(address, headers={"Referer": "https://elsewhere.example/sign-in/"}).status_code == 405


@pytest.mark.parametrize("came_from", ["https://elsewhere.example/applications/", "", "nonsense://["])
def test_a_foreign_page_is_no_way_back(came_from: str, draft: Application) -> None:
    address = f"/applications/{draft.public_id}/submit/"
    answer = Client().post(address, {}, headers={"Referer": came_from} if came_from else {})
    assert way_back(answer.url) == address


def test_reading_needs_no_warning(draft: Application) -> None:
    client = Client()
    answer = client.get("/applications/")
    assert way_back(answer.url) == "/applications/"
    assert "没有记录" not in client.get(answer.url).content.decode()


def test_an_address_that_only_takes_forms_leads_to_the_page_it_belongs_to(
    draft: Application, django_user_model: type[User]
) -> None:
    client = Client()
    client.force_login(draft.events.get(kind="draft_started").by)
    answer = client.get(f"/applications/{draft.public_id}/submit/")
    assert answer.status_code == 405
    assert f'href="/applications/{draft.public_id}/"' in answer.content.decode()
    assert 'href="/help/help/"' not in client.post("/help/").content.decode()


def test_an_official_is_led_back_to_his_desk_from_an_error(db: None) -> None:
    world.publish()
    client = Client()
    client.force_login(world.official("acceptor"))
    page = client.get("/desk/cases/SB20220901-999999/").content.decode()
    assert 'href="/desk/"' in page
    assert 'href="/desk/"' not in Client().get("/nonsense/").content.decode().partition("<main")[2]


def test_the_result_of_an_enterprise_asks_to_sign_in_and_says_no_more(draft: Application) -> None:
    """A link of a message, opened the next morning; whether the enterprise exists stays unsaid."""
    for uscc in (draft.enterprise.uscc, "91500113MA5U000034"):
        answer = Client().get(f"/match/{uscc}/")
        assert answer.status_code == 302
        assert way_back(answer.url) == f"/match/{uscc}/"


@pytest.mark.parametrize(
    ("came_from", "shown"), [("/desk/cases/?q=x", True), ("https://elsewhere.example/", False)]
)
def test_who_comes_too_late_is_led_back_to_the_page_he_came_from(
    came_from: str, shown: bool, db: None
) -> None:
    world.publish()
    case = world.submitted()[0]
    client = Client()
    client.force_login(world.official("acceptor"))
    colleague = world.official("acceptor", name="另一位")
    reviews.claim_task(world.task(case), by=colleague)
    before = came_from if "://" in came_from else HERE + came_from
    answer = client.post(f"/desk/cases/{case.number}/claim/", headers={"Referer": before})
    assert answer.status_code == 409
    way = f'href="{came_from}">回到原来的页面'
    assert (way in answer.content.decode()) == shown
    assert answer.content.decode().count("回到原来的页面") == shown
