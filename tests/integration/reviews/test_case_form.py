"""The decision form of a case: what a refused one brings back, what it takes for an answer."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.integration import case_world as world

from babashi.accounts.models import User
from babashi.applications.models import Application
from babashi.reviews.services import claim_task, decide

pytestmark = pytest.mark.django_db
REF = "industry_code"


@pytest.fixture
def client(people: dict[str, User]) -> Client:
    client = Client()
    client.force_login(people["acceptance"])
    return client


def post(client: Client, case: Application, **more: str) -> tuple[int, str]:
    data = {
        "task": str(world.task(case).pk),
        **{name.replace("__", "."): text for name, text in more.items()},
    }
    answer = client.post(f"/desk/cases/{case.number}/decide/", data)
    return answer.status_code, answer.content.decode()


def tag(page: str, **attributes: str) -> str:
    """The input whose attributes are these."""
    for found in re.findall(r"<input [^>]*>", page):
        if all(f'{name}="{value}"' in found for name, value in attributes.items()):
            return str(found)
    raise AssertionError(f"no input {attributes}")


def test_what_was_asked_stays_when_one_note_is_missing(client: Client, case: Application) -> None:
    status, page = post(
        client, case, outcome="returned", opinion="请补正以下内容：", asked=REF, asked__industry_code=""
    )
    assert status == 422
    assert "checked" in tag(page, name="asked", value=REF)
    data = {
        "task": str(world.task(case).pk), "outcome": "returned", "opinion": "请补正",
        "asked": [REF, "first_above_scale_year"], "asked.industry_code": "写了很久的要求",
    }  # fmt: skip
    page = client.post(f"/desk/cases/{case.number}/decide/", data).content.decode()
    assert 'value="写了很久的要求"' in tag(page, name=f"asked.{REF}")
    assert all("checked" in tag(page, name="asked", value=ref) for ref in (REF, "first_above_scale_year"))


def test_the_check_list_stays_when_the_opinion_is_missing(client: Client, case: Application) -> None:
    fresh = client.get(f"/desk/cases/{case.number}/").content.decode()
    clause = re.findall(r'name="check\.([^"]+)" value="no"', fresh)[0]
    assert "checked" not in tag(fresh, name=f"check.{clause}", value="no")
    data = {
        "task": str(world.task(case).pk), "outcome": "refused", "opinion": "经审核，不予支持，理由：",
        f"check.{clause}": "no", f"note.{clause}": "现场已停产",
    }  # fmt: skip
    answer = client.post(f"/desk/cases/{case.number}/decide/", data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "checked" in tag(page, name=f"check.{clause}", value="no")
    assert "checked" not in tag(page, name=f"check.{clause}", value="yes")
    assert 'value="现场已停产"' in tag(page, name=f"note.{clause}")


def test_a_form_for_another_stage_brings_no_marks_into_this_one(
    client: Client, case: Application, people: dict[str, User]
) -> None:
    task = world.task(case)
    decide(task, "passed", by=people["acceptance"])
    reviewer = Client()
    reviewer.force_login(people["first-review"])
    data = {"task": str(task.pk), "outcome": "refused", "opinion": "为上一环节写的", "asked": REF}
    answer = reviewer.post(f"/desk/cases/{case.number}/decide/", data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "checked" not in tag(page, name="outcome", value="refused")
    assert "checked" not in tag(page, name="asked", value=REF)


def test_a_note_without_its_tick_is_not_lost(client: Client, case: Application) -> None:
    status, page = post(client, case, outcome="returned", opinion="请补正", asked__industry_code="请核对代码")
    assert status == 422
    assert "没有勾选" in page
    assert 'value="请核对代码"' in tag(page, name=f"asked.{REF}")
    assert world.task(case).stage == "acceptance"
    assert post(client, case, outcome="passed", asked__industry_code="请核对代码")[0] == 302


@pytest.mark.parametrize("shown", ["abc", "9" * 40, "-1", "１x"])
def test_what_is_no_stage_is_not_taken_for_the_open_one(
    shown: str, client: Client, case: Application
) -> None:
    data = {"task": shown, "outcome": "passed", "opinion": ""}
    assert client.post(f"/desk/cases/{case.number}/decide/", data).status_code == 404
    assert world.task(case).stage == "acceptance"


def test_the_next_case_is_one_that_nobody_else_has_taken(
    client: Client, case: Application, people: dict[str, User]
) -> None:
    taken, free = world.submitted()[0], world.submitted()[0]
    claim_task(world.task(taken), by=world.official("acceptor"))
    page = client.get(f"/desk/cases/{case.number}/").content.decode()
    assert f'name="next" value="{free.number}"' in page
    claim_task(world.task(free), by=people["acceptance"])
    page = client.get(f"/desk/cases/{case.number}/").content.decode()
    assert f'name="next" value="{free.number}"' in page, "one's own is"
