"""Reads: people and their posts."""

from django.db.models import Prefetch, Q, QuerySet

from babashi.accounts.models import Post, Role, User
from babashi.accounts.permissions import AnyUser, has_role
from babashi.audit.errors import NotFound


def _with_posts(found: QuerySet[User]) -> QuerySet[User]:
    posts = Post.objects.select_related("department").order_by("department__name", "role")
    return found.prefetch_related(Prefetch("posts", posts))


def people(text: str = "", role: str = "", *, officials: bool = True) -> QuerySet[User]:
    """Accounts; ``text`` looks into names and departments, ``officials`` leaves out who holds no post."""
    found = User.objects.all()
    if text:
        found = found.filter(
            Q(username__icontains=text)
            | Q(display_name__icontains=text)
            | Q(pk__in=Post.objects.filter(department__name__icontains=text).values("user_id"))
        )
    if role:
        found = found.filter(pk__in=Post.objects.filter(role=role).values("user_id"))
    if officials:
        found = found.filter(pk__in=Post.objects.values("user_id"))
    return _with_posts(found)


def person_or_404(user_id: int) -> User:
    """One account. Raises NotFound."""
    found = _with_posts(User.objects.filter(pk=user_id)).first()
    if found is None:
        raise NotFound("没有这个账号。请回到账号列表重新选择。")
    return found


def post_or_404(post_id: int) -> Post:
    """One post. Raises NotFound, also when it was ended a moment ago."""
    found = Post.objects.select_related("user", "department").filter(pk=post_id).first()
    if found is None:
        raise NotFound("没有这个岗位，可能已经免去。请回到账号列表核对。")
    return found


def may_change(reader: AnyUser, person: User) -> bool:
    """Whether the reader may appoint and dismiss this person: administrators, but never themselves."""
    return has_role(reader, Role.ADMINISTRATOR) and reader.pk != person.pk
