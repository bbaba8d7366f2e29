"""The chain behind a payment, walked again: clause of the notice → match → application → decision → money.

For an auditor who trusts nothing: the rule is evaluated anew on the facts that were frozen with the case, and
everything after it must follow from that. ``babashi payments verify`` walks all payments.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import QuerySet, Sum

from babashi.applications.assessment import re_evaluate
from babashi.applications.flow import EventKind, State, fold
from babashi.applications.models import Application
from babashi.budget.models import EntryKind, LedgerEntry, Reservation
from babashi.catalogue.queries import pack_of, rule_of
from babashi.payments.models import Payment, PaymentState
from babashi.publicity.models import Entry
from babashi.reviews.flow import StageKind
from babashi.reviews.models import Outcome, StageTask
from babashi.reviews.queries import DECIDING_OUTCOMES, process_of

ZERO = Decimal("0.00")


def payments_to_verify() -> QuerySet[Payment]:
    """Every payment with what the walk needs."""
    return Payment.objects.select_related(
        "application__item__pack_version", "application__item__lead", "application__enterprise", "batch"
    ).order_by("number")


def breaks(payment: Payment) -> list[str]:
    """Where the chain of one payment is broken, in Chinese; empty when it is whole."""
    case = payment.application
    return [
        *_clauses(case),
        *_application(case),
        *_decision(case),
        *_money(payment),
    ]


def _clauses(case: Application) -> Iterator[str]:
    """The rule of the case's own pack version, on its frozen facts, still says what the case says."""
    result, _ = re_evaluate(rule_of(case.item), case.facts_used, case.facts_used.get("overrides", {}))
    if result.verdict != "eligible" or (result.amount_min, result.amount_max) != (
        case.amount_min,
        case.amount_max,
    ):
        yield "按所用指标重新判断，结论或金额与记录不同"
    for clause in result.trace.walk():
        if clause.kind == "clause" and clause.cite is None and not clause.readings:
            yield f"条件“{clause.name or clause.text}”没有原文出处，也没有口径"
    if pack_of(case.item).digest != case.item.pack_version.digest:
        yield "政策包内容与发布时的摘要不同"


def _application(case: Application) -> Iterator[str]:
    events = list(case.events.order_by("sequence"))
    if fold(event.kind for event in events) != case.state:
        yield "状态与办理经过不符"
    sent = [event for event in events if event.kind in (EventKind.SUBMITTED, EventKind.CONFIRMED)]
    if len(sent) != 1 or sent[0].payload.get("pack_digest") != case.item.pack_version.digest:
        yield "提交时的政策版本与现在记录的不同"
    if case.consent_at is None or case.submitted_by_id is None:
        yield "没有企业的承诺"


def _decision(case: Application) -> Iterator[str]:
    process = process_of(case.item)
    tasks = StageTask.objects.filter(application=case, outcome__in=DECIDING_OUTCOMES)
    stages: dict[int | None, set[str]] = {}
    for person, stage in tasks.values_list("decided_by", "stage"):
        stages.setdefault(person, set()).add(stage)
    if None in stages or any(len(found) > 1 for found in stages.values()):
        yield "有人在两个环节办理，或者办理人不明"
    final = process[-1]
    approval = tasks.filter(stage=final.id, outcome=Outcome.PASSED).order_by("-id").first()
    if approval is None or approval.amount != case.approved_amount:
        yield "没有这个金额的审定"
    amount = case.approved_amount or ZERO
    if case.amount_max is None or not (case.amount_min or ZERO) <= amount <= case.amount_max:
        yield "审定金额不在下限和上限之间"
    if any(step.kind is StageKind.PUBLICITY for step in process):
        shown = Entry.objects.filter(application=case, removed_at=None).first()
        if shown is None or (shown.amount is not None and shown.amount < amount):
            yield "没有公示，或者审定高于公示的金额"


def _money(payment: Payment) -> Iterator[str]:
    case = payment.application
    if payment.amount != case.approved_amount:
        yield "支付金额不是审定金额"
    held = Reservation.objects.filter(reference=case.number, appropriation__full_id=case.full_id).first()
    if held is None or held.amount != payment.amount or held.released:
        yield "没有占用预算"
    entries = LedgerEntry.objects.filter(reference=case.number, payment_number=payment.number)
    signed = {
        kind: entries.filter(kind=kind).aggregate(sum=Sum("amount"))["sum"] or ZERO
        for kind in (EntryKind.PAID, EntryKind.REVERSED)
    }
    booked = signed[EntryKind.PAID] - signed[EntryKind.REVERSED]
    if booked != (payment.amount if payment.state == PaymentState.SUCCEEDED else ZERO):
        yield "台账与支付状态不符"
    if payment.state == PaymentState.SUCCEEDED and case.state != State.PAID:
        yield "已到账，但申报不是已到账"
    batch = payment.batch
    if batch is not None and batch.exported_by_id is not None and batch.exported_by_id == batch.created_by_id:
        yield "组批和导出是同一人"
