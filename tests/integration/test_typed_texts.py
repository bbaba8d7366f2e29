"""Signs that nobody sees are taken out of every typed text before anything reads it."""

from __future__ import annotations

import pytest
from django.test import Client

from babashi.accounts.models import User
from babashi.applications import services as applications
from babashi.reviews import services as reviews
from tests.integration import case_world as world

pytestmark = pytest.mark.django_db
UNSEEN = [*range(0x1, 0x9), 0xB, 0xC, *range(0xE, 0x20), *range(0x7F, 0xA0), 0xAD, 0x61C,
          *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF,
          *range(0xFFF9, 0xFFFC), 0xE0001, *range(0xE0020, 0xE0080)]  # fmt: skip


@pytest.fixture
def client() -> Client:
    return Client()


def test_the_note_of_an_applicant_keeps_only_what_can_be_seen(client: Client) -> None:
    world.publish()
    owner = world.enterprise()
    person = world.member(owner)
    draft = applications.start_draft(owner, world.item(), by=person)
    client.force_login(person)
    hidden = "".join(map(chr, UNSEEN))
    note = f"\u202e金额{hidden}见附件\u2066\r\n第二行\t制表\u2067𠮷\U000e0100‘’—·é\u200b"
    saved = client.post(
        f"/applications/{draft.public_id}/save/",
        {
            "revision": draft.revision,
            "contact_name": "李\u200b经办",
            "contact_phone": "02366230000",
            "note": note,
        },
        headers={"X-Requested-With": "autosave"},
    )
    assert saved.status_code == 200, saved.content.decode()
    draft.refresh_from_db()
    assert draft.form["note"] == "金额见附件\r\n第二行\t制表𠮷\U000e0100‘’—·é"
    assert draft.form["contact_name"] == "李经办"


def test_what_is_only_unseen_is_empty(client: Client) -> None:
    world.publish()
    people = world.staff()
    case, _ = world.submitted()
    reviews.decide(world.task(case), "returned", by=people["acceptance"], opinion="证明不全")
    client.force_login(people["acceptance"])
    answer = client.post(f"/desk/cases/{case.number}/cancel-correction/", {"reason": "\u200b\u2060"})
    assert answer.status_code == 422
    assert "请写明" in answer.content.decode()


def test_a_search_finds_what_was_pasted_with_them(client: Client) -> None:
    world.publish()
    case, _ = world.submitted(of=world.enterprise(name="看得见的企业"))
    other, _ = world.submitted(of=world.enterprise(name="另一家企业"))
    client.force_login(world.official("auditor", "区审计局"))
    page = client.get("/desk/cases/all/", {"q": "看得\u200b见的\u202d企业"}).content.decode()
    assert case.number in page
    assert other.number not in page


def test_passwords_are_taken_as_they_are(client: Client) -> None:
    User.objects.create_user("erin", password="secret\u200bword")
    client.post("/sign-in/", {"username": "erin\u200b", "password": "secret\u200bword"})
    assert client.session.get("_auth_user_id")
