"""Expressions of interest (insurance, training): the lead department hears of them and answers; no money moves."""

from django.db import IntegrityError, transaction

from babashi.accounts.models import Role, User
from babashi.accounts.permissions import require_role
from babashi.applications.errors import Mistakes
from babashi.applications.models import Interest, InterestState
from babashi.applications.phones import phone_problem
from babashi.applications.queries import require_member
from babashi.applications.services.drafts import require_open_item
from babashi.applications.services.events import audit, one_act
from babashi.audit.errors import Conflict
from babashi.catalogue.models import CatalogueItem
from babashi.enterprises.models import Enterprise
from babashi.outreach.services import send
from babashi.workdays.clock import now

ANSWERING_ROLES = (Role.ACCEPTOR, Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.APPROVER)


@one_act
def express_interest(
    enterprise: Enterprise,
    item: CatalogueItem,
    *,
    by: User,
    contact_name: str = "",
    contact_phone: str = "",
    note: str = "",
) -> Interest:
    """Tell the lead department that the enterprise wants to take part. A second click gives the same one back."""
    require_member(by, enterprise)
    existing = _open_interest(enterprise, item)
    if existing is not None:
        return existing
    require_open_item(item, "interest")
    contact_name = (contact_name or enterprise.contact_name).strip()
    contact_phone = (contact_phone or enterprise.contact_phone).strip()
    _require_contact(enterprise, contact_name, contact_phone, note)
    try:
        with transaction.atomic():
            interest = Interest.objects.create(
                enterprise=enterprise,
                item=item,
                full_id=item.full_id,
                contact_name=contact_name,
                contact_phone=contact_phone,
                note=note.strip(),
                by=by,
                at=now(),
            )
    except IntegrityError:
        existing = _open_interest(enterprise, item)
        if existing is None:
            raise
        return existing
    _audit(interest, "applications.interest_expressed", by)
    return interest


@one_act
def answer_interest(interest: Interest, *, state: str, answer: str, by: User) -> Interest:
    """The lead department answers: contacted, or closed. The enterprise gets the answer in its inbox."""
    locked = (
        Interest.objects.select_for_update(of=("self",))
        .select_related("enterprise", "item__lead")
        .get(pk=interest.pk)
    )
    require_role(by, *ANSWERING_ROLES, department=locked.item.lead)
    answer = answer.strip()
    if state not in (InterestState.CONTACTED, InterestState.CLOSED):
        raise Mistakes("请选择“已联系”或“已办结”。", {"state": "请选择办理结果"})
    if not answer or len(answer) > 500:
        raise Mistakes("请填写给企业的答复（500 字以内）。", {"answer": "请填写答复（500 字以内）"})
    if locked.state == InterestState.CLOSED:
        raise Conflict("这条意向已经办结，请刷新页面。", code="interest_closed")
    locked.state, locked.answer, locked.answered_by, locked.answered_at = state, answer, by, now()
    locked.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    send(
        locked.enterprise,
        kind="application",
        subject=f"{locked.item.lead}答复了您对“{locked.item}”的意向",
        body=answer,
        link="/applications/",
        dedupe_key=f"interest:{locked.pk}:{locked.answered_at.isoformat()}",
        reason="您曾就这个事项提交参加意向。",
    )
    _audit(locked, "applications.interest_answered", by)
    return locked


def _require_contact(enterprise: Enterprise, contact_name: str, contact_phone: str, note: str) -> None:
    missing = {}
    if not contact_name or len(contact_name) > 60:
        missing["contact_name"] = "请填写联系人（60 字以内）"
    if not contact_phone or len(contact_phone) > 30:
        missing["contact_phone"] = "请填写联系电话（30 字以内）"
    elif contact_phone != enterprise.contact_phone.strip() and (problem := phone_problem(contact_phone)):
        missing["contact_phone"] = problem
    if len(note) > 500:
        missing["note"] = "说明最多 500 字"
    if missing:
        raise Mistakes("；".join(missing.values()) + "。", missing)


def _open_interest(enterprise: Enterprise, item: CatalogueItem) -> Interest | None:
    found = Interest.objects.filter(enterprise=enterprise, full_id=item.full_id)
    return found.exclude(state=InterestState.CLOSED).first()


def _audit(interest: Interest, action: str, by: User) -> None:
    audit(
        actor=by,
        action=action,
        subject=("interest", str(interest.pk)),
        uscc=interest.enterprise.uscc,
        details={"item": interest.full_id, "state": interest.state, "answer": interest.answer},
    )
