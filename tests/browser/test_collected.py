"""What the tests take for a complaint of the browser, and what it tells of itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core import signals
from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_complaint_tells_what_it_was_about_and_where(
    live_server: Any, open_page: Callable[..., Page], complaints: list[str]
) -> None:
    page = open_page(1440)
    page.route("**/lost.png", lambda route: route.abort("connectionreset"))
    page.goto(f"{live_server.url}/help/?q=1")
    for source in ("/nothing/x.png?a=1", "/lost.png"):
        with page.expect_console_message():
            page.evaluate("source => { new Image().src = source }", source)
    with page.expect_event("pageerror"):
        page.evaluate("() => { setTimeout(() => nonsense(), 0) }")
    missing, lost, script = complaints
    assert "404" in missing
    assert "/nothing/x.png?a=1" in missing
    assert missing.endswith("on /help/?q=1")
    assert "ERR_CONNECTION_RESET" in lost
    assert "/lost.png" in lost
    assert "nonsense" in script
    assert script.endswith("on /help/?q=1")


def test_a_request_of_a_page_that_is_left_is_none(
    live_server: Any, open_page: Callable[..., Page], complaints: list[str]
) -> None:
    """The browser gives it up without a word, whatever asked for it; so nothing has to be ignored."""
    given_up: list[str] = []
    page = open_page(1440)
    page.on("requestfailed", lambda request: given_up.append(request.failure or ""))
    page.route("**/slow/", lambda route: None)  # never answered
    page.goto(f"{live_server.url}/help/")
    for ask in (
        "fetch('/slow/')",
        "htmx.ajax('GET', '/slow/', document.querySelector('main'))",
        "new Image().src = '/slow/'",
    ):
        with page.expect_request("**/slow/"):
            page.evaluate(f"() => {{ {ask} }}")
        page.goto(f"{live_server.url}/help/")
    assert given_up.count("net::ERR_ABORTED") >= 2
    assert complaints == []


def test_what_a_left_page_asked_for_is_waited_for(
    live_server: Any, open_context: Callable[..., BrowserContext], answering: Any
) -> None:
    """A request that nobody waits for any more is answered before the database is emptied."""
    page = open_context().new_page()
    page.goto(f"{live_server.url}/policies/")
    answering.wait()

    def slow(**_more: object) -> None:
        time.sleep(1)

    signals.request_started.connect(slow)
    try:
        page.evaluate("() => { fetch('/policies/?late=1'); }")
        page.wait_for_timeout(300)
        page.close()
        assert answering.number == 1
        answering.wait()
        assert answering.number == 0
    finally:
        signals.request_started.disconnect(slow)
