"""The progress of a case, like a parcel's, and what enterprises said."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, F, QuerySet

from babashi.applications.flow import DECIDED_FOR, ENDED, EventKind, State
from babashi.applications.models import Application
from babashi.applications.queries import correction_words
from babashi.audit.errors import NotFound
from babashi.catalogue.queries import rule_of
from babashi.enterprises.models import BankAccount
from babashi.enterprises.queries import bank_account_of
from babashi.feedback.models import Complaint, Rating, Receipt
from babashi.payments.models import Payment, PaymentState
from babashi.publicity.models import Entry
from babashi.publicity.queries import current_entry
from babashi.reviews.flow import PUBLICITY_ROLE
from babashi.reviews.models import StageTask
from babashi.reviews.queries import process_of, queued_ahead
from babashi.reviews.services.corrections import apply_again_link
from babashi.rules.chinese import date_text
from babashi.rules.pack import Contact

HIDDEN = frozenset(
    {EventKind.DRAFT_STARTED, EventKind.FACTS_CORRECTED, EventKind.REVIEW_OPENED, EventKind.SENT_BACK}
)
ON_NOTICE = (State.PUBLICITY, State.APPROVAL)
STOPPED = frozenset(
    {
        EventKind.REFUSED,
        EventKind.WITHDRAWN,
        EventKind.CORRECTION_LAPSED,
        EventKind.PAYMENT_RETURNED,
        EventKind.PAYMENT_REVERSED,
    }
)


@dataclass(frozen=True, slots=True)
class Stop:
    """One line of the time line. ``look``: done, now, later, paused or stopped."""

    title: str
    look: str
    who: str = ""
    at: datetime | None = None
    due: date | None = None
    provisional: bool = False
    text: str = ""
    lines: tuple[str, ...] = ()
    """Every reason of a refusal with the remedy, or everything that a correction asks for."""


@dataclass(slots=True)
class Progress:
    """Everything the applicant sees of one case."""

    case: Application
    stops: list[Stop]
    payments: list[Payment]
    money: list[tuple[str, Decimal | None, str]] = field(default_factory=list)
    receipt: Receipt | None = None
    rating: Rating | None = None
    complaints: list[Complaint] = field(default_factory=list)
    ahead: list[str] = field(default_factory=list)
    """What still comes when all goes well, in order."""
    entry: Entry | None = None
    """What the public notice says of it, as long as nothing is decided."""
    contact: Contact | None = None
    """Who answers questions about the item."""
    again: str = ""
    """Where to apply again after a withdrawal or for want of a correction, while the item is open."""

    @property
    def paid(self) -> Payment | None:
        """The payment that the bank reported as done."""
        return next((one for one in self.payments if one.state == PaymentState.SUCCEEDED), None)

    @property
    def corrected(self) -> BankAccount | None:
        """The account that takes the place of the one which the bank refused, once it is registered."""
        last = self.payments[-1] if self.payments else None
        if last is None or last.state != PaymentState.RETURNED or last.bank_account.retired_at is None:
            return None
        return bank_account_of(self.case.enterprise)

    @property
    def may_complain(self) -> bool:
        """Whether it has been sent and no complaint waits for its answer."""
        waiting = any(complaint.answered_at is None for complaint in self.complaints)
        return self.case.submitted_at is not None and not waiting

    @property
    def may_rate(self) -> bool:
        """Whether the case is over and the rating still open."""
        over = self.case.state in (State.PAID, State.REFUSED)
        return over and (self.rating is None or self.rating.answered_at is None)


def progress(case: Application) -> Progress:
    """Time line and money of one case, with a constant number of queries."""
    events = list(case.events.order_by("sequence"))
    labels = {step.id: step.label for step in process_of(case.item)}
    stops = [
        Stop(
            title=_title(event.kind, labels.get(event.stage, "")),
            look="stopped" if event.kind in STOPPED else "done",
            at=event.at,
            text=_text(event.payload),
            lines=_lines(event.kind, event.payload),
        )
        for event in events
        if event.kind not in HIDDEN
    ]
    task = StageTask.objects.select_related("department").filter(application=case, decided_at=None).first()
    standing = _standing(case, task, labels)
    if standing is not None:
        stops.append(standing)
    payments = list(case.payments.select_related("batch", "bank_account").order_by("attempt"))
    found = Progress(case, stops, payments)
    found.entry = current_entry(case) if case.state in ON_NOTICE else None
    found.contact = rule_of(case.item).contact
    found.money = _money(case, found)
    found.ahead = _ahead(case, task, labels)
    found.again = apply_again_link(case) if case.state in (State.LAPSED, State.WITHDRAWN) else ""
    found.receipt = Receipt.objects.filter(payment__in=payments).order_by("-id").first()
    found.rating = Rating.objects.filter(application=case).first()
    found.complaints = list(Complaint.objects.filter(application=case).order_by("id"))
    return found


def _ahead(case: Application, task: StageTask | None, labels: dict[str, str]) -> list[str]:
    money = ["拨付", "到账"]
    if task is not None and task.stage in labels:
        order = list(labels)
        return [labels[stage] for stage in order[order.index(task.stage) + 1 :]] + money
    if case.state in (State.QUEUED, State.APPROVED):
        return money
    return money[1:] if case.state == State.PAYING else []


def _standing(case: Application, task: StageTask | None, labels: dict[str, str]) -> Stop | None:
    """Where the case is now: who has it, since when, until when."""
    if task is not None:
        label = labels.get(task.stage, "") or case.get_state_display()
        who = str(task.department) if task.department else ""
        if task.role != PUBLICITY_ROLE:
            return Stop(label, "now", who, task.opened_at, task.due_on, task.due_is_provisional)
        text = f"公示到{date_text(task.due_on)}，任何人都可以提出异议。" if task.due_on else ""
        return Stop(label, "now", who, task.opened_at, text=text)
    if case.state == State.CORRECTION:
        words = correction_words(case)
        text = f"{words}时限为平台默认，待主管部门明确。" if words else ""
        return Stop(case.get_state_display(), "paused", text=text)
    if case.state == State.QUEUED:
        place = queued_ahead(case) + 1
        text = f"现在排第 {place} 位，按材料齐全的先后（同一天按受理先后）安排；额度到位后会通知您。"
        return Stop(case.get_state_display(), "now", text=text)
    if case.state in (State.APPROVED, State.PAYING):
        return Stop(case.get_state_display(), "now")
    return None


def _title(kind: str, stage: str) -> str:
    words = str(EventKind(kind).label)
    if not stage or stage in words:  # 开始公示, not 公示：开始公示
        return words
    return f"{stage}通过" if kind == EventKind.STAGE_PASSED else f"{stage}：{words}"


def _lines(kind: str, payload: dict[str, Any]) -> tuple[str, ...]:
    """What the applicant must know of a refusal or a return; opinions between officials stay with them."""
    if kind == EventKind.REFUSED:
        reasons = [str(reason["text"]) for reason in payload.get("reasons", ())]
        opinion = str(payload.get("opinion", ""))
        said = [f"审核意见：{opinion}"] if opinion else []
        return (*reasons, *said, *filter(None, [str(payload.get("remedy", ""))]))
    if kind == EventKind.RETURNED:
        message = str(payload.get("message", ""))
        asked = [f"{item['label']}：{item['note']}" for item in payload.get("items", ())]
        return (*([message] if message else []), *asked)
    return ()


def _text(payload: dict[str, str]) -> str:
    parts = []
    if payload.get("amount"):
        parts.append(f"金额 {Decimal(payload['amount']):,.2f} 元")
    if payload.get("payment"):
        parts.append(f"支付编号 {payload['payment']}")
    if payload.get("reference"):
        parts.append(f"银行流水号 {payload['reference']}")
    if payload.get("paid_on"):
        parts.append(f"支付日期 {date_text(date.fromisoformat(payload['paid_on']))}")
    if isinstance(payload.get("reason"), str) and payload["reason"]:
        parts.append(f"原因：{payload['reason']}")
    if payload.get("note"):
        parts.append(str(payload["note"]))
    return "，".join(parts)


def _money(case: Application, found: Progress) -> list[tuple[str, Decimal | None, str]]:
    if case.state in ENDED:
        return []  # a possible amount would be misleading once nothing is granted
    if case.state not in DECIDED_FOR:
        most: list[tuple[str, Decimal | None, str]] = [("最高可得", case.amount_max, "")]
        return most + ([("公示金额", found.entry.amount, "")] if found.entry else [])
    last = found.payments[-1] if found.payments else None
    lines: list[tuple[str, Decimal | None, str]] = [("审定", case.approved_amount, "")]
    if last is not None:
        lines.append(("拨付单", last.amount, last.number))
        if last.batch is not None:
            lines.append(("批次", last.amount, last.batch.number))
    if found.paid is not None:
        lines.append(("到账", found.paid.amount, found.paid.bank_reference))
    return lines


def disputes() -> QuerySet[Receipt]:
    """Payments that enterprises say did not arrive, unanswered first."""
    related = "payment__application__enterprise", "payment__application__item"
    return Receipt.objects.filter(arrived=False).select_related(*related).order_by("answered_at", "-id")


def complaints() -> QuerySet[Complaint]:
    """All complaints, those that wait for an answer first, the oldest of them on top."""
    related = "application__enterprise", "application__item__lead", "answered_by"
    return Complaint.objects.select_related(*related).order_by(
        F("answered_at").desc(nulls_first=True), "at", "id"
    )


def ratings() -> QuerySet[Rating]:
    """All ratings, the lowest and newest first."""
    related = "application__enterprise", "application__item"
    return Rating.objects.select_related(*related).order_by("score", "-id")


def rating_summary() -> dict[str, float | int | None]:
    """Average score and number of ratings."""
    return Rating.objects.aggregate(average=Avg("score"), count=Count("pk"))


def receipt_or_404(receipt_id: int) -> Receipt:
    """One receipt."""
    found = disputes().filter(pk=receipt_id).first()
    if found is None:
        raise NotFound("没有这条反映。")
    return found


def complaint_or_404(complaint_id: int) -> Complaint:
    """One complaint."""
    found = complaints().filter(pk=complaint_id).first()
    if found is None:
        raise NotFound("没有这条反映。")
    return found


def rating_or_404(rating_id: int) -> Rating:
    """One rating."""
    found = ratings().filter(pk=rating_id).first()
    if found is None:
        raise NotFound("没有这条评价。")
    return found
