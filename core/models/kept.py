"""Text kept for a person whose session had ended when they pressed the button."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Stash(models.Model):
    """What one person sent to one address after their session had ended; theirs alone, and gone after a day.

    ``fields``: a list of [name, value] pairs in the order sent, without secrets and without files.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=500)
    fields = models.JSONField(default=list)
    at = models.DateTimeField()
    expires = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="core_stash_expires", condition=Q(expires__gt=models.F("at")))]
        indexes = [models.Index(fields=["user", "expires"], name="core_stash_of")]

    def __str__(self) -> str:
        return self.path
