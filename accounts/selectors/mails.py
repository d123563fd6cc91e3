"""The mails that were decided, for the demo's mail page."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from core.models import Message

SHOWN = 50


def latest(person: User | None = None) -> QuerySet[Message]:
    """The newest mails, to one person or to all."""
    rows = Message.objects.select_related("user").order_by("-id")
    return (rows.filter(user=person) if person else rows)[:SHOWN]
