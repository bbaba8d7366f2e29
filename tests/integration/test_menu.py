"""The menu says how much waits: unread messages for an applicant, open tasks for an official."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from babashi.accounts.models import User
from babashi.enterprises.models import Member
from babashi.outreach import services as outreach
from babashi.outreach.models import Message
from babashi.workdays.clock import now
from tests.integration import case_world as world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue() -> None:
    world.publish()


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def entry(user: User, address: str, page: str) -> tuple[str, str]:
    """What is seen of an entry of the menu, and what is heard."""
    text = browser(user).get(page).content.decode()
    _, desk, of_desk = text.partition('<nav class="desk-nav"')
    text = of_desk if desk else text
    found = re.search(rf'<a href="{address}"([^>]*)>(.*?)</a>', text, re.DOTALL)
    assert found is not None
    seen = re.sub(r"<svg.*?</svg>|<[^>]*>|\s", "", found[2], flags=re.DOTALL)
    name = re.search('aria-label="([^"]*)"', found[1])
    return seen, name[1] if name else seen


def tell(owner, number: int) -> None:
    for place in range(number):
        key = f"{owner.pk}-{place}"
        outreach.send(owner, kind="application", subject="进度", body="…", link="/", dedupe_key=key)


def test_an_applicant_sees_and_hears_how_many_messages_are_unread() -> None:
    first, second, stranger = world.enterprise(), world.enterprise(), world.enterprise()
    person = world.member(first)
    assert entry(person, "/inbox/", "/") == ("消息", "消息"), "nothing waits, nothing is said"
    Member.objects.create(enterprise=second, user=person, role="clerk", since=now())
    for owner, number in ((first, 2), (second, 1), (stranger, 4)):
        tell(owner, number)
    assert entry(person, "/inbox/", "/") == ("消息3", "消息，3 条未读")
    Message.objects.filter(enterprise=first).update(read_at=now())
    assert entry(person, "/inbox/", "/policies/") == ("消息1", "消息，1 条未读")
    Member.objects.filter(enterprise=second, user=person).update(ended_at=now())
    assert entry(person, "/inbox/", "/") == ("消息", "消息")


def test_a_number_of_three_digits_keeps_its_place() -> None:
    owner = world.enterprise()
    person = world.member(owner)
    tell(owner, 100)
    assert entry(person, "/inbox/", "/") == ("消息99+", "消息，100 条未读")


def test_an_official_sees_how_many_tasks_his_posts_may_do() -> None:
    people = world.staff()
    world.submitted()
    world.submitted()
    assert entry(people["acceptance"], "/desk/cases/", "/desk/cases/") == ("待办2", "待办，2 件待办")
    assert entry(people["approval"], "/desk/cases/", "/desk/cases/") == ("待办", "待办")


def test_the_number_costs_one_query_and_only_where_it_is_shown() -> None:
    people = world.staff()
    application, person = world.submitted()
    tell(application.enterprise, 30)
    counted = {
        (person, "/help/", "outreach_message"): 1,
        (people["acceptance"], "/desk/cases/all/", "reviews_stagetask"): 1,
        (people["acceptance"], "/help/", "reviews_stagetask"): 0,
        (people["acceptance"], "/help/", "outreach_message"): 0,
        (world.official("auditor"), "/desk/cases/all/", "reviews_stagetask"): 0,
    }
    for (user, page, table), expected in counted.items():
        with CaptureQueriesContext(connection) as caught:
            assert browser(user).get(page).status_code == 200
        found = [query for query in caught.captured_queries if table in query["sql"]]
        assert len(found) == expected, (str(user), page, table)


def test_the_choices_of_many_enterprises_are_read_at_once() -> None:
    person = world.member(world.enterprise())
    counts = []
    for _ in range(2):
        owner = world.enterprise()
        Member.objects.create(enterprise=owner, user=person, role="clerk", since=now())
        outreach.opt_out(owner, "inbox", by=person)
        client = browser(person)
        with CaptureQueriesContext(connection) as caught:
            page = client.get("/inbox/settings/").content.decode()
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 12
    assert page.count("checked") == 3 * len(outreach.channel_names()) - 2
