"""What hands meet: the head on a phone, marks of mistakes, a file chosen while typing, a case decided by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page
from pypdf import PdfWriter
from tests.integration import case_world as world

from babashi.accounts.models import User
from babashi.applications import services as applications
from babashi.applications.models import Application
from babashi.reviews import services as reviews
from babashi.reviews.models import StageTask

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[..., BrowserContext]
TITLES = {"certificates": [{"kind": "节能节水", "level": "市级"}]}


def enter(context: BrowserContext, user: User, server: Any) -> Page:
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server.url}])
    return context.new_page()


@pytest.fixture
def draft(db: None) -> tuple[Application, User]:
    world.publish()
    owner = world.enterprise()
    person = world.member(owner)
    return applications.start_draft(owner, world.item(), by=person), person


def pdf(folder: Path) -> str:
    writer, path = PdfWriter(), folder / "证明.pdf"
    writer.add_blank_page(200, 200)
    writer.write(path)
    return str(path)


def test_the_head_of_the_phone_is_two_rows(
    draft: tuple[Application, User], live_server: Any, open_context: Open
) -> None:
    page = enter(open_context(360), draft[1], live_server)
    page.goto(live_server.url)
    brand, tools = page.locator(".brand").bounding_box(), page.locator(".site-tools").bounding_box()
    assert brand is not None
    assert tools is not None
    assert tools["y"] < brand["y"] + brand["height"], "brand and tools share a row"
    page.get_by_role("link", name="我的账号").click()
    page.get_by_role("heading", name="修改密码").wait_for()


def test_the_mark_of_a_mistake_stands_before_its_words(live_server: Any, open_context: Open) -> None:
    world.publish()
    page = open_context(360).new_page()
    page.goto(f"{live_server.url}/match/questionnaire/?ask=employees_2021")
    page.fill("input[name='f.employees_2021']", "二百")
    page.get_by_role("button", name="下一题").click()
    assert page.locator(".field-error").evaluate("one => getComputedStyle(one).display") == "block"


def test_what_was_sent_is_not_offered_again_when_it_comes_back(
    draft: tuple[Application, User], live_server: Any, open_context: Open
) -> None:
    """A correction asks for less than the form did; what was typed then has been saved long ago."""
    case, person = draft
    page = enter(open_context(360), person, live_server)
    page.goto(f"{live_server.url}/applications/{case.public_id}/")
    page.fill("[name=note]", "请尽快办理。")
    with page.expect_navigation():
        page.get_by_role("button", name="下一步").click()
    world.account(case.enterprise, person)
    case.refresh_from_db()
    reviews.submit_and_open(case, revision=case.revision, by=person)
    asked = [{"ref": "first_above_scale_year", "note": "请说明首次进入联网直报的年度"}]
    acceptor = world.official("acceptor")
    reviews.decide(world.task(case), "returned", by=acceptor, opinion="请补正升规年度", items=asked)
    page.goto(f"{live_server.url}/applications/{case.public_id}/")
    page.get_by_role("heading", name="请按下面的要求补正").wait_for()
    assert not page.get_by_role("button", name="恢复填写的内容").is_visible()
    page.fill("[name=note]", "写到一半")
    page.goto(f"{live_server.url}/applications/")
    page.go_back()
    assert (
        page.input_value("[name=note]") == "写到一半"
        or page.get_by_role("button", name="恢复填写的内容").is_visible()
    ), "what was not saved is still offered"


def test_an_opinion_outlives_the_session(live_server: Any, open_context: Open) -> None:
    """A hundred cases a day: what was written of one must not be written again because the session ended."""
    world.publish()
    case = world.submitted()[0]
    acceptor = world.official("acceptor")
    context = open_context(1440)
    page = enter(context, acceptor, live_server)
    address = f"{live_server.url}/desk/cases/{case.number}/"
    page.goto(address)
    page.check("[name=outcome][value=returned]")
    page.fill("[name=opinion]", "请补正：写了很久的要求。")
    page.fill("[name='note.district']", "已核对")
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    with page.expect_navigation():
        page.click("#decision button:has-text('提交意见')")
    assert "/sign-in/" in page.url
    client = Client()
    client.force_login(acceptor)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(address)
    assert page.input_value("[name=opinion]") == ""
    page.get_by_role("button", name="恢复填写的内容").click()
    assert page.input_value("[name=opinion]") == "请补正：写了很久的要求。"
    assert page.input_value("[name='note.district']") == "已核对"
    assert page.is_checked("[name=outcome][value=returned]")
    page.goto(f"{live_server.url}/desk/cases/")
    other = world.official("acceptor", name="另一位")
    client.force_login(other)
    context.add_cookies(
        [{"name": cookie.key, "value": client.cookies[cookie.key].value, "url": live_server.url}]
    )
    page.goto(address)
    assert not page.get_by_role("button", name="恢复填写的内容").is_visible(), "words of somebody else"


def kept_in(page: Page) -> list[str]:
    """What this tab has of what people typed."""
    found: list[str] = page.evaluate("Object.entries(sessionStorage).flat()")
    return found


@pytest.mark.parametrize("leaves", ["signs out", "walks away"])
def test_the_next_person_at_the_counter_finds_nothing_of_the_one_before(
    draft: tuple[Application, User], live_server: Any, open_context: Open, leaves: str
) -> None:
    """One computer in a service hall, one window: what was typed and could not be saved stays with its writer."""
    case, person = draft
    context = open_context(360)
    page = enter(context, person, live_server)
    page.route("**/save/", lambda route: route.abort())
    page.goto(f"{live_server.url}/applications/{case.public_id}/")
    page.fill("[name=note]", "只给自己看的话")
    page.locator(".autosave[data-state=failed]").wait_for()
    assert "只给自己看的话" in "".join(kept_in(page))
    page.on("dialog", lambda dialog: dialog.accept())
    if leaves == "signs out":
        with page.expect_navigation():
            page.get_by_role("button", name="退出").click()
    else:
        colleague = world.member(case.enterprise)
        client = Client()
        client.force_login(colleague)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page.goto(f"{live_server.url}/applications/{case.public_id}/")
        assert not page.get_by_role("button", name="恢复填写的内容").is_visible()
    assert "只给自己看的话" not in "".join(kept_in(page))


def test_who_types_a_new_account_has_chosen_it(live_server: Any, open_context: Open) -> None:
    world.publish()
    owner = world.enterprise()
    person = world.member(owner)
    world.account(owner, person)
    page = enter(open_context(360), person, live_server)
    page.goto(f"{live_server.url}/applications/automatic/{world.PACK}/scale-up/?uscc={owner.uscc}")
    page.click("summary:has-text('填写新账户')")
    assert page.is_checked("[name=account][value=current]")
    page.fill("[name=number]", "6222021234567890128")
    assert page.is_checked("[name=account][value=new]")
    page.reload()
    page.check("[name=account][value=new]")
    assert page.is_visible("[name=number]"), "choosing another account shows where to type it"


def test_what_is_typed_survives_a_file_chosen_at_once(
    draft: tuple[Application, User], live_server: Any, open_context: Open, tmp_path: Path
) -> None:
    case, person = draft
    page = enter(open_context(1440), person, live_server)
    page.goto(f"{live_server.url}/applications/{case.public_id}/")
    page.fill("[name=note]", "设备清单随附。")
    page.set_input_files("#materials input[type=file] >> nth=0", pdf(tmp_path))
    page.get_by_role("link", name="证明.pdf").wait_for()
    assert page.input_value("[name=note]") == "设备清单随附。"
    next_step = page.get_by_role("button", name="下一步：核对提交").bounding_box()
    assert next_step is not None
    assert next_step["y"] < 900, "in view beside the materials"


def test_a_case_is_decided_by_keyboard(live_server: Any, open_context: Open) -> None:
    world.publish()
    case, _ = world.submitted(world.GREEN, of=world.enterprise(tables=TITLES))
    page = enter(open_context(1440), world.staff()["acceptance"], live_server)
    page.goto(f"{live_server.url}/desk/cases/{case.number}/")
    for key, outcome in (("f", "refused"), ("b", "returned"), ("p", "passed")):
        page.keyboard.press(key)
        assert page.locator("input[name=outcome]:checked").get_attribute("value") == outcome
    page.keyboard.press("o")
    page.keyboard.press("Control+A")
    page.keyboard.type("材料齐全。")
    page.keyboard.press("Control+Enter")
    page.get_by_text("意见已记录").wait_for()
    assert StageTask.objects.get(application=case, stage="acceptance").outcome == "passed"


def test_paper_shows_what_is_folded_on_the_screen(live_server: Any, open_context: Open) -> None:
    world.publish()
    owner = world.enterprise()
    page = enter(open_context(1440), world.member(owner), live_server)
    page.goto(f"{live_server.url}/match/{owner.uscc}/")
    why = page.locator("#scale-up .conditions")
    assert not why.is_visible()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert why.is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert not why.is_visible()


def test_the_file_of_an_enterprise_with_rows(
    live_server: Any, open_context: Open, judge: Callable[[Page, str], None]
) -> None:
    world.publish()
    owner = world.enterprise(tables=TITLES)
    for width in (360, 1440):
        page = enter(open_context(width), world.member(owner), live_server)
        page.goto(f"{live_server.url}/enterprise/{owner.uscc}/")
        judge(page, "enterprise-file")
