"""Writes the log. Each write leaves one event in the same transaction (architecture.md § 2.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models

from core import audit, clock
from core.actor import Actor
from core.models import Event, Office
from core.models.subjects import subject_key


def record(
    *,
    code: str,
    subject: models.Model,
    by: Actor,
    office: Office | int | None = None,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Append one event; ``data`` holds primitives. Raises UnknownEventCode for a code without a sentence."""
    if not audit.known(code):
        raise audit.UnknownEventCode(code)
    moment = clock.now()
    return Event.objects.create(
        code=code,
        office_id=office.pk if isinstance(office, Office) else office,
        data=dict(data or {}),
        at=moment,
        as_of=moment,
        **subject_key(subject),
        **by.columns(),
    )


def record_many(
    *,
    code: str,
    subjects: Sequence[models.Model],
    by: Actor,
    office: Office | int | None,
    data: Sequence[Mapping[str, Any]],
) -> None:
    """One event per subject in one statement, for bulk writes."""
    if not audit.known(code):
        raise audit.UnknownEventCode(code)
    moment = clock.now()
    office_id = office.pk if isinstance(office, Office) else office
    Event.objects.bulk_create(
        Event(
            code=code,
            office_id=office_id,
            data=dict(row),
            at=moment,
            as_of=moment,
            **subject_key(subject),
            **by.columns(),
        )
        for subject, row in zip(subjects, data, strict=True)
    )
