"""What goes wrong with a case: said by its enterprise, answered by 统筹协调, seen by both."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from babashi.accounts.models import Role, User
from babashi.applications import services as applications
from babashi.applications.models import Application
from babashi.audit.errors import Conflict, Invalid, NotAllowed, NotFound
from babashi.audit.models import AuditEntry
from babashi.enterprises.models import Member
from babashi.feedback import services
from babashi.feedback.models import Complaint
from babashi.feedback.queries import progress
from babashi.outreach.models import Message
from babashi.payments import services as payments
from babashi.payments.models import Payment
from babashi.reviews import services as reviews
from babashi.workdays import clock
from babashi.workdays.clock import now
from tests.integration import case_world as world
from tests.integration.payment_world import back, corrected, good, treasury

pytestmark = pytest.mark.django_db
WORDS = "材料已经交过两次，又要一份。"


@pytest.fixture
def case() -> tuple[Application, User]:
    world.publish()
    return world.submitted()


def coordinator() -> User:
    return world.official(Role.COORDINATOR, "区发展改革委", "统筹员")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_from_the_progress_page_to_the_desk_and_back(case: tuple[Application, User]) -> None:
    application, person = case
    page = f"/progress/{application.public_id}/"
    sent = client_of(person).post(f"{page}complaint/", {"content": WORDS}, follow=True)
    assert "等待答复" in sent.content.decode()
    assert 'name="content"' not in sent.content.decode()
    official = coordinator()
    desk = client_of(official).get("/desk/feedback/").content.decode()
    assert WORDS in desk
    assert str(application.number) in desk
    complaint = Complaint.objects.get()
    answer = {"answer": "已请牵头单位一次告知，抱歉。"}
    done = client_of(official).post(f"/desk/feedback/complaints/{complaint.pk}/", answer, follow=True)
    assert "已答复" in done.content.decode()
    seen = client_of(person).get(page).content.decode()
    assert answer["answer"] in seen
    assert 'name="content"' in seen
    told = Message.objects.get(subject__startswith="您反映的问题已答复")
    assert (told.enterprise, told.link, told.body) == (application.enterprise, page, answer["answer"])
    acts = AuditEntry.objects.filter(action__startswith="feedback.").order_by("sequence")
    assert [(act.action, act.actor) for act in acts] == [
        ("feedback.complained", person),
        ("feedback.complaint_answered", official),
    ]
    again = client_of(official).post(f"/desk/feedback/complaints/{complaint.pk}/", answer)
    assert again.status_code == 409


def test_a_late_stage_says_so_and_points_to_the_complaint(case: tuple[Application, User]) -> None:
    application, person = case
    due = world.task(application).due_on
    assert due is not None
    page = f"/progress/{application.public_id}/"
    for days, late in ((0, False), (1, True)):
        day = due + dt.timedelta(days=days)
        with clock.frozen(dt.datetime.combine(day, dt.time(10), clock.ZONE)):
            text = client_of(person).get(page).content.decode()
        assert ("已经超过期限" in text) == late
        assert f"应在{due.year}年{due.month}月{due.day}日前办完" in text


def test_one_at_a_time_and_a_double_click_is_one(case: tuple[Application, User]) -> None:
    application, person = case
    first = services.complain(application, WORDS, by=person)
    assert services.complain(application, f" {WORDS} ", by=person) == first
    with pytest.raises(Conflict, match="正在处理"):
        services.complain(application, "还有另一个问题。", by=person)
    services.answer_complaint(first, "已经处理好了。", by=coordinator())
    second = services.complain(application, WORDS, by=person)
    assert [complaint.pk for complaint in progress(application).complaints] == [first.pk, second.pk]


def test_who_may_not(case: tuple[Application, User]) -> None:
    application, person = case
    with pytest.raises(NotFound):
        services.complain(application, WORDS, by=world.member(world.enterprise()))
    complaint = services.complain(application, WORDS, by=person)
    for role in (Role.APPROVER, Role.FIRST_REVIEWER):
        with pytest.raises(NotAllowed):
            services.answer_complaint(complaint, "没有这回事。", by=world.official(role))
    own = coordinator()
    Member.objects.create(enterprise=application.enterprise, user=own, role="owner", since=now())
    with pytest.raises(NotAllowed, match="这家企业"):
        services.answer_complaint(complaint, "没有这回事。", by=own)
    assert Complaint.objects.get().answer == ""


@pytest.mark.parametrize("words", ["", "   ", "慢", "长" * 1001])
def test_too_few_and_too_many_words(case: tuple[Application, User], words: str) -> None:
    application, person = case
    answer = client_of(person).post(f"/progress/{application.public_id}/complaint/", {"content": words})
    assert answer.status_code == 422
    assert "4 至 1000 字" in answer.content.decode()
    complaint = services.complain(application, WORDS, by=person)
    if len(words) < 10:
        with pytest.raises(Invalid):
            services.answer_complaint(complaint, words, by=coordinator())
    assert Complaint.objects.get().answered_at is None


def test_a_draft_has_no_official_to_complain_about() -> None:
    world.publish()
    owner = world.enterprise()
    person = world.member(owner)
    draft = applications.start_draft(owner, world.item(world.RETROFIT), by=person)
    with pytest.raises(Conflict, match="提交以后"):
        services.complain(draft, WORDS, by=person)
    assert not progress(draft).may_complain


def test_the_low_rating_is_taken_like_the_high_one(case: tuple[Application, User]) -> None:
    application, person = case
    people = world.staff()
    world.walk(application, people, "first-review")
    checklist = [{"clause": "industrial", "ok": False, "note": "核查后不属于工业"}]
    reviews.decide(
        world.task(application),
        "refused",
        by=people["first-review"],
        opinion="不符合条件",
        checklist=checklist,
    )
    page = f"/progress/{application.public_id}/"
    client = client_of(person)
    sent = client.post(f"{page}rating/", {"score": "1", "comment": "理由没有说清"}, follow=True)
    assert "1 星：理由没有说清" in sent.content.decode()
    assert client.post(f"{page}rating/", {"score": "0"}).status_code == 422
    assert client.post(f"{page}rating/", {"score": "6"}).status_code == 422
    assert progress(application).rating.score == 1  # type: ignore[union-attr]


def test_the_progress_page_stops_asking_once_the_account_is_corrected() -> None:
    office = treasury()
    batch, [payment], [person] = office.exported()
    office.say(back(batch, payment))
    page = f"/progress/{payment.application.public_id}/"
    assert "请更正收款账户" in client_of(person).get(page).content.decode()
    corrected(payment.application, person)
    seen = client_of(person).get(page).content.decode()
    assert "请更正收款账户" not in seen
    assert "您已更正收款账户：农业银行重庆巴南支行，尾号 2222" in seen
    payments.correct_and_repay(Payment.objects.get(), by=office.hands[0])
    assert "您已更正收款账户" not in client_of(person).get(page).content.decode()


def test_the_receipt_shows_which_account_will_be_paid(case: tuple[Application, User]) -> None:
    application, person = case
    page = f"/applications/{application.public_id}/receipt/"
    change = f'href="/enterprise/{application.enterprise.uscc}/account/"'
    first = client_of(person).get(page).content.decode()
    assert change in first
    assert "已更换" not in first
    corrected(application, person)
    assert (
        "已更换：拨付时付到 农业银行重庆巴南支行，尾号 2222" in client_of(person).get(page).content.decode()
    )
    reviews.withdraw_and_close(application, by=person)
    ended = client_of(person).get(page).content.decode()
    assert change not in ended
    assert "已更换" not in ended


def test_what_waits_for_an_answer_is_counted_each_by_itself() -> None:
    office = treasury()
    batch, [payment], [person] = office.exported()
    office.say(good(batch, payment))
    receipt = services.confirm_receipt(Payment.objects.get(), False, "账户里没有查到", by=person)
    desk = client_of(office.hands[0]).get("/desk/feedback/")
    assert (desk.context["waiting"], desk.context["unpaid_waiting"]) == (0, 1)
    services.answer_receipt(receipt, "已与国库核实，款项今天到账", by=office.hands[0])
    assert client_of(office.hands[0]).get("/desk/feedback/").context["unpaid_waiting"] == 0
