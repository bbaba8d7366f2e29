"""Sends messages by e-mail through the mail backend that Django is configured with."""

import smtplib

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email

from babashi.outreach.channels.base import Channel, DeliveryFailed, Letter


class EmailChannel(Channel):
    name = "email"
    label = "电子邮件"
    contact = "email"

    def send(self, letter: Letter) -> None:
        try:
            validate_email(letter.address)
        except ValidationError:
            raise DeliveryFailed("邮箱地址不正确", retry=False) from None
        mail = EmailMessage(
            subject=" ".join(letter.subject.split()),
            body=f"{letter.body}\n\n不想再收到这类邮件：{letter.unsubscribe}",
            to=[letter.address],
            headers={
                "List-Unsubscribe": f"<{letter.unsubscribe}>",
                "X-Babashi-Reference": letter.reference,
            },
        )
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            raise DeliveryFailed("对方邮件服务器拒收", retry=False) from error
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryFailed(f"邮件没有发出：{type(error).__name__}") from error
