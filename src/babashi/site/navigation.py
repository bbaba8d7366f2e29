"""The menus: a few words each, only what the reader can use, and how much waits for him there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.urls import Resolver404, resolve

from babashi.accounts.models import User
from babashi.accounts.permissions import posts_of
from babashi.outreach.queries import unread_of
from babashi.reviews.queries import todo_of


@dataclass(frozen=True)
class Link:
    """One entry of a menu."""

    label: str
    path: str
    icon: str
    roles: frozenset[str] = frozenset()
    here: bool = False
    waiting: str = ""
    """What waits there, in words with its number: “3 条未读”."""

    @property
    def badge(self) -> str:
        """The number alone, no longer than its place in the menu."""
        number = self.waiting.partition(" ")[0]
        return "99+" if len(number) > 2 else number


INBOX = "/inbox/"
TODO = "/desk/cases/"
PUBLIC = (
    Link("首页", "/", "house"),
    Link("查政策", "/policies/", "book-open"),
    Link("看公示", "/publicity/", "megaphone"),
)
MEMBER = (
    Link("我的企业", "/enterprise/", "building-2"),
    Link("我的申报", "/applications/", "file-text"),
    Link("消息", INBOX, "bell"),
)
DESK = (
    Link(
        "待办",
        TODO,
        "list-checks",
        frozenset({"acceptor", "first_reviewer", "second_reviewer", "approver", "finance", "coordinator"}),
    ),
    Link(
        "政策包",
        "/desk/packs/",
        "book-open",
        frozenset({"policy_author", "policy_publisher", "administrator"}),
    ),
    Link(
        "企业档案",
        "/desk/register/",
        "building-2",
        frozenset({"registrar", "administrator", "first_reviewer"}),
    ),
    Link("匹配", "/desk/matching/", "scan-search", frozenset({"coordinator", "registrar", "administrator"})),
    Link("推送", "/desk/outreach/", "send", frozenset({"coordinator", "administrator"})),
    Link(
        "公示", "/desk/publicity/", "megaphone", frozenset({"first_reviewer", "second_reviewer", "approver"})
    ),
    Link("预算", "/desk/budget/", "wallet", frozenset({"finance", "approver", "coordinator"})),
    Link("兑付", "/desk/payments/", "banknote", frozenset({"finance"})),
    Link("意向", "/desk/interests/", "hand-helping", frozenset({"acceptor", "first_reviewer"})),
    Link("企业反馈", "/desk/feedback/", "star", frozenset({"coordinator", "approver", "finance"})),
    Link("报表", "/desk/reports/", "chart-column", frozenset({"coordinator"})),
    Link("账号", "/desk/accounts/", "users", frozenset({"administrator"})),
    Link("审计", "/desk/audit/", "shield-check", frozenset({"administrator"})),
)
READS_EVERYTHING = "auditor"
SIGN_IN = "/sign-in/"
SIGN_OUT = "/sign-out/"
DEMO_CLOCK = "/demo/clock/"


def _exists(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _menu(links: tuple[Link, ...], current: str, waiting: Mapping[str, str]) -> list[Link]:
    return [
        replace(link, here=is_here(link.path, current), waiting=waiting.get(link.path, ""))
        for link in links
        if _exists(link.path)
    ]


def _waiting(user: User, official: bool, at_desk: bool) -> dict[str, str]:
    """What waits at the addresses of the menu that is shown, with one query at most."""
    if official:
        tasks = todo_of(user).count() if at_desk else 0
        return {TODO: f"{tasks} 件待办"} if tasks else {}
    unread = unread_of(user)
    return {INBOX: f"{unread} 条未读"} if unread else {}


def is_here(path: str, current: str) -> bool:
    """Whether the page being read belongs to this entry."""
    return current == path if path == "/" else current.startswith(path)


def _roles(request: HttpRequest) -> frozenset[str]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return frozenset()
    return frozenset(post.role for post in posts_of(user))


def for_request(request: HttpRequest) -> dict[str, list[Link] | bool | str]:
    """The menus of this reader: `main` for the public and applicants, `desk` for officials."""
    user = getattr(request, "user", None)
    signed_in = bool(user is not None and user.is_authenticated)
    roles = _roles(request)
    desk = tuple(link for link in DESK if not link.roles or link.roles & roles or READS_EVERYTHING in roles)
    main = PUBLIC + (MEMBER if signed_in and not roles else ())
    at_desk = request.path.startswith("/desk/")
    waiting = _waiting(user, bool(roles), at_desk) if signed_in else {}
    return {
        "main": _menu(main, request.path, waiting),
        "desk": _menu(desk, request.path, waiting) if roles else [],
        "at_desk": at_desk,
        "signed_in": signed_in,
        "sign_in": SIGN_IN if _exists(SIGN_IN) else "",
        "sign_out": SIGN_OUT if _exists(SIGN_OUT) else "",
        "demo_clock": DEMO_CLOCK if _exists(DEMO_CLOCK) else "",
    }
