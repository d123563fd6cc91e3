"""What the rows of a spreadsheet of seats mean: which forum, seat, person and term each is about.

Everything is read once, however many rows; then each row is settled beside the terms there are and the rows before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from core import clock
from core.collation import fold
from core.dates import interface_form
from core.imports import Fault
from core.models import Office
from core.requirements import Obstacle
from forums.enums import AppointmentKind
from forums.models import Appointment, Forum, Seat, SeatGroup
from forums.selectors.clashes import Table, Term, clashes, term_of_row
from forums.selectors.matching import by_name, like, organisations_for
from forums.selectors.terms import two_years_from
from networks.models import Organisation

IN_THE_SEAT = frozenset({"term_overlaps", "own_deputy"})
"""Clashes another seat of the group may be free of."""
COLUMN_OF = {
    "chair_without_vote": "chairs",
    "chair_overlaps": "chairs",
    "ends_before_start": "valid_to",
    "forum_ends": "valid_to",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a row asks for. ``held``: the appointment it changes; None for a new one. ``faults``: why it can't be."""

    term: Term | None = None
    organisation: Organisation | None = None
    held: Appointment | None = None
    faults: tuple[Fault, ...] = ()
    title: str = ""
    twin: str = ""
    """The key of an earlier row that is about the same term."""

    @property
    def is_empty(self) -> bool:
        """A seat in which nobody sits, as the members' list shows it."""
        return self.term is None and not self.faults and not self.twin

    @property
    def key(self) -> str:
        if self.twin or self.term is None:
            return self.twin
        if self.held is not None:
            return f"term:{self.held.pk}"
        return f"new:{self.term.seat.pk}:{self.term.kind}:{self.term.person}:{self.term.valid_from}"


@dataclass(slots=True)
class SeatBook:
    """The office's forums with everything a row can point at."""

    forums: dict[str, Forum]
    groups: dict[int, dict[str, SeatGroup]]
    seats: dict[int, list[Seat]]
    rows: dict[int, Appointment]
    table: Table
    people: dict[str, User]
    organisations: Mapping[str, Organisation]
    organisation_names: list[str]
    keys: dict[tuple[int, str, str], list[tuple[Term, str]]] = field(default_factory=lambda: defaultdict(list))
    begun: dict[tuple[Any, ...], int] = field(default_factory=dict)

    def settle(self, row: Mapping[str, Any]) -> Wanted:
        """What one row asks for, beside all before it; what can be is counted in for those after it."""
        wanted = _Row(self, row).settle()
        if wanted.term is not None:
            if wanted.held is not None:
                self.table.remove(next(one for one in self.terms(wanted.held) if one.of == wanted.held.pk))
            self.table.add(wanted.term)
            term = wanted.term
            self.keys[term.seat.group_id, term.person, term.kind].append((term, wanted.key))
        return wanted

    def terms(self, row: Appointment) -> list[Term]:
        return self.table.by_seat[row.seat_id]


def seat_book(office: Office, rows: Sequence[Mapping[str, Any]]) -> SeatBook:
    """Read what the rows can be about: six queries, however many rows and forums."""
    live = Forum.objects.filter(office=office).exclude(ended_on__lt=clock.today()).select_related("anchor", "office")
    forums: dict[str, Forum] = {}
    for forum in live:
        forums[fold(forum.anchor.name)] = forums[fold(forum.code)] = forum
    groups: dict[int, dict[str, SeatGroup]] = defaultdict(dict)
    seats: dict[int, list[Seat]] = defaultdict(list)
    by_id = {forum.pk: forum for forum in forums.values()}
    all_groups = {one.pk: one for one in SeatGroup.objects.filter(forum__in=by_id).order_by("forum_id", "order", "pk")}
    for group in all_groups.values():
        group.forum = by_id[group.forum_id]
        for name in (group.name_nb, group.name_nn, group.code):
            groups[group.forum_id].setdefault(fold(name), group)
    for seat in Seat.objects.filter(group__in=all_groups).select_related("region__anchor").order_by("number"):
        seat.group = all_groups[seat.group_id]
        seats[seat.group_id].append(seat)
    by_seat = {seat.pk: seat for each in seats.values() for seat in each}
    terms = Appointment.objects.filter(seat__group__forum__in=by_id).select_related("user", "organisation__anchor")
    held = {term.pk: term for term in terms.order_by("valid_from", "pk")}
    for term in held.values():
        term.seat = by_seat[term.seat_id]
    organisations = list(organisations_for(office))
    return SeatBook(
        forums=forums,
        groups=groups,
        seats=seats,
        rows=held,
        table=Table.of(map(term_of_row, held.values())),
        people=_people(rows),
        organisations=by_name(organisations),
        organisation_names=[one.anchor.name for one in organisations],
    )


def _people(rows: Sequence[Mapping[str, Any]]) -> dict[str, User]:
    emails = {str(row["email"]).casefold() for row in rows if row.get("email")}
    found = User.objects.annotate(address=Lower("email")).filter(address__in=emails)
    return {user.email.casefold(): user for user in found}


class _Row:
    """One row on its way to a term."""

    def __init__(self, book: SeatBook, row: Mapping[str, Any]) -> None:
        self.book, self.row = book, row
        self.faults: list[Fault] = []

    def settle(self) -> Wanted:
        if not any(self.row.get(name) for name in ("name", "email", "valid_from")):
            return Wanted(title=_("Empty seat"))
        forum = self._forum()
        group = self._group(forum) if forum else None
        person, name = self._person()
        organisation = self._organisation()
        first, last = self.row.get("valid_from"), self.row.get("valid_to")
        title = f"{name or person or '–'}, {forum.anchor.name}" if forum else name or person or "–"
        if group is None or self.faults:
            return Wanted(title=title, faults=tuple(self.faults))
        kind = self.row.get("kind") or AppointmentKind.MEMBER
        held = self._held(group, person, kind, first, last)
        if held is None and first is None:
            self.faults.append(Fault("valid_from", _("Write the first day of the term, for example 1.1.2027.")))
            return Wanted(title=title, faults=tuple(self.faults))
        draft = self._draft(held, person, name)
        if held is None and (twin := self._twin(group, draft)):
            return Wanted(twin=twin, title=title)
        term = self._seated(group, draft, held)
        if self.faults or term is None:
            return Wanted(title=title, faults=tuple(self.faults))
        if not self.row.get("organisation") and held is not None:
            organisation = held.organisation
        return Wanted(term=term, organisation=organisation, held=held, title=title)

    def _fault(self, column: str, text: str) -> None:
        self.faults.append(Fault(column, text))

    # --- whom and what the row names ----------------------------------------------------------------------------------

    def _forum(self) -> Forum | None:
        typed = self.row.get("forum") or ""
        found = self.book.forums.get(fold(typed))
        if found is None and not typed and len({one.pk for one in self.book.forums.values()}) == 1:
            return next(iter(self.book.forums.values()))
        if found is None:
            names = sorted({one.anchor.name for one in self.book.forums.values()})
            self._fault("forum", self._unknown(pgettext("there is no", "forum"), typed, names))
        return found

    def _group(self, forum: Forum) -> SeatGroup | None:
        typed, there = self.row.get("group") or "", self.book.groups[forum.pk]
        found = there.get(fold(typed))
        if found is None:
            names = sorted({name for one in there.values() for name in (one.name_nb, one.name_nn)})
            self._fault("group", self._unknown(pgettext("there is no", "seat group"), typed, names))
        return found

    @staticmethod
    def _unknown(what: str, typed: str, names: Sequence[str]) -> str:
        words = {"what": what, "typed": typed, "near": like(typed, names), "names": ", ".join(names[:8])}
        if words["near"]:
            return _("There is no %(what)s called «%(typed)s». Did you mean «%(near)s»?") % words
        if names:
            return _("There is no %(what)s called «%(typed)s». There are: %(names)s.") % words
        return _("There is no %(what)s called «%(typed)s».") % words

    def _person(self) -> tuple[str, str]:
        email, name = str(self.row.get("email") or ""), str(self.row.get("name") or "")
        if not email:
            self._fault("email", _("Enter an e-mail address, for example name@municipality.no."))
            return "", name
        known = self.book.people.get(email.casefold())
        if known is None:
            if not name:
                self._fault("name", _("Nobody has this address yet. Write the person's name too."))
            return email.casefold(), name
        if not known.is_active:
            self._fault("email", _("%(person)s can't sign in any more. Choose someone else.") % {"person": known.name})
        if name and not set(fold(name).split()) & set(fold(known.name).split()):
            words = {"email": email, "known": known.name, "typed": name}
            self._fault("email", _("%(email)s belongs to %(known)s, not %(typed)s. Correct one of them.") % words)
        return email.casefold(), known.name

    def _organisation(self) -> Organisation | None:
        typed = str(self.row.get("organisation") or "")
        if not typed:
            return None
        found = self.book.organisations.get(typed.replace(" ", "")) or self.book.organisations.get(fold(typed))
        if found is None:
            words = {"typed": typed, "near": like(typed, self.book.organisation_names)}
            text = _("There is no organisation called «%(typed)s» among those the office works with.")
            if words["near"]:
                text = _("There is no organisation called «%(typed)s». Did you mean «%(near)s»?")
            self._fault("organisation", text % words)
        return found

    # --- which term it is ---------------------------------------------------------------------------------------------

    def _held(
        self, group: SeatGroup, person: str, kind: str, first: date | None, last: date | None
    ) -> Appointment | None:
        """The person's own term in the group on those days; without a first day, the newest."""
        own = [
            term
            for term in self.book.table.by_person[group.forum_id, person]
            if term.of and term.kind == kind and term.seat.group_id == group.pk
        ]
        if first is None:
            return self.book.rows[own[-1].of] if own else None
        days = last or two_years_from(first)
        met = [term for term in own if term.valid_from <= days and (term.valid_to is None or term.valid_to >= first)]
        return self.book.rows[met[0].of] if met else None

    def _draft(self, held: Appointment | None, person: str, name: str) -> _Draft:
        """The row's own words, else what the term is already, else what is usual."""
        begins = self.row.get("valid_from") or (held.valid_from if held else clock.today())
        ends = self.row.get("valid_to") or (held.valid_to if held else two_years_from(begins))
        chairs = self.row.get("chairs")
        if chairs is None:
            chairs = held.chairs if held else False
        kind = self.row.get("kind") or AppointmentKind.MEMBER
        return _Draft(person, name, kind, chairs, begins, ends, held.pk if held else 0)

    def _twin(self, group: SeatGroup, draft: _Draft) -> str:
        """An earlier row that is about the same person in the same group on the same days."""
        own = self.book.keys[group.pk, draft.person, draft.kind]
        return next((key for term, key in own if term.meets(draft(term.seat))), "")

    def _seated(self, group: SeatGroup, draft: _Draft, held: Appointment | None) -> Term | None:
        """The term in its seat: the one it has, the one the row names, else the first that is free."""
        seats = [held.seat] if held is not None else self._seats(group)
        if self.faults:
            return None
        taken: list[Obstacle] = []
        for seat in self._free_first(seats, draft):
            term = draft(seat)
            against = clashes(term, _near(self.book.table, term))
            if not against:
                return term
            if not taken or not {one.code for one in against} & IN_THE_SEAT:
                taken = against
        self._refuse(group, seats, taken)
        return None

    def _free_first(self, seats: list[Seat], draft: _Draft) -> list[Seat]:
        """Of many seats those that are free; where none is, the first, which says who sits there.

        Rows of one term come after each other: the search goes on where the last one like it found a seat.
        """
        if len(seats) < 2:
            return seats
        place = (seats[0].pk, len(seats), draft.kind, draft.valid_from, draft.valid_to)
        begin = self.book.begun.get(place, 0)
        for at in (*range(begin, len(seats)), *range(begin)):
            term = draft(seats[at])
            if not any(one.kind == term.kind and one.meets(term) for one in self.book.table.by_seat[seats[at].pk]):
                self.book.begun[place] = at
                return [seats[at], *seats[at + 1 : at + 2]]
        return seats[:1]

    def _refuse(self, group: SeatGroup, seats: list[Seat], against: list[Obstacle]) -> None:
        if not seats:
            words = {"group": group.name_in(interface_form())}
            self._fault("group", _("«%(group)s» has no seats yet. Add them on the forum's page.") % words)
        elif len(seats) > 1 and against[0].code in IN_THE_SEAT:
            words = {"group": group.name_in(interface_form()), "count": str(len(seats)), "why": str(against[0].text)}
            self._fault("group", _("All %(count)s seats of «%(group)s» are taken. %(why)s") % words)
        else:
            for one in against:
                self._fault(COLUMN_OF.get(one.code, "valid_from"), str(one.text))

    def _seats(self, group: SeatGroup) -> list[Seat]:
        seats, region, number = self.book.seats[group.pk], self.row.get("region"), self.row.get("number")
        if region:
            names = [seat.region.anchor.name for seat in seats if seat.region]
            seats = [seat for seat in seats if seat.region and fold(seat.region.anchor.name) == fold(region)]
            if not seats:
                self._fault("region", self._unknown(pgettext("there is no", "region"), str(region), names))
        if number is not None:
            seats = [seat for seat in seats if seat.number == number]
            if not seats and not self.faults:
                words = {"group": group.name_in(interface_form()), "number": number}
                self._fault("number", _("«%(group)s» has no seat number %(number)s.") % words)
        return seats


@dataclass(frozen=True, slots=True)
class _Draft:
    """A term that has no seat yet."""

    person: str
    name: str
    kind: str
    chairs: bool
    valid_from: date
    valid_to: date | None
    of: int

    def __call__(self, seat: Seat) -> Term:
        return Term(
            seat=seat,
            person=self.person,
            name=self.name,
            kind=self.kind,
            chairs=self.chairs,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            of=self.of,
        )


def _near(table: Table, term: Term) -> Table:
    """The few terms that could clash with one, without itself."""
    forum_id = term.seat.group.forum_id
    near = [*table.by_seat[term.seat.pk], *table.by_person[forum_id, term.person], *table.chairs[forum_id]]
    return Table.of({id(one): one for one in near if not term.of or one.of != term.of}.values())


def changed_by(wanted: Wanted) -> dict[str, tuple[Any, Any]]:
    """What a row would change of the term it is about: field → before and after."""
    held, term = wanted.held, wanted.term
    if held is None or term is None:
        return {}
    pairs = {
        "organisation": (held.organisation, wanted.organisation),
        "chairs": (held.chairs, term.chairs),
        "valid_from": (held.valid_from, term.valid_from),
        "valid_to": (held.valid_to, term.valid_to),
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
