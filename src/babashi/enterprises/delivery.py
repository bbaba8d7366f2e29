"""How a one-time code reaches the registered contact of an enterprise.

``BABASHI_CODE_CHANNELS`` names a channel for each medium (``sms``, ``email``; environment ``BABASHI_CODE_SMS``,
``BABASHI_CODE_EMAIL``): ``console``, ``file``, ``email`` or the dotted path of a function ``(address, text) -> None``
that talks to the gateway of the place. A medium without a channel isn't used; officials then prove claims.
``console`` and ``file`` put codes where others could read them: only in demo and debug mode.
"""

import logging
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from django.conf import settings
from django.core.mail import send_mail
from django.utils.module_loading import import_string

from babashi.enterprises.models import Enterprise

Channel = Callable[[str, str], None]
log = logging.getLogger(__name__)
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def contact_of(enterprise: Enterprise) -> tuple[str, str] | None:
    """Medium and address of the registered contact that a code can be sent to; the phone first."""
    phone = re.sub(r"[\s-]", "", enterprise.contact_phone)
    mobile = _MOBILE.fullmatch(phone) or (settings.BABASHI_DEMO and phone)  # synthetic numbers ring nowhere
    if mobile and _configured("sms"):
        return "sms", phone
    mail = enterprise.contact_email.strip()
    if _EMAIL.fullmatch(mail) and _configured("email"):
        return "email", mail
    return None


def is_possible() -> bool:
    """Whether any code can leave here at all."""
    return _configured("sms") != "" or _configured("email") != ""


def masked(address: str) -> str:
    """Enough to recognise one's own (138****1234), too little to learn somebody else's."""
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}***@{host}"
    return f"{address[:3]}****{address[-4:]}" if len(address) >= 11 else f"****{address[-2:]}"


def send(medium: str, address: str, text: str) -> bool:
    """Hand a text to the channel; whether it took it. Why not goes to the log, never to the claimant."""
    try:
        _channel(_configured(medium))(address, text)
    except Exception:  # a gateway fails in ways of its own, and none may show whether there is a contact
        log.exception("a code could not be delivered by %s", medium)
        return False
    return True


def _configured(medium: str) -> str:
    names: Mapping[str, str] = settings.BABASHI_CODE_CHANNELS
    return names.get(medium, "")


def _channel(name: str) -> Channel:
    own: dict[str, Channel] = {"console": console, "file": file, "email": email}
    return own[name] if name in own else import_string(name)


def email(address: str, text: str) -> None:
    """Through Django's mail settings."""
    send_mail("巴巴实验证码", text, None, [address])


def console(address: str, text: str) -> None:
    """On standard error of the server: to see it while developing."""
    _not_for_real_people()
    print(f"[{masked(address)}] {text}", file=sys.stderr)


def file(address: str, text: str) -> None:
    """The last message for an address, in a file of the mail folder."""
    _not_for_real_people()
    place = _place(address)
    place.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")


def shown_in_demo(enterprise: Enterprise) -> str:
    """What the file channel last sent to the contact of this enterprise; empty outside demo mode."""
    found = contact_of(enterprise) if settings.BABASHI_DEMO else None
    if found is None or _configured(found[0]) != "file":
        return ""
    place = _place(found[1])
    return place.read_text(encoding="utf-8") if place.exists() else ""


def _not_for_real_people() -> None:
    if not (settings.BABASHI_DEMO or settings.DEBUG):
        raise RuntimeError("the channels console and file are for demo and debug mode only")


def _place(address: str) -> Path:
    return (
        Path(settings.EMAIL_FILE_PATH) / "codes" / (re.sub(r"[^0-9A-Za-z@._-]", "_", address)[:80] + ".txt")
    )
