"""Gives and takes roles. Each change leaves an event and moves the projection."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import RoleAssignment, User
from accounts.services import projection
from core import clock
from core.actor import Actor
from core.enums import ROLES_AT, AnchorKind, Role
from core.models import Anchor
from core.requirements import Obstacle, StepRefused
from core.services.events import record


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: Role,
    anchor: Anchor,
    by: Actor,
    held_for: Anchor | None = None,
    starts: date | None = None,
    ends: date | None = None,
) -> RoleAssignment:
    """Give a role from a day (today) to a day. Having it already changes nothing.

    Raises StepRefused for a role that can't be held at this kind of anchor. The caller asks for the right.
    """
    if role not in ROLES_AT[AnchorKind(anchor.kind)]:
        raise StepRefused(
            [
                Obstacle(
                    "role_elsewhere",
                    _("The role «%(role)s» can't be held here.") % {"role": Role(role).label},
                )
            ]
        )
    row, made = RoleAssignment.objects.get_or_create(
        user=user,
        role=role,
        anchor=anchor,
        held_for=held_for,
        ended_at=None,
        defaults={
            "starts": starts or clock.today(),
            "ends": ends,
            "granted_at": clock.now(),
            **by.columns(),
        },
    )
    if made:
        projection.project(user=user, anchor=anchor, source=f"role:{row.pk}", starts=row.starts, ends=row.ends)
        record(
            code="role.granted",
            subject=row,
            by=by,
            office=anchor.office_id,
            data={"person": user.name, "role": role, "anchor": anchor.name},
        )
    return row


@transaction.atomic
def end_role(*, assignment: RoleAssignment, by: Actor) -> None:
    """Take a role away now."""
    row = RoleAssignment.objects.select_for_update(of=("self",)).select_related("user", "anchor").get(pk=assignment.pk)
    if row.ended_at is not None:
        return
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    projection.withdraw(source=f"role:{row.pk}")
    record(
        code="role.ended",
        subject=row,
        by=by,
        office=row.anchor.office_id,
        data={"person": row.user.name, "role": row.role, "anchor": row.anchor.name},
    )
