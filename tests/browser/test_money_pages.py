"""The pages around contradicting answers, dissolved batches and people who are away, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page
from tests.browser.test_case_pages import WIDTHS, enter
from tests.integration import case_world as world
from tests.integration.payment_world import back, corrected, good, treasury

from babashi.accounts.models import Role
from babashi.enterprises.services import record_official_fact
from babashi.payments import services as payments
from babashi.publicity import services as publicity
from babashi.reviews import services as reviews

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_the_treasury_and_of_a_leader(
    width: int,
    live_server: Any,
    open_context: Callable[..., BrowserContext],
    judge: Callable[[Page, str], None],
) -> None:
    office = treasury()
    batch, [one, two], _ = office.exported(2)
    office.say(back(batch, one), (batch.number, two.number, "成功", "199999.99", "2022-09-01", "B2", ""))
    office.say(good(batch, one))
    case, member = office.approved()
    [payment] = payments.order_ready()
    made = payments.make_batch([payment.pk], by=office.hands[0])
    corrected(case, member)
    moved = world.walk(world.submitted()[0], office.people, "first-review")
    reviews.claim_task(world.task(moved), by=office.people["first-review"])
    registrar = world.official(Role.REGISTRAR, "区统计局")
    record_official_fact(
        moved.enterprise,
        "first_above_scale_year",
        2020,
        by=registrar,
        department=world.department("区统计局"),
    )
    stuck = world.walk(world.submitted()[0], office.people, "publicity")
    objection = publicity.object_to(
        stuck.publicity_entries.get(), name="王某", contact="13800000000", content="不符合条件"
    )
    judge_of_it = world.official(Role.COORDINATOR, "区发展改革委")
    reviews.settle_objection(objection, upheld=True, answer="需重新核实", by=judge_of_it)
    leader = office.people["approval"]
    look = [
        ("answers", office.hands[3], "/desk/payments/answers/", "退回后又成功"),
        ("batch", office.hands[3], f"/desk/payments/batches/{made.number}/", "已停用"),
        ("batches", office.hands[3], "/desk/payments/batches/", batch.number),
        ("moved", leader, f"/desk/cases/{moved.number}/", "登记数据有变化"),
        ("stuck", leader, f"/desk/cases/{stuck.number}/", "目前没有人可以办理"),
    ]
    for name, user, path, words in look:
        page = enter(open_context(width), user, live_server)
        page.goto(live_server.url + path)
        for fold in page.locator("details.fold summary").all():
            fold.click()
        judge(page, f"money-{name}")
        assert words in page.inner_text("main")
    payments.dissolve_batch(made, "账户更改过", by=office.hands[1])
    page = enter(open_context(width), office.hands[3], live_server)
    page.goto(f"{live_server.url}/desk/payments/batches/{made.number}/")
    judge(page, "money-dissolved")
    assert payment.number in page.inner_text("main")


def test_the_sum_of_a_batch_is_seen_before_it_is_made(
    live_server: Any, open_context: Callable[..., BrowserContext]
) -> None:
    office = treasury()
    for _ in range(3):
        office.approved()
    payments.order_ready()
    page = enter(open_context(1440), office.hands[0], live_server)
    page.goto(f"{live_server.url}/desk/payments/?state=ready")
    bar = page.locator(".batch-bar")
    assert "合计 0.00 元" in bar.inner_text()
    page.locator("[name=payment]").first.check()
    assert "已选 1 笔，合计 200,000.00 元" in bar.inner_text()
    page.locator("[data-check-all]").check()
    assert "已选 3 笔，合计 600,000.00 元" in bar.inner_text()
    page.locator("[data-check-all]").uncheck()
    assert "合计 0.00 元" in bar.inner_text()
