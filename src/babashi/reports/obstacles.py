"""堵点: what keeps money from those who are entitled to it, counted and put into one sentence each."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from babashi.applications.flow import EventKind, State
from babashi.catalogue.queries import dictionary
from babashi.reports.pace import Pace, StagePace
from babashi.reports.queries import Figures
from babashi.reports.records import Records, Tally
from babashi.rules.chinese import money_text, quoted

MOST = 3
"""Of one kind only the biggest are named: a list that names everything names nothing."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that is in the way; ``link`` leads to the list behind it."""

    kind: str
    text: str
    number: int
    link: str = ""


def obstacles(records: Records, rows: list[Figures], paces: list[Pace]) -> list[Obstacle]:
    """All of them, in the order of the journey."""
    found = [
        *_not_applied(records, rows),
        *_missing_facts(records),
        *_corrections(records),
        *_lapsed(records),
        *_refusals(records),
        *_slow(paces),
        *_queue(records),
        *_returned_payments(records),
        *_voices(paces),
    ]
    order = {kind: number for number, kind in enumerate(KINDS)}
    return sorted(found, key=lambda one: (order[one.kind], -one.number))


KINDS = (
    "应享未申报", "缺少资料", "退回补正", "逾期未补正", "不予支持", "办理超期", "等待额度", "付款退回", "企业反映",
)  # fmt: skip


def _biggest(tallies: Mapping[str, Tally]) -> list[tuple[str, Tally]]:
    return sorted(tallies.items(), key=lambda one: (-one[1].number, one[0]))[:MOST]


def _not_applied(records: Records, rows: list[Figures]) -> Iterator[Obstacle]:
    titles = {row.full_id: (row.title, row.eligible) for row in rows}
    only_shown = {item.full_id for item in records.items if item.channel == "catalogue"}
    tally = {name: found for name, found in records.tally("silent").items() if name not in only_shown}
    for full_id, silent in _biggest(tally):
        title, eligible = titles[full_id]
        text = f"{quoted(title)}应享 {eligible} 家，还有 {silent.number} 家没有申报或登记意向。"
        yield Obstacle("应享未申报", text, silent.number)


def _missing_facts(records: Records) -> Iterator[Obstacle]:
    """The facts whose absence keeps most enterprises from a verdict."""
    labels = dictionary()
    for ref, missing in _biggest(records.tally("missing")):
        text = f"因缺{quoted(labels.missing_label(ref))}，有 {missing.number} 家还不能判断能否享受。"
        yield Obstacle("缺少资料", text, missing.number)


def _corrections(records: Records) -> Iterator[Obstacle]:
    returned = [step for step in records.steps if step.kind == EventKind.RETURNED]
    number = len({step.application_id for step in returned})
    if not number:
        return
    asked = Counter(item["label"] for step in returned for item in step.payload.get("items", ()))
    most = f"，要求最多的是{quoted(asked.most_common(1)[0][0])}" if asked else ""
    link = f"/desk/cases/all/?state={State.CORRECTION}"
    yield Obstacle("退回补正", f"{number} 件被退回补正{most}。", number, link)


def _lapsed(records: Records) -> Iterator[Obstacle]:
    number = sum(step.kind == EventKind.CORRECTION_LAPSED for step in records.steps)
    if number:
        text = f"{number} 件没有按期补正，已办结；不是不予支持，事项没有截止的可以重新申报。"
        yield Obstacle("逾期未补正", text, number, f"/desk/cases/all/?state={State.LAPSED}")


def _refusals(records: Records) -> Iterator[Obstacle]:
    """By condition, not by what each enterprise's figures were: those are nobody's business in a report."""
    reasons = Counter(
        (reason["clause"], _condition(reason))
        for step in records.steps
        if step.kind == EventKind.REFUSED
        for reason in step.payload.get("reasons", ())
    )
    for (clause, name), number in reasons.most_common(MOST):
        text = name if clause == "objection" else f"不符合{quoted(name)}"
        yield Obstacle("不予支持", f"{number} 件：{text}。", number)


_VALUES = re.compile(r"（[^（）]*：.*$")


def _condition(reason: Mapping[str, str]) -> str:
    """What the condition is called; cases refused earlier have only the sentence, with the figures in brackets."""
    if "name" in reason:
        return reason["name"]
    text = reason["text"]
    if reason["clause"] == "objection":
        return text.partition("：")[0]
    inside = text.removeprefix("不符合“").partition("，依据：")[0].partition("”。")[0].removesuffix("”")
    return _VALUES.sub("", inside)


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


def _queue(records: Records) -> Iterator[Obstacle]:
    titles = {item.full_id: item.name for item in records.items}
    for full_id, waiting in _biggest(records.tally("queued")):
        title = titles.get(full_id, full_id)
        text = f"{quoted(title)}有 {waiting.number} 件已审定、等待额度，共需 {money_text(waiting.total)}。"
        yield Obstacle("等待额度", text, waiting.number, "/desk/queue/")


def _returned_payments(records: Records) -> Iterator[Obstacle]:
    number = sum(returned.number for returned in records.tally("returned").values())
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
