"""Signing in and out, making an account, one's own posts."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from babashi.accounts import recovery, services
from babashi.accounts.addresses import slow_down
from babashi.accounts.forms import AddressForm, PasswordForm, RegisterForm, SignInForm
from babashi.accounts.models import User
from babashi.accounts.permissions import is_official, posts_of
from babashi.audit.errors import Invalid

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
SIGN_INS, REGISTRATIONS = 30, 20
"""From one address in a minute, in an hour: a whole office behind one address gets through, a guessing program not."""
OWN_PASSWORDS = 10
"""Of one account in 15 minutes, right or wrong."""


def home_of(user: User) -> str:
    """Where somebody starts: officials at their desk, everybody else at the front page."""
    return "/desk/" if is_official(user) else settings.LOGIN_REDIRECT_URL


class SignIn(LoginView):
    """User name and password, throttled by axes; in demo mode the demo accounts are one click away."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Axes counts by name and address; whoever tries many names from one address is slowed down here."""
        slow_down(request, "sign-in", limit=SIGN_INS, seconds=60, message="登录太频繁，请一分钟后再试。")
        return super().post(request, *args, **kwargs)

    def get_default_redirect_url(self) -> str:
        """Officials go to their desk."""
        return home_of(self.request.user)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """The demo accounts, where there are any."""
        context = super().get_context_data(**kwargs)
        context["demo_people"] = _demo_people() if settings.BABASHI_DEMO else {}
        return context


class SignOut(LogoutView):
    """Signing out, by POST only."""

    next_page = "/"


def _demo_people() -> dict[str, list[tuple[User, str]]]:
    """Demo accounts with what they do, by department; those without a post stand for enterprises."""
    groups: dict[str, list[tuple[User, str]]] = {}
    people = User.objects.filter(is_demo=True, is_active=True).prefetch_related("posts__department")
    for person in people.order_by("pk"):
        posts = list(person.posts.all())
        heading = posts[0].department.name if posts else "企业"
        groups.setdefault(heading, []).append(
            (person, "、".join(str(post.get_role_display()) for post in posts))
        )
    return groups


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One click into a demo account. Exists only in demo mode, and only for demo accounts."""
    if not settings.BABASHI_DEMO:
        raise Http404
    user = User.objects.filter(
        is_demo=True, is_active=True, username=request.POST.get("username", "")
    ).first()
    if user is None:
        raise Http404
    login(request, user, backend=MODEL_BACKEND)
    return redirect(home_of(user))


@sensitive_post_parameters("password")
def register(request: HttpRequest) -> HttpResponse:
    """Make an account; it can do nothing until a claim of an enterprise is proven."""
    form = RegisterForm(request.POST or None)
    if request.method == "POST":
        slow_down(
            request, "register", limit=REGISTRATIONS, seconds=3600, message="新建账号太频繁，请一小时后再试。"
        )
    if request.method == "POST" and form.is_valid():
        try:
            user = services.register_account(**form.cleaned_data)
        except Invalid as error:
            show(form, error)
        else:
            login(request, user, backend=MODEL_BACKEND)
            messages.success(request, "账号已建立。下一步：认领您的企业。")
            return redirect("/enterprise/")
    return render(request, "accounts/register.html", {"form": form}, status=422 if form.errors else 200)


@sensitive_post_parameters("password_old", "password_new")
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """My account: posts and password."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        no_guessing(request)
        try:
            typed = form.cleaned_data
            services.change_password(request.user, old=typed["password_old"], new=typed["password_new"])
        except Invalid as error:
            show(form, error)
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, "密码已修改。")
            return redirect("accounts:account")
    return account_page(request, form, AddressForm(initial={"address": request.user.email}))


def account_page(request: HttpRequest, password: PasswordForm, address: AddressForm) -> HttpResponse:
    """Posts, password, and the address for who forgets it."""
    context = {
        "form": password,
        "address_form": address,
        "by_mail": recovery.is_possible() and not request.user.is_demo,
        "posts": posts_of(request.user),
    }
    status = 422 if password.errors or address.errors else 200
    return render(request, "accounts/account.html", context, status=status)


def no_guessing(request: HttpRequest) -> None:
    """Whoever finds a session left open could try passwords where one's own is asked for: axes doesn't count there."""
    slow_down(
        request,
        "own-password",
        who=str(request.user.pk),
        limit=OWN_PASSWORDS,
        seconds=900,
        message="密码试得太频繁，请 15 分钟后再试。忘记密码，请退出后在登录页点“忘记密码”。",
    )


def show(form: Form, error: Invalid) -> None:
    for name, texts in error.field_errors.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)
