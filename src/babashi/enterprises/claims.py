"""Who speaks for an enterprise: proven by a one-time code to its registered contact, or by an official.

A code has six digits, lives ten minutes and stands five attempts; only its salted, keyed digest is kept. What a
claimant gets to see is the same whether the enterprise has a contact or not and whether the message could be
delivered or not: the register tells strangers nothing. Limits hold per claim, enterprise and person, so that
nobody can guess codes, flood somebody's phone, or go through the register.
"""

import datetime as dt
import hashlib
import hmac
import secrets

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare

from babashi.accounts.models import Role, User
from babashi.accounts.permissions import is_official, require_role
from babashi.audit.acts import note, one_act
from babashi.audit.errors import Conflict, Invalid, NotAllowed
from babashi.enterprises import delivery
from babashi.enterprises.errors import AlreadyDecided, TooOften, WrongCode
from babashi.enterprises.models import (
    Claim,
    ClaimCode,
    ClaimMethod,
    ClaimState,
    Enterprise,
    Member,
    MemberRole,
)
from babashi.enterprises.queries import is_member
from babashi.workdays.clock import now

DIGITS = 6
LIFETIME = dt.timedelta(minutes=10)
PAUSE = dt.timedelta(seconds=60)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
MAX_ATTEMPTS = 5
CODES_AN_HOUR = 3
"""By one person for one enterprise; a new claim doesn't start the count again."""
CODES_A_DAY = 10
"""To one enterprise, whoever asks; and by one person, whatever the enterprise."""
CLAIMS_A_DAY = 5


@one_act
def start_claim(enterprise: Enterprise, user: User, role: str, note_text: str = "") -> Claim:
    """A person says that he speaks for an enterprise. A claim that is pending already is returned as it is.

    Raises Conflict for a member, NotAllowed for officials (their accounts are for office), TooOften.
    """
    if role not in MemberRole.values:
        raise Invalid("请选择您在企业的身份。", {"role": ["请选择负责人或经办人"]})
    if len(note_text) > 500:
        raise Invalid("说明太长，请缩短到 500 字以内。", {"note": ["最多 500 字"]})
    if is_official(user):
        raise NotAllowed("工作账号不能认领企业。请用个人账号认领。")
    User.objects.select_for_update().get(pk=user.pk)
    if is_member(user, enterprise):
        raise Conflict("您已经认领了这家企业，可以直接办理。", code="already_member")
    pending = Claim.objects.filter(enterprise=enterprise, user=user, state=ClaimState.PENDING).first()
    if pending is not None:
        return pending
    mine = Claim.objects.filter(user=user, created_at__gt=now() - DAY).exclude(method=ClaimMethod.INVITED)
    if mine.count() >= CLAIMS_A_DAY:
        raise TooOften(f"每人每天最多提出 {CLAIMS_A_DAY} 次认领，请明天再试，或联系工作人员。")
    try:
        with transaction.atomic():
            claim = Claim.objects.create(
                enterprise=enterprise, user=user, role=role, note=note_text.strip(), created_at=now()
            )
    except IntegrityError:  # an invitation came in at the same moment
        return Claim.objects.get(enterprise=enterprise, user=user, state=ClaimState.PENDING)
    told(claim, user, "enterprises.claim_started", {"role": role})
    return claim


def send_code(claim: Claim) -> ClaimCode:
    """Send a fresh code to the registered contact, if there is one; the code before it is worth nothing now.

    Raises TooOften and AlreadyDecided; never tells whether anything was sent. The code is on record before it
    leaves, so that a failing gateway doesn't lift the limits.
    """
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    row, address = _note_code(claim, code)
    if address:
        text = (
            f"【巴巴实】{row.claim.user} 正在认领“{row.claim.enterprise.name}”，验证码 {code}，"
            f"{int(LIFETIME.total_seconds() // 60)} 分钟内有效。不是贵单位人员操作，请不要告诉任何人。"
        )
        row.delivered = delivery.send(row.medium, address, text)
        ClaimCode.objects.filter(pk=row.pk).update(delivered=row.delivered)
    return row


@one_act
def _note_code(claim: Claim, code: str) -> tuple[ClaimCode, str]:
    User.objects.select_for_update().get(pk=claim.user_id)
    Enterprise.objects.select_for_update().get(pk=claim.enterprise_id)
    claim = locked(claim)
    _require_own(claim)
    _check_pace(claim)
    medium, address = delivery.contact_of(claim.enterprise) or ("", "")
    salt = secrets.token_hex(16)
    row = ClaimCode.objects.create(
        claim=claim, salt=salt, digest=_digest(salt, code), medium=medium, sent_at=now(),
        sent_to=delivery.masked(address) if address else "", expires_at=now() + LIFETIME,
    )  # fmt: skip
    told(claim, claim.user, "enterprises.claim_code_sent", {"to": row.sent_to, "medium": medium})
    return row, address


def prove_by_code(claim: Claim, code: str) -> Member:
    """Try a code. Right: the person is a member from now on. Wrong: WrongCode, and the attempt counts.

    The count is committed before the refusal is raised: call it outside any other transaction.
    """
    found = _try(claim, "".join(code.split()))
    if isinstance(found, str):
        raise WrongCode(found)
    return found


@one_act
def _try(claim: Claim, code: str) -> Member | str:
    claim = locked(claim)
    _require_own(claim)
    row = claim.codes.select_for_update().order_by("-pk").first()
    if row is None:
        return "还没有发送验证码，请先点“发送验证码”。"
    if row.attempts >= MAX_ATTEMPTS:
        return "输错次数太多，这个验证码已作废，请重新发送。"
    if row.expires_at <= now():
        return "验证码已过期，请重新发送。"
    row.attempts += 1
    row.save(update_fields=["attempts"])
    if constant_time_compare(_digest(row.salt, code), row.digest):
        return accept(claim, ClaimMethod.CODE, by=None)
    told(claim, claim.user, "enterprises.claim_code_refused", {"attempt": row.attempts})
    left = MAX_ATTEMPTS - row.attempts
    return f"验证码不对，还可以再试 {left} 次。" if left else "验证码不对，已作废，请重新发送。"


@one_act
def decide_claim(claim: Claim, approve: bool, *, by: User, reason: str) -> Claim:
    """A registrar has looked at the papers and says on what ground. Nobody decides on his own enterprise."""
    require_role(by, Role.REGISTRAR)
    claim = locked(claim)
    _require_own(claim)
    if claim.user_id == by.pk or is_member(by, claim.enterprise):
        raise NotAllowed("不能核实自己的，或自己所在企业的认领，请由同事办理。")
    reason = reason.strip()
    if not 2 <= len(reason) <= 500:
        example = "例如：已核对营业执照和授权书" if approve else "例如：授权书没有盖章"
        raise Invalid("请写明依据（2 至 500 字）。", {"reason": [f"请写明依据，{example}"]})
    claim.reason = reason
    if approve:
        accept(claim, ClaimMethod.OFFICIAL, by=by)
    else:
        close(claim, ClaimState.REFUSED, ClaimMethod.OFFICIAL, by)
        told(claim, by, "enterprises.claim_refused", {"reason": reason})
    return claim


@one_act
def withdraw_claim(claim: Claim, *, by: User) -> None:
    """The person takes his own claim back."""
    claim = locked(claim)
    if claim.user_id != by.pk or claim.method == ClaimMethod.INVITED:
        raise NotAllowed("只能撤回自己提出的认领。")
    claim.reason = "本人撤回"
    close(claim, ClaimState.REFUSED, "", by)
    told(claim, by, "enterprises.claim_withdrawn", {})


# -- shared with members --------------------------------------------------------------------------------------


def accept(claim: Claim, method: str, *, by: User | None) -> Member:
    """The claim is proven: the person is a member."""
    member, _ = Member.objects.get_or_create(
        enterprise_id=claim.enterprise_id, user_id=claim.user_id, ended_at=None,
        defaults={"role": claim.role, "since": now()},
    )  # fmt: skip
    close(claim, ClaimState.APPROVED, method, by)
    details = {"method": method, "role": member.role, "reason": claim.reason}
    told(claim, by or claim.user, "enterprises.claim_approved", details)
    return member


def close(claim: Claim, state: str, method: str, by: User | None) -> None:
    """End a claim."""
    claim.state, claim.method, claim.decided_by, claim.decided_at = state, method, by, now()
    claim.save()


def locked(claim: Claim) -> Claim:
    """The claim as it is now, for this act alone. Raises AlreadyDecided."""
    claims = Claim.objects.select_for_update(of=("self",)).select_related("enterprise", "user")
    found = claims.get(pk=claim.pk)
    if found.state != ClaimState.PENDING:
        raise AlreadyDecided
    return found


def told(claim: Claim, actor: User, action: str, details: dict[str, object]) -> None:
    """The audit entry of an act on a claim."""
    subject = ("claim", str(claim.pk))
    note(actor=actor, action=action, subject=subject, uscc=claim.enterprise.uscc, details=details)


def _require_own(claim: Claim) -> None:
    if claim.method == ClaimMethod.INVITED:
        raise Conflict("这是企业负责人发出的邀请，由被邀请人确认。", code="invitation")


def _check_pace(claim: Claim) -> None:
    codes = ClaimCode.objects.filter(sent_at__gt=now() - DAY)
    mine = codes.filter(claim__enterprise=claim.enterprise_id, claim__user=claim.user_id)
    if mine.filter(sent_at__gt=now() - PAUSE).exists():
        raise TooOften("刚刚发送过，请 60 秒后再试。")
    if mine.filter(sent_at__gt=now() - HOUR).count() >= CODES_AN_HOUR:
        raise TooOften(f"一小时最多发送 {CODES_AN_HOUR} 次验证码，请稍后再试，或等待工作人员核实。")
    if (
        codes.filter(claim__enterprise=claim.enterprise_id).count() >= CODES_A_DAY
        or codes.filter(claim__user=claim.user_id).count() >= CODES_A_DAY
    ):
        raise TooOften("今天发送的验证码太多了，请明天再试，或等待工作人员核实。")


def _digest(salt: str, code: str) -> str:
    """Six digits are quickly gone through: without the key of the installation the digest says nothing."""
    return hmac.new(settings.SECRET_KEY.encode(), f"claim:{salt}:{code}".encode(), hashlib.sha256).hexdigest()
