"""The demo with its life, as its readers see it: desk, report, feedback and progress, on a phone and at a desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from babashi.feedback.models import Complaint
from babashi.site import demo, prepare

pytestmark = pytest.mark.django_db(transaction=True)
Judge = Callable[[Page, str], None]


def sign_in(page: Page, server: str, username: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{server}/sign-in/")
    with page.expect_navigation():
        page.click(f"button[value={username}]")


def both_widths(page: Page, judge: Judge, name: str) -> None:
    for width, height in ((360, 740), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        judge(page, name)


def test_a_district_at_work(
    live_server: Any, open_page: Callable[..., Page], complaints: list[str], judge: Judge
) -> None:
    prepare.calendar(lambda text: None)
    prepare.packs(lambda text: None)
    demo.load(enterprises=400, say=lambda text: None)
    server, page = live_server.url, open_page(1440)
    page.goto(f"{server}/sign-in/")
    both_widths(page, judge, "demo-sign-in")
    page.goto(f"{server}/demo/")
    both_widths(page, judge, "demo-tour")
    sign_in(page, server, "chushen")
    page.goto(f"{server}/desk/cases/")
    assert "今天的提醒" in page.inner_text("main")
    both_widths(page, judge, "demo-todo")
    sign_in(page, server, "fagai")
    page.goto(f"{server}/desk/reports/?quarter=2022Q3")
    assert "应享未申报" in page.inner_text("main")
    both_widths(page, judge, "demo-report")
    page.goto(f"{server}/desk/feedback/")
    both_widths(page, judge, "demo-feedback")
    complain_and_be_answered(page, server, judge)
    with page.expect_navigation():
        page.click("button:has-text('到下一期限')")
    assert "2022年9月2日" in page.inner_text("body")
    assert complaints == []


def complain_and_be_answered(page: Page, server: str, judge: Judge) -> None:
    """One more complaint from the progress page, its answer from the desk, read by the enterprise."""
    waiting = Complaint.objects.get(answered_at=None)
    with page.expect_navigation():
        page.fill(f"#complaint-{waiting.pk}", "已请牵头单位一次告知全部材料。")
        page.click(f"form[action$='/complaints/{waiting.pk}/'] button")
    sign_in(page, server, waiting.by.username)
    page.goto(f"{server}/progress/{waiting.application.public_id}/")
    assert "已请牵头单位一次告知全部材料。" in page.inner_text("main")
    page.click("summary:has-text('反映问题')")
    both_widths(page, judge, "demo-progress")
    with page.expect_navigation():
        page.fill("#content", "谢谢，还想知道什么时候能办完。")
        page.click("form[action$='/complaint/'] button")
    assert "等待答复" in page.inner_text("main")
