"""Personal links: looking does nothing, a button opens the one object."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory

from core import authz, clock
from core.actor import Actor
from core.middleware import LINK_SESSION_KEY, link_of
from core.models import AccessLink, Event
from core.services import links
from tests.accounts.conftest import Small


def issued(small: Small, **changes: object) -> tuple[AccessLink, str]:
    return links.issue(
        subject=small.office,
        purpose="needs_report",
        user=small.kari,
        url="/hjelp/",
        **changes,  # type: ignore[arg-type]
    )


def test_looking_changes_nothing(small: Small, client: Client) -> None:
    link, token = issued(small)
    page = client.get(f"/lenke/{token}/")
    assert page.status_code == 200
    assert (page["Referrer-Policy"], page["Cache-Control"]) == (
        "same-origin",
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    link.refresh_from_db()
    assert link.first_used_at is None
    assert LINK_SESSION_KEY not in client.session
    assert Event.objects.filter(code="link.used").count() == 0


def test_the_button_opens_the_object_without_signing_in(small: Small, client: Client) -> None:
    link, token = issued(small)
    session = client.session
    session.save()
    before = session.session_key
    response = client.post(f"/lenke/{token}/")
    assert (response.status_code, response["Location"]) == (302, "/hjelp/")
    assert client.session[LINK_SESSION_KEY] == link.pk
    assert client.session.session_key != before
    assert "_auth_user_id" not in client.session
    assert response.cookies["form"].value == "nn"
    event = Event.objects.get(code="link.used")
    assert (event.by_link, event.office, event.data["purpose"]) == (link, small.office, "needs_report")


def test_a_link_opens_its_object_and_not_home(small: Small, client: Client) -> None:
    _link, token = issued(small)
    client.post(f"/lenke/{token}/")
    assert client.get("/")["Location"] == "/hjelp/"
    assert client.get("/profil/")["Location"] == "/logg-inn/?next=/profil/"
    assert client.get("/varsel/")["Location"] == "/logg-inn/?next=/varsel/"


def test_signing_out_ends_the_link(small: Small, client: Client) -> None:
    _link, token = issued(small)
    client.post(f"/lenke/{token}/")
    client.post("/logg-ut/")
    assert LINK_SESSION_KEY not in client.session


@pytest.mark.parametrize("state", ["expired", "revoked", "unknown", "left"])
def test_links_that_do_not_work_say_so(small: Small, client: Client, state: str) -> None:
    link, token = issued(small)
    if state == "expired":
        link.created_at -= timedelta(days=40)
        link.expires_at -= timedelta(days=40)
    elif state == "revoked":
        link.revoked_at = clock.now()
    elif state == "left":
        small.kari.is_active = False
        small.kari.save(update_fields=["is_active"])
    link.save()
    page = client.get(f"/lenke/{'x' if state == 'unknown' else token}/")
    assert page.status_code == 410
    assert page.context["problem"] == {"left": "revoked"}.get(state, state)
    assert client.post(f"/lenke/{'x' if state == 'unknown' else token}/").status_code == 410
    assert LINK_SESSION_KEY not in client.session


def test_a_link_that_runs_out_ends_in_the_middle(small: Small) -> None:
    link, _token = issued(small)
    request = RequestFactory().get("/")
    request.session = {LINK_SESSION_KEY: link.pk}  # type: ignore[assignment]
    assert link_of(request) == link
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert link_of(request) is None


def test_someone_else_signed_in_chooses(small: Small, client: Client) -> None:
    link, token = issued(small)
    client.force_login(small.per)
    assert client.get(f"/lenke/{token}/").context["page"].other == small.per
    client.post(f"/lenke/{token}/")
    assert "_auth_user_id" not in client.session
    assert client.session[LINK_SESSION_KEY] == link.pk


def test_the_person_signed_in_just_goes_there(small: Small, client: Client) -> None:
    link, token = issued(small)
    client.force_login(small.kari)
    assert client.get(f"/lenke/{token}/").context["page"].other is None
    assert client.post(f"/lenke/{token}/")["Location"] == "/hjelp/"
    assert LINK_SESSION_KEY not in client.session
    link.refresh_from_db()
    assert link.first_used_at is not None


def test_a_link_reaches_its_object_and_no_other(small: Small) -> None:
    link, _token = issued(small)
    actor = Actor.for_link(link)
    assert actor.person == small.kari
    assert authz.within(small.office, link) is True
    assert authz.within(small.network, link) is False
    assert authz.within(None, link) is False
