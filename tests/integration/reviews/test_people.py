"""Who can act: cases that come back are never stuck, tasks of people who are away go on, warnings are seen."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from tests.integration import case_world as world

from babashi.accounts.models import Post, Role, User
from babashi.applications.errors import Mistakes, OwnEnterprise
from babashi.applications.flow import State
from babashi.applications.models import Application
from babashi.audit.errors import Conflict, NotAllowed
from babashi.audit.models import AuditEntry
from babashi.enterprises.models import Member
from babashi.enterprises.services import record_official_fact
from babashi.publicity import services as publicity
from babashi.reviews import services as reviews
from babashi.reviews.drift import drift
from babashi.reviews.errors import AlreadyDecided, ClaimedByAnother, FourEyes
from babashi.reviews.people import Circle
from babashi.workdays.clock import now

pytestmark = pytest.mark.django_db


def page(case: Application, user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.get(f"/desk/cases/{case.number}/").content.decode()


def test_with_one_person_a_stage_a_case_sent_back_twice_still_gets_to_its_money(
    case: Application, people: dict[str, User]
) -> None:
    world.money("200000")
    User.objects.filter(posts__role=Role.FINANCE).exclude(pk=people["finance-check"].pk).update(
        is_active=False
    )
    for _ in range(2):
        world.walk(case, people, "approval")
        task = world.task(case)
        reviews.decide(task, "sent_back", by=people["approval"], opinion="请复核", to="second-review")
    world.walk(case, people, "approval")
    reviews.approve(world.task(case), None, by=people["approval"], opinion="同意")
    case.refresh_from_db()
    assert case.state == State.APPROVED


def test_fresh_eyes_go_first_while_there_are_any(case: Application, people: dict[str, User]) -> None:
    world.walk(case, people, "second-review")
    fresh = world.official(Role.FIRST_REVIEWER, name="新初审")
    reviews.decide(
        world.task(case), "sent_back", by=people["second-review"], opinion="请复核", to="first-review"
    )
    with pytest.raises(FourEyes, match="可以办理的有：新初审"):
        reviews.decide(world.task(case), "passed", by=people["first-review"], opinion="同意")
    fresh.is_active = False
    fresh.save()
    reviews.decide(world.task(case), "passed", by=people["first-review"], opinion="同意")


def test_what_an_upheld_objection_overturned_is_not_decided_again_by_the_same(
    case: Application, people: dict[str, User]
) -> None:
    world.walk(case, people, "publicity")
    entry = case.publicity_entries.get()
    objection = publicity.object_to(entry, name="王某", contact="13800000000", content="不符合条件的")
    judge = world.official(Role.COORDINATOR, "区发展改革委")
    reviews.settle_objection(objection, upheld=True, answer="需重新核实", by=judge)
    with pytest.raises(FourEyes, match=r"目前没有人可以办理.*初审.*异议成立以前.*请系统管理员增加"):
        reviews.decide(world.task(case), "passed", by=people["first-review"], opinion="同意")
    assert "目前没有人可以办理" in page(case, people["first-review"])
    world.official(Role.FIRST_REVIEWER, name="新人")
    shown = page(case, people["first-review"])
    assert "目前没有人可以办理" not in shown
    assert "可以办理的有：新人" in shown


def test_nobody_holds_the_post(case: Application, people: dict[str, User]) -> None:
    world.walk(case, people, "first-review")
    Post.objects.filter(role=Role.FIRST_REVIEWER).delete()
    assert "没有人员，请系统管理员任命" in page(case, people["approval"])


def test_membership_since_the_case_began_counts(case: Application, people: dict[str, User]) -> None:
    quick = world.official(Role.ACCEPTOR)
    Member.objects.create(
        enterprise=case.enterprise, user=quick, role="owner", since=now() - timedelta(9), ended_at=now()
    )
    with pytest.raises(OwnEnterprise):
        reviews.decide(world.task(case), "passed", by=quick, opinion="同意")
    reasons = {hand.user: hand.why_not for hand in Circle(world.task(case)).hands}
    assert reasons == {quick: "是这家企业的人员", people["acceptance"]: ""}


def test_a_leader_hands_a_task_on(case: Application, people: dict[str, User]) -> None:
    away, other = people["acceptance"], world.official(Role.ACCEPTOR, name="代班")
    reviews.claim_task(world.task(case), by=away)
    with pytest.raises(ClaimedByAnother, match="改派"):
        reviews.decide(world.task(case), "passed", by=other, opinion="同意")
    for nobody in (other, people["first-review"], people["finance-check"]):
        with pytest.raises(NotAllowed):
            reviews.assign_task(world.task(case), other, by=nobody)
    with pytest.raises(Conflict, match="不能改派给"):
        reviews.assign_task(world.task(case), people["first-review"], by=people["approval"])
    reviews.assign_task(world.task(case), other, by=people["approval"])
    entry = AuditEntry.objects.get(action="reviews.assigned")
    assert (entry.details["from"], entry.details["to"]) == (str(away), "代班")
    reviews.decide(world.task(case), "passed", by=other, opinion="同意")


def test_the_finance_check_can_be_handed_on_though_no_approver_sits_there(
    case: Application, people: dict[str, User]
) -> None:
    world.walk(case, people, "finance-check")
    reviews.claim_task(world.task(case), by=people["finance-check"])
    other = world.official(Role.FINANCE, world.FINANCE)
    coordinator = world.official(Role.COORDINATOR, "区发展改革委")
    client = Client()
    client.force_login(coordinator)
    address = f"/desk/cases/{case.number}/"
    assert "改派或退回待办" in client.get(address).content.decode()
    assert client.post(f"{address}assign/", {"to": "x"}).status_code == 422
    assert client.post(f"{address}assign/", {"to": other.pk}).status_code == 302
    assert world.task(case).claimed_by == other
    assert client.post(f"{address}release/").status_code == 302
    assert world.task(case).claimed_by is None


def test_a_leader_of_the_enterprise_hands_nothing_on(case: Application, people: dict[str, User]) -> None:
    Member.objects.create(enterprise=case.enterprise, user=people["approval"], role="owner", since=now())
    with pytest.raises(OwnEnterprise):
        reviews.assign_task(world.task(case), people["acceptance"], by=people["approval"])


def test_a_claim_of_somebody_who_left_binds_nobody(case: Application, people: dict[str, User]) -> None:
    gone = people["acceptance"]
    reviews.claim_task(world.task(case), by=gone)
    other = world.official(Role.ACCEPTOR)
    gone.posts.all().delete()
    assert reviews.claim_task(world.task(case), by=other).claimed_by == other


def test_facts_that_moved_since_the_submission_are_shown_and_stop_a_batch(people: dict[str, User]) -> None:
    case = world.submitted()[0]
    assert drift(case) is None
    world.walk(case, people, "first-review")
    registrar = world.official(Role.REGISTRAR, "区统计局")
    department = world.department("区统计局")
    record_official_fact(case.enterprise, "first_above_scale_year", 2020, by=registrar, department=department)
    case = Application.objects.get(pk=case.pk)
    moved = drift(case)
    assert moved is not None
    assert (moved.verdict, moved.matters) == ("ineligible", True)
    shown = page(case, people["first-review"])
    assert "登记数据有变化" in shown
    assert "结论不同" in shown
    [row] = reviews.decide_many([world.task(case).pk], "passed", by=people["first-review"], opinion="同意")
    assert not row.ok
    assert "登记数据有变化" in row.message
    assert world.task(case).stage == "first-review"
    reviews.refresh_facts(world.task(case), by=people["first-review"])
    case.refresh_from_db()
    assert (case.verdict, drift(case)) == ("ineligible", None)


def test_a_fact_that_changes_nothing_stops_nothing(people: dict[str, User]) -> None:
    case = world.submitted()[0]
    world.walk(case, people, "first-review")
    registrar = world.official(Role.REGISTRAR, "区统计局")
    record_official_fact(
        case.enterprise, "industry_code", "3671", by=registrar, department=world.department("区统计局")
    )
    case = Application.objects.get(pk=case.pk)
    moved = drift(case)
    assert moved is not None
    assert not moved.matters
    [row] = reviews.decide_many([world.task(case).pk], "passed", by=people["first-review"], opinion="同意")
    assert row.ok


def test_what_was_typed_in_the_form_counts_when_a_case_is_judged_again(people: dict[str, User]) -> None:
    """A fact that no department knows, and one where the applicant says otherwise than a department."""
    silent = {name: value for name, value in world.SCALE_UP_FACTS.items() if name != "first_above_scale_year"}
    owner = world.enterprise(silent)
    typed = {"fact.first_above_scale_year": "2021", "differs.industry_code": "3680"}
    case = world.submitted(of=owner, fields=typed)[0]
    assert (case.verdict, drift(case)) == ("eligible", None)
    world.walk(case, people, "first-review")
    registrar, department = world.official(Role.REGISTRAR, "区统计局"), world.department("区统计局")
    record_official_fact(owner, "industry_code", "3671", by=registrar, department=department)
    case = Application.objects.get(pk=case.pk)
    moved = drift(case)
    assert moved is not None
    assert (len(moved.changes), moved.changes[0].now, moved.matters) == (1, "3671", False)
    reviews.refresh_facts(world.task(case), by=people["first-review"])
    case = Application.objects.get(pk=case.pk)
    frozen = case.facts_used
    assert (case.verdict, frozen["facts"]["industry_code"]["value"]) == ("eligible", "3671")
    assert frozen["facts"]["first_above_scale_year"]["value"] == "2021"
    assert frozen["facts"]["first_above_scale_year"]["source"]["label"] == "本次申报填写"
    assert frozen["differences"]["facts"] == {"industry_code": "3680"}


def test_approval_stays_at_or_below_what_the_public_saw(people: dict[str, User]) -> None:
    world.money("500000", world.GREEN)
    owner = world.enterprise(tables={"certificates": [{"kind": "节能节水", "level": "市级"}]})
    case = world.submitted(world.GREEN, of=owner)[0]
    world.walk(case, people, "second-review")
    reviews.decide(
        world.task(case), "passed", by=people["second-review"], opinion="同意", amount=Decimal(150000)
    )
    world.walk(case, people, "approval")
    with pytest.raises(Mistakes, match=r"公示的拟支持金额是 150,000\.00 元"):
        reviews.approve(world.task(case), Decimal("150000.01"), by=people["approval"], opinion="同意")
    with pytest.raises(Mistakes, match="不能低于"):
        reviews.approve(world.task(case), Decimal("99999.99"), by=people["approval"], opinion="同意")
    reviews.approve(world.task(case), Decimal("140000"), by=people["approval"], opinion="同意")
    case.refresh_from_db()
    assert case.approved_amount == Decimal("140000.00")


def test_two_windows_with_two_amounts_are_no_double_click(people: dict[str, User]) -> None:
    world.money("500000", world.GREEN)
    owner = world.enterprise(tables={"certificates": [{"kind": "节能节水", "level": "市级"}]})
    case = world.submitted(world.GREEN, of=owner)[0]
    world.walk(case, people, "approval")
    task = world.task(case)
    reviews.approve(task, Decimal("120000"), by=people["approval"], opinion="同意")
    assert reviews.approve(task, Decimal("120000"), by=people["approval"], opinion="同意").pk == task.pk
    with pytest.raises(AlreadyDecided):
        reviews.approve(task, Decimal("150000"), by=people["approval"], opinion="同意")


def test_a_batch_survives_a_row_that_breaks_and_numbers_of_any_size(people: dict[str, User]) -> None:
    """A case whose history does not fit its stages is a bug; it must not keep the others from being decided."""
    cases = [world.submitted()[0] for _ in range(3)]
    broken = cases[1]
    Application.objects.filter(pk=broken.pk).update(facts_used={"as_of": "kaputt"})
    world.walk(cases[0], people, "first-review")
    world.walk(cases[2], people, "first-review")
    reviews.decide(world.task(broken), "passed", by=people["acceptance"], opinion="同意")
    tasks = [world.task(case).pk for case in cases]
    rows = reviews.decide_many([*tasks, 10**30, -1], "passed", by=people["first-review"], opinion="同意")
    assert [row.ok for row in rows] == [True, False, True]
    assert "没有变化" in rows[1].message
    assert [world.task(case).stage for case in cases] == ["second-review", "first-review", "second-review"]
    with pytest.raises(Mistakes, match="勾选"):
        reviews.decide_many([], "passed", by=people["first-review"])
    client = Client()
    client.force_login(people["second-review"])
    for ticked in ([], ["9" * 30], ["abc"]):
        answer = client.post("/desk/cases/batch/", {"task": ticked, "outcome": "passed"}, follow=True)
        assert answer.status_code in (200, 422), ticked
