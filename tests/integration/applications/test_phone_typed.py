"""A phone that is typed must be one that can be called; one that only the register knows stops nobody."""

import pytest
from tests.integration import case_world as world
from tests.integration.applications.test_pages import client_of_member, hidden, start
from tests.integration.money_world import made_up

from babashi.applications import services as applications
from babashi.applications.flow import State
from babashi.applications.models import Application, Interest
from babashi.reviews import services as reviews

pytestmark = pytest.mark.django_db
__all__ = ["client_of_member"]  # the fixture


def test_a_typed_phone_that_is_none_is_told_beside_the_field(client_of_member) -> None:
    client, owner, person = client_of_member
    case = start(client, owner)
    account = world.account(owner, person)
    page = f"/applications/{case.public_id}/"
    client.post(page, {"revision": "1", "contact_name": "李经办", "contact_phone": "电话没有"})
    shown = client.get(page).content.decode()
    assert 'id="e-phone"' in shown
    assert "联系电话应为电话号码" in shown
    assert 'value="电话没有"' in shown, "what was typed stays"
    check = client.get(f"{page}check/").content.decode()
    assert "联系电话应为电话号码" in check
    sent = {"account": "current", "account_id": account.pk, "consent": "on"}
    refused = client.post(f"{page}submit/", {"revision": hidden(check, "revision"), **sent})
    assert refused.status_code == 422
    client.post(
        page,
        {
            "revision": hidden(check, "revision"),
            "contact_name": "李经办",
            "contact_phone": "023-66230000转801",
        },
    )
    check = client.get(f"{page}check/").content.decode()
    assert client.post(f"{page}submit/", {"revision": hidden(check, "revision"), **sent}).status_code == 302


@pytest.mark.parametrize("registered", ["-", "", "电话没有"])
def test_a_phone_that_only_the_register_knows_stops_nothing(client_of_member, registered: str) -> None:
    client, owner, person = client_of_member
    owner.contact_phone = registered
    owner.save(update_fields=["contact_phone"])
    account = world.account(owner, person)
    offer = client.get(f"/applications/automatic/{world.PACK}/scale-up/")
    assert offer.status_code == 200
    done = client.post(
        f"/applications/automatic/{world.PACK}/scale-up/confirm/",
        {"uscc": owner.uscc, "account": "current", "account_id": account.pk, "consent": "on"},
    )
    assert done.status_code == 302
    assert Application.objects.get().automatic


def test_a_correction_is_not_stopped_by_a_phone_that_it_may_not_change(client_of_member) -> None:
    _, owner, _ = client_of_member
    case, person = world.submitted(of=owner)
    with made_up():
        Application.objects.filter(pk=case.pk).update(form={**case.form, "contact_phone": "电话没有"})
        event = case.events.get(kind="submitted")
        payload = {**event.payload, "form": {**event.payload["form"], "contact_phone": "电话没有"}}
        case.events.filter(pk=event.pk).update(payload=payload)
    asked = [{"ref": "first_above_scale_year", "note": "请说明"}]
    reviews.decide(
        world.task(case), "returned", by=world.official("acceptor"), opinion="证明不全", items=asked
    )
    case.refresh_from_db()
    saved = applications.save_draft(case, {**case.form, "note": "已说明"}, case.revision, by=person)
    assert reviews.resubmit_and_reopen(saved, revision=saved.revision, by=person).state == State.IN_REVIEW


def test_an_interest_needs_a_number_that_one_can_call(client_of_member) -> None:
    client, owner, _ = client_of_member
    url = f"/interests/new/{world.PACK}/food-insurance/"
    data = {"uscc": owner.uscc, "contact_name": "李经办", "contact_phone": "电话没有", "note": "两家门店"}
    refused = client.post(url, data)
    assert refused.status_code == 422
    assert "联系电话应为电话号码" in refused.content.decode()
    assert "两家门店" in refused.content.decode()
    assert not Interest.objects.exists()
    owner.contact_phone = "-"
    owner.save(update_fields=["contact_phone"])
    assert client.post(url, {**data, "contact_phone": "-"}).status_code == 302
