"""Catalogue, questionnaire, result, inbox and their desk pages as people see them: both widths, axe, no complaint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page
from tests.integration import policy_world

from babashi.accounts.models import User
from babashi.catalogue import services as catalogue
from babashi.catalogue.models import PackVersion
from babashi.matching import services as matching
from babashi.outreach import services as outreach
from babashi.outreach.models import Message

pytestmark = pytest.mark.django_db(transaction=True)
WIDTHS = (360, 1440)
ITEM = "/policies/banan-2022-63/interest-subsidy/"


@pytest.fixture
def world(tmp_path: Path) -> User:
    """Packs published, a small register matched and pushed, one member of a showcase with several items."""
    policy_world.publish()
    policy_world.settle(tmp_path, 30)
    user = policy_world.member(policy_world.showcase(7), "clerk")
    outreach.push_matches(matching.rematch(None, cause="import"))
    outreach.deliver_due()
    return user


def sign_in(page: Page, server: object, user: User) -> None:
    """The session of a signed-in person, without the form."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": str(server.url)}])  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", WIDTHS)
def test_public_pages(
    world: User,
    live_server: object,
    open_page: Callable[[int], Page],
    judge: Callable[[Page, str], None],
    complaints: list[str],
    width: int,
) -> None:
    page = open_page(width)
    base = str(live_server.url)  # type: ignore[attr-defined]
    for name, path in {
        "home": "/",
        "search": "/policies/",
        "search-words": "/policies/?q=贴息",
        "search-nothing": "/policies/?q=没有这个",
        "document": "/policies/banan-2022-63/",
        "item": ITEM,
        "item-reward": "/policies/banan-2022-63/scale-up/",
        "item-voucher": "/policies/banan-2022-63/car-voucher/",
    }.items():
        page.goto(base + path)
        judge(page, name)
    page.goto(base + ITEM)
    if page.locator("#calc").get_attribute("open") is None:  # folded on a phone
        page.locator("#calc > summary").click()
        judge(page, "item-unfolded")
    page.get_by_label("行业代码").fill("3612")
    page.get_by_label("2021年从业人员").fill("250")
    page.get_by_label("2021年营业收入").fill("1亿")
    page.get_by_role("group", name="绿色产业").get_by_text("是", exact=True).click()
    page.get_by_label("用途").select_option("流动资金")
    page.get_by_label("本金").fill("500万")
    page.get_by_label("起始日").fill("2022-03-01")
    page.get_by_label("到期日").fill("2022-09-01")
    page.get_by_role("button", name="算一算").click()
    page.get_by_text("47,277.78元").first.wait_for()
    judge(page, "calculator")
    page.goto(base + "/")
    page.get_by_role("textbox", name="企业名称或统一社会信用代码").fill("某某机械有限公司")
    with page.expect_navigation():
        page.get_by_role("button", name="查一查").click()
    judge(page, "look-up")
    assert complaints == []


@pytest.mark.parametrize("width", WIDTHS)
def test_questionnaire(
    world: User,
    live_server: object,
    open_page: Callable[[int], Page],
    judge: Callable[[Page, str], None],
    complaints: list[str],
    width: int,
) -> None:
    page = open_page(width)
    page.goto(f"{live_server.url}/match/questionnaire/")  # type: ignore[attr-defined]
    given = {"f.district": "500113", "f.kind": "企业", "f.industry_code": "3612", "f.employees_2021": "250"}
    seen: list[str] = []
    for _ in range(30):
        if "/match/answers/" in page.url:
            break
        ref = page.locator("input[name=ref]").get_attribute("value") or ""
        seen.append(ref)
        if ref in ("district", "loans", "industry_code", "projects"):
            judge(page, f"question-{ref}")
        name = f"f.{ref}"
        if ref in ("district", "kind"):
            page.locator(f"input[name='{name}'][value='{given[name]}']").check()
        elif name in given:
            page.locator(f"input[name='{name}']").fill(given[name])
        elif ref == "first_above_scale_year":
            page.locator(f"input[name='{name}']").fill("2021")
        else:
            page.get_by_role("button", name="不知道", exact=True).click()
            continue
        page.get_by_role("button", name="下一题").click()
    assert seen[0] in ("district", "kind")
    assert len(seen) == len(set(seen)), "no question comes twice"
    page.get_by_role("heading", name="可享（1 项）").wait_for()
    judge(page, "answers")
    assert complaints == []


@pytest.mark.parametrize("width", WIDTHS)
def test_member_pages(
    world: User,
    live_server: object,
    open_page: Callable[[int], Page],
    judge: Callable[[Page, str], None],
    complaints: list[str],
    width: int,
) -> None:
    page = open_page(width)
    sign_in(page, live_server, world)
    base = str(live_server.url)  # type: ignore[attr-defined]
    message = Message.objects.filter(enterprise__members__user=world).first()
    assert message is not None
    for name, path in {
        "home-member": "/",
        "result": "/match/",
        "inbox": "/inbox/",
        "message": f"/inbox/{message.pk}/",
        "inbox-settings": "/inbox/settings/",
    }.items():
        page.goto(base + path)
        judge(page, name)
    page.goto(base + outreach.unsubscribe_path(message.enterprise, "file"))
    judge(page, "unsubscribe")
    assert complaints == []


@pytest.mark.parametrize("width", WIDTHS)
def test_desk_pages(
    world: User,
    live_server: object,
    open_page: Callable[[int], Page],
    judge: Callable[[Page, str], None],
    complaints: list[str],
    width: int,
) -> None:
    author = policy_world.official("bianzhi", "policy_author")
    texts = catalogue.texts_of(policy_world.BANAN)
    texts["pack.yaml"] = texts["pack.yaml"].replace('version: "1.0.1"', 'version: "1.1.0"')
    draft = catalogue.submit_draft(texts, by=author, note="换版本号")
    version = PackVersion.objects.get(is_current=True)
    boss = policy_world.official("guanli", "administrator", "区政府办公室")
    page = open_page(width)
    sign_in(page, live_server, boss)
    base = str(live_server.url)  # type: ignore[attr-defined]
    for name, path in {
        "desk-packs": "/desk/packs/",
        "desk-submit": "/desk/packs/submit/",
        "desk-draft": f"/desk/packs/drafts/{draft.pk}/",
        "desk-version": f"/desk/packs/versions/{version.pk}/",
        "desk-matching": "/desk/matching/",
        "desk-outreach": "/desk/outreach/",
    }.items():
        page.goto(base + path)
        judge(page, name)
    assert complaints == []


def test_interface_description_is_shown(
    live_server: object, open_context: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    page = open_context(1440).new_page()
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.goto(f"{live_server.url}/api/docs")  # type: ignore[attr-defined]
    page.get_by_text("按给出的指标匹配全部事项").wait_for()
    assert complaints == []
