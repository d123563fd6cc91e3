"""Filters that write amounts, dates and numbers; the rules stand in `core.money`, `core.dates`, `core.identifiers`.

Every filter gives an empty string for nothing, so that a missing date never stands as «None» on a page.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.template import Library

from core import clock, dates, identifiers, money

register = Library()


def _day(value: date | datetime) -> date:
    """The Norwegian day of a date or a moment."""
    return clock.local(value).date() if isinstance(value, datetime) else value


@register.filter
def kroner(value: int | None) -> str:
    """«500 000 kr»."""
    return "" if value is None else money.format_kroner(int(value))


@register.filter
def number(value: int | None) -> str:
    """«500 000», for columns that say the unit in their head."""
    return "" if value is None else money.format_number(int(value))


@register.filter
def date_long(value: date | datetime | None) -> str:
    """«1. februar 2027»."""
    return dates.format_date(_day(value), dates.interface_form()) if value else ""


@register.filter
def date_weekday(value: date | datetime | None) -> str:
    """«mandag 1. februar», as deadlines are written."""
    return dates.format_weekday_date(_day(value), dates.interface_form()) if value else ""


@register.filter
def date_weekday_year(value: date | datetime | None) -> str:
    """«mandag 1. februar 2027», where the year isn't plain from the page."""
    return dates.format_weekday_date(_day(value), dates.interface_form(), year=True) if value else ""


@register.filter
def date_short(value: date | datetime | None) -> str:
    """«1. feb.», in tables."""
    return dates.format_short(_day(value), dates.interface_form()) if value else ""


@register.filter
def clock_time(value: datetime | None) -> str:
    """«10.42», in Norwegian time."""
    return dates.format_time(value) if value else ""


@register.filter
def and_list(values: Iterable[object] | None) -> str:
    """«A, B og C»; the word is the same in both written forms."""
    names = [str(value) for value in values or ()]
    return " og ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


@register.filter
def orgnr(value: str | None) -> str:
    """«987 654 321»."""
    return identifiers.format_orgnr(value) if value else ""


@register.filter
def account_masked(value: str | None) -> str:
    """«•••• •• •8903»."""
    return identifiers.mask_account(value) if value else ""


@register.filter
def account(value: str | None) -> str:
    """«1234 56 78903», only where the whole number is needed."""
    return identifiers.format_account(value) if value else ""
