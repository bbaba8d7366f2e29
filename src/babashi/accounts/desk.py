"""Who holds which post: administrators appoint and dismiss."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from babashi import listing
from babashi.accounts import queries, services
from babashi.accounts.forms import AppointForm
from babashi.accounts.models import Role, User
from babashi.accounts.permissions import official
from babashi.audit.errors import Conflict, Invalid

KEYS = ("q", "role", "who")
SORTS = {"name": ("display_name", "username"), "username": ("username",), "joined": ("date_joined",)}


def _posts(user: User) -> str:
    return "；".join(f"{post.department.name} {post.get_role_display()}" for post in user.posts.all())


COLUMNS = [
    listing.Column("用户名", lambda user: user.username, 20),
    listing.Column("姓名", lambda user: user.display_name, 20),
    listing.Column("岗位", _posts, 60),
    listing.Column("状态", lambda user: "启用" if user.is_active else "停用", 10),
]


@official(Role.ADMINISTRATOR)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with an account; officials first unless asked otherwise."""
    back = listing.sticky(request, "people", KEYS)
    if back:
        return back
    role = request.GET.get("role", "")
    role = role if role in Role.values else ""
    who = "all" if request.GET.get("who") == "all" else "officials"
    text = listing.words(request)
    found = listing.ordered(request, queries.people(text, role, officials=who == "officials"), SORTS, "name")
    if request.GET.get("export"):
        return listing.export(found, COLUMNS, request.GET["export"], "accounts")
    context = {
        "page": listing.page_of(request, found),
        "q": text,
        "role": role,
        "roles": Role.choices,
        "who": who,
    }
    return render(request, "accounts/people.html", context)


def _page(request: HttpRequest, user: User, form: AppointForm, status: int = 200) -> HttpResponse:
    context = {
        "person": user,
        "posts": user.posts.all(),
        "form": form,
        "may_change": queries.may_change(request.user, user),
        "himself": request.user.pk == user.pk,
    }
    return render(request, "accounts/person.html", context, status=status)


@official(Role.ADMINISTRATOR)
@require_safe
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person's posts, and a new one."""
    return _page(request, queries.person_or_404(user_id), AppointForm())


@official(Role.ADMINISTRATOR)
@require_POST
def appoint(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a post. Posts that exclude each other are refused beside the field."""
    user, form = queries.person_or_404(user_id), AppointForm(request.POST)
    if form.is_valid():
        role, new = form.cleaned_data["role"], form.cleaned_data["new_department"]
        try:
            with transaction.atomic():
                department = form.cleaned_data["department"] or services.make_department(new, by=request.user)
                services.appoint(user, department, role, by=request.user)
        except Conflict as error:
            form.add_error("role", error.message)
        except Invalid as error:
            form.add_error("new_department", error.message)
        else:
            messages.success(request, f"已任命{user}为{department.name}“{Role(role).label}”。")
            return redirect("accounts:person", user_id=user.pk)
    return _page(request, user, form, status=422)


@official(Role.ADMINISTRATOR)
@require_POST
def dismiss(request: HttpRequest, post_id: int) -> HttpResponse:
    """End a post."""
    post = queries.post_or_404(post_id)
    services.dismiss(post, by=request.user)
    messages.success(request, f"已免去{post.user}的{post.department.name}“{Role(post.role).label}”岗位。")
    return redirect("accounts:person", user_id=post.user_id)
