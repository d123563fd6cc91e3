"""Dates as Norwegians write them: read from what people type, shown in bokmål and nynorsk."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core import clock
from core.money import NBSP
from core.unreadable import Unreadable

FIRST_YEAR = 1990
LAST_YEAR = 2099

_JANUARY_TO_JUNE = ("januar", "februar", "mars", "april", "mai", "juni")
_JULY_TO_DECEMBER = ("juli", "august", "september", "oktober", "november", "desember")
MONTHS: dict[str, tuple[str, ...]] = dict.fromkeys(("nb", "nn"), _JANUARY_TO_JUNE + _JULY_TO_DECEMBER)
"""Alike in the two written forms, but looked up by form: the caller needn't know that."""

MONTHS_SHORT: tuple[str, ...] = (
    "jan.",
    "feb.",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "aug.",
    "sep.",
    "okt.",
    "nov.",
    "des.",
)
"""Språkrådet's abbreviations; the short names aren't shortened."""

WEEKDAYS: dict[str, tuple[str, ...]] = {
    "nb": ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    "nn": ("måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag", "sundag"),
}

_MONTH_NUMBERS: dict[str, int] = {
    **{name: number for number, name in enumerate(MONTHS["nb"], start=1)},
    **{name[:3]: number for number, name in enumerate(MONTHS["nb"], start=1)},
    "sept": 9,
}
_WEEKDAY_BEFORE = re.compile(
    rf"^(?:{'|'.join(sorted({*WEEKDAYS['nb'], *WEEKDAYS['nn'], 'søndag'}))})\s*,?\s+(?:den\s+)?", re.IGNORECASE
)
_ISO = re.compile(r"^(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})$")
_NUMERIC = re.compile(r"^(?P<day>[0-9]{1,2})\s?[./-]\s?(?P<month>[0-9]{1,2})\s?[./-]\s?(?P<year>[0-9]{4}|[0-9]{2})$")
_WORDS = re.compile(r"^(?P<day>[0-9]{1,2})\.?\s*(?P<month>[^\W\d_]+)\.?,?\s*(?P<year>[0-9]{4}|[0-9]{2})$")


class UnreadableDate(Unreadable):
    """What a person wrote isn't a date. Codes: empty, not_a_date, impossible, year."""


def parse_date(text: str) -> date:
    """A date from «1.2.27», «01.02.2027», «1. februar 2027», «1 feb 2027», «måndag 1. februar 2027» or «2027-02-01».

    Day before month, always; two digits of a year mean this century. Raises UnreadableDate, which says how to write
    it.
    """
    typed = re.sub(r"\s+", " ", text).strip()
    if not typed:
        raise UnreadableDate("empty", _("Enter a date, for example 1.2.2027."))
    rest = _WEEKDAY_BEFORE.sub("", typed)
    found = _ISO.match(rest) or _NUMERIC.match(rest) or _WORDS.match(rest)
    if found is None:
        raise _not_a_date(typed)
    day = int(found["day"])
    month = int(found["month"]) if found["month"].isdecimal() else _MONTH_NUMBERS.get(found["month"].casefold(), 0)
    if not found["month"].isdecimal() and not month:
        raise _not_a_date(typed)
    year = int(found["year"]) if len(found["year"]) == 4 else 2000 + int(found["year"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnreadableDate(
            "year",
            _("The year %(year)s isn’t one we use. Check the year, and write the date like 1.2.2027."),
            {"year": year},
        )
    if not 1 <= month <= 12:
        raise UnreadableDate(
            "impossible",
            _("There is no month number %(month)s. Write the day first and then the month, for example 1.2.2027."),
            {"month": month},
        )
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        name = month_name(month, "nb")
        raise UnreadableDate(
            "impossible",
            _("The date %(date)s doesn’t exist. The last day of that month is %(last)s."),
            {"date": f"{day}.{NBSP}{name}{NBSP}{year}", "last": f"{last}.{NBSP}{name}"},
        )
    return date(year, month, day)


def _not_a_date(typed: str) -> UnreadableDate:
    return UnreadableDate(
        "not_a_date",
        _("We can’t read “%(typed)s” as a date. Write day, month and year, for example 1.2.2027."),
        {"typed": typed},
    )


def month_name(month: int, form: str) -> str:
    """«februar» for 2, in the written form «nb» or «nn»."""
    return MONTHS[form][month - 1]


def weekday_name(weekday: int, form: str) -> str:
    """«måndag» for 1 in nynorsk; 7 is Sunday."""
    return WEEKDAYS[form][weekday - 1]


def interface_form() -> str:
    """The written form of the page being made: «nn» when the interface is in nynorsk, else «nb»."""
    return "nn" if (get_language() or "").startswith("nn") else "nb"


def in_interface_form(value: Any) -> Any:
    """What is kept in both forms ({"nb": …, "nn": …}) in the one of the page being made; anything else as it is."""
    return value.get(interface_form(), value) if isinstance(value, dict) else value


def format_date(day: date, form: str) -> str:
    """«1. februar 2027»: no leading zero, no-break spaces (letters/texts.md §1)."""
    return f"{day.day}.{NBSP}{month_name(day.month, form)}{NBSP}{day.year}"


def format_weekday_date(day: date, form: str, *, year: bool = False) -> str:
    """«mandag 1. februar», as in every sentence about a deadline; with ``year`` also «… 2027»."""
    text = f"{weekday_name(day.isoweekday(), form)} {day.day}.{NBSP}{month_name(day.month, form)}"
    return f"{text}{NBSP}{day.year}" if year else text


def format_short(day: date, form: str) -> str:
    """«1. feb.», for tables and the wheel."""
    if form not in MONTHS:
        raise KeyError(form)
    return f"{day.day}.{NBSP}{MONTHS_SHORT[day.month - 1]}"


def format_numeric(day: date) -> str:
    """«01.02.2027»: columns, references, and the date field itself."""
    return f"{day.day:02}.{day.month:02}.{day.year}"


def format_time(moment: datetime | time) -> str:
    """«23.59»: Norwegian clock, a full stop between; an aware moment is turned to Norwegian time first."""
    if isinstance(moment, datetime):
        moment = clock.local(moment).time()
    return f"{moment.hour:02}.{moment.minute:02}"
