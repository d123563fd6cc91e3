"""A personal link opens one object: not the rest of what the person may see, and no power held in an office."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from core import authz, clock
from core.actor import Actor
from core.middleware import LINK_SESSION_KEY, opens
from core.models import AccessLink, Stash
from core.services import links, stash
from tests.architecture.access_matrix import MATRIX
from tests.architecture.addresses import ADDRESSES
from tests.world import World

CASES = [
    ("north_coordinator", "north_report", "/fjellfylket/behov/{}/"),
    ("kindergarten_chair", "past_recommendation", "/fjellfylket/innstilling/{}/"),
    ("nordli_owner", "reading_report", "/fjellfylket/rapport/{}/signer/"),
    ("university_contact", "reading_report", "/fjellfylket/rapport/{}/signer/"),
    ("officer", "south_report", "/fjellfylket/behov/{}/kvittering/"),
]
PUBLIC = {name for name, row in MATRIX.items() if row.anonymous != 302} | {
    "account_confirm_login_code",
    "core:set_language",
}

OF_THE_HOLDER = {name for name, pattern in ADDRESSES.items() if getattr(pattern.callback, "open_to_links", False)}
"""Pages that keep to the link's person or object by themselves; each has tests of its own for that."""


@pytest.fixture(autouse=True)
def sessions_in_the_database(sessions_in_cookies: None) -> Iterator[None]:
    """A link's session lives where a real one does."""
    with override_settings(SESSION_ENGINE="django.contrib.sessions.backends.db"):
        yield


def holder(world: World, who: str, what: str, url: str) -> tuple[Client, AccessLink, str]:
    """A browser that has come in by a link."""
    subject = getattr(world, what)
    link, token = links.issue(subject=subject, purpose="task", user=getattr(world, who), url=url.format(subject.pk))
    client = Client()
    assert client.post(f"/lenke/{token}/").status_code == 302
    return client, link, token


@pytest.mark.parametrize(("who", "what", "url"), CASES)
def test_a_link_reaches_no_page_but_its_objects(who: str, what: str, url: str, world: World) -> None:
    client, link, _token = holder(world, who, what, url)
    begins = "/".join(link.url.split("/")[:4]) + "/"
    reached = set()
    for name, row in MATRIX.items():
        for words in (row.own, row.other):
            if words is None or name in PUBLIC | OF_THE_HOLDER | {"account_logout", "accounts:home"}:
                continue
            address = reverse(name, kwargs=words(world))
            answer = client.get(address)
            if not (answer.status_code == 302 and answer.headers["Location"].startswith("/logg-inn/")):
                reached.add(address)
    assert [address for address in reached if not address.startswith(begins)] == []


def test_these_pages_keep_to_the_holder_by_themselves() -> None:
    """test_stash.py and test_questions.py say how."""
    assert {"core:kept", "core:kept_form", "accounts:ask", "accounts:question"} == OF_THE_HOLDER


def test_a_link_posts_to_no_page_but_its_objects(world: World) -> None:
    client, _link, _token = holder(world, *CASES[0])
    for name in ("grants:measure_remove", "reporting:edit", "grants:measure_new"):
        row = MATRIX[name]
        assert row.other is not None
        answer = client.post(reverse(name, kwargs=row.other(world)), {"version": "1"})
        assert answer.headers["Location"].startswith("/logg-inn/")


def test_a_link_gives_nothing_of_what_is_held_in_an_office(world: World) -> None:
    _client, link, _token = holder(world, "officer", "south_report", "/fjellfylket/behov/{}/kvittering/")
    assert authz.allowed(world.actor("officer"), "grants.assess_needs", world.south_report) is True
    assert authz.allowed(Actor.for_link(link), "grants.assess_needs", world.south_report) is False


def test_a_link_never_reads_a_letter(world: World) -> None:
    client, link, _token = holder(world, "nordli_owner", "nordli_letter", "/fjellfylket/brev/{}/")
    letter = world.nordli_letter
    assert client.get(f"/fjellfylket/brev/{letter.pk}/pdf/").status_code in {302, 403, 404}
    assert authz.allowed(Actor.for_link(link), "grants.read_letter", letter) is False


@pytest.mark.parametrize(
    ("url", "path", "reached"),
    [
        ("/lia/behov/3/", "/lia/behov/3/", True),
        ("/lia/behov/3/", "/lia/behov/3/tiltak/4/budsjett/", True),
        ("/lia/rapport/3/signer/", "/lia/rapport/3/kvittering/", True),
        ("/lia/behov/3/", "/", True),
        ("/lia/behov/3/", "/lia/behov/", False),
        ("/lia/behov/3/", "/lia/behov/33/", False),
        ("/lia/behov/3/", "/lia/rapport/3/", False),
        ("/lia/behov/3/", "/dal/behov/3/", False),
        ("/lia/behov/3/", "/lia/behov/3/../4/", True),  # addresses are never resolved so: 404
        ("/lia/runde/2027/info/", "/lia/runde/2027/info/", True),
        ("/hjelp/", "/hjelp/", True),
        ("", "/lia/behov/3/", False),
    ],
)
def test_what_lies_with_the_object(url: str, path: str, reached: bool) -> None:
    assert opens(AccessLink(url=url), path) is reached


@pytest.mark.parametrize("end", ["left", "revoked", "expired"])
def test_a_session_by_link_ends_with_the_link(world: World, end: str) -> None:
    client, link, _token = holder(world, *CASES[0])
    assert client.get(link.url).status_code == 200
    if end == "left":
        world.north_coordinator.is_active = False
        world.north_coordinator.save(update_fields=["is_active"])
    else:
        column = {"revoked": "revoked_at", "expired": "expires_at"}[end]
        AccessLink.objects.filter(pk=link.pk).update(
            **{column: clock.now() + timedelta(seconds=-1)},
            **({"created_at": clock.now() - timedelta(days=40)} if end == "expired" else {}),
        )
    assert client.get(link.url).headers["Location"].startswith("/logg-inn/")


def test_the_session_key_of_before_is_worth_nothing(world: World) -> None:
    """Someone who planted a session key in the browser doesn't come in with it."""
    planted = Client()
    planted.get("/logg-inn/")
    session = planted.session
    session["planted"] = "1"
    session.save()
    planted.cookies["sessionid"] = session.session_key
    victim = Client()
    victim.cookies["sessionid"] = session.session_key
    report = world.north_report
    link, token = links.issue(subject=report, purpose="task", user=world.north_coordinator, url="/fjellfylket/x/")
    victim.post(f"/lenke/{token}/")
    assert victim.session[LINK_SESSION_KEY] == link.pk
    assert victim.session.session_key != session.session_key
    assert LINK_SESSION_KEY not in planted.session


def test_signing_in_leaves_the_link_behind(world: World) -> None:
    """Signing in as oneself gives what one holds oneself; it never makes the link wider."""
    client, link, _token = holder(world, *CASES[0])
    client.force_login(world.stranger)
    assert client.get(link.url).status_code == 404
    client.post("/logg-ut/")
    assert client.get(link.url).headers["Location"].startswith("/logg-inn/")


def test_a_link_throws_away_nothing_that_is_kept_elsewhere(world: World) -> None:
    person = world.north_coordinator
    client, link, _token = holder(world, "north_coordinator", "north_report", "/fjellfylket/behov/{}/")
    row = stash.keep(user_id=person.pk, path="/profil/", fields=[("name", "Et langt navn som er skrevet her")])
    client.post(f"/tatt-vare-pa/{row.pk}/")
    client.post(f"{link.url}tiltak/ny/", {"kept": str(row.pk)})
    assert Stash.objects.filter(pk=row.pk).exists()
