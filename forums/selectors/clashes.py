"""Why a term can't be: who sits there already, who chairs already, what was done outside it.

One set of rules for one who is appointed on screen and for five thousand who are taken in from a spreadsheet: the terms
that could clash are handed in (:class:`Table`), from the database or from the rows before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from core.dates import format_date, interface_form
from core.requirements import Obstacle
from forums.compositions import acts_of
from forums.enums import AppointmentKind
from forums.models import Appointment, Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term as it is or would be. ``person`` is the address in small letters, the one name everybody has.

    ``of`` is the appointment it stands in the database as, 0 for one that doesn't yet.
    """

    seat: Seat
    person: str
    name: str
    kind: str
    chairs: bool
    valid_from: date
    valid_to: date | None
    of: int = 0

    def meets(self, other: Term) -> bool:
        """Whether they share a day; an empty end is open."""
        return (self.valid_to is None or other.valid_from <= self.valid_to) and (
            other.valid_to is None or self.valid_from <= other.valid_to
        )

    @property
    def has_vote(self) -> bool:
        return self.kind == AppointmentKind.MEMBER and self.seat.group.votes


def term_of_row(row: Appointment) -> Term:
    """An appointment as a term; its seat, group and person are read."""
    return Term(
        seat=row.seat,
        person=row.user.email.casefold(),
        name=row.user.name,
        kind=row.kind,
        chairs=row.chairs,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        of=row.pk,
    )


@dataclass(slots=True)
class Table:
    """Terms, found by seat, by person and by who chairs, without looking through all of them."""

    by_seat: dict[int, list[Term]] = field(default_factory=lambda: defaultdict(list))
    by_person: dict[tuple[int, str], list[Term]] = field(default_factory=lambda: defaultdict(list))
    chairs: dict[int, list[Term]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, terms: Iterable[Term]) -> Table:
        made = cls()
        for term in terms:
            made.add(term)
        return made

    def add(self, term: Term) -> None:
        forum_id = term.seat.group.forum_id
        self.by_seat[term.seat.pk].append(term)
        self.by_person[forum_id, term.person].append(term)
        if term.chairs:
            self.chairs[forum_id].append(term)

    def remove(self, term: Term) -> None:
        """Take out a term that is about to be another."""
        forum_id = term.seat.group.forum_id
        for held in (self.by_seat[term.seat.pk], self.by_person[forum_id, term.person], self.chairs[forum_id]):
            held[:] = [one for one in held if one is not term]


def days_of(valid_from: date, valid_to: date | None) -> str:
    """«1. januar 2026 til 31. desember 2027», «fra 1. januar 2026»."""
    form = interface_form()
    if valid_to is None:
        return _("from %(first)s") % {"first": format_date(valid_from, form)}
    return _("%(first)s to %(last)s") % {
        "first": format_date(valid_from, form),
        "last": format_date(valid_to, form),
    }


def clashes_of(term: Term) -> list[Obstacle]:
    """Everything in the database that speaks against a term, in whole sentences; empty when it can be. One query."""
    still = Q(valid_to__isnull=True) | Q(valid_to__gte=term.valid_from)
    near = Q(seat=term.seat) | Q(user__email__iexact=term.person) | (Q(chairs=True) if term.chairs else Q(pk=None))
    others = Appointment.objects.filter(still, near, seat__group__forum_id=term.seat.group.forum_id)
    others = others.exclude(pk=term.of)
    if term.valid_to is not None:
        others = others.filter(valid_from__lte=term.valid_to)
    rows = others.select_related("user", "seat__group").order_by("valid_from", "pk")
    return clashes(term, Table.of(map(term_of_row, rows)))


def clashes(term: Term, table: Table) -> list[Obstacle]:
    """Everything that speaks against a term beside those of the table."""
    if term.valid_to is not None and term.valid_to < term.valid_from:
        return [Obstacle("ends_before_start", _("The term can't end before it begins."), "id_valid_to")]
    return [*_outside_the_forum(term), *_in_the_seat(term, table), *_as_chair(term, table), *_two_votes(term, table)]


def uncovered(appointment: Appointment, valid_from: date, valid_to: date | None) -> list[Obstacle]:
    """An answer for the seat on a day the term wouldn't cover any more."""
    outside = [day for day in acts_of(appointment) if day < valid_from or (valid_to is not None and day > valid_to)]
    if not outside:
        return []
    words = {"person": appointment.user.name, "day": format_date(outside[-1], interface_form())}
    text = _("%(person)s answered for the seat on %(day)s, so the term must cover that day.") % words
    return [Obstacle("acted_outside", text, "id_valid_to")]


def _words(other: Term) -> dict[str, str]:
    return {"person": other.name, "days": days_of(other.valid_from, other.valid_to)}


def _outside_the_forum(term: Term) -> Iterator[Obstacle]:
    end = term.seat.group.forum.ended_on
    if end is not None and (term.valid_to is None or term.valid_to > end):
        text = _("The forum ends on %(day)s, so the term can't go on after that day.")
        yield Obstacle("forum_ends", text % {"day": format_date(end, interface_form())}, "id_valid_to")


def _in_the_seat(term: Term, table: Table) -> Iterator[Obstacle]:
    for other in filter(term.meets, table.by_seat[term.seat.pk]):
        if other.kind == term.kind == AppointmentKind.DEPUTY:
            text = _("The seat already has a deputy in this period: %(person)s, %(days)s.")
            yield Obstacle("term_overlaps", text % _words(other), "id_valid_from")
        elif other.kind == term.kind:
            text = _("The seat already has a member in this period: %(person)s, %(days)s.")
            yield Obstacle("term_overlaps", text % _words(other), "id_valid_from")
        elif other.person == term.person:
            text = _("%(person)s can't be both member and deputy of the same seat.")
            yield Obstacle("own_deputy", text % {"person": term.name})


def _as_chair(term: Term, table: Table) -> Iterator[Obstacle]:
    if not term.chairs:
        return
    if not term.seat.group.votes:
        yield Obstacle("chair_without_vote", _("Someone without a vote can't chair the forum."), "id_chairs")
        return
    for other in filter(term.meets, table.chairs[term.seat.group.forum_id]):
        text = _("%(person)s chairs the forum in this period, %(days)s.")
        yield Obstacle("chair_overlaps", text % _words(other), "id_chairs")


def _two_votes(term: Term, table: Table) -> Iterator[Obstacle]:
    """One person has one vote in a forum; in two forums one may sit."""
    if not term.has_vote:
        return
    for other in filter(term.meets, table.by_person[term.seat.group.forum_id, term.person]):
        if other.has_vote and other.seat.pk != term.seat.pk:
            words = _words(other) | {"group": other.seat.group.name_in(interface_form())}
            text = _("%(person)s already has a vote in the forum, for «%(group)s», %(days)s.")
            yield Obstacle("two_votes", text % words)
