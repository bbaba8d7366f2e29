"""Pages lead on to one another: what a page speaks of can be reached from it, and says what it is in plain words."""

from __future__ import annotations

import pytest
from django.test import Client

from babashi.accounts.models import Role, User
from babashi.applications.models import Application
from babashi.reviews import services as reviews
from tests.integration import case_world as world

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db: None) -> dict[str, User]:
    world.publish()
    return world.staff()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.fixture
def on_notice(people: dict[str, User]) -> tuple[Application, User]:
    """A case on public notice with less than its ceiling, and its applicant."""
    case, person = world.submitted()
    world.walk(case, people, "publicity")
    return case, person


def test_the_state_of_the_money_is_linked(people: dict[str, User]) -> None:
    for path in ("/", "/publicity/", f"/policies/{world.SCALE_UP}/"):
        assert 'href="/budget/"' in page(Client(), path), path


def test_progress_leads_to_receipt_notice_and_telephone(on_notice: tuple[Application, User]) -> None:
    case, person = on_notice
    entry = case.publicity_entries.select_related("notice").get()
    shown = page(signed_in(person), f"/progress/{case.public_id}/")
    assert f'href="/applications/{case.public_id}/receipt/"' in shown
    assert f'href="/publicity/{entry.notice.number}/"' in shown
    assert "公示金额" in shown
    assert 'href="tel:66238039"' in shown
    assert "受理通过" in shown
    for clumsy in ("环节通过", "公示：开始公示"):
        assert clumsy not in shown


def test_telephone_numbers_can_be_dialled(people: dict[str, User]) -> None:
    owner = world.enterprise()
    client = signed_in(world.member(owner))
    for path in (
        f"/match/{owner.uscc}/",
        f"/applications/new/{world.SCALE_UP}/",
        f"/policies/{world.SCALE_UP}/",
    ):
        assert 'href="tel:66238039"' in page(client, path), path


def test_public_notices_name_whom_they_are_about(on_notice: tuple[Application, User]) -> None:
    case, _ = on_notice
    assert case.enterprise.name in page(Client(), "/publicity/")


def test_a_notice_taken_down_has_no_days_left(on_notice: tuple[Application, User]) -> None:
    case, person = on_notice
    reviews.withdraw_and_close(case, by=person, reason="")
    shown = page(signed_in(world.official(Role.FIRST_REVIEWER)), "/desk/publicity/")
    assert "还剩" not in shown


def test_feedback_leads_to_the_case(people: dict[str, User]) -> None:
    from babashi.feedback import services as feedback

    case, person = world.submitted()
    feedback.complain(case, "材料已经交过两次", by=person)
    shown = page(signed_in(world.official(Role.COORDINATOR, "区发展改革委")), "/desk/feedback/")
    assert f'href="/desk/cases/{case.number}/"' in shown


def test_the_account_is_reached_from_every_page(people: dict[str, User]) -> None:
    """Else nobody finds where to change the password."""
    for user in (people["approval"], world.member(world.enterprise())):
        assert 'href="/account/"' in page(signed_in(user), "/")
    assert 'href="/account/"' not in page(Client(), "/")


def test_a_new_account_is_asked_plainly(db: None) -> None:
    shown = page(Client(), "/register/")
    assert shown.count("选填") == 1
    assert "可不填" not in shown
    for kind in ('autocomplete="username"', 'type="tel"', 'autocomplete="new-password"'):
        assert kind in shown, kind


def test_help_says_until_when_one_may_withdraw(db: None) -> None:
    shown = page(Client(), "/help/")
    assert "审定前可以撤回" in shown
    assert "忘记密码" in shown


def test_what_was_withdrawn_can_be_applied_for_again(people: dict[str, User]) -> None:
    """The receipt promises it; the way leads from the progress page."""
    case, person = world.submitted()
    reviews.withdraw_and_close(case, by=person, reason="")
    shown = page(signed_in(person), f"/progress/{case.public_id}/")
    assert f'href="/applications/new/{world.SCALE_UP}/?uscc={case.enterprise.uscc}">重新申报' in shown


def test_a_batch_of_nothing_leads_back_to_the_list(people: dict[str, User]) -> None:
    answer = signed_in(people["finance-check"]).post("/desk/payments/batch/", follow=True)
    assert answer.redirect_chain == [("/desk/payments/", 302)]
    assert "请先勾选" in answer.content.decode()


def test_the_whole_notice_can_be_read(people: dict[str, User]) -> None:
    shown = page(Client(), f"/policies/{world.PACK}/")
    assert "通知全文" in shown
    assert "各镇人民政府、街道办事处" in shown
    assert f'/policies/{world.PACK}/#notice"' in page(Client(), f"/policies/{world.SCALE_UP}/")


def test_home_starts_with_ones_own_enterprise(people: dict[str, User]) -> None:
    owner = world.enterprise()
    shown = page(signed_in(world.member(owner)), "/")
    own, others = f'class="btn btn-primary" href="/match/{owner.uscc}/"', "查一查</button>"
    assert shown.index(own) < shown.index(others)
    assert "不登录" not in shown
