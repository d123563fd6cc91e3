"""What leaves the program: jobs and mails, decided in the transaction they belong to (architecture.md § 2.6)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.enums import JobState, MessageState, WrittenForm


class Job(models.Model):
    """One thing to do once, found again until it is done. ``key`` makes asking twice harmless.

    ``as_of`` is the day it counts as done where the clock was set (demo, rehearsal), else empty. ``office``: whose
    staff are told when it stands still; empty when it is nobody's in particular.
    """

    name = models.CharField(max_length=60)
    key = models.CharField(max_length=200, unique=True)
    args = models.JSONField(default=dict)
    office = models.ForeignKey("core.Office", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField()
    as_of = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="core_job_state", condition=Q(state__in=JobState.values))]
        indexes = [
            models.Index(
                fields=["not_before"], name="core_job_open", condition=Q(state__in=[JobState.WAITING, JobState.RUNNING])
            )
        ]

    def __str__(self) -> str:
        return self.key


class Message(models.Model):
    """A mail. Decided once (``key``), leaves at least once under the same ``message_id``."""

    key = models.CharField(max_length=200, unique=True)
    office = models.ForeignKey("core.Office", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    to = models.EmailField()
    reply_to = models.EmailField(blank=True)
    form = models.CharField(max_length=2, choices=WrittenForm)
    subject = models.CharField(max_length=250)
    body = models.TextField()
    message_id = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.DECIDED)
    decided_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-decided_at", "-id"]
        constraints = [
            models.CheckConstraint(name="core_message_state", condition=Q(state__in=MessageState.values)),
            models.CheckConstraint(name="core_message_form", condition=Q(form__in=WrittenForm.values)),
            models.CheckConstraint(
                name="core_message_sent_has_time",
                condition=~Q(state=MessageState.SENT) | Q(sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.subject
