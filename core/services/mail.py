"""Mail: decided once in the database, sent at least once under the same Message-ID (architecture.md § 2.6)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.crypto import get_random_string

from core import clock
from core.enums import MessageState
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
        enqueue("core.send_mail", key=f"mail:{message.pk}", message=message.pk)
    return message, made


def send(*, message_id: int) -> None:
    """Hand one decided mail to the mail server. Done again after a crash it carries the same Message-ID."""
    message = Message.objects.get(pk=message_id)
    if message.state == MessageState.SENT:
        return
    EmailMessage(
        subject=message.subject,
        body=message.body,
        to=[message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={
            "Message-ID": message.message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.form,
        },
    ).send()
    Message.objects.filter(pk=message.pk).update(state=MessageState.SENT, sent_at=clock.now())


def _domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >") or "localhost"
