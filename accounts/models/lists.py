"""«Bekreft listen deres»: once a year an owner or a coordinator says that the office's list of them is right."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.models import ActorColumns, Anchor, Office


class ListConfirmation(ActorColumns):
    """An office asks an organisation or a network to look through its list before a day.

    ``listed`` is the list as it was confirmed, in words; ``confirmed_name`` the name as it was then.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    anchor = models.ForeignKey(Anchor, on_delete=models.PROTECT, related_name="+")
    due = models.DateField()
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_name = models.CharField(max_length=150, blank=True)
    listed = models.JSONField(default=list)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(ActorColumns.Meta):
        ordering = ["-asked_at", "-id"]
        constraints = [
            *ActorColumns.Meta.constraints,
            models.UniqueConstraint(
                fields=["office", "anchor"],
                name="accounts_list_asked_once",
                condition=Q(confirmed_at__isnull=True, withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="accounts_list_confirmed_by_someone",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, confirmed_at__gte=F("asked_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.anchor_id}"
