"""The log: one row for each thing that happened."""

from __future__ import annotations

from django.db import models

from core.models.actors import ActorColumns
from core.models.subjects import SubjectColumns
from core.models.triggers import append_only


class Event(ActorColumns, SubjectColumns):
    """Append-only. ``data`` holds primitives only; the sentence comes from the registry in :mod:`core.audit`.

    ``at`` is the clock on the wall, ``as_of`` the day the act counts as done (jobs and rehearsals carry their own).
    """

    office = models.ForeignKey("core.Office", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    as_of = models.DateTimeField()

    class Meta(ActorColumns.Meta):
        triggers = [append_only("event_append_only")]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="core_event_subject"),
            models.Index(fields=["office", "-id"], name="core_event_office"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.pk}"
