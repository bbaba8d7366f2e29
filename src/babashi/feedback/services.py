"""What the enterprise says in the end: the money is here or not, and how it went."""

from babashi.accounts.models import Role, User
from babashi.accounts.permissions import require_role
from babashi.applications.flow import EventKind, State
from babashi.applications.models import Application
from babashi.applications.queries import require_member
from babashi.applications.services import lock, one_act, record_event
from babashi.audit.acts import note
from babashi.audit.errors import Conflict, Invalid, NotAllowed
from babashi.enterprises.queries import is_member
from babashi.feedback.models import Complaint, Rating, Receipt
from babashi.outreach.services import send
from babashi.payments.models import Payment, PaymentState
from babashi.workdays.clock import now

ANSWERERS = (Role.COORDINATOR, Role.APPROVER, Role.FINANCE)
COMPLAINT_ANSWERERS = (Role.COORDINATOR,)
"""“实施过程中遇到的问题，请径向区发展改革委反映”: nobody answers a complaint about himself."""
COMPLAINT_LIMIT = 1000


@one_act
def confirm_receipt(payment: Payment, arrived: bool, text: str, *, by: User) -> Receipt:
    """The enterprise confirms the money or says that it did not arrive; an objection needs a word of why."""
    case = lock(payment.application)
    require_member(by, case.enterprise)
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
    if payment.state != PaymentState.SUCCEEDED:
        raise Conflict("这笔款还没有支付成功，暂时不用确认。")
    if Receipt.objects.filter(payment=payment, arrived=True).exists():
        raise Conflict("您已经确认收到这笔款。")
    text = text.strip()[:500]
    if not arrived and len(text) < 4:
        raise Invalid("请写明情况，例如“账户里没有这笔款”。", {"note": ["至少四个字"]})
    receipt, _ = Receipt.objects.update_or_create(
        payment=payment, defaults={"arrived": arrived, "note": text, "by": by, "at": now()}
    )
    kind = EventKind.RECEIPT_CONFIRMED if arrived else EventKind.RECEIPT_DISPUTED
    record_event(case, kind, by=by, payload={"payment": payment.number, "note": text})
    return receipt


@one_act
def answer_receipt(receipt: Receipt, text: str, *, by: User) -> Receipt:
    """An official answers an enterprise that did not receive its money."""
    require_role(by, *ANSWERERS)
    receipt = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    if receipt.arrived:
        raise Conflict("企业已经确认收款，不用答复。")
    receipt.answer, receipt.answered_by, receipt.answered_at = _said(text), by, now()
    receipt.save(update_fields=["answer", "answered_by", "answered_at"])
    case = receipt.payment.application
    _tell(
        case,
        f"关于未收到款项的答复：{case.item}",
        receipt.answer,
        f"receipt:{receipt.pk}:{receipt.answered_at}",
    )
    _note(by, "feedback.receipt_answered", case, {"answer": receipt.answer})
    return receipt


@one_act
def rate(application: Application, score: int, comment: str, *, by: User) -> Rating:
    """One to five, the lowest taken like the highest; may be changed until somebody has answered."""
    case = lock(application)
    require_member(by, case.enterprise)
    if case.state not in (State.PAID, State.REFUSED):
        raise Conflict("办结以后才能评价。")
    if not 1 <= score <= 5:
        raise Invalid("请选择一到五星。", {"score": ["一到五"]})
    earlier = Rating.objects.filter(application=case).first()
    if earlier is not None and earlier.answered_at is not None:
        raise Conflict("您的评价已经答复，不能再改。")
    values = {"score": score, "comment": comment.strip()[:500], "by": by, "at": now()}
    rating, _ = Rating.objects.update_or_create(application=case, defaults=values)
    record_event(case, EventKind.RATED, by=by, payload={"score": score, "comment": rating.comment})
    return rating


@one_act
def answer_rating(rating: Rating, text: str, *, by: User) -> Rating:
    """An official answers a rating."""
    require_role(by, *ANSWERERS)
    rating = Rating.objects.select_for_update(of=("self",)).get(pk=rating.pk)
    rating.answer, rating.answered_at = _said(text), now()
    rating.save(update_fields=["answer", "answered_at"])
    case = rating.application
    _tell(case, f"关于您的评价：{case.item}", rating.answer, f"rating:{rating.pk}:{rating.answered_at}")
    _note(by, "feedback.rating_answered", case, {"answer": rating.answer})
    return rating


@one_act
def complain(application: Application, text: str, *, by: User) -> Complaint:
    """Say what goes wrong, at any time from the submission on. The same words again give the same complaint.

    While one is unanswered a second one has to wait: it would only split the answer.
    """
    case = lock(application)
    require_member(by, case.enterprise)
    if case.submitted_at is None:
        raise Conflict("提交以后才能反映办理中的问题；填报有疑问请拨打事项页的服务热线。")
    text = text.strip()
    if not 4 <= len(text) <= COMPLAINT_LIMIT:
        words = f"请写明情况（4 至 {COMPLAINT_LIMIT} 字）"
        raise Invalid(f"还没有提交：{words}。", {"content": [words]})
    waiting = Complaint.objects.filter(application=case, answered_at=None).first()
    if waiting is not None and waiting.content == text:
        return waiting
    if waiting is not None:
        raise Conflict("您上一次反映的问题正在处理，答复后可以再次反映。", code="complaint_open")
    complaint = Complaint.objects.create(application=case, content=text, by=by, at=now())
    _note(by, "feedback.complained", case, {"complaint": str(complaint.pk)})
    return complaint


@one_act
def answer_complaint(complaint: Complaint, text: str, *, by: User) -> Complaint:
    """统筹协调 answers; the enterprise gets the answer in its inbox and on its progress page."""
    require_role(by, *COMPLAINT_ANSWERERS)
    complaint = Complaint.objects.select_for_update(of=("self",)).get(pk=complaint.pk)
    case = complaint.application
    if is_member(by, case.enterprise):
        raise NotAllowed("您是这家企业的人员，不能答复它反映的问题。")
    if complaint.answered_at is not None:
        raise Conflict("这个问题已经答复，请刷新页面。", code="complaint_answered")
    complaint.answer, complaint.answered_by, complaint.answered_at = _said(text, COMPLAINT_LIMIT), by, now()
    complaint.save(update_fields=["answer", "answered_by", "answered_at"])
    _tell(case, f"您反映的问题已答复：{case.item}", complaint.answer, f"complaint:{complaint.pk}")
    _note(
        by, "feedback.complaint_answered", case, {"complaint": str(complaint.pk), "answer": complaint.answer}
    )
    return complaint


def _said(text: str, limit: int = 500) -> str:
    text = text.strip()[:limit]
    if len(text) < 4:
        raise Invalid("请填写答复（至少四个字）。", {"answer": ["至少四个字"]})
    return text


def _tell(case: Application, subject: str, body: str, key: str) -> None:
    link, reason = f"/progress/{case.public_id}/", f"您的申报 {case.number} 有答复。"
    send(
        case.enterprise, kind="decision", subject=subject, body=body, link=link, dedupe_key=key, reason=reason
    )


def _note(by: User, action: str, case: Application, details: dict[str, str]) -> None:
    note(
        actor=by,
        action=action,
        subject=("application", case.number or ""),
        uscc=case.enterprise.uscc,
        details=details,
    )
