"""What happens to every request and every answer."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

from babashi.audit.errors import DomainError
from babashi.site import errors
from babashi.workdays import calendar, clock

Handler = Callable[[HttpRequest], HttpResponse]


def refuse_nul(get_response: Handler) -> Handler:
    """A NUL character is never meant, and PostgreSQL can't store it: 400 instead of a broken query."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return errors.answer(request, 400, "网址中有无法识别的字符。")
        if request.path.startswith("/api/") and request.method == "POST" and _body_has_nul(request):
            return errors.answer(request, 400, "内容中有无法识别的字符（NUL）。")
        return get_response(request)

    return middleware


class RefuseNulInForms:
    """The same for what a form brings, after the checks that must come first (origin, size, number of fields)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        if request.method != "POST" or _is_api(request):
            return None
        texts = (text for name, values in request.POST.lists() for text in (name, *values))
        names = (file.name or "" for _, files in request.FILES.lists() for file in files)
        if any("\0" in text for text in (*texts, *names)):
            return errors.answer(request, 400, "填写的内容中有无法识别的字符（NUL），请删去后重新提交。")
        return None


def one_day(get_response: Handler) -> Handler:
    """A page that only reads asks for the day and the calendar once."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return get_response(request)
        with clock.asked_once(), calendar.asked_once():
            return get_response(request)

    return middleware


def _body_has_nul(request: HttpRequest) -> bool:
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return False  # too big anyway: the parser refuses it before reading
    return b"\\u0000" in request.body or b"\0" in request.body


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def response_headers(get_response: Handler) -> Handler:
    """Headers that the security middlewares don't set, a page for an empty 405, nothing personal in caches."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and (not response.content or _is_api(request)):
            before = errors.page_before(request)
            if request.method == "GET" and before is not None and before.path == settings.LOGIN_URL:
                return redirect(errors.above(request.path))
            allowed = response["Allow"]
            response = errors.answer(request, 405)
            response["Allow"] = allowed
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def signed_out(get_response: Handler) -> Handler:
    """A session ended while somebody was typing: a script is told so, a person finds the way back to the page.

    A script would follow the way to the sign-in page and take its 200 for an answer.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 302 or urlsplit(response["Location"]).path != settings.LOGIN_URL:
            return response
        if errors.wants_problem(request):
            return errors.answer(
                request,
                401,
                "登录已过期，刚才的内容没有保存。请在新窗口登录后再继续，本页内容不会丢失。",
                code="not_signed_in",
            )
        if request.method != "POST":
            return response
        messages.warning(request, "登录已过期，刚才提交的内容没有记录。请登录后重新填写、提交。")
        return redirect_to_login(_page_of(request), settings.LOGIN_URL)

    return middleware


def _page_of(request: HttpRequest) -> str:
    """The page of ours that a form was sent from, or else its own address.

    A refused form is shown again at the address that takes it: whoever signs in and is sent there with GET goes on
    to the page above it.
    """
    came_from = errors.page_before(request)
    if came_from is None:
        return request.get_full_path()
    return came_from._replace(scheme="", netloc="", fragment="").geturl()


class DomainErrors:
    """A service refused: say so with its own words and status. Views never catch these to hide them."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            return errors.from_domain_error(request, exception)
        return None
