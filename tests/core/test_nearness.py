"""«Mente du …?»: the known name that is nearest to what was typed."""

from __future__ import annotations

import pytest

from core.nearness import Names

KNOWN = ["Bergen kommune", "Øygarden kommune", "Bømlo kommune", "Bamsebo barnehage AS", "Bamsebo barnehage Nord AS"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Bergn kommune", "Bergen kommune"),
        ("  bergen  KOMUNE", "Bergen kommune"),
        ("Oygarden kommune", "Øygarden kommune"),
        ("Bømmlo kommune", "Bømlo kommune"),
        ("Bamsebo barnehage", "Bamsebo barnehage AS"),
        ("Bergen kommune", "Bergen kommune"),
        ("Hønefoss", ""),
        ("", ""),
    ],
)
def test_the_nearest_name_or_none(typed: str, name: str) -> None:
    assert Names(KNOWN).nearest(typed) == name


def test_several_the_nearest_first() -> None:
    assert Names(KNOWN).near("Bamsebo barnehag AS", most=2) == ["Bamsebo barnehage AS", "Bamsebo barnehage Nord AS"]


def test_how_near_is_the_callers_choice() -> None:
    assert [Names(KNOWN, enough=share).nearest("Berg kommune") for share in (0.5, 0.95)] == ["Bergen kommune", ""]
