"""堵点: what keeps money from those who are entitled to it, counted and put into one sentence each."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Exists, F, Func, OuterRef, Sum

from babashi.applications.flow import EventKind, State
from babashi.applications.models import Application, ApplicationEvent, Interest
from babashi.catalogue.queries import current_items, dictionary
from babashi.matching.models import Match
from babashi.reports.pace import Pace, StagePace
from babashi.reports.quarters import Quarter
from babashi.reports.queries import Figures, eligible_in
from babashi.rules.chinese import money_text
from babashi.workdays import clock

MOST = 3
"""Of one kind only the biggest are named: a list that names everything names nothing."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that is in the way; ``link`` leads to the list behind it."""

    kind: str
    text: str
    number: int
    link: str = ""


def obstacles(quarter: Quarter, rows: list[Figures], paces: list[Pace]) -> list[Obstacle]:
    """All of them, in the order of the journey. What is waiting now belongs to the running quarter only."""
    found = list(_not_applied(quarter, rows))
    if quarter.last >= clock.today():
        found += [*_missing_facts(), *_queue(), *_returned_payments()]
    found += [*_corrections(quarter), *_refusals(quarter), *_slow(paces), *_voices(paces)]
    order = {kind: number for number, kind in enumerate(KINDS)}
    return sorted(found, key=lambda one: (order[one.kind], -one.number))


KINDS = ("应享未申报", "缺少资料", "退回补正", "不予支持", "办理超期", "等待额度", "付款退回", "企业反映")


def _not_applied(quarter: Quarter, rows: list[Figures]) -> Iterator[Obstacle]:
    begin, end = quarter.moments()
    mine = {"enterprise": OuterRef("enterprise"), "full_id": OuterRef("full_id")}
    sent = Application.objects.filter(**mine, submitted_at__lt=end)
    interested = Interest.objects.filter(**mine, at__lt=end)
    waiting = eligible_in(begin, end).exclude(Exists(sent)).exclude(Exists(interested))
    counted = waiting.values("full_id").annotate(n=Count("enterprise_id", distinct=True)).order_by("-n")
    titles = {row.full_id: (row.title, row.eligible) for row in rows}
    for row in counted[:MOST]:
        title, eligible = titles.get(row["full_id"], (row["full_id"], row["n"]))
        yield Obstacle(
            "应享未申报", f"“{title}”应享 {eligible} 家，还有 {row['n']} 家没有申报或登记意向。", row["n"]
        )


def _missing_facts() -> Iterator[Obstacle]:
    """The facts whose absence keeps most enterprises from a verdict."""
    unknown = Match.objects.filter(superseded_at=None, closed=False, verdict="unknown")
    refs = unknown.annotate(ref=Func(F("missing"), function="unnest")).values("ref")
    labels = dictionary()
    for row in refs.annotate(n=Count("enterprise_id", distinct=True)).order_by("-n", "ref")[:MOST]:
        label = labels.missing_label(row["ref"])
        yield Obstacle("缺少资料", f"因缺“{label}”，有 {row['n']} 家还不能判断能否享受。", row["n"])


def _corrections(quarter: Quarter) -> Iterator[Obstacle]:
    returned = _events(quarter, EventKind.RETURNED)
    number = len({event.application_id for event in returned})
    if not number:
        return
    asked = Counter(item["label"] for event in returned for item in event.payload.get("items", ()))
    most = f"，要求最多的是“{asked.most_common(1)[0][0]}”" if asked else ""
    link = f"/desk/cases/all/?state={State.CORRECTION}"
    yield Obstacle("退回补正", f"{number} 件被退回补正{most}。", number, link)


def _refusals(quarter: Quarter) -> Iterator[Obstacle]:
    reasons = Counter(
        (reason["clause"], reason["text"].partition("，依据")[0])
        for event in _events(quarter, EventKind.REFUSED)
        for reason in event.payload.get("reasons", ())
    )
    for (_, text), number in reasons.most_common(MOST):
        yield Obstacle("不予支持", f"{number} 件：{text}。", number)


def _events(quarter: Quarter, kind: str) -> list[ApplicationEvent]:
    begin, end = quarter.moments()
    found = ApplicationEvent.objects.filter(kind=kind, at__gte=begin, at__lt=end)
    return list(found.only("application", "payload"))


def _slow(paces: list[Pace]) -> Iterator[Obstacle]:
    """Stages with late cases, over all items."""
    stages: dict[str, list[StagePace]] = {}
    for pace in paces:
        for stage in pace.stages:
            stages.setdefault(stage.label, []).append(stage)
    for label, found in stages.items():
        late, waiting = sum(s.late for s in found), sum(s.waiting_late for s in found)
        if late or waiting:
            ended = sum(len(s.days) for s in found)
            parts = [
                f"{label}办了 {ended} 件",
                f"{late} 件超期" if late else "",
                f"{waiting} 件超期未办" if waiting else "",
            ]
            text = "，".join(part for part in parts if part)
            yield Obstacle("办理超期", f"{text}。", late + waiting, "/desk/cases/")


def _queue() -> Iterator[Obstacle]:
    waiting = Application.objects.filter(state=State.QUEUED)
    titles = {item.full_id: str(item) for item in current_items()}
    for row in (
        waiting.values("full_id").annotate(n=Count("pk"), money=Sum("approved_amount")).order_by("-n")[:MOST]
    ):
        title = titles.get(row["full_id"], row["full_id"])
        text = f"“{title}”有 {row['n']} 件已审定、等待额度，共需 {money_text(row['money'])}。"
        yield Obstacle("等待额度", text, row["n"], "/desk/queue/")


def _returned_payments() -> Iterator[Obstacle]:
    number = Application.objects.filter(state=State.PAYMENT_RETURNED).count()
    if number:
        yield Obstacle("付款退回", f"{number} 笔被银行退回，等企业更正收款账户。", number)


def _voices(paces: list[Pace]) -> Iterator[Obstacle]:
    unanswered = sum(pace.voice.unanswered for pace in paces)
    disputes = sum(pace.voice.disputes for pace in paces)
    low = sum(pace.voice.low for pace in paces)
    parts = [
        f"反映问题待答复 {unanswered} 件" if unanswered else "",
        f"反映没有收到款 {disputes} 件" if disputes else "",
        f"一星、二星评价 {low} 条" if low else "",
    ]
    text = "，".join(part for part in parts if part)
    if text:
        yield Obstacle("企业反映", f"{text}。", unanswered + disputes + low, "/desk/feedback/")
