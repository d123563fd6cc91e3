"""SSB's Klass: which municipalities there are on a day, and which became which (open data).

``/classifications/131/codesAt?date=2024-01-01`` answers with codes {code, name}; ``/classifications/131/changes?from=``
with codeChanges {oldCode, oldName, newCode, newName, changeOccurred}.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from networks.lookups.failures import LookupFailed
from networks.lookups.http import JsonClient, text_of

MUNICIPALITIES = 131
_NUMBER = re.compile(r"[0-9]{4}")
NOT_A_MUNICIPALITY = "9999"


@dataclass(frozen=True, slots=True)
class Code:
    """A municipality's number and name («Bergen», not «Bergen kommune»; «Kárášjohka - Karasjok» in two languages)."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class CodeChange:
    """A municipality's number became another from a day: a merger has several of one new number, a split the other
    way about."""

    old: Code
    new: Code
    day: date


class Municipalities(Protocol):
    """A classification of municipalities."""

    def codes_at(self, day: date) -> list[Code]:
        """The municipalities on a day. Raises LookupFailed."""

    def changes_since(self, day: date) -> list[CodeChange]:
        """What has changed since a day. Raises LookupFailed."""


class Klass:
    """The classification over the net."""

    def __init__(self, client: JsonClient) -> None:
        self._client = client

    def codes_at(self, day: date) -> list[Code]:
        return parse_codes(self._client.get(f"classifications/{MUNICIPALITIES}/codesAt", date=day.isoformat()))

    def changes_since(self, day: date) -> list[CodeChange]:
        path = f"classifications/{MUNICIPALITIES}/changes"
        return parse_changes(self._client.get(path, **{"from": day.isoformat()}))


def parse_codes(payload: Any) -> list[Code]:
    """The municipalities of an answer or a file. Raises LookupFailed."""
    rows = _rows(payload, "codes")
    found = [Code(text_of(row, "code"), text_of(row, "name")) for row in rows]
    return [one for one in found if _NUMBER.fullmatch(one.number) and one.number != NOT_A_MUNICIPALITY]


def parse_changes(payload: Any) -> list[CodeChange]:
    """The changes of an answer or a file. Raises LookupFailed."""
    found = []
    for row in _rows(payload, "codeChanges"):
        old = Code(text_of(row, "oldCode"), text_of(row, "oldName"))
        new = Code(text_of(row, "newCode"), text_of(row, "newName"))
        if not (_NUMBER.fullmatch(old.number) and _NUMBER.fullmatch(new.number)):
            continue
        try:
            day = date.fromisoformat(text_of(row, "changeOccurred")[:10])
        except ValueError:
            raise LookupFailed("other_shape") from None
        if old.number != new.number:
            found.append(CodeChange(old, new, day))
    return found


def _rows(payload: Any, name: str) -> list[Mapping[str, Any]]:
    rows = payload.get(name) if isinstance(payload, Mapping) else None
    if not isinstance(rows, list):
        raise LookupFailed("other_shape")
    return [row for row in rows if isinstance(row, Mapping)]
