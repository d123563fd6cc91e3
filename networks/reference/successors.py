"""Which municipality came after one that is no more."""

from __future__ import annotations

from datetime import date
from functools import cache

from networks import reference


@cache
def _names() -> dict[str, str]:
    """Number of the old one → name of the new one."""
    now = {one.number: one.official_name for one in reference.municipalities() if one.valid_to is None}
    return {one.number: now.get(one.successor, "") for one in reference.municipalities() if one.valid_to is not None}


def successor_of(municipality_number: str, ended_on: date | None) -> str:
    """«Øygarden kommune» for Fjell, which ended in 2019; nothing where nobody knows."""
    return _names().get(municipality_number, "") if ended_on and municipality_number else ""
