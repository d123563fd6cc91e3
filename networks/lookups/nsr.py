"""Nasjonalt skoleregister and Nasjonalt barnehageregister at Utdanningsdirektoratet (open data, NLOD).

``/enheter?sidenummer=1&antallperside=1000`` answers with EnhetListe and AntallSider, ``/enhet/{orgnr}`` with one:
Organisasjonsnummer, Navn, Kommune, Maalform{Id}, ErAktiv, ErSkole, ErBarnehage and ForeldreRelasjoner, of which
Relasjonstype 6 is the owner.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from core.identifiers import valid_orgnr
from networks.enums import Sector
from networks.lookups.failures import LookupFailed
from networks.lookups.http import JsonClient, text_of

OWNERSHIP = "6"
"""The kind of relation that says who owns a unit (Eierstruktur)."""
PAGE = 1000
MOST_PAGES = 60
_WRITTEN_FORMS = {"B": "nb", "N": "nn"}


@dataclass(frozen=True, slots=True)
class RegisteredUnit:
    """A school or kindergarten as the register has it; ``sector`` is empty for an owner."""

    orgnr: str
    name: str
    sector: str
    owner_orgnr: str = ""
    municipality_number: str = ""
    written_form: str = ""
    active: bool = True


class UnitRegister(Protocol):
    """A register of schools or of kindergartens."""

    def unit(self, orgnr: str) -> RegisteredUnit:
        """The unit with this number. Raises LookupFailed."""

    def units(self) -> Iterator[RegisteredUnit]:
        """All of them. Raises LookupFailed."""


class Nsr:
    """Either register over the net: they speak the same."""

    def __init__(self, client: JsonClient) -> None:
        self._client = client

    def unit(self, orgnr: str) -> RegisteredUnit:
        return parse_unit(self._client.get(f"enhet/{orgnr}"))

    def units(self) -> Iterator[RegisteredUnit]:
        number, last = 1, 1
        while number <= min(last, MOST_PAGES):
            page = self._client.get("enheter", sidenummer=number, antallperside=PAGE)
            yield from parse_units(page)
            pages = page.get("AntallSider")
            last = pages if isinstance(pages, int) else 1
            number += 1


def parse_units(payload: Any) -> list[RegisteredUnit]:
    """The units of a page or a file; what isn't a unit is left out. Raises LookupFailed where nothing is one."""
    rows = payload.get("EnhetListe", payload.get("Enheter")) if isinstance(payload, Mapping) else payload
    if not isinstance(rows, list):
        raise LookupFailed("other_shape")
    return [parse_unit(row) for row in rows if isinstance(row, Mapping) and valid_orgnr(_number(row))]


def parse_unit(row: Any) -> RegisteredUnit:
    """One unit. Raises LookupFailed where it isn't one."""
    if not isinstance(row, Mapping) or not valid_orgnr(_number(row)):
        raise LookupFailed("other_shape")
    return RegisteredUnit(
        orgnr=_number(row),
        name=(text_of(row, "Navn") or text_of(row, "FulltNavn"))[:200],
        sector=_sector(row),
        owner_orgnr=_owner(row.get("ForeldreRelasjoner")),
        municipality_number=(text_of(row, "Kommune", "Kommunenummer") or text_of(row, "Kommunenummer"))[:4],
        written_form=_WRITTEN_FORMS.get(text_of(row, "Maalform", "Id"), ""),
        active=row.get("ErAktiv") is not False and row.get("ErInaktivIBasil") is not True,
    )


def _number(row: Mapping[str, Any]) -> str:
    return text_of(row, "Organisasjonsnummer")


def _sector(row: Mapping[str, Any]) -> str:
    kindergarten, school = row.get("ErBarnehage") is True, row.get("ErSkole") is True
    if kindergarten and school:
        return Sector.BOTH.value
    return Sector.KINDERGARTEN.value if kindergarten else Sector.SCHOOL.value if school else ""


def _owner(relations: Any) -> str:
    for one in relations if isinstance(relations, list) else ():
        if not isinstance(one, Mapping):
            continue
        kind = one.get("Relasjonstype")
        code = text_of(kind, "Id") if isinstance(kind, Mapping) else str(kind)
        if code == OWNERSHIP:
            return text_of(one, "Enhet", "Organisasjonsnummer")
    return ""
