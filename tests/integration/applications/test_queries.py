"""How many queries the applicant's pages make: few, and the same for many rows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.integration import case_world as world

from babashi.applications import services as applications
from babashi.reviews import services as reviews

pytestmark = pytest.mark.django_db
ROW = {
    "purpose": "流动资金", "principal": "5000000", "starts_on": "2022-03-01", "ends_on": "2022-09-01",
}  # fmt: skip


def test_form_check_and_receipt() -> None:
    world.publish()
    owner = world.enterprise({"district": "500113", "kind": "企业", "industry_code": "3670"})
    person = world.member(owner)
    world.account(owner, person)
    client = Client()
    client.force_login(person)
    draft = applications.start_draft(owner, world.item(world.INTEREST), by=person)
    counts: dict[str, list[int]] = {"": [], "check/": []}
    for rows in (1, 30):
        form = {"contact_name": "李", "contact_phone": "1"}
        for number in range(rows):
            form |= {f"rows.loans.{number}.{name}": text for name, text in ROW.items()}
            form[f"rows.loans.{number}.loan_id"] = f"L{number}"
        draft = applications.save_draft(draft, form, draft.revision, by=person)
        for path, found in counts.items():
            with CaptureQueriesContext(connection) as captured:
                assert client.get(f"/applications/{draft.public_id}/{path}").status_code == 200
            found.append(len(captured))
    for path, found in counts.items():
        assert found[0] == found[1], (path, found)
        assert found[1] <= 12, (path, [query["sql"][:140] for query in captured.captured_queries])


def test_list_of_applications() -> None:
    world.publish()
    person = None
    counts = []
    for _ in range(2):
        for _ in range(3):
            owner = world.enterprise()
            if person is None:
                person = world.member(owner)
            else:
                from babashi.enterprises.models import Member
                from babashi.workdays.clock import now

                Member.objects.create(enterprise=owner, user=person, role="clerk", since=now())
            applications.start_draft(owner, world.item(), by=person)
        client = Client()
        assert person is not None
        client.force_login(person)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/applications/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[1] <= 12, [query["sql"][:140] for query in captured.captured_queries]


def test_a_correction_reads_its_history_no_more_than_twice() -> None:
    """What was asked, and what was sent last: the deadline and the files come from the same two events."""
    world.publish()
    people = world.staff()
    case, person = world.submitted()
    asked = [{"ref": "first_above_scale_year", "note": "请核对年份"}]
    reviews.decide(world.task(case), "returned", by=people["acceptance"], opinion="请补正", items=asked)
    client = Client()
    client.force_login(person)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(f"/applications/{case.public_id}/").content.decode()
    assert "前补正" in page
    history = [
        query for query in captured.captured_queries if "applications_applicationevent" in query["sql"]
    ]
    assert len(history) == 2
    assert len(captured) <= 12, [query["sql"][:140] for query in captured.captured_queries]
