"""The mails that were decided, for the demo's mail page."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import User
from core.models import Message

SHOWN = 50


def latest(person: User | None = None) -> QuerySet[Message]:
    """The newest mails to the demo's people, or to one of them; a real person's aren't for all to read."""
    rows = Message.objects.filter(Q(user__is_demo=True) | Q(user=None)).select_related("user").order_by("-id")
    return (rows.filter(user=person) if person else rows)[:SHOWN]
