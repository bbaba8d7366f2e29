"""从高不重复 at the time of application and of approval, with packs that say what may not be combined."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.integration import case_world as world

from babashi.accounts.models import User
from babashi.applications import services as applications
from babashi.applications.errors import ItemClosed, Mistakes
from babashi.applications.flow import State
from babashi.applications.models import Application
from babashi.audit.errors import Conflict
from babashi.catalogue.models import CatalogueItem
from babashi.catalogue.services import publish_pack, texts_of
from babashi.enterprises.models import Enterprise
from babashi.reviews import services as reviews
from babashi.reviews.errors import NotGrantable
from babashi.workdays.clock import set_demo_day

pytestmark = pytest.mark.django_db
TITLES = {"certificates": [{"kind": "节能节水", "level": "市级"}]}


def publish(old: str, new: str, version: str = "1.0.2") -> None:
    """The real pack with one line changed, as a new version."""
    files = {name: text for name, text in texts_of(world.PACK_FOLDER).items() if name != "cases.yaml"}
    assert old in files["pack.yaml"]
    text = files["pack.yaml"].replace(old, new).replace('version: "1.0.1"', f'version: "{version}"')
    publish_pack({**files, "pack.yaml": text}, by=None, enabled=True)


def owner() -> Enterprise:
    """Eligible for the reward of rising above scale and for that of a green title."""
    return world.enterprise(tables=TITLES)


def approve(case: Application, people: dict[str, User], amount: str) -> Application:
    world.walk(case, people, "approval")
    reviews.approve(world.task(case), Decimal(amount), by=people["approval"], opinion="同意")
    case.refresh_from_db()
    return case


@pytest.fixture
def same_kind(people: dict[str, User]) -> dict[str, User]:
    publish("same_kind_group: 绿色示范称号", "same_kind_group: 首次升规")
    for full_id in (world.SCALE_UP, world.GREEN):
        world.money("900000", full_id)
    return people


def test_the_second_of_a_kind_is_refused_with_the_number_of_the_first(same_kind: dict[str, User]) -> None:
    firm = owner()
    first, person = world.submitted(of=firm)
    with pytest.raises(Conflict, match=f"{first.number}.*从高不重复.*先撤回"):
        world.submitted(world.GREEN, of=firm)
    reviews.withdraw_and_close(first, by=person)
    second, _ = world.submitted(world.GREEN, of=firm)
    assert second.state == State.IN_REVIEW
    approve(second, same_kind, "150000")
    with pytest.raises(Conflict, match="已经审定"):
        world.submitted(of=firm)


def test_an_automatic_grant_is_no_way_around(same_kind: dict[str, User]) -> None:
    firm = owner()
    _, person = world.submitted(world.GREEN, of=firm)
    account = world.account(firm, person)
    with pytest.raises(Conflict, match="从高不重复"):
        reviews.submit_automatic_and_open(firm, world.item(), bank_account=account, by=person)


def test_two_cases_from_before_the_pack_said_so_end_in_one_grant(people: dict[str, User]) -> None:
    """Both were sent when no pack excluded the pair; by the time of the approval a neighbouring pack does."""
    world.money("900000")
    world.money("900000", world.GREEN)
    firm = owner()
    first, _ = world.submitted(of=firm)
    second, _ = world.submitted(world.GREEN, of=firm)
    folder = world.PACK_FOLDER.parents[1] / "chongqing" / "neighbours"
    files = {name: text for name, text in texts_of(folder).items() if name != "cases.yaml"}
    pair = f"{{items: [{world.SCALE_UP}, {world.GREEN}], reason: 只能享受一项, source: 测试, status: 待牵头单位确认}}"
    text = files["pack.yaml"].replace("  exceptions:\n", f"  exclusions: [{pair}]\n  exceptions:\n")
    publish_pack({**files, "pack.yaml": text}, by=None, enabled=True)
    approve(first, people, "200000")
    world.walk(second, people, "approval")
    with pytest.raises(NotGrantable, match=f"{first.number}.*200,000.00.*只能享受一项"):
        reviews.approve(world.task(second), Decimal("150000"), by=people["approval"], opinion="同意")


PAIR = f"{{items: [{world.SCALE_UP}, {world.GREEN}], reason: 只能享受一项, source: 测试, status: 待牵头单位确认}}"


@pytest.mark.parametrize("granted", [False, True])
def test_a_version_in_between_excludes_what_it_names(people: dict[str, User], granted: bool) -> None:
    """One is sent before the pack's next version names the pair, the other one after it."""
    world.money("900000")
    world.money("900000", world.GREEN)
    firm = owner()
    earlier, person = world.submitted(of=firm)
    draft = applications.start_draft(firm, world.item(world.GREEN), by=person)
    if granted:
        approve(earlier, people, "200000")
    publish("exclusions: []", f"exclusions: [{PAIR}]")
    applications.start_draft(firm, world.item(world.GREEN), by=person)
    draft.refresh_from_db()
    with pytest.raises(Conflict, match="只能享受一项"):
        reviews.submit_and_open(draft, revision=draft.revision, by=person)


def test_a_pair_that_a_later_version_lets_stand_together_may_be_had(people: dict[str, User]) -> None:
    publish("exclusions: []", f"exclusions: [{PAIR}]")
    firm = owner()
    _, person = world.submitted(of=firm)
    publish("exclusions: []", "exclusions: []", "1.0.3")
    later = applications.start_draft(firm, world.item(world.GREEN), by=person)
    assert reviews.submit_and_open(later, revision=later.revision, by=person).state == State.IN_REVIEW


def test_a_kind_that_got_another_name_is_still_one_kind(same_kind: dict[str, User]) -> None:
    firm = owner()
    first, person = world.submitted(of=firm)
    files = {name: text for name, text in texts_of(world.PACK_FOLDER).items() if name != "cases.yaml"}
    text = files["pack.yaml"].replace('version: "1.0.1"', 'version: "1.0.3"')
    for name in ("绿色示范称号", "首次升规"):
        text = text.replace(f"same_kind_group: {name}", "same_kind_group: 成长奖励")
    publish_pack({**files, "pack.yaml": text}, by=None, enabled=True)
    draft = applications.start_draft(firm, world.item(world.GREEN), by=person)
    with pytest.raises(Conflict, match=f"{first.number}.*从高不重复"):
        reviews.submit_and_open(draft, revision=draft.revision, by=person)


def test_an_exception_lets_both_be_granted(people: dict[str, User]) -> None:
    publish("same_kind_group: 绿色示范称号", "same_kind_group: 首次升规")
    files = f"exceptions: [{{items: [{world.SCALE_UP}, {world.GREEN}], reason: 可以叠加, source: 测试, status: 待牵头单位确认}}]"
    text = texts_of(world.PACK_FOLDER)
    changed = (
        text["pack.yaml"]
        .replace("same_kind_group: 绿色示范称号", "same_kind_group: 首次升规")
        .replace("exceptions: []", files)
        .replace('version: "1.0.1"', 'version: "1.0.3"')
    )
    publish_pack(
        {**{n: t for n, t in text.items() if n != "cases.yaml"}, "pack.yaml": changed}, by=None, enabled=True
    )
    firm = owner()
    first, _ = world.submitted(of=firm)
    second, _ = world.submitted(world.GREEN, of=firm)
    assert {first.same_kind, second.same_kind} == {""}


def test_a_shared_ceiling_leaves_what_is_left(people: dict[str, User]) -> None:
    shared = f"shared_ceilings: [{{items: [{world.SCALE_UP}, {world.GREEN}], ceiling: 30万元, reason: 两项合计最高30万元}}]"
    publish("shared_ceilings: []", shared)
    world.money("900000")
    world.money("900000", world.GREEN)
    firm = owner()
    approve(world.submitted(of=firm)[0], people, "200000")
    case, _ = world.submitted(world.GREEN, of=firm)
    world.walk(case, people, "approval")
    with pytest.raises(Mistakes, match="本件最多 100,000"):
        reviews.approve(world.task(case), Decimal("100000.01"), by=people["approval"], opinion="同意")
    assert approve(case, people, "100000").state == State.APPROVED


@pytest.mark.parametrize("end", ["withdrawn", "refused", "approved"])
def test_a_second_application_for_the_same_item(end: str, people: dict[str, User]) -> None:
    world.money("900000")
    firm = owner()
    first, person = world.submitted(of=firm)
    if end == "withdrawn":
        reviews.withdraw_and_close(first, by=person)
    elif end == "refused":
        world.walk(first, people, "first-review")
        marked = [{"clause": "industrial", "ok": False, "note": "核实不符"}]
        reviews.decide(
            world.task(first), "refused", by=people["first-review"], opinion="不符", checklist=marked
        )
    else:
        approve(first, people, "200000")
    again = applications.start_draft(firm, world.item(), by=person)
    assert (again.pk == first.pk) == (end == "approved"), "after a grant there is only that one"


def test_the_last_day_and_the_day_after(people: dict[str, User]) -> None:
    firm, late = owner(), owner()
    person, other = world.member(firm), world.member(late)
    world.account(firm, person)
    world.account(late, other)
    draft = applications.start_draft(firm, world.item(), by=person)
    tardy = applications.start_draft(late, world.item(), by=other)
    set_demo_day(world.date(2022, 12, 31))
    case = reviews.submit_and_open(draft, revision=1, by=person)
    asked = [{"ref": "industry_code", "note": "请核对"}]
    reviews.decide(world.task(case), "returned", by=people["acceptance"], opinion="请补正", items=asked)
    set_demo_day(world.date(2023, 1, 5))
    with pytest.raises(ItemClosed):
        reviews.submit_and_open(tardy, revision=1, by=other)
    case.refresh_from_db()
    saved = applications.save_draft(case, {**case.form, "note": "已核对"}, case.revision, by=person)
    again = reviews.resubmit_and_reopen(saved, revision=saved.revision, by=person)
    assert (again.state, again.verdict) == (State.IN_REVIEW, "eligible"), "sent in time, completed later"
    assert again.complete_on == world.date(2023, 1, 5)


def test_a_draft_goes_on_under_a_new_version_of_the_policy(people: dict[str, User]) -> None:
    firm = owner()
    person = world.member(firm)
    world.account(firm, person)
    draft = applications.start_draft(firm, world.item(), by=person)
    draft = applications.save_draft(draft, {**draft.form, "note": "写了半天"}, draft.revision, by=person)
    publish("short_title: 首次升规奖励", "short_title: 升规奖励")
    with pytest.raises(Conflict, match="重新进入"):
        reviews.submit_and_open(draft, revision=draft.revision, by=person)
    again = applications.start_draft(firm, world.item(), by=person)
    assert (again.pk, again.form["note"]) == (draft.pk, "写了半天")
    assert again.item == CatalogueItem.objects.get(full_id=world.SCALE_UP, pack_version__is_current=True)
    sent = reviews.submit_and_open(again, revision=again.revision, by=person)
    assert sent.state == State.IN_REVIEW
