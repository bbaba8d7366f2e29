"""One place turns whatever goes wrong into an answer that says what to do.

A person gets a page, a program (address below `/api/`, or a partial request of a page) gets a problem
document as RFC 9457 describes it.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from babashi.audit.errors import DomainError

log = logging.getLogger(__name__)

TITLES = {
    400: "请求有误",
    401: "请先登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这种操作",
    409: "现在不能这样做",
    410: "已经失效",
    413: "内容太大",
    415: "不支持这种内容",
    422: "填写的内容需要修改",
    429: "操作太频繁",
    500: "系统出错了",
    503: "服务暂时不可用",
}
ADVICE = {
    400: "请返回上一页，先复制您填写的内容，再刷新页面重试。",
    401: "登录后可以继续。",
    403: "您的账号不能查看或办理这一项。如果这是您的工作，请联系系统管理人员分配角色。",
    404: "网址可能写错了，或者内容已经移走。可以从首页重新查找。",
    405: "请从页面上的按钮进行操作。",
    409: "情况可能已经变化。请刷新页面，看看最新的状态。",
    410: "可以从首页看看现在有哪些政策。",
    413: "每个文件不超过 20 MB。请压缩后再上传。",
    422: "请返回上一页修改。您填写的内容没有丢失。",
    429: "请稍等一会儿再试。",
    500: "不是您的操作有误。已经填写并自动保存的内容不会丢失，请稍后再试；问题仍在时请拨打服务热线。",
    503: "系统正在恢复，请过一会儿再试。已经自动保存的内容不会丢失。",
}


def wants_problem(request: HttpRequest) -> bool:
    """Whether the answer goes to a program rather than to a person."""
    partial = request.headers.get("HX-Request") == "true"
    return (
        request.path.startswith("/api/") or partial or request.headers.get("X-Requested-With") == "autosave"
    )


def problem_json(
    status: int, detail: str = "", *, code: str = "", fields: dict[str, list[str]] | None = None
) -> JsonResponse:
    """The error envelope of RFC 9457."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "出错了"),
        "status": status,
        "detail": detail or ADVICE.get(status, ""),
    }
    if code:
        content["code"] = code
    if fields:
        content["errors"] = fields
    return JsonResponse(
        content,
        status=status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def answer(
    request: HttpRequest,
    status: int,
    detail: str = "",
    *,
    code: str = "",
    fields: dict[str, list[str]] | None = None,
) -> HttpResponse:
    """The error as a page or as a problem document, whichever the request is for."""
    if wants_problem(request):
        return problem_json(status, detail, code=code, fields=fields)
    context = {
        "status": status,
        "heading": TITLES.get(status, "出错了"),
        "detail": detail,
        "advice": ADVICE.get(status, ""),
        "fields": fields or {},
        "above": _way_back(request, status),
    }
    return render(request, "site/error.html", context, status=status)


def _way_back(request: HttpRequest, status: int) -> str:
    """The page to look at again: above an address that only takes forms, or where something has changed meanwhile.

    Not where something typed has to be mended: a fresh page would not have it any more.
    """
    if status == 405 and request.method == "GET":
        return above(request.path)
    before = page_before(request) if status == 409 and request.method == "POST" else None
    return before._replace(scheme="", netloc="", fragment="").geturl() if before else ""


def page_before(request: HttpRequest) -> SplitResult | None:
    """The page of ours that led here; None when another site did, or nobody says."""
    try:
        before = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return None
    return before if before.netloc == request.get_host() and before.path else None


def above(path: str) -> str:
    """The page that an address belongs to which only takes forms: the one above it."""
    return path.rstrip("/").rpartition("/")[0] + "/"


def from_domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A refusal of a service function: its own words, its own status."""
    return answer(
        request, error.status, error.message, code=error.code, fields=getattr(error, "field_errors", None)
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return answer(request, 413, "提交的内容太大。")
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        return answer(request, 413, "一次提交的项目太多，请分几次提交。")
    return answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answer(
        request,
        403,
        "页面已经过期，或浏览器没有开启 Cookie。请返回上一页，先复制您填写的内容，再刷新页面，粘贴后重新提交。",
        code="csrf",
    )


def locked_out(request: HttpRequest, *arguments: Any, **more: Any) -> HttpResponse:
    """Too many wrong passwords (django-axes)."""
    return answer(
        request, 429, "密码输错次数太多，请 15 分钟后再试，或在登录页点“忘记密码”。", code="locked_out"
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke. The page needs no database and no session: those may be what broke."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)  # the database, and it comes back
    status = 503 if away else 500
    if wants_problem(request):
        response: HttpResponse = problem_json(status)
    else:
        page = render_to_string("site/500.html", {"heading": TITLES[status], "advice": ADVICE[status]})
        response = HttpResponse(page, status=status)
    if away:
        response["Retry-After"] = "10"
    return response
