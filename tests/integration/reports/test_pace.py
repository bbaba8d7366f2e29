"""Stages, voices and obstacles of a quarter: real cases on chosen days, counted by hand beside the report."""

import datetime as dt
import io
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from babashi.accounts.models import Role
from babashi.catalogue.models import CatalogueItem, PackVersion
from babashi.feedback import services as feedback
from babashi.matching.services import rematch
from babashi.reports import pace, queries
from babashi.reports.obstacles import _refusals, obstacles
from babashi.reports.quarters import Quarter
from babashi.reports.records import read
from babashi.reviews import services as reviews
from babashi.workdays import clock
from babashi.workdays.services import seed_calendar
from tests.integration import case_world as world

pytestmark = pytest.mark.django_db
Q3, Q4 = Quarter(2022, 3), Quarter(2022, 4)


def on(month: int, day: int) -> Any:
    return clock.frozen(dt.datetime(2022, month, day, 10, tzinfo=clock.ZONE))


@pytest.fixture(autouse=True)
def _quarter() -> None:
    """Three cases: one on time, one accepted late and refused, one that nobody has taken; a fourth never applied."""
    seed_calendar()
    with on(7, 1):
        world.publish()
        people = world.staff()
        firms = [world.enterprise(known=world.ALL_TABLES) for _ in range(4)]
        world.enterprise({**world.SCALE_UP_FACTS, "first_above_scale_year": None}, known=world.ALL_TABLES)
        rematch(None, cause="import")
    with on(7, 4):
        good, _ = world.submitted(of=firms[0])
        late, person = world.submitted(of=firms[1])
    with on(9, 1):
        _, waiting_person = world.submitted(of=firms[2])
    with on(7, 5):
        reviews.decide(world.task(good), "passed", by=people["acceptance"], opinion="同意")
    with on(7, 8):
        reviews.decide(world.task(late), "passed", by=people["acceptance"], opinion="同意")
    with on(7, 11):
        reviews.decide(
            world.task(late), "refused", by=people["first-review"], opinion="核查后不符合",
            checklist=[{"clause": "industrial", "ok": False, "note": "已转为贸易"}],
        )  # fmt: skip
        late.refresh_from_db()
        feedback.rate(late, 1, "太慢", by=person)
    with on(7, 12):
        reviews.decide(world.task(good), "passed", by=people["first-review"], opinion="同意")
    with on(9, 20):
        case = firms[2].applications.get()
        feedback.complain(case, "三个星期没有人受理。", by=waiting_person)


def scale_up(quarter: Quarter) -> pace.Pace:
    return next(one for one in pace.paces(read(quarter)) if one.full_id == world.SCALE_UP)


def test_working_days_of_each_stage_and_what_was_late() -> None:
    with on(11, 15):
        found = scale_up(Q3)
        stages = {stage.stage: stage for stage in found.stages}
        assert sorted(stages["acceptance"].days) == [1, 4]
        assert (stages["acceptance"].median, stages["acceptance"].promised) == (Decimal("2.5"), 2)
        assert sorted(stages["first-review"].days) == [1, 5]
        assert {name: stage.late for name, stage in stages.items() if stage.late} == {"acceptance": 1}
        waiting = {name: stage.waiting_late for name, stage in stages.items() if stage.waiting_late}
        assert waiting == {"acceptance": 1, "second-review": 1}
        assert (found.late, found.waiting_late) == (1, 2)
        second = scale_up(Quarter(2022, 2))
        assert second.waiting_late == 0
        assert all(stage.median is None for stage in second.stages)


def test_publicity_takes_the_days_it_is_open() -> None:
    with on(7, 20):
        case, _ = world.submitted(of=world.enterprise(known=world.ALL_TABLES))
        world.walk(case, world.staff(), "publicity")
    with on(7, 28):
        reviews.finish_publicity(dt.date(2022, 7, 28))  # opened on Wednesday, 20 July; last day 27 July
    with on(11, 15):
        days = {stage.stage: stage.days for stage in scale_up(Q3).stages}
        assert days["publicity"] == [5]


def test_a_case_is_late_only_after_its_last_day() -> None:
    with on(9, 5):  # two working days after 1 September
        assert scale_up(Q3).stages[0].waiting_late == 0
    with on(9, 6):
        assert scale_up(Q3).stages[0].waiting_late == 1


def test_what_enterprises_said() -> None:
    with on(11, 15):
        voice = scale_up(Q3).voice
        assert (voice.ratings, voice.average, voice.low) == (1, Decimal("1.0"), 1)
        assert (voice.complaints, voice.unanswered) == (1, 1)
        assert scale_up(Q4).voice == pace.Voice()


def said(quarter: Quarter) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    records = read(quarter)
    for one in obstacles(records, queries.figures(records), pace.paces(records)):
        found.setdefault(one.kind, []).append(one.text)
    return found


def test_the_obstacles_in_words() -> None:
    with on(11, 15):
        found = said(Q3)
        assert found["应享未申报"] == ["“首次升规奖励”应享 4 家，还有 1 家没有申报或登记意向。"]
        assert found["不予支持"] == ["1 件：不符合“工业企业”。"], (
            "no single enterprise's figures in the report"
        )
        assert found["办理超期"] == [
            "受理办了 2 件，1 件超期，1 件超期未办。",
            "复审办了 0 件，1 件超期未办。",
        ]
        assert found["企业反映"] == ["反映问题待答复 1 件，一星、二星评价 1 条。"]
        assert "缺少资料" not in found
        missing = said(Q4)["缺少资料"]
        assert len(missing) == 3
        assert missing[0] == "因缺“食品经营环节”，有 5 家还不能判断能否享受。"


def test_refusals_for_one_condition_are_counted_together() -> None:
    """Whatever the figures of each enterprise were, and in cases that were refused before conditions had names."""
    named = [
        {"clause": "rate", "name": "强度达标（平均）", "text": f"不符合“强度达标（平均）（强度：{n}）”。说明"}
        for n in "12"
    ]
    older = [
        {"clause": "rate", "text": f"不符合“强度达标（平均）（强度：{n}）”，依据：第三条“x”"} for n in "34"
    ]
    steps = [SimpleNamespace(kind="refused", payload={"reasons": [reason]}) for reason in named + older]
    [found] = list(_refusals(SimpleNamespace(steps=steps)))  # type: ignore[arg-type]
    assert (found.text, found.number) == ("4 件：不符合“强度达标（平均）”。", 4)
    answer = {"clause": "objection", "name": "公示异议成立", "text": "公示异议成立：该企业设备已停用"}
    [other] = list(
        _refusals(SimpleNamespace(steps=[SimpleNamespace(kind="refused", payload={"reasons": [answer]})]))
    )  # type: ignore[arg-type]
    assert other.text == "1 件：公示异议成立。"


def test_the_page_and_its_workbook() -> None:
    with on(11, 15):
        client = Client()
        client.force_login(world.official(Role.COORDINATOR, "区发展改革委"))
        page = client.get("/desk/reports/", {"quarter": "2022Q3"})
        text = page.content.decode()
        assert page.status_code == 200
        assert "2022年第三季度惠企政策落实情况" in text
        assert "受理办了 2 件，1 件超期" in text
        assert [str(one) for one in page.context["quarters"]] == ["2022Q4", "2022Q3"]
        content = client.get("/desk/reports/", {"quarter": "2022Q3", "export": "xlsx"}).content
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert book.sheetnames == ["落实情况", "堵点", "办理效率", "企业反馈"]
        sheet = book["办理效率"]
        assert [cell.value for cell in sheet[2]][1:] == ["首次升规奖励", "受理", 2, 2, 2.5, 1, 1]
        assert book["落实情况"]["D2"].value == 4
        assert client.get("/desk/reports/", {"export": "pdf"}).status_code == 422


def test_the_page_needs_few_queries_however_many_cases_there_are() -> None:
    """At most 12, of which one is the day of a demo and one the titles of items that are no longer in force."""
    client = Client()
    client.force_login(world.official(Role.COORDINATOR, "区发展改革委"))
    acceptor, reviewer = world.official(Role.ACCEPTOR), world.official(Role.FIRST_REVIEWER)

    def number(quarter: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/desk/reports/", {"quarter": quarter}).status_code == 200
        return len(seen)

    with on(11, 15):
        number("2022Q4")  # compiles the pack once
        few = {quarter: number(quarter) for quarter in ("2022Q3", "2022Q4")}
        assert max(few.values()) <= 10
        for _ in range(3):
            case, person = world.submitted(of=world.enterprise(known=world.ALL_TABLES))
            feedback.complain(case, "什么时候有结果？", by=person)
            reviews.decide(world.task(case), "passed", by=acceptor, opinion="同意")
            reviews.decide(
                world.task(case), "refused", by=reviewer, opinion="核查后不符合",
                checklist=[{"clause": "industrial", "ok": False, "note": "已转为贸易"}],
            )  # fmt: skip
        rematch(None, cause="import")
        assert {quarter: number(quarter) for quarter in few} == few


def test_what_was_closed_for_want_of_a_correction_is_counted_beside_the_returns() -> None:
    people = {
        "acceptance": world.official(Role.ACCEPTOR),
        "first-review": world.official(Role.FIRST_REVIEWER),
    }
    with on(7, 4):
        lapsed, _ = world.submitted(of=world.enterprise(known=world.ALL_TABLES))
        asked = [{"ref": "first_above_scale_year", "note": "请上传证明"}]
        reviews.decide(
            world.task(lapsed), "returned", by=people["acceptance"], opinion="证明不全", items=asked
        )
    with on(11, 1):
        reviews.lapse_correction(lapsed, by=people["acceptance"])
    with on(11, 15):
        assert said(Q3)["退回补正"] == ["1 件被退回补正，要求最多的是“首次升规年度”。"]
        assert "逾期未补正" not in said(Q3)
        assert said(Q4)["逾期未补正"] == [
            "1 件没有按期补正，已办结；不是不予支持，事项没有截止的可以重新申报。"
        ]
        assert [row.lapsed for row in queries.figures(read(Q4)) if row.full_id == world.SCALE_UP] == [1]
        assert queries.total(queries.figures(read(Q4))).lapsed == 1
        assert queries.total(queries.figures(read(Q3))).lapsed == 0
        reader = Client()
        reader.force_login(world.official(Role.COORDINATOR, "区发展改革委"))
        page = reader.get("/desk/reports/", {"quarter": "2022Q4"}).content.decode()
        assert '<td data-label="逾期未补正（件）" class="num">1</td>' in page
        assert "/desk/cases/all/?state=lapsed" in page
        table = reader.get("/desk/reports/", {"quarter": "2022Q4", "export": "csv"}).content.decode()
        assert "不予支持（件）,逾期未补正（件）,意向（件）" in table


def test_an_item_that_is_no_longer_in_force_is_counted_for_its_lapsed_cases() -> None:
    with on(7, 4):
        lapsed, _ = world.submitted(of=world.enterprise(known=world.ALL_TABLES))
        acceptor = world.official(Role.ACCEPTOR)
        reviews.decide(world.task(lapsed), "returned", by=acceptor, opinion="证明不全")
    with on(11, 1):
        reviews.lapse_correction(lapsed, by=acceptor)
    PackVersion.objects.update(enabled=False)
    with on(11, 15):
        assert [row.lapsed for row in queries.figures(read(Q4))] == [1]


def test_quotes_inside_quotes_are_single() -> None:
    CatalogueItem.objects.filter(full_id=world.SCALE_UP).update(short_title="重点产业“定向培训”")
    with on(11, 15):
        assert said(Q3)["应享未申报"][0] == "“重点产业‘定向培训’”应享 4 家，还有 1 家没有申报或登记意向。"


def test_nobody_is_silent_about_what_nobody_can_apply_for() -> None:
    """An item that the platform only shows takes no application: to count its enterprises would blame them."""
    CatalogueItem.objects.filter(full_id=world.SCALE_UP).update(channel="catalogue")
    with on(11, 15):
        assert "应享未申报" not in said(Q3)
