"""Seats taken in from a spreadsheet: each row appoints a person, or changes the term the person has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import imports
from core.actor import Actor
from core.collation import fold
from core.dates import format_numeric, parse_date
from core.forms import EmailField
from core.imports import Applied, Change, Column, Difference, Importer, Plan, Values
from core.models import Office
from core.requirements import Obstacle, StepRefused
from core.unreadable import Unreadable
from forums.enums import AppointmentKind
from forums.models import Appointment
from forums.selectors.seat_rows import Wanted, changed_by, seat_book
from forums.services.terms import change_term, seat_person, take_back
from networks.models import Organisation

KINDS = {
    **dict.fromkeys(("medlem", "fast medlem", "fast", "representant", "m"), AppointmentKind.MEMBER),
    **dict.fromkeys(
        ("vara", "varamedlem", "vararepresentant", "personleg vara", "personlig vara", "v"), AppointmentKind.DEPUTY
    ),
}
YES = frozenset({"ja", "j", "x", "leder", "leiar", "1", "sann", "true"})
NO = frozenset({"nei", "n", "-", "–", "0", "usann", "false"})


def read_kind(text: str) -> AppointmentKind:
    """Member or deputy. Raises Unreadable."""
    found = KINDS.get(fold(text))
    if found is None:
        raise Unreadable(
            "kind", gettext_lazy("“%(typed)s” is neither member nor deputy. Write one of them."), {"typed": text}
        )
    return found


def read_chair(text: str) -> bool:
    """Yes or no. Raises Unreadable."""
    folded = fold(text)
    if folded in YES:
        return True
    if folded in NO:
        return False
    raise Unreadable(
        "chair", gettext_lazy("We can’t read “%(typed)s” as yes or no. Write yes, or leave it empty."), {"typed": text}
    )


def read_number(text: str) -> int:
    """The number of a seat. Raises Unreadable."""
    typed = text.strip().removesuffix(".0")
    if not (typed.isascii() and typed.isdecimal() and 0 < int(typed) < 1000):
        raise Unreadable("number", gettext_lazy("Write the seat's number with digits, for example 3."))
    return int(typed)


def read_email(text: str) -> str:
    """An address. Raises Unreadable."""
    typed = EmailField(required=False).to_python(text)
    if not typed.isascii() or typed.count("@") != 1 or "." not in typed.partition("@")[2] or " " in typed:
        raise Unreadable(
            "email", gettext_lazy("Enter an e-mail address with @ and a domain, for example name@municipality.no.")
        )
    return typed


def _text(value: Any) -> str:
    if isinstance(value, date):
        return format_numeric(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value) if value is not None else "–"


class SeatsImporter(Importer):
    """Rows of appointments; the members' list taken out of the program has the same heads."""

    code = "seats"
    label = gettext_lazy("Seats in the forums")
    lead = gettext_lazy(
        "Each row appoints a person to a free seat, or changes the term the person has. Everyone appointed is told."
    )
    perm = "forums.run_forum"
    columns = (
        Column("forum", gettext_lazy("Forum"), ("samarbeidsforum", "forumnavn", "forumnamn"), example="bhg"),
        Column(
            "group",
            gettext_lazy("Seat group"),
            ("gruppe", "plassgruppe", "setegruppe", "representerer", "representerar"),
            required=True,
            example="Kommunale eiere",
        ),
        Column("number", gettext_lazy("Seat number"), ("plass", "plassnummer", "nr", "sete"), read=read_number),
        Column("region", gettext_lazy("Region"), ("nettverk", "kompetansenettverk", "område")),
        Column("name", gettext_lazy("Name"), ("navn", "namn", "person", "representant"), example="Kari Moe"),
        Column(
            "email",
            gettext_lazy("E-mail"),
            ("e-post", "epost", "e-postadresse", "mail", "e-mail"),
            read=read_email,
            example="kari.moe@hamre.kommune.no",
        ),
        Column(
            "organisation",
            gettext_lazy("Organisation"),
            ("organisasjon", "virksomhet", "verksemd", "kommune", "arbeidsgiver", "arbeidsgivar", "for"),
        ),
        Column(
            "kind",
            gettext_lazy("Member or deputy"),
            ("medlem eller vara", "medlem/vara", "rolle", "verv", "vara"),
            read=read_kind,
            example="medlem",
        ),
        Column("chairs", gettext_lazy("Chair"), ("leder", "leiar", "forumleder", "forumleiar"), read=read_chair),
        Column(
            "valid_from",
            gettext_lazy("From"),
            ("fra", "frå", "fra dato", "frå dato", "start", "oppnevnt", "oppnemnd"),
            read=parse_date,
            example="1.1.2027",
        ),
        Column(
            "valid_to",
            gettext_lazy("To"),
            ("til", "til dato", "til og med", "slutt", "utløper", "går ut"),
            read=parse_date,
            example="31.12.2028",
            hint=gettext_lazy("Left empty, the term is two years."),
        ),
    )

    def plan(self, rows: Sequence[Values], *, office: Office, by: Actor) -> list[Plan]:
        book = seat_book(office, rows)
        return [_planned(book.settle(row)) for row in rows]

    def apply(self, rows: Sequence[Values], *, office: Office, by: Actor) -> list[Applied]:
        book = seat_book(office, rows)
        done = []
        for wanted in [book.settle(row) for row in rows]:
            if wanted.faults:
                raise StepRefused([Obstacle("row_faulty", one.text) for one in wanted.faults])
            if one := _applied(wanted, by):
                done.append(one)
        return done

    @transaction.atomic
    def undo(self, done: Sequence[Applied], *, office: Office, by: Actor) -> None:
        """New terms are taken back and changed ones changed back; the people stay known, and may nothing by that."""
        there = Appointment.objects.select_related("user", "organisation", "seat__group__forum__anchor")
        ids = [one.subject.pk for one in done if one.subject is not None]
        rows = {row.pk: row for row in there.filter(pk__in=ids, seat__group__forum__office=office)}
        pairs = [(one, rows[one.subject.pk]) for one in done if one.subject is not None and one.subject.pk in rows]
        text = _("The term of %(person)s has been changed since. Look at it, and change it by hand.")
        changed = [row for one, row in pairs if {name: _primitives(row)[name] for name in one.after} != one.after]
        if changed:
            raise StepRefused([Obstacle("changed_since", text % {"person": row.user.name}) for row in changed])
        for one, row in reversed(pairs):
            if one.before is None:
                take_back(appointment=row, by=by)
            else:
                _change_back(row, {**_primitives(row), **one.before}, by)


def _planned(wanted: Wanted) -> Plan:
    if wanted.is_empty:
        return Plan(Change.SAME, wanted.title)
    if wanted.faults:
        return Plan(Change.FAULTY, wanted.title, faults=wanted.faults)
    if wanted.held is None:  # also a row like one before it: two of one key, which the engine speaks of
        return Plan(Change.NEW, wanted.title, key=wanted.key)
    labels = {column.name: str(column.label) for column in SeatsImporter.columns}
    differences = tuple(
        Difference(labels[name], _text(before), _text(after)) for name, (before, after) in changed_by(wanted).items()
    )
    change = Change.CHANGED if differences else Change.SAME
    return Plan(change, wanted.title, key=wanted.key, differences=differences)


def _applied(wanted: Wanted, by: Actor) -> Applied | None:
    term, held = wanted.term, wanted.held
    if term is None:
        return None
    if held is None:
        made = seat_person(
            seat=term.seat,
            email=term.person,
            name=term.name,
            organisation=wanted.organisation,
            kind=term.kind,
            chairs=term.chairs,
            valid_from=term.valid_from,
            valid_to=term.valid_to,
            by=by,
        )
        return Applied(made, None, _primitives(made))
    names = changed_by(wanted)
    if not names:
        return None
    before = _primitives(held)
    row = change_term(
        appointment=held,
        organisation=wanted.organisation,
        chairs=term.chairs,
        valid_from=term.valid_from,
        valid_to=term.valid_to,
        by=by,
    )
    after = _primitives(row)
    return Applied(row, {name: before[name] for name in names}, {name: after[name] for name in names})


def _primitives(row: Appointment) -> dict[str, Any]:
    return {
        "organisation": row.organisation_id,
        "chairs": row.chairs,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
    }


def _change_back(row: Appointment, values: Mapping[str, Any], by: Actor) -> None:
    organisation = values["organisation"]
    change_term(
        appointment=row,
        organisation=Organisation.objects.get(pk=organisation) if organisation else None,
        chairs=values["chairs"],
        valid_from=date.fromisoformat(values["valid_from"]),
        valid_to=date.fromisoformat(values["valid_to"]) if values["valid_to"] else None,
        by=by,
    )


def register() -> None:
    """Fill core's registry."""
    imports.register(SeatsImporter())
