"""The members' list as a spreadsheet: its heads are those the import of seats reads, so it can be taken in again."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.spreadsheets import Value, workbook
from forums.models import Appointment
from forums.selectors.registers import ForumRow


def heads() -> list[str]:
    return [
        _("Forum"),
        _("Seat group"),
        _("Seat number"),
        _("Region"),
        _("Name"),
        _("E-mail"),
        _("Organisation"),
        _("Member or deputy"),
        _("Chair"),
        _("From"),
        _("To"),
    ]


def members_workbook(row: ForumRow) -> bytes:
    """Everyone who sits in a forum today or is to sit, and the seats that stand empty."""
    return workbook([(row.forum.anchor.name, heads(), _lines(row))])


def _lines(row: ForumRow) -> Iterator[list[Value]]:
    for group in row.groups:
        for seat in group.seats:
            region = seat.seat.region.anchor.name if seat.seat.region else ""
            place: list[Value] = [row.forum.anchor.name, group.name, seat.seat.number, region]
            terms = [term for term in (seat.member, seat.deputy, *seat.later) if term is not None]
            yield from ([*place, *_of(term)] for term in terms)
            if not terms:
                yield [*place, "", "", "", "", "", None, None]


def _of(term: Appointment) -> list[Value]:
    return [
        term.user.name,
        term.user.email,
        term.organisation.anchor.name if term.organisation else "",
        str(capfirst(term.get_kind_display())),
        _("Yes") if term.chairs else "",
        term.valid_from,
        term.valid_to,
    ]
