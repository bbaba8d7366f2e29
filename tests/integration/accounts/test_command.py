"""``babashi accounts``: how the first people of a district get their accounts and posts, without a program."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from babashi.accounts import cli, services
from babashi.accounts.errors import Invalid
from babashi.accounts.models import Department, Post, Role, User
from babashi.audit.models import AuditEntry
from babashi.cli import main

pytestmark = pytest.mark.django_db
SECRET = "xinquan-Guanli-77"


@pytest.fixture(autouse=True)
def at_the_terminal(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    settings.EMBEDDED_POSTGRES = None  # the tests' database runs already
    monkeypatch.setattr(cli, "getpass", lambda prompt: SECRET)
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)


def run(*words: str) -> int:
    return main(["accounts", *words])


def test_the_first_administrator_can_open_the_desk_of_accounts(capsys) -> None:
    assert run("add", "wangwu", "--name", "王五", "--post", "区政务局/系统管理") == 0
    said = capsys.readouterr().out
    assert "王五" in said
    assert "区政务局“系统管理”" in said
    client = Client()
    client.force_login(User.objects.get(username="wangwu"))
    assert client.get("/desk/accounts/").status_code == 200
    assert User.objects.get(username="wangwu").check_password(SECRET)
    acts = list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))
    assert acts == ["accounts.registered", "accounts.department_made", "accounts.appointed"]


def test_several_posts_and_a_role_by_its_id_and_later_ones() -> None:
    assert (
        run("add", "lisi", "--name", "李四", "--post", "区科技局/受理", "--post", "区科技局/first_reviewer")
        == 0
    )
    assert run("appoint", "lisi", "区统计局/企业档案管理") == 0
    assert run("dismiss", "lisi", "区科技局/受理") == 0
    held = set(Post.objects.filter(user__username="lisi").values_list("department__name", "role"))
    assert held == {("区科技局", "first_reviewer"), ("区统计局", "registrar")}


def test_a_post_that_excludes_another_makes_no_account_at_all(capsys) -> None:
    assert (
        run("add", "zhao", "--name", "赵六", "--post", "区财政局/审定", "--post", "区财政局/财政核对与拨付")
        == 2
    )
    assert "不能由同一人担任" in capsys.readouterr().err
    assert not User.objects.filter(username="zhao").exists()
    assert not Department.objects.exists()


def test_what_is_typed_wrongly_is_told_with_what_to_write(capsys) -> None:
    assert run("add", "zhao", "--name", "赵六", "--post", "区财政局") == 2
    assert "单位/岗位" in capsys.readouterr().err
    assert run("add", "zhao", "--name", "赵六", "--post", "区财政局/局长") == 2
    said = capsys.readouterr().err
    assert "没有“局长”这个岗位" in said
    assert "财政核对与拨付" in said
    assert run("appoint", "nobody", "区财政局/审定") == 2
    assert "没有用户 nobody" in capsys.readouterr().err
    assert run("dismiss", "nobody", "区财政局/审定") == 2
    assert not User.objects.exists()


def test_passwords_are_asked_twice_and_have_to_agree(monkeypatch, capsys) -> None:
    answers = iter([SECRET, SECRET + "x"])
    monkeypatch.setattr(cli, "getpass", lambda prompt: next(answers))
    assert run("add", "wangwu", "--name", "王五") == 2
    assert "两次输入的密码不一样" in capsys.readouterr().err


def test_a_forgotten_password_is_replaced_and_recorded() -> None:
    user = User.objects.create(username="wangwu", display_name="王五")
    assert run("password", "wangwu") == 0
    user.refresh_from_db()
    assert user.check_password(SECRET)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_id) == ("accounts.password_replaced", str(user.pk))


def test_the_list_names_everybody_with_a_post(capsys) -> None:
    assert run("list") == 0
    assert "还没有" in capsys.readouterr().err
    run("add", "wangwu", "--name", "王五", "--post", "区政务局/系统管理")
    capsys.readouterr()
    assert run("list") == 0
    assert capsys.readouterr().out == "wangwu\t王五\t区政务局 系统管理\n"


def test_a_department_that_no_policy_names_is_made_by_the_administrator() -> None:
    """区财政局 pays although the notice doesn't name it."""
    run("add", "wangwu", "--name", "王五", "--post", "区政务局/系统管理")
    admin, user = User.objects.get(), User.objects.create(username="qian", display_name="钱七")
    client = Client()
    client.force_login(admin)
    page = f"/desk/accounts/{user.pk}/"
    answer = client.post(
        f"{page}appoint/", {"department": "", "new_department": " 区财政局 ", "role": "finance"}, follow=True
    )
    assert answer.redirect_chain == [(page, 302)]
    assert Post.objects.get(user=user).department.name == "区财政局"
    again = client.post(f"{page}appoint/", {"new_department": "区财政局", "role": "coordinator"}, follow=True)
    assert again.redirect_chain == [(page, 302)]
    assert Department.objects.filter(name="区财政局").count() == 1
    for wrong in ({"role": "finance"}, {"new_department": "局", "role": "finance"}):
        assert client.post(f"{page}appoint/", wrong).status_code == 422


def test_a_department_has_a_name_of_two_to_forty_characters() -> None:
    for name in ("", "局", "局" * 41, "区财政局/审定"):
        with pytest.raises(Invalid):
            services.make_department(name, by=None)
    assert services.make_department("区 财政局", by=None) == services.make_department("区财政局", by=None)
    assert Role.FINANCE.label == "财政核对与拨付"


@pytest.mark.parametrize(
    ("command", "arguments", "instead"),
    [
        (
            "createsuperuser",
            ["--noinput", "--username", "root", "--email", "r@example.test"],
            "babashi accounts add",
        ),
        ("createsuperuser", [], "babashi accounts appoint"),
        ("changepassword", ["zhang"], "babashi accounts password"),
    ],
)
def test_commands_of_django_that_would_mislead_say_what_to_use_instead(
    command, arguments, instead, monkeypatch
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", SECRET)
    User.objects.create_user(username="zhang", password=SECRET)
    with pytest.raises(CommandError, match=instead):
        call_command(command, *arguments)
    assert list(User.objects.values_list("username", flat=True)) == ["zhang"]
