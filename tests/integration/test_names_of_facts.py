"""Facts are called on every page as people say them: 2021年营业收入, not the head of a column of a file."""

import re

import pytest
from django.test import Client

from babashi.accounts.models import Role
from babashi.applications import services as applications
from babashi.matching.services import rematch
from babashi.rules.facts import FactDictionary
from tests.integration import case_world as world

pytestmark = pytest.mark.django_db
DICTIONARY = FactDictionary.load()
HEADS = [spec.label for spec in DICTIONARY.facts.values() if spec.period]
PLACE = {"district": "500113", "kind": "企业", "industry_code": "3670"}


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return re.sub(r"<[^>]+>", "", answer.content.decode())


def test_pages_for_applicants_and_officials() -> None:
    world.publish()
    owner = world.enterprise(PLACE)
    person = world.member(owner)
    world.account(owner, person)
    rematch([owner.pk], cause="import")
    draft = applications.start_draft(owner, world.item(world.INTEREST), by=person)
    client, desk = Client(), Client()
    client.force_login(person)
    desk.force_login(world.official(Role.REGISTRAR, "区统计局"))
    pages = {
        address: text_of(client, address)
        for address in (
            f"/applications/new/{world.INTEREST}/?uscc={owner.uscc}",
            f"/applications/{draft.public_id}/",
            f"/applications/{draft.public_id}/check/",
            f"/enterprise/{owner.uscc}/",
            f"/enterprise/{owner.uscc}/facts/",
            f"/match/{owner.uscc}/",
            "/match/questionnaire/",
        )
    }
    pages["desk"] = text_of(desk, f"/desk/register/{owner.uscc}/")
    assert HEADS
    found = [(address, head) for address, text in pages.items() for head in HEADS if head in text]
    assert found == []
    for address in (f"/applications/{draft.public_id}/", f"/enterprise/{owner.uscc}/facts/", "desk"):
        assert "2021年营业收入" in pages[address], address


def test_the_unit_stands_behind_the_field() -> None:
    world.publish()
    owner = world.enterprise(PLACE)
    person = world.member(owner)
    draft = applications.start_draft(owner, world.item(world.INTEREST), by=person)
    client = Client()
    client.force_login(person)
    text = text_of(client, f"/applications/{draft.public_id}/")
    assert re.search(r"2021年营业收入\s*2021年的营业收入是多少元？[^\n]*\s*元\s", text)
    assert re.search(r"2021年从业人员\s*2021年末有多少从业人员？[^\n]*\s*人\s", text)


@pytest.mark.parametrize(
    "spec", [spec for spec in DICTIONARY.facts.values() if spec.period], ids=lambda s: s.id
)
def test_what_is_missing_is_called_as_people_say_it(spec) -> None:
    assert DICTIONARY.missing_label(spec.id) == f"{spec.period}年{spec.stem}"
