"""Rounds of application (申报批次): once in each round, in turn, and what excludes what across rounds."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from tests.integration import case_world as world
from tests.integration.rounds_world import Batch, publish, texts

from babashi.accounts.models import User
from babashi.applications import services as applications
from babashi.applications.errors import ItemClosed, Mistakes
from babashi.applications.flow import State
from babashi.applications.models import Application
from babashi.audit.errors import Conflict
from babashi.catalogue import services as catalogue
from babashi.catalogue.errors import RoundsOutOfTurn, RoundStillOpen
from babashi.catalogue.models import PackVersion
from babashi.enterprises.models import Enterprise
from babashi.publicity.services import _item_of
from babashi.reviews import services as reviews
from babashi.reviews.services.corrections import apply_again_link, how_to_apply_again
from babashi.workdays.clock import set_demo_day

pytestmark = pytest.mark.django_db
FIRST, SECOND = Batch("2022-1", date(2022, 9, 30)), Batch("2022-2", date(2022, 12, 31))
SECOND_FROM = Batch("2022-2", date(2022, 12, 31), opens=date(2022, 11, 1))
OCTOBER = date(2022, 10, 8)
SAME_GROUP = ("same_kind_group: 绿色示范称号", "same_kind_group: 首次升规")
TITLES = {"certificates": [{"kind": "节能节水", "level": "市级"}]}


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """The item scale-up in its first round, money, and officials."""
    publish("2.1", scale_up=FIRST)
    for full_id in (world.SCALE_UP, world.GREEN):
        world.money("2000000", full_id)
    return world.staff()


def approve(case: Application, people: dict[str, User], amount: str = "200000") -> Application:
    world.walk(case, people, "approval")
    reviews.approve(world.task(case), Decimal(amount), by=people["approval"], opinion="同意")
    case.refresh_from_db()
    return case


def next_round(batch: Batch = SECOND, version: str = "2.2", *changes: tuple[str, str]) -> PackVersion:
    set_demo_day(OCTOBER)
    return publish(version, *changes, scale_up=batch)


def again(firm: Enterprise, person: User, full_id: str = world.SCALE_UP) -> Application:
    draft = applications.start_draft(firm, world.item(full_id), by=person)
    return reviews.submit_and_open(draft, revision=draft.revision, by=person)


def titled() -> Enterprise:
    """Eligible for the reward of rising above scale and for that of a green title."""
    return world.enterprise(tables=TITLES)


# -- once in each round ----------------------------------------------------------------------------------------


def test_who_was_granted_the_first_round_applies_for_the_second(people: dict[str, User]) -> None:
    first, person = world.submitted()
    approve(first, people)
    next_round()
    second = again(first.enterprise, person)
    assert (first.round, second.round, second.state) == ("2022-1", "2022-2", State.IN_REVIEW)
    assert [str(case.item) for case in (first, second)] == [
        "首次升规奖励（2022年第1批）",
        "首次升规奖励（2022年第2批）",
    ]
    assert again(first.enterprise, person).pk == second.pk, "of each round there is one"
    assert approve(second, people).state == State.APPROVED


def test_a_case_of_the_first_round_goes_on_under_its_version(people: dict[str, User]) -> None:
    first, person = world.submitted()
    next_round()
    second = again(first.enterprise, person)
    asked = [{"ref": "industry_code", "note": "请核对"}]
    reviews.decide(world.task(first), "returned", by=people["acceptance"], opinion="请补正", items=asked)
    first.refresh_from_db()
    saved = applications.save_draft(first, {**first.form, "note": "已核对"}, first.revision, by=person)
    fixed = reviews.resubmit_and_reopen(saved, revision=saved.revision, by=person)
    assert (fixed.round, fixed.item.pack_version.version) == ("2022-1", "2.1")
    assert {approve(fixed, people).state, approve(second, people).state} == {State.APPROVED}


@pytest.mark.parametrize("end", ["approved", "refused"])
def test_rounds_that_give_it_once_give_it_once(end: str, db: None) -> None:
    """A one-off reward: who has it has it for ever, whoever was refused or missed the day may try again."""
    publish("2.1", scale_up=Batch("2022-1", FIRST.until, again=False))
    people, firm = world.staff(), world.enterprise()
    world.money("900000")
    case, person = world.submitted(of=firm)
    if end == "approved":
        approve(case, people)
    else:
        world.walk(case, people, "first-review")
        marked = [{"clause": "industrial", "ok": False, "note": "核实不符"}]
        reviews.decide(
            world.task(case), "refused", by=people["first-review"], opinion="不符", checklist=marked
        )
    set_demo_day(OCTOBER)
    publish("2.2", scale_up=Batch("2022-2", SECOND.until, again=False))
    assert (again(firm, person).pk == case.pk) == (end == "approved")


# -- drafts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("anew", [True, False])
def test_a_draft_left_over_goes_on_in_the_next_round(anew: bool, db: None) -> None:
    """Whether the rounds give it anew or, all together, once."""
    keys = ("2022-1", "2022-2") if anew else ("", "")
    publish("2.1", scale_up=replace(FIRST, again=anew))
    world.staff()
    firm = world.enterprise()
    person = world.member(firm)
    world.account(firm, person)
    draft = applications.start_draft(firm, world.item(), by=person)
    draft = applications.save_draft(draft, {**draft.form, "note": "写了半天"}, draft.revision, by=person)
    set_demo_day(OCTOBER)
    with pytest.raises(ItemClosed, match=r"2022年第1批已于2022年9月30日截止.*下一批还没有公布"):
        reviews.submit_and_open(draft, revision=draft.revision, by=person)
    next_round(replace(SECOND_FROM, again=anew))
    with pytest.raises(Conflict, match="重新进入"):
        reviews.submit_and_open(draft, revision=draft.revision, by=person)
    waiting = applications.start_draft(firm, world.item(), by=person)
    assert (waiting.pk, waiting.round) == (draft.pk, keys[0]), "the second round has not begun"
    set_demo_day(date(2022, 11, 1))
    moved = applications.start_draft(firm, world.item(), by=person)
    assert (moved.pk, moved.round, moved.form["note"]) == (draft.pk, keys[1], "写了半天")
    assert again(firm, person).pk == draft.pk
    assert Application.objects.count() == 1


def test_an_automatic_grant_takes_a_left_over_draft_along(people: dict[str, User]) -> None:
    firm = world.enterprise()
    person = world.member(firm)
    account = world.account(firm, person)
    draft = applications.start_draft(firm, world.item(), by=person)
    next_round()
    sent = reviews.submit_automatic_and_open(firm, world.item(), bank_account=account, by=person)
    assert (sent.pk, sent.round, sent.item.pack_version.version) == (draft.pk, "2022-2", "2.2")
    assert sent.events.get(kind="confirmed").payload["pack_version"] == "2.2"
    assert (
        reviews.submit_automatic_and_open(firm, world.item(), bank_account=account, by=person).pk == sent.pk
    )


def test_what_is_confirmed_is_what_the_window_showed(people: dict[str, User]) -> None:
    """A page of the first round that stayed open says nothing of the second one's amount and conditions."""
    firm = world.enterprise()
    person = world.member(firm)
    account, client = world.account(firm, person), Client()
    client.force_login(person)
    place = f"/applications/automatic/{world.PACK}/scale-up/"
    page = client.get(place).content.decode()
    form = next(form for form in page.split("<form ") if "确认享受" in form)
    shown = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    sent = {**shown, "account": "current", "account_id": account.pk, "consent": "on"}
    next_round()
    refused = client.post(f"{place}confirm/", sent)
    assert refused.status_code == 409
    assert "政策版本已经更新" in refused.content.decode()
    assert not Application.objects.filter(enterprise=firm).exists()


# -- days ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2022, 10, 31), "2022年第2批还没有开始，2022年11月1日起申报"),
        (date(2022, 11, 1), ""),
        (date(2022, 12, 31), ""),
        (date(2023, 1, 1), "2022年第2批已于2022年12月31日截止.*下一批还没有公布"),
    ],
)
def test_the_first_and_the_last_day(day: date, told: str, people: dict[str, User]) -> None:
    next_round(SECOND_FROM)
    set_demo_day(day)
    firm = world.enterprise()
    person = world.member(firm)
    account = world.account(firm, person)
    acts: list[Callable[[], Any]] = [
        lambda: applications.start_draft(firm, world.item(), by=person),
        lambda: reviews.submit_automatic_and_open(firm, world.item(), bank_account=account, by=person),
    ]
    for act in acts:
        if told:
            with pytest.raises(ItemClosed, match=told):
                act()
        else:
            assert act().round == "2022-2"
    assert Application.objects.exists() == (not told)


# -- one round after the other ---------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["2022-1 ", "2022", "2022-2", "2023"])
def test_a_running_round_is_not_cut_short(key: str, people: dict[str, User]) -> None:
    """A correction of the pack in the middle of a round keeps the round; anything else would open the item twice."""
    set_demo_day(FIRST.until)
    batch = Batch(key.strip(), SECOND.until)
    if key.endswith(" "):
        assert publish(
            "2.2", ("short_title: 首次升规奖励", "short_title: 升规奖励"), scale_up=batch
        ).is_current
        return
    wrong = RoundsOutOfTurn if key == "2022" else RoundStillOpen
    with pytest.raises(wrong):
        publish("2.2", scale_up=batch)
    assert PackVersion.objects.get(is_current=True).version == "2.1"


def test_the_publisher_is_told_when_the_next_round_may_be_published(people: dict[str, User]) -> None:
    author, publisher = (world.official(role) for role in ("policy_author", "policy_publisher"))
    draft = catalogue.submit_draft(texts("2.2", scale_up=SECOND_FROM), by=author)
    desk = Client()
    desk.force_login(publisher)

    def told() -> str:
        return desk.get(f"/desk/packs/drafts/{draft.pk}/").content.decode()

    assert "现在还不能发布：“首次升规奖励（2022年第1批）”到2022年9月30日才截止" in told()
    assert "2022年第2批（2022-2，每一批都可以申报）2022年11月1日起，截止 2022年12月31日" in told()
    with pytest.raises(RoundStillOpen):
        catalogue.publish_draft(draft.pk, by=publisher)
    set_demo_day(OCTOBER)
    assert "现在还不能发布" not in told()
    assert catalogue.publish_draft(draft.pk, by=publisher).is_current
    assert "现在还不能发布" not in told(), "what is published waits for nothing"


@pytest.mark.parametrize(
    "batch", [None, Batch("2022-2", SECOND.until, again=False), Batch("2021-2", SECOND.until)]
)
def test_rounds_come_in_their_order_and_are_not_dropped(batch: Batch | None, people: dict[str, User]) -> None:
    """Without its round, or with an earlier one, an item could be had again for the same."""
    set_demo_day(OCTOBER)
    with pytest.raises(RoundsOutOfTurn, match=r"首次升规奖励.*上一版的申报批次是 2022-1"):
        publish("2.2", scale_up=batch)


@pytest.mark.parametrize(("new", "in_turn"), [("2022-1", False), ("2021", False), ("2022-2", True)])
@pytest.mark.parametrize("dropped", [False, True])
def test_what_was_given_once_is_not_given_again_in_the_same_round(
    new: str, in_turn: bool, dropped: bool, db: None
) -> None:
    """All rounds together gave it once, now each gives it anew: that can only begin with a later round."""
    publish("2.1", scale_up=replace(FIRST, again=False))
    set_demo_day(OCTOBER)
    if dropped:
        publish("2.1.1", scale_up=None)
        set_demo_day(date(2023, 1, 2))
    if in_turn:
        assert publish("2.2", scale_up=replace(SECOND, id=new)).is_current
    else:
        with pytest.raises(RoundsOutOfTurn, match="2022-1"):
            publish("2.2", scale_up=replace(SECOND, id=new))


def test_an_item_without_rounds_gets_them_after_its_last_day(db: None) -> None:
    world.publish()
    people = world.staff()
    world.money("900000")
    case, person = world.submitted()
    approve(case, people)
    with pytest.raises(RoundStillOpen, match="到2022年12月31日才截止"):
        publish("2.1", scale_up=Batch("2023", date(2023, 6, 30)))
    set_demo_day(date(2023, 1, 1))
    publish("2.1", scale_up=Batch("2023", date(2023, 6, 30)))
    assert again(case.enterprise, person).round == "2023"


def test_an_item_that_left_the_pack_comes_back_in_turn(people: dict[str, User]) -> None:
    """The last version that had it counts, not the last version."""
    set_demo_day(OCTOBER)
    publish("2.2", ("  - id: scale-up\n", "  - id: risen\n"))
    with pytest.raises(RoundsOutOfTurn):
        publish("2.3", scale_up=None)


# -- 从高不重复 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("green", "excluded"),
    [
        (Batch("2022-1", SECOND.until), True), (Batch("2022", SECOND.until), True),
        (Batch("2022-2", SECOND.until), False), (Batch("2023", SECOND.until), False),
        (Batch("2023", SECOND.until, again=False), True), (None, True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("granted", [False, True])
def test_of_one_kind_cases_exclude_each_other_in_the_same_round(
    green: Batch | None, excluded: bool, granted: bool, db: None
) -> None:
    publish("2.1", SAME_GROUP, scale_up=FIRST, green_demonstration=green)
    for full_id in (world.SCALE_UP, world.GREEN):
        world.money("900000", full_id)
    people, firm = world.staff(), titled()
    first, person = world.submitted(of=firm)
    if granted:
        approve(first, people)
    if excluded:
        with pytest.raises(Conflict, match=f"{first.number}.*从高不重复"):
            again(firm, person, world.GREEN)
    else:
        other = again(firm, person, world.GREEN)
        approve(other, people, "150000")
        assert granted or approve(first, people).state == State.APPROVED


def test_what_a_notice_excludes_is_excluded_in_every_round(db: None) -> None:
    pair = f"{{items: [{world.SCALE_UP}, {world.GREEN}], reason: 只能享受一项, source: 测试, status: 待牵头单位确认}}"
    later = Batch("2023", SECOND.until)
    publish("2.1", ("exclusions: []", f"exclusions: [{pair}]"), scale_up=FIRST, green_demonstration=later)
    world.staff()
    first, person = world.submitted(of=titled())
    with pytest.raises(Conflict, match=f"{first.number}.*只能享受一项"):
        again(first.enterprise, person, world.GREEN)


@pytest.mark.parametrize(("over_all", "left"), [(False, "200000"), (True, "100000")])
def test_a_ceiling_is_over_one_round_or_over_all(over_all: bool, left: str, people: dict[str, User]) -> None:
    flag = ", all_rounds: true" if over_all else ""
    shared = (
        f"shared_ceilings: [{{items: [{world.SCALE_UP}], ceiling: 30万元, reason: 累计最高30万元{flag}}}]"
    )
    changes = (
        ("shared_ceilings: []", shared),
        ("amount: 20万元", "ceiling: 20万元"),
        ("    automatic: true\n", ""),
    )
    publish("2.1.1", *changes, scale_up=FIRST)
    first, person = world.submitted()
    approve(first, people)
    next_round(SECOND, "2.2", *changes)
    second = world.walk(again(first.enterprise, person), people, "approval")
    if over_all:
        with pytest.raises(Mistakes, match="本件最多 100,000"):
            reviews.approve(world.task(second), Decimal("100000.01"), by=people["approval"], opinion="同意")
    assert approve(second, people, left).state == State.APPROVED


# -- the database, the pages -----------------------------------------------------------------------------------


def test_the_database_holds_one_a_round_and_the_round_of_a_case(people: dict[str, User]) -> None:
    case, _ = world.submitted()
    copy = Application.objects.get(pk=case.pk)
    copy.pk, copy.public_id, copy.number, copy.same_kind = (
        None,
        case.public_id.__class__(int=1),
        "SB-COPY",
        "",
    )
    with pytest.raises(IntegrityError, match="application_one_open"), transaction.atomic():
        copy.save()
    copy.round = "2022-2"
    copy.save()
    copy.refresh_from_db()
    with pytest.raises((InternalError, IntegrityError), match="final"), transaction.atomic():
        Application.objects.filter(pk=copy.pk).update(round="2022-3")


def test_the_pages_tell_the_round_and_what_became_of_the_last_one(people: dict[str, User]) -> None:
    first, person = world.submitted()
    approve(first, people)
    next_round(SECOND_FROM)
    client = Client()
    client.force_login(person)
    start = f"/applications/new/{world.SCALE_UP}/"

    def page(address: str) -> str:
        response = client.get(address)
        assert response.status_code == 200
        return response.content.decode()

    early = page(start)
    assert "2022年第2批还没有开始，2022年11月1日起申报" in early
    assert "开始申报" not in early
    assert client.get(f"/applications/automatic/{world.SCALE_UP}/").url == start
    assert "2022年第1批：已审定待拨付 200,000.00 元" in early
    policy = page(f"/policies/{world.SCALE_UP}/")
    assert "2022年第2批：自2022年11月1日至2022年12月31日" in policy
    assert "去申报" not in policy
    assert "2022年11月1日起申报</span>" in page("/policies/")
    assert world.SCALE_UP not in page("/policies/?open=1")
    result, apply = f"/match/{first.enterprise.uscc}/", f"{start}?uscc={first.enterprise.uscc}"
    announced = page(result)
    assert "2022年11月1日起申报，" in announced
    assert apply not in announced, "nobody is sent to a form that takes nothing yet"
    set_demo_day(date(2022, 11, 1))
    assert "开始申报" in page(start)
    assert world.SCALE_UP in page("/policies/?open=1")
    assert apply in page(result), "what was granted in the first round hides the second"
    second = again(first.enterprise, person)
    assert f'href="/progress/{second.public_id}/">看进度' in page(result)
    assert apply not in page(result)
    mine = page("/applications/")
    assert "首次升规奖励（2022年第1批）" in mine
    assert "首次升规奖励（2022年第2批）" in mine
    found = page("/applications/?q=第1批")
    assert first.number in found
    assert second.number not in found
    assert "查看已提交的申报" in page(start)
    assert second.number in page(f"/progress/{second.public_id}/")
    desk = Client()
    desk.force_login(people["acceptance"])
    case = desk.get(f"/desk/cases/{second.number}/").content.decode()
    assert "其他批次的申报" in case
    assert first.number not in desk.get("/desk/cases/all/?q=第2批").content.decode()
    assert f'href="/desk/cases/{first.number}/">2022年第1批 已审定待拨付 200,000.00 元' in case
    set_demo_day(date(2023, 1, 3))
    assert "下一批还没有公布" in page(f"/policies/{world.SCALE_UP}/")


def test_the_interface_for_programs_tells_the_round(people: dict[str, User]) -> None:
    next_round(SECOND_FROM)
    found = Client().get(f"/api/v1/policies/{world.SCALE_UP}").json()
    assert (found["title"], found["round"], found["opens"], found["until"], found["open"]) == (
        "首次升规奖励", "2022年第2批", "2022-11-01", "2022-12-31", False,
    )  # fmt: skip


def test_a_public_notice_is_about_one_round(people: dict[str, User]) -> None:
    first, person = world.submitted()
    next_round()
    second = again(first.enterprise, person)
    with pytest.raises(Mistakes, match="同一批次"):
        _item_of([first, second])
    assert _item_of([second]) == second.item


def test_a_lapsed_case_is_told_of_the_round_that_is_open(people: dict[str, User]) -> None:
    case, _ = world.submitted()
    set_demo_day(OCTOBER)
    assert "首次升规奖励（2022年第1批）”已经截止" in how_to_apply_again(case)
    assert apply_again_link(case) == ""
    next_round()
    assert "2022年12月31日前可以重新申报“首次升规奖励（2022年第2批）”" in how_to_apply_again(case)
    assert apply_again_link(case).startswith("/applications/new/")
