"""Notices to a person, of which the mail is a copy."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from core.models import Message, Office, SubjectColumns


class Notice(SubjectColumns):
    """Shown at /varsel/. ``data`` holds the primitives of the sentence."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    url = models.CharField(max_length=250, blank=True)
    message = models.OneToOneField(Message, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["user", "-at"], name="accounts_notice_user")]

    def __str__(self) -> str:
        return self.code
