"""Terms: those that end soon with nobody after them, and all of one seat."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from core import clock
from core.models import Office
from forums.models import Appointment, Forum, Seat

MONTHS = (3, 6, 12)
"""How far ahead one can look."""


YEARS = 2
"""A term, where nothing else is said (seed 003 chapter 5.4: two years)."""


def two_years_from(first: date) -> date:
    """The last day of a term of two years."""
    leap = (first.month, first.day) == (2, 29)
    later = first.replace(year=first.year + YEARS, day=28) if leap else first.replace(year=first.year + YEARS)
    return later if leap else later - timedelta(days=1)


def months_on(day: date, months: int) -> date:
    """The same day so many months later, or that month's last."""
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    for number in range(day.day, 27, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    return date(year, month, min(day.day, 28))


def ending(office: Office, months: int) -> QuerySet[Appointment]:
    """The terms that end from today on within so many months, and that nobody follows in the same seat."""
    today = clock.today()
    after = Appointment.objects.filter(
        seat=OuterRef("seat"), kind=OuterRef("kind"), valid_from__gt=OuterRef("valid_to")
    )
    return (
        Appointment.objects.filter(
            ~Exists(after),
            seat__group__forum__ended_on__isnull=True,
            seat__group__forum__office=office,
            valid_to__gte=today,
            valid_to__lte=months_on(today, months),
        )
        .select_related(
            "user", "organisation__anchor", "seat__region__anchor", "seat__group__forum__anchor", "seat__group__forum"
        )
        .order_by("valid_to", "seat__group__forum__sort_key", "seat__group__order", "seat__number", "kind", "pk")
    )


def seat_of(office: Office, forum: int, pk: int) -> Seat:
    """A seat of a forum of the office. Raises Http404."""
    found = Seat.objects.filter(pk=pk, group__forum_id=forum, group__forum__office=office)
    row = found.select_related("region__anchor", "group__forum__anchor", "group__forum__office").first()
    if row is None:
        raise Http404
    return row


def terms_of(seat: Seat) -> list[Appointment]:
    """Everyone who has sat, sits or is to sit in a seat, the newest first. One query."""
    found = Appointment.objects.filter(seat=seat).select_related("user", "organisation__anchor", "by_user")
    return list(found.order_by("-valid_from", "kind", "-pk"))


def term_of(office: Office, forum: int, pk: int) -> Appointment:
    """A term in a forum of the office. Raises Http404."""
    found = Appointment.objects.filter(pk=pk, seat__group__forum_id=forum, seat__group__forum__office=office)
    row = found.select_related(
        "user",
        "organisation__anchor",
        "seat__region__anchor",
        "seat__group__forum__anchor",
        "seat__group__forum__office",
    ).first()
    if row is None:
        raise Http404
    return row


def forum_of(office: Office, pk: int) -> Forum:
    """A forum of the office. Raises Http404."""
    row = Forum.objects.filter(office=office, pk=pk).select_related("anchor", "office__anchor").first()
    if row is None:
        raise Http404
    return row
