"""A person's notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Notice, User
from core.paging import Leaf, leaf_of_query


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice as a row: the subject of its mail in the language of the screen."""

    title: str
    url: str
    at: datetime
    new: bool


def with_unread(people: QuerySet[User]) -> QuerySet[User]:
    """The people, each with ``unread``: how many notices came since the person last opened the list."""
    unseen = Notice.objects.filter(user=OuterRef("pk"), read_at__isnull=True).order_by().values("user")
    return people.annotate(unread=Coalesce(Subquery(unseen.annotate(count=Count("pk")).values("count")), 0))


def notices_of(user: User, form: str, number: int = 1) -> Leaf[NoticeView]:
    """A page of them, the newest first. One query."""
    rows = leaf_of_query(Notice.objects.filter(user=user).select_related("message"), number)
    return rows.with_rows(
        [
            NoticeView(
                title=row.data.get("title", {}).get(form) or (row.message.subject if row.message else row.code),
                url=row.url,
                at=row.at,
                new=row.read_at is None,
            )
            for row in rows
        ]
    )
