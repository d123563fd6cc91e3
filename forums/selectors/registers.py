"""Reads forums for the register: who sits where and until when, what stands empty, who votes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404

from core import authz, clock
from core.actor import Actor
from core.dates import interface_form
from core.models import Office
from forums.enums import AppointmentKind
from forums.models import Appointment, Forum, Seat, SeatGroup
from forums.rules import SITS


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A seat with who sits in it today, and everyone who is to sit later."""

    seat: Seat
    member: Appointment | None = None
    deputy: Appointment | None = None
    later: tuple[Appointment, ...] = ()

    @property
    def coming(self) -> Appointment | None:
        """The next member."""
        return next((one for one in self.later if one.kind == AppointmentKind.MEMBER), None)

    def ends_soon(self) -> bool:
        """The term ends within a quarter of a year."""
        end = self.member.valid_to if self.member else None
        return end is not None and (end - clock.today()).days <= 91


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group of seats."""

    group: SeatGroup
    name: str
    seats: list[SeatRow]

    @property
    def filled(self) -> int:
        return sum(1 for seat in self.seats if seat.member)

    @property
    def lacking(self) -> int:
        """How many more must be appointed for the group, or each of its regions, to have its least number."""
        if not self.group.per_region:
            return max(self.group.min_seats - self.filled, 0)
        sitting = Counter({seat.seat.region_id: 0 for seat in self.seats})
        sitting.update(seat.seat.region_id for seat in self.seats if seat.member)
        return sum(max(self.group.min_seats - count, 0) for count in sitting.values())

    @property
    def full(self) -> bool:
        """No further seat can be added; a region more always can."""
        return not self.group.per_region and len(self.seats) >= self.group.max_seats


@dataclass(frozen=True, slots=True)
class ForumRow:
    """A forum with its seats today."""

    forum: Forum
    groups: list[GroupRow] = field(default_factory=list)

    @property
    def guessed(self) -> bool:
        return "GUESS" in self.forum.certainty

    @property
    def members(self) -> int:
        return sum(group.filled for group in self.groups)

    @property
    def votes(self) -> int:
        """How many people with a vote sit today."""
        return sum(group.filled for group in self.groups if group.group.votes)

    @property
    def vacant(self) -> int:
        """Seats nobody sits in."""
        return sum(len(group.seats) - group.filled for group in self.groups)

    @property
    def ended(self) -> bool:
        return self.forum.ended_on is not None and self.forum.ended_on < clock.today()

    @property
    def chair(self) -> Appointment | None:
        sitting = [seat.member for group in self.groups for seat in group.seats if seat.member]
        return next((one for one in sitting if one.chairs), None)


def rows(actor: Actor | None, office: Office) -> list[ForumRow]:
    """The forums of the office one may see; the office also those that have ended, last. Four queries."""
    found = Forum.objects.filter(office=office)
    if not authz.allowed(actor, "core.see_office", office):
        own = actor.anchors(*SITS, "forum_secretary") if actor else frozenset()
        found = found.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=clock.today()), anchor_id__in=own)
    return sorted((_row(forum) for forum in _with_seats(found)), key=lambda row: row.ended)


def row(actor: Actor | None, office: Office, pk: int) -> ForumRow:
    """One forum of the office, if one may see it. Raises Http404."""
    found = list(_with_seats(Forum.objects.filter(office=office, pk=pk)))
    if not found:
        raise Http404
    authz.require_visible(actor, "forums.see_forum", found[0])
    return _row(found[0])


def seats_of(group: SeatGroup) -> list[SeatRow]:
    """A group's seats with who sits today; which of them somebody has ever sat in. Two queries."""
    today = clock.today()
    ever = Appointment.objects.filter(seat=OuterRef("pk"))
    found = _seats().filter(group=group).annotate(has_history=Exists(ever)).order_by("number")
    return [_seat_row(seat, today) for seat in found]


def _with_seats(found: QuerySet[Forum]) -> QuerySet[Forum]:
    seats = _seats()
    return (
        found.select_related("anchor", "office")
        .prefetch_related(
            Prefetch(
                "seat_groups",
                queryset=SeatGroup.objects.order_by("order", "code").prefetch_related(
                    Prefetch("seats", queryset=seats.order_by("number"), to_attr="chairs_at_table")
                ),
                to_attr="groups_in_order",
            )
        )
        .order_by("sort_key", "pk")
    )


def _seats() -> QuerySet[Seat]:
    terms = (
        Appointment.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today()))
        .select_related("user", "organisation__anchor")
        .order_by("valid_from", "pk")
    )
    return Seat.objects.select_related("region__anchor").prefetch_related(
        Prefetch("appointments", queryset=terms, to_attr="terms")
    )


def _row(forum: Forum) -> ForumRow:
    form, today = interface_form(), clock.today()
    return ForumRow(
        forum,
        [
            GroupRow(group, group.name_in(form), [_seat_row(seat, today) for seat in group.chairs_at_table])
            for group in forum.groups_in_order  # type: ignore[attr-defined]
        ],
    )


def _seat_row(seat: Seat, today: date) -> SeatRow:
    terms: list[Appointment] = seat.terms  # type: ignore[attr-defined]
    now = {one.kind: one for one in terms if one.valid_from <= today}
    later = tuple(one for one in terms if one.valid_from > today)
    return SeatRow(seat, now.get(AppointmentKind.MEMBER), now.get(AppointmentKind.DEPUTY), later)
