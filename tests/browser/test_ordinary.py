"""An ordinary application in a browser: to the money with a decided amount; and a correction, then a refusal."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from pypdf import PdfWriter

from babashi.applications.models import Application
from babashi.payments.models import Payment
from babashi.site import demo, prepare
from babashi.workdays.clock import today

pytestmark = pytest.mark.django_db(transaction=True)
ITEM = "banan-2022-63/green-demonstration"
DECIDED = "150000.00"
Judge = Callable[[Page, str], None]


def sign_in(page: Page, server: str, username: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{server}/sign-in/")
    page.click(f"button[value={username}]")


def on_a_phone(page: Page, judge: Judge, name: str) -> None:
    """The same page, judged at the width of a phone."""
    page.set_viewport_size({"width": 360, "height": 740})
    judge(page, name)
    page.set_viewport_size({"width": 1440, "height": 900})


def certificate(folder: Path) -> Path:
    """A small, whole PDF."""
    writer, path = PdfWriter(), folder / "绿色工厂证书.pdf"
    writer.add_blank_page(200, 200)
    writer.write(path)
    return path


def apply(page: Page, server: str, judge: Judge, folder: Path) -> Application:
    """qiye2 finds the item among his results, fills in, uploads, checks and submits."""
    prepare.packs(lambda text: None)
    demo.load(enterprises=40, say=lambda text: None, life=False)
    sign_in(page, server, "qiye2")
    page.goto(f"{server}/match/")
    page.locator("#green-demonstration").get_by_role("link", name="去申报").click()
    page.click("button:text-is('开始申报')")
    page.wait_for_url("**/applications/*-*/")
    page.set_input_files("#materials input[type=file] >> nth=0", str(certificate(folder)))
    page.get_by_role("link", name="绿色工厂证书.pdf").wait_for()
    page.fill("input[name=contact_name]", "李经办")
    page.fill("input[name=contact_phone]", "02366230000")
    judge(page, "ordinary-edit")
    page.click("button:has-text('下一步：核对提交')")
    page.wait_for_url("**/check/")
    judge(page, "ordinary-check")
    page.fill("input[name=bank_name]", "中国银行重庆巴南支行")
    page.fill("input[name=number]", "6217000012345678")
    page.fill("input[name=again]", "6217000012345678")
    page.check("input[name=consent]")
    page.click("button:text-is('提交申报')")
    page.wait_for_url("**/receipt/")
    case = Application.objects.get(full_id=ITEM)
    assert case.number
    assert case.number in page.inner_text("main")
    return case


def open_case(page: Page, server: str, username: str, case: Application) -> None:
    sign_in(page, server, username)
    page.goto(f"{server}/desk/cases/{case.number}/")


def decide(page: Page, outcome: str, opinion: str) -> None:
    page.check(f"input[name=outcome][value={outcome}]")
    page.fill("#opinion", opinion)
    page.click("button:text-is('提交意见')")
    page.wait_for_load_state()


def test_ordinary_application_to_the_money(
    live_server: Any,
    open_page: Callable[..., Page],
    complaints: list[str],
    judge: Judge,
    tmp_path: Path,
) -> None:
    server, page = live_server.url, open_page(1440)
    case = apply(page, server, judge, tmp_path)
    for username in ("shouli", "chushen", "fushen", "caizheng"):
        open_case(page, server, username, case)
        assert "绿色工厂证书.pdf" in page.inner_text("main")
        decide(page, "passed", "同意")
    case.refresh_from_db()
    open_task = case.tasks.get(decided_at=None)
    assert open_task.stage == "publicity"
    open_case(page, server, "shending", case)
    judge(page, "ordinary-case-publicity")
    for _ in range(6):  # deadlines of other things may come first
        page.click("button:has-text('到下一期限')")
        page.wait_for_load_state()
        open_task = case.tasks.get(decided_at=None)
        if open_task.stage != "publicity":
            break
    assert open_task.stage == "approval"
    open_case(page, server, "shending", case)
    for outside in ("200000.01", "99999.99"):  # a fen above the ceiling, a fen below the floor
        page.fill("#amount", outside)
        decide(page, "passed", "同意")
        assert "元" in page.locator("main .notice-error[role=alert]").inner_text()
        assert page.input_value("#amount") == outside
        case.refresh_from_db()
        assert (case.state, case.approved_amount) == ("approval", None)
    on_a_phone(page, judge, "ordinary-approval-refused")
    page.fill("#amount", DECIDED)
    decide(page, "passed", "同意，按十五万元奖励")
    case.refresh_from_db()
    assert (case.state, case.approved_amount) == ("approved", Decimal(DECIDED))
    pay(page, server, judge, case, tmp_path)
    sign_in(page, server, "qiye2")
    page.goto(f"{server}/progress/{case.public_id}/")
    assert "150,000.00" in page.inner_text("main")
    page.click("button:text-is('已收到')")
    page.check("input[name=score][value='5']")
    page.click("button:has-text('提交评价')")
    page.get_by_text("5 星", exact=True).wait_for()
    case.refresh_from_db()
    assert case.state == "paid"
    # the browser reports the answer 422 of the refused approval as a failed request: that one is meant
    assert [line for line in complaints if "status of 422" not in line] == []


def pay(page: Page, server: str, judge: Judge, case: Application, folder: Path) -> None:
    """Batch, export and the bank's answer with one good row."""
    sign_in(page, server, "caizheng")
    page.goto(f"{server}/desk/payments/")
    page.click("button:has-text('转入已审定申报')")
    page.check("input[name=payment]")
    page.click("button:has-text('组批'):visible")
    payment = Payment.objects.get(application=case)
    assert payment.batch is not None
    assert payment.amount == Decimal(DECIDED)
    sign_in(page, server, "bokuan")
    page.goto(f"{server}/desk/payments/batches/{payment.batch.number}/")
    judge(page, "ordinary-batch")
    with page.expect_download():
        page.click("button[value=csv]")
    answers = folder / "回单.csv"
    row = f"{payment.batch.number},{payment.number},成功,{DECIDED},{today()},BANK-1,"
    answers.write_text(f"批次号,支付编号,状态,金额,支付日期,银行流水号,原因\n{row}\n", encoding="utf-8")
    page.goto(f"{server}/desk/payments/answers/")
    page.set_input_files("input[name=file]", str(answers))
    page.click("button:text-is('导入')")
    assert "0 行需要人工核对" in page.inner_text("main")


def test_correction_then_refusal(
    live_server: Any,
    open_page: Callable[..., Page],
    complaints: list[str],
    judge: Judge,
    tmp_path: Path,
) -> None:
    server, page = live_server.url, open_page(1440)
    case = apply(page, server, judge, tmp_path)
    open_case(page, server, "shouli", case)
    decide(page, "returned", "请说明证书由谁颁发。")
    open_case(page, server, "shouli", case)
    assert "办理期限暂停（剩余" in page.inner_text("main")
    judge(page, "ordinary-case-paused")
    sign_in(page, server, "qiye2")
    page.goto(f"{server}/progress/{case.public_id}/")
    on_a_phone(page, judge, "ordinary-progress-paused")
    page.click("a:text-is('去补正')")
    assert "请说明证书由谁颁发。" in page.inner_text("main")
    page.fill("textarea[name=note]", "证书由市经济信息委颁发。")
    page.click("button:has-text('下一步：核对提交')")
    page.wait_for_url("**/check/")
    on_a_phone(page, judge, "ordinary-check-correction")
    page.click("button:text-is('提交补正')")
    page.wait_for_load_state()
    open_case(page, server, "shouli", case)
    assert "证书由市经济信息委颁发。" in page.inner_text("main")
    decide(page, "passed", "已补正")
    open_case(page, server, "chushen", case)
    page.check("input[name='check.green-title'][value=no]")
    page.fill("[name='note.green-title']", "证书已被撤销。")
    decide(page, "refused", "称号已撤销，不予支持。")
    case.refresh_from_db()
    assert case.state == "refused"
    judge(page, "ordinary-case-refused")
    sign_in(page, server, "qiye2")
    page.goto(f"{server}/progress/{case.public_id}/")
    seen = page.inner_text("main")
    assert "国家、市级绿色示范称号" in seen
    assert "证书已被撤销。" in seen
    assert "请说明证书由谁颁发。" in seen
    assert "最高可得" not in seen
    judge(page, "ordinary-progress-refused")
    page.check("input[name=score][value='1']")
    page.click("button:has-text('提交评价')")
    page.get_by_text("1 星", exact=True).wait_for()
    on_a_phone(page, judge, "ordinary-progress-rated")
    assert complaints == []
