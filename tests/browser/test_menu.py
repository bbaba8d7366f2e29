"""The menu of an applicant with many unread messages fits on a phone, the number whole."""

from __future__ import annotations

import pytest
from tests.integration import case_world as world

from babashi.outreach import services as outreach

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("unread", [1, 100])
def test_the_number_of_unread_messages_is_whole_on_a_phone(
    unread, open_page, judge, complaints, live_server, client
) -> None:
    world.publish()
    owner = world.enterprise()
    for number in range(unread):
        outreach.send(owner, kind="application", subject="进度", body="…", link="/", dedupe_key=f"m{number}")
    client.force_login(world.member(owner))
    page = open_page(360)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([session])
    page.goto(live_server.url)
    entry = page.get_by_role("link", name=f"消息，{unread} 条未读")
    entry.wait_for()
    hidden = page.locator(".site-nav ul").evaluate("list => list.scrollWidth - list.clientWidth")
    assert hidden <= 0, f"{hidden} px of the menu are out of sight"
    judge(page, f"menu-{unread}")
    assert complaints == []
