"""Mail: decided once in the database, sent at least once under the same Message-ID (architecture.md § 2.6)."""

from __future__ import annotations

import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.crypto import get_random_string

from core import clock
from core.enums import MessageState
from core.jobs import Away, NotNow
from core.models import Message, Office
from core.services.outbox import enqueue


@transaction.atomic
def decide(
    *,
    key: str,
    to: str,
    subject: str,
    body: str,
    form: str,
    user: Any = None,
    office: Office | None = None,
    reply_to: str = "",
) -> tuple[Message, bool]:
    """Decide a mail; returns it and whether it is new. The same ``key`` never gives two mails."""
    message, made = Message.objects.get_or_create(
        key=key,
        defaults={
            "to": to,
            "subject": subject,
            "body": body,
            "form": form,
            "user": user,
            "office": office,
            "reply_to": reply_to or (office.email if office else ""),
            "message_id": f"<{get_random_string(24).lower()}@{_domain()}>",
            "decided_at": clock.now(),
        },
    )
    if made:
        enqueue("core.send_mail", key=f"mail:{message.pk}", office=office, message=message.pk)
    return message, made


class MailRefused(RuntimeError):
    """The mail server takes this mail for good or not at all, and it said no."""


class MailPutOff(NotNow):
    """The mail server takes this mail later, it said (4xx)."""


class MailServerAway(Away):
    """The mail server doesn't answer, or lets nobody in: no mail would get through now."""


CLOSING = 421
"""«Service not available, closing transmission channel» (RFC 5321, 4.2.3)."""


def send(*, message_id: int) -> None:
    """Hand one decided mail to the mail server. Done again after a crash it carries the same Message-ID.

    Raises MailRefused, MailPutOff, MailServerAway; none of them names the recipient, so they may stand in a log.
    """
    message = Message.objects.get(pk=message_id)
    if message.state == MessageState.SENT:
        return
    mail = EmailMessage(
        subject=message.subject,
        body=message.body,
        to=[message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={
            "Message-ID": message.message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.form,
        },
    )
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(*next(iter(error.recipients.values())), message.to) from None
    except smtplib.SMTPDataError as error:
        raise _refusal(error.smtp_code, error.smtp_error, message.to) from None
    except OSError as error:  # smtplib's own errors are OSErrors too: no connection, no greeting, no sign-in, no sender
        code = getattr(error, "smtp_code", "")
        raise MailServerAway(f"{type(error).__name__} {code}".strip()) from None
    Message.objects.filter(pk=message.pk).update(state=MessageState.SENT, sent_at=clock.now())


def _refusal(code: int, words: bytes | str, to: str) -> Exception:
    """What the server's answer means; its words without the address."""
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    text = f"{code} {said.replace(to, '…')}"
    if code == CLOSING:
        return MailServerAway(text)
    return MailRefused(text) if code >= 500 else MailPutOff(text)


def _domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >") or "localhost"
