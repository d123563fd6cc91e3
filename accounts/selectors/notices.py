"""A person's notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Notice, User

SHOWN = 100


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice as a row: the subject of its mail in the language of the screen."""

    title: str
    url: str
    at: datetime
    new: bool


def unread_count(user: User) -> int:
    """How many the person hasn't opened the list to see."""
    return Notice.objects.filter(user=user, read_at__isnull=True).count()


def notices_of(user: User, form: str) -> list[NoticeView]:
    """The newest first. One query."""
    rows = Notice.objects.filter(user=user).select_related("message")[:SHOWN]
    return [
        NoticeView(
            title=row.data.get("title", {}).get(form) or (row.message.subject if row.message else row.code),
            url=row.url,
            at=row.at,
            new=row.read_at is None,
        )
        for row in rows
    ]
