"""The desk through the request cycle: lists, one case, batches, exports, who sees what, how many queries."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.integration import case_world as world

from babashi.accounts.models import Role, User
from babashi.applications.flow import State
from babashi.applications.models import Application
from babashi.catalogue import queries as catalogue
from babashi.catalogue.models import CatalogueItem, PackVersion
from babashi.enterprises.models import Enterprise
from babashi.reviews import services as reviews
from babashi.workdays import clock

pytestmark = pytest.mark.django_db


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_todo_shows_only_what_the_post_may_do(case: Application, people: dict[str, User]) -> None:
    assert case.number in browser(people["acceptance"]).get("/desk/cases/").content.decode()
    for other in ("first-review", "finance-check", "approval"):
        assert case.number not in browser(people[other]).get("/desk/cases/").content.decode()
    stranger = world.official(Role.ACCEPTOR, "区商务委")
    assert case.number not in browser(stranger).get("/desk/cases/").content.decode()
    assert browser(stranger).get(f"/desk/cases/{case.number}/").status_code == 404
    assert browser(people["finance-check"]).get(f"/desk/cases/{case.number}/").status_code == 200
    auditor = world.official(Role.AUDITOR, "区审计局")
    assert browser(auditor).get(f"/desk/cases/{case.number}/").status_code == 200
    assert (
        browser(auditor).post(f"/desk/cases/{case.number}/decide/", {"outcome": "passed"}).status_code == 403
    )
    person = case.submitted_by
    assert person is not None
    assert browser(person).get("/desk/cases/").status_code == 403
    assert Client().get("/desk/cases/").status_code == 302


def test_deadline_lights_in_words(people: dict[str, User]) -> None:
    from datetime import date

    from babashi.workdays.clock import set_demo_day

    world.submitted()
    set_demo_day(date(2022, 9, 6))
    page = browser(people["acceptance"]).get("/desk/cases/").content.decode()
    assert "已逾期" in page
    assert "row-late" in page


def test_the_light_of_a_case_is_the_same_on_its_page_as_in_the_list(people: dict[str, User]) -> None:
    """Four days left with a weekend between them are two working days: near on both."""
    from datetime import date, datetime, time

    from babashi.workdays import clock

    with clock.frozen(datetime.combine(date(2022, 9, 1), time(10), clock.ZONE)):
        case = world.submitted()[0]
        assert world.task(case).due_on == date(2022, 9, 5)
        for address in ("/desk/cases/", f"/desk/cases/{case.number}/"):
            page = browser(people["acceptance"]).get(address).content.decode()
            assert '<span class="light light-amber">还剩 4 天' in page, address


def test_filters_stay_until_cleared(case: Application, people: dict[str, User]) -> None:
    client = browser(people["acceptance"])
    other = world.submitted()[0]
    page = client.get("/desk/cases/", {"q": case.number}).content.decode()
    assert other.number not in page
    again = client.get("/desk/cases/")
    assert again.status_code == 302
    assert case.number in again.url
    cleared = client.get("/desk/cases/", {"clear": "1"}, follow=True).content.decode()
    assert other.number in cleared


def form_of(page: str) -> dict[str, str]:
    """What the decision form of a page sends when nobody chooses anything: a hurried click."""
    form = page[page.index('<form method="post" id="decision"') :].partition("</form>")[0]
    fields = re.findall(r'<input type="(?:hidden|checkbox)" name="(task|next)" value="([^"]+)"', form)
    chosen = re.findall(r'<input type="radio" name="outcome" value="(\w+)"[^>]* checked', form)
    return {**dict(fields), "opinion": "同意"} | ({"outcome": chosen[0]} if chosen else {})


def test_decide_on_the_page_and_go_to_the_next(case: Application, people: dict[str, User]) -> None:
    following = world.submitted()[0]
    client = browser(people["acceptance"])
    page = client.get(f"/desk/cases/{case.number}/").content.decode()
    data = form_of(page) | {"outcome": "passed"}
    assert (data["task"], data["next"]) == (str(world.task(case).pk), following.number)
    answer = client.post(f"/desk/cases/{case.number}/decide/", data)
    assert answer.url == f"/desk/cases/{following.number}/"
    shown = client.get(answer.url).content.decode()
    assert f"意见已记录：{case.number} {case.enterprise.name}，通过。" in shown
    assert f"现在打开的是下一件：{following.number} {following.enterprise.name}" in shown
    decision = shown[shown.index('id="decision"') :].partition("</form>")[0]
    assert f'本件 <span class="code">{following.number}</span> {following.enterprise.name}' in decision


def test_a_second_click_decides_nothing(case: Application, people: dict[str, User]) -> None:
    """Neither the same form sent again, nor a hurried click on the page of the next case."""
    following, last = world.submitted()[0], world.submitted()[0]
    client = browser(people["acceptance"])
    address, next_address = (f"/desk/cases/{one.number}/decide/" for one in (case, following))
    data = form_of(client.get(f"/desk/cases/{case.number}/").content.decode()) | {"outcome": "passed"}
    shown = client.post(address, data, follow=True).content.decode()
    assert client.post(address, data).status_code == 302
    hurried = form_of(shown)
    assert "outcome" not in hurried, "nothing is chosen before the official chooses"
    refused = client.post(next_address, hurried)
    assert refused.status_code == 422
    assert "请选择办理结果" in refused.content.decode()
    assert client.post(next_address, data).status_code == 404, "the form of one case at another's address"
    without = client.post(next_address, {"outcome": "passed", "opinion": "打好的意见不能丢"})
    assert without.status_code == 422
    assert "没有写明是哪一环节" in without.content.decode()
    assert "打好的意见不能丢" in without.content.decode()
    assert case.events.filter(kind="stage_passed").count() == 1
    for untouched in (following, last):
        assert world.task(untouched).stage == "acceptance"
        assert not untouched.events.filter(kind="stage_passed").exists()


def test_what_was_typed_stays_when_a_decision_is_refused(case: Application, people: dict[str, User]) -> None:
    client = browser(people["acceptance"])
    task = str(world.task(case).pk)
    data = {"task": task, "outcome": "refused", "opinion": "一段很长的意见不能丢"}
    answer = client.post(f"/desk/cases/{case.number}/decide/", data)
    assert answer.status_code == 422
    assert "一段很长的意见不能丢" in answer.content.decode()
    assert "不符合哪一条" in answer.content.decode()
    bad = client.post(
        f"/desk/cases/{case.number}/decide/", {"task": task, "outcome": "passed", "amount": "二十万"}
    )
    assert bad.status_code == 422
    assert "金额格式不对" in bad.content.decode()
    foreign = client.post(f"/desk/cases/{case.number}/decide/", {"task": "999999", "outcome": "passed"})
    assert foreign.status_code == 404


def test_correction_asked_on_the_page_reaches_the_applicant(
    case: Application, people: dict[str, User]
) -> None:
    client = browser(people["acceptance"])
    data = {
        "task": world.task(case).pk, "outcome": "returned", "opinion": "请补正",
        "asked": "industry_code", "asked.industry_code": "请核对代码",
    }  # fmt: skip
    assert client.post(f"/desk/cases/{case.number}/decide/", data).status_code == 302
    person = case.submitted_by
    assert person is not None
    page = browser(person).get(f"/applications/{case.public_id}/").content.decode()
    assert "请核对代码" in page
    assert "撤销补正要求" in client.get(f"/desk/cases/{case.number}/").content.decode()


def test_batch_reports_row_by_row(people: dict[str, User]) -> None:
    cases = [world.submitted()[0] for _ in range(3)]
    client = browser(people["acceptance"])
    ids = [world.task(case).pk for case in cases]
    reviews.claim_task(world.task(cases[1]), by=world.official(Role.ACCEPTOR))
    answer = client.post(
        "/desk/cases/batch/", {"task": ids, "outcome": "passed", "opinion": "同意"}, follow=True
    )
    page = answer.content.decode()
    assert "办成 2 件，未办成 1 件" in page
    assert "正由" in page
    empty = client.post("/desk/cases/batch/", {"outcome": "passed"}, follow=True)
    assert "请先勾选" in empty.content.decode()


def test_exports_defuse_formulas(people: dict[str, User]) -> None:
    case = world.submitted()[0]
    Enterprise.objects.filter(pk=case.enterprise_id).update(name="=HYPERLINK(1)")
    client = browser(people["acceptance"])
    csv = client.get("/desk/cases/", {"export": "csv"})
    assert csv.content.startswith(b"\xef\xbb\xbf")
    assert "'=HYPERLINK(1)" in csv.content.decode("utf-8-sig")
    xlsx = client.get("/desk/cases/all/", {"export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx.content)).active
    assert sheet is not None
    row = [cell.value for cell in sheet[2]]
    assert row[0] == case.number
    assert row[1] == "'=HYPERLINK(1)"
    assert row[6] == 200000
    assert client.get("/desk/cases/", {"export": "exe"}).status_code == 422


def test_queue_page_and_draining_it(people: dict[str, User]) -> None:
    cases = [world.submitted()[0] for _ in range(2)]
    for case in cases:
        world.walk(case, people, "approval")
        reviews.approve(world.task(case), None, by=people["approval"], opinion="同意")
    client = browser(people["approval"])
    page = client.get("/desk/queue/").content.decode()
    assert "第 1 位" in page
    assert "第 2 位" in page
    world.money("200000")
    drained = client.post("/desk/queue/drain/", follow=True).content.decode()
    assert str(cases[0].number) in drained
    assert browser(people["acceptance"]).post("/desk/queue/drain/").status_code == 403
    assert Application.objects.filter(state=State.QUEUED).count() == 1


def test_fact_is_corrected_on_the_page(case: Application, people: dict[str, User]) -> None:
    world.walk(case, people, "first-review")
    client = browser(people["first-review"])
    url = f"/desk/cases/{case.number}/facts/"
    data = {"ref": "first_above_scale_year", "value": "2019", "reason": "联网直报记录"}
    assert client.post(url, {**data, "value": "去年"}).status_code == 422
    assert client.post(url, data).status_code == 302
    page = client.get(f"/desk/cases/{case.number}/").content.decode()
    assert "核定前：2021" in page
    assert "按现有数据不能通过" in page
    assert client.post(f"/desk/cases/{case.number}/refresh/").status_code == 302


PAGES = {
    "todo": ("acceptance", "/desk/cases/"),
    "cases": ("acceptance", "/desk/cases/all/"),
    "queue": ("approval", "/desk/queue/"),
    "publicity desk": ("first-review", "/desk/publicity/"),
    "objections": ("approval", "/desk/objections/"),
    "interests": ("acceptance", "/desk/interests/"),
    "public notices": ("acceptance", "/publicity/"),
}


def test_queries_stay_few_and_constant(people: dict[str, User]) -> None:
    counts: dict[str, list[int]] = {name: [] for name in PAGES}
    seen: dict[str, list[str]] = {}
    for rows in (1, 3):
        while Application.objects.count() < 3 * rows:
            _fill(people)
        for name, (who, url) in PAGES.items():
            client = browser(people[who])
            client.get(url)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url).status_code == 200
            counts[name].append(len(captured))
            seen[name] = [query["sql"][:400] for query in captured.captured_queries]
    for name, (few, many) in counts.items():
        assert few == many, (name, few, many, seen[name])
        assert many <= 12, (name, many, seen[name])


@pytest.mark.parametrize("stage", ["acceptance", "first-review", "publicity", "approval"])
def test_queries_of_one_case(stage: str, case: Application, people: dict[str, User]) -> None:
    world.walk(case, people, stage)
    client = browser(people.get(stage, people["approval"]))
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/desk/cases/{case.number}/").status_code == 200
    assert len(captured) <= 16, [query["sql"][:400] for query in captured.captured_queries]


def test_awaited_corrections_need_the_calendar_once(people: dict[str, User]) -> None:
    """Each day of asking has a deadline of its own, and a grace after it."""
    client, url, counts = browser(people["acceptance"]), "/desk/cases/corrections/", []
    for day in (1, 2, 5, 6):
        with clock.frozen(datetime(2022, 9, day, 2, tzinfo=UTC)):
            case = world.submitted()[0]
            asked = [{"ref": "first_above_scale_year", "note": "请核对"}]
            reviews.decide(
                world.task(case), "returned", by=people["acceptance"], opinion="请补正", items=asked
            )
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert case.number in client.get(url).content.decode()
        counts.append(len(captured))
    assert len(set(counts)) == 1, counts
    assert counts[-1] <= 12, [query["sql"][:400] for query in captured.captured_queries]


def _fill(people: dict[str, User]) -> None:
    world.submitted()
    world.walk(world.submitted()[0], people, "publicity")
    queued = world.walk(world.submitted()[0], people, "approval")
    reviews.approve(world.task(queued), None, by=people["approval"], opinion="同意")


def test_the_opinion_is_not_written_before_a_result_is_chosen(
    case: Application, people: dict[str, User]
) -> None:
    """Without scripts the box is empty; with them each result brings words of its own."""
    page = browser(people["acceptance"]).get(f"/desk/cases/{case.number}/").content.decode()
    form = page[page.index('id="decision"') :].partition("</form>")[0]
    assert re.search(r'<textarea [^>]*id="opinion"[^>]*></textarea>', form), "no words that nobody chose"
    assert "退回和不予支持必须写明" in form
    ready = dict(re.findall(r'name="outcome" value="(\w+)"[^>]* data-fill-text="([^"]*)"', form))
    assert set(ready) == {"passed", "returned", "refused"}
    assert len(set(ready.values())) == 3
    assert "同意" in ready["passed"]
    assert "同意" not in ready["returned"] + ready["refused"]


def test_an_opinion_that_was_typed_or_emptied_is_shown_again_as_it_was(
    case: Application, people: dict[str, User]
) -> None:
    client = browser(people["acceptance"])
    data = form_of(client.get(f"/desk/cases/{case.number}/").content.decode())
    answer = client.post(f"/desk/cases/{case.number}/decide/", data | {"outcome": "refused", "opinion": ""})
    assert answer.status_code == 422
    assert re.search(r'<textarea [^>]*id="opinion"[^>]*></textarea>', answer.content.decode())


def test_a_reader_without_the_post_is_told_whose_turn_it_is(
    case: Application, people: dict[str, User]
) -> None:
    readers = (
        world.official(Role.COORDINATOR, "区发展改革委"),
        world.official(Role.AUDITOR, "区审计局"),
        people["approval"],
    )
    for reader in readers:
        page = browser(reader).get(f"/desk/cases/{case.number}/").content.decode()
        assert "等待区经济信息委受理办理。" in page
        assert "这项操作需要" not in page
        assert "系统管理员" not in page
    reviews.decide(world.task(case), "passed", by=people["acceptance"], opinion="同意")
    page = browser(readers[0]).get(f"/desk/cases/{case.number}/").content.decode()
    assert "等待区经济信息委初审办理。" in page
    own = browser(people["acceptance"]).get(f"/desk/cases/{case.number}/").content.decode()
    assert "等待区经济信息委初审办理。" in own


@pytest.mark.parametrize("address", ["/desk/cases/", "/desk/cases/all/", "/desk/queue/"])
def test_filters_call_items_by_their_names(case: Application, people: dict[str, User], address: str) -> None:
    page = browser(people["acceptance"]).get(address).content.decode()
    choice = re.search(rf'<option value="{world.SCALE_UP}">([^<]*)</option>', page)
    assert choice is not None
    assert choice[1] == "首次升规奖励"


def test_two_items_of_one_name_are_told_apart_by_their_notices(case: Application) -> None:
    name, other = str(case.item), "banan-2023-1/scale-up"
    for number, called in ((1, "旧名称"), (2, name)):
        version = PackVersion.objects.get(is_current=True)
        item = CatalogueItem.objects.get(pack_version=version, full_id=world.SCALE_UP)
        version.pk, version.pack_id, version.number = None, "banan-2023-1", "巴南府办发〔2023〕1号"
        version.digest, version.version, version.is_current = f"{number:064d}", f"{number}.0.0", False
        version.save(force_insert=True)
        item.pk, item.pack_version, item.full_id, item.short_title = None, version, other, called
        item.save(force_insert=True)
    assert catalogue.choices([world.SCALE_UP, other, world.RETROFIT, "gone/item"]) == [
        (world.SCALE_UP, f"{name}（巴南府办发〔2022〕63号）"),
        (other, f"{name}（巴南府办发〔2023〕1号）"),
        (world.RETROFIT, str(world.item(world.RETROFIT))),
        ("gone/item", "gone/item"),
    ]


def test_what_the_enterprise_gives_instead_is_read_like_the_register(people: dict[str, User]) -> None:
    """The same columns in the same order, amounts and days in words: the two are compared by eye."""
    owner, loan = world.borrower()
    typed = {f"rows.loans.0.{name}": text for name, text in (loan | {"principal": "4800000"}).items()}
    fields = {**typed, "use.loans": "on", "differs.employees_2021": "90"}
    case = world.submitted("banan-2022-63/interest-subsidy", of=owner, fields=fields)[0]
    page = browser(people["acceptance"]).get(f"/desk/cases/{case.number}/").content.decode()
    words = "贷款编号 D1，用途 流动资金，本金 4,800,000.00 元，起始日 2022年3月1日，到期日 2022年9月1日"
    assert words in page
    head = page.partition('aria-label="贷款"')[2].partition("</thead>")[0]
    assert re.findall(r"<th[^>]*>([^<]+)", head) == ["贷款编号", "用途", "本金", "起始日", "到期日"]
    assert "90 人" in page
