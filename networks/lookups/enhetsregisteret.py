"""Enhetsregisteret at Brønnøysundregistrene: legal persons by number (open data, NLOD).

``/enheter/{orgnr}`` answers with organisasjonsnummer, navn (in capitals), organisasjonsform.kode, postadresse and
forretningsadresse, epostadresse, maalform, slettedato, konkurs and underAvvikling.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from core.identifiers import valid_orgnr
from networks.lookups.failures import LookupFailed
from networks.lookups.http import JsonClient, text_of

_COMPANY_FORMS = frozenset(
    {"AS", "ASA", "SA", "ANS", "DA", "BA", "KF", "FKF", "IKS", "SUS", "NUF", "AL", "KS", "SE", "BBL"}
)
_WRITTEN_FORMS = {"bokmål": "nb", "nynorsk": "nn"}


@dataclass(frozen=True, slots=True)
class Entity:
    """A legal person as the register has it. ``name`` is in capitals there; see :func:`display_name`."""

    orgnr: str
    name: str
    company_form: str = ""
    postal_address: str = ""
    municipality_number: str = ""
    email: str = ""
    written_form: str = ""
    ended_on: date | None = None
    in_trouble: bool = False
    """Bankrupt, or being wound up."""


class LegalEntities(Protocol):
    """A register of legal persons."""

    def entity(self, orgnr: str) -> Entity:
        """The legal person with this number. Raises LookupFailed."""


class Enhetsregisteret:
    """The register over the net."""

    def __init__(self, client: JsonClient) -> None:
        self._client = client

    def entity(self, orgnr: str) -> Entity:
        found = parse_entity(self._client.get(f"enheter/{orgnr}"))
        if found.orgnr != orgnr:
            raise LookupFailed("other_shape")
        return found


def parse_entity(row: Any) -> Entity:
    """One entity of an answer or a file. Raises LookupFailed where it isn't one."""
    if not isinstance(row, Mapping) or not valid_orgnr(text_of(row, "organisasjonsnummer")):
        raise LookupFailed("other_shape")
    business = row.get("forretningsadresse")
    return Entity(
        orgnr=text_of(row, "organisasjonsnummer"),
        name=text_of(row, "navn")[:200],
        company_form=text_of(row, "organisasjonsform", "kode"),
        postal_address=_address(row.get("postadresse")) or _address(business),
        municipality_number=_municipality(text_of(business, "kommunenummer") if isinstance(business, Mapping) else ""),
        email=text_of(row, "epostadresse")[:254],
        written_form=_WRITTEN_FORMS.get(text_of(row, "maalform").casefold(), ""),
        ended_on=_day(text_of(row, "slettedato")),
        in_trouble=row.get("konkurs") is True or row.get("underAvvikling") is True,
    )


def _address(given: Any) -> str:
    if not isinstance(given, Mapping):
        return ""
    lines = given.get("adresse")
    streets = [line.strip() for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
    place = " ".join(filter(None, (text_of(given, "postnummer"), text_of(given, "poststed"))))
    return "\n".join(filter(None, (*streets, place)))[:300]


def _municipality(typed: str) -> str:
    return typed if re.fullmatch(r"[0-9]{4}", typed) else ""


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed[:10]) if typed else None
    except ValueError:
        return None


def display_name(name: str) -> str:
    """«Bakkekroken barnehage AS» of «BAKKEKROKEN BARNEHAGE AS»: a guess for somebody to look at. A name that isn't in
    capitals stays as it is."""
    if name != name.upper():
        return name
    words = [word if word in _COMPANY_FORMS else word.lower() for word in name.split()]
    words[:1] = [word if word in _COMPANY_FORMS else word.capitalize() for word in words[:1]]
    return " ".join(words)
