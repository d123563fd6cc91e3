"""`make screenshots` photographs every page: an address that is neither in the album nor said to show none fails."""

from __future__ import annotations

from tests.architecture.addresses import ADDRESSES
from tests.browser.album import ALBUM, NO_PAGE
from tests.browser.moments import DEMO, MOMENTS


def test_every_address_is_photographed_or_shows_no_page() -> None:
    wanted = ADDRESSES.keys() - NO_PAGE
    assert {
        "without a picture": sorted(wanted - ALBUM.keys()),
        "without an address": sorted((ALBUM.keys() | NO_PAGE) - ADDRESSES.keys()),
        "both": sorted(ALBUM.keys() & NO_PAGE),
    } == {"without a picture": [], "without an address": [], "both": []}


def test_no_two_pictures_of_an_address_have_the_same_name() -> None:
    twice = [name for name, shots in ALBUM.items() if len({shot.note for shot in shots}) != len(shots)]
    assert twice == []


def test_every_moment_asked_for_is_kept() -> None:
    asked = {shot.at for shots in ALBUM.values() for shot in shots}
    assert asked - {DEMO} - MOMENTS.keys() == set()
