"""Colleagues: the owner invites, the colleague confirms, either may end it."""

from django.db import IntegrityError, transaction

from babashi.accounts.models import Role, User
from babashi.accounts.permissions import has_role, is_official
from babashi.audit.acts import note, one_act
from babashi.audit.errors import Conflict, Invalid, NotAllowed
from babashi.enterprises.claims import DAY, accept, close, locked, told
from babashi.enterprises.errors import TooOften
from babashi.enterprises.models import Claim, ClaimMethod, ClaimState, Enterprise, Member, MemberRole
from babashi.enterprises.queries import is_member
from babashi.workdays.clock import now

INVITATIONS_A_DAY = 20


@one_act
def invite_clerk(enterprise: Enterprise, username: str, *, by: User) -> None:
    """The owner asks a colleague with an account of his own to act for the enterprise as clerk.

    Nothing happens for a name that nobody has, for officials and for members, and the answer is the same. (The
    owner sees open invitations, so he may learn that a name exists: a proven person, on record, twenty a day.)
    If the colleague has claimed the enterprise himself, this accepts his claim.
    """
    _require_owner(enterprise, by)
    name = username.strip()
    if not 1 <= len(name) <= 150:
        raise Invalid("请填写同事的登录名。", {"username": ["请填写同事的登录名（不是姓名）"]})
    Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    recent = Claim.objects.filter(enterprise=enterprise, invited_by__isnull=False, created_at__gt=now() - DAY)
    if recent.count() >= INVITATIONS_A_DAY:
        raise TooOften("今天发出的邀请太多了，请明天再试。")
    user = User.objects.filter(username__iexact=name, is_active=True).first()
    subject = ("enterprise", str(enterprise.pk))
    note(actor=by, action="enterprises.clerk_invited", subject=subject, uscc=enterprise.uscc,
         details={"username": name})  # fmt: skip
    if user is None or is_official(user) or is_member(user, enterprise):
        return
    pending = Claim.objects.filter(enterprise=enterprise, user=user, state=ClaimState.PENDING).first()
    if pending is not None and pending.method != ClaimMethod.INVITED:
        pending = locked(pending)
        pending.role, pending.reason, pending.invited_by = MemberRole.CLERK, "负责人确认", by
        accept(pending, ClaimMethod.INVITED, by=by)
    elif pending is None:
        try:
            with transaction.atomic():
                Claim.objects.create(
                    enterprise=enterprise, user=user, role=MemberRole.CLERK, method=ClaimMethod.INVITED,
                    invited_by=by, created_at=now(),
                )  # fmt: skip
        except IntegrityError:  # the colleague's own claim came in at the same moment; it goes its own way
            return


@one_act
def answer_invitation(claim: Claim, yes: bool, *, by: User) -> None:
    """The colleague confirms or declines."""
    claim = locked(claim)
    if claim.method != ClaimMethod.INVITED or claim.user_id != by.pk:
        raise NotAllowed("只能答复发给自己的邀请。")
    claim.reason = "本人确认" if yes else "本人谢绝"
    if yes:
        if claim.invited_by is None or not is_owner(claim.invited_by, claim.enterprise):
            raise Conflict("发出邀请的人已不是这家企业的负责人，邀请失效。")
        accept(claim, ClaimMethod.INVITED, by=by)
    else:
        close(claim, ClaimState.REFUSED, ClaimMethod.INVITED, by)
        told(claim, by, "enterprises.invitation_declined", {})


@one_act
def cancel_invitation(claim: Claim, *, by: User) -> None:
    """The owner takes an invitation back."""
    claim = locked(claim)
    _require_owner(claim.enterprise, by)
    if claim.method != ClaimMethod.INVITED:
        raise NotAllowed("只能收回本企业发出的邀请。")
    claim.reason = "负责人收回"
    close(claim, ClaimState.REFUSED, ClaimMethod.INVITED, by)
    told(claim, by, "enterprises.invitation_cancelled", {})


@one_act
def end_membership(member: Member, *, by: User) -> None:
    """A person no longer acts for the enterprise: the owner or a registrar says so, or the person himself.

    The last owner leaves only through a registrar, so that no enterprise is without one unseen.
    """
    Enterprise.objects.select_for_update().get(pk=member.enterprise_id)
    member = Member.objects.select_related("enterprise", "user").get(pk=member.pk)
    if member.ended_at is not None:
        raise Conflict("这位人员已经解除，请刷新页面。")
    if not has_role(by, Role.REGISTRAR):
        if by.pk != member.user_id:
            _require_owner(member.enterprise, by)
        owners = Member.objects.filter(enterprise=member.enterprise, role=MemberRole.OWNER, ended_at=None)
        if member.role == MemberRole.OWNER and owners.count() == 1:
            raise Conflict("企业至少要有一位负责人。请先由新的负责人认领，再解除；确需解除请联系工作人员。")
    member.ended_at = now()
    member.save(update_fields=["ended_at"])
    details = {"user": member.user.username, "role": member.role}
    subject = ("member", str(member.pk))
    note(
        actor=by,
        action="enterprises.member_ended",
        subject=subject,
        uscc=member.enterprise.uscc,
        details=details,
    )


def is_owner(user: User, enterprise: Enterprise) -> bool:
    """Whether a person is in charge of the enterprise's account today."""
    return Member.objects.filter(
        enterprise=enterprise, user=user, ended_at=None, role=MemberRole.OWNER
    ).exists()


def _require_owner(enterprise: Enterprise, user: User) -> None:
    if not is_owner(user, enterprise):
        raise NotAllowed("只有企业负责人可以管理本企业的人员。")
