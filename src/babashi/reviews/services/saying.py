"""What an official says at a stage, checked for form before anything is done about it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babashi.applications.errors import Mistakes
from babashi.applications.queries import form_definition
from babashi.reviews.flow import Step, targets
from babashi.reviews.models import Outcome, StageTask
from babashi.reviews.opinions import has_own_words
from babashi.reviews.queries import process_of

OPINION_LIMIT = 2000
NOTE_LIMIT = 500
APPLICANT = "applicant"

Checklist = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Decision:
    """What an official says at a stage, checked for form."""

    outcome: str
    opinion: str
    checklist: list[dict[str, Any]]
    amount: Decimal | None
    items: list[dict[str, str]]
    to: str


def checked(
    task: StageTask,
    step: Step,
    outcome: str,
    opinion: str,
    checklist: Checklist,
    amount: Decimal | None,
    items: Sequence[Mapping[str, str]],
    to: str,
) -> Decision:
    """The decision as it was said; :class:`Mistakes` with what is missing, too long, or not of this case."""
    if outcome not in (Outcome.PASSED, Outcome.RETURNED, Outcome.SENT_BACK, Outcome.REFUSED):
        raise Mistakes("请选择办理结果。", {"outcome": "请选择办理结果"})
    opinion = opinion.strip()
    if len(opinion) > OPINION_LIMIT:
        words = f"意见太长，请控制在 {OPINION_LIMIT} 字以内。"
        raise Mistakes(words, {"opinion": words})
    labels = form_definition(task.application.item).labels()
    asked = _asked(items, labels) if outcome == Outcome.RETURNED else []
    if not has_own_words(outcome, opinion, itemised=bool(asked)):
        raise Mistakes("请用自己的话写明意见，申请人或下一位办理人员会看到。", {"opinion": "请写明意见"})
    if outcome == Outcome.RETURNED and APPLICANT not in step.returns_to:
        raise Mistakes("这一环节不能直接退回申请人，请退回上一环节。", {"outcome": "不能退回申请人"})
    allowed = {target.id for target in targets(process_of(task.application.item), step.id)}
    if outcome == Outcome.SENT_BACK and to not in allowed:
        raise Mistakes("请选择退回到哪个环节。", {"to": "请选择环节"})
    known = {clause["id"] for clause in _clauses(task.application.trace)} | set(labels)
    return Decision(outcome, opinion, _rows(checklist, known), amount, asked, to)


def _rows(checklist: Checklist, known: Collection[str]) -> list[dict[str, Any]]:
    rows = []
    for row in checklist:
        if row.get("clause") not in known or row.get("ok") not in (True, False, None):
            raise Mistakes("核对清单里有本事项没有的内容，请刷新页面。", {"checklist": "内容不对"})
        note = str(row.get("note", ""))
        if len(note) > NOTE_LIMIT:
            words = f"核对说明太长，每条请控制在 {NOTE_LIMIT} 字以内。"
            raise Mistakes(words, {"checklist": words})
        rows.append({"clause": row["clause"], "ok": row.get("ok"), "note": note})
    return rows


def _asked(items: Sequence[Mapping[str, str]], labels: Mapping[str, str]) -> list[dict[str, str]]:
    asked = []
    for item in items:
        ref, note = item.get("ref", ""), item.get("note", "").strip()
        if ref not in labels:
            raise Mistakes("补正清单里有本事项没有的内容，请刷新页面。", {"items": "内容不对"})
        if not note or len(note) > NOTE_LIMIT:
            message = f"请写明“{labels[ref]}”要怎样补正（{NOTE_LIMIT} 字以内）"
            raise Mistakes(message + "。", {"items": message})
        asked.append({"ref": ref, "label": labels[ref], "note": note})
    return asked


def _clauses(trace: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    def walk(node: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        yield node
        for child in node["children"]:
            yield from walk(child)

    return walk(trace["trace"]) if trace.get("trace") else ()
