"""The actor as columns: who wrote a row, on whose behalf, in which role."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

ONE_SOURCE = (
    Q(by_user__isnull=False, by_link__isnull=True, by_system="")
    | Q(by_user__isnull=True, by_link__isnull=False, by_system="")
    | (Q(by_user__isnull=True, by_link__isnull=True) & ~Q(by_system=""))
)
"""A row is written by exactly one of a person, a link holder and the system."""


class ActorColumns(models.Model):
    """Mixed into rows that say who did something."""

    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_link = models.ForeignKey("core.AccessLink", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_system = models.CharField(max_length=40, blank=True)
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    for_anchor = models.ForeignKey("core.Anchor", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_role = models.CharField(max_length=40, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_one_source",
                condition=ONE_SOURCE,
                violation_error_message="A row is written by exactly one of a person, a link holder and the system.",
            )
        ]
