"""What stands in the way of a tie to a network, in words. Nothing here asks the database."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from django.utils.translation import gettext as _

from core.dates import format_date, interface_form
from core.requirements import Obstacle


class Period(Protocol):
    """Something with days."""

    @property
    def valid_from(self) -> date: ...

    @property
    def valid_to(self) -> date | None: ...


def day_words(day: date) -> str:
    """«1. februar 2027», in the language of the page."""
    return format_date(day, interface_form())


def period_words(period: Period) -> str:
    """«fra 1. januar 2026» or «fra 1. januar 2026 til 31. desember 2026»."""
    start = day_words(period.valid_from)
    if period.valid_to is None:
        return _("from %(start)s") % {"start": start}
    return _("from %(start)s to %(end)s") % {"start": start, "end": day_words(period.valid_to)}


def shares_a_day(period: Period, valid_from: date, valid_to: date | None) -> bool:
    """Whether two periods have a day in common; an empty end is open."""
    return (period.valid_to is None or period.valid_to >= valid_from) and (
        valid_to is None or period.valid_from <= valid_to
    )


def dates_in_order(valid_from: date, valid_to: date | None, anchor: str = "id_valid_to") -> list[Obstacle]:
    """The last day isn't before the first."""
    if valid_to is None or valid_to >= valid_from:
        return []
    text = _("The last day is before the first day, %(day)s. Choose a later one.") % {"day": day_words(valid_from)}
    return [Obstacle("ends_before_start", text, anchor)]


def still_there(
    name: str, ended_on: date | None, valid_from: date, valid_to: date | None, *, today: date, successor: str = ""
) -> list[Obstacle]:
    """The organisation exists in the period; one without an end reaches at least to today."""
    if ended_on is None or ended_on >= (valid_to or max(today, valid_from)):
        return []
    if successor:
        text = _("%(name)s ended on %(day)s. Use %(successor)s.")
    else:
        text = _("%(name)s ended on %(day)s. Choose another one, or set a last day before that.")
    words = {"name": name, "day": day_words(ended_on), "successor": successor}
    return [Obstacle("organisation_ended", text % words, "id_organisation")]
