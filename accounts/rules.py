"""Permissions about people."""

from __future__ import annotations

from typing import Any

import rules
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import RoleAssignment
from core import clock
from core.actor import Actor
from core.authz import add_perm, is_system
from core.enums import AnchorKind, Role
from core.models import Anchor
from core.rules import runs_installation


@rules.predicate
def is_self(actor: Actor, obj: Any) -> bool:
    """The person themselves."""
    return actor.user is not None and obj is not None and actor.user.pk == getattr(obj, "pk", None)


@rules.predicate
def may_let_in(actor: Actor, anchor: Any) -> bool:
    """Roles in an office are given by its administrator; other roles also by its case officers.

    An organisation is shared by all offices, so any of them may let its people in.
    """
    if anchor is None:
        return False
    givers: tuple[str, ...] = (Role.OFFICE_ADMINISTRATOR,)
    if anchor.kind == AnchorKind.OFFICE:
        return actor.holds(anchor.pk, *givers)
    givers += (Role.CASE_OFFICER,)
    return any(
        grant.role in givers and (anchor.office_id is None or grant.office_id == anchor.office_id)
        for grant in actor.grants
        if grant.anchor_kind == AnchorKind.OFFICE
    )


@rules.predicate
def lets_first_in(actor: Actor, anchor: Any) -> bool:
    """One who runs the installation lets the first administrator in, and nobody once there is one. One query."""
    return (
        isinstance(anchor, Anchor)
        and anchor.kind == AnchorKind.OFFICE
        and runs_installation.test(actor)
        and not RoleAssignment.objects.filter(
            Q(ends__isnull=True) | Q(ends__gte=clock.today()),
            anchor=anchor,
            role=Role.OFFICE_ADMINISTRATOR,
            ended_at__isnull=True,
            user__is_active=True,
        ).exists()
    )


add_perm("accounts.edit_profile", is_self, who=_("Only you can change your profile."))
add_perm(
    "accounts.invite",
    may_let_in | is_system | lets_first_in,
    who=_("Only the office’s case officers can invite people, and only its administrator to roles in the office."),
)
