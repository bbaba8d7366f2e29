"""Who may do what. The only questions about roles that the house asks."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, TypeVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from babashi.accounts.models import Department, Post, Role, User
from babashi.audit.errors import NotAllowed

AnyUser = User | AnonymousUser
_View = TypeVar("_View", bound=Callable[..., HttpResponse])
_CACHE = "_babashi_posts"
READING = ("GET", "HEAD", "OPTIONS")

DECIDING = (Role.ACCEPTOR, Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.APPROVER)
"""Roles that decide on a case."""


def _pairs() -> frozenset[frozenset[str]]:
    pairs: set[frozenset[str]] = set()
    pairs.update(frozenset({Role.AUDITOR.value, role.value}) for role in Role if role is not Role.AUDITOR)
    pairs.update(frozenset({Role.ADMINISTRATOR.value, role.value}) for role in (*DECIDING, Role.FINANCE))
    pairs.update(frozenset({Role.FINANCE.value, role.value}) for role in DECIDING)
    pairs.add(frozenset({Role.FIRST_REVIEWER.value, Role.SECOND_REVIEWER.value}))
    pairs.add(frozenset({Role.POLICY_AUTHOR.value, Role.POLICY_PUBLISHER.value}))
    return frozenset(pairs)


EXCLUSIVE_PAIRS = _pairs()
"""Who pays doesn't decide, who audits acts nowhere, who writes a policy doesn't publish it, one review each."""


def posts_of(user: AnyUser) -> list[Post]:
    """The posts of a user with their departments; none for anonymous and for inactive users."""
    if not user.is_authenticated or not user.is_active:
        return []
    cached: list[Post] | None = getattr(user, _CACHE, None)
    if cached is None:
        cached = list(
            Post.objects.filter(user_id=user.pk)
            .select_related("department")
            .order_by("department__name", "role")
        )
        setattr(user, _CACHE, cached)
    return cached


def forget_posts(user: AnyUser) -> None:
    """Drop what this user object remembers of its posts (after they changed)."""
    if hasattr(user, _CACHE):
        delattr(user, _CACHE)


def has_role(user: AnyUser, role: str, department: Department | None = None) -> bool:
    """Whether the user holds the role (in that department, if one is named)."""
    return any(
        post.role == role and (department is None or post.department_id == department.pk)
        for post in posts_of(user)
    )


def is_official(user: AnyUser) -> bool:
    """Whether the user holds any post."""
    return bool(posts_of(user))


def is_auditor(user: AnyUser) -> bool:
    """Whether the user may read every desk page and write nothing."""
    return has_role(user, Role.AUDITOR)


def departments_of(user: AnyUser, *roles: str) -> list[Department]:
    """Departments in which the user holds one of the roles (any role, if none is named)."""
    found = {
        post.department_id: post.department for post in posts_of(user) if not roles or post.role in roles
    }
    return list(found.values())


def require_role(user: AnyUser, *roles: str, department: Department | None = None) -> None:
    """Raise NotAllowed unless the user holds one of the roles (in that department, if one is named)."""
    if any(has_role(user, role, department) for role in roles):
        return
    names = "、".join(Role(role).label for role in roles)
    place = f"{department.name}的" if department else ""
    raise NotAllowed(f"这项操作需要{place}“{names}”岗位。如确有需要，请联系系统管理员。")


def require_official(user: AnyUser) -> None:
    """Raise NotAllowed unless the user holds any post."""
    if not is_official(user):
        raise NotAllowed("这个页面只供部门工作人员使用。")


def official(*roles: str) -> Callable[[_View], _View]:
    """For desk views: signed in and in one of the roles (any post, if none is named).

    Auditors may read every desk page whatever the roles, and may send nothing.
    """

    def decorate(view: Callable[Concatenate[HttpRequest, ...], HttpResponse]) -> Any:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
            if is_auditor(request.user):
                if request.method not in READING:
                    raise NotAllowed("审计岗位只能查看，不能办理。")
            elif roles:
                require_role(request.user, *roles)
            else:
                require_official(request.user)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
