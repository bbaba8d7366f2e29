"""The money side of an approval: reserve, or wait in a strict queue that drains in its order."""

import zlib
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection

from babashi.accounts.models import User
from babashi.applications import overlap
from babashi.applications.errors import Mistakes
from babashi.applications.flow import DECIDED_FOR, EventKind, State
from babashi.applications.models import Application, ApplicationEvent
from babashi.applications.services import Handled, lock, one_act, record_event, report_failure
from babashi.budget.errors import InsufficientFunds
from babashi.budget.queries import free
from babashi.budget.services import reserve
from babashi.reviews.errors import NotGrantable
from babashi.reviews.queries import queue
from babashi.reviews.services.notices import tell

QUEUE_LOCK = 0x42424151
"""First key of the advisory lock under which approvals and the queue of one item take their turn."""


def grant(application: Application, amount: Decimal, *, by: User, stage: str, opinion: str) -> None:
    """Approve an amount. Money is reserved at once; without enough of it, or behind others, the case waits.

    Inside the caller's transaction, with the case locked. Who waits already goes first, even if this one would
    still fit: the order is that of :func:`queue`, strictly.
    """
    require_alone(application, amount)
    take_turn(application.full_id)
    number = application.number or ""
    payload = {"amount": f"{amount:.2f}", "opinion": opinion}
    waiting = Application.objects.filter(full_id=application.full_id, state=State.QUEUED).exists()
    if not waiting:
        try:
            reserve(application.full_id, amount, reference=number, by=by)
        except InsufficientFunds:
            waiting = True
    if waiting:
        event = record_event(
            application, EventKind.QUEUED, by=by, stage=stage, payload=payload, approved_amount=amount
        )
        body = (
            f"审定支持 {amount:,.2f} 元。目前预算额度已用完，按材料齐全的先后顺序排队，"
            "额度到位后自动安排，您不需要再做什么。"
        )
        tell(application, event, "decision", f"已审定，等待资金额度：{application.item}", body)
        drain_queue(application.full_id, by=by)
        application.refresh_from_db(fields=["state"])
        return
    event = record_event(
        application, EventKind.APPROVED, by=by, stage=stage, payload=payload, approved_amount=amount
    )
    _tell_approved(application, event, amount)


def require_alone(application: Application, amount: Decimal) -> None:
    """从高不重复 at the moment that counts: nothing of the same kind is granted, a shared ceiling covers it."""
    overlap.take_turn(application.enterprise)
    granted = [
        f"与“{rival.application.item}”（{rival.application.number}，审定"
        f" {rival.application.approved_amount:,.2f} 元）{rival.reason}"
        for rival in overlap.rivals(application.enterprise, application.item)
        if rival.application.state in DECIDED_FOR
    ]
    if granted:
        raise NotGrantable(granted)
    left = overlap.left_of_shared_ceiling(application)
    if left is not None and amount > left[0]:
        raise Mistakes(f"{left[1]}，本件最多 {left[0]:,.2f} 元。", {"amount": f"最多 {left[0]:,.2f} 元"})


@dataclass(slots=True)
class _Walk:
    """One walk along the queue of an item: who got money, who could not be handled, whose turn it is."""

    full_id: str
    by: User | None
    funded: Handled[Application] = field(default_factory=Handled)
    stuck: list[Application] = field(default_factory=list)
    at: Application | None = None


def drain_queue(full_id: str, *, by: User | None = None) -> Handled[Application]:
    """Give free money to those who wait, strictly in the order of :func:`queue`; who got it.

    Each case in a transaction of its own (inside another act: a part of it that can be undone by itself). Ends at
    the first one that the money does not cover. One that fails is reported and keeps its place: the others go on
    with what is left beside its amount, so that nobody takes its money until the next run tries it again.
    """
    walk = _Walk(full_id, by)
    while True:
        walk.at = None
        try:
            if not _fund_next(walk):
                return walk.funded
        except Exception as error:
            if walk.at is None:
                raise
            walk.stuck.append(walk.at)
            walk.funded.failed.append(report_failure("drain_queue", walk.at, error))
        else:
            if walk.at is not None:
                walk.funded.append(walk.at)


def drain_all(*, by: User | None = None) -> Handled[Application]:
    """Every queue, each case in a transaction of its own."""
    items = (
        Application.objects.filter(state=State.QUEUED).order_by("full_id").values_list("full_id", flat=True)
    )
    every: Handled[Application] = Handled()
    for full_id in items.distinct():
        funded = drain_queue(full_id, by=by)
        every.extend(funded)
        every.failed.extend(funded.failed)
    return every


@one_act
def _fund_next(walk: _Walk) -> bool:
    """Money for the first who waits and is not stuck; ``False`` when there is none, or the money does not cover it."""
    take_turn(walk.full_id)
    first = queue(walk.full_id).exclude(pk__in=[case.pk for case in walk.stuck]).first()
    if first is None:
        return False
    application = lock(first)
    if application.state != State.QUEUED:
        return True  # taken back a moment ago: look again
    walk.at = application
    amount = application.approved_amount
    assert amount is not None  # the database promises it for every decided case
    kept = sum((case.approved_amount or 0 for case in walk.stuck), Decimal(0))
    if kept and free(walk.full_id) - kept < amount:
        return False
    try:
        reserve(walk.full_id, amount, reference=application.number or "", by=walk.by)
    except InsufficientFunds:
        return False
    event = record_event(
        application,
        EventKind.FUNDS_RESERVED,
        by=walk.by,
        stage=application.stage,
        payload={"amount": f"{amount:.2f}"},
    )
    _tell_approved(application, event, amount)
    return True


def take_turn(full_id: str) -> None:
    """Wait until nobody else approves or drains for this item; until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [QUEUE_LOCK, zlib.crc32(full_id.encode()) - (1 << 31)]
        )


def _tell_approved(application: Application, event: ApplicationEvent, amount: Decimal) -> None:
    tell(
        application,
        event,
        "decision",
        f"审定通过：{application.item}（{application.number}）",
        f"审定支持 {amount:,.2f} 元，资金额度已落实，接下来办理拨付。拨付结果会在进度页显示。",
    )
