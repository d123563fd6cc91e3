"""Every address × every person × own, foreign and mixed up → the status that is expected.

What is expected stands in `tests/architecture/access_matrix.py`, which has a row for every address.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.selectors.places import in_sight
from accounts.selectors.sees import sees
from grants.models import NeedsReport
from tests.architecture.access_matrix import EVERYBODY, MATRIX, MIXERS, TRAVELLERS
from tests.architecture.addresses import ADDRESSES
from tests.world import TODAY, World

LOGGED = {"grants:letter_pdf", "grants:letter_attachment", "networks:mandate"}
"""Reading these is kept in the log, so a HEAD, which reads nothing, isn't answered."""


EACH = pytest.mark.parametrize("name", [name for name in ADDRESSES if name in MATRIX])


_signed_in: dict[str, str] = {}
"""The session cookie of each person. It holds the whole session here, and people keep their numbers."""


def clients(world: World, people: tuple[str, ...] = EVERYBODY, **options: Any) -> Iterator[tuple[str, Client]]:
    """A browser for each person, signed in, each on a machine of their own: what one guesses wrong shuts out nobody."""
    for number, person in enumerate(people):
        client = Client(**{"REMOTE_ADDR": f"192.0.2.{number}"} | options)
        if person not in _signed_in:
            client.force_login(getattr(world, person))
            _signed_in[person] = client.cookies[settings.SESSION_COOKIE_NAME].value
        client.cookies[settings.SESSION_COOKIE_NAME] = _signed_in[person]
        yield person, client


@EACH
def test_what_each_person_gets(name: str, world: World) -> None:
    row = MATRIX[name]
    url = reverse(name, kwargs=row.own(world))
    found = {person: client.get(url).status_code for person, client in clients(world)}
    assert {p: got for p, got in found.items() if got != row.status(p)} == {}


@EACH
def test_what_someone_gets_who_is_not_signed_in(name: str, world: World) -> None:
    row = MATRIX[name]
    url = reverse(name, kwargs=row.own(world))
    answer = Client().get(url)
    assert answer.status_code == row.anonymous
    if row.anonymous == 302 and ADDRESSES[name].name not in {
        "account_logout",
        "account_confirm_login_code",
        "set_language",
    }:
        assert answer.headers["Location"].startswith(reverse("account_login"))


@EACH
def test_the_other_office_is_not_there(name: str, world: World) -> None:
    """A's people at B's address: 404, not 403; and B's things under A's name for nobody at all."""
    row = MATRIX[name]
    if row.other is None:
        return
    words = row.other(world)
    found = {p: client.get(reverse(name, kwargs=words)).status_code for p, client in clients(world, TRAVELLERS)}
    assert {p: got for p, got in found.items() if got != row.status_abroad(p)} == {}
    if set(words) - {"office", "year"} and not row.borrowed:
        mixed = reverse(name, kwargs=words | {"office": row.own(world)["office"]})
        found = {p: client.get(mixed).status_code for p, client in clients(world, MIXERS)}
        wanted = {405} if set(row.gets.values()) == {405} else {404}
        assert {p: got for p, got in found.items() if got not in wanted} == {}


@EACH
def test_no_method_breaks_the_page(name: str, world: World) -> None:
    """HEAD answers as GET; OPTIONS, and a POST without its token, are answered and change nothing."""
    row = MATRIX[name]
    url = reverse(name, kwargs=row.own(world))
    for _person, client in clients(world, ("officer", "north_coordinator"), enforce_csrf_checks=True):
        head = client.head(url).status_code
        assert head == 405 if name in LOGGED else head == client.get(url).status_code
        assert client.options(url).status_code in {200, 302, 403, 404, 405}
        assert client.post(url, {"version": "1"}).status_code == 403


def test_what_a_person_sees_is_what_opens(world: World) -> None:
    """Every address that is listed opens for the person, and of the kinds that are listed no other does."""
    for who in ("officer", "north_coordinator", "nordli_owner", "kindergarten_member", "university_contact"):
        places = set(in_sight(world.a).values_list("pk", flat=True))
        urls = {url for kind in sees(getattr(world, who), world.a, TODAY, places).kinds for _name, url in kind.things}
        client = Client()
        client.force_login(getattr(world, who))
        assert {url: status for url in urls if (status := client.get(url).status_code) not in {200, 302}} == {}
        for report in NeedsReport.objects.filter(round__office=world.a):
            url = f"/fjellfylket/behov/{report.pk}/"
            assert (client.get(url).status_code == 200) == (url in urls), (who, url)
