"""The desks of accounts, audit and reports in a real browser, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import BrowserContext, Page, expect
from tests.browser.test_case_pages import WIDTHS, enter
from tests.integration.money_world import department, enterprise, made_up, official
from tests.integration.reports.test_quarterly import at, case, match, pay

from babashi.accounts import services
from babashi.accounts.models import Role, User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_pages(
    width: int,
    live_server: Any,
    open_context: Callable[..., BrowserContext],
    judge: Callable[[Page, str], None],
) -> None:
    admin, auditor = official(Role.ADMINISTRATOR, "演示管理员"), official(Role.AUDITOR, "演示审计")
    coordinator = official(Role.COORDINATOR, "演示统筹", "区发展改革委")
    person = User.objects.create(username="newcomer", display_name="新来的人")
    services.appoint(person, department("区科技局"), "acceptor", by=admin)
    firm = enterprise()
    match(firm, at(7, 2))
    with transaction.atomic(), made_up():
        pay(case(firm, ("submitted", at(7, 4)), ("approved", at(7, 8)), amount="200000.00"), at(9, 1).date())
    for name, user, path in (
        ("people", admin, "/desk/accounts/"),
        ("person", admin, f"/desk/accounts/{person.pk}/"),
        ("oneself", admin, f"/desk/accounts/{admin.pk}/"),
        ("audit", auditor, "/desk/audit/"),
        ("audit-empty", auditor, "/desk/audit/?q=nothing-like-this"),
        ("audit-verify", auditor, "/desk/audit/verify/"),
        ("reports", coordinator, "/desk/reports/?quarter=2022Q3"),
    ):
        page = enter(open_context(width), user, live_server)
        page.goto(live_server.url + path)
        judge(page, f"desk-{name}")
    page.goto(f"{live_server.url}/desk/")
    expect(page).to_have_url(f"{live_server.url}/desk/cases/")


def test_an_administrator_appoints_and_dismisses(
    live_server: Any, open_context: Callable[..., BrowserContext], judge: Callable[[Page, str], None]
) -> None:
    admin, payer = official(Role.ADMINISTRATOR, "演示管理员"), official(Role.FINANCE, "演示财政")
    page = enter(open_context(1440), admin, live_server)
    page.goto(f"{live_server.url}/desk/accounts/")
    page.get_by_role("link", name="演示财政").click()
    page.get_by_label("单位 （选填）", exact=True).select_option(label="区财政局")
    page.get_by_label("岗位", exact=True).select_option(label="审定")
    page.get_by_role("button", name="任命").click()
    expect(page.get_by_text("不能由同一人担任").first).to_be_visible()
    judge(page, "desk-person-refused")
    page.get_by_label("岗位", exact=True).select_option(label="统筹协调")
    page.get_by_role("button", name="任命").click()
    expect(page.get_by_text("已任命演示财政为区财政局“统筹协调”")).to_be_visible()
    page.get_by_role("row", name="财政核对与拨付").get_by_role("button").click()
    page.locator("dialog[open] .btn-danger, dialog[open] .btn-primary").click()
    expect(page.get_by_text("已免去演示财政的区财政局")).to_be_visible()
    assert [post.role for post in payer.posts.all()] == ["coordinator"]
