"""Every decision at every stage: who may, what it needs, what it leaves behind."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from tests.integration import case_world as world

from babashi.accounts.models import Role, User
from babashi.applications import services as applications
from babashi.applications.errors import OwnEnterprise, WrongState
from babashi.applications.flow import State, fold
from babashi.applications.models import Application, ApplicationEvent
from babashi.applications.queries import correction_asked
from babashi.audit.errors import Conflict, Invalid, NotAllowed
from babashi.audit.services import verify
from babashi.catalogue.queries import rule_of
from babashi.outreach.models import Message
from babashi.reviews import services as reviews
from babashi.reviews.drift import drift
from babashi.reviews.errors import AlreadyDecided, ClaimedByAnother, FourEyes, NotGrantable
from babashi.reviews.models import StageTask
from babashi.reviews.queries import checklist_of
from babashi.workdays.clock import set_demo_day, today

pytestmark = pytest.mark.django_db
STAGES = ["acceptance", "first-review", "second-review", "finance-check", "approval"]


@pytest.mark.parametrize("stage", STAGES)
def test_only_the_role_of_the_stage_decides(stage: str, case: Application, people: dict[str, User]) -> None:
    world.money("500000")
    world.walk(case, people, stage)
    for other, person in people.items():
        if other == stage:
            continue
        with pytest.raises(NotAllowed):
            reviews.decide(world.task(case), "passed", by=person, opinion="同意")
    where, role = world.STAGE_ROLES[stage]
    elsewhere = world.FINANCE if where == world.LEAD else world.LEAD
    with pytest.raises(NotAllowed):
        reviews.decide(world.task(case), "passed", by=world.official(role, elsewhere), opinion="同意")
    with pytest.raises(NotAllowed):
        reviews.decide(world.task(case), "passed", by=world.official(Role.AUDITOR, where), opinion="同意")
    assert world.task(case).stage == stage


@pytest.mark.parametrize(
    "stage", ["acceptance", "first-review", "second-review", "finance-check", "approval"]
)
def test_nobody_decides_on_his_own_enterprise(stage: str, case: Application, people: dict[str, User]) -> None:
    from babashi.enterprises.models import Member
    from babashi.workdays.clock import now

    world.walk(case, people, stage)
    Member.objects.create(enterprise=case.enterprise, user=people[stage], role="clerk", since=now())
    with pytest.raises(OwnEnterprise):
        reviews.decide(world.task(case), "passed", by=people[stage], opinion="同意")
    with pytest.raises(OwnEnterprise):
        reviews.claim_task(world.task(case), by=people[stage])


@pytest.mark.parametrize("later", ["second-review", "approval"])
def test_nobody_decides_at_two_stages(later: str, case: Application, people: dict[str, User]) -> None:
    from babashi.accounts.models import Post

    Post.objects.create(
        user=people["first-review"], department=world.department(world.LEAD), role=world.STAGE_ROLES[later][1]
    )
    world.walk(case, people, later)
    with pytest.raises(FourEyes):
        reviews.decide(world.task(case), "passed", by=people["first-review"], opinion="同意")


def test_asking_for_a_correction_decides_nothing(case: Application, people: dict[str, User]) -> None:
    """Who asked for a correction looks at it himself when it comes back."""
    world.walk(case, people, "first-review")
    _return(case, people["first-review"])
    _correct(case)
    reviews.decide(world.task(case), "passed", by=people["first-review"], opinion="已补正")
    assert world.task(case).stage == "second-review"


def test_correction_pauses_the_clock_and_erases_nothing(case: Application, people: dict[str, User]) -> None:
    world.walk(case, people, "first-review")
    opened = world.task(case)
    assert opened.due_on == date(2022, 9, 8)  # five working days after Thursday 1 September
    set_demo_day(date(2022, 9, 5))
    _return(case, people["first-review"], note="请说明升规时间")
    case.refresh_from_db()
    assert case.state == State.CORRECTION
    assert not StageTask.objects.filter(application=case, decided_at=None).exists()
    with pytest.raises(AlreadyDecided):
        reviews.decide(opened, "passed", by=world.official(Role.FIRST_REVIEWER), opinion="同意")
    message = Message.objects.get(enterprise=case.enterprise, kind="correction")
    assert "请说明升规时间" in message.body
    set_demo_day(date(2022, 9, 26))
    before = case.events.count()
    _correct(case)
    again = world.task(case)
    assert (again.stage, again.round) == ("first-review", 2)
    assert again.due_on == date(2022, 9, 29)  # three of the five days were left
    case.refresh_from_db()
    assert case.complete_on == date(2022, 9, 26)
    assert case.events.count() == before + 2
    assert correction_asked(case)["items"][0]["note"] == "请说明升规时间"
    first = case.events.get(kind="submitted").payload
    assert first["result"]["verdict"] == "eligible"
    assert "note" not in first["form"]


def test_correction_needs_a_change(case: Application, people: dict[str, User]) -> None:
    _return(case, people["acceptance"])
    case.refresh_from_db()
    person = case.submitted_by
    assert person is not None
    with pytest.raises(Invalid, match="还没有任何修改"):
        reviews.resubmit_and_reopen(case, revision=case.revision, by=person)


def test_correction_may_touch_only_what_was_asked(people: dict[str, User]) -> None:
    case, person = _interest_case()
    reviews.decide(
        world.task(case), "returned", by=people["acceptance"], opinion="请补正",
        items=[{"ref": "loans", "note": "补起止日期"}],
    )  # fmt: skip
    case.refresh_from_db()
    with pytest.raises(Invalid):
        applications.save_draft(case, {**case.form, "fact.employees_2021": "5"}, case.revision, by=person)
    changed = {**case.form, "rows.loans.0.principal": "6000000"}
    saved = applications.save_draft(case, changed, case.revision, by=person)
    done = reviews.resubmit_and_reopen(saved, revision=saved.revision, by=person)
    assert done.amount_max == Decimal("56733.33")
    assert world.task(done).stage == "acceptance"


def test_cancelled_correction_goes_on_and_keeps_the_message(
    case: Application, people: dict[str, User]
) -> None:
    _return(case, people["acceptance"], note="请补材料")
    with pytest.raises(NotAllowed):
        reviews.cancel_correction(case, by=people["first-review"], reason="不用了")
    reviews.cancel_correction(case, by=people["acceptance"], reason="部门已有")
    case.refresh_from_db()
    assert case.state == State.IN_REVIEW
    assert world.task(case).stage == "acceptance"
    assert correction_asked(case)["items"][0]["note"] == "请补材料"
    with pytest.raises(Conflict):
        reviews.cancel_correction(case, by=people["acceptance"], reason="再点一次")


def test_a_stage_that_may_not_return_to_the_applicant(case: Application, people: dict[str, User]) -> None:
    world.walk(case, people, "finance-check")
    with pytest.raises(Invalid, match="不能直接退回申请人"):
        _return(case, people["finance-check"])
    reviews.decide(
        world.task(case), "sent_back", by=people["finance-check"], opinion="金额需复核", to="second-review"
    )
    assert (world.task(case).stage, world.task(case).round) == ("second-review", 2)
    fresh = world.official(Role.SECOND_REVIEWER, name="新人")
    with pytest.raises(FourEyes, match="可以办理的有：新人"):
        reviews.decide(world.task(case), "passed", by=people["second-review"], opinion="同意")
    reviews.decide(world.task(case), "passed", by=fresh, opinion="同意")
    assert world.task(case).stage == "finance-check"


def test_sent_back_from_the_approval_leaves_the_notice_and_is_published_again(
    case: Application, people: dict[str, User]
) -> None:
    world.walk(case, people, "approval")
    reviews.decide(world.task(case), "sent_back", by=people["approval"], opinion="请复核", to="second-review")
    assert not case.publicity_entries.filter(removed_at=None).exists()
    again = {**people, "second-review": world.official(Role.SECOND_REVIEWER)}
    again["finance-check"] = world.official(Role.FINANCE, world.FINANCE)
    world.walk(case, again, "approval")
    assert case.publicity_entries.filter(removed_at=None).count() == 1
    other = world.official(Role.APPROVER)
    with pytest.raises(FourEyes):
        reviews.approve(world.task(case), None, by=people["approval"], opinion="同意")
    reviews.approve(world.task(case), None, by=other, opinion="同意")


def test_refusal_names_all_reasons_and_the_remedy(people: dict[str, User]) -> None:
    facts = {**world.SCALE_UP_FACTS, "industry_code": "5211", "first_above_scale_year": 2020}
    owner = world.enterprise(facts)
    case = _with_difference(owner)
    world.walk(case, people, "first-review")
    with pytest.raises(NotGrantable, match="工业企业"):
        reviews.decide(world.task(case), "passed", by=people["first-review"], opinion="同意")
    reviews.decide(world.task(case), "refused", by=people["first-review"], opinion="经核实登记无误")
    case.refresh_from_db()
    assert case.state == State.REFUSED
    event = case.events.get(kind="refused")
    assert [reason["clause"] for reason in event.payload["reasons"]] == [
        "industrial",
        "first-above-scale-2021",
    ]
    body = Message.objects.get(enterprise=owner, kind="decision").body
    for words in ("工业企业", "2021年首次升规", "经核实登记无误", "行政复议", "待主管部门明确"):
        assert words in body, words
    assert case.ended_at is not None


def test_refusal_without_a_named_clause_is_not_accepted(case: Application, people: dict[str, User]) -> None:
    world.walk(case, people, "first-review")
    with pytest.raises(Invalid, match="不符合哪一条"):
        reviews.decide(world.task(case), "refused", by=people["first-review"], opinion="不同意")
    checklist = [{"clause": "first-above-scale-2021", "ok": False, "note": "现场核实 2019 年已升规"}]
    reviews.decide(
        world.task(case), "refused", by=people["first-review"], opinion="不同意", checklist=checklist
    )
    text = case.events.get(kind="refused").payload["reasons"][0]["text"]
    assert "2021年首次升规" in text
    assert "现场核实 2019 年已升规" in text


def test_unknown_ceiling_blocks_and_names_the_missing_fact(people: dict[str, User]) -> None:
    facts = {
        "district": "500113", "kind": "企业", "industry_code": "3670", "rd_expense_2020": Decimal(6_000_000),
        "rd_expense_2021": Decimal(8_000_000), "operating_revenue_2021": Decimal(100_000_000),
    }  # fmt: skip
    case, _ = world.submitted(world.RD, of=world.enterprise(facts))
    assert (case.verdict, case.amount_max) == ("unknown", None)
    world.walk(case, people, "first-review")
    with pytest.raises(NotGrantable, match="同行业平均研发投入强度"):
        reviews.decide(world.task(case), "passed", by=people["first-review"], opinion="同意")
    world.average("36", "0.02")
    [change] = drift(case).changes
    assert (change.label, change.frozen) == ("同行业平均研发投入强度（36、2021）", "没有")
    reviews.refresh_facts(world.task(case), by=people["first-review"])
    case.refresh_from_db()
    assert (case.verdict, case.amount_max) == ("eligible", Decimal("380000.00"))
    world.money("1000000", world.RD)
    world.walk(case, people, "approval")
    Application.objects.filter(pk=case.pk).update(amount_max=None, approved_amount=None)
    with pytest.raises(NotGrantable):
        reviews.approve(world.task(case), Decimal("1"), by=people["approval"], opinion="同意")


def test_a_note_in_the_checklist_is_kept_whole_or_refused(case: Application, people: dict[str, User]) -> None:
    clause = next(iter(checklist_of(case.trace)))["id"]
    row = {"clause": clause, "ok": True, "note": "长" * 501}
    act = {"by": people["acceptance"], "opinion": "同意"}
    with pytest.raises(Invalid, match="500 字"):
        reviews.decide(world.task(case), "passed", checklist=[row], **act)
    done = reviews.decide(world.task(case), "passed", checklist=[row | {"note": "长" * 500}], **act)
    assert done.checklist[0]["note"] == "长" * 500


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("99999.99", "不能低于"),
        ("200000.01", "不能超过"),
        ("150000.001", "两位小数"),
        ("0", "大于零"),
        ("-1", "大于零"),
    ],
)
def test_amount_between_floor_and_ceiling(amount: str, words: str, people: dict[str, User]) -> None:
    case = _green_case()
    world.money("500000", world.GREEN)
    world.walk(case, people, "approval")
    with pytest.raises(Invalid, match=words):
        reviews.approve(world.task(case), Decimal(amount), by=people["approval"], opinion="同意")
    assert world.task(case).stage == "approval"


@pytest.mark.parametrize("amount", ["100000", "150000.55", "200000"])
def test_amount_at_the_limits_is_accepted(amount: str, people: dict[str, User]) -> None:
    case = _green_case()
    world.money("500000", world.GREEN)
    world.walk(case, people, "approval")
    with pytest.raises(Invalid, match="请填写审定金额"):
        reviews.approve(world.task(case), None, by=people["approval"], opinion="同意")
    reviews.approve(world.task(case), Decimal(amount), by=people["approval"], opinion="同意")
    case.refresh_from_db()
    assert case.approved_amount == Decimal(amount)


def test_reviewer_corrects_a_fact_and_both_values_stay(people: dict[str, User]) -> None:
    case, _ = _interest_case()
    world.walk(case, people, "first-review")
    before = case.amount_max
    event = reviews.correct_fact(
        world.task(case), "loans.0.principal", "4000000", reason="合同金额", by=people["first-review"]
    )
    case.refresh_from_db()
    assert (before, case.amount_max) == (Decimal("47277.78"), Decimal("37822.22"))
    assert (event.payload["old"], event.payload["new"]) == ("5000000.00", "4000000.00")
    assert event.payload["result"]["amount_max"] == "37822.22"
    reviews.correct_fact(
        world.task(case), "green_industry", "否", reason="现场核实", by=people["first-review"]
    )
    reader = Client()
    reader.force_login(people["first-review"])
    history = reader.get(f"/desk/cases/{case.number}/").content.decode()
    dictionary = rule_of(case.item).dictionary
    loans = dictionary.tables["loans"]
    cell = f"{loans.label}第 1 行{loans.columns['principal'].label}"
    assert f"{cell}：5,000,000.00 元 → 4,000,000.00 元" in history
    assert f"{dictionary.facts['green_industry'].label}：是 → 否" in history
    assert "loans.0.principal：" not in history
    assert case.facts_used["overrides"]["tables"]["loans"]["before"][0]["principal"] == "5000000.00"
    assert case.facts_used["tables"]["loans"]["source"]["kind"] == "reviewer"
    for person in (people["acceptance"], people["second-review"]):
        with pytest.raises(NotAllowed):
            reviews.correct_fact(world.task(case), "employees_2021", "5", reason="核实", by=person)
    for ref, text in (("loans.7.principal", "1"), ("nonsense", "1"), ("loans", "declared"), ("uscc", "x")):
        with pytest.raises(Invalid):
            reviews.correct_fact(world.task(case), ref, text, reason="核实", by=people["first-review"])


def test_a_corrected_fact_stays_official_in_the_register(people: dict[str, User]) -> None:
    from babashi.enterprises.queries import subject_of

    case, _ = _interest_case()
    world.walk(case, people, "first-review")
    reviews.correct_fact(
        world.task(case), "employees_2021", "400", reason="社保人数", by=people["first-review"]
    )
    case.refresh_from_db()
    assert case.verdict == "ineligible"
    subject = subject_of(case.enterprise)
    assert subject.facts["employees_2021"] == 400
    assert subject.sources["employees_2021"].kind == "reviewer"


def test_reported_difference_is_kept_beside_the_official_value(people: dict[str, User]) -> None:
    owner = world.enterprise({**world.SCALE_UP_FACTS, "first_above_scale_year": 2020})
    case = _with_difference(owner)
    assert case.verdict == "ineligible"
    assert case.differs
    assert case.facts_used["differences"]["facts"] == {"first_above_scale_year": "2021"}
    assert case.facts_used["differences"]["result"]["verdict"] == "eligible"
    world.walk(case, people, "first-review")
    reviews.correct_fact(
        world.task(case), "first_above_scale_year", "declared", reason="统计局来函", by=people["first-review"]
    )
    case.refresh_from_db()
    assert (case.verdict, case.amount_max) == ("eligible", Decimal("200000.00"))


def test_claimed_task_is_left_alone_and_released(case: Application, people: dict[str, User]) -> None:
    colleague = world.official(Role.ACCEPTOR)
    reviews.claim_task(world.task(case), by=colleague)
    reviews.claim_task(world.task(case), by=colleague)
    for act in (reviews.claim_task, reviews.release_task):
        with pytest.raises(ClaimedByAnother):
            act(world.task(case), by=people["acceptance"])
    with pytest.raises(ClaimedByAnother):
        reviews.decide(world.task(case), "passed", by=people["acceptance"], opinion="同意")
    reviews.release_task(world.task(case), by=people["approval"])
    reviews.decide(world.task(case), "passed", by=people["acceptance"], opinion="同意")


def test_same_decision_twice_is_one(case: Application, people: dict[str, User]) -> None:
    shown = world.task(case)
    reviews.decide(shown, "passed", by=people["acceptance"], opinion="同意")
    reviews.decide(shown, "passed", by=people["acceptance"], opinion="同意")
    assert case.events.filter(kind="stage_passed").count() == 1
    with pytest.raises(AlreadyDecided):
        reviews.decide(shown, "refused", by=people["acceptance"], opinion="不同意")
    with pytest.raises(AlreadyDecided):
        reviews.decide(shown, "passed", by=world.official(Role.ACCEPTOR), opinion="同意")


def test_batch_goes_on_after_a_row_that_fails(people: dict[str, User]) -> None:
    from babashi.enterprises.models import Member
    from babashi.workdays.clock import now

    cases = [world.submitted()[0] for _ in range(4)]
    Member.objects.create(
        enterprise=cases[1].enterprise, user=people["acceptance"], role="clerk", since=now()
    )
    ids = [world.task(case).pk for case in cases]
    rows = reviews.decide_many([*ids, 10**9, ids[0]], "passed", by=people["acceptance"], opinion="同意")
    assert [row.ok for row in rows] == [True, False, True, True, False]
    assert "回避" in rows[1].message
    assert [world.task(case).stage for case in cases] == [
        "first-review", "acceptance", "first-review", "first-review",
    ]  # fmt: skip
    with pytest.raises(Invalid):
        reviews.decide_many([], "passed", by=people["acceptance"])


@pytest.mark.parametrize("stage", ["acceptance", "first-review", "publicity", "approval"])
def test_withdraw_before_the_decision(stage: str, case: Application, people: dict[str, User]) -> None:
    world.walk(case, people, stage)
    person = case.submitted_by
    assert person is not None
    reviews.withdraw_and_close(case, by=person, reason="不需要了")
    case.refresh_from_db()
    assert case.state == State.WITHDRAWN
    assert StageTask.objects.filter(application=case, outcome="withdrawn").count() == 1
    assert not case.publicity_entries.filter(removed_at=None).exists()
    reviews.finish_publicity(today() + timedelta(days=30))
    case.refresh_from_db()
    assert case.state == State.WITHDRAWN


def test_no_withdrawal_after_the_decision(case: Application, people: dict[str, User]) -> None:
    world.money("200000")
    world.walk(case, people, "approval")
    reviews.approve(world.task(case), None, by=people["approval"], opinion="同意")
    person = case.submitted_by
    assert person is not None
    with pytest.raises(WrongState):
        reviews.withdraw_and_close(case, by=person)


def test_history_is_append_only_and_audited(case: Application, people: dict[str, User]) -> None:
    reviews.decide(world.task(case), "passed", by=people["acceptance"], opinion="同意")
    event = case.events.first()
    assert event is not None
    for act in (
        lambda: ApplicationEvent.objects.filter(pk=event.pk).update(kind="paid"),
        lambda: ApplicationEvent.objects.filter(pk=event.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert fold(case.events.values_list("kind", flat=True)) == State.IN_REVIEW
    from babashi.audit.models import AuditEntry

    audited = AuditEntry.objects.filter(action__startswith="applications.", uscc=case.enterprise.uscc)
    assert audited.count() == case.events.count()
    assert verify().problem == ""


def test_automatic_grant_skips_what_only_judges(people: dict[str, User]) -> None:
    owner = world.enterprise()
    person = world.member(owner)
    account = world.account(owner, person)
    case = reviews.submit_automatic_and_open(owner, world.item(), bank_account=account, by=person)
    again = reviews.submit_automatic_and_open(owner, world.item(), bank_account=account, by=person)
    assert again.pk == case.pk
    world.money("200000")
    world.walk(case, people, "approval")
    reviews.approve(world.task(case), None, by=people["approval"], opinion="同意")
    stages = list(StageTask.objects.filter(application=case).order_by("id").values_list("stage", flat=True))
    assert stages == ["finance-check", "publicity", "approval"]


@pytest.mark.parametrize("fact", ["industry_code", "first_above_scale_year"])
def test_no_automatic_grant_on_declared_or_missing_facts(fact: str, people: dict[str, User]) -> None:
    from babashi.enterprises.services import declare_facts

    owner = world.enterprise({name: value for name, value in world.SCALE_UP_FACTS.items() if name != fact})
    person = world.member(owner)
    account = world.account(owner, person)
    for _ in range(2):
        with pytest.raises(Conflict, match="不能免申即享"):
            reviews.submit_automatic_and_open(owner, world.item(), bank_account=account, by=person)
        declare_facts(owner, {fact: world.SCALE_UP_FACTS[fact]}, by=person)


def _return(case: Application, by: User, note: str = "请补正") -> None:
    reviews.decide(
        world.task(case), "returned", by=by, opinion="请补正",
        items=[{"ref": "first_above_scale_year", "note": note}],
    )  # fmt: skip


def _correct(case: Application) -> None:
    case.refresh_from_db()
    person = case.submitted_by
    assert person is not None
    saved = applications.save_draft(
        case, {**case.form, "note": f"已按要求说明 {case.revision}"}, case.revision, by=person
    )
    reviews.resubmit_and_reopen(saved, revision=saved.revision, by=person)
    case.refresh_from_db()


def _with_difference(owner: object) -> Application:
    fields = {"differs.first_above_scale_year": "2021"}
    if owner.rows.get(table="enterprises").values["industry_code"] == "5211":  # type: ignore[attr-defined]
        fields["differs.industry_code"] = "3670"
    return world.submitted(of=owner, fields=fields)[0]  # type: ignore[arg-type]


def _interest_case() -> tuple[Application, User]:
    facts = {"district": "500113", "kind": "企业", "industry_code": "3670"}
    fields = {
        "fact.employees_2021": "100", "fact.operating_revenue_2021": "50000000", "fact.green_industry": "是",
        "none.certificates": "on", "rows.loans.0.loan_id": "L1", "rows.loans.0.purpose": "流动资金",
        "rows.loans.0.principal": "5000000", "rows.loans.0.starts_on": "2022-03-01",
        "rows.loans.0.ends_on": "2022-09-01",
    }  # fmt: skip
    return world.submitted(world.INTEREST, of=world.enterprise(facts), fields=fields)


def _green_case() -> Application:
    certificates = [{"kind": "绿色制造示范", "level": "市级"}]
    owner = world.enterprise(tables={"certificates": certificates})
    return world.submitted(world.GREEN, of=owner)[0]


@pytest.mark.parametrize("outcome", ["returned", "refused"])
@pytest.mark.parametrize(
    "opinion", ["材料齐全，符合条件，同意。", " 经审核，不予支持，理由：", "请补正以下内容："]
)
def test_words_that_come_with_the_form_are_no_reasons(
    case: Application, people: dict[str, User], outcome: str, opinion: str
) -> None:
    checklist = [{"clause": "first-above-scale-2021", "ok": False, "note": "2019 年已入统"}]
    with pytest.raises(Invalid, match="自己的话"):
        reviews.decide(
            world.task(case), outcome, by=people["acceptance"], opinion=opinion, checklist=checklist
        )
    assert world.task(case).stage == "acceptance"


def test_a_list_of_what_to_correct_says_it_already(case: Application, people: dict[str, User]) -> None:
    asked = [{"ref": "first_above_scale_year", "note": "请上传证明"}]
    done = reviews.decide(
        world.task(case), "returned", by=people["acceptance"], opinion="请补正以下内容：", items=asked
    )
    assert done.outcome == "returned"
