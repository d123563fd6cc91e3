"""Personal links: a token that opens one object, without signing in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.enums import LinkPurpose
from core.models.subjects import SubjectColumns


class AccessLink(SubjectColumns):
    """Only the hash is stored. With a user the holder acts as that person on this one object; without, as a guest.

    ``url``: the path of the page it leads to.
    """

    token_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    email = models.EmailField(blank=True)
    purpose = models.CharField(max_length=30, choices=LinkPurpose)
    url = models.CharField(max_length=250, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    first_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="core_accesslink_purpose", condition=Q(purpose__in=LinkPurpose.values)),
            models.CheckConstraint(name="core_accesslink_expires", condition=Q(expires_at__gt=models.F("created_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
