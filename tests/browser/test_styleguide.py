"""Every component of the look, at both widths and in large type."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

WIDTHS = [360, 1440]


@pytest.mark.parametrize("width", WIDTHS)
def test_components_are_accessible_and_fit(
    live_server,
    open_page: Callable[..., Page],
    judge: Callable[[Page, str], None],
    complaints: list[str],
    width: int,
) -> None:
    page = open_page(width)
    page.goto(f"{live_server.url}/styleguide?errors=1")
    judge(page, "styleguide")
    page.get_by_role("button", name="大字版").click()
    page.wait_for_selector("html.large-type")
    judge(page, "styleguide-large")
    for path in ("/help/", "/accessibility/"):
        page.goto(f"{live_server.url}{path}")
        judge(page, path.strip("/"))
    assert complaints == []


def test_an_error_page_is_accessible(live_server, open_page: Callable[..., Page], judge) -> None:
    page = open_page(360)
    answer = page.goto(f"{live_server.url}/nothing-here/")
    assert answer is not None
    assert answer.status == 404
    judge(page, "error-404")
