"""How cells of the registers' spreadsheets are read: sectors, kinds, marks and days, as offices write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.collation import fold
from core.dates import parse_date
from core.imports import Fault
from core.unreadable import Unreadable
from networks.enums import NetworkKind, Sector

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SECTORS: dict[str, tuple[str, ...]] = {
    Sector.KINDERGARTEN: ("barnehage", "barnehagar", "barnehager", "bhg", "bh", "rekomp", "kindergarten"),
    Sector.SCHOOL: ("skole", "skule", "skoler", "skular", "grunnskole", "grunnskule", "sk", "dekomp", "school"),
    Sector.BOTH: (
        "begge", "begge deler", "begge delar", "båe", "alle", "alt", "both", "barnehage og skole",
        "barnehage og skule", "barnehage og grunnskole", "barnehage og grunnskule", "skole og barnehage",
        "skule og barnehage", "barnehage/skole", "barnehage/skule", "bhg og skole", "bhg og skule", "oppvekst",
    ),
}  # fmt: skip
KINDS: dict[str, tuple[str, ...]] = {
    NetworkKind.GEOGRAPHIC: ("geografisk", "geografisk nettverk", "region", "regionalt", "kompetanseregion"),
    NetworkKind.SUB_NETWORK: ("delnettverk", "undernettverk", "del", "sub_network", "subnettverk"),
    NetworkKind.PRIVATE_SCHOOLS: (
        "friskoler", "friskular", "friskole", "friskule", "privatskoler", "privatskular", "private", "frittstående",
        "frittståande", "private_schools", "private skoler", "private skular",
    ),
    NetworkKind.UPPER_SECONDARY: (
        "videregående", "vidaregåande", "vgo", "vgs", "fylkeskommune", "fylkeskommunalt", "fylkeskommunal",
        "upper_secondary", "videregående opplæring", "vidaregåande opplæring",
    ),
    NetworkKind.THEMATIC: ("tematisk", "tema", "temanettverk", "tematisk nettverk", "thematic"),
}  # fmt: skip
YES = ("ja", "j", "x", "1", "1.0", "yes", "y", "true", "sann", "vert", "vertskommune", "v", "✓")
NO = ("nei", "n", "0", "0.0", "no", "false", "usann", "-", "–", "ikke", "ikkje", "")


def _index(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Every way of writing it, folded → the value."""
    return {fold(way): str(value) for value, ways in words.items() for way in (value, *ways)}


_SECTORS, _KINDS = _index(SECTORS), _index(KINDS)
_MARKS = {fold(way): True for way in YES} | {fold(way): False for way in NO}
_MUNICIPALITY = re.compile(r"(?:K[- ]?)?(\d{3,4})(?:[.,]0)?", re.IGNORECASE)


def read_line(text: str) -> str:
    """Text on one line, stray spaces (also the kind that doesn't break) taken off."""
    return " ".join(text.split())


def read_sector(text: str) -> str:
    """A sector. Raises Unreadable."""
    return _word(text, _SECTORS, _("We don't know the sector “%(typed)s”. Write barnehage, skole or begge."))


def read_kind(text: str) -> str:
    """A network's kind. Raises Unreadable."""
    return _word(
        text,
        _KINDS,
        _("We don't know the kind “%(typed)s”. Write geografisk, delnettverk, friskoler, videregående or tematisk."),
    )


def read_mark(text: str) -> bool:
    """A mark in a column: an x, ja or vert; nei or nothing. Raises Unreadable."""
    found = _MARKS.get(fold(text))
    if found is None:
        raise Unreadable("mark", _("Write ja or nei, not “%(typed)s”."), {"typed": read_line(text)})
    return found


def read_municipality_number(text: str) -> str:
    """Four digits; a zero in front that a spreadsheet took away is put back. Raises Unreadable."""
    found = _MUNICIPALITY.fullmatch(read_line(text))
    if found is None:
        raise Unreadable(
            "municipality_number",
            _("A municipality number has four digits, for example 4601. You wrote “%(typed)s”."),
            {"typed": read_line(text)},
        )
    return found[1].zfill(4)


def read_day(text: str) -> date:
    """A day as people or spreadsheets write it. Raises Unreadable."""
    typed = read_line(text)
    try:
        return datetime.fromisoformat(typed).date()
    except ValueError:
        return parse_date(typed)


def read_code(text: str) -> str:
    """A network's code, at most twenty characters. Raises Unreadable."""
    typed = read_line(text)
    if len(typed) > 20:
        raise Unreadable("too_long", _("The code “%(typed)s” is longer than 20 characters."), {"typed": typed})
    return typed


def read_name(text: str) -> str:
    """A network's name, at most two hundred characters. Raises Unreadable."""
    typed = read_line(text)
    if len(typed) > 200:
        raise Unreadable("too_long", _("The name is longer than 200 characters. Shorten it."))
    return typed


def _word(text: str, words: Mapping[str, str], message: _StrPromise) -> str:
    found = words.get(fold(text))
    if found is None:
        raise Unreadable("unknown", message, {"typed": read_line(text)})
    return found


def fault(column: str, unknown: Unreadable) -> Fault:
    """What couldn't be found, at its cell, with the name it may have been meant to be."""
    near = str(unknown.params.get("name", ""))
    return Fault(column, str(unknown), (near,) if near else ())
