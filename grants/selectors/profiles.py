"""Reads an office's own choices for a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from core.models import Office
from grants.enums import RoundKind
from grants.models import ProfileVersion, Round
from grants.selectors.rounds import next_year, rounds_of

CHOICES = (
    "network_cap_pct",
    "coordinator_cap_pct",
    "own_contribution_pct",
    "own_contribution_base",
    "own_contribution_scheme",
    "joint_conclusion",
    "longest_measure_years",
    "source",
)
"""The columns of a profile that an office chooses."""


def profile_for(office: Office, year: int) -> ProfileVersion | None:
    """The choices a round of ``year`` would begin with: that year's newest, else those of the last year before it.

    The round that holds what was before the program has a profile nobody has chosen; it is left out. One query.
    """
    opening = Round.objects.filter(profile=OuterRef("pk"), kind=RoundKind.OPENING)
    return (
        ProfileVersion.objects.filter(~Exists(opening), office=office, year__lte=year)
        .order_by("-year", "-number")
        .first()
    )


@dataclass(frozen=True, slots=True)
class YearOfChoices:
    """The budget year whose choices can be changed now. ``draft``: a round of that year waits to be announced.
    ``kept``: the newest announced round, which keeps what it was announced with."""

    year: int
    draft: Round | None = None
    kept: Round | None = None


def year_of_choices(office: Office) -> YearOfChoices:
    """A round that isn't announced yet follows a change; else the change is for the next one."""
    rounds = [one for one in rounds_of(office) if one.kind == RoundKind.MAIN]
    draft = next((one for one in rounds if one.state == "draft"), None)
    kept = next((one for one in rounds if one.state != "draft"), None)
    return YearOfChoices(draft.year if draft else next_year(rounds), draft, kept)


def choices_of(profile: ProfileVersion) -> dict[str, Any]:
    """The choices by their names."""
    return {name: getattr(profile, name) for name in CHOICES}


def to_begin_with(office: Office, year: int) -> ProfileVersion | dict[str, Any]:
    """What a new round of ``year`` is opened with: that year's version, or the choices of the year before it."""
    found = profile_for(office, year)
    if found is None:
        return {}
    return found if found.year == year else choices_of(found)
