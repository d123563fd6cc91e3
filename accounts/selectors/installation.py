"""Reads what the one who runs the installation sees of the offices: whether anybody works there. Nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Invitation, RoleAssignment
from accounts.selectors.holders import in_force
from core import clock
from core.collation import sort_key
from core.enums import OFFICE_STAFF, Role
from core.models import Office


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """An office, how many work in it, who administers it, and who is asked to."""

    office: Office
    name: str
    staff: int
    administrators: list[str]
    invited: list[str]


def offices(form: str) -> list[OfficeRow]:
    """All offices by name. Four queries, however many."""
    today = clock.today()
    roles = RoleAssignment.objects.filter(in_force(today), role__in=OFFICE_STAFF, user__is_active=True)
    staff: dict[int, set[int]] = {}
    administrators: dict[int, list[str]] = {}
    for role in roles.select_related("user").order_by("user__name", "pk"):
        staff.setdefault(role.anchor_id, set()).add(role.user_id)
        if role.role == Role.OFFICE_ADMINISTRATOR:
            administrators.setdefault(role.anchor_id, []).append(role.user.name)
    invited: dict[int, list[str]] = {}
    waiting = Invitation.objects.filter(
        role=Role.OFFICE_ADMINISTRATOR,
        accepted_at__isnull=True,
        revoked_at__isnull=True,
        expires_at__gt=clock.now(),
    )
    for one in waiting.order_by("created_at"):
        invited.setdefault(one.anchor_id, []).append(one.name or one.email)
    rows = [
        OfficeRow(
            office,
            office.name_in(form, today),
            len(staff.get(office.anchor_id, ())),
            administrators.get(office.anchor_id, []),
            invited.get(office.anchor_id, []),
        )
        for office in Office.objects.select_related("anchor").prefetch_related("names")
    ]
    return sorted(rows, key=lambda row: (sort_key(row.name), row.office.slug))
