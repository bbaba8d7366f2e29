"""The site's own pages: health, help, type size, style guide."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from babashi.accounts.permissions import official
from babashi.site import health, navigation
from babashi.site.context import LARGE_COOKIE
from babashi.site.context import large_type as is_large
from babashi.site.styleguide import examples


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    state = health.state()
    return JsonResponse(
        state, status=200 if state["database"] else 503, json_dumps_params={"ensure_ascii": False}
    )


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it whatever a page says; the mark is an SVG."""
    return HttpResponseRedirect(static("babashi/mark.svg"))


def _back(request: HttpRequest) -> str:
    """Where the reader came from, if that is a page of ours."""
    wanted = request.POST.get("next", "/")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return "/"


@require_POST
def large_type(request: HttpRequest) -> HttpResponse:
    """Switch between normal and large type (适老); kept for a year in a cookie that says nothing else."""
    response = HttpResponseRedirect(_back(request))
    value = "0" if is_large(request) else "1"
    response.set_cookie(
        LARGE_COOKIE, value, max_age=365 * 86400, samesite="Lax", httponly=True, secure=settings.HTTPS
    )
    return response


@official()
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The front door of the desk: the first page of the reader's own menu."""
    menu = navigation.for_request(request)["desk"]
    return HttpResponseRedirect(menu[0].path)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "site/help.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "site/accessibility.html")


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component on one page; demo and debug only."""
    return render(request, "site/styleguide.html", examples(request))
