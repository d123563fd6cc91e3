"""An invitation by mail, with the role it gives."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from core.enums import Role
from core.models import ActorColumns, Anchor, Office

OPEN = Q(accepted_at__isnull=True, revoked_at__isnull=True)
"""Neither accepted nor taken back; whether it has run out, the clock says."""


class Invitation(ActorColumns):
    """Only the token's hash is stored. Accepting it makes the person (if new) and the role, in one transaction.

    ``starts`` and ``ends`` are the days of the role, empty for the day it is accepted and for no end. ``office``: the
    office on whose behalf it was sent. ``confirmed``: whether the role counts for binding acts at once; it doesn't when
    a network's coordinator sends it.
    """

    email = models.EmailField()
    name = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=40, choices=Role)
    anchor = models.ForeignKey(Anchor, on_delete=models.PROTECT, related_name="+")
    held_for = models.ForeignKey(Anchor, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    starts = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed = models.BooleanField(default=True)
    sort_key = models.CharField(max_length=250, blank=True)
    search_key = models.CharField(max_length=450, blank=True)

    class Meta(ActorColumns.Meta):
        constraints = [
            *ActorColumns.Meta.constraints,
            models.UniqueConstraint(
                Lower("email"),
                "role",
                "anchor",
                name="accounts_invitation_open",
                condition=OPEN & Q(held_for__isnull=True),
            ),
            models.UniqueConstraint(
                Lower("email"),
                "role",
                "anchor",
                "held_for",
                name="accounts_invitation_open_for",
                condition=OPEN & Q(held_for__isnull=False),
            ),
            models.CheckConstraint(
                name="accounts_invitation_dates",
                condition=Q(starts__isnull=True) | Q(ends__isnull=True) | Q(ends__gte=F("starts")),
            ),
            models.CheckConstraint(name="accounts_invitation_role", condition=Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return self.email
