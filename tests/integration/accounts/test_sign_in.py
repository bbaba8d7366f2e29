"""Signing in, making an account, changing the password."""

import pytest
from django.test import Client

from babashi.accounts.forms import RegisterForm
from babashi.accounts.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-77"


@pytest.fixture
def person() -> User:
    return User.objects.create_user(username="zhang", display_name="张三", password=PASSWORD)


def test_a_wrong_password_is_explained(person) -> None:
    answer = Client().post("/sign-in/", {"username": "zhang", "password": "wrong"})
    assert "用户名或密码不对" in answer.content.decode()
    assert not answer.wsgi_request.user.is_authenticated


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [("https://evil.test/", "/"), ("//evil.test/", "/"), ("javascript:a()", "/"), ("/account/", "/account/")],
)
def test_next_stays_in_the_house(person, target, goes_to) -> None:
    data = {"username": "zhang", "password": PASSWORD, "next": target}
    answer = Client().post("/sign-in/", data)
    assert (answer.status_code, answer["Location"]) == (302, goes_to)


@pytest.mark.parametrize(
    ("mode", "is_demo", "status"), [(True, True, 302), (True, False, 404), (False, True, 404)]
)
def test_demo_sign_in_is_for_demo_accounts_in_demo_mode(person, settings, mode, is_demo, status) -> None:
    settings.BABASHI_DEMO = mode
    User.objects.filter(pk=person.pk).update(is_demo=is_demo)
    client = Client()
    assert client.post("/sign-in/demo/", {"username": "zhang"}).status_code == status
    assert ("_auth_user_id" in client.session) is (status == 302)


def test_the_hint_for_user_names_says_what_the_rule_is() -> None:
    field = RegisterForm().fields["username"]
    assert field.max_length == 40
    assert "3至40" in field.help_text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "ab"),
        ("username", "ZHANG"),
        ("username", "a" * 41),
        ("phone", "12"),
        ("password", "short"),
    ],
)
def test_registration_says_beside_the_field_what_is_wrong(person, field, value) -> None:
    data = {"username": "newone", "display_name": "李四", "phone": "", "password": PASSWORD, field: value}
    answer = Client().post("/register/", data)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert User.objects.count() == 1


def test_the_password_changes_only_with_the_old_one(person) -> None:
    client = Client()
    client.force_login(person)
    wrong = client.post("/account/", {"password_old": "no", "password_new": "another-horse-88"})
    assert wrong.status_code == 422
    assert "原密码不对" in wrong.content.decode()
    assert (
        client.post("/account/", {"password_old": PASSWORD, "password_new": "another-horse-88"}).status_code
        == 302
    )
    person.refresh_from_db()
    assert person.check_password("another-horse-88")
    assert client.get("/account/").status_code == 200
