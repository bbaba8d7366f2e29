"""Hostile form values get an answer that says what is wrong, never a 500."""

import pytest
from django.test import Client

from babashi.accounts.models import Department, Post, Role, User

NUL, DIGITS = "测试\0文本文本", "9" * 5000


@pytest.fixture
def client(db: None) -> Client:
    """An enterprise's person who is a first reviewer and registrar too: gets past every door below."""
    user = User.objects.create(username="everybody")
    home = Department.objects.create(name="区经济信息委", district="500113")
    for role in (Role.FIRST_REVIEWER, Role.REGISTRAR):
        Post.objects.create(user=user, department=home, role=role)
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/sign-in/demo/", {"username": NUL}),
        ("/inbox/settings/", {"uscc": NUL}),
        ("/desk/cases/batch/", {"task": DIGITS}),
        ("/desk/register/fill/interest_subsidy_other_category/", {"expected": DIGITS, "value": "no"}),
    ],
)
def test_hostile_values_are_refused(client: Client, address: str, fields: dict[str, str]) -> None:
    assert client.post(address, fields).status_code < 500
