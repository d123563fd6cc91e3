"""Who holds what: the truth, read by day.

Roles live here; seats in a forum live higher up. A higher app adds what it knows with :func:`register_holding_source`,
so that «who owes this?» has one answer for reminders, lists and the demo alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from accounts.models import RoleAssignment, User
from core.actor import Grant
from core.enums import AnchorKind


def in_force(on: date) -> Q:
    """Assignments that count on a day: begun, not past their last day, not taken away."""
    return Q(starts__lte=on, ended_at__isnull=True) & (Q(ends__isnull=True) | Q(ends__gte=on))


def living(on: date) -> Q:
    """Assignments in force on a day or coming after it."""
    return Q(ended_at__isnull=True) & (Q(ends__isnull=True) | Q(ends__gte=on))


def grants_of(user: User, on: date) -> Iterator[QuerySet[RoleAssignment, Any]]:
    """A person's roles on a day, as rows of :class:`core.actor.Grant`'s columns."""
    yield (
        RoleAssignment.objects.filter(in_force(on), user=user)
        .order_by()
        .values_list(
            "role",
            "anchor_id",
            "anchor__kind",
            "anchor__name",
            Coalesce("anchor__of_office", "anchor__office_id"),
            "held_for_id",
            Coalesce("held_for__name", Value("")),
            ExpressionWrapper(Q(confirmed_at__isnull=False), output_field=BooleanField()),
            "within_id",
        )
    )


def _grant(row: RoleAssignment) -> Grant:
    office = getattr(row.anchor, "of_office", None)
    return Grant(
        role=row.role,
        anchor_id=row.anchor_id,
        anchor_kind=row.anchor.kind,
        anchor_name=row.anchor.name,
        office_id=office.pk if office else row.anchor.office_id,
        for_anchor_id=row.held_for_id,
        for_anchor_name=row.held_for.name if row.held_for else "",
        confirmed=row.confirmed_at is not None,
        within_id=row.within_id,
    )


def counting_at(office_id: int) -> Q:
    """Assignments that count in the matters of an office (the same question as :class:`core.actor.Grant` answers)."""
    counts = Q(confirmed_at__isnull=False) | ~Q(anchor__kind=AnchorKind.ORGANISATION)
    return counts & (Q(within__isnull=True) | Q(within=office_id))


def holders(*, role: str, anchor_id: int, office_id: int, on: date, held_for_id: int | None = None) -> QuerySet[User]:
    """The active people who hold a role at an anchor on a day, in the matters of an office; ``held_for_id`` narrows to
    one organisation."""
    roles = RoleAssignment.objects.filter(in_force(on), counting_at(office_id), role=role, anchor_id=anchor_id)
    if held_for_id is not None:
        roles = roles.filter(held_for_id=held_for_id)
    return User.objects.filter(pk__in=roles.values("user_id"), is_active=True).order_by("name", "pk")


@dataclass(frozen=True, slots=True)
class Holding:
    """A person and one thing they hold."""

    user: User
    grant: Grant


HoldingSource = Callable[[Collection[int] | None, date], Iterable[Holding]]
"""(ids of anchors, or None for all; day) -> who holds something there that day. One query, active people only."""

_sources: list[HoldingSource] = []


def register_holding_source(source: HoldingSource) -> None:
    """Let a higher app (forums: appointments) say who holds something at an anchor."""
    if source not in _sources:
        _sources.append(source)


def role_holdings(anchor_ids: Collection[int] | None, on: date) -> Iterator[Holding]:
    """The roles held at the anchors on a day."""
    rows = (
        RoleAssignment.objects.filter(in_force(on), user__is_active=True)
        .select_related("user", "anchor", "anchor__of_office", "held_for")
        .order_by("user__name", "id")
    )
    if anchor_ids is not None:
        rows = rows.filter(anchor_id__in=anchor_ids)
    for row in rows:
        yield Holding(row.user, _grant(row))


def holdings_at(anchor_ids: Collection[int] | None, on: date) -> list[Holding]:
    """All that is held at the anchors on a day, roles and seats. One query a source, however many anchors."""
    if anchor_ids is not None and not anchor_ids:
        return []
    return [holding for source in _sources for holding in source(anchor_ids, on)]
