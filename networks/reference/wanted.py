"""The organisations the database should hold, worked out from the reference data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.collation import fold, sort_key
from networks import reference
from networks.enums import OrganisationKind
from networks.reference.facts import Certainty, NamePeriod

DECISIONS_TODAY = "FOR-2019-12-20-2114"
DECISIONS_HORDALAND = "FOR-2007-04-01-378"
"""The regulations that list what municipalities and county councils have decided on written form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An organisation as the reference data have it. ``form``: its decision and the regulation it stands in."""

    group: str
    kind: OrganisationKind
    names: tuple[NamePeriod, ...]
    certainty: Certainty
    orgnr: str | None = None
    municipality_number: str = ""
    county_number: str = ""
    exists_from: date | None = None
    ended_on: date | None = None
    form: tuple[str, str] | None = None
    owner_orgnr: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What the row is known by: a number of its own where it has one that never changes, else its name."""
        if self.municipality_number:
            return self.kind, self.municipality_number
        if self.kind == OrganisationKind.COUNTY_COUNCIL:
            return self.kind, self.county_number
        return ("orgnr", self.orgnr) if self.orgnr else (self.kind, self.names[-1].nb)

    def columns(self) -> dict[str, Any]:
        """The row's own columns; a number the data don't have is left out. Search finds the earlier names too."""
        *earlier, now = self.names
        known_as = dict.fromkeys([now.nb, now.nn, *(name.nb for name in earlier)])
        columns: dict[str, Any] = {
            "kind": self.kind,
            "county_number": self.county_number,
            "certainty": self.certainty.value,
            "exists_from": self.exists_from,
            "ended_on": self.ended_on,
            "sort_key": sort_key(now.nb),
            "fold": fold(" ".join(known_as)),
        }
        return columns | ({"orgnr": self.orgnr} if self.orgnr else {})


def wanted_organisations() -> list[Wanted]:
    """Municipalities, county councils and providers of the reference data; those that own others first."""
    return [*_municipalities(), *_county_councils(), *_institutions()]


def _always(name: str) -> tuple[NamePeriod, ...]:
    return (NamePeriod(name, name, None, None, Certainty.FOUND),)


def _municipalities() -> Iterable[Wanted]:
    for one in reference.municipalities():
        yield Wanted(
            group="municipalities",
            kind=OrganisationKind.MUNICIPALITY,
            names=_always(one.official_name),
            certainty=one.decision_certainty,
            orgnr=one.orgnr,
            municipality_number=one.number,
            county_number=one.county_number,
            exists_from=one.valid_from,
            ended_on=one.valid_to,
            form=(one.decision.value, DECISIONS_HORDALAND if one.valid_to else DECISIONS_TODAY),
        )


def _county_councils() -> Iterable[Wanted]:
    """Oslo is municipality and county in one: it stands among the municipalities, with the one number it has."""
    of_municipalities = {one.orgnr for one in reference.municipalities()} - {None}
    for one in reference.counties():
        if one.council_orgnr not in of_municipalities:
            yield Wanted(
                group="county councils",
                kind=OrganisationKind.COUNTY_COUNCIL,
                names=_always(one.council_name),
                certainty=one.certainty,
                orgnr=one.council_orgnr,
                county_number=one.number,
                exists_from=one.valid_from,
                ended_on=one.valid_to,
                form=(one.decision.value, DECISIONS_HORDALAND if one.valid_to else DECISIONS_TODAY),
            )


def _institutions() -> Iterable[Wanted]:
    orgnr_of = {one.short: one.orgnr for one in reference.institutions() if one.short}
    for one in reference.institutions():
        yield Wanted(
            group="providers",
            kind=one.kind,
            names=one.names,
            certainty=one.certainty,
            orgnr=one.orgnr,
            owner_orgnr=orgnr_of[one.parent] if one.parent else None,
        )
