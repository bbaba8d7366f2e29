"""The administrators' desk of accounts, and the page of the audit log."""

import json
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client

from babashi.accounts import services
from babashi.accounts.models import Post, Role, User
from babashi.audit.models import AuditEntry
from babashi.workdays import clock
from tests.integration.money_world import department, official

pytestmark = pytest.mark.django_db


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin() -> User:
    return official(Role.ADMINISTRATOR, "演示管理员")


def newcomer(name: str = "newcomer") -> User:
    return User.objects.create(username=name, display_name="新来的人")


def test_appointing_and_dismissing_is_carried_out_and_recorded(admin) -> None:
    user, place = newcomer(), department("区经济信息委")
    page = f"/desk/accounts/{user.pk}/"
    answer = as_user(admin).post(f"{page}appoint/", {"department": place.pk, "role": "acceptor"}, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert "已任命新来的人为区经济信息委“受理”" in answer.content.decode()
    post = Post.objects.get(user=user)
    assert (post.department, post.role) == (place, "acceptor")
    answer = as_user(admin).post(f"/desk/accounts/posts/{post.pk}/dismiss/", follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert not Post.objects.filter(user=user).exists()
    acts = AuditEntry.objects.order_by("sequence").values_list("action", "actor_label")
    assert list(acts) == [("accounts.appointed", "演示管理员"), ("accounts.dismissed", "演示管理员")]
    assert as_user(admin).post(f"/desk/accounts/posts/{post.pk}/dismiss/").status_code == 404


def test_a_post_begins_by_the_one_clock() -> None:
    moment = datetime(2022, 8, 3, 9, 30, tzinfo=clock.ZONE)
    with clock.frozen(moment):
        user = newcomer()
        post = services.appoint(user, department(), Role.FINANCE, by=None)
    post.refresh_from_db()
    user.refresh_from_db()
    assert (post.since, user.date_joined) == (moment, moment)


def test_roles_that_exclude_each_other_are_refused_beside_the_field(admin) -> None:
    payer = official(Role.FINANCE, "演示财政")
    data = {"department": department().pk, "role": "approver"}
    answer = as_user(admin).post(f"/desk/accounts/{payer.pk}/appoint/", data)
    assert answer.status_code == 422
    assert "不能由同一人担任" in answer.content.decode()
    assert [post.role for post in payer.posts.all()] == ["finance"]


@pytest.mark.parametrize("data", [{}, {"department": "999999", "role": "acceptor"}, {"role": "king"}])
def test_half_filled_appointments_are_explained(admin, data) -> None:
    answer = as_user(admin).post(f"/desk/accounts/{newcomer().pk}/appoint/", data)
    assert answer.status_code == 422
    assert "请" in answer.context["form"].errors.as_text()
    assert Post.objects.count() == 1


def test_nobody_appoints_or_dismisses_himself(admin) -> None:
    client, own = as_user(admin), admin.posts.get()
    page = client.get(f"/desk/accounts/{admin.pk}/").content.decode()
    assert "不能任免自己的岗位" in page
    assert "/dismiss/" not in page
    data = {"department": department().pk, "role": "registrar"}
    assert client.post(f"/desk/accounts/{admin.pk}/appoint/", data).status_code == 403
    assert client.post(f"/desk/accounts/posts/{own.pk}/dismiss/").status_code == 403
    assert admin.posts.get() == own


def test_the_list_is_searched_by_person_department_and_role(admin) -> None:
    official(Role.FINANCE, "甲财政", "区财政局")
    official(Role.ACCEPTOR, "乙受理", "区科技局")
    newcomer()
    client = as_user(admin)

    def names(**query: str) -> set[str]:
        client.get("/desk/accounts/?clear=1")
        return {str(user) for user in client.get("/desk/accounts/", query).context["page"]}

    assert names() == {"演示管理员", "甲财政", "乙受理"}
    assert names(q="科技") == {"乙受理"}
    assert names(role="finance") == {"甲财政"}
    assert names(who="all") == {"演示管理员", "甲财政", "乙受理", "新来的人"}
    lines = (
        client.get("/desk/accounts/", {"export": "csv", "q": "科技"}).content.decode("utf-8-sig").splitlines()
    )
    assert lines[1] == "乙受理,乙受理,区科技局 受理,启用"


def test_an_auditor_reads_the_person_but_sees_no_buttons(admin) -> None:
    page = as_user(official(Role.AUDITOR)).get(f"/desk/accounts/{admin.pk}/")
    assert page.status_code == 200
    assert "/dismiss/" not in page.content.decode()
    assert "/appoint/" not in page.content.decode()


def _acts(admin: User) -> User:
    user = newcomer()
    post = services.appoint(user, department("区科技局"), "acceptor", by=admin)
    services.dismiss(post, by=admin)
    services.appoint(user, department("区科技局"), "registrar", by=None)
    return user


def test_the_log_is_searched_and_shows_its_details(admin) -> None:
    _acts(admin)
    client = as_user(official(Role.AUDITOR))
    answer = client.get("/desk/audit/")
    assert [entry.action for entry in answer.context["page"]] == [
        "accounts.appointed", "accounts.dismissed", "accounts.appointed",
    ]  # fmt: skip
    assert "区科技局" in answer.content.decode()

    def found(**query: str) -> list[int]:
        client.get("/desk/audit/?clear=1")
        return [entry.sequence for entry in client.get("/desk/audit/", query).context["page"]]

    assert found(q="dismissed") == [2]
    assert found(q="系统") == [3]
    assert found(part="accounts", sort="sequence") == [1, 2, 3]
    assert found(part="payments") == []
    day = AuditEntry.objects.get(sequence=1).at.date().isoformat()
    assert len(found(since=day)) == 3
    assert found(until="2000-01-01") == []
    assert len(found(since="不是日期")) == 3
    client.get("/desk/audit/?clear=1")
    rows = client.get("/desk/audit/", {"export": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(rows) == 4
    assert (
        json.dumps({"department": "区科技局", "role": "registrar"}, ensure_ascii=False).replace('"', '""')
        in rows[1]
    )


def test_verifying_tells_a_whole_log_from_a_touched_one(admin) -> None:
    _acts(admin)
    client = as_user(official(Role.AUDITOR))
    whole = client.get("/desk/audit/verify/")
    assert "共 3 条" in whole.content.decode()
    anchor = whole.context["report"].anchor
    assert "日志完整" in client.get("/desk/audit/verify/", {"anchor": anchor}).content.decode()
    ahead = anchor.replace("3:", "9:", 1)
    assert "末尾被删" in client.get("/desk/audit/verify/", {"anchor": ahead}).content.decode()
    wrong = client.get("/desk/audit/verify/", {"anchor": "abc"})
    assert wrong.status_code == 422
    assert "锚点应写成" in wrong.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE audit_auditentry SET actor_label = '别人' WHERE sequence = 2")
        cursor.execute("SET LOCAL session_replication_role = origin")
    touched = client.get("/desk/audit/verify/").content.decode()
    assert "日志有问题" in touched
    assert "第 2 条：内容与摘要不符" in touched


def test_the_log_speaks_chinese_and_keeps_the_names_of_the_machine(admin) -> None:
    _acts(admin)
    client = as_user(official(Role.AUDITOR))
    page = client.get("/desk/audit/").content.decode()
    assert "免去岗位" in page
    assert "accounts.dismissed" in page
    found = client.get("/desk/audit/", {"q": "免去岗位"}).context["page"]
    assert [entry.action for entry in found] == ["accounts.dismissed"]
    client.get("/desk/audit/?clear=1")
    rows = client.get("/desk/audit/", {"export": "csv"}).content.decode("utf-8-sig").splitlines()
    assert rows[0].split(",")[4:6] == ["动作", "动作代码"]
    assert sum(",任命岗位,accounts.appointed," in row for row in rows[1:]) == 2
