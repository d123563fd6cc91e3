"""The reference data shipped with the program: facts only, each with its certainty (see data/README.md)."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from importlib.resources import files

from core.collation import fold
from core.enums import WrittenForm
from core.language import LanguageDecision, office_language
from networks.reference.facts import (
    Certainty,
    County,
    ForumSeats,
    Institution,
    Municipality,
    NamePeriod,
    OfficeFacts,
    Region,
)
from networks.reference.parsing import (
    ReferenceDataError,
    parse_counties,
    parse_forums,
    parse_institutions,
    parse_municipalities,
    parse_names,
    parse_regions,
)

__all__ = [
    "Certainty",
    "County",
    "ForumSeats",
    "Institution",
    "Municipality",
    "NamePeriod",
    "OfficeFacts",
    "ReferenceDataError",
    "Region",
    "counties",
    "forums",
    "institutions",
    "municipalities",
    "office_of",
    "offices",
    "regions",
]

LAST_DAY_OF_FYLKESMANNEN = date(2020, 12, 31)
FIRST_DAY_OF_STATSFORVALTEREN = date(2021, 1, 1)

_OFFICE_NAME = re.compile(r"(?P<title>Statsforvalteren|Statsforvaltaren) i (?P<place>.+)")


def _shipped(file: str) -> str:
    return files("networks.reference").joinpath("data", file).read_text(encoding="utf-8")


@cache
def _names() -> dict[tuple[str, str], tuple[NamePeriod, ...]]:
    return parse_names(_shipped("names.csv"))


@cache
def municipalities() -> tuple[Municipality, ...]:
    """All 357 municipalities in force, and the 33 of Hordaland in 2017 with ``valid_to``."""
    return parse_municipalities(_shipped("municipalities.csv"))


@cache
def counties() -> tuple[County, ...]:
    """The 15 counties, and Hordaland with ``valid_to``."""
    return parse_counties(_shipped("counties.csv"))


@cache
def institutions() -> tuple[Institution, ...]:
    """Universities, national centres, Statped and fagskoler."""
    return parse_institutions(_shipped("uh_institutions.csv"), _names())


@cache
def regions() -> tuple[Region, ...]:
    """Networks of the demo counties, mostly GUESS."""
    return parse_regions(_shipped("regions.csv"))


@cache
def forums() -> tuple[ForumSeats, ...]:
    """The five forums of Møre og Romsdal."""
    return parse_forums(_shipped("forums.csv"))


@cache
def offices() -> tuple[OfficeFacts, ...]:
    """The ten Statsforvalter offices of today, with their names through time and the language the law gives them."""
    by_orgnr: dict[str, list[County]] = {}
    for county in counties():
        if county.office_orgnr and county.valid_to is None:
            by_orgnr.setdefault(county.office_orgnr, []).append(county)
    return tuple(office_of(orgnr, area) for orgnr, area in by_orgnr.items())


def office_of(orgnr: str, area: list[County]) -> OfficeFacts:
    """The office of an area, from its counties and their municipalities in force."""
    match = _OFFICE_NAME.fullmatch(area[0].office_name)
    if match is None:
        raise ReferenceDataError(f"counties.csv: {area[0].office_name} isn't the name of an office")
    place = match["place"]
    numbers = tuple(county.number for county in area)
    decisions = [one.decision for one in municipalities() if one.county_number in numbers and one.valid_to is None]
    language = office_language(
        nb=decisions.count(LanguageDecision.BOKMAL),
        nn=decisions.count(LanguageDecision.NYNORSK),
        total=len(decisions),
    )
    own_form = WrittenForm.NYNORSK if match["title"] == "Statsforvaltaren" else WrittenForm.BOKMAL
    return OfficeFacts(
        slug=_slug(place),
        orgnr=orgnr,
        names=_names().get(("office", orgnr)) or _office_names(place),
        county_numbers=numbers,
        language=language,
        language_rule=area[0].language_rule,
        default_form=own_form if language.kind is LanguageDecision.NEUTRAL else language.default,
    )


def _office_names(place: str) -> tuple[NamePeriod, ...]:
    old = f"Fylkesmannen i {place}"
    return (
        NamePeriod(old, old, None, LAST_DAY_OF_FYLKESMANNEN, Certainty.KNOWN),
        NamePeriod(
            f"Statsforvalteren i {place}",
            f"Statsforvaltaren i {place}",
            FIRST_DAY_OF_STATSFORVALTEREN,
            None,
            Certainty.FOUND,
        ),
    )


def _slug(place: str) -> str:
    """«moreogromsdal»: the letters an address is written with, alike in both written forms."""
    latin = fold(place).replace("aa", "a").replace("ø", "o").replace("æ", "ae")
    return re.sub("[^a-z0-9]", "", latin)
