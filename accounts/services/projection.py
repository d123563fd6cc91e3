"""The one door to guardian's rows: a projection of roles and appointments with their days, for fast lists.

Rights are never decided here (core.authz); no other permission than ``see_anchor`` may be written.
"""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from accounts.models import AnchorPermission, User
from core.models import Anchor

ALLOWED = frozenset({"see_anchor"})


class ForbiddenProjection(ValueError):
    """A permission outside the projection was to be written."""


def _permission(codename: str) -> Permission:
    if codename not in ALLOWED:
        raise ForbiddenProjection(codename)
    kind = ContentType.objects.get_for_model(Anchor)
    return Permission.objects.get_or_create(
        content_type=kind, codename=codename, defaults={"name": "Can see what belongs to the anchor"}
    )[0]


@transaction.atomic
def project(
    *, user: User, anchor: Anchor, source: str, starts: date, ends: date | None, codename: str = "see_anchor"
) -> AnchorPermission:
    """Write or move the row that ``source`` («role:17», «appointment:4») gives this person."""
    row: AnchorPermission
    row, _made = AnchorPermission.objects.update_or_create(
        user=user,
        permission=_permission(codename),
        content_object=anchor,
        source=source,
        defaults={"starts": starts, "ends": ends},
    )
    return row


@transaction.atomic
def withdraw(*, source: str) -> int:
    """Remove the rows a source gave; returns how many."""
    count, _by_model = AnchorPermission.objects.filter(source=source).delete()
    return count
