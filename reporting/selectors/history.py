"""Reads the log of one report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.models import Event
from core.models.subjects import subject_key
from reporting.models import AnnualReport


@dataclass(frozen=True, slots=True)
class Edit:
    """Who saved the report last, and when."""

    name: str
    at: datetime


def last_edit(report: AnnualReport) -> Edit | None:
    """The last time somebody saved. One query."""
    event = (
        Event.objects.filter(code="report.saved", **subject_key(report))
        .select_related("by_user", "by_link__user")
        .order_by("-id")
        .first()
    )
    if event is None:
        return None
    person = event.by_user or (event.by_link.user if event.by_link else None)
    return Edit(name=person.name if person else event.by_system, at=event.as_of)
