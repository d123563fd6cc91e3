"""From the text of a CSV file to facts; a fault is named by file, row and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import TypeVar

from core.identifiers import UnreadableIdentifier, normalise_orgnr
from core.language import LanguageDecision
from networks.enums import NetworkKind, OrganisationKind
from networks.reference.facts import Certainty, County, ForumSeats, Institution, Municipality, NamePeriod, Region

T = TypeVar("T")

FORUM_GROUPS = (
    "statsforvalter",
    "county_council_owner",
    "municipal_owner",
    "private_owner",
    "school_leader",
    "teacher_organisation",
    "pupil",
    "kindergarten_or_pbl",
    "higher_education",
    "ks",
    "ppt",
    "statped",
    "other",
)

_DECISIONS = {
    "nb": LanguageDecision.BOKMAL,
    "nn": LanguageDecision.NYNORSK,
    "nøytral": LanguageDecision.NEUTRAL,
}
_NETWORK_KINDS = {
    "geographic": NetworkKind.GEOGRAPHIC,
    "sub-network": NetworkKind.SUB_NETWORK,
    "private schools": NetworkKind.PRIVATE_SCHOOLS,
    "upper secondary": NetworkKind.UPPER_SECONDARY,
}
_INSTITUTION_KINDS = {
    "university": OrganisationKind.UNIVERSITY,
    "university college": OrganisationKind.UNIVERSITY,
    "national centre": OrganisationKind.OTHER_PROVIDER,
    "special support service": OrganisationKind.OTHER_PROVIDER,
    "fagskole": OrganisationKind.VOCATIONAL_COLLEGE,
}


class ReferenceDataError(ValueError):
    """A row of the reference data can't be right. The message names the file, the row and the column."""


class Row:
    """One row of a CSV file; every reading says where a fault stands. The heading is row 1."""

    def __init__(self, file: str, number: int, cells: dict[str, str]) -> None:
        self.file = file
        self.number = number
        self.cells = cells

    def fault(self, column: str, problem: str) -> ReferenceDataError:
        return ReferenceDataError(f"{self.file}, row {self.number}, {column}: {problem}")

    def text(self, column: str) -> str:
        """What stands there, which may be nothing."""
        if column not in self.cells or self.cells[column] is None:
            raise self.fault(column, "the column is missing")
        return self.cells[column].strip()

    def some(self, column: str) -> str:
        """What stands there, which must be something."""
        value = self.text(column)
        if not value:
            raise self.fault(column, "is empty")
        return value

    def one_of(self, column: str, words: dict[str, T]) -> T:
        """The meaning of a word with a fixed set of values."""
        value = self.text(column)
        if value not in words:
            raise self.fault(column, f"«{value}» is none of {', '.join(words)}")
        return words[value]

    def day(self, column: str) -> date | None:
        """A date, or None where nothing stands."""
        value = self.text(column)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.fault(column, f"«{value}» isn't a date") from None

    def number_of(self, column: str) -> int:
        """A whole number from 0 up."""
        value = self.text(column)
        if not value.isdecimal():
            raise self.fault(column, f"«{value}» isn't a number")
        return int(value)

    def orgnr(self, column: str) -> str | None:
        """An organisation number with the right check digit (modulus 11), or None where nothing stands."""
        value = self.text(column)
        if not value:
            return None
        try:
            number = normalise_orgnr(value)
        except UnreadableIdentifier as error:
            raise self.fault(column, f"«{value}» isn't an organisation number ({error.code})") from None
        return number

    def code(self, column: str, digits: int) -> str:
        """A number of fixed length that is a name: leading zeros count."""
        value = self.text(column)
        if not re.fullmatch(rf"[0-9]{{{digits}}}", value):
            raise self.fault(column, f"«{value}» isn't {digits} digits")
        return value

    def certainty(self, column: str) -> Certainty:
        """The weakest of the marks that stand there."""
        marks = [mark for mark in Certainty if mark in self.text(column)]
        if not marks:
            raise self.fault(column, f"«{self.text(column)}» has no mark of certainty")
        return marks[-1]


def rows(file: str, text: str) -> Iterator[Row]:
    """The rows of a CSV file."""
    for number, cells in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        yield Row(file, number, cells)


def unique(file: str, facts: list[T], key: Callable[[T], object]) -> tuple[T, ...]:
    """The facts, if no two have the same key. Raises ReferenceDataError."""
    seen: set[object] = set()
    for fact in facts:
        if key(fact) in seen:
            raise ReferenceDataError(f"{file}: {key(fact)} stands there twice")
        seen.add(key(fact))
    return tuple(facts)


def parse_municipalities(text: str, file: str = "municipalities.csv") -> tuple[Municipality, ...]:
    """Municipalities, each number once among those in force and among those that are no more."""
    found = [
        Municipality(
            number=row.code("number", 4),
            name=row.some("name"),
            county_number=row.code("county_number", 2),
            decision=row.one_of("malform", _DECISIONS),
            decision_certainty=row.certainty("certainty"),
            orgnr=row.orgnr("orgnr"),
            sami_language_area=row.text("sami_language_area"),
            valid_from=row.day("valid_from"),
            valid_to=row.day("valid_to"),
            successor=row.text("successor"),
        )
        for row in rows(file, text)
    ]
    unique(file, [one for one in found if one.orgnr], lambda one: one.orgnr)
    return unique(file, found, lambda one: one.number)


def parse_counties(text: str, file: str = "counties.csv") -> tuple[County, ...]:
    """Counties, those that are no more with ``valid_to``."""
    found = [
        County(
            number=row.code("number", 2),
            name=row.some("name"),
            decision=row.one_of("malform_fylkesting", _DECISIONS),
            council_orgnr=row.orgnr("fylkeskommune_orgnr"),
            office_name=row.some("statsforvalter"),
            office_orgnr=row.orgnr("statsforvalter_orgnr"),
            language_rule=row.some("statsforvalter_language_rule_spraklova_12_13"),
            valid_from=row.day("valid_from"),
            valid_to=row.day("valid_to"),
            certainty=row.certainty("certainty"),
        )
        for row in rows(file, text)
    ]
    return unique(file, found, lambda one: one.number)


def parse_names(text: str, file: str = "names.csv") -> dict[tuple[str, str], tuple[NamePeriod, ...]]:
    """Names that changed, by (kind, key), the oldest first; no two overlap."""
    found: dict[tuple[str, str], list[NamePeriod]] = {}
    for row in rows(file, text):
        period = NamePeriod(
            nb=row.some("nb"),
            nn=row.some("nn"),
            valid_from=row.day("valid_from"),
            valid_to=row.day("valid_to"),
            certainty=row.certainty("certainty"),
        )
        before = found.setdefault((row.some("kind"), row.some("key")), [])
        last = before[-1].valid_to if before else None
        if before and (last is None or period.valid_from is None or period.valid_from <= last):
            raise row.fault("valid_from", "the name before isn't over yet")
        before.append(period)
    return {key: tuple(periods) for key, periods in found.items()}


def parse_institutions(
    text: str,
    names: dict[tuple[str, str], tuple[NamePeriod, ...]],
    file: str = "uh_institutions.csv",
) -> tuple[Institution, ...]:
    """Universities, national centres, Statped and fagskoler, with the names they have had."""
    found = []
    for row in rows(file, text):
        short = row.text("short")
        certainty = row.certainty("certainty")
        name = row.some("name")
        parent = ""
        if row.text("type") == "national centre":
            match = re.fullmatch(r"(?P<name>.+) \((?P<parent>\w+)\)", name)
            if match is None:
                raise row.fault("name", "a national centre stands with its university in brackets")
            name, parent = match["name"], match["parent"]
        found.append(
            Institution(
                short=short,
                names=names.get(("institution", short)) or (NamePeriod(name, name, None, None, certainty),),
                orgnr=row.orgnr("orgnr"),
                kind=row.one_of("type", _INSTITUTION_KINDS),
                source_type=row.text("type"),
                ownership=row.text("ownership"),
                dbh_code=row.text("dbh_code"),
                domain=row.text("domain"),
                parent=parent,
                certainty=certainty,
                note=row.text("note"),
            )
        )
    shorts = {one.short for one in found if one.short}
    for one in found:
        if one.parent and one.parent not in shorts:
            raise ReferenceDataError(f"{file}: {one.names[0].nb} belongs to {one.parent}, which isn't there")
    return unique(file, found, lambda one: one.names[-1].nb)


def parse_regions(text: str, file: str = "regions.csv") -> tuple[Region, ...]:
    """Networks of the demo counties."""
    found = []
    for row in rows(file, text):
        members = tuple(row.text("member_municipality_numbers").split())
        for member in members:
            if not re.fullmatch("[0-9]{4}", member):
                raise row.fault("member_municipality_numbers", f"«{member}» isn't 4 digits")
        found.append(
            Region(
                county_number=row.code("county_number", 2),
                code=row.some("code"),
                name=row.some("name"),
                kind=row.one_of("kind", _NETWORK_KINDS),
                coordinator=row.text("coordinator"),
                members=members,
                certainty_name=row.certainty("certainty_name"),
                certainty_members=row.certainty("certainty_members"),
                note=row.text("note"),
            )
        )
    return unique(file, found, lambda one: one.code)


def parse_forums(text: str, file: str = "forums.csv") -> tuple[ForumSeats, ...]:
    """Forums with the number of persons per group, which must add up to the persons said."""
    found = []
    for row in rows(file, text):
        groups = {group: count for group in FORUM_GROUPS if (count := row.number_of(group))}
        persons = row.number_of("persons")
        if sum(groups.values()) != persons:
            raise row.fault("persons", f"the groups add up to {sum(groups.values())}, not {persons}")
        found.append(
            ForumSeats(
                county_number=row.code("county_number", 2),
                name=row.some("forum"),
                year=row.number_of("year"),
                persons=persons,
                groups=groups,
                source=row.some("source"),
            )
        )
    return unique(file, found, lambda one: (one.county_number, one.name))
