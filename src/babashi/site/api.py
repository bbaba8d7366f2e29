"""The public interface: one OpenAPI description, one error envelope (RFC 9457), each app's own router.

An app that offers something has `api.py` with `router`; it is mounted without a prefix.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.openapi.docs import Swagger

from babashi.audit.errors import DomainError
from babashi.site import errors, health


class Problem(Schema):
    """An error as RFC 9457 describes it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    code: str = ""
    errors: dict[str, list[str]] = {}


class Health(Schema):
    status: str
    database: bool
    version: str


api = NinjaAPI(
    title="巴巴实开放接口",
    version="1.0.0",
    description="政策、匹配与服务状态。错误按 RFC 9457（application/problem+json）返回，说明为中文。",
    docs=Swagger(settings={"tryItOutEnabled": True}),
    docs_url="/docs",
    urls_namespace="api",
)


@api.get("/healthz", response={200: Health, 503: Health}, summary="服务是否正常", tags=["服务"])
def healthz(request: HttpRequest) -> tuple[int, dict[str, Any]]:
    state = health.state()
    return (200 if state["database"] else 503), state


@api.exception_handler(DomainError)
def domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    return errors.from_domain_error(request, error)


@api.exception_handler(ValidationError)
def validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    found: dict[str, list[str]] = {}
    for item in error.errors:
        place = ".".join(str(part) for part in item.get("loc", ())[1:]) or "body"
        found.setdefault(place, []).append(str(item.get("msg", "")))
    return errors.problem_json(
        422, "请求的参数不符合要求，请按 errors 中的说明修改。", code="invalid", fields=found
    )


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return errors.problem_json(404, "没有找到所请求的内容。", code="not_found")


@api.exception_handler(AuthenticationError)
def not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return errors.problem_json(401, "请先登录。", code="not_signed_in")


@api.exception_handler(Throttled)
def throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
    response = errors.problem_json(429, "请求过于频繁，请稍后再试。", code="throttled")
    if error.wait:
        response["Retry-After"] = str(max(1, round(error.wait)))
    return response


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    detail = "请求的内容不是有效的 JSON，请检查格式。" if error.status_code == 400 else str(error)
    return errors.problem_json(error.status_code, detail, code="bad_request")


for _name in settings.JOURNEY:
    if find_spec(f"babashi.{_name}.api") is not None:
        api.add_router("", import_module(f"babashi.{_name}.api").router)
