"""Getting back in without an administrator: a mail address that its owner has proven, and a link sent there.

``User.email`` is written by :func:`confirm_address` alone, and emptied by ``drop_address``: what stands there is
proven. Nobody learns from a page or
from the time that it takes whether an address belongs to an account: the letter is looked up and sent by a job.
"""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from babashi.accounts import tasks
from babashi.accounts.errors import Invalid, NotAllowed
from babashi.accounts.models import User
from babashi.accounts.services import drop_address, put_password, tell_former_address
from babashi.audit.models import AuditEntry
from babashi.audit.services import record
from babashi.workdays.clock import now

LETTERS_A_DAY = 5
"""To one account, of each kind: enough for whoever mistypes, too few to be a nuisance."""
SALT = "babashi.accounts.address"
STALE = "这个链接已经失效：用过一次，或者过了有效时间。请到“我的账号”重新填写邮箱。"


def is_possible() -> bool:
    """Whether letters leave here at all."""
    return bool(settings.BABASHI_SMTP)


@transaction.atomic
def ask_for_address(user: User, address: str, *, password: str) -> None:
    """Send a link to an address; it is the account's once the link was followed. Empty: no address any more.

    Raises Invalid for a wrong password, a wrong address, or more than ``LETTERS_A_DAY``; NotAllowed for an account
    that several people share (demo).
    """
    if user.is_demo:
        raise NotAllowed("演示账号是大家共用的，不能绑定邮箱。")
    user = User.objects.select_for_update().get(pk=user.pk)  # or letters asked for at once are not counted
    _check_address(user, address, password)
    if not address:
        drop_address(user, by=user)
        return
    if not _may_write(user, "accounts.address_asked"):
        raise Invalid("有几处需要改正。", {"address": ["今天发出的邮件太多了，请明天再试。"]})
    token = signing.dumps(address, salt=_salt(user))
    link = settings.BABASHI_BASE_URL + reverse("accounts:confirm_address", args=[token])
    body = (
        f"您（想必是您本人）要用这个邮箱找回巴巴实账号的密码。请登录后，在{_lifetime()}内打开链接确认：\n"
        f"{link}\n\n不是您本人操作，请不要打开，也不用回复。"
    )
    record(actor=user, action="accounts.address_asked", subject=_subject(user))
    tasks.post_letter.defer(address=address, subject="请确认找回密码的邮箱", body=body)


def _check_address(user: User, address: str, password: str) -> None:
    errors: dict[str, Sequence[str]] = {}
    if not user.check_password(password):
        errors["password"] = ["密码不对。"]
    try:
        if address:
            validate_email(address)
    except ValidationError:
        errors["address"] = ["邮箱写得不对，请写成 name@example.com 的样子。"]
    if address == user.email:
        errors["address"] = ["这就是现在的邮箱，不用再确认。" if address else "请填写邮箱。"]
    if errors:
        raise Invalid("有几处需要改正。", errors)


def proven_address(user: User, token: str) -> str:
    """The address of a link, for the account that asked for it. Raises Invalid for a used, late or strange link."""
    try:
        return str(signing.loads(token, salt=_salt(user), max_age=settings.PASSWORD_RESET_TIMEOUT))
    except (signing.BadSignature, ValueError):
        raise Invalid(STALE) from None


@transaction.atomic
def confirm_address(user: User, token: str) -> str:
    """The link was followed: the address is the account's. The address before it is told. Raises Invalid."""
    user = User.objects.select_for_update().get(pk=user.pk)
    address, before = proven_address(user, token), user.email
    user.email = address
    user.save(update_fields=["email"])
    record(actor=user, action="accounts.address_confirmed", subject=_subject(user))
    if before:
        tell_former_address(before, user, "已更换")
    return address


def _salt(user: User) -> str:
    """What a link of an address is bound to: account, password, and how often the address changed before.

    Counted and not compared: an address that was taken away would bring the links before it back to life.
    """
    changes = ("accounts.address_confirmed", "accounts.address_removed")
    before = AuditEntry.objects.filter(subject_type="user", subject_id=str(user.pk), action__in=changes)
    return f"{SALT}:{user.pk}:{before.count()}:{user.get_session_auth_hash()}"


# -- forgotten -----------------------------------------------------------------------------------------------


def send_reset_links(address: str) -> int:
    """To every account that has proven this address, a link for a new password. How many letters were sent."""
    sent = 0
    for user in User.objects.filter(email__iexact=address, is_active=True, is_demo=False).exclude(email=""):
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)
            if not _may_write(user, "accounts.reset_asked"):
                continue
            record(
                actor=None, action="accounts.reset_asked", subject=_subject(user), actor_label="忘记密码页面"
            )
        uid = urlsafe_base64_encode(force_bytes(user.pk))
        token = default_token_generator.make_token(user)
        link = settings.BABASHI_BASE_URL + reverse("accounts:reset", args=[uid, token])
        post_letter(
            user.email,
            "重设密码",
            f"有人（想必是您本人）要重设用户名 {user.username} 的密码。请在{_lifetime()}内打开链接，只能用一次：\n"
            f"{link}\n\n不是您本人操作，不用理会，密码不会改变。",
        )
        sent += 1
    return sent


@transaction.atomic
def reset_password(user: User, new: str) -> None:
    """A new password by way of the link. Raises Invalid where another window was faster: a link works once."""
    if User.objects.select_for_update().get(pk=user.pk).password != user.password:
        raise Invalid("这个链接已经失效：刚才已经用它重设过密码。没有重设的，请从登录页再点“忘记密码”。")
    put_password(user, new)
    record(actor=user, action="accounts.password_reset", subject=_subject(user))


def post_letter(address: str, subject: str, body: str) -> None:
    """Hand a letter to the mail server; what it raises is the job's to try again."""
    send_mail(f"【巴巴实】{subject}", body, None, [address])


def _may_write(user: User, action: str) -> bool:
    recent = AuditEntry.objects.filter(
        subject_type="user", subject_id=str(user.pk), action=action, at__gt=now() - dt.timedelta(days=1)
    )
    return recent.count() < LETTERS_A_DAY


def _subject(user: User) -> tuple[str, str]:
    return "user", str(user.pk)


def _lifetime() -> str:
    return f" {settings.PASSWORD_RESET_TIMEOUT // 60} 分钟"
