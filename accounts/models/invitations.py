"""An invitation by mail, with the role it gives."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.enums import Role
from core.models import ActorColumns, Anchor


class Invitation(ActorColumns):
    """Only the token's hash is stored. Accepting it makes the person (if new) and the role, in one transaction."""

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

    class Meta(ActorColumns.Meta):
        constraints = [
            *ActorColumns.Meta.constraints,
            models.UniqueConstraint(
                Lower("email"),
                "role",
                "anchor",
                name="accounts_invitation_open",
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
            ),
            models.CheckConstraint(name="accounts_invitation_role", condition=Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return self.email
