"""The truth about who may do what, and guardian's projection of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from guardian.models import UserObjectPermissionBase

from core.enums import Role
from core.models import ActorColumns, Anchor, Office, Versioned


class RoleAssignment(ActorColumns, Versioned):
    """A person holds a role at an anchor, from a day to a day, given by someone.

    ``held_for``: the organisation a provider contact speaks for on a network. ``ends`` is the last day it counts;
    ``ended_at`` is set when it is taken away before that. ``office``: the office it was given through, also where the
    anchor is an organisation, which several offices share. ``within``: the one office in whose matters it counts, empty
    for all of them: an office that doesn't keep the organisation lets people in for itself (docs/adr/0032).
    ``confirmed_at`` is empty for a role that a network's coordinator gave until the office confirms it; until then no
    binding act counts (core.authz).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=40, choices=Role)
    anchor = models.ForeignKey(Anchor, on_delete=models.PROTECT, related_name="roles")
    held_for = models.ForeignKey(Anchor, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    granted_at = models.DateTimeField()
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    within = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta(ActorColumns.Meta):
        constraints = [
            *ActorColumns.Meta.constraints,
            models.UniqueConstraint(
                fields=["user", "role", "anchor", "held_for"],
                name="accounts_role_once_for",
                condition=Q(ended_at__isnull=True, held_for__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "anchor"],
                name="accounts_role_once",
                condition=Q(ended_at__isnull=True, held_for__isnull=True, within__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "anchor", "within"],
                name="accounts_role_once_within",
                condition=Q(ended_at__isnull=True, held_for__isnull=True, within__isnull=False),
            ),
            models.CheckConstraint(name="accounts_role_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="accounts_role_dates", condition=Q(ends__isnull=True) | Q(ends__gte=F("starts"))
            ),
            models.CheckConstraint(
                name="accounts_role_confirmed", condition=Q(confirmed_by__isnull=True) | Q(confirmed_at__isnull=False)
            ),
            models.CheckConstraint(
                name="accounts_role_who_confirms",
                condition=Q(confirmed_at__isnull=False) | Q(office__isnull=False),
                violation_error_message="A role that waits to be confirmed must say which office confirms it.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.anchor_id}"


class AnchorPermission(UserObjectPermissionBase):
    """guardian's object permissions, as a projection of roles and appointments with their days.

    Written through one door (:mod:`accounts.services.projection`) and read by lists only; rights are decided by
    :func:`core.authz.allowed`. One row per reason (``source``), so that two terms at one anchor don't collide.
    """

    content_object = models.ForeignKey(Anchor, on_delete=models.CASCADE)
    source = models.CharField(max_length=60)
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)

    class Meta(UserObjectPermissionBase.Meta):
        unique_together: ClassVar[list[Sequence[str]]] = [("user", "permission", "content_object", "source")]
