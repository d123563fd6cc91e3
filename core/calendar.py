"""Norwegian working days and the deadlines that the law counts in weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from holidays.countries.norway import Norway

SATURDAY = 6
SUNDAY = 7

WarningKind = Literal["weekend", "red_day"]

RED_DAY_NAMES: dict[str, tuple[str, str]] = {
    "New Year's Day": ("1. nyttårsdag", "1. nyttårsdag"),
    "Maundy Thursday": ("skjærtorsdag", "skjærtorsdag"),
    "Good Friday": ("langfredag", "langfredag"),
    "Easter Sunday": ("1. påskedag", "1. påskedag"),
    "Easter Monday": ("2. påskedag", "2. påskedag"),
    "Labor Day": ("1. mai", "1. mai"),
    "Constitution Day": ("17. mai", "17. mai"),
    "Ascension Day": ("Kristi himmelfartsdag", "Kristi himmelfartsdag"),
    "Pentecost": ("1. pinsedag", "1. pinsedag"),
    "Pentecost Monday": ("2. pinsedag", "2. pinsedag"),
    "Christmas Day": ("1. juledag", "1. juledag"),
    "Second Day of Christmas": ("2. juledag", "2. juledag"),
}
"""Names of the red days in bokmål and nynorsk, by the library's English name (LOV-1995-02-24-12 § 2,
LOV-1947-04-26-1 § 1). The library joins the names with «; » when two fall on one day."""

WEEKEND_NAMES: dict[int, tuple[str, str]] = {SATURDAY: ("lørdag", "laurdag"), SUNDAY: ("søndag", "sundag")}


@dataclass(frozen=True, slots=True)
class RedDay:
    """A public holiday with its name in both written forms."""

    date: date
    nb: str
    nn: str

    def name(self, form: str) -> str:
        """The name in the written form «nb» or «nn»."""
        return {"nb": self.nb, "nn": self.nn}[form]


@dataclass(frozen=True, slots=True)
class DateWarning:
    """Why a date is a poor deadline. It may still be chosen: the seeds themselves have deadlines on Sundays."""

    date: date
    kind: WarningKind
    nb: str
    nn: str

    def name(self, form: str) -> str:
        """What day it is, in the written form «nb» or «nn»."""
        return {"nb": self.nb, "nn": self.nn}[form]


@lru_cache(maxsize=64)
def _red_days_of(year: int) -> dict[date, RedDay]:
    days: dict[date, RedDay] = {}
    for day, joined in Norway(years=year, language="en_US").items():
        names = [RED_DAY_NAMES[name] for name in joined.split("; ")]
        days[day] = RedDay(day, " og ".join(nb for nb, _ in names), " og ".join(nn for _, nn in names))
    return days


def red_day(day: date) -> RedDay | None:
    """The public holiday a day is, or None. Christmas Eve and an ordinary Sunday have no name here."""
    return _red_days_of(day.year).get(day)


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no public holiday."""
    return day.isoweekday() < SATURDAY and red_day(day) is None


def next_working_day(day: date) -> date:
    """The day itself if it is a working day, else the first one after it (domstolloven § 149)."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int) -> date:
    """The working day ``count`` working days after a day, or before it when ``count`` is negative.

    The day itself isn't counted (domstolloven § 148 first paragraph). With 0 it is returned as it is.
    """
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        if is_working_day(day):
            left -= 1
    return day


def statutory_deadline(start: date, *, weeks: int = 3) -> date:
    """The last day of a period in weeks that began to run on ``start``.

    It ends on the same weekday (domstolloven § 148 second paragraph), or on the next working day when that is a
    Saturday or a holiday (§ 149). Three weeks is the time to complain (forvaltningsloven § 29, reckoned by § 30).
    """
    if weeks < 1:
        raise ValueError("a period is at least one week")
    return next_working_day(start + timedelta(weeks=weeks))


def date_warning(day: date) -> DateWarning | None:
    """Why people may not be at work that day, or None. A red day is named before the weekend it falls in."""
    red = red_day(day)
    if red is not None:
        return DateWarning(day, "red_day", red.nb, red.nn)
    if day.isoweekday() >= SATURDAY:
        nb, nn = WEEKEND_NAMES[day.isoweekday()]
        return DateWarning(day, "weekend", nb, nn)
    return None


def week_day(year: int, iso_week: int, weekday: int) -> date:
    """The date of a weekday (1 is Monday, 7 is Sunday) in an ISO week: Innlandet's forums meet on Thursdays (4) in
    weeks 3, 10, 25, 38 and 46 (seed 003). Raises ValueError for a week the year doesn't have."""
    return date.fromisocalendar(year, iso_week, weekday)
