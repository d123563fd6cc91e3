"""Every page × those who are not the office's own: each offers a way to ask, and the way leads to a form."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.architecture.access_matrix import MATRIX
from tests.world import World

OFFER = re.compile(r'href="((?:/fjellfylket)?/spor/\?side=[^"]*)"')
ASKERS = ("north_coordinator", "nordli_owner", "nordli_reader", "kindergarten_chair", "university_contact")
SILENT = {
    "accounts:ask": "it is the form",
    "accounts:ask_choose": "it leads to the form",
    "grants:letter_attachment": "a file",
    "grants:recommendation_minutes": "a document of the archive",
    "core:ui": "shows components to whoever builds pages",
}


@pytest.mark.parametrize("person", ASKERS)
def test_every_page_leads_to_a_form_that_says_what_it_is_about(person: str, world: World) -> None:
    """The pages of the access matrix, as those see them who are not the office's own people."""
    client, without, broken = Client(), set(), {}
    client.force_login(getattr(world, person))
    for name, row in MATRIX.items():
        if row.status(person) != 200 or "pdf" in name or name in SILENT:
            continue
        answer = client.get(reverse(name, kwargs=row.own(world)))
        if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
            continue
        offer = OFFER.search(answer.content.decode())
        if offer is None:
            without.add(name)
        elif client.get(offer[1], follow=True).status_code != 200:
            broken[name] = offer[1]
    assert (without, broken) == (set(), {})
