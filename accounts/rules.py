"""Permissions about people."""

from __future__ import annotations

from typing import Any

import rules
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import places
from accounts.models import RoleAssignment
from core import clock
from core.actor import Actor
from core.authz import add_perm, is_system
from core.enums import AnchorKind, Role
from core.models import Anchor
from core.rules import is_case_officer, is_office_administrator, runs_installation, works_in_office

PROPOSABLE: dict[str, tuple[Role, ...]] = {
    AnchorKind.NETWORK: (Role.NETWORK_READER, Role.COORDINATOR, Role.PROVIDER_CONTACT),
    AnchorKind.ORGANISATION: (Role.OWNER_CONTACT,),
}
"""The roles a network's coordinator may invite to, by kind of place; each waits for the office's confirmation."""


@rules.predicate
def is_self(actor: Actor, obj: Any) -> bool:
    """The person themselves."""
    return actor.user is not None and obj is not None and actor.user.pk == getattr(obj, "pk", None)


@rules.predicate
def may_let_in(actor: Actor, anchor: Any) -> bool:
    """Roles in an office are given by its administrator; other roles also by its case officers.

    An organisation is shared by all offices, so any of them may let its people in: for its own matters, and for all
    where it keeps the organisation (accounts.services.roles).
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
def may_keep_role(actor: Actor, row: Any) -> bool:
    """Could have given it: at an organisation, the office in whose matters it counts, or where it counts in all, one
    that keeps the organisation. One query for such a role."""
    if not isinstance(row, RoleAssignment) or not may_let_in.test(actor, row.anchor):
        return False
    if row.anchor.kind != AnchorKind.ORGANISATION:
        return True
    keepers = places.keepers_of(row.anchor_id) if row.within_id is None else {row.within_id}
    return not keepers or any(
        grant.office_id in keepers
        for grant in actor.grants
        if grant.anchor_kind == AnchorKind.OFFICE and grant.role in (Role.CASE_OFFICER, Role.OFFICE_ADMINISTRATOR)
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


@rules.predicate
def coordinates_place(actor: Actor, anchor: Any) -> bool:
    """Coordinator of the network, or of one the organisation belongs to."""
    own = actor.anchors(Role.COORDINATOR)
    if anchor is None or not own:
        return False
    if anchor.kind == AnchorKind.NETWORK:
        return anchor.pk in own
    return anchor.kind == AnchorKind.ORGANISATION and not own.isdisjoint(places.networks_of(anchor.pk))


@rules.predicate
def answers_for_list(actor: Actor, anchor: Any) -> bool:
    """Who says whether the office's list of a place is right: its coordinator, or its owner contact."""
    if anchor is None:
        return False
    return actor.holds(anchor.pk, Role.COORDINATOR if anchor.kind == AnchorKind.NETWORK else Role.OWNER_CONTACT)


@rules.predicate
def works_where_it_waits(actor: Actor, obj: Any) -> bool:
    """Case officer of the office that is to confirm the role."""
    office_id = getattr(obj, "office_id", None)
    return office_id is not None and any(
        grant.role == Role.CASE_OFFICER and grant.anchor_kind == AnchorKind.OFFICE and grant.office_id == office_id
        for grant in actor.grants
    )


add_perm("accounts.edit_profile", is_self, who=_("Only you can change your profile."))
add_perm("accounts.see_people", works_in_office | is_system, who=_("Only the office's own people can see this."))
add_perm(
    "accounts.keep_people",
    is_case_officer | is_office_administrator | is_system,
    who=_("Only the office's case officers and administrators can change who does what."),
)
add_perm(
    "accounts.invite",
    may_let_in | is_system | lets_first_in,
    who=_("Only the office’s case officers can invite people, and only its administrator to roles in the office."),
)
add_perm(
    "accounts.keep_role",
    may_keep_role | is_system,
    who=_(
        "Only the office’s case officers can change this. Roles in the office are changed by its administrator, and "
        "roles at an organisation by the office that let the person in."
    ),
)
add_perm(
    "accounts.propose",
    coordinates_place,
    who=_("Only the network's coordinator and the office can invite people here."),
    binding=True,
)
add_perm(
    "accounts.see_list",
    coordinates_place | answers_for_list,
    who=_("Only the network's coordinator or the organisation's owner contact can see the list."),
)
add_perm(
    "accounts.confirm_list",
    answers_for_list,
    who=_("Only the network's coordinator or the organisation's owner contact can confirm the list."),
    binding=True,
)
add_perm(
    "accounts.confirm_role",
    works_where_it_waits | is_system,
    who=_("Only the office's case officers can confirm a role."),
)
