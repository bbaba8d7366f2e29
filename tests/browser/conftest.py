"""A real browser on a real server: Debian's Chromium, driven by Playwright.

Without Chromium these tests skip and say so; with BABASHI_REQUIRE_BROWSER=1 its absence is a failure.
BABASHI_SHOTS=folder keeps a screenshot of every page that a test looks at.
"""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import signals
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

# Playwright's own event loop runs in this thread; the tests still use the database here, one after the other.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

PHONE, DESKTOP = 360, 1440
HEIGHT = {PHONE: 740, DESKTOP: 900}
FLAGS = [
    "--no-sandbox",
    "--lang=zh-CN",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium() -> str | None:
    """The path of the browser, or None when this machine has none."""
    given = os.environ.get("BABASHI_CHROMIUM")
    return (
        given or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        message = "没有找到 Chromium，浏览器测试没有运行（安装：apt-get install chromium fonts-noto-cjk）"
        if os.environ.get("BABASHI_REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


class _Answering:
    """Counts the requests that the server is answering; a page that is left leaves some of them behind."""

    def __init__(self) -> None:
        self.lock, self.number = threading.Lock(), 0
        signals.request_started.connect(self.begun)
        signals.request_finished.connect(self.done)

    def begun(self, **_more: object) -> None:
        with self.lock:
            self.number += 1

    def done(self, **_more: object) -> None:
        with self.lock:
            self.number -= 1

    def wait(self, seconds: float = 10) -> None:
        """Until nothing is being answered: what a test leaves behind must not meet the emptying of the database."""
        end = time.monotonic() + seconds
        while self.number > 0 and time.monotonic() < end:
            time.sleep(0.02)


@pytest.fixture
def answering() -> Iterator[_Answering]:
    counter = _Answering()
    yield counter
    signals.request_started.disconnect(counter.begun)
    signals.request_finished.disconnect(counter.done)


@pytest.fixture
def open_context(browser: Browser, answering: _Answering) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a fresh browser profile of a given width: one person at one device."""
    opened: list[BrowserContext] = []

    def make(width: int = DESKTOP, **more: object) -> BrowserContext:
        more.setdefault("locale", "zh-CN")
        context = browser.new_context(viewport={"width": width, "height": HEIGHT.get(width, 900)}, **more)
        context.set_default_timeout(10_000)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
    answering.wait()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about: script errors, blocked content, failed requests of our own."""
    return []


def _told(line: ConsoleMessage, page: Page) -> str:
    """What the browser says, of what, and where: a complaint that comes once in a hundred runs must explain itself."""
    return f"console: {line.text}, of {_path(line.location.get('url', ''))}, on {_path(page.url)}"


def _path(address: str) -> str:
    """An address without the server, whose port is another one in every run."""
    return urlsplit(address)._replace(scheme="", netloc="").geturl()


@pytest.fixture
def open_page(open_context: Callable[..., BrowserContext], complaints: list[str]) -> Callable[[int], Page]:
    """Makes a page of a given width whose complaints are collected in `complaints`."""

    def make(width: int = DESKTOP, **more: object) -> Page:
        page = open_context(width, **more).new_page()
        page.on("pageerror", lambda error: complaints.append(f"script: {error}, on {_path(page.url)}"))
        page.on(
            "console",
            lambda line: complaints.append(_told(line, page)) if line.type == "error" else None,
        )
        return page

    return make


def look(page: Page, name: str) -> None:
    """Judge a page as its reader would: nothing wider than the screen, no axe violation; keep a screenshot."""
    page.wait_for_load_state("load")
    page.locator("main").wait_for()  # a page on its way has no document yet
    folder = os.environ.get("BABASHI_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{name}: the page is {overflow}px wider than the screen"
    found = Axe().run(page)
    report = [
        f"{violation['id']}: {violation['help']} at {[node['target'] for node in violation['nodes']][:5]}"
        for violation in found.response["violations"]
    ]
    assert report == [], f"{name}: " + "\n".join(report)


@pytest.fixture
def judge() -> Callable[[Page, str], None]:
    """`judge(page, "name")`: see `look`."""
    return look
