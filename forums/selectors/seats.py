"""Who sits where on a day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Concat

from accounts.selectors.holders import Holding
from accounts.selectors.ties import Tie
from core import clock
from core.actor import Grant
from core.models import Anchor, Office
from forums.enums import AppointmentKind
from forums.models import Appointment, Forum, Seat


def in_term(on: date) -> Q:
    """Appointments whose term covers a day."""
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


def grants_of(user: Any, on: date) -> Iterator[QuerySet[Appointment, Any]]:
    """Appointments as grants at the forum, as rows of :class:`core.actor.Grant`'s columns."""
    yield (
        Appointment.objects.filter(in_term(on), user=user)
        .order_by()
        .values_list(
            Case(When(chairs=True, then=Concat("kind", Value(" chair"))), default="kind"),
            "seat__group__forum__anchor_id",
            "seat__group__forum__anchor__kind",
            "seat__group__forum__anchor__name",
            "seat__group__forum__office_id",
            "organisation__anchor_id",
            Coalesce("organisation__anchor__name", Value("")),
            Value(True),
            Value(None, output_field=IntegerField()),
        )
    )


def holdings(anchor_ids: Collection[int] | None, on: date) -> Iterator[Holding]:
    """Who sits in the forums with these anchors (None: all) on a day. One query."""
    rows = (
        Appointment.objects.filter(in_term(on), user__is_active=True)
        .select_related("user", "seat__group__forum__anchor", "organisation__anchor")
        .order_by("user__name", "id")
    )
    if anchor_ids is not None:
        rows = rows.filter(seat__group__forum__anchor_id__in=anchor_ids)
    for row in rows:
        for grant in _grants(row):
            yield Holding(row.user, grant)


def _grants(row: Appointment) -> Iterator[Grant]:
    forum, whom = row.seat.group.forum, row.organisation.anchor if row.organisation else None
    for role in _roles(row.kind, row.chairs):
        yield _grant(
            role,
            forum.anchor_id,
            forum.anchor.kind,
            forum.anchor.name,
            forum.office_id,
            whom.pk if whom else None,
            whom.name if whom else "",
        )


def ties(people: Collection[int], sight: QuerySet[Anchor], office: Office, past: bool) -> Iterator[Tie]:
    """People's seats in the forums with these anchors, now and coming (and ``past``), for the register of people."""
    rows = Appointment.objects.filter(user_id__in=people, seat__group__forum__anchor__in=sight)
    if not past:
        rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today()))
    related = ("seat__group__forum__anchor", "organisation__anchor", *(("by_user",) if past else ()))
    for row in rows.select_related(*related).order_by("valid_from", "pk"):
        yield Tie(
            user_id=row.user_id,
            source="seat",
            row=row.pk,
            grant=list(_grants(row))[-1],
            starts=row.valid_from,
            ends=row.valid_to,
            giver=row.by_user.name if past and row.by_user else "",
        )


def _roles(kind: str, chairs: bool) -> tuple[str, ...]:
    return (kind, "chair") if chairs else (kind,)


def _grant(  # noqa: PLR0917 - the columns in the order they are read in
    role: str, anchor_id: int, kind: str, name: str, office_id: int, whom: int | None, whom_name: str | None
) -> Grant:
    return Grant(
        role=role,
        anchor_id=anchor_id,
        anchor_kind=kind,
        anchor_name=name,
        office_id=office_id,
        for_anchor_id=whom,
        for_anchor_name=whom_name or "",
    )


def appointments_of(user: Any, forums: list[Forum], on: date) -> QuerySet[Appointment]:
    """A person's seats in the forums on a day, with the seat's group."""
    return (
        Appointment.objects.filter(in_term(on), user=user, seat__group__forum__in=forums)
        .select_related("seat__group__forum__anchor", "organisation__anchor")
        .order_by("id")
    )


def voting_seats(forums: Sequence[Forum] | QuerySet[Forum], on: date) -> QuerySet[Seat]:
    """The seats with a vote that somebody sits in on a day."""
    sitting = Appointment.objects.filter(in_term(on), kind=AppointmentKind.MEMBER).values("seat_id")
    return Seat.objects.filter(group__forum__in=forums, group__votes=True, pk__in=sitting).select_related(
        "group__forum__anchor"
    )
