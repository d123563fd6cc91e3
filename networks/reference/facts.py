"""What one row of the reference data says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.enums import WrittenForm
from core.language import LanguageDecision, OfficeLanguage
from networks.enums import NetworkKind, OrganisationKind


class Certainty(StrEnum):
    """How sure a fact is; the strongest first."""

    FOUND = "FOUND"
    KNOWN = "KNOWN"
    GUESS = "GUESS"


@dataclass(frozen=True, slots=True)
class NamePeriod:
    """A name in both written forms and the days it was in use; an open end is None."""

    nb: str
    nn: str
    valid_from: date | None
    valid_to: date | None
    certainty: Certainty

    def covers(self, day: date) -> bool:
        """Whether the name was in use that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality with its number and its decision on written form (språklova § 11).

    ``orgnr`` is None where nobody has found it. ``valid_to`` and ``successor`` (a municipality number) are set for
    those that are no more.
    """

    number: str
    name: str
    county_number: str
    decision: LanguageDecision
    decision_certainty: Certainty
    orgnr: str | None
    sami_language_area: str
    valid_from: date | None
    valid_to: date | None
    successor: str

    @property
    def official_name(self) -> str:
        """«Vågå kommune», alike in both written forms."""
        return f"{self.name} kommune"


@dataclass(frozen=True, slots=True)
class County:
    """A county, its county council and the Statsforvalter whose area it is in."""

    number: str
    name: str
    decision: LanguageDecision
    council_orgnr: str | None
    office_name: str
    office_orgnr: str | None
    language_rule: str
    valid_from: date | None
    valid_to: date | None
    certainty: Certainty

    @property
    def council_name(self) -> str:
        """«Innlandet fylkeskommune», alike in both written forms."""
        return f"{self.name} fylkeskommune"


@dataclass(frozen=True, slots=True)
class Institution:
    """A university, a national centre, Statped or a fagskole.

    ``short`` is empty where nothing is usual. ``parent`` is the short name of the university a national centre
    belongs to: it isn't a legal person of its own and has no organisation number.
    """

    short: str
    names: tuple[NamePeriod, ...]
    orgnr: str | None
    kind: OrganisationKind
    source_type: str
    ownership: str
    dbh_code: str
    domain: str
    parent: str
    certainty: Certainty
    note: str

    def name(self, form: str, on: date) -> str:
        """The name on a day in the written form «nb» or «nn». KeyError where it had none."""
        for period in self.names:
            if period.covers(on):
                return {"nb": period.nb, "nn": period.nn}[form]
        raise KeyError(on)


@dataclass(frozen=True, slots=True)
class Region:
    """A network of a demo county. Names and members are mostly GUESS: demo data, shown as such."""

    county_number: str
    code: str
    name: str
    kind: NetworkKind
    coordinator: str
    members: tuple[str, ...]
    certainty_name: Certainty
    certainty_members: Certainty
    note: str

    @property
    def certainty(self) -> Certainty:
        """The weaker of the two."""
        return max(self.certainty_name, self.certainty_members, key=list(Certainty).index)


@dataclass(frozen=True, slots=True)
class ForumSeats:
    """A collaboration forum with the number of persons per group in a year."""

    county_number: str
    name: str
    year: int
    persons: int
    groups: dict[str, int]
    source: str

    @property
    def upper_secondary(self) -> bool:
        """Outside FOR-2026-01-12-23: upper secondary has a regulation of its own (FOR-2026-01-12-25)."""
        return "outside FOR-2026-01-12-23" in self.source


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """A Statsforvalter's office, worked out from its counties and their municipalities' decisions.

    ``default_form`` is what the office writes to somebody whose wish isn't known: its majority language, or, for a
    neutral office, the form it writes its own name in.
    """

    slug: str
    orgnr: str
    names: tuple[NamePeriod, ...]
    county_numbers: tuple[str, ...]
    language: OfficeLanguage
    language_rule: str
    default_form: WrittenForm

    def name(self, form: str, on: date) -> str:
        """The name on a day in the written form «nb» or «nn»: Fylkesmannen until 2020."""
        for period in self.names:
            if period.covers(on):
                return {"nb": period.nb, "nn": period.nn}[form]
        raise KeyError(on)
