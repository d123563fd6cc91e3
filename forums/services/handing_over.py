"""What `forums` keeps in a person's name: seats, with the rest of their terms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.handover import Item, Part
from accounts.models import User
from accounts.selectors.people import role_label
from core import authz, clock
from core.actor import Actor
from core.models import Office
from forums.models import Appointment
from forums.services.forums import appoint, end_appointment
from forums.services.terms import take_back


class SeatPart(Part):
    """Seats. Who chairs the forum doesn't follow the seat: the forum's chair is chosen anew."""

    code = "seat"

    def items(self, person: User, *, office: Office | None, on: date, by: Actor) -> list[Item]:
        rows = Appointment.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), user=person).select_related(
            "seat__group__forum__anchor", "organisation__anchor"
        )
        if office is not None:
            rows = rows.filter(seat__group__forum__office=office)
        return [self._item(row, by) for row in rows.order_by("valid_from", "pk")]

    def _item(self, row: Appointment, by: Actor) -> Item:
        forum = row.seat.group.forum
        may = authz.allowed(by, "forums.run_forum", forum)
        return Item(
            self.code,
            row.pk,
            str(capfirst(role_label(row.kind))),
            f"{forum.anchor.name}, {row.organisation.anchor.name}" if row.organisation else forum.anchor.name,
            row.valid_from,
            row.valid_to,
            why_not="" if may else authz.why_not(by, "forums.run_forum", forum),
            note=_("Also chairs the forum. That doesn’t follow the seat: the chair is chosen anew.")
            if row.chairs
            else "",
        )

    def move(
        self, rows: Mapping[int, User | None], *, person: User, office: Office | None, on: date, by: Actor
    ) -> None:
        found = Appointment.objects.select_for_update(of=("self",)).filter(pk__in=rows, user=person)
        for row in found.select_related("seat__group__forum__anchor", "user", "organisation").order_by("pk"):
            first, last = _leave(row, on=on, by=by)
            successor = rows[row.pk]
            if successor is not None and (last is None or first <= last):
                appoint(
                    seat=row.seat,
                    user=successor,
                    organisation=row.organisation,
                    kind=row.kind,
                    valid_from=first,
                    valid_to=last,
                    by=by,
                )


def _leave(row: Appointment, *, on: date, by: Actor) -> tuple[date, date | None]:
    """End the term the day before; returns the rest of it. What was answered in the seat stays with who answered: a
    term that began today ends today, and only one that hasn't begun is taken away."""
    last = row.valid_to
    if row.valid_from < on:
        end_appointment(appointment=row, by=by, last_day=on - timedelta(days=1))
        return on, last
    if row.valid_from <= clock.today():
        end_appointment(appointment=row, by=by, last_day=clock.today())
        return clock.today() + timedelta(days=1), last
    first = row.valid_from
    take_back(appointment=row, by=by)
    return first, last
