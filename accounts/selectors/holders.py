"""Who holds what: the truth, read by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import RoleAssignment, User
from core.actor import Grant


def in_force(on: date) -> Q:
    """Assignments that count on a day: begun, not past their last day, not taken away."""
    return Q(starts__lte=on, ended_at__isnull=True) & (Q(ends__isnull=True) | Q(ends__gte=on))


def grants_of(user: User, on: date) -> Iterator[Grant]:
    """A person's roles on a day, for :class:`core.actor.Actor`. One query."""
    rows = (
        RoleAssignment.objects.filter(in_force(on), user=user)
        .select_related("anchor", "anchor__of_office", "held_for")
        .order_by("id")
    )
    for row in rows:
        office = getattr(row.anchor, "of_office", None)
        yield Grant(
            role=row.role,
            anchor_id=row.anchor_id,
            anchor_kind=row.anchor.kind,
            anchor_name=row.anchor.name,
            office_id=office.pk if office else row.anchor.office_id,
            for_anchor_id=row.held_for_id,
            for_anchor_name=row.held_for.name if row.held_for else "",
        )


def holders(*, role: str, anchor_id: int, on: date, held_for_id: int | None = None) -> QuerySet[User]:
    """The active people who hold a role at an anchor on a day; ``held_for_id`` narrows to one organisation."""
    roles = RoleAssignment.objects.filter(in_force(on), role=role, anchor_id=anchor_id)
    if held_for_id is not None:
        roles = roles.filter(held_for_id=held_for_id)
    return User.objects.filter(pk__in=roles.values("user_id"), is_active=True).order_by("name", "pk")
