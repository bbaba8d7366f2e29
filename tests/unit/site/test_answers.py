"""What the site answers: pages for people, problem documents for programs, headers on everything."""

import json

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from babashi.audit.errors import Conflict, Invalid
from babashi.site import errors, middleware, navigation

pytestmark = pytest.mark.django_db


def test_health_is_open_and_says_whether_the_database_answers(client: Client) -> None:
    for path in ("/healthz", "/api/v1/healthz"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.json()["database"] is True


def test_a_missing_page_is_a_page_for_people_and_a_problem_for_programs(client: Client) -> None:
    page = client.get("/no/such/page/")
    assert page.status_code == 404
    assert "没有找到" in page.content.decode()
    problem = client.get("/api/v1/no-such-thing")
    assert problem.status_code == 404
    assert problem["Content-Type"] == "application/problem+json"
    assert json.loads(problem.content)["status"] == 404
    assert client.get("/no/", headers={"HX-Request": "true"})["Content-Type"] == "application/problem+json"


def test_every_answer_carries_the_security_headers(client: Client) -> None:
    answer = client.get("/help/")
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]


def test_pages_of_signed_in_people_are_not_kept_in_caches(client: Client, django_user_model) -> None:
    assert "no-store" not in client.get("/help/").get("Cache-Control", "")
    client.force_login(django_user_model.objects.create_user("reader"))
    assert client.get("/help/")["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/help/?q=%00", "/policies/?q=a%00b"])
def test_a_nul_in_the_address_is_a_bad_request(client: Client, path: str) -> None:
    assert client.get(path).status_code == 400


def test_a_nul_in_a_body_for_the_api_is_a_bad_request(client: Client) -> None:
    answer = client.post("/api/v1/match", data='{"a": "\\u0000"}', content_type="application/json")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_a_wrong_method_gets_a_page_that_says_so(client: Client) -> None:
    answer = client.post("/help/")
    assert answer.status_code == 405
    assert "GET" in answer["Allow"]
    assert "不支持" in answer.content.decode()


def test_a_form_without_its_token_is_refused_in_chinese() -> None:
    answer = Client(enforce_csrf_checks=True).post("/large-type/")
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "页面已经过期" in page
    assert page.index("返回上一页") < page.index("先复制") < page.index("刷新"), (
        "refreshing loses what was typed"
    )


def test_a_body_that_is_too_large_is_413(client: Client) -> None:
    answer = client.post("/large-type/", {"next": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})
    assert answer.status_code in {
        302,
        413,
    }  # multipart fields count apart from files; urlencoded ones at once
    big = b"next=" + b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    answer = client.post("/large-type/", big, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413


@pytest.mark.parametrize("api", [True, False])
def test_a_refusal_of_a_service_keeps_its_words_and_status(api: bool) -> None:
    request = RequestFactory().get("/api/v1/x" if api else "/x/")
    request.COOKIES = {}
    refusal = Invalid("金额超过上限。", {"amount": ["不能超过 150万元。"]})
    handler = middleware.DomainErrors(lambda request: HttpResponse())
    answer = handler.process_exception(request, refusal)
    assert answer is not None
    assert answer.status_code == 422
    assert "150万元" in answer.content.decode()
    assert handler.process_exception(request, ValueError("x")) is None


def test_a_conflict_is_409_and_a_crash_500_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    request = RequestFactory().get("/api/v1/x")
    assert errors.from_domain_error(request, Conflict("已经提交。")).status_code == 409
    page = errors.server_error(RequestFactory().get("/x/"))
    assert page.status_code == 500
    assert "系统出错了" in page.content.decode()


def test_large_type_is_switched_by_a_cookie_and_returns_only_to_our_pages(client: Client) -> None:
    answer = client.post("/large-type/", {"next": "/help/"})
    assert answer["Location"] == "/help/"
    assert '<html lang="zh-CN" class="large-type">' in client.get("/help/").content.decode()
    assert client.post("/large-type/", {"next": "https://elsewhere.example/"})["Location"] == "/"
    assert 'large-type">' not in client.get("/help/").content.decode()


def test_no_template_or_script_breaks_the_content_policy() -> None:
    places = list((settings.PROJECT_DIR / "src").rglob("templates/**/*.html"))
    assert len(places) > 10
    for path in places:
        text = path.read_text("utf-8")
        if "/mail/" in str(path) or path.parent.name == "letters":
            continue
        assert ' style="' not in text, path
        assert "<style" not in text, path
        assert " onclick=" not in text, path
        assert "javascript:" not in text, path
        for chunk in text.split("<script")[1:]:
            assert "src=" in chunk.split(">")[0] or "application/json" in chunk.split(">")[0], path


def test_the_checks_find_demo_accounts_in_production(settings, django_user_model) -> None:
    django_user_model.objects.create_user("demo", is_demo=True)
    assert "babashi.E002" not in [found.id for found in run_checks(databases=["default"])]
    settings.BABASHI_DEMO = False
    assert "babashi.E002" in [found.id for found in run_checks(databases=["default"])]


def _menu(client_user: object, path: str = "/") -> dict[str, object]:
    request: HttpRequest = RequestFactory().get(path)
    request.user = client_user
    return navigation.for_request(request)


def test_officials_see_the_desk_and_enterprises_do_not(django_user_model) -> None:
    from babashi.accounts.models import Department, Post, Role

    official = django_user_model.objects.create_user("official")
    department = Department.objects.create(name="区财政局", district="500113")
    Post.objects.create(user=official, department=department, role=Role.FINANCE)
    enterprise = django_user_model.objects.create_user("clerk")
    assert _menu(enterprise)["desk"] == []
    labels = {link.label for link in _menu(official, "/desk/budget/")["desk"]}
    assert "预算" in labels
    assert "账号" not in labels


def test_the_models_and_their_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
