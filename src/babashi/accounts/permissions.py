"""Who may do what. Every check goes through here."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from babashi.accounts.models import Department, Post, Role, User
from babashi.audit.errors import NotAllowed

Person = User | AnonymousUser
EXCLUSIVE: tuple[frozenset[str], ...] = (
    frozenset({Role.POLICY_AUTHOR, Role.POLICY_PUBLISHER}),
    frozenset({Role.ADMINISTRATOR, Role.FINANCE}),
    frozenset({Role.ADMINISTRATOR, Role.APPROVER}),
    *(frozenset({Role.AUDITOR, role}) for role in Role.values if role != Role.AUDITOR),
)
"""Pairs of roles that one person may not hold together: who checks does not act, who writes does not publish."""
READERS = (Role.AUDITOR,)
"""Roles that read every page of the desk and write nothing."""


def posts_of(user: Person) -> list[Post]:
    """The posts of a person, read once a request."""
    if not user.is_authenticated or not user.is_active:
        return []
    cached: list[Post] | None = getattr(user, "_posts", None)
    if cached is None:
        cached = list(Post.objects.filter(user=user).select_related("department").order_by("id"))
        user._posts = cached
    return cached


def has_role(user: Person, role: str, department: Department | None = None) -> bool:
    """Whether the person holds a role, in one department or anywhere."""
    return any(
        post.role == role and (department is None or post.department_id == department.pk)
        for post in posts_of(user)
    )


def is_official(user: Person) -> bool:
    """Whether the person has any post at all."""
    return bool(posts_of(user))


def require_role(user: Person, *roles: str, department: Department | None = None) -> None:
    """Raise :class:`NotAllowed` unless the person holds one of the roles (in the department, if given)."""
    if not any(has_role(user, role, department) for role in roles):
        names = "、".join(Role(role).label for role in roles)
        where = f"{department.name}的" if department else ""
        raise NotAllowed(f"只有{where}“{names}”岗位才能这样做。需要这个岗位的话，请联系系统管理员。")


View = Callable[..., HttpResponse]


def official(*roles: str) -> Callable[[View], View]:
    """Desk pages: signed in and in one of the roles (none given: any post). Auditors may read, never write."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            reading = request.method in ("GET", "HEAD")
            if reading and any(has_role(request.user, role) for role in READERS):
                return view(request, *args, **kwargs)
            if roles:
                require_role(request.user, *roles)
            elif not is_official(request.user):
                raise NotAllowed("这是工作人员的页面。企业请从首页进入。")
            if not reading and all(post.role in READERS for post in posts_of(request.user)):
                raise NotAllowed("审计岗位只能查看，不能办理。")
            return view(request, *args, **kwargs)

        return guarded

    return decorate
