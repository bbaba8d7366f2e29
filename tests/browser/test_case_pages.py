"""The pages of application, review and publicity in a real browser, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page
from tests.integration import case_world as world

from babashi.accounts.models import User
from babashi.applications import services as applications
from babashi.applications.models import Application
from babashi.publicity import services as publicity
from babashi.reviews import services as reviews

pytestmark = pytest.mark.django_db(transaction=True)
WIDTHS = [360, 1440]


def enter(context: BrowserContext, user: User, server: Any) -> Page:
    """A page of somebody who is signed in already."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server.url}])
    return context.new_page()


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_the_applicant(
    width: int,
    live_server: Any,
    open_context: Callable[..., BrowserContext],
    judge: Callable[[Page, str], None],
) -> None:
    world.publish()
    owner = world.enterprise(name="重庆巴南精工机械制造有限公司（合成）")
    person = world.member(owner)
    draft = applications.start_draft(owner, world.item(world.INTEREST), by=person)
    form = {
        "contact_name": "李经办", "contact_phone": "02366230000", "fact.employees_2021": "一百",
        "fact.operating_revenue_2021": "50000000", "fact.green_industry": "是", "rows.loans.0.loan_id": "L2022-001",
        "rows.loans.0.purpose": "流动资金", "rows.loans.0.principal": "5000000",
        "rows.loans.0.starts_on": "2022-03-01", "rows.loans.0.ends_on": "2022-09-01",
    }  # fmt: skip
    applications.save_draft(draft, form, draft.revision, by=person)
    page = enter(open_context(width), person, live_server)
    for name, path in (
        ("start", f"/applications/new/{world.SCALE_UP}/"),
        ("automatic", f"/applications/automatic/{world.SCALE_UP}/"),
        ("edit", f"/applications/{draft.public_id}/"),
        ("check", f"/applications/{draft.public_id}/check/"),
        ("interest", f"/interests/new/{world.FOOD}/"),
    ):
        page.goto(live_server.url + path)
        judge(page, f"apply-{name}")
    case, _ = world.submitted(of=owner)
    reviews.decide(
        world.task(case), "returned", by=world.official("acceptor"), opinion="请补正后重新提交。",
        items=[{"ref": "first_above_scale_year", "note": "请说明首次进入联网直报的年度，并上传证明。"}],
    )  # fmt: skip
    for name, path in (
        ("receipt", f"/applications/{case.public_id}/receipt/"),
        ("correction", f"/applications/{case.public_id}/"),
        ("mine", "/applications/"),
    ):
        page.goto(live_server.url + path)
        judge(page, f"apply-{name}")


def test_what_is_typed_saves_itself_and_a_second_window_is_told(
    live_server: Any, open_context: Callable[..., BrowserContext]
) -> None:
    world.publish()
    owner = world.enterprise()
    person = world.member(owner)
    draft = applications.start_draft(owner, world.item(), by=person)
    context = open_context(1440)
    first = enter(context, person, live_server)
    second = context.new_page()
    for page in (first, second):
        page.goto(f"{live_server.url}/applications/{draft.public_id}/")
    first.get_by_label("说明", exact=False).last.fill("第一个窗口")
    first.get_by_text("已保存").wait_for()
    second.get_by_label("说明", exact=False).last.fill("第二个窗口写的")
    second.get_by_text("另一个窗口", exact=False).first.wait_for()
    assert second.get_by_label("说明", exact=False).last.input_value() == "第二个窗口写的"
    draft.refresh_from_db()
    assert draft.form["note"] == "第一个窗口"


def test_a_session_that_ends_while_one_types_loses_nothing(
    live_server: Any, open_context: Callable[..., BrowserContext]
) -> None:
    """Nothing looks saved that is not; signed in again in another window, the first one goes on."""
    world.publish()
    owner = world.enterprise()
    person = world.member(owner)
    draft = applications.start_draft(owner, world.item(), by=person)
    context = open_context(1440)
    page = enter(context, person, live_server)
    page.goto(f"{live_server.url}/applications/{draft.public_id}/")
    context.clear_cookies()
    page.get_by_label("说明", exact=False).last.fill("登录过期以后写的")
    page.get_by_text("登录已过期").wait_for()
    enter(context, person, live_server)
    page.get_by_text("已保存").wait_for(timeout=20_000)
    draft.refresh_from_db()
    assert draft.form["note"] == "登录过期以后写的"
    page.get_by_role("button", name="下一步：核对提交").click()
    page.wait_for_url("**/check/")


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_the_desk_and_the_public(
    width: int,
    live_server: Any,
    open_context: Callable[..., BrowserContext],
    judge: Callable[[Page, str], None],
) -> None:
    world.publish()
    people = world.staff()
    cases = [world.submitted()[0] for _ in range(3)]
    queued = world.walk(world.submitted()[0], people, "approval")
    reviews.approve(world.task(queued), None, by=people["approval"], opinion="同意")
    at_approval = world.walk(world.submitted()[0], people, "approval")
    retrofit = _retrofit(people)
    world.walk(cases[1], people, "publicity")  # the last one: a walk to the approval ends every notice
    entry = cases[1].publicity_entries.select_related("notice").get()
    objection = publicity.object_to(
        entry, name="王某", contact="13800000000", content="该企业 2019 年已经升规。"
    )
    awaited = world.submitted()[0]
    reviews.decide(
        world.task(awaited), "returned", by=people["acceptance"], opinion="证明不全，请补交首次入统的证明。"
    )
    guest = world.enterprise({"district": "500113", "kind": "企业"})
    applications.express_interest(guest, world.item(world.FOOD), by=world.member(guest), note="两家门店")
    look = [
        ("todo", people["acceptance"], "/desk/cases/"),
        ("case-acceptance", people["acceptance"], f"/desk/cases/{cases[0].number}/"),
        ("case-facts", people["first-review"], f"/desk/cases/{retrofit.number}/"),
        ("case-approval", people["approval"], f"/desk/cases/{at_approval.number}/"),
        ("case-awaited", people["acceptance"], f"/desk/cases/{awaited.number}/"),
        ("corrections", people["acceptance"], "/desk/cases/corrections/"),
        ("cases", people["approval"], "/desk/cases/all/"),
        ("queue", people["approval"], "/desk/queue/"),
        ("publicity", people["approval"], "/desk/publicity/"),
        ("objections", people["approval"], "/desk/objections/"),
        ("objection", people["approval"], f"/desk/objections/{objection.pk}/"),
        ("interests", world.official("acceptor", "区市场监管局"), "/desk/interests/"),
    ]
    for name, user, path in look:
        page = enter(open_context(width), user, live_server)
        page.goto(live_server.url + path)
        judge(page, f"desk-{name}")
    page = open_context(width).new_page()
    for name, path in (
        ("notices", "/publicity/"),
        ("notice", f"/publicity/{entry.notice.number}/"),
        ("object", f"/publicity/{entry.notice.number}/object/{entry.pk}/"),
    ):
        page.goto(live_server.url + path)
        judge(page, f"public-{name}")


def test_a_decision_with_the_keyboard_and_a_hurried_second_one(
    live_server: Any, open_context: Callable[..., BrowserContext]
) -> None:
    world.publish()
    acceptor = world.staff()["acceptance"]
    cases = [world.submitted()[0] for _ in range(2)]
    page = enter(open_context(1440), acceptor, live_server)
    page.goto(f"{live_server.url}/desk/cases/{cases[0].number}/")
    page.keyboard.press("p")
    assert page.is_checked("input[name=outcome][value=passed]")
    page.keyboard.press("s")
    page.wait_for_url(f"**/{cases[1].number}/")
    assert f"意见已记录：{cases[0].number}" in page.inner_text("main")
    page.keyboard.press("s")
    page.click("#decision button:text-is('提交意见')")
    assert page.url.endswith(f"/{cases[1].number}/"), "the browser asks for a choice and sends nothing"
    assert "请选择办理结果" not in page.inner_text("main")
    assert not page.is_checked("input[name=outcome][value=passed]")
    assert world.task(cases[1]).stage == "acceptance"


def test_batch_with_the_keyboard(live_server: Any, open_context: Callable[..., BrowserContext]) -> None:
    world.publish()
    people = world.staff()
    cases = [world.submitted()[0] for _ in range(2)]
    page = enter(open_context(1440), people["acceptance"], live_server)
    page.goto(f"{live_server.url}/desk/cases/")
    page.locator("body").press("j")
    page.locator("body").press("x")
    page.get_by_role("button", name="批量通过").click()
    page.get_by_role("dialog").get_by_role("button", name="批量通过").click()
    page.get_by_text("办成 1 件").wait_for()
    assert sorted(world.task(case).stage for case in cases) == ["acceptance", "first-review"]


def _retrofit(people: dict[str, User]) -> Application:
    """A case whose applicant reports projects that the register does not have."""
    owner = world.enterprise(tables={"projects": []})
    fields = {
        "use.projects": "on", "rows.projects.0.project_id": "P2022-01", "rows.projects.0.category": "节能降碳",
        "rows.projects.0.equipment_investment": "3000000",
    }  # fmt: skip
    case = world.submitted(world.RETROFIT, of=owner, fields=fields)[0]
    return world.walk(case, people, "first-review")


def test_the_opinion_follows_the_result_until_somebody_types(
    live_server: Any, open_context: Callable[..., BrowserContext]
) -> None:
    world.publish()
    people = world.staff()
    case, _ = world.submitted()
    page = enter(open_context(1440), people["acceptance"], live_server)
    page.goto(f"{live_server.url}/desk/cases/{case.number}/")
    opinion = page.locator("#opinion")
    assert opinion.input_value() == ""
    assert not page.locator("input[name=asked]").first.is_visible()
    seen = []
    for outcome in ("passed", "returned", "refused"):
        page.locator(f"input[name=outcome][value={outcome}]").check()
        seen.append(opinion.input_value())
    assert "同意" in seen[0]
    assert len(set(seen)) == 3
    assert "同意" not in seen[1] + seen[2]
    assert page.locator("input[name=asked]").first.is_visible(), (
        "the list of what to correct opens with its result"
    )
    opinion.fill("按通知第一条，自己写的意见")
    page.locator("input[name=outcome][value=passed]").check()
    assert opinion.input_value() == "按通知第一条，自己写的意见"


def test_a_number_is_shown_in_fours_while_it_is_typed(
    live_server: Any, open_context: Callable[..., BrowserContext], judge: Callable[[Page, str], None]
) -> None:
    world.publish()
    owner = world.enterprise()
    person = world.member(owner)
    page = enter(open_context(360), person, live_server)
    page.goto(f"{live_server.url}/applications/automatic/{world.SCALE_UP}/")
    page.fill("#number", "6217000012345670")
    assert "6217 0000 1234 5670" in page.inner_text("#fours-number")
    assert "16 位" in page.inner_text("#fours-number")
    judge(page, "account-fours")
    page.goto(f"{live_server.url}/enterprise/{owner.uscc}/account/")
    page.fill("#id_number", "62170000 123")
    assert "6217 0000 123" in page.inner_text("#fours-id_number")
    judge(page, "account-fours-file")
