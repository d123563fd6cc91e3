"""What a personal link is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import User
from accounts.selectors.work import Task, as_task, owes
from core import clock
from core.actor import Actor
from core.enums import LinkPurpose
from core.models import AccessLink, Obligation
from core.models.subjects import subject_key


@dataclass(frozen=True, slots=True)
class LinkPage:
    """``tasks``: what still waits for the person on this object; ``purpose``: what the link is for, in words.

    ``other``: someone else who is signed in in this browser.
    """

    link: AccessLink
    person: User | None
    purpose: str
    tasks: list[Task]
    last_day: date
    other: User | None


def link_page(link: AccessLink, signed_in: Any) -> LinkPage:
    """The page of a link that works."""
    grants = Actor.for_link(link).grants
    rows = (
        Obligation.objects.filter(done_at__isnull=True, **subject_key(link.subject))
        .select_related("office", "anchor", "for_anchor", "user")
        .order_by("due", "id")
        if link.subject
        else []
    )
    return LinkPage(
        link=link,
        person=link.user,
        purpose=str(LinkPurpose(link.purpose).label),
        tasks=[as_task(row) for row in rows if owes(link.user, grants, row)],
        last_day=clock.local(link.expires_at).date(),
        other=signed_in if signed_in.is_authenticated and signed_in != link.user else None,
    )
