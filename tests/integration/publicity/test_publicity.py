"""Public notices: the days, the objections, what an objection leads to, who may decide it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from tests.integration import case_world as world

from babashi.accounts.models import Role, User
from babashi.applications.flow import State
from babashi.applications.models import Application
from babashi.audit.errors import Conflict, Invalid, NotAllowed
from babashi.outreach.models import Message
from babashi.publicity import services as publicity
from babashi.publicity.models import Entry, Notice, Objection
from babashi.reviews import services as reviews
from babashi.reviews.errors import FourEyes
from babashi.workdays.clock import set_demo_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db: None) -> dict[str, User]:
    world.publish()
    return world.staff()


@pytest.fixture
def case(people: dict[str, User]) -> Application:
    return world.walk(world.submitted()[0], people, "finance-check")


def publish(case: Application, people: dict[str, User]) -> Entry:
    reviews.decide(world.task(case), "passed", by=people["finance-check"], opinion="同意")
    case.refresh_from_db()
    return case.publicity_entries.select_related("notice").get()


def object_to(entry: Entry, content: str = "该企业 2019 年已经升规") -> Objection:
    return publicity.object_to(entry, name="王某", contact="13800000000", content=content)


def test_working_days_of_the_notice(case: Application, people: dict[str, User]) -> None:
    set_demo_day(date(2022, 9, 8))  # Thursday; 10 to 12 September 2022 are Mid-Autumn holidays
    entry = publish(case, people)
    assert case.state == State.PUBLICITY
    assert entry.notice.starts_on == date(2022, 9, 8)
    assert entry.notice.ends_on in (date(2022, 9, 15), date(2022, 9, 16))
    last = entry.notice.ends_on
    assert reviews.finish_publicity(last) == []
    assert [done.pk for done in reviews.finish_publicity(last + timedelta(days=1))] == [case.pk]
    assert reviews.finish_publicity(last + timedelta(days=1)) == []
    case.refresh_from_db()
    assert case.state == State.APPROVAL
    assert Notice.objects.get().closed_at is not None


def test_cases_of_one_day_share_a_notice(people: dict[str, User]) -> None:
    for _ in range(3):
        publish(world.walk(world.submitted()[0], people, "finance-check"), people)
    assert Notice.objects.get().entries.count() == 3


def test_open_objection_blocks_and_a_dismissed_one_lets_go(
    case: Application, people: dict[str, User]
) -> None:
    entry = publish(case, people)
    objection = object_to(entry)
    assert object_to(entry).pk == objection.pk, "the same words twice count once"
    after = entry.notice.ends_on + timedelta(days=1)
    set_demo_day(after)
    assert reviews.finish_publicity(after) == []
    reviews.settle_objection(
        objection, upheld=False, answer="经核实为 2021 年", by=world.official(Role.FIRST_REVIEWER)
    )
    case.refresh_from_db()
    assert case.state == State.APPROVAL, "the period was over: the last answer lets the case go on at once"


def test_upheld_objection_goes_back_to_review(case: Application, people: dict[str, User]) -> None:
    entry = publish(case, people)
    objection = object_to(entry)
    decider = world.official(Role.COORDINATOR, "区发展改革委")
    reviews.settle_objection(objection, upheld=True, answer="需重新核实", by=decider)
    case.refresh_from_db()
    entry.refresh_from_db()
    assert (case.state, world.task(case).stage, world.task(case).round) == (
        State.IN_REVIEW,
        "first-review",
        2,
    )
    assert entry.removed_at is not None
    with pytest.raises(FourEyes):
        reviews.decide(world.task(case), "passed", by=people["first-review"], opinion="同意")
    second = {**people, "first-review": world.official(Role.FIRST_REVIEWER)}
    second |= {
        "second-review": world.official(Role.SECOND_REVIEWER),
        "finance-check": world.official(Role.FINANCE, world.FINANCE),
    }
    world.walk(case, second, "approval")
    assert case.publicity_entries.count() == 2


def test_upheld_objection_can_refuse(case: Application, people: dict[str, User]) -> None:
    objection = object_to(publish(case, people))
    reviews.settle_objection(
        objection, upheld=True, answer="升规年度不实", by=world.official(Role.APPROVER), consequence="refuse"
    )
    case.refresh_from_db()
    assert case.state == State.REFUSED
    assert "升规年度不实" in Message.objects.get(enterprise=case.enterprise, kind="decision").body


def test_who_may_decide_an_objection(case: Application, people: dict[str, User]) -> None:
    objection = object_to(publish(case, people))
    for person in (people["acceptance"], people["finance-check"], world.official(Role.REGISTRAR)):
        with pytest.raises((NotAllowed, FourEyes)):
            reviews.settle_objection(objection, upheld=False, answer="不成立", by=person)
    with pytest.raises(FourEyes):
        reviews.settle_objection(objection, upheld=False, answer="不成立", by=people["first-review"])
    reviews.settle_objection(objection, upheld=False, answer="不成立", by=people["approval"])
    with pytest.raises(Conflict):
        reviews.settle_objection(
            objection, upheld=True, answer="又来", by=world.official(Role.COORDINATOR, "区发展改革委")
        )
    end = case.publicity_entries.get().notice.ends_on + timedelta(days=1)
    reviews.finish_publicity(end)
    with pytest.raises(FourEyes):
        reviews.approve(world.task(case), None, by=people["approval"], opinion="同意")


def test_objections_need_words_and_a_running_notice(case: Application, people: dict[str, User]) -> None:
    entry = publish(case, people)
    with pytest.raises(Invalid) as refusal:
        publicity.object_to(entry, name=" ", contact="", content="短")
    assert set(refusal.value.field_errors) == {"name", "contact", "content"}
    for nobody in ("1380", "找我", "138-000"):
        with pytest.raises(Invalid) as refusal:
            publicity.object_to(entry, name="王某", contact=nobody, content="该企业不符合条件")
        assert set(refusal.value.field_errors) == {"contact"}, nobody
    set_demo_day(entry.notice.ends_on + timedelta(days=1))
    with pytest.raises(Conflict):
        object_to(entry)
    assert not Objection.objects.exists()


@pytest.mark.parametrize("contact", ["someone@example.com", "023-66230000", "６６２３００００"])
def test_a_telephone_or_an_address_is_a_contact(
    contact: str, case: Application, people: dict[str, User]
) -> None:
    entry = publish(case, people)
    assert publicity.object_to(entry, name="王某", contact=contact, content="该企业不符合条件").entry == entry


def test_public_pages_without_signing_in(case: Application, people: dict[str, User]) -> None:
    entry = publish(case, people)
    number = entry.notice.number
    client = Client()
    assert case.enterprise.name in client.get(f"/publicity/{number}/").content.decode()
    assert number in client.get("/publicity/", {"q": case.enterprise.name}).content.decode()
    assert number not in client.get("/publicity/", {"q": "没有这家"}).content.decode()
    url = f"/publicity/{number}/object/{entry.pk}/"
    assert client.post(url, {"name": "王", "contact": "", "content": "x"}).status_code == 422
    data = {"name": "王某", "contact": "13800000000", "content": "该企业不符合条件，理由如下"}
    assert client.post(url, data).status_code == 302
    assert Objection.objects.get().entry == entry
    page = client.get(f"/publicity/{number}/").content.decode()
    assert "13800000000" not in page
    assert "王某" not in page
    for path in ("/publicity/GS-none/", f"/publicity/{number}/object/999999/"):
        assert client.get(path).status_code == 404


def test_an_answer_that_is_too_long_is_said_to_be_too_long(
    case: Application, people: dict[str, User]
) -> None:
    objection = object_to(publish(case, people))
    decider = world.official(Role.COORDINATOR, "区发展改革委")
    with pytest.raises(Invalid, match="请填写"):
        publicity.decide_objection(objection, False, " ", by=decider)
    with pytest.raises(Invalid, match="太长"):
        publicity.decide_objection(objection, False, "长" * 2001, by=decider)


def test_a_case_is_not_put_on_a_second_notice(case: Application, people: dict[str, User]) -> None:
    publish(case, people)
    for given in ([case], [case, case]):
        with pytest.raises(Conflict):
            publicity.publish(given, working_days=5, by=None)
    assert Entry.objects.count() == 1


def test_objections_desk(case: Application, people: dict[str, User]) -> None:
    objection = object_to(publish(case, people))
    client = Client()
    client.force_login(world.official(Role.APPROVER))
    assert "该企业 2019 年" in client.get("/desk/objections/").content.decode()
    url = f"/desk/objections/{objection.pk}/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"result": "", "answer": "好"}).status_code == 422
    assert client.post(url, {"result": "dismissed", "answer": "经核实不成立"}).status_code == 302
    assert "经核实不成立" in client.get(url).content.decode()
    other = Client()
    other.force_login(world.official(Role.APPROVER, "区商务委"))
    assert other.get(url).status_code == 404


def test_a_notice_whose_only_entry_was_taken_down_says_so(case: Application, people: dict[str, User]) -> None:
    entry = publish(case, people)
    decider = world.official(Role.COORDINATOR, "区发展改革委")
    reader = Client()
    reader.force_login(world.official(Role.AUDITOR, "区审计局"))
    lists = (
        (Client(), "/publicity/", '<td data-label="公示单位">{}</td>', entry.enterprise_name),
        (reader, "/desk/publicity/", '<td data-label="件数" class="num">{}</td>', "1"),
    )
    for client, address, cell, shown in lists:
        page = client.get(address).content.decode()
        assert cell.format(shown) in page
        assert "已撤下" not in page
    reviews.settle_objection(object_to(entry), upheld=True, answer="需重新核实", by=decider)
    for client, address, cell, _ in lists:
        page = client.get(address).content.decode()
        assert cell.format("已撤下") in page
        assert "公示中</span>" not in page
    shown = Client().get(f"/publicity/{entry.notice.number}/").content.decode()
    assert "名单已撤下" in shown
    assert "公示中</span>" not in shown
    assert "可在" not in shown, "there is nothing to object to"
    for client, address, _, _ in lists:
        for chosen, listed in (("running", False), ("over", True)):
            page = client.get(address, {"state": chosen}).content.decode()
            assert (entry.notice.number in page) is listed, (address, chosen)
