"""A forgotten password in a browser: from the proof of an address to the sign-in with a new password."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.core import mail
from playwright.sync_api import Page
from tests.integration import case_world as world

from babashi.accounts import recovery
from babashi.accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD, NEW = "correct-horse-77", "another-horse-88"
ADDRESS = "zhang@example.test"


def letter_link() -> str:
    found = re.search(r"http\S+", mail.outbox[-1].body)
    assert found is not None
    return urlsplit(found[0]).path


def sign_in(page: Page, server: str, password: str) -> None:
    page.goto(f"{server}/sign-in/")
    page.fill("input[name=username]", "zhang")
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]:has-text('登录')")
    page.wait_for_url(f"{server}/")


@pytest.mark.parametrize("width", [360, 1440])
def test_from_the_proof_of_an_address_to_a_new_password(
    width: int,
    open_page: Callable[[int], Page],
    judge: Callable[[Page, str], None],
    complaints: list[str],
    live_server,
    settings,
) -> None:
    settings.BABASHI_SMTP = "smtp://mail.example.test?from=babashi@example.test"
    world.publish()
    user = User.objects.create_user(username="zhang", display_name="张三", password=PASSWORD)
    page, server = open_page(width), live_server.url
    sign_in(page, server, PASSWORD)
    page.goto(f"{server}/account/")
    judge(page, "account")
    recovery.ask_for_address(user, ADDRESS, password=PASSWORD)
    recovery.post_letter(ADDRESS, "请确认找回密码的邮箱", _asked_body())
    page.goto(server + letter_link())
    judge(page, "confirm-address")
    page.click("main button:text-is('确认')")
    page.get_by_text(f"已确认邮箱 {ADDRESS}").wait_for()
    page.context.clear_cookies()
    page.goto(f"{server}/sign-in/")
    page.click("main a:text-is('忘记密码')")
    judge(page, "forgotten")
    page.fill("input[name=address]", ADDRESS)
    page.click("main button:text-is('发送链接')")
    page.get_by_text("几分钟内会收到邮件").wait_for()
    recovery.send_reset_links(ADDRESS)
    page.goto(server + letter_link())
    judge(page, "reset")
    page.fill("input[name=new_password1]", NEW)
    page.fill("input[name=new_password2]", NEW)
    page.click("main button:text-is('重设密码')")
    page.wait_for_url("**/sign-in/reset/done/")
    judge(page, "reset-done")
    sign_in(page, server, NEW)
    assert complaints == []


def _asked_body() -> str:
    """The letter that waits in the queue of jobs."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    job = ProcrastinateJob.objects.filter(task_name="accounts.post_letter").latest("id")
    return str(job.args["body"])


def test_without_mail_the_page_says_whom_to_turn_to(open_page, judge, complaints, live_server) -> None:
    page = open_page(360)
    page.goto(f"{live_server.url}/sign-in/forgotten/")
    page.get_by_text("本平台没有开通邮件").wait_for()
    judge(page, "forgotten-without-mail")
    assert complaints == []
