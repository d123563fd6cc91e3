"""No address without a name and a row in the matrix; tests/security/test_access.py visits each as each person."""

from __future__ import annotations

from dataclasses import replace

from tests.architecture.access_matrix import MATRIX, Row
from tests.architecture.addresses import ADDRESSES


def test_every_address_has_a_name_and_a_row() -> None:
    assert [name for name in ADDRESSES if name.endswith("None")] == []
    assert {
        "without a row": sorted(ADDRESSES.keys() - MATRIX),
        "without an address": sorted(MATRIX.keys() - ADDRESSES),
    } == {
        "without a row": [],
        "without an address": [],
    }


def test_every_address_with_an_office_has_a_row_for_the_other_office() -> None:
    with_office = {name for name, pattern in ADDRESSES.items() if "office" in pattern.pattern.regex.groupindex}
    assert sorted(name for name in with_office & MATRIX.keys() if MATRIX[name].other is None) == []


def test_a_row_answers_404_for_whom_it_does_not_name() -> None:
    row = Row(gets={("officer",): 200})
    assert (row.status("officer"), row.status("stranger"), row.status_abroad("officer")) == (200, 404, 404)
    assert replace(row, abroad={("officer",): 403}).status_abroad("officer") == 403
