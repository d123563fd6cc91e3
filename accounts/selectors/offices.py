"""Which office stands behind something, and who answers there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from accounts.models import RoleAssignment, User
from accounts.selectors.holders import in_force
from core import clock
from core.actor import Actor
from core.enums import AnchorKind, Role
from core.models import Anchor, Office
from core.selectors.offices import offices_at


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask."""

    name: str
    email: str
    phone: str


def office_behind(anchor: Anchor, by: Actor | None = None) -> Office | None:
    """The office an anchor belongs to; for an organisation, which several share, the office ``by`` works in."""
    if anchor.kind == AnchorKind.OFFICE:
        return Office.objects.filter(anchor=anchor).first()
    if anchor.office_id is not None:
        return Office.objects.filter(pk=anchor.office_id).first()
    own = sorted(grant.office_id for grant in by.grants if grant.office_id) if by else []
    return Office.objects.filter(pk__in=own).order_by("pk").first()


def works_at(user: User | None, office: Office | None) -> bool:
    """One of the office's own people today: only they are «… at the office». One query."""
    if user is None or office is None:
        return False
    held = RoleAssignment.objects.filter(in_force(clock.today()), user=user, anchor=office.anchor_id)
    return held.exists()


def contact_of(office: Office) -> Contact:
    """The office's case officer with the longest standing; mail and telephone are the office's where it has them."""
    person = _officers([office]).get(office.pk)
    return Contact(
        name=person.name if person else office.anchor.name,
        email=office.email or (person.email if person else ""),
        phone=(person.phone if person else "") or office.phone,
    )


def contacts_of(offices: Collection[Office]) -> dict[int, str]:
    """Office id → the name of its case officer with the longest standing. One query."""
    return {pk: person.name for pk, person in _officers(offices).items()}


def _officers(offices: Collection[Office]) -> dict[int, User]:
    places = {office.anchor_id: office.pk for office in offices}
    roles = RoleAssignment.objects.filter(
        in_force(clock.today()), role=Role.CASE_OFFICER, anchor_id__in=places, user__is_active=True
    )
    found: dict[int, User] = {}
    for role in roles.select_related("user").order_by("starts", "pk"):
        found.setdefault(places[role.anchor_id], role.user)
    return found


def offices_of(actor: Actor, others: Collection[int] = ()) -> list[Office]:
    """The offices the actor has to do with: where a role is held, and ``others`` (ids; where something is owed)."""
    ids = {grant.office_id for grant in actor.grants if grant.office_id is not None} | set(others)
    return offices_at(ids) if ids else []
