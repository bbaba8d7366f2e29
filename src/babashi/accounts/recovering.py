"""Pages for who forgot his password, and for the address that lets him back in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from babashi.accounts import recovery, tasks
from babashi.accounts.addresses import slow_down
from babashi.accounts.forms import AddressForm, ForgottenForm, NewPasswordForm, PasswordForm
from babashi.accounts.models import User
from babashi.accounts.views import account_page, no_guessing, show
from babashi.audit.errors import Invalid

LETTERS = 10
"""From one address of the net in an hour: an office behind one address gets through, a program not."""
SENT = "如果有账号确认过这个邮箱，几分钟内会收到邮件，请打开里面的链接重设密码。没有收到，请看垃圾邮件，或联系系统管理员。"


@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link; the answer is the same for every address. Without a mail server: whom to turn to."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and recovery.is_possible():
        slow_down(
            request,
            "forgotten",
            limit=LETTERS,
            seconds=3600,
            message="申请太频繁，请一小时后再试，或联系系统管理员。",
        )
        if form.is_valid():
            tasks.send_reset_links.defer(address=form.cleaned_data["address"])
            messages.info(request, SENT)
            return redirect("accounts:forgotten")
    context = {"form": form, "by_mail": recovery.is_possible()}
    return render(request, "accounts/forgotten.html", context, status=422 if form.errors else 200)


class Reset(PasswordResetConfirmView):
    """The link of the letter: a new password, after which every session of the account has ended.

    It goes on to a page of its own: whoever is sent from a form to the sign-in page was signed out (site.middleware).
    """

    template_name = "accounts/reset.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("accounts:reset_done")

    def get_user(self, uidb64: str) -> User | None:
        """Only accounts that may sign in by password."""
        user: User | None = super().get_user(uidb64)
        return user if user is not None and user.is_active and not user.is_demo else None


@require_safe
def reset_done(request: HttpRequest) -> HttpResponse:
    """What to do next."""
    return render(request, "accounts/reset_done.html")


@sensitive_post_parameters("password")
@login_required
@require_POST
def ask_for_address(request: HttpRequest) -> HttpResponse:
    """Have a link sent to one's own address, or do without one."""
    form = AddressForm(request.POST)
    if form.is_valid():
        no_guessing(request)
        address = form.cleaned_data["address"]
        try:
            recovery.ask_for_address(request.user, address, password=form.cleaned_data["password"])
        except Invalid as error:
            show(form, error)
        else:
            sent = f"已向 {address} 发出邮件，请打开里面的链接确认。确认以前，原来的邮箱不变。"
            messages.success(request, sent if address else "已解除邮箱。忘记密码时，请联系系统管理员。")
            return redirect("accounts:account")
    return account_page(request, PasswordForm(), form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the letter. A button confirms: programs that look through mail open every link."""
    if request.method == "POST":
        address = recovery.confirm_address(request.user, token)
        messages.success(request, f"已确认邮箱 {address}，忘记密码时可以自己重设。")
        return redirect("accounts:account")
    address = recovery.proven_address(request.user, token)
    return render(request, "accounts/confirm_address.html", {"address": address})
