"""The automatic grant in a browser, from the offer to the money, as enterprise, officials and treasury."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from babashi.applications.models import Application
from babashi.payments.models import Payment
from babashi.site import demo, prepare
from babashi.workdays.clock import today

pytestmark = pytest.mark.django_db(transaction=True)
ITEM = "banan-2022-63/scale-up"


def press(page: Page, selector: str) -> None:
    """Click what leads to another page, and be there before looking."""
    with page.expect_navigation():
        page.click(selector)


def sign_in(page: Page, server: str, username: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{server}/sign-in/")
    press(page, f"button[value={username}]")


def pass_stage(page: Page, server: str, username: str, number: str) -> None:
    """One official passes the stage that waits for him."""
    sign_in(page, server, username)
    page.goto(f"{server}/desk/cases/{number}/")
    page.check("input[name=outcome][value=passed]")
    page.fill("textarea[name=opinion]", "同意")
    press(page, "form#decision button:has-text('提交意见')")


def test_automatic_grant_to_the_money(
    live_server: Any,
    open_page: Callable[..., Page],
    complaints: list[str],
    judge: Callable[[Page, str], None],
    tmp_path: Path,
) -> None:
    prepare.packs(lambda text: None)
    demo.load(enterprises=40, say=lambda text: None, life=False)
    server, page = live_server.url, open_page(1440)
    sign_in(page, server, "qiye1")
    page.goto(f"{server}/applications/automatic/{ITEM}/")
    judge(page, "automatic")
    page.fill("input[name=bank_name]", "中国银行重庆巴南支行")
    page.fill("input[name=number]", "6217000012345678")
    page.fill("input[name=again]", "6217000012345678")
    page.check("input[name=consent]")
    press(page, "button:has-text('确认享受')")
    page.wait_for_url("**/receipt/")
    case = Application.objects.get(full_id=ITEM)
    number = case.number or ""
    assert number in page.inner_text("main")
    judge(page, "receipt")
    for _ in range(12):
        case.refresh_from_db()
        task = case.tasks.filter(decided_at=None).first()
        if task is None:
            break
        if task.stage == "publicity":
            press(page, "button:has-text('到下一期限')")
            continue
        username = {
            "acceptor": "shouli", "first_reviewer": "chushen", "second_reviewer": "fushen",
            "finance": "caizheng", "approver": "shending",
        }[task.role]  # fmt: skip
        pass_stage(page, server, username, number)
    case.refresh_from_db()
    assert case.state == "approved"
    sign_in(page, server, "caizheng")
    page.goto(f"{server}/desk/payments/")
    press(page, "button:has-text('转入已审定申报')")
    judge(page, "payments")
    page.check("input[name=payment]")
    press(page, "button:has-text('组批'):visible")
    payment = Payment.objects.get(application=case)
    assert payment.batch is not None
    sign_in(page, server, "bokuan")
    page.goto(f"{server}/desk/payments/batches/{payment.batch.number}/")
    with page.expect_download():
        page.click("button[value=csv]")
    answers = tmp_path / "回单.csv"
    row = f"{payment.batch.number},{payment.number},成功,200000.00,{today()},BANK-1,"
    answers.write_text(f"批次号,支付编号,状态,金额,支付日期,银行流水号,原因\n{row}\n", encoding="utf-8")
    page.goto(f"{server}/desk/payments/answers/")
    page.set_input_files("input[name=file]", str(answers))
    press(page, "button:text-is('导入')")
    assert "0 行需要人工核对" in page.inner_text("main")
    judge(page, "answers")
    sign_in(page, server, "qiye1")
    page.goto(f"{server}/progress/{case.public_id}/")
    judge(page, "progress")
    press(page, "button:text-is('已收到')")
    page.check("input[name=score][value='4']")
    press(page, "button:has-text('提交评价')")
    page.set_viewport_size({"width": 360, "height": 740})
    judge(page, "progress-done")
    assert "已到账" in page.inner_text("main")
    assert complaints == []
