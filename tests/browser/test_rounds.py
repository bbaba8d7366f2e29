"""Pages of an item that is given in rounds: before the first day, while it is open, after the last day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page
from tests.browser.test_case_pages import WIDTHS, enter
from tests.integration import case_world as world
from tests.integration.rounds_world import Batch, publish

from babashi.applications import services as applications
from babashi.reviews import services as reviews
from babashi.workdays.clock import set_demo_day

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = Batch("2022-1", date(2022, 9, 30))
SECOND = Batch("2022-2", date(2022, 12, 31), opens=date(2022, 11, 1))


@pytest.mark.parametrize("width", WIDTHS)
def test_an_item_in_rounds(
    width: int,
    live_server: Any,
    open_context: Callable[..., BrowserContext],
    judge: Callable[[Page, str], None],
) -> None:
    publish("2.1", scale_up=FIRST)
    first, person = world.submitted(of=world.enterprise(name="重庆巴南精工机械制造有限公司（合成）"))
    page, start = enter(open_context(width), person, live_server), f"/applications/new/{world.SCALE_UP}/"
    set_demo_day(date(2022, 10, 8))
    publish("2.2", scale_up=SECOND)

    def look(name: str, path: str, told: str) -> None:
        page.goto(live_server.url + path)
        assert told in page.inner_text("main"), (name, path)
        judge(page, f"round-{name}")

    look("before", start, "2022年第2批还没有开始，2022年11月1日起申报")
    look("before-item", f"/policies/{world.SCALE_UP}/", "2022年11月1日起申报")
    look("before-list", "/policies/", "2022年11月1日起申报")
    look("before-match", f"/match/{first.enterprise.uscc}/", "2022年11月1日起申报，截止")
    set_demo_day(date(2022, 11, 1))
    look("open", start, "2022年第1批：审核中")
    draft = applications.start_draft(first.enterprise, world.item(), by=person)
    second = reviews.submit_and_open(draft, revision=draft.revision, by=person)
    look("mine", "/applications/", "首次升规奖励（2022年第2批）")
    desk = enter(open_context(width), world.official("acceptor"), live_server)
    desk.goto(f"{live_server.url}/desk/cases/{second.number}/")
    assert "其他批次的申报：2022年第1批 审核中" in desk.inner_text("main")
    judge(desk, "round-case")
    set_demo_day(date(2023, 1, 3))
    look("after", start, "下一批还没有公布")
    look("after-item", f"/policies/{world.SCALE_UP}/", "已截止")
