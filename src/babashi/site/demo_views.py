"""Pages of the demo: the clock and the guided tour. Not even routed outside demo mode."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from babashi.site import demo, demo_clock, demo_tour


@require_POST
def clock(request: HttpRequest) -> HttpResponse:
    """前进一天 and 到下一期限."""
    to_deadline = request.POST.get("to") == "deadline"
    moved = demo_clock.advance_to_next_deadline() if to_deadline else demo_clock.advance_day()
    what = "；".join(moved.done) or "没有到期的事情"
    messages.success(
        request, f"现在是 {moved.day.year}年{moved.day.month}月{moved.day.day}日（{moved.reason}）：{what}。"
    )
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    return redirect(target)


@require_safe
def tour(request: HttpRequest) -> HttpResponse:
    """The journey in ten steps, with who does each."""
    return render(
        request,
        "site/demo/tour.html",
        {
            "steps": demo_tour.TOUR,
            "password": demo.PASSWORD,
            "people": demo.people(),
            "trial": demo.is_trial(),
        },
    )
