"""Guessing: codes, tokens and addresses. And a cache that is away breaks no page."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.test import Client, override_settings

from accounts.views import sign_in
from core import limits
from core.caching import PatientRedisCache
from core.models import AccessLink, Message
from core.services import links
from tests.world import World

ASK, CONFIRM = "/logg-inn/", "/logg-inn/kode/"
OFFICER = "officer@example.org"
AWAY = {
    "default": {
        "BACKEND": "core.caching.PatientRedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
        "OPTIONS": {"socket_connect_timeout": 0.1, "socket_timeout": 0.1},
    }
}


def test_a_mailbox_is_not_flooded_and_a_code_not_guessed(world: World) -> None:
    """Three codes a minute with five tries each, out of 20⁸: an hour of it guesses one in thirty million."""
    for _turn in range(6):
        Client().post(ASK, {"email": OFFICER})
    assert Message.objects.filter(to=OFFICER, key__startswith="code:").count() == 3
    assert settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS == 5
    assert settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT == 15 * 60


def test_one_address_on_the_net_does_not_ask_for_everybody(world: World) -> None:
    for number in range(35):
        Client().post(ASK, {"email": f"nobody{number}@example.org"})
    Client().post(ASK, {"email": OFFICER})
    assert Message.objects.filter(to=OFFICER).count() == 0
    Client(REMOTE_ADDR="10.0.0.9").post(ASK, {"email": OFFICER})
    assert Message.objects.filter(to=OFFICER).count() == 1


def test_a_code_opens_only_the_browser_that_asked(world: World) -> None:
    mine, other = Client(), Client()
    mine.post(ASK, {"email": OFFICER})
    other.post(ASK, {"email": "nobody@example.org"})
    for line in Message.objects.get(to=OFFICER).body.splitlines():
        other.post(CONFIRM, {"code": line.strip()})
    assert "_auth_user_id" not in other.session


def test_every_address_is_answered_after_the_same_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    ticks = iter([0.0, 0.1, 0.0, 0.3])
    monkeypatch.setattr(sign_in, "time", SimpleNamespace(sleep=waited.append, monotonic=ticks.__next__))
    with override_settings(SIGN_IN_SECONDS=0.4):
        known = Client().post(ASK, {"email": "nobody@example.org"})
        unknown = Client().post(ASK, {"email": OFFICER})
    assert [round(seconds, 3) for seconds in waited] == [0.3, 0.1]
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert set(known.cookies) == set(unknown.cookies)


@pytest.mark.parametrize("kind", ["lenke", "invitasjon"])
def test_tokens_are_not_guessed_for_long(kind: str, world: World) -> None:
    _link, token = links.issue(subject=world.north_report, purpose="task", user=world.north_coordinator, url="/x/")
    guesser = Client()
    assert {guesser.get(f"/{kind}/guess{number}/").status_code for number in range(limits.MISSES)} == {410}
    assert guesser.get(f"/{kind}/guess/").status_code == 403
    assert guesser.get(f"/lenke/{token}/").status_code == 403  # nor is a right one told from a wrong one
    assert Client(REMOTE_ADDR="10.0.0.9").get(f"/lenke/{token}/").status_code == 200
    cache.clear()
    assert guesser.get(f"/lenke/{token}/").status_code == 200


def test_a_link_one_may_click_again_is_no_guess(world: World) -> None:
    link, token = links.issue(subject=world.north_report, purpose="task", user=world.north_coordinator, url="/x/")
    AccessLink.objects.filter(pk=link.pk).update(revoked_at=link.created_at)
    client = Client()
    assert {client.get(f"/lenke/{token}/").status_code for _turn in range(limits.MISSES + 5)} == {410}


def test_tokens_are_long_and_only_their_hash_is_kept(world: World) -> None:
    link, token = links.issue(subject=world.north_report, purpose="task", user=world.officer, url="/x/")
    assert (len(token), links.TOKEN_BYTES) == (32, 24)
    assert token not in str(AccessLink.objects.filter(pk=link.pk).values())


@override_settings(CACHES=AWAY)
def test_no_page_breaks_while_the_cache_is_away(world: World) -> None:
    away: Any = caches["default"]
    assert isinstance(away, PatientRedisCache)
    assert (away.add("k", 1), away.get("k", 7), away.set("k", 1), away.delete("k"), away.incr("k")) == (
        True, 7, None, False, 0,
    )  # fmt: skip
    client = Client()
    assert client.get("/lenke/guess/").status_code == 410
    assert client.post(ASK, {"email": OFFICER}).status_code == 302
    assert Message.objects.filter(to=OFFICER).count() == 1
    assert client.post(CONFIRM, {"code": "AAAA-AAAA"}).status_code == 200
