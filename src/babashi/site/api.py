"""The public interface: one OpenAPI description, one error envelope (RFC 9457), each app's own router.

An app that offers something has `api.py` with `router`; it is mounted without a prefix.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema, Status
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.openapi.docs import Swagger
from ninja.parser import Parser

from babashi.audit.errors import DomainError
from babashi.matching.api_schema import DATE
from babashi.site import errors, health
from babashi.unseen import seen_throughout


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


PROBLEM_JSON = "application/problem+json"
EVERYWHERE = {
    "400": "请求不是有效的 JSON，或含有无法识别的字符",
    "404": "没有找到",
    "405": "不支持这种方法",
    "413": "请求太大",
    "422": "参数不符合要求，errors 里逐项说明",
    "429": "请求过于频繁，请按 Retry-After 等待",
    "500": "系统出错了",
}


class SeenBodies(Parser):
    """What a program sends was often copied by a person: signs that nobody sees are taken out, as in forms."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        content: dict[str, Any] = seen_throughout(super().parse_body(request))
        return content


class OpenApi(NinjaAPI):
    """Every operation may answer with a problem document: said once here instead of at each of them."""

    def get_openapi_schema(self, **options: Any) -> Any:
        schema = super().get_openapi_schema(**options)
        components = schema.setdefault("components", {}).setdefault("schemas", {})
        components["Problem"] = Problem.json_schema()
        content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for operations in schema["paths"].values():
            for operation in operations.values():
                # an operation's parameter model is strict; its schema says so in the parameters themselves
                for status, words in EVERYWHERE.items():
                    operation["responses"].setdefault(status, {"description": words, "content": content})
        return schema


api = OpenApi(
    title="巴巴实开放接口",
    version="1.0.0",
    description="政策、匹配与服务状态。错误按 RFC 9457（application/problem+json）返回，说明为中文。",
    docs=Swagger(settings={"tryItOutEnabled": True}),
    docs_url="/docs",
    urls_namespace="api",
    parser=SeenBodies(),
)


@api.get("/healthz", response={200: Health, 503: Health}, summary="服务是否正常", tags=["服务"])
def healthz(request: HttpRequest) -> Status[dict[str, Any]]:
    state = health.state()
    return Status(200 if state["database"] else 503, state)


@api.exception_handler(DomainError)
def domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    return errors.from_domain_error(request, error)


WRONG = {
    "missing": "必填",
    "extra_forbidden": "没有这一项，请删去或核对名称",
    "string_type": "应为文本",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "float_type": "应为数字",
    "bool_type": "应为 true 或 false",
    "list_type": "应为数组",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "dict_type": "应为对象",
    "string_pattern_mismatch": "格式不对，应符合 {pattern}",
    "string_too_long": "太长，最多 {max_length} 个字符",
    "too_long": "太多，最多 {max_length} 项",
    "greater_than_equal": "太小，最小为 {ge}",
    "less_than_equal": "太大，最大为 {le}",
    "less_than": "太大，应小于 {lt}",
    "literal_error": "只能是 {expected}",
}


def _wrong(item: dict[str, Any]) -> str:
    """One mistake in Chinese, with what is expected."""
    template = WRONG.get(str(item.get("type")), "不符合要求")
    if (item.get("ctx") or {}).get("pattern") == DATE:
        return "应为日期，如 2022-03-01"
    context = {name: str(value).replace(" or ", "、") for name, value in (item.get("ctx") or {}).items()}
    try:
        return template.format(**context)
    except KeyError:
        return "不符合要求"


@api.exception_handler(ValidationError)
def validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    found: dict[str, list[str]] = {}
    for item in error.errors:
        place = ".".join(str(part) for part in item.get("loc", ())[1:])[:200] or "body"
        texts = found.setdefault(place, [])
        if (words := _wrong(item)) not in texts:
            texts.append(words)
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


def unknown_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Whatever else is asked for below `/api/`."""
    return errors.problem_json(404, "没有这个接口，请看 /api/docs。", code="not_found")


def docs(request: HttpRequest) -> HttpResponse:
    """The description of the interface to read and try; its scripts come from the installed package."""
    return Swagger(settings={"tryItOutEnabled": True}).render_page(request, api)
