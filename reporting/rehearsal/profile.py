"""A county's year as read from its file: who takes part, under which rules, on which dates."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from core.calendar import next_working_day

FOLDER = Path(__file__).parent
PROFILES = FOLDER / "profiles"

ALIVE_DAYS = 60
"""A «next» round's payment day, 15 April, lies more than this many days ahead, so that its needs phase is open."""


class UnknownProfile(LookupError):
    """No profile has this name; ``str()`` lists those there are."""


@dataclass(frozen=True, slots=True)
class Acts:
    """The day each part of the year is acted out."""

    opened: date
    announced: date
    written: date
    sent: date
    assessed: date
    proposed: date
    put_forward: date
    answered: date
    concluded: date
    office_refuses: date
    forum_again: date
    decided: date
    approved: date
    dispatched: date
    letters_opened: date
    reported: date
    confirmed: date
    reports_approved: date


@dataclass(frozen=True, slots=True)
class Profile:
    """``raw`` is the file; the rest is worked out for the day it is read on."""

    code: str
    name: str
    year: int
    raw: dict[str, Any]
    acts: Acts
    deadlines: dict[str, date]
    meetings: tuple[date, ...]
    term_from: date
    term_to: date

    @property
    def rule_set(self) -> str:
        return str(self.raw["rule_set"])

    @property
    def main_form(self) -> str:
        """The written form the office writes in."""
        return str(self.raw["languages"][0])

    @property
    def demo_until(self) -> str:
        """The step the demo stops at; empty: the whole year."""
        return str(self.raw.get("demo_until", ""))


def names() -> tuple[str, ...]:
    """The profiles there are."""
    return tuple(sorted(path.stem for path in PROFILES.glob("*.toml")))


def load(code: str, *, today: date) -> Profile:
    """Read a profile as of a day. Raises UnknownProfile."""
    if code not in names():
        raise UnknownProfile(f"{code}; there are {', '.join(names())}")
    raw = tomllib.loads((PROFILES / f"{code}.toml").read_text(encoding="utf-8"))
    fixed = isinstance(raw["year"], int)
    year = raw["year"] if fixed else next_budget_year(today)
    acts, deadlines, meetings = _fixed_dates(raw) if fixed else _next_dates(raw, year, today)
    terms = raw["terms"]
    return Profile(
        code=code,
        name=raw["name"],
        year=year,
        raw=raw,
        acts=acts,
        deadlines=deadlines,
        meetings=meetings,
        term_from=terms["from"] if fixed else date(year - 1, 1, 1),
        term_to=terms["to"] if fixed else date(year + 1, 12, 31),
    )


def next_budget_year(today: date) -> int:
    """The year of the next 15 April more than 60 days off."""
    this_year = date(today.year, 4, 15)
    return today.year if (this_year - today).days > ALIVE_DAYS else today.year + 1


@cache
def measure_texts() -> dict[str, Any]:
    """What the actors write, from measures.toml."""
    return tomllib.loads((FOLDER / "measures.toml").read_text(encoding="utf-8"))


def _fixed_dates(raw: dict[str, Any]) -> tuple[Acts, dict[str, date], tuple[date, ...]]:
    dates = dict(raw["dates"])
    acts = dict(raw["acts"])
    deadlines = {kind: dates[kind] for kind in DEADLINES}
    return (
        Acts(
            opened=dates["opened"],
            announced=dates["announced"],
            letters_opened=acts.pop("opened"),
            reports_approved=acts.pop("approved_reports"),
            **acts,
        ),
        deadlines,
        tuple(dates["forum_meeting"]),
    )


DEADLINES = (
    "report",
    "needs",
    "forum_papers",
    "forum_answer",
    "recommendation",
    "decision",
    "payment",
    "use_by",
)


def _next_dates(raw: dict[str, Any], year: int, today: date) -> tuple[Acts, dict[str, date], tuple[date, ...]]:
    """Dates around today: the round is in its needs phase, or (``demo_until = "forum"``) lies before the forum."""

    def after(start: date, days: int) -> date:
        return next_working_day(start + timedelta(days=days))

    at_forum = raw.get("demo_until") == "forum"
    needs = after(today, -36) if at_forum else next_working_day(max(date(year, 2, 1), today + timedelta(days=12)))
    sent = after(needs, -4) if at_forum else min(after(today, -4), needs)
    assessed = after(needs, 9)
    put_forward = after(today, -9) if at_forum else after(needs, 16)
    answer_by = after(put_forward, 16)
    meeting = after(answer_by, 2)
    decision = after(meeting, 9)
    deadlines = {
        "needs": needs,
        "forum_papers": put_forward,
        "forum_answer": answer_by,
        "recommendation": after(meeting, 4),
        "decision": decision,
        "payment": date(year, 4, 15),
        "use_by": date(year, 12, 31),
        "report": date(year + 1, 1, 15),
    }
    acts = Acts(
        opened=after(sent, -52),
        announced=after(sent, -47),
        written=after(sent, -8),
        sent=sent,
        assessed=assessed,
        proposed=after(put_forward, -2),
        put_forward=put_forward,
        answered=min(after(put_forward, 5), answer_by),
        concluded=meeting,
        office_refuses=after(meeting, 2),
        forum_again=after(meeting, 4),
        decided=after(meeting, 7),
        approved=decision,
        dispatched=after(decision, 1),
        letters_opened=after(decision, 4),
        reported=date(year, 12, 10),
        confirmed=date(year, 12, 17),
        reports_approved=date(year + 1, 1, 11),
    )
    return acts, deadlines, (meeting,)
