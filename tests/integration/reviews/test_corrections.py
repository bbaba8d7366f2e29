"""A correction that never came: officials see it and may close it, not before the time, and the way back stays open."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from tests.integration import case_world as world

from babashi.accounts.models import Role, User
from babashi.applications import services as applications
from babashi.applications.errors import Mistakes, OwnEnterprise, WrongState
from babashi.applications.flow import State, fold
from babashi.applications.models import Application
from babashi.applications.queries import correction_due, correction_grace_ends
from babashi.audit.errors import Conflict, NotAllowed
from babashi.audit.models import AuditEntry
from babashi.audit.services import verify
from babashi.budget.models import Reservation
from babashi.enterprises.models import Member
from babashi.outreach.models import Message
from babashi.reviews import services as reviews
from babashi.reviews.queries import awaited_corrections
from babashi.rules.chinese import date_text
from babashi.workdays.clock import now, set_demo_day, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(case: Application, people: dict[str, User]) -> Application:
    """A case whose correction is awaited since today."""
    asked = [{"ref": "first_above_scale_year", "note": "请上传证明"}]
    reviews.decide(world.task(case), "returned", by=people["acceptance"], opinion="证明不全", items=asked)
    case.refresh_from_db()
    return case


def after_the_grace(case: Application) -> date:
    end = correction_grace_ends(case)
    assert end is not None
    set_demo_day(end.day + timedelta(days=1))
    return today()


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_message_says_by_when_and_leads_to_the_form(waiting: Application) -> None:
    due = correction_due(waiting)
    assert due is not None
    message = Message.objects.get(kind="correction")
    assert f"请在{date_text(due.day)}前补正" in message.body.replace(" ", "")
    page = browser(User.objects.get(memberships__enterprise=waiting.enterprise)).get(f"/inbox/{message.pk}/")
    assert "去补正</a>" in page.content.decode()


def test_nothing_is_closed_before_the_grace_is_over(
    waiting: Application, people: dict[str, User], settings: pytest.FixtureRequest
) -> None:
    due, end = correction_due(waiting), correction_grace_ends(waiting)
    assert due is not None
    assert end is not None
    assert end.day > due.day
    settings.BABASHI_CORRECTION_GRACE_DAYS = 0  # type: ignore[attr-defined]
    assert correction_grace_ends(waiting) == due
    settings.BABASHI_CORRECTION_GRACE_DAYS = 5  # type: ignore[attr-defined]
    set_demo_day(end.day)
    with pytest.raises(Conflict, match="还不能"):
        reviews.lapse_correction(waiting, by=people["acceptance"])
    waiting.refresh_from_db()
    assert waiting.state == State.CORRECTION


def test_closing_says_why_holds_nothing_and_leaves_the_way_back_open(
    waiting: Application, people: dict[str, User]
) -> None:
    day = after_the_grace(waiting)
    closed = reviews.lapse_correction(waiting, by=people["acceptance"])
    assert (closed.state, closed.get_state_display()) == (State.LAPSED, "逾期未补正")
    assert closed.ended_at is not None
    assert closed.ended_at.date() <= day
    event = closed.events.get(kind="correction_lapsed")
    assert event.by == people["acceptance"]
    assert fold(closed.events.order_by("sequence").values_list("kind", flat=True)) == closed.state
    entry = AuditEntry.objects.get(action="applications.correction_lapsed")
    assert (entry.subject_id, entry.actor) == (closed.number, people["acceptance"])
    told = Message.objects.filter(enterprise=closed.enterprise).latest("pk")
    assert "逾期未补正" in told.subject
    assert "重新申报" in told.body
    assert told.link == f"/applications/new/{world.SCALE_UP}/?uscc={closed.enterprise.uscc}"
    assert not Reservation.objects.filter(reference=closed.number).exists()
    assert reviews.lapse_correction(waiting, by=people["acceptance"]).events.count() == closed.events.count()
    again, _ = world.submitted(of=closed.enterprise)
    assert again.pk != closed.pk
    assert again.state == State.IN_REVIEW
    assert verify().intact


def test_it_ends_the_case_for_everybody(waiting: Application, people: dict[str, User]) -> None:
    person = waiting.submitted_by
    assert person is not None
    saved = applications.save_draft(waiting, {**waiting.form, "note": "来晚了"}, waiting.revision, by=person)
    after_the_grace(waiting)
    reviews.lapse_correction(waiting, by=people["acceptance"])
    with pytest.raises(WrongState):
        reviews.withdraw_and_close(waiting, by=person)
    with pytest.raises(Conflict):
        reviews.cancel_correction(waiting, by=people["acceptance"], reason="改主意")
    with pytest.raises(DatabaseError, match="is over"), transaction.atomic():
        Application.objects.filter(pk=waiting.pk).update(state=State.IN_REVIEW)
    assert saved.number == waiting.number


def test_a_correction_may_still_come_until_somebody_closes_the_case(
    waiting: Application, people: dict[str, User]
) -> None:
    person = waiting.submitted_by
    assert person is not None
    after_the_grace(waiting)
    saved = applications.save_draft(waiting, {**waiting.form, "note": "来晚了"}, waiting.revision, by=person)
    reviews.resubmit_and_reopen(saved, revision=saved.revision, by=person)
    with pytest.raises(Conflict, match="没有待补正"):
        reviews.lapse_correction(waiting, by=people["acceptance"])
    assert world.task(waiting).stage == "acceptance"


def test_only_who_may_decide_there_closes(waiting: Application, people: dict[str, User]) -> None:
    after_the_grace(waiting)
    for other in ("first-review", "finance-check", "approval"):
        with pytest.raises(NotAllowed):
            reviews.lapse_correction(waiting, by=people[other])
    own = world.official(Role.ACCEPTOR)
    Member.objects.create(enterprise=waiting.enterprise, user=own, role="clerk", since=now())
    with pytest.raises(OwnEnterprise):
        reviews.lapse_correction(waiting, by=own)
    auditor = world.official(Role.AUDITOR, "区审计局")
    assert browser(auditor).get("/desk/cases/corrections/").status_code == 200
    assert browser(auditor).post(f"/desk/cases/{waiting.number}/lapse/").status_code == 403
    waiting.refresh_from_db()
    assert waiting.state == State.CORRECTION


def test_the_list_shows_what_is_late_and_closes_with_one_click(
    waiting: Application, people: dict[str, User]
) -> None:
    client, address = browser(people["acceptance"]), f"/desk/cases/{waiting.number}/lapse/"
    page = client.get("/desk/cases/corrections/").content.decode()
    assert str(waiting.number) in page
    assert address not in page
    assert "还剩" in page
    due = correction_due(waiting)
    assert due is not None
    set_demo_day(due.day + timedelta(days=1))
    page = client.get("/desk/cases/corrections/", {"late": "1"}).content.decode()
    assert "已逾期" in page
    assert address not in page
    after_the_grace(waiting)
    page = client.get("/desk/cases/corrections/", follow=True).content.decode()
    assert address in page
    assert address not in browser(people["first-review"]).get("/desk/cases/corrections/").content.decode()
    stranger = world.official(Role.ACCEPTOR, "区商务委")
    assert str(waiting.number) not in browser(stranger).get("/desk/cases/corrections/").content.decode()
    assert address in client.get(f"/desk/cases/{waiting.number}/").content.decode()
    answer = client.post(address, follow=True).content.decode()
    assert f"{waiting.number} 已按逾期未补正办结" in answer
    assert address not in answer
    case = client.get(f"/desk/cases/{waiting.number}/").content.decode()
    assert "逾期未补正，办结" in case


def test_a_case_that_was_asked_twice_is_listed_once_from_the_last_day(
    waiting: Application, people: dict[str, User]
) -> None:
    reviews.cancel_correction(waiting, by=people["acceptance"], reason="已核实")
    set_demo_day(today() + timedelta(days=7))
    reviews.decide(world.task(waiting), "returned", by=people["acceptance"], opinion="还缺一份证明")
    [asked] = awaited_corrections(people["acceptance"])
    assert (asked.application, asked.paused_on) == (waiting, today())
    page = browser(people["acceptance"]).get("/desk/cases/corrections/").content.decode()
    assert page.count(f"/desk/cases/{waiting.number}/") == 1
    assert f"{date_text(today())}退回" in page


def test_the_applicant_sees_what_became_of_it(waiting: Application, people: dict[str, User]) -> None:
    person = waiting.submitted_by
    assert person is not None
    due = correction_due(waiting)
    assert due is not None
    words = f"{due.day.year}年{due.day.month}月{due.day.day}日"
    assert words in browser(person).get(f"/applications/{waiting.public_id}/").content.decode()
    after_the_grace(waiting)
    reviews.lapse_correction(waiting, by=people["acceptance"])
    page = browser(person).get(f"/progress/{waiting.public_id}/").content.decode()
    assert "逾期未补正" in page
    assert "重新申报" in page
    again = f"/applications/new/{world.SCALE_UP}/?uscc={waiting.enterprise.uscc}"
    assert f'href="{again}">重新申报</a>' in page
    assert waiting.enterprise.name in browser(person).get(again).content.decode()


def test_there_is_no_way_back_to_an_item_that_takes_no_more(
    waiting: Application, people: dict[str, User]
) -> None:
    person = waiting.submitted_by
    assert person is not None
    after_the_grace(waiting)
    progress = f"/progress/{waiting.public_id}/"
    assert "/applications/new/" not in browser(person).get(progress).content.decode(), "not over yet"
    reviews.lapse_correction(waiting, by=people["acceptance"])
    set_demo_day(waiting.item.until + timedelta(days=1))
    assert "/applications/new/" not in browser(person).get(progress).content.decode()


def test_taking_a_request_back_needs_a_reason(waiting: Application, people: dict[str, User]) -> None:
    for reason in ("", "  　", "长" * 501):
        with pytest.raises(Mistakes, match="请写明撤销补正要求的原因"):
            reviews.cancel_correction(waiting, by=people["acceptance"], reason=reason)
    address = f"/desk/cases/{waiting.number}/cancel-correction/"
    refused = browser(people["acceptance"]).post(address, {"reason": " "})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "请写明撤销补正要求的原因" in page
    assert 'id="cancel-reason"' in page, "on the page of the case, where it can be written"
    waiting.refresh_from_db()
    assert waiting.state == State.CORRECTION
    assert browser(people["acceptance"]).post(address, {"reason": "部门已有"}).status_code == 302
    waiting.refresh_from_db()
    assert waiting.state == State.IN_REVIEW


def test_the_applicant_reads_that_he_is_late_and_what_may_follow(waiting: Application) -> None:
    person = waiting.submitted_by
    assert person is not None
    pages = (f"/applications/{waiting.public_id}/", f"/progress/{waiting.public_id}/")
    due, end = correction_due(waiting), correction_grace_ends(waiting)
    assert due is not None
    assert end is not None
    for page in pages:
        shown = browser(person).get(page).content.decode()
        assert "前补正" in shown
        assert "期限已过" not in shown
    set_demo_day(due.day + timedelta(days=1))
    for page in pages:
        shown = browser(person).get(page).content.decode()
        assert "期限已过" in shown, page
        assert "现在补正仍然有效" in shown
        assert f"{end.day.month}月{end.day.day}日以后" in shown
        assert "按逾期未补正办结" in shown


def test_what_is_typed_after_the_closing_is_said_not_to_be_saved(
    waiting: Application, people: dict[str, User]
) -> None:
    person = waiting.submitted_by
    assert person is not None
    after_the_grace(waiting)
    reviews.lapse_correction(waiting, by=people["acceptance"])
    client, form = browser(person), {"revision": waiting.revision, "note": "来得太晚"}
    answer = client.post(
        f"/applications/{waiting.public_id}/save/", form, headers={"X-Requested-With": "autosave"}
    )
    assert answer.status_code == 409
    assert "逾期未补正" in answer.json()["detail"]
    assert "没有保存" in answer.json()["detail"]
    assert "提交申报" not in answer.json()["detail"]
    page = client.post(f"/applications/{waiting.public_id}/", form, follow=True).content.decode()
    assert "刚才填写的内容没有保存" in page
    assert "刚才填写" not in client.get(f"/applications/{waiting.public_id}/", follow=True).content.decode()


def test_the_list_says_who_closes_when_it_is_not_the_reader(
    waiting: Application, people: dict[str, User]
) -> None:
    after_the_grace(waiting)
    other = browser(people["first-review"]).get("/desk/cases/corrections/").content.decode()
    assert "已可办结" in other
    assert "受理" in other[other.index("已可办结") :][:80]
    assert "已可办结" not in browser(people["acceptance"]).get("/desk/cases/corrections/").content.decode()
