"""How lists that people and other programs make write kinds, sectors and written forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from core.collation import fold
from core.unreadable import Unreadable
from networks.enums import FormDecision, OrganisationKind, Sector

T = TypeVar("T")

_KINDS: Mapping[OrganisationKind, tuple[str, ...]] = {
    OrganisationKind.MUNICIPALITY: ("kommune", "municipality"),
    OrganisationKind.COUNTY_COUNCIL: ("fylkeskommune", "county council"),
    OrganisationKind.PRIVATE_OWNER: ("privat eier", "privat eigar", "eier", "eigar", "private owner"),
    OrganisationKind.PRIVATE_KINDERGARTEN: ("privat barnehage", "private kindergarten"),
    OrganisationKind.PRIVATE_SCHOOL: (
        "privat skole", "privat skule", "friskole", "friskule", "privatskole", "privatskule",
    ),
    OrganisationKind.UNIVERSITY: (
        "universitet", "høyskole", "høgskole", "høgskule", "uh", "universitet eller høyskole",
        "universitet eller høgskule", "university",
    ),
    OrganisationKind.VOCATIONAL_COLLEGE: ("fagskole", "fagskule"),
    OrganisationKind.OTHER_PROVIDER: (
        "annet kompetansemiljø", "anna kompetansemiljø", "kompetansemiljø", "nasjonalt senter", "senter",
    ),
    OrganisationKind.COORDINATOR: (
        "koordinator", "koordinerende organ", "koordinerande organ", "rkk", "regionalt kompetansekontor",
    ),
    OrganisationKind.INTEREST_ORGANISATION: (
        "arbeidstakerorganisasjon", "arbeidstakarorganisasjon", "arbeidsgiverorganisasjon",
        "arbeidsgivarorganisasjon", "interesseorganisasjon", "fagforening", "fagforeining",
    ),
}  # fmt: skip
_SECTORS: Mapping[Sector, tuple[str, ...]] = {
    Sector.KINDERGARTEN: ("barnehage", "barnehager", "barnehagar", "bhg", "kindergarten"),
    Sector.SCHOOL: ("skole", "skule", "skoler", "skular", "grunnskole", "grunnskule", "school"),
    Sector.BOTH: (
        "begge", "både", "begge deler", "oppvekstsenter", "barnehage og skole", "barnehage og skule",
        "skole og barnehage", "skule og barnehage", "both",
    ),
}  # fmt: skip
_FORMS: Mapping[FormDecision, tuple[str, ...]] = {
    FormDecision.BOKMAL: ("bokmål", "bm", "nb", "b"),
    FormDecision.NYNORSK: ("nynorsk", "nn", "n"),
    FormDecision.NEUTRAL: ("nøytral", "nøytralt", "språklig nøytral", "språkleg nøytral"),
}


def _by_word(words: Mapping[T, tuple[str, ...]]) -> dict[str, T]:
    return {fold(word): meaning for meaning, many in words.items() for word in many}


KINDS, SECTORS, FORMS = _by_word(_KINDS), _by_word(_SECTORS), _by_word(_FORMS)


def read_kind(text: str) -> str:
    """A kind in bokmål, nynorsk or as a list shortens it. Raises Unreadable with what to write."""
    return _read(
        text,
        KINDS,
        _("We don't know the kind “%(typed)s”. Write for example municipality, private owner or private kindergarten."),
    )


def read_sector(text: str) -> str:
    """Kindergarten, school or both. Raises Unreadable."""
    return _read(text, SECTORS, _("We can't read “%(typed)s” as a sector. Write kindergarten, school or both."))


def read_form(text: str) -> str:
    """Bokmål, nynorsk or neutral. Raises Unreadable."""
    return _read(text, FORMS, _("We can't read “%(typed)s” as a written form. Write bokmål, nynorsk or neutral."))


def _read(text: str, words: Mapping[str, str], sentence: object) -> str:
    found = words.get(fold(text.replace("_", " ")))
    if found is None:
        raise Unreadable("unknown_word", sentence, {"typed": text.strip()})  # type: ignore[arg-type]
    return str(found)
